"""`ArmPair`: one arm against another, by people."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.intervals import Doubles, IntervalEstimate, bootstrap_interval, mean_interval
from xaiwidgets.study._answers import AnswerLog
from xaiwidgets.study._arms import SEED, ratio_of_sums
from xaiwidgets.study._statistics import (
    Alternative,
    MeanTest,
    compare_means,
    mcnemar,
    one_sample,
    summary_of,
)


@dataclass(frozen=True)
class ArmPair:
    """A test of one arm against another.

    Attributes
    ----------
    arm, other : str
        The claim is about the first: that people are better in it, say.
    pvalue, corrected : float
        The second is corrected after Holm for the number of pairs. NaN: no verdict.
    method : str
    difference : IntervalEstimate
        Of shares of right answers a person, or of seconds.
    """

    arm: str
    other: str
    pvalue: float
    corrected: float
    method: str
    difference: IntervalEstimate

    @property
    def verdict(self) -> str:
        """What it says, in words."""
        if math.isnan(self.pvalue):
            return "no verdict: too few people, or none who differ"
        words = "told apart" if self.corrected < 0.05 else "not told apart"
        return f"{words} (p = {self.pvalue:.3g}, {self.corrected:.3g} corrected)"


def shares_by_person(
    log: AnswerLog, arm: int, values: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], Doubles]:
    here = log.arm == arm
    persons, rows = np.unique(log.person[here], return_inverse=True)
    # A person's share is one observation, whatever number of answers it rests on.
    sums = np.bincount(rows, values[here].astype(np.float64), len(persons))
    return persons, sums / np.bincount(rows)


def difference_of_shares(estimate: IntervalEstimate) -> IntervalEstimate:
    """Return the difference of two shares with its ends inside [-1, 1]; unknown ones stay so."""
    low, high = (
        end if math.isinf(end) else max(-1.0, min(1.0, end))
        for end in (estimate.low, estimate.high)
    )
    return IntervalEstimate(estimate.value, low, high)


def pairs_of(arms: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Yield each arm with each before it: the baseline is given first."""
    return ((later, earlier) for earlier, later in combinations(arms, 2))


def mean_test(
    values: Doubles,
    against: float,
    alternative: Alternative = "greater",
    method: str = "one sample",
) -> MeanTest:
    if len(values) < 2:
        return no_test(float(values.mean()) - against, method, len(values))
    return one_sample(summary_of(values), against, alternative, method)


def no_test(difference: float, method: str, *counts: int) -> MeanTest:
    interval = IntervalEstimate(difference, -math.inf, math.inf)
    return MeanTest(interval, math.nan, math.nan, math.nan, method, counts)


def compare_times(log: AnswerLog, later: int, earlier: int) -> tuple[float, str, IntervalEstimate]:
    """Return the p-value, the method, and the difference of the mean of people's medians."""
    from scipy.stats import mannwhitneyu, wilcoxon

    (people, ours), (others, theirs) = (_medians(log, arm) for arm in (later, earlier))
    # Who was in both arms is compared with themselves: people differ more in speed than arms do.
    both, first, second = np.intersect1d(people, others, return_indices=True)
    if len(both):
        apart = ours[first] - theirs[second]
        # Without any difference all ranks are dropped, and SciPy has nothing to test.
        enough = len(apart) > 1 and bool(np.any(apart))
        # Ranks for the test, as times are skewed; the difference itself is of means.
        pvalue = float(wilcoxon(apart).pvalue) if enough else math.nan
        return pvalue, "Wilcoxon", mean_interval(apart)
    if not len(ours) or not len(theirs):
        return math.nan, "Mann-Whitney", IntervalEstimate(math.nan, math.nan, math.nan)
    enough = min(len(ours), len(theirs)) > 1
    pvalue = float(mannwhitneyu(ours, theirs).pvalue) if enough else math.nan
    difference = float(ours.mean() - theirs.mean())
    if not enough:
        return pvalue, "Mann-Whitney", IntervalEstimate(difference, -math.inf, math.inf)
    return pvalue, "Mann-Whitney", compare_means(summary_of(ours), summary_of(theirs)).difference


def _medians(log: AnswerLog, arm: int) -> tuple[NDArray[np.int64], Doubles]:
    here = (log.arm == arm) & ~np.isnan(log.seconds)
    persons = np.unique(log.person[here])
    medians = [np.median(log.seconds[here & (log.person == person)]) for person in persons]
    return persons, np.array(medians, np.float64)


def compare_items(
    log: AnswerLog, later: int, earlier: int
) -> tuple[float, IntervalEstimate] | None:
    """Return McNemar's p-value of two arms, and the difference of their shares of right answers.

    Of the items that a person judged in both; None where there are none. The interval resamples
    people.
    """
    ours, theirs = (_judged(log, arm) for arm in (later, earlier))
    both = sorted(ours.keys() & theirs.keys())
    if not both:
        return None
    # 1 where only the later arm was right, -1 where only the earlier one was: what McNemar counts.
    apart = np.array([int(ours[key]) - int(theirs[key]) for key in both])
    _, rows = np.unique([person for person, _ in both], return_inverse=True)
    sums, counts = (
        np.bincount(rows, each).astype(np.float64) for each in (apart, np.ones_like(apart))
    )
    difference = bootstrap_interval(ratio_of_sums, sums, counts, seed=SEED)
    return mcnemar(int((apart > 0).sum()), int((apart < 0).sum())), difference


def _judged(log: AnswerLog, arm: int) -> dict[tuple[int, int], bool]:
    """Return whether each person was right about each item that they saw in an arm."""
    rows = np.flatnonzero(log.arm == arm)
    return {(int(log.person[row]), int(log.item[row])): bool(log.right[row]) for row in rows}
