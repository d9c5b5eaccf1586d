from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from xaiwidgets.evaluation._interval import (
    IntervalEstimate,
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
