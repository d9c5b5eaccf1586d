"""Which layers a network is said to have, and what is heard of them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests import models
from xaiwidgets import Classifier
from xaiwidgets.errors import InputError

PICTURE = torch.rand(3, 16, 16, generator=torch.Generator().manual_seed(1))


def test_layers_before_the_first_input_are_those_defined() -> None:
    net = models.Untidy()
    model = Classifier(net)
    defined = ["conv1", "conv2", "bn1", "bn2", "relu", "dropout", "head"]
    assert model.layers == defined
    model.predict(PICTURE)
    assert model.layers == ["conv1", "bn1", "conv2", "bn2", "dropout", "head"]


class Choosy(nn.Module):
    """Has a layer for large pictures only."""

    def __init__(self) -> None:
        super().__init__()
        self.large, self.body = nn.MaxPool2d(2), models.small()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(self.large(x) if x.shape[-1] > 16 else x)


def test_layers_are_those_of_the_input_at_hand() -> None:
    model = Classifier(Choosy())
    assert "large" not in model.layers_for(PICTURE)
    assert model.anatomy(torch.zeros(3, 32, 32)).layers[0] == "large"
    assert "large" not in model.layers_for(PICTURE)


def test_layers_found_are_the_callers_to_change() -> None:
    model = Classifier(models.small())
    model.input(PICTURE)
    model.layers.clear()
    assert model.layers


def test_layers_follow_a_network_that_is_changed() -> None:
    model = Classifier(models.small())
    before = model.anatomy(PICTURE).layers
    model.net.append(nn.Linear(4, 3))
    assert model.anatomy(PICTURE).layers == (*before, "9")


def test_taps_are_for_layers_that_answer_once() -> None:
    anatomy = Classifier(models.Untidy()).anatomy(PICTURE)
    assert anatomy.tap("head").layer == "head"
    with pytest.raises(InputError, match=r"no layer 'relu' answers once"):
        anatomy.tap("relu")
    with pytest.raises(
        InputError, match=r"no layer 'conv' answers once a picture; did you mean 'conv1', 'conv2'"
    ):
        anatomy.tap("conv")


def test_a_twin_with_taps_answers_with_features_after_the_logits() -> None:
    net = models.small()
    model = Classifier(net)
    batch = torch.stack([PICTURE, PICTURE.flip(1), torch.zeros_like(PICTURE)])
    taps = [model.anatomy(PICTURE).tap(layer) for layer in ("4", "2")]
    twin = model.copies.twin(batch, taps).run()
    rows = twin(batch).cpu()
    assert twin.width == rows.shape[1] == 4 + sum(tap.size for tap in taps)
    assert torch.allclose(rows[:, :4], model.logits(batch), atol=1e-4)
    with torch.no_grad():
        conv = net.eval()[:5](batch)
        relu = net[:3](batch)
    by_hand = torch.cat([taps[0].features(conv), taps[1].features(relu)], 1)
    assert torch.allclose(rows[:, 4:], by_hand, atol=1e-4)


def test_a_twin_is_kept_for_the_same_taps_and_made_anew_for_others() -> None:
    model = Classifier(models.small())
    batch = torch.stack([PICTURE, PICTURE.flip(1)])
    one, other = ([model.anatomy(PICTURE).tap(layer)] for layer in ("4", "2"))
    first = model.copies.twin(batch, one).run()
    assert model.copies.twin(batch, one).run() is first
    assert model.copies.twin(batch, other).run() is not first
    assert model.copies.twin(batch).run().width == 4
