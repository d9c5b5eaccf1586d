"""What a search has tried, what is next, and whether a budget says stop."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from xaiwidgets.accountability._recipe import BASELINE, Recipe, TrialId, Weights
from xaiwidgets.accountability._result import SearchResult, Trial
from xaiwidgets.accountability._training import GroupOutcome, Measurement
from xaiwidgets.work import Budget


class Trials:
    """The finished trials of a search, and those that are under way.

    Budgets are read each time that somebody asks. The time is that on the wall since the search
    began, with what an earlier part took.
    """

    def __init__(
        self,
        recipe: Recipe,
        deltas: Sequence[float],
        budget: Budget,
        data: tuple[int, int],
        earlier: SearchResult | None = None,
    ) -> None:
        self.recipe, self.deltas, self.budget = recipe, tuple(deltas), budget
        self.seconds_each: float | None = None
        self._data, self._began = data, time.perf_counter()
        self._measured: dict[TrialId, tuple[Measurement, float]] = {}
        self._in_flight: set[TrialId] = set()
        self._weights: Weights = {}
        self._best: Measurement | None = None
        self._shown: SearchResult | None = None
        if earlier is not None:
            self._began -= earlier.seconds
            self._take_over(earlier)

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self._began

    @property
    def left(self) -> float | None:
        """Seconds that are left, if they are limited."""
        limit = self.budget.max_time
        return None if limit is None else limit - self.elapsed

    @property
    def finished(self) -> int:
        """Trainings that are done, the baseline among them."""
        return len(self._measured)

    @property
    def total(self) -> int | None:
        """Trainings that are expected, if that can be known."""
        allowed = self.budget.max_trial
        return None if allowed is None else max(1 + int(allowed) * len(self.deltas), self.finished)

    def reason(self) -> str | None:
        """Return which budget has ended the search, if any has. The baseline is always trained."""
        if not self.deltas:
            return "completed"
        if self._gained():
            return "max_gain"
        # What is all done was not cut short, whatever the clock says.
        if not self._in_flight - {BASELINE} and not self.waiting(1):
            return "max_trial"
        return "max_time" if self._late() else None

    def over(self, trials: Iterable[TrialId]) -> bool:
        """Whether nobody wants the end of a group that is under way any more."""
        if BASELINE in trials:
            return False
        return self._late() or self._gained() or all(one.number > self._allowed() for one in trials)

    def take(self, most: int) -> list[TrialId]:
        """Return the next trials, at most so many; the baseline comes first, and alone."""
        if BASELINE not in self._measured and BASELINE not in self._in_flight:
            self._in_flight.add(BASELINE)
            return [BASELINE]
        if self.reason() is not None:
            return []
        taken = [start for start, _ in zip(self._pending(), range(most), strict=False)]
        self._in_flight.update(taken)
        return taken

    def waiting(self, most: int) -> int:
        """Return how many trials could be taken, counted up to `most`."""
        return sum(1 for _ in zip(self._pending(), range(most), strict=False))

    def requeue(self, trials: Iterable[TrialId]) -> None:
        """Take note that trials are under way no more."""
        self._in_flight.difference_update(trials)

    def add(self, outcome: GroupOutcome) -> None:
        """Take note of finished trials."""
        self.requeue([one.trial for one in outcome.measurements])
        self.seconds_each = outcome.measurements[0].seconds
        for one in outcome.measurements:
            self._measured[one.trial] = one, self.elapsed
            if one.trial == outcome.best and (self._best is None or one.rank() > self._best.rank()):
                self._best, self._weights = one, outcome.weights
        self._shown = None

    def preview(self) -> SearchResult | None:
        """Return the result so far: the same object until more is known."""
        if self._shown is None and BASELINE in self._measured:
            self._shown = self.result("cancelled")
        return self._shown

    def result(self, stopped_by: str) -> SearchResult:
        """Return all that is finished."""
        places = {delta: place for place, delta in enumerate(self.deltas)}
        starts = sorted(
            self._measured.keys() - {BASELINE},
            key=lambda start: (places.get(start.delta or 0.0, len(places)), start),
        )
        best = BASELINE if self._best is None else self._best.trial
        return SearchResult(
            baseline=self._trial(BASELINE),
            trials=tuple(self._trial(start) for start in starts),
            best=self._trial(best),
            stopped_by=stopped_by,
            seconds=self.elapsed,
            recipe=self.recipe,
            weights=self._weights,
            data=self._data,
        )

    def _trial(self, start: TrialId) -> Trial:
        one, finished = self._measured[start]
        base = self._measured[BASELINE][0]
        gain = math.nan if base.diverged else one.accuracy - base.accuracy
        return Trial(
            start.delta,
            start.number,
            one.accuracy,
            one.held_out_accuracy,
            one.loss,
            gain,
            one.seconds,
            finished,
            one.diverged,
        )

    def _late(self) -> bool:
        left = self.left
        return left is not None and left <= 0

    def _gained(self) -> bool:
        """Whether as much is gained as was asked for; nothing is before the baseline is known."""
        wanted = self.budget.max_gain
        if wanted is None or BASELINE not in self._measured or self._best is None:
            return wanted == 0
        base = self._measured[BASELINE][0]
        # Nothing can be gained over a start that has diverged.
        gained = 0.0 if base.diverged else max(0.0, self._best.accuracy - base.accuracy)
        return gained >= wanted

    def _allowed(self) -> float:
        """Return the largest number that a trial may have."""
        allowed = self.budget.max_trial
        if allowed is None:
            return float("inf")
        return int(allowed) * (len(self.deltas) if self.recipe.strategy == "reseed" else 1)

    def _pending(self) -> Iterator[TrialId]:
        """Yield what is still to be tried: the deltas in turn, so that no budget starves one."""
        lines = (None,) if self.recipe.strategy == "reseed" else self.deltas
        for number in count(1):
            if number > self._allowed() or not self.deltas:
                return
            for start in (TrialId(delta, number) for delta in lines):
                if start not in self._measured and start not in self._in_flight:
                    yield start

    def _take_over(self, earlier: SearchResult) -> None:
        for trial in (earlier.baseline, *earlier.trials):
            start = TrialId(trial.delta, trial.number)
            one = Measurement(
                start,
                trial.accuracy,
                trial.held_out_accuracy,
                trial.loss,
                trial.seconds,
                trial.diverged,
            )
            self._measured[start] = one, trial.finished
            if (trial.delta, trial.number) == (earlier.best.delta, earlier.best.number):
                self._best, self._weights = one, earlier.weights
        self.seconds_each = earlier.baseline.seconds
