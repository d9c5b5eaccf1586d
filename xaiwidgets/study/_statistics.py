"""Tests of means and pairs, from data or from what a paper prints; scipy does the statistics."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xaiwidgets.checks import is_finite, is_whole, listed, number, numbers, whole
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import LEVEL, Doubles, IntervalEstimate

Alternative = Literal["greater", "less", "two-sided"]
ALTERNATIVES: tuple[Alternative, ...] = ("greater", "less", "two-sided")

_MANY = 100_000  # people that nobody will find


@dataclass(frozen=True)
class MeanTest:
    """A test of one mean against another, or against a number.

    Attributes
    ----------
    difference : IntervalEstimate
        With its two-sided 95 % interval.
    statistic, degrees, pvalue : float
    method : str
        "Welch", "paired" or "one sample".
    counts : tuple of ints
        People of each side.
    notes : tuple of str
        What is odd about the numbers.
    """

    difference: IntervalEstimate
    statistic: float
    degrees: float
    pvalue: float
    method: str
    counts: tuple[int, ...]
    notes: tuple[str, ...] = ()


def welch(
    a: tuple[float, float, int], b: tuple[float, float, int], alternative: Alternative = "greater"
) -> MeanTest:
    """Return Welch's t-test of two means, each as (mean, standard deviation, n).

    Parameters
    ----------
    a, b : (mean, standard deviation, n)
    alternative : str
        What is claimed of a's mean: "greater" than b's, "less", or "two-sided".

    Raises
    ------
    InputError
        If a number is none, or n is below 2.

    Warns
    -----
    UserWarning
        Where a mean of counts cannot be one of n people: mean x n is not whole, but would be for a
        number nearby. Also in `notes`.

    Examples
    --------
    CDeepEx against no explanation, as its table 5.2 prints them.

    >>> round(welch((10.666667, 1.588650, 15), (9.714286, 1.637473, 14)).pvalue, 4)
    0.062
    """
    _check_alternative(alternative)
    notes = tuple(filter(None, [_check_summary(name, x) for name, x in (("a", a), ("b", b))]))
    for note in notes:
        warnings.warn(note, stacklevel=2)
    return compare_means(a, b, alternative, notes)


def compare_means(
    a: tuple[float, float, int],
    b: tuple[float, float, int],
    alternative: Alternative = "greater",
    notes: tuple[str, ...] = (),
) -> MeanTest:
    """Return what `welch` does, of numbers that are known to be sound."""
    from scipy.stats import t, ttest_ind_from_stats

    difference = a[0] - b[0]
    variances = a[1] ** 2 / a[2], b[1] ** 2 / b[2]
    error = math.sqrt(sum(variances))
    counts = int(a[2]), int(b[2])
    if error == 0:
        return _without_spread(difference, "Welch", counts, notes)
    # Without equal variances: what an arm shows may help some people and confuse others.
    test = ttest_ind_from_stats(*a, *b, equal_var=False, alternative=alternative)
    # Welch-Satterthwaite, which scipy's test of summaries does not give back.
    degrees = error**4 / sum(v**2 / (n - 1) for v, n in zip(variances, counts, strict=True))
    margin = float(t.ppf((1 + LEVEL) / 2, degrees)) * error
    interval = IntervalEstimate(difference, difference - margin, difference + margin)
    statistic, pvalue = float(test.statistic), float(test.pvalue)
    return MeanTest(interval, statistic, degrees, pvalue, "Welch", counts, notes)


def one_sample(
    a: tuple[float, float, int],
    against: float = 0.0,
    alternative: Alternative = "greater",
    method: str = "one sample",
) -> MeanTest:
    """Return the t-test of one mean (mean, standard deviation, n) against a number.

    Examples
    --------
    20 questions with two answers: 10 are right by chance.

    >>> round(one_sample((10.666667, 1.588650, 15), 10).pvalue, 3)
    0.063
    """
    from scipy.stats import t

    _check_alternative(alternative)
    number("against", against)
    note = _check_summary("a", a)
    mean, deviation, count = a
    notes = (note,) if note else ()
    error = deviation / math.sqrt(count)
    if error == 0:
        return _without_spread(mean - against, method, (int(count),), notes)
    statistic, degrees = (mean - against) / error, count - 1
    tails = {
        "greater": t.sf(statistic, degrees),
        "less": t.cdf(statistic, degrees),
        "two-sided": 2 * t.sf(abs(statistic), degrees),
    }
    margin = float(t.ppf((1 + LEVEL) / 2, degrees)) * error
    difference = mean - against
    interval = IntervalEstimate(difference, difference - margin, difference + margin)
    pvalue = float(tails[alternative])
    return MeanTest(interval, statistic, degrees, pvalue, method, (int(count),), notes)


def holm(pvalues: Sequence[float]) -> tuple[float, ...]:
    """Return p-values corrected for their number after Holm (1979), in the same order.

    Examples
    --------
    >>> [round(p, 2) for p in holm([0.06, 0.17, 0.29])]
    [0.18, 0.34, 0.34]
    """
    several = numbers("pvalues", listed("pvalues", pvalues)).reshape(-1).tolist()
    corrected = [math.nan] * len(several)
    order = sorted((p, place) for place, p in enumerate(several) if not math.isnan(p))
    largest = 0.0
    for rank, (pvalue, place) in enumerate(order):
        # Never below one with a smaller p-value before it: the order of the tests stays.
        largest = max(largest, min(1.0, (len(order) - rank) * pvalue))
        corrected[place] = largest
    return tuple(corrected)


def mcnemar(first_only: int, second_only: int) -> float:
    """Return the exact two-sided p-value of McNemar's test.

    Parameters
    ----------
    first_only, second_only : int
        Of pairs of answers, how often only the first is right, and only the second.

    Examples
    --------
    >>> mcnemar(5, 0)
    0.0625
    """
    from scipy.stats import binomtest

    total = whole("first_only", first_only, 0) + whole("second_only", second_only, 0)
    # Of the pairs that differ, each side is as likely where the arms are alike: a fair coin.
    return float(binomtest(first_only, total).pvalue) if total else 1.0


def f1_of(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall; 0 where both are.

    Examples
    --------
    Case C of i-Algebra prints 0.622.

    >>> round(f1_of(0.609, 0.6343), 4)
    0.6214
    """
    for name, share in (("precision", precision), ("recall", recall)):
        number(name, share, least=0, most=1)
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def power_of(
    difference: float, deviations: tuple[float, float], n: int, alpha: float = 0.05
) -> float:
    """Return how often `n` people a side show a true difference, by Welch's one-sided test.

    Examples
    --------
    >>> round(power_of(1 / 3, (1.588650, 1.759329), 314), 2)
    0.8
    """
    from scipy.stats import nct, t

    _check_effect(difference, deviations)
    number("alpha", alpha, above=0, below=1)
    whole("n", n, 0)
    variances = np.array(deviations, np.float64) ** 2 / n
    # One person a side shows no spread, and people who do not differ leave none to show.
    if n < 2 or variances.sum() == 0:
        return math.nan
    degrees = variances.sum() ** 2 / (variances**2 / (n - 1)).sum()
    shift = difference / math.sqrt(variances.sum())
    # Under the difference the statistic has a noncentral t distribution; normal tables promise too
    # much for few people.
    return float(nct.sf(t.isf(alpha, degrees), degrees, shift))


