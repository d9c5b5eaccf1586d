"""Bias: a planted square is reported, and its absence is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from tests.evaluation.helpers import Linear
from xaiwidgets import Classifier, Window
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation import bias
from xaiwidgets.images import erase, paste

CORNER = Window(0, 0, 3, 3)
GENERATOR = torch.Generator().manual_seed(0)
IMAGES = torch.rand(60, 1, 8, 8, generator=GENERATOR)
LABELS = np.arange(60) % 2


class SeesTheSquare(nn.Module):
    """Looks at the middle; and where the middle is bright, at the corner, too, if told to."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, x: Tensor) -> Tensor:
        middle, corner = x[:, 0, 3:6, 3:6].mean((1, 2)), x[:, 0, :3, :3].mean((1, 2))
        score = middle + self.weight * corner * x[:, 0, 7, 7]
        return torch.stack([score, torch.zeros_like(score)], 1)


def stamp(image: Tensor) -> Tensor:
    return paste(image, torch.ones_like(image), CORNER)


@pytest.fixture
def images() -> Tensor:
    marked = IMAGES.clone()
    marked[:, 0, 7, 7] = torch.from_numpy(LABELS).float()  # the group's mark
    return marked


def test_a_planted_square_is_reported(images: Tensor) -> None:
    model = Classifier(SeesTheSquare(4.0), output="logits")
    found = bias(model, images, LABELS, stamp, target=0, output="logit").run()
    assert found.is_biased and found.has_effect
    assert found.groups == ("0", "1") and found.counts == (30, 30)
    # The corner's mean rises from about 1/2 to 1, in the second group only: 4 times that.
    assert found.effects[0].value == pytest.approx(0, abs=1e-6)
    rise = 4 * (1 - images[LABELS == 1, 0, :3, :3].mean())
    assert found.effects[1].value == pytest.approx(float(rise), abs=1e-5)
    (difference,) = found.differences
    assert (difference.first, difference.second) == ("0", "1")
    assert difference.effect.value == pytest.approx(-float(rise), abs=1e-5)
    assert "the groups differ" in str(found)


def test_a_square_that_was_not_planted_is_not_reported(images: Tensor) -> None:
    model = Classifier(SeesTheSquare(0.0), output="logits")
    found = bias(model, images, LABELS, stamp, target=0).run()
    assert not found.is_biased and not found.has_effect
    assert "no difference can be told" in str(found)


def test_an_effect_that_all_groups_share_is_no_bias() -> None:
    model = Classifier(Linear(64), output="logits")
    found = bias(model, IMAGES, LABELS, stamp, target=0, output="logit").run()
    assert found.has_effect
    assert not found.is_biased


def test_false_alarms_are_rare() -> None:
    model = Classifier(Linear(64), output="logits")
    draw = np.random.default_rng(0)
    alarms = 0
    for _ in range(200):
        # Groups that mean nothing, of unequal size.
        groups = (draw.permutation(40) < 12).tolist()
        found = bias(model, IMAGES[:40], [0] * 40, stamp, groups).run()
        alarms += found.is_biased
    assert alarms <= 10  # 5 % of 200


def test_the_label_says_whose_score_is_looked_at() -> None:
    model = Classifier(Linear(64), classes=["a", "b"], output="logits")
    found = bias(model, IMAGES, np.where(LABELS, "a", "b"), stamp, LABELS, output="logit").run()
    before, after = (model.logits(x) for x in (IMAGES, torch.stack([stamp(x) for x in IMAGES])))
    rows = torch.arange(60)
    expected = (after - before)[rows, torch.from_numpy(1 - LABELS)]
    assert found.changes == pytest.approx(expected.numpy(), abs=1e-5)
    chance = bias(model, IMAGES, [0] * 60, stamp, LABELS).run()
    change = after.softmax(1)[:, 0] - before.softmax(1)[:, 0]
    assert chance.changes == pytest.approx(change.numpy(), abs=1e-5)
    assert chance.unit == "probability"


def test_intervals_of_several_pairs_hold_at_once() -> None:
    model = Classifier(Linear(64), output="logits")
    two = bias(model, IMAGES, [0] * 60, stamp, [n % 3 == 0 for n in range(60)]).run()
    three = bias(model, IMAGES, [0] * 60, stamp, [n % 3 for n in range(60)]).run()
    assert len(two.differences) == 1 and len(three.differences) == 3
    from xaiwidgets.intervals import difference_interval

    sides = [three.changes[np.arange(60) % 3 == n] for n in (0, 1)]
    wider = difference_interval(*sides, 1 - 0.01 / 3)
    assert three.differences[0].effect == wider
    lower = bias(model, IMAGES, [0] * 60, stamp, LABELS, level=0.5).run()
    assert lower.effects[0].low > bias(model, IMAGES, [0] * 60, stamp, LABELS).run().effects[0].low


def test_an_edit_changes_neither_pictures_nor_network() -> None:
    net, images = models.small(2), torch.rand(8, 3, 8, 8, generator=GENERATOR)
    given, before = images.clone(), models.condition(net)

    def in_place(image: Tensor) -> Tensor:
        image[:] = 0
        return image

    found = bias(Classifier(net), images, [0, 1] * 4, in_place).run()
    assert torch.equal(images, given)
    assert models.condition(net) == before
    assert found._repr_png_()[1:4] == b"PNG"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"labels": [0] * 59}, "labels has 59 values for 60"),
        ({"groups": [0] * 59}, "groups has 59 values for 60"),
        ({"groups": [0] * 60}, "at least 2 groups"),
        ({"groups": [0] * 59 + [1]}, "at least 2 pictures"),
        ({"labels": ["nobody"] * 60}, "nobody"),
        ({"target": "nobody"}, "nobody"),
        ({"output": "bits"}, "output is 'bits'"),
        ({"level": 1}, "level is 1"),
        ({"edit": lambda image: image[:, :4]}, r"makes \(1, 4, 8\)"),
        ({"edit": lambda image: image / 0}, "NaN"),
        ({"edit": lambda image: None}, "NoneType"),
        ({"images": IMAGES[:3], "labels": [0, 1, 0]}, "3 pictures are too few"),
    ],
)
def test_what_cannot_be_used_is_refused(settings: dict[str, Any], message: str) -> None:
    model = Classifier(Linear(64), classes=["a", "b"])
    usual = {"images": IMAGES, "labels": LABELS, "edit": lambda x: erase(x, CORNER)}
    with pytest.raises(InputError, match=message):
        bias(model, **{**usual, **settings})
