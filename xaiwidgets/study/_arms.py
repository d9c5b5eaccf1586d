"""`ArmResult` and `LearningCurve`: what people answered in one arm, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.intervals import (
    LEVEL,
    Doubles,
    IntervalEstimate,
    bootstrap_interval,
    mean_interval,
    share_interval,
)
from xaiwidgets.study._answers import AnswerLog

SEED = 0  # of the bootstrap: the same answers give the same intervals


@dataclass(frozen=True)
class LearningCurve:
    """How many answers were right up to each trial, over the people of one arm.

    Attributes
    ----------
    trials : (T,) ints
        From 1; where people see several arms, of the arm's own trials.
    mean, deviation : (T,) floats
        Of the cumulative right answers; the deviation is NaN for one person.
    low, high : (T,) floats
        The ends of the mean's interval by people, never narrower than Wilson's of all answers so
        far, and inside what is possible: from none to all of them.
    people : (T,) ints
        How many have come so far.
    """

    trials: NDArray[np.int64]
    mean: Doubles
    deviation: Doubles
    low: Doubles
    high: Doubles
    people: NDArray[np.int64]


@dataclass(frozen=True)
class ArmResult:
    """What people answered in one arm.

    Attributes
    ----------
    arm : str
    people, count, right, unsure : int
        How many people, answers, right ones, and how many "I cannot tell".
    accuracy : IntervalEstimate
        The interval resamples people, as the answers of one person are not independent, and is
        never narrower than Student's of their shares or `wilson`; of one person it is the latter.
    wilson : IntervalEstimate
        As if all answers were independent.
    precision, recall, f1 : IntervalEstimate or None
        Of the positive answer, resampled by people, with infinite ends of fewer than six; None
        where there is nothing to divide by.
    seconds : IntervalEstimate or None
        The median response time, resampled by people in the same way; None where none is known.
    times : (n,) floats
        All response times that are known.
    ratings : tuple of int
        Of the people who saw no other arm, from 1 to 5.
    """

    arm: str
    people: int
    count: int
    right: int
    unsure: int
    accuracy: IntervalEstimate
    wilson: IntervalEstimate
    precision: IntervalEstimate | None
    recall: IntervalEstimate | None
    f1: IntervalEstimate | None
    seconds: IntervalEstimate | None
    times: Doubles
    ratings: tuple[int, ...]


def arm_result(log: AnswerLog, arm: int) -> ArmResult:
    here = log.arm == arm
    right, answer = log.right[here], log.answer[here]
    # Sums by person from here on: ratios are resampled by people, with all that each has answered.
    persons, rows = np.unique(log.person[here], return_inverse=True)
    positive, true = answer == log.positive, log.truth[here] == log.positive

    def sums(values: NDArray[Any]) -> Doubles:
        return np.bincount(rows, values.astype(np.float64), len(persons)).astype(np.float64)

    wilson = share_interval(int(right.sum()), len(right))
    hits, flagged, there = sums(positive & true), sums(positive), sums(true)
    times = log.seconds[here]
    timed = times[~np.isnan(times)]
    name = log.arms[arm]
    return ArmResult(
        arm=name,
        people=len(persons),
        count=len(right),
        right=int(right.sum()),
        unsure=int((answer < 0).sum()),
        accuracy=_accuracy(sums(right), sums(np.ones_like(rows)), wilson),
        wilson=wilson,
        precision=_ratio(hits, flagged),
        recall=_ratio(hits, there),
        # 2 TP / (2 TP + FP + FN): what is flagged is TP + FP, what is there TP + FN.
        f1=_ratio(2 * hits, flagged + there),
        seconds=_median(times, rows, len(persons)),
        times=timed,
        # A rating at the end is of all that a person has seen; only of one arm does it say
        # something.
        ratings=tuple(rating for arms, rating in log.ratings if arms == (name,)),
    )


def _ratio(parts: Doubles, wholes: Doubles) -> IntervalEstimate | None:
    """Return a ratio of sums over people, with the interval from resampling them."""
    if wholes.sum() == 0:
        return None
    return bootstrap_interval(ratio_of_sums, parts, wholes, seed=SEED)


def ratio_of_sums(parts: Doubles, wholes: Doubles) -> Doubles:
    """Return the sum of the one over that of the other, along the last axis; 0 of nothing."""
    total = wholes.sum(-1)
    shares = np.divide(parts.sum(-1), total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(shares)


def _accuracy(right: Doubles, counts: Doubles, wilson: IntervalEstimate) -> IntervalEstimate:
    """Return the share of right answers with the widest of three intervals, inside [0, 1].

    Resampling a few people holds the truth too seldom where they differ (three people: 76 % of
    the time, Student's 93 %), and has no width where all are right, as Student's.
    """
    if len(counts) < 2:
        return wilson
    # People are resampled with all their answers, which are not independent of each other.
    resampled = bootstrap_interval(ratio_of_sums, right, counts, seed=SEED, fewest=2)
    student = mean_interval(right / counts)
    half = (student.high - student.low) / 2
    low = min(resampled.low, wilson.value - half, wilson.low)
    high = max(resampled.high, wilson.value + half, wilson.high)
    return IntervalEstimate(wilson.value, max(0.0, low), min(1.0, high))


def _median(times: Doubles, rows: NDArray[np.int64], people: int) -> IntervalEstimate | None:
    """Return the median response time over people of their medians."""
    # Of medians, because response times have long tails: somebody fetches coffee.
    medians = np.array([_median_of(times[rows == person]) for person in range(people)])
    timed = medians[~np.isnan(medians)]
    if not len(timed):
        return None
    return bootstrap_interval(lambda values: np.median(values, -1), timed, seed=SEED)


def _median_of(times: Doubles) -> float:
    timed = times[~np.isnan(times)]
    return float(np.median(timed)) if len(timed) else math.nan


def learning_curve(log: AnswerLog, arm: int) -> LearningCurve:
    """Return the cumulative right answers of people by the arm's own trials."""
    here = np.flatnonzero(log.arm == arm)
    here = here[np.lexsort((log.trial[here], log.person[here]))]
    right = log.right[here].astype(np.float64)
    _, starts, counts = np.unique(log.person[here], return_index=True, return_counts=True)
    # People by trials; `here` is sorted by person, so that each one's rows follow each other.
    totals = np.full((len(starts), int(counts.max())), math.nan)
    for row, (start, length) in enumerate(zip(starts, counts, strict=True)):
        totals[row, :length] = np.cumsum(right[start : start + length])
    people = (~np.isnan(totals)).sum(0)
    mean = np.nanmean(totals, 0)
    # People who stopped early have no number after that, and are in no mean of later trials.
    squares = np.nansum((totals - mean) ** 2, 0)
    with np.errstate(invalid="ignore"):  # of one person
        deviation = np.sqrt(squares / (people - 1))
    trials = np.arange(1, totals.shape[1] + 1)
    low, high = _curve_ends(mean, deviation, people, trials)
    return LearningCurve(trials, mean, deviation, low, high, people)


def _curve_ends(
    mean: Doubles, deviation: Doubles, people: NDArray[np.int64], trials: NDArray[np.int64]
) -> tuple[Doubles, Doubles]:
    """Return Student's interval of each mean, widened to Wilson's and kept inside [0, trials]."""
    from scipy.stats import t

    several = people > 1
    quantile = t.ppf((1 + LEVEL) / 2, np.where(several, people - 1, 1))
    half = np.where(several, quantile * deviation / np.sqrt(people), 0.0)
    # Where all are right, people do not differ and Student's band has no width; Wilson's has.
    wilson = [
        share_interval(round(value * count), int(count * trial))
        for value, count, trial in zip(mean, people, trials, strict=True)
    ]
    low = np.minimum(mean - half, trials * [each.low for each in wilson])
    high = np.maximum(mean + half, trials * [each.high for each in wilson])
    return np.maximum(low, 0), np.minimum(high, trials)
