"""`Trial`: one training, what it started from and what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar


class TrialId(NamedTuple):
    """Trial `number` of `delta`, which says where a training starts; number 0 is the baseline.

    Redrawn starts have no delta.
    """

    delta: float | None
    number: int


BASELINE = TrialId(0.0, 0)

Halves = tuple[tuple[int, int], tuple[int, int]]
"""Of every other example, and of the rest: how many are right, of how many."""


@dataclass(frozen=True)
class Measurement:
    """What came of a training, as a worker knows it; the attributes are those of `Trial`."""

    delta: float | None
    number: int
    accuracy: float
    held_out_accuracy: float | None
    loss: float
    seconds: float
    diverged: bool
    held_out_halves: Halves | None = None

    @property
    def id(self) -> TrialId:
        """Which trial it is."""
        return TrialId(self.delta, self.number)

    def rank(self) -> tuple[float, ...]:
        """Return what is largest for the best: accuracy, then the least loss.

        Among equals in both the smaller shift, so that the best does not depend on the order in
        which trainings end.
        """
        # NaN compares with nothing, so that the best would depend on the order.
        loss = math.inf if self.diverged else self.loss
        return not self.diverged, self.accuracy, -loss, -self.number, -(self.delta or 0.0)


@dataclass(frozen=True)
class Trial(Measurement):
    """One training.

    Attributes
    ----------
    delta : float or None
        What the initial weights were shifted by, `number` times; None where they were drawn again.
    number : int
        From 1; 0 is the baseline.
    accuracy, held_out_accuracy : float
        On the training data and on what is held out (None if nothing is), 0 to 1. 0 if diverged.
    loss : float
        Cross-entropy on the training data; NaN if diverged.
    seconds : float
        Its share of the time that its group was trained.
    diverged : bool
        Whether the loss has become infinite or NaN; such a trial is never the best.
    held_out_halves : pair of (right, count), or None
        Of what is held out, every other example, and the rest: what is chosen on one half can be
        read on the other (`optimism`).
    gain : float
        Accuracy beyond the baseline's, both on the training data; negative if it is less, NaN if
        the baseline has diverged.
    finished : float
        Seconds from the start of the search.
    """

    # With defaults as those above: what has none cannot follow.
    gain: float = math.nan
    finished: float = math.nan

    @property
    def name(self) -> str:
        """What the trial is called in a sentence."""
        if self.number == 0:
            return "the start"
        start = "what is redrawn" if self.delta is None else f"delta {self.delta:g}"
        return f"trial {self.number} of {start}"


M = TypeVar("M", bound=Measurement)


def iterate_leaders(trials: Iterable[M]) -> Iterator[M]:
    """Yield each trial that is better than all before it of its delta, by number.

    The best of the first n trials of a delta is among these for every n. So their weights are all
    that have to be kept for the best of a search, wherever it ends.

    Examples
    --------
    >>> accuracies = [0.5, 0.7, 0.6, 0.8]
    >>> trials = [Measurement(0.1, n, a, None, 1.0, 1.0, False) for n, a in enumerate(accuracies)]
    >>> [trial.number for trial in iterate_leaders(trials)]
    [0, 1, 3]
    """
    leaders: dict[float | None, M] = {}
    for trial in sorted(trials, key=lambda trial: trial.number):
        leader = leaders.get(trial.delta)
        if leader is None or trial.rank() > leader.rank():
            leaders[trial.delta] = trial
            yield trial
