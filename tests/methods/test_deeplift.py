"""DeepLIFT against captum and by hand, and what it refuses."""

from __future__ import annotations

from typing import Any

import captum.attr
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from xaiwidgets.errors import ModelError
from xaiwidgets.methods import DeepLift, IntegratedGradients, Task
from xaiwidgets.network import Network

PICTURES = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1


def chain(*layers: nn.Module, width: int) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        first = nn.Conv2d(1, 4, 3, padding=1)
        return nn.Sequential(first, *layers, nn.Flatten(), nn.Linear(width, 3)).eval()


def explained(net: nn.Module, baseline: Any = 0.0) -> list[Any]:
    network = Network(net)
    tasks = [Task(network, x, at + 1, baseline=baseline) for at, x in enumerate(PICTURES)]
    return DeepLift().explain(tasks).run()


@pytest.mark.parametrize(
    "layers",
    [
        (nn.ReLU(), nn.AvgPool2d(2)),
        (nn.BatchNorm2d(4), nn.ELU(), nn.AvgPool2d(2)),
        (nn.AvgPool2d(2), nn.Sigmoid()),
        (nn.MaxPool2d(2),),  # beside an activation, captum's misses a part (see below)
    ],
    ids=str,
)
def test_it_is_captums(layers: tuple[nn.Module, ...]) -> None:
    net, baseline = chain(*layers, width=64), torch.flip(PICTURES[0], (1,))
    baselines = baseline.expand_as(PICTURES).clone()
    theirs = captum.attr.DeepLift(net).attribute(
        PICTURES.clone(), baselines, target=torch.tensor([1, 2])
    )
    found = explained(net, baseline)
    for one, expected in zip(found, theirs.detach(), strict=True):
        np.testing.assert_allclose(one.values, expected.sum(0), atol=1e-6)
        assert one.residual == pytest.approx(0, abs=1e-5)
        assert one.baseline_output == pytest.approx(
            float(net(baseline[None])[0, one.target].detach()), abs=1e-5
        )


@pytest.mark.parametrize("kind", [torch.half, torch.bfloat16], ids=str)
def test_what_does_not_differ_has_a_map_in_half_precision(kind: torch.dtype) -> None:
    net, baseline = chain(nn.ReLU(), nn.MaxPool2d(2), width=64), PICTURES[0].clone()
    baseline[:, :4] *= -1
    whole = explained(net, baseline)
    for one, same in zip(explained(net.to(kind), baseline), whole, strict=True):
        np.testing.assert_allclose(one.values, same.values, atol=0.05)


def test_one_rectifier_by_hand() -> None:
    """A score relu(x1 + 2 x2 - 1) from (0, 0), where it is 0, to (1, 1), where it is 2."""
    layer = nn.Linear(2, 2)
    layer.weight.data = torch.tensor([[1.0, 2.0], [0.0, 0.0]])
    layer.bias.data = torch.tensor([-1.0, 0.0])
    task = Task(Network(nn.Sequential(nn.Flatten(), layer, nn.ReLU())), torch.ones(1, 1, 2), 0)
    (found,) = DeepLift().explain([task]).run()
    # The multiplier is (2 - 0) / (2 - -1).
    np.testing.assert_allclose(found.values, [[2 / 3, 4 / 3]], atol=1e-6)


@pytest.mark.parametrize(
    ("layers", "width"),
    [
        ((nn.ReLU(), nn.MaxPool2d(2)), 64),
        ((nn.Tanh(), nn.MaxPool2d(2)), 64),
        ((nn.MaxPool2d(2), nn.Sigmoid()), 64),
        ((nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, padding=1)), 64),
        ((nn.MaxPool2d(3, 1), nn.GELU()), 144),
        ((nn.Hardswish(inplace=True), nn.MaxPool2d(3, 2, ceil_mode=True), nn.SiLU()), 64),
    ],
    ids=str,
)
def test_poolings_of_all_kinds_and_layers_in_place_sum_up(layers: Any, width: int) -> None:
    for found in explained(chain(*layers, width=width)):
        assert found.residual == pytest.approx(0, abs=1e-5)
        assert abs(found.output - found.baseline_output) > 0.01


class Shared(nn.Module):
    """One ReLU at two places, as in a ResNet."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.relu = chain(nn.ReLU(), width=256), nn.ReLU()
        self.head = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.body(x))
        return self.relu(self.head(x) + x)


def test_a_module_that_is_used_twice_is_handled_twice() -> None:
    net = Shared()
    for found in explained(net):
        assert found.residual == pytest.approx(0, abs=1e-5)
    assert not net.relu._forward_hooks and not net.relu._forward_pre_hooks


class Functional(nn.Module):
    """Rectifies by what `rectify` does."""

    def __init__(self, rectify: Any) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.body, self.rectify = chain(width=256), rectify
            self.head = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.rectify(self.body(x)))


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (Functional(torch.relu), "the network's forward calls 'relu'"),
        (Functional(torch.exp), "the network's forward calls 'exp'"),
        (Functional(lambda x: x * x.sigmoid()), "calls 'sigmoid'"),
        (Functional(lambda x: 1 / (x * x + 1)), "calls"),
        (chain(nn.AdaptiveMaxPool2d(2), width=16), "layer '1' calls 'adaptive_max_pool2d'"),
        (chain(nn.Softmax(1), width=256), "layer '1' calls 'softmax'"),
        (chain(nn.GroupNorm(2, 4), width=256), "layer '1' calls 'group_norm'"),
    ],
)
def test_what_is_no_module_or_has_no_rule_is_refused_at_once(net: nn.Module, words: str) -> None:
    task = Task(Network(net), PICTURES[0], 0)
    assert words in str(DeepLift().incompatibility(task))
    with pytest.raises(ModelError, match="DeepLIFT knows the activations ReLU, "):
        DeepLift().explain([task])
    assert IntegratedGradients().incompatibility(task) is None


def test_what_escapes_the_list_is_caught_by_the_sum() -> None:
    # A comparison has no gradient, so that this looks like a product with a constant.
    net = Functional(lambda x: x * (x > 0.1))
    task = Task(Network(net), PICTURES[0], 0)
    assert DeepLift().incompatibility(task) is None
    with pytest.raises(ModelError, match="DeepLIFT's map misses"):
        DeepLift().explain([task]).run()


def test_divisions_by_a_constant_are_linear_and_others_are_not() -> None:
    def refused(rectify: Any) -> bool:
        task = Task(Network(Functional(rectify)), PICTURES[0], 0)
        return DeepLift().incompatibility(task) is not None

    assert not refused(lambda x: x / 3)
    assert not refused(lambda x: torch.div(x, 2.0) - 1)
    assert refused(lambda x: x / x.sum())
    assert refused(lambda x: torch.div(torch.ones(3), x))
    assert refused(lambda x: x * x)
    assert refused(lambda x: x.amax(1, keepdim=True).expand(-1, 3))
