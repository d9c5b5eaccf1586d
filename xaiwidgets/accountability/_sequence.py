"""In which order a search tries, and where max_gain ends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from xaiwidgets.accountability._trial import BASELINE, Trial, TrialId

Trials = tuple[Trial, ...]


@dataclass(frozen=True)
class TrialSequence:
    """The baseline, trial 1 of each delta, trial 2 of each delta, and so on.

    Deltas take turns, so that no budget starves one; Algorithm 1 finishes one after the other.
    Redrawn trials have no delta and are one line of numbers.

    Examples
    --------
    >>> from itertools import islice
    >>> [*islice(TrialSequence("shift", (0.1, 0.2)).iterate(max_trial=None), 3)]
    [TrialId(delta=0.1, number=1), TrialId(delta=0.2, number=1), TrialId(delta=0.1, number=2)]
    """

    strategy: str
    deltas: tuple[float, ...]

    @property
    def lines(self) -> tuple[float | None, ...]:
        """The deltas of the trials."""
        return (None,) if self.deltas and self.strategy != "shift" else self.deltas

    def includes(self, trial: TrialId) -> bool:
        """Whether a trial is one of the sequence, the baseline among them."""
        return trial == BASELINE or trial.delta in self.lines

    def place(self, trial: TrialId) -> tuple[int, int]:
        """Return what is larger for a later trial of the sequence."""
        # By number first, because deltas take turns; the baseline has the number 0.
        return trial.number, 0 if trial == BASELINE else self.lines.index(trial.delta)

    def last_number(self, max_trial: float | None) -> float:
        """Return the largest number that a trial may have: `max_trial` trials for each delta.

        Redrawn trials are as many as there would be of all deltas together.
        """
        if max_trial is None:
            return float("inf")
        # Equal cost on both sides of ADNN's open question (section 8): as many redrawn starts as
        # shifts.
        return int(max_trial) * (1 if self.strategy == "shift" else len(self.deltas))

    def iterate(self, max_trial: float | None) -> Iterator[TrialId]:
        """Yield the sequence without its baseline."""
        for number in count(1):
            if not self.lines or number > self.last_number(max_trial):
                return
            yield from (TrialId(delta, number) for delta in self.lines)

    def first_to_gain(self, trials: Iterable[Trial], max_gain: float | None) -> TrialId | None:
        """Return the first of the trials that gains so much, if one does."""
        if max_gain == 0:
            return BASELINE  # which has gained nothing, as much as is wanted
        if max_gain is None:
            return None
        # A gain of NaN, where the baseline has diverged, is never enough.
        reached = (t.id for t in trials if self.includes(t.id) and t.gain >= max_gain)
        # First in the sequence and not in time, which depends on the workers.
        return min(reached, key=self.place, default=None)

    def split(self, trials: Iterable[Trial], max_gain: float | None) -> tuple[Trials, Trials]:
        """Return trials, and those after the first that gains `max_gain`; by delta and number.

        Without the second, a result does not depend on how many were trained together. Trials that
        are none of the sequence come last among the first.
        """
        ordered = sorted(trials, key=self._order)
        last = self.first_to_gain(ordered, max_gain)
        surplus = tuple(
            trial
            for trial in ordered
            if last is not None
            and self.includes(trial.id)
            and self.place(trial.id) > self.place(last)
        )
        ids = {trial.id for trial in surplus}
        return tuple(trial for trial in ordered if trial.id not in ids), surplus

    def best(self, baseline: Trial, trials: Iterable[Trial]) -> Trial:
        """Return the best of the baseline and those of the trials that are of the sequence."""
        counted = (trial for trial in trials if self.includes(trial.id))
        return max((baseline, *counted), key=Trial.rank)

    def _order(self, trial: Trial) -> tuple[int, float, int]:
        lines = self.lines
        line = lines.index(trial.delta) if trial.delta in lines else len(lines)
        return line, trial.delta or 0.0, trial.number