def needed_people(
    difference: float,
    deviations: tuple[float, float],
    *,
    power: float = 0.8,
    alpha: float = 0.05,
) -> int | None:
    """Return how many people a side show a true difference with this power; None: too many.

    Examples
    --------
    The thesis says about 90.

    >>> needed_people(1 / 3, (1.588650, 1.759329))
    314
    """
    _check_effect(difference, deviations)
    number("alpha", alpha, above=0, below=1)
    number("power", power, above=0, below=1)
    if not difference > 0 or max(deviations) == 0:
        return None
    # Doubled, then halved in between: the power grows with n, so that some 30 looks suffice.
    low, high = 1, 2
    while not power_of(difference, deviations, high, alpha) >= power:
        low, high = high, 2 * high
        if high > _MANY:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = power_of(difference, deviations, middle, alpha) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


def _check_effect(difference: float, deviations: tuple[float, float]) -> None:
    number("difference", difference)
    if not isinstance(deviations, Sequence) or len(deviations) != 2:
        raise InputError(f"deviations is {deviations!r}; give those of both sides")
    for deviation in deviations:
        number("a deviation", deviation, least=0)


def summary_of(values: Doubles) -> tuple[float, float, int]:
    """Return (mean, standard deviation, n) of values, as `welch` takes them."""
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return float(values.mean()), deviation, len(values)


def _check_alternative(alternative: str) -> None:
    if alternative not in ALTERNATIVES:
        raise InputError(f"alternative is {alternative!r}; use one of {list(ALTERNATIVES)}")


def _check_summary(name: str, summary: tuple[float, float, int]) -> str:
    """Check (mean, standard deviation, n), and return what is odd about it, or nothing."""
    if not isinstance(summary, Sequence) or len(summary) != 3 or not all(map(is_finite, summary)):
        raise InputError(f"{name} is {summary!r}; give (mean, standard deviation, n)")
    mean, deviation, count = summary
    if deviation < 0:
        raise InputError(f"{name} has a standard deviation of {deviation}; use one of at least 0")
    if not (is_whole(count, 2) or (float(count).is_integer() and count >= 2)):
        raise InputError(f"{name} has n = {count}; use a whole number of at least 2")
    return _oddity(mean, int(count))


def _oddity(mean: float, count: int) -> str:
    """Return what is odd about a mean of counts, as it is printed (the GRIM test)."""
    written = re.fullmatch(r"-?\d+\.(\d+)", repr(mean))
    digits = len(written[1]) if written else 0
    # A mean with all digits of a double is computed, not printed; few digits fit any number.
    if not 3 <= digits <= 12:
        return ""

    def fits(people: int) -> bool:
        total = mean * people
        # The sum of whole numbers is whole, up to what rounding the printed mean moves it by.
        return abs(total - round(total)) <= 0.5 * 10.0**-digits * people + 1e-9

    # A misprinted n is likely near: table 5.2 has 9.714286 of 15 people, and 14 fit (136 / 14).
    nearby = sorted(range(max(2, count - 3), count + 4), key=lambda people: abs(people - count))
    other = next(filter(fits, nearby), None)
    if other in (None, count):
        return ""
    return f"{mean} x {count} is not whole, as a mean of counts would be; {other} people fit"


def _without_spread(
    difference: float,
    method: str,
    counts: tuple[int, ...],
    notes: tuple[str, ...],
) -> MeanTest:
    """Return a test that decides nothing: where nobody differs, a spread cannot be estimated."""
    interval = IntervalEstimate(difference, -math.inf, math.inf)
    return MeanTest(interval, math.nan, math.nan, math.nan, method, counts, notes)
