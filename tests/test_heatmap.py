"""Maps look the same in Python as on the page."""

from __future__ import annotations

import numpy as np
import pytest

from xaiwidgets.heatmap import color_limit, interpolated, is_uncertain, map_colors
from xaiwidgets.images import Window

INFINITE = np.float32(np.inf)


def test_full_colour_is_red_or_blue_and_nothing_is_nearly_clear() -> None:
    colors = map_colors(np.float32([[2, -2, 0, 0.5]]), limit=2, opacity=1)[0]
    red, blue, nothing, quarter = colors
    assert red[0] > 0.6 and red[2] < 0.3
    assert blue[2] > 0.6 and blue[0] < 0.3
    np.testing.assert_allclose(colors[:, 3], [1, 1, 0.1, 0.1 + 0.9 * 0.5])
    assert quarter[0] > quarter[2] > red[2]
    np.testing.assert_allclose(nothing[:3], 0.967, atol=0.02)


def test_values_beyond_the_limit_have_its_colour() -> None:
    np.testing.assert_array_equal(
        map_colors(np.float32([9, -9]), limit=2), map_colors(np.float32([2, -2]), limit=2)
    )


def test_what_may_turn_out_the_other_way_is_fainter() -> None:
    values, errors = np.float32([1, 1, 1]), np.float32([0.5, 0.51, INFINITE])
    assert is_uncertain(values, errors).tolist() == [False, True, True]
    certain, faint, unknown = map_colors(values, limit=1, standard_error=errors, opacity=1)
    assert faint.tolist() == unknown.tolist()
    assert faint[3] == pytest.approx(0.45 * certain[3])
    assert faint[:3].tolist() == certain[:3].tolist()


def test_one_outlier_does_not_make_all_else_pale() -> None:
    maps = [np.full((7, 7), -1, np.float32), np.full((7, 7), 1, np.float32)]
    maps[0][0, 0] = 1000
    assert color_limit(maps) == 1
    assert color_limit([np.zeros((2, 2), np.float32)]) == 1
    assert color_limit([np.float32([0, 0, 3, INFINITE])]) == pytest.approx(2.88)


def test_a_single_value_among_zeros_still_sets_the_limit() -> None:
    values = np.zeros((10, 10), np.float32)
    values[3, 3] = -4
    assert color_limit([values]) == 4


def test_between_the_middles_of_cells_values_are_on_a_line() -> None:
    smooth = interpolated(np.float32([[0, 4]]), Window(5, 5, 1, 8))
    np.testing.assert_allclose(smooth, [[0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4]])
    doubtful = interpolated(np.float32([[0, INFINITE]]), Window(0, 0, 1, 8))
    assert doubtful[0, 0] == 0
    assert (doubtful[0, 3:] > 1e20).all()
