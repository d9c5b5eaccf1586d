"""Mutants and conductances of networks in half precision, quantised, or in inference mode."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models as nets
from tests.contrast.models import Identity
from tests.reliability.helpers import made, pictures
from xaiwidgets import Classifier, contrast
from xaiwidgets.errors import ModelError
from xaiwidgets.methods import LRP, GradCAM, Task
from xaiwidgets.reliability import conductance, votes
from xaiwidgets.reliability._units import agree


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_mutants_of_other_precisions(dtype: torch.dtype) -> None:
    model, images = Classifier(nets.small().to(dtype).eval()), pictures(20)
    sample = made(model, images, operator="GF", count=5, rate=0.5)
    labels = votes(model, sample, images).run().labels
    same = [
        (model_labels(sample.network(model, at), images.to(dtype)) == labels[at]).mean()
        for at in range(5)
    ]
    # Merged batch norms are rounded otherwise, which decides where two classes tie.
    assert min(same) >= (1 if dtype is torch.float64 else 0.9)


def model_labels(net: nn.Module, images: Tensor) -> np.ndarray:
    with torch.no_grad():
        return net(images).argmax(1).numpy()


def test_conductance_in_half_precision_is_that_in_full() -> None:
    net, images = nets.small().eval(), pictures(4)
    full = conductance(Classifier(net), images, "2", targets=0)["2"]
    half = conductance(Classifier(copy.deepcopy(net).bfloat16()), images, "2", targets=0)["2"]
    assert np.abs(half - full).max() < 0.1 * np.abs(full).max()


@pytest.mark.parametrize(
    ("dtype", "far"),
    [(torch.float32, 3.453e-4), (None, 3.453e-4), (torch.float64, 3.453e-4),
     (torch.float16, 0.03125), (torch.bfloat16, 0.08839)],
)  # fmt: skip
def test_scores_agree_up_to_half_of_the_digits(dtype: torch.dtype | None, far: float) -> None:
    plain = torch.tensor([[0.0, 1.0, 2.0], [5.0, 5.5, 6.0]])  # of a range of 2
    for factor, same in ((0.98, True), (1.02, False)):
        other = plain.clone()
        other[1, 1] += 2 * far * factor
        assert agree(plain, other, dtype) is same
        assert agree(other, plain, dtype) is same


class Quantised(nn.Module):
    """A dynamically quantised layer between two of floats."""

    def __init__(self) -> None:
        super().__init__()
        body = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 3))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            quantised = torch.ao.quantization.quantize_dynamic(body, {nn.Linear}, torch.qint8)
        self.conv, self.body = nn.Conv2d(3, 1, 1), quantised

    def forward(self, x: Tensor) -> Tensor:
        return self.body(self.conv(x))


def test_quantised_networks_are_refused_in_one_sentence() -> None:
    model = Classifier(Quantised().eval(), output="logits")
    image = pictures(1)[0]
    words = r"no gradient reaches the class scores from {}.*quantised layers.*; {}"
    with pytest.raises(ModelError, match=words.format("layer 'conv'", "name another layer")):
        conductance(model, image[None], "conv")
    for method in (GradCAM(), GradCAM(layer="conv"), LRP()):
        with pytest.raises(ModelError, match=words.format("the picture", "use method 'lime'")):
            method.explain([Task(model, image, 0)]).run()
    with pytest.raises(ModelError, match=words.format("the latents of the generator", "use a ")):
        contrast.explain(model, Identity(), image[None], (model.predict(image).index + 1) % 3).run()


class Inferring(nn.Module):
    """Opens inference mode itself, and overwrites what a layer gave."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.head = nn.Linear(6, 5), nn.Linear(5, 5), nn.Linear(5, 3)

    @torch.inference_mode()
    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        x.relu_()
        return self.head(self.second(x).tanh())


def test_mutants_of_a_network_that_opens_inference_mode() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = Inferring().eval()
    model, images = Classifier(net), 12 * pictures(60, (6,)) - 6
    sample = made(model, images, operator="GF", count=8, rate=0.3)
    labels = votes(model, sample, images).run().labels
    for at in range(8):
        assert np.array_equal(model_labels(sample.network(model, at), images), labels[at])
    assert len(set(map(tuple, labels))) > 3
    with pytest.raises(ModelError, match=r"from layer 'second'.*inference_mode"):
        conductance(model, images[:1], "second")
