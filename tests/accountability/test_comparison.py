"""Which of two ways to start is better, and how surely: against SciPy and by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from xaiwidgets import Budget, accountability, datasets
from xaiwidgets.accountability import SearchResult, Trial, mean_difference

DIGITS = datasets.digits()
DATA = DIGITS.images[:200], DIGITS.labels[:200]
SEARCHED = accountability.search(
    DATA, hidden=(4,), epochs=1, deltas=(0.01,), budget=Budget(max_trial=1)
).run()


def result(accuracies: list[float], held_out: list[float] | None = None) -> SearchResult:
    """Return a search whose trials have these accuracies; NaN: it has diverged."""
    trials = tuple(
        Trial(
            delta=0.01,
            number=1 + at,
            accuracy=0.0 if math.isnan(value) else value,
            held_out_accuracy=None if held_out is None else held_out[at],
            loss=0.5,
            seconds=1.0,
            diverged=math.isnan(value),
            gain=0.0,
            finished=1.0,
        )
        for at, value in enumerate(accuracies)
    )
    return replace(SEARCHED, trials=trials)


def test_a_case_worked_out_by_hand() -> None:
    # Means .8 and .7; variances .0002 and .0008, each of two trials: sqrt(.0001 + .0004).
    found = mean_difference(result([0.81, 0.79]), result([0.72, 0.68]))
    assert found is not None and found.counts == (2, 2) and not found.held_out
    assert found.value == pytest.approx(0.1)
    assert found.standard_error == pytest.approx(math.sqrt(0.0005))


accuracies = st.lists(st.floats(0.1, 1).map(lambda x: round(x, 3)), min_size=2, max_size=9)


@given(accuracies, accuracies)
def test_the_error_is_welchs(one: list[float], other: list[float]) -> None:
    found = mean_difference(result(one), result(other))
    assert found is not None
    if found.standard_error < 1e-3:
        return  # SciPy warns of samples that are nearly all the same
    t = stats.ttest_ind(one, other, equal_var=False).statistic
    assert found.value / found.standard_error == pytest.approx(t, rel=1e-6, abs=1e-9)


def test_what_is_held_out_decides_where_both_know_it() -> None:
    one, other = result([0.9, 0.9], [0.5, 0.6]), result([0.8, 0.8], [0.7, 0.8])
    found = mean_difference(one, other)
    assert found is not None and found.held_out
    assert found.value == pytest.approx(-0.2)
    found = mean_difference(one, result([0.8, 0.8]))
    assert found is not None and not found.held_out
    assert found.value == pytest.approx(0.1)


def test_there_is_none_before_two_trials_a_side_that_have_not_diverged() -> None:
    assert mean_difference(result([0.8]), result([0.7, 0.6])) is None
    assert mean_difference(result([0.8, 0.9]), result([0.7, math.nan])) is None
    found = mean_difference(result([0.8, 0.9]), result([0.7, math.nan, 0.6]))
    assert found is not None and found.counts == (2, 2)


def test_the_start_is_no_trial() -> None:
    start = replace(SEARCHED.baseline, accuracy=0.0)
    one = replace(result([0.8, 0.9]), baseline=start)
    found = mean_difference(one, result([0.8, 0.9]))
    assert found is not None and found.value == 0
    assert np.isfinite(found.standard_error)
