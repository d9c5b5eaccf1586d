"""How sure Shapley values are, by what pairs say that a surrogate misses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from xaiwidgets.methods._missed import Moments, mean_missed

ROWS = np.random.default_rng(0).normal(size=(40, 6))


def test_moments_of_parts_are_those_of_the_whole() -> None:
    whole = Moments.of(ROWS)
    parts = Moments.of(ROWS[:13]).with_more(Moments.of(ROWS[13:]))
    assert parts.number == whole.number == 40
    for part, expected in zip(parts[1:], whole[1:], strict=True):
        np.testing.assert_allclose(part, expected)
    scaled = whole.scaled(-0.5)
    assert scaled.number == 40
    for part, expected in zip(scaled[1:], Moments.of(-0.5 * ROWS)[1:], strict=True):
        np.testing.assert_allclose(part, expected)


def test_the_mean_is_over_the_pairs_of_all_sizes() -> None:
    mean, error = mean_missed(6, {3: Moments.of(ROWS[:30]), 2: Moments.of(ROWS[30:])})
    np.testing.assert_allclose(mean, ROWS.mean(axis=0))
    assert error.shape == (6,)


def test_of_very_many_pairs_that_say_alike_much_the_error_is_the_usual_one() -> None:
    signs = np.tile([[1.0], [-1.0]], (50, 60))
    mean, error = mean_missed(60, {30: Moments.of(signs)})
    np.testing.assert_allclose(mean, 0)
    expected = np.sqrt(100 / 99 / 100) * t.ppf(0.975, 99 / 2) / 1.96
    np.testing.assert_allclose(error, expected, rtol=1e-9)


def test_where_few_pairs_say_most_the_error_is_larger() -> None:
    rows = np.full((100, 60), 0.01)
    rows[::2] *= -1
    rows[0], rows[1] = 1.0, -1.0
    _, error = mean_missed(60, {30: Moments.of(rows)})
    squares, fourths = (rows[:, 0] ** 2).sum(), (rows[:, 0] ** 4).sum()
    expected = np.sqrt(squares / 99 / 100) * t.ppf(0.975, squares**2 / fourths) / 1.96
    np.testing.assert_allclose(error, expected, rtol=1e-9)
    assert error[0] > 2 * np.sqrt(squares / 99 / 100)


def test_what_is_drawn_of_few_pairs_counts_more() -> None:
    # Six pairs of a single player and all others are all there are of six players.
    signs = np.tile([[1.0], [-1.0]], (3, 6))
    _, error = mean_missed(6, {1: Moments.of(signs)})
    expected = np.sqrt(6 * (1 + 6 / 6) / 5 / 6) * t.ppf(0.975, 5 / 2) / 1.96
    np.testing.assert_allclose(error, expected, rtol=1e-9)


@pytest.mark.parametrize("count", [0, 1])
def test_of_fewer_than_two_pairs_nothing_is_sure(count: int) -> None:
    moments = {2: Moments.of(ROWS[:count])} if count else {}
    mean, error = mean_missed(6, moments)
    np.testing.assert_allclose(mean, ROWS[0] if count else 0)
    assert np.isinf(error).all()


def test_where_nothing_is_missed_nothing_is_unsure() -> None:
    mean, error = mean_missed(6, {2: Moments.of(np.zeros((10, 6)))})
    assert not mean.any()
    assert not error.any()
