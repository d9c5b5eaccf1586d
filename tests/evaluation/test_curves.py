"""Deletion and insertion against cases worked out by hand, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests import models
from tests.evaluation.helpers import Given, Intact, Linear, Sum, map_of, picture
from xaiwidgets import Classifier, Window, evaluation
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation import ConstantMapError, Curve, deletion, insertion

RAMP = np.arange(16.0).reshape(4, 4)


@pytest.fixture
def model() -> Classifier:
    return Classifier(Sum(), classes=["sum", "minus"])


def test_the_curve_of_a_sum_of_equal_pixels_is_a_straight_line(model: Classifier) -> None:
    image = torch.ones(1, 8, 8)
    curve = deletion(model, image, map_of(model, image, RAMP)).run()
    assert curve.share == pytest.approx(np.linspace(0, 1, 17))
    assert curve.scores == pytest.approx(np.linspace(64, 0, 17))
    assert curve.random == pytest.approx(np.tile(np.linspace(64, 0, 17), (8, 1)))
    assert curve.area == pytest.approx(32)
    assert curve.gain.value == pytest.approx(0, abs=1e-9)
    inserted = insertion(model, image, map_of(model, image, RAMP)).run()
    assert inserted.scores == pytest.approx(np.linspace(0, 64, 17))


def test_cells_go_and_come_in_the_order_of_the_map(model: Classifier) -> None:
    image = torch.tensor([[[4.0, 1.0], [2.0, 3.0]]])
    attribution = map_of(model, image, image[0])
    curve = deletion(model, image, attribution).run()
    assert curve.scores.tolist() == [10, 6, 3, 1, 0]
    assert curve.area == pytest.approx((5 + 6 + 3 + 1 + 0) / 4)
    assert insertion(model, image, attribution).run().scores.tolist() == [0, 4, 7, 9, 10]
    # The worst order is the other way round: it loses to chance.
    worst = map_of(model, image, -image[0])
    assert deletion(model, image, worst).run().scores.tolist() == [10, 9, 7, 4, 0]
    assert deletion(model, image, worst).run().gain.high < 0
    assert curve.gain.low > 0
    assert curve.gain.value == pytest.approx(curve.random_area.value - curve.area)
    low, high = curve.chance
    expected = f"by {curve.gain.value:.3g} logit; chance is {low:.3g} to {high:.3g}>"
    assert repr(curve) == f"<Curve of deletion: better than random orders {expected}"


def test_the_best_of_orders_beats_them_and_the_worst_none(model: Classifier) -> None:
    image = picture(4)
    best, worst = (map_of(model, image, sign * image[0]) for sign in (1, -1))
    for curve in (deletion, insertion):
        assert curve(model, image, best, orders=20).run().beaten == 1
        assert curve(model, image, worst, orders=20).run().beaten == 0


@pytest.mark.parametrize("kind", ["deletion", "insertion"])
def test_a_guess_is_better_than_chance_as_rarely_as_it_says(kind: Any) -> None:
    draw, share = np.random.default_rng(0), np.linspace(0, 1, 17)
    beyond = [0, 0]
    for _ in range(1000):
        guess, *others = draw.normal(3, 2, (9, 17)).cumsum(1)
        curve = Curve(kind, share, guess, np.stack(others), "logit")
        low, high = curve.chance
        beyond[0] += curve.gain.value < low
        beyond[1] += curve.gain.value > high
    assert 12 <= min(beyond) <= max(beyond) <= 40  # 2.5 % on each side are 25


def test_the_best_order_is_better_than_chance(model: Classifier) -> None:
    image = picture(4)
    for curve in (deletion, insertion):
        best = curve(model, image, map_of(model, image, image[0])).run()
        assert best.gain.value > best.chance[1] == pytest.approx(-best.chance[0])


def test_perfect_deletion_and_insertion_as_in_xplique() -> None:
    model, image = Classifier(Intact(), output="logits"), picture(8)
    attribution = map_of(model, image, image[0])
    # One pixel less and all is lost: 1 at the start, then 0.
    assert deletion(model, image, attribution).run().area == pytest.approx(0.5 / 64)
    assert insertion(model, image, attribution).run().area == pytest.approx(0.5 / 64)


def test_a_map_of_pixels_is_summed_up_in_cells(model: Classifier) -> None:
    image = picture(21)
    curve = deletion(model, image, Given()).run()
    assert len(curve.share) == 7 * 7 + 1  # 441 pixels are too many
    values = image[0].numpy().reshape(7, 3, 7, 3).sum((1, 3)).ravel()
    expected = float(image.sum()) - np.concatenate([[0], np.cumsum(np.sort(values)[::-1])])
    assert curve.scores == pytest.approx(expected, abs=1e-3)
    assert len(deletion(model, image, Given(), grid=(2, 3)).run().share) == 7


def test_outside_of_the_window_all_is_at_the_baseline(model: Classifier) -> None:
    image, window = torch.ones(1, 6, 6), Window(1, 2, 4, 4)
    attribution = map_of(model, image, RAMP, window=window)
    curve = deletion(model, image, attribution, baseline=0.5).run()
    assert curve.scores[0] == pytest.approx(16 + 0.5 * 20)
    assert curve.scores[-1] == pytest.approx(18)
    assert curve.scores[1] == pytest.approx(25.5)


def test_the_score_is_that_of_the_maps_class_and_unit(model: Classifier) -> None:
    image = torch.full((1, 2, 2), 0.25)
    other = deletion(model, image, map_of(model, image, [[1, 2], [3, 4]], target=1)).run()
    assert other.scores[0] == pytest.approx(-1)
    chance = map_of(model, image, [[1, 2], [3, 4]], unit="probability")
    curve = deletion(model, image, chance).run()
    assert curve.unit == "probability"
    assert curve.scores[[0, -1]] == pytest.approx([1 / (1 + np.exp(-2)), 0.5])
    assert deletion(model, image, map_of(model, image, [[1, 2]], unit="bits")).run().unit == "logit"


def test_what_was_foretold_stands_beside_what_is_evaluated() -> None:
    model, image = Classifier(Linear(36)), picture()
    attribution = model(image).explain(grid=6, budget=200)
    curve = deletion(model, image, attribution).run()
    assert curve.foretold is not None and curve.foretold_error is not None
    assert curve.foretold[[0, -1]] == pytest.approx(curve.scores[[0, -1]], abs=1e-3)
    assert np.abs(curve.foretold - curve.scores).max() < 0.2 * np.ptp(curve.scores)
    shown = insertion(model, image, attribution).run()
    assert shown.foretold is not None
    assert shown.foretold[::-1] != pytest.approx(curve.foretold)
    # Another baseline, or other cells, is another game.
    assert deletion(model, image, attribution, baseline=0.9).run().foretold is None
    assert deletion(model, image, attribution, grid=3).run().foretold is None
    assert deletion(model, image, map_of(model, image, RAMP)).run().foretold is None


def test_what_a_shapley_map_has_paid_is_not_paid_again() -> None:
    model, image = Classifier(Linear(16)), picture(4)
    deletion(model, image, Given(), grid=2, orders=30).run()
    # 24 orders of four cells pass through all 16 coalitions.
    assert model(image).explain(grid=2, budget=16, target=0).paid == 0


@pytest.mark.parametrize("function", [deletion, insertion, evaluation.infidelity])
def test_what_cannot_be_used_is_refused_at_once(function: Any, model: Classifier) -> None:
    image = picture()
    with pytest.raises(ConstantMapError, match=r"constant \(2 everywhere"):
        function(model, image, map_of(model, torch.ones(1, 6, 6), np.full((6, 6), 2.0)))
    with pytest.raises(InputError, match=r"picture of \(4, 4\) pixels"):
        function(model, image, map_of(model, picture(4), RAMP))
    with pytest.raises(InputError, match="NaN"):
        function(model, image, map_of(model, image, np.where(RAMP > 3, np.nan, RAMP)))
    with pytest.raises(InputError, match=r"give Classifier\(model\)"):
        function(Sum(), image, Given())
    with pytest.raises(InputError, match="grid"):
        function(model, image, Given(), grid=0)
    with pytest.raises(InputError, match="seed"):
        function(model, image, Given(), seed=-1)
    with pytest.raises(InputError, match="baseline"):
        function(model, image, Given(), baseline="grey")


def test_one_random_order_is_too_few(model: Classifier) -> None:
    with pytest.raises(InputError, match="orders is 1"):
        deletion(model, picture(), Given(), orders=1)


def test_a_constant_map_of_a_method_is_refused(model: Classifier) -> None:
    with pytest.raises(ConstantMapError):
        deletion(model, torch.ones(1, 4, 4), Given()).run()


def test_it_is_drawn_and_leaves_the_network_as_it_was() -> None:
    net = models.small()
    model = Classifier(net)
    before = models.condition(net)
    curve = deletion(model, picture(8, 3), Given(), grid=2).run()
    assert models.condition(net) == before
    assert curve._repr_png_()[1:4] == b"PNG"


def test_the_same_seed_gives_the_same_orders(model: Classifier) -> None:
    image = picture()
    first, again, other = (
        deletion(model, image, Given(), grid=3, seed=seed).run().random for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
