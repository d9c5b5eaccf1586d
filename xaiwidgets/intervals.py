"""`IntervalEstimate`: a number with the interval that says how far it can be believed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]

LEVEL = 0.95
"""How often an interval holds the true value."""

RESAMPLES = 1000
"""Of the bootstrap."""

FEWEST_RESAMPLED = 6
"""From so many on their range holds the true median with 95 %: it misses it once in 2^(n - 1)."""


@dataclass(frozen=True)
class IntervalEstimate:
    """A number, and the interval that holds the true one with some probability, usually 95 %.

    Attributes
    ----------
    value, low, high : float
        The ends are infinite where a single observation says nothing about the spread.

    Examples
    --------
    >>> print(IntervalEstimate(0.68, 0.6, 0.75))
    0.68 (0.6 to 0.75)
    """

    value: float
    low: float
    high: float

    def excludes(self, number: float = 0.0) -> bool:
        """Return whether the interval is on one side of `number`: told from it, as people say."""
        return not self.low <= number <= self.high

    def __str__(self) -> str:
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g})"


def mean_interval(values: ArrayLike, level: float = LEVEL) -> IntervalEstimate:
    """Return the mean of independent observations with Student's interval.

    Examples
    --------
    >>> print(mean_interval([1.0, 2.0, 3.0]))
    2 (-0.484 to 4.48)
    """
    observations = np.asarray(values, np.float64)
    if len(observations) == 0:
        return IntervalEstimate(math.nan, math.nan, math.nan)
    mean, count = float(observations.mean()), len(observations)
    if count == 1:
        return IntervalEstimate(mean, -math.inf, math.inf)
    error = float(observations.std(ddof=1)) / math.sqrt(count)
    return _around(mean, error, count - 1, level)


def prediction_range(values: ArrayLike, level: float = LEVEL) -> tuple[float, float]:
    """Return where one more observation of the same normal distribution lies.

    Examples
    --------
    >>> [round(end, 3) for end in prediction_range([1.0, 2.0, 3.0])]
    [-2.968, 6.968]
    """
    observations = np.asarray(values, np.float64)
    mean, count = float(observations.mean()), len(observations)
    # The new observation's own variance, and that of the mean it is compared with.
    error = float(observations.std(ddof=1)) * math.sqrt(1 + 1 / count)
    interval = _around(mean, error, count - 1, level)
    return interval.low, interval.high


def difference_interval(
    first: ArrayLike, second: ArrayLike, level: float = LEVEL
) -> IntervalEstimate:
    """Return the difference of two means, first minus second, with Welch's interval.

    Examples
    --------
    >>> print(difference_interval([2.0, 3.0, 4.0], [1.0, 2.0, 3.0]))
    1 (-1.27 to 3.27)
    """
    sides = [np.asarray(values, np.float64) for values in (first, second)]
    difference = float(sides[0].mean() - sides[1].mean())
    if any(len(side) < 2 for side in sides):
        return IntervalEstimate(difference, -math.inf, math.inf)
    variances = np.array([side.var(ddof=1) / len(side) for side in sides])
    error = math.sqrt(variances.sum())
    # Neither side varies, and Welch's degrees of freedom would be 0 / 0.
    if error == 0:
        return IntervalEstimate(difference, difference, difference)
    # Welch-Satterthwaite: the sides may spread differently.
    freedoms = np.array([len(side) - 1 for side in sides])
    degrees = float(variances.sum() ** 2 / (variances**2 / freedoms).sum())
    return _around(difference, error, degrees, level)


def share_interval(successes: int, count: int, level: float = LEVEL) -> IntervalEstimate:
    """Return a share of independent trials with Wilson's interval.

    Examples
    --------
    >>> print(share_interval(8, 10))
    0.8 (0.49 to 0.943)
    """
    from scipy.stats import binomtest

    # Wald's interval has no width where all or none succeed, however few they are.
    low, high = binomtest(successes, count).proportion_ci(level, method="wilson")
    return IntervalEstimate(successes / count, float(low), float(high))


def hits_interval(hits: ArrayLike, level: float = LEVEL) -> IntervalEstimate:
    """Return the mean of hits (1), misses (0) and ties (between), with Wilson's interval.

    Student's has no width where all are hits. A tie is a miss for the lower end and a hit for the
    upper one.

    Examples
    --------
    >>> print(hits_interval([1, 1, 1, 1]))
    1 (0.51 to 1)
    """
    values = np.asarray(hits, np.float64)
    # Sums of thirds and halves would else be a rounding below a whole number, and lose a hit.
    total = round(float(values.sum()), 9)
    low = share_interval(math.floor(total), len(values), level).low
    high = share_interval(math.ceil(total), len(values), level).high
    return IntervalEstimate(total / len(values), low, high)


def auroc_interval(
    area: float, positives: int, negatives: int, level: float = LEVEL
) -> IntervalEstimate:
    """Return an area under a ROC curve with Newcombe's interval (2006, his method 5).

    Solved for the areas whose own spread (Hanley and McNeil 1982) reaches the observed one, so
    that it has a width also where the area is 0 or 1.

    Parameters
    ----------
    positives, negatives : int
        How many of each kind were ranked.

    Examples
    --------
    >>> print(auroc_interval(1.0, 10, 10))
    1 (0.8 to 1)
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    middle = (positives + negatives) / 2
    deviations = float(norm.ppf((1 + level) / 2))

    def beyond(other: float) -> float:
        # Hanley and McNeil's variance with both group sizes replaced by their mean, at the area of
        # the end itself: so an end never leaves [0, 1].
        spread = 2 * middle - 1 - 3 * (middle - 1) / ((2 - other) * (1 + other))
        variance = other * (1 - other) * spread / (positives * negatives)
        return (area - other) ** 2 - deviations**2 * variance

    # At the ends the spread is 0, so that the difference is not negative there.
    low = 0.0 if area <= 0 else brentq(beyond, 0.0, area - 1e-12)
    high = 1.0 if area >= 1 else brentq(beyond, area + 1e-12, 1.0)
    return IntervalEstimate(float(area), float(low), float(high))


def bootstrap_interval(
    statistic: Callable[..., Doubles],
    *columns: Doubles,
    seed: int,
    level: float = LEVEL,
    fewest: int = FEWEST_RESAMPLED,
) -> IntervalEstimate:
    """Return a statistic of observations with its percentile bootstrap interval.

    Parameters
    ----------
    statistic : callable
        Of arrays (..., observations), over the last axis.
    *columns : arrays (observations,)
        Resampled together.
    fewest : int
        Of fewer observations the interval is infinite.
    """
    count = len(columns[0])
    if count < fewest:
        return IntervalEstimate(float(statistic(*columns)), -math.inf, math.inf)
    rows = np.random.default_rng(seed).integers(count, size=(RESAMPLES, count))
    resampled = statistic(*(column[rows] for column in columns))
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return IntervalEstimate(float(statistic(*columns)), float(low), float(high))


def _around(value: float, error: float, degrees: float, level: float) -> IntervalEstimate:
    from scipy.stats import t

    margin = float(t.ppf((1 + level) / 2, degrees)) * error
    return IntervalEstimate(value, value - margin, value + margin)
