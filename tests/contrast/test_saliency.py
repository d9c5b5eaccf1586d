from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, contrast, zoo
from xaiwidgets.contrast import Subtraction, saliency
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.steps import run


def ask(*args: Any, **kwargs: Any) -> Subtraction:
    return run(contrast.subtract(*args, **kwargs))


def test_relevance_is_conserved_without_biases() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1, bias=False),
            nn.ReLU(inplace=True),
            nn.Identity(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 4, 3, bias=False),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(16, 3, bias=False),
        )
    model, images = Classifier(net), torch.rand(4, 3, 8, 8)
    classes = torch.tensor([[0, 1], [1, 2], [2, 0], [0, 2]])
    maps = run(saliency.lrp(model, images, classes))
    assert torch.allclose(maps.sum((2, 3)), model.logits(images).gather(1, classes), atol=1e-4)


def test_lime_finds_the_summands_of_a_sum() -> None:
    class Halves(nn.Module):
        """Log-likelihoods that are linear but for the common normalisation."""

        def forward(self, x: Tensor) -> Tensor:
            left, right = x[..., :2].sum((1, 2, 3)), x[..., 2:].sum((1, 2, 3))
            return torch.stack([left, 3 * right, torch.full_like(left, 40.0)], 1)

    # The third class is so likely that the others' log-likelihoods are linear in the pixels.
    image = torch.zeros(1, 1, 4, 4)
    image[..., :2], image[..., 1, 2] = 1, 0.25
    maps = run(saliency.lime(Classifier(Halves()), image, torch.tensor([[0, 1]]), 4, 400, 0))
    assert torch.allclose(maps[0, 0][:, :2], torch.ones(4, 2), atol=0.1)  # the lasso takes some
    assert torch.allclose(maps[0, 0][:, 2:], torch.zeros(4, 2), atol=0.02)
    assert maps[0, 1, 1, 2] == pytest.approx(0.75, abs=0.1)


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu = nn.Conv2d(1, 1, 3, padding=1), nn.ReLU()
        self.head = nn.Linear(64, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.relu(self.conv(self.relu(x))).flatten(1))


class Sum(Twice):
    def forward(self, x: Tensor) -> Tensor:
        return self.head((self.relu(self.conv(x)) + x).flatten(1))


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.GELU(), nn.Linear(8, 4)),
         "no rule for layer '2', a GELU.*use method 'gradcam', 'lime' or 'pda'"),
        (Twice(), "cannot follow layer 'relu': it is called 2 times"),
        (Sum(), "cannot follow 'add', which the network computes.*Addition_Module"),
        (nn.Sequential(Sum(), nn.Dropout()), "'add', which layer '0' computes"),
        (zoo.fashion_mnist("resnet").net, "'add', which layer 'stage1' computes"),
    ],
)  # fmt: skip
def test_what_lrp_cannot_follow_is_named(net: nn.Module, words: str) -> None:
    images = torch.rand(1, 1, 8, 8)
    model = Classifier(net)
    probe = int(model.logits(images).argmin())
    with pytest.raises(ModelError, match=words):
        ask(model, images, probe, method="lrp")


def test_lrp_needs_a_copy() -> None:
    net = Twice()
    net.__deepcopy__ = lambda memo: net  # type: ignore[assignment]
    model, images = Classifier(net), torch.rand(1, 1, 8, 8)
    probe = int(model.logits(images).argmin())
    with pytest.raises(ModelError, match=r"cannot be copied. Give it a __deepcopy__"):
        ask(model, images, probe, method="lrp")


def test_a_network_without_feature_maps_has_no_gradcam() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
    with pytest.raises(InputError, match="none of the network's has them; use method 'lime'"):
        model, images = Classifier(net), torch.rand(1, 1, 8, 8)
        ask(model, images, int(model.logits(images).argmin()))
