"""Localisation, on the maps of the tests of Quantus and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.evaluation.helpers import Sum, map_of, picture
from xaiwidgets import Classifier, Window
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation import ConstantMapError, localised, mass_inside

SIDE = 224
MODEL = Classifier(Sum())


def of_quantus(top: int, bottom: int, left: int, right: int) -> Any:
    values = np.zeros((SIDE, SIDE))
    values[top:bottom, left:right] = 1.0
    return map_of(MODEL, picture(SIDE), values)


def test_relevance_mass_is_what_quantus_publishes() -> None:
    # all_in_gt_zeros_2d, none_in_gt_zeros_2d and half_in_gt_zeros_2d: 1, 0 and 0.5.
    assert localised(of_quantus(50, 150, 50, 150), Window(50, 50, 100, 100)).mass == 1
    none = localised(of_quantus(100, 200, 100, 200), Window(0, 0, 100, 100))
    assert (none.mass, none.pointing, none.top) == (0, 0, 0)
    half = localised(of_quantus(0, 100, 75, 100), Window(50, 50, 50, 50))
    assert half.mass == pytest.approx(0.5)
    assert half.pointing == pytest.approx(0.5)  # half of the largest pixels
    assert half.top == pytest.approx(0.5)
    assert half.chance == pytest.approx(2500 / SIDE**2)


def test_all_inside_with_something_outside() -> None:
    values = np.random.default_rng(0).uniform(0, 0.1, (SIDE, SIDE))
    values[50:150, 50:150] = 1.0
    found = localised(map_of(MODEL, picture(SIDE), values), Window(50, 50, 100, 100))
    assert (found.pointing, found.top) == (1, 1)
    assert found.mass == pytest.approx(1e4 / values.sum(), rel=1e-4)


def test_top_counts_as_many_pixels_as_the_window_has() -> None:
    values = np.array([[9.0, 1, 2], [3, 8, 4], [5, 6, 7]])
    found = localised(map_of(MODEL, picture(3), values), Window(0, 0, 2, 2))
    # The four largest are 9, 8, 7, 6: two of them are inside.
    assert found.top == 0.5
    assert found.mass == pytest.approx(21 / 45)
    assert found.chance == pytest.approx(4 / 9)
    assert found.pointing == 1


def test_what_is_negative_has_no_mass() -> None:
    values = np.array([[-9.0, 1], [1, 2]])
    found = localised(map_of(MODEL, picture(2), values), Window(0, 0, 1, 2))
    assert found.mass == 0.25
    assert found.pointing == 0


def test_a_map_of_large_cells_is_no_better_than_it_is_fine() -> None:
    # The window is a quarter of the best cell: of its pixels a quarter is inside.
    attribution = map_of(MODEL, picture(8), [[1, 0.1], [0.1, 0.1]])
    found = localised(attribution, Window(0, 0, 2, 2))
    assert found.pointing == found.top == 0.25
    # As many as four cells' pixels: 16 of the best, and of the rest what chance gives.
    wide = localised(attribution, Window(0, 0, 4, 8))
    assert wide.top == pytest.approx((16 + 16 * 16 / 48) / 32)


def test_of_a_map_of_a_window_only_the_window_counts() -> None:
    attribution = map_of(MODEL, picture(8), [[3, 1], [1, 1]], window=Window(2, 2, 4, 4))
    found = localised(attribution, Window(2, 2, 2, 2))
    assert (found.pointing, found.mass, found.chance) == (1, 0.5, 0.25)


@pytest.mark.parametrize(
    ("window", "message"),
    [
        (Window(4, 4, 6, 2), "leaves the picture"),
        (Window(0, 0, 8, 8), "not all of it"),
        (Window(0, 0, 3, 3), "must be a part"),
        ("left", "use Window"),
    ],
)
def test_a_window_has_to_be_a_part_of_the_map(window: Any, message: str) -> None:
    explained = None if window == Window(0, 0, 8, 8) else Window(2, 2, 4, 4)
    attribution = map_of(MODEL, picture(8), [[3, 1], [1, 1]], window=explained)
    with pytest.raises(InputError, match=message):
        localised(attribution, window)


def test_maps_that_point_nowhere_are_refused() -> None:
    with pytest.raises(ConstantMapError):
        localised(map_of(MODEL, picture(2), [[1, 1], [1, 1]]), Window(0, 0, 1, 1))
    with pytest.raises(InputError, match="nowhere positive"):
        localised(map_of(MODEL, picture(2), [[-1, -2], [0, 0]]), Window(0, 0, 1, 1))
    with pytest.raises(InputError, match="seed is -1"):
        mass_inside(map_of(MODEL, picture(2), [[3, 1], [1, 1]]), Window(0, 0, 1, 1), seed=-1)
    with pytest.raises(InputError, match="give a map"):
        localised("gradcam", Window(0, 0, 1, 1))  # type: ignore[arg-type]


# --- how surely ----------------------------------------------------------------------------------


def test_the_mass_inside_has_the_interval_of_the_errors_of_the_map() -> None:
    values = np.array([[8.0, 1.0], [1.0, -5.0]])
    window = Window(0, 0, 2, 2)
    exact = mass_inside(map_of(MODEL, picture(4), values), window)
    assert exact.value.value == exact.value.low == exact.value.high == pytest.approx(0.8)
    assert exact.area == 0.25
    # The window is one of four cells, and 8 stands in it as often as in the others.
    assert exact.chance == pytest.approx((0.0, 0.8))
    sure, unsure = (
        mass_inside(
            map_of(MODEL, picture(4), values, standard_error=np.full((2, 2), error)), window
        ).value
        for error in (0.1, 1.0)
    )
    assert sure.value == unsure.value == pytest.approx(0.8)
    assert unsure.low < sure.low < 0.8 < sure.high < unsure.high < 1
    # By the delta method, 0.8 +- 1.96 sqrt(0.02^2 + 2 0.08^2) of an error of 1 / 10.
    assert 0.8 - sure.low == pytest.approx(0.0226, rel=0.25)


def test_a_window_may_cut_through_cells() -> None:
    values = np.array([[4.0, 2.0], [0.0, 2.0]])
    inside = mass_inside(map_of(MODEL, picture(4), values), Window(0, 1, 1, 2))
    assert inside.value.value == pytest.approx((4 / 4 + 2 / 4) / 8)
    assert (
        inside.value.value == localised(map_of(MODEL, picture(4), values), Window(0, 1, 1, 2)).mass
    )
    # 4 and 2, or 2 and 2, ..., a quarter of each: of all that is there.
    assert inside.chance[1] == pytest.approx((4 + 2) / 4 / 8)


def test_a_guess_is_inside_as_rarely_as_chance_says() -> None:
    draw, beyond = np.random.default_rng(0), 0
    for _ in range(200):
        attribution = map_of(MODEL, picture(14), draw.uniform(size=(7, 7)))
        inside = mass_inside(attribution, Window(2, 2, 6, 8))
        low, high = inside.chance
        assert low < inside.area < high
        beyond += not low <= inside.value.value <= high
    assert 2 <= beyond <= 20  # 5 % of 200 are 10
