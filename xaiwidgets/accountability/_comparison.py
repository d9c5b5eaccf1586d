"""`mean_difference`: whether one way to start is better than another, and how surely."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from xaiwidgets.accountability._result import SearchResult


@dataclass(frozen=True)
class MeanDifference:
    """By how much the mean accuracy of one search is higher than that of another.

    Attributes
    ----------
    value : float
    standard_error : float
        Welch's, who lets the trials of both sides spread differently.
    counts : tuple of two ints
        Trials of each side that have not diverged.
    held_out : bool
        Whether it is the accuracy on what is held out, as it is where both know that.
    """

    value: float
    standard_error: float
    counts: tuple[int, int]
    held_out: bool


def mean_difference(first: SearchResult, second: SearchResult) -> MeanDifference | None:
    """Compare the trials of two searches; None before both have two that have not diverged.

    The start itself, which is the same for both, does not count.

    Examples
    --------
    >>> from xaiwidgets import Budget, accountability, datasets
    >>> digits = datasets.digits()
    >>> data, budget = (digits.images, digits.labels), Budget(max_trial=1)
    >>> first = accountability.search(data, budget=budget, epochs=1).run()
    >>> second = accountability.search(data, budget=budget, epochs=1, strategy="reseed").run()
    >>> mean_difference(first, second).counts
    (2, 2)
    """
    # A diverged training has 0 right by definition: it says that, and not how well a start learns.
    sides = [[t for t in each.counted_trials if not t.diverged] for each in (first, second)]
    if any(len(trials) < 2 for trials in sides):
        return None
    held_out = all(t.held_out_accuracy is not None for trials in sides for t in trials)
    left, right = (
        [t.held_out_accuracy or 0.0 if held_out else t.accuracy for t in trials] for trials in sides
    )
    # Welch's: shifting and drawing again need not spread alike.
    variance = statistics.variance(left) / len(left) + statistics.variance(right) / len(right)
    return MeanDifference(
        value=statistics.fmean(left) - statistics.fmean(right),
        standard_error=math.sqrt(variance),
        counts=(len(left), len(right)),
        held_out=held_out,
    )
