"""CAM by hand, and the networks that it is not for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests import models
from xaiwidgets.errors import CompositionError, InputError, ModelError
from xaiwidgets.methods import CAM, GradCAM, Task
from xaiwidgets.network import Network

PICTURE = torch.rand(3, 12, 12, generator=torch.Generator().manual_seed(1))


def test_it_is_the_weighted_feature_maps() -> None:
    net = models.small().eval()
    (found,) = CAM().explain([Task(Network(net), PICTURE, 2)]).run()
    with torch.no_grad():
        maps = net[:6](PICTURE[None])  # type: ignore[index]
        weight, bias = net[8].weight[2], net[8].bias[2]  # type: ignore[index]
    by_hand = torch.einsum("k,kij->ij", weight, maps[0])
    large = F.interpolate(by_hand[None, None], (12, 12), mode="bilinear")[0, 0]
    np.testing.assert_allclose(found.values, large.detach(), atol=1e-6)
    assert float(by_hand.mean() + bias) == pytest.approx(found.output, abs=1e-5)
    assert found.values.min() < 0
    assert found.unit != GradCAM().explain([Task(Network(net), PICTURE, 2)]).run()[0].unit
    assert found.residual is None
    assert found.evaluations == 1


class Head(nn.Module):
    """Convolution, and then what it is given."""

    def __init__(self, end: Any) -> None:
        super().__init__()
        self.conv, self.end = nn.Conv2d(3, 4, 3), end

    def forward(self, x: Tensor) -> Tensor:
        return self.end(self.conv(x))


@pytest.mark.parametrize(
    "end",
    [
        lambda x: x.relu().mean((2, 3)),  # the maps that are known lie before a functional ReLU
        lambda x: x.amax((2, 3)),
        lambda x: x.mean((2, 3)).relu(),
        lambda x: x[:, :, 2:].mean((2, 3)),
        lambda x: x.square().mean((2, 3)),
    ],
)
def test_other_heads_are_refused_at_once(end: Any) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        task = Task(Network(Head(end)), PICTURE, 0)
    assert "a linear layer of the means" in str(CAM().incompatibility(task))
    with pytest.raises(ModelError, match="CAM is for networks"):
        CAM().explain([task])


def test_it_needs_feature_maps_and_a_logit() -> None:
    task = Task(Network(models.linear(side=12)), PICTURE, 0)
    assert "none of the network's" in str(CAM().incompatibility(task))
    assert "none of the network's" in str(GradCAM().incompatibility(task))
    averaging = Network(Head(lambda x: x.mean((2, 3))))
    with pytest.raises(CompositionError, match="CAM cannot honour the output probability"):
        CAM().explain([Task(averaging, PICTURE, 0, output="probability")])
    with pytest.raises(InputError, match="did you mean 'conv'"):
        CAM(layer="conv1").explain([Task(averaging, PICTURE, 0)])
    assert CAM(layer="conv").explain([Task(averaging, PICTURE, 0)]).run()[0].values.any()
