from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from xaiwidgets.intervals import (
    IntervalEstimate,
    auroc_interval,
    bootstrap_interval,
    difference_interval,
    mean_interval,
    share_interval,
)


def test_means_have_students_interval() -> None:
    values = np.random.default_rng(0).normal(2, 3, 9)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    found = mean_interval(values, 0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.value == pytest.approx(values.mean())


def test_differences_have_welchs_interval() -> None:
    draw = np.random.default_rng(0)
    one, other = draw.normal(0, 1, 8), draw.normal(1, 5, 30)
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.99)
    found = difference_interval(one, other, 0.99)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.value == pytest.approx(one.mean() - other.mean())


def test_too_few_say_nothing_and_equal_ones_all() -> None:
    assert mean_interval([3.0]) == IntervalEstimate(3.0, -math.inf, math.inf)
    assert difference_interval([3.0], [1.0, 2.0]) == IntervalEstimate(1.5, -math.inf, math.inf)
    assert mean_interval([2.0, 2.0]) == IntervalEstimate(2.0, 2.0, 2.0)
    assert difference_interval([2.0, 2.0], [1.0, 1.0]) == IntervalEstimate(1.0, 1.0, 1.0)
    assert math.isnan(mean_interval([]).value)


def test_an_interval_excludes_what_is_outside_of_it() -> None:
    interval = IntervalEstimate(1.0, 0.5, 2.0)
    assert interval.excludes() and interval.excludes(2.1)
    assert not interval.excludes(0.5) and not interval.excludes(2.0)
    assert str(interval) == "1 (0.5 to 2)"


def test_shares_have_wilsons_interval() -> None:
    found = share_interval(0, 20)
    z = stats.norm.ppf(0.975)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(z**2 / (20 + z**2))


def test_the_bootstrap_of_a_mean_is_near_students() -> None:
    values = np.random.default_rng(1).normal(0, 1, 200)
    found = bootstrap_interval(lambda rows: rows.mean(-1), values, seed=0)
    student = mean_interval(values)
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((student.low, student.high), abs=0.03)
    assert found == bootstrap_interval(lambda rows: rows.mean(-1), values, seed=0)


def test_areas_have_newcombes_interval() -> None:
    """His method 5 solved by a fine grid, whose points are those that the data do not exclude."""
    grid = np.linspace(0, 1, 200_001)
    for area, positives, negatives in ((0.8, 20, 35), (0.5, 9, 4), (1.0, 12, 30), (0.0, 7, 7)):
        half = (positives + negatives) / 2 - 1
        extra = half * ((1 - grid) / (2 - grid) + grid / (1 + grid))
        variance = grid * (1 - grid) * (1 + extra) / (positives * negatives)
        inside = grid[np.abs(area - grid) <= stats.norm.ppf(0.975) * np.sqrt(variance) + 1e-12]
        interval = auroc_interval(area, positives, negatives)
        assert interval.value == area
        assert (interval.low, interval.high) == pytest.approx((inside[0], inside[-1]), abs=2e-5)
    assert auroc_interval(0.8, 20, 35, 0.5).low > auroc_interval(0.8, 20, 35).low


def test_the_interval_of_an_area_holds_the_truth_as_often_as_it_says() -> None:
    draw, held, trials = np.random.default_rng(0), 0, 400
    truth = float(stats.norm.cdf(1.5 / np.sqrt(2)))
    for _ in range(trials):
        high, low = draw.normal(1.5, 1, 15), draw.normal(0, 1, 40)
        interval = auroc_interval(float((high[:, None] > low).mean()), 15, 40)
        held += interval.low <= truth <= interval.high
    assert 0.92 <= held / trials <= 0.99


def test_few_observations_are_not_resampled_into_certainty() -> None:
    # Two that are alike would have no spread at all.
    few = bootstrap_interval(lambda rows: np.median(rows, -1), np.ones(5), seed=0)
    assert (few.value, few.low, few.high) == (1.0, -math.inf, math.inf)
    enough = bootstrap_interval(lambda rows: np.median(rows, -1), np.arange(6.0), seed=0)
    assert 0 <= enough.low < 2.5 < enough.high <= 5
    told = bootstrap_interval(lambda rows: rows.mean(-1), np.ones(2), seed=0, fewest=2)
    assert told.low == told.high == 1
