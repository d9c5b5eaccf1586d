"""A search under way: what is finished, what is in flight, and whether a budget says stop."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache, partial
from itertools import islice

from xaiwidgets.accountability._recipe import Recipe, Weights
from xaiwidgets.accountability._result import SearchResult
from xaiwidgets.accountability._sequence import TrialSequence
from xaiwidgets.accountability._training import GroupOutcome
from xaiwidgets.accountability._trial import BASELINE, Trial, TrialId, iterate_leaders
from xaiwidgets.work import Budget, Later


class SearchRun:
    """The finished trials of a search, those in flight and those to come.

    Budgets are read anew by every method. Time is wall time since the search began, with what an
    earlier part of it took.

    Attributes
    ----------
    seconds_each : float or None
        What a trial takes, as far as that is known.
    finished : int
        Trainings that are done, the baseline among them.
    preview : Later or None
        The result so far, once there is a baseline.
    """

    def __init__(
        self,
        recipe: Recipe,
        deltas: Sequence[float],
        budget: Budget,
        data: tuple[int, int],
        earlier: SearchResult | None = None,
    ) -> None:
        self.recipe, self.budget = recipe, budget
        self.seconds_each: float | None = None
        self.preview: Later | None = None
        self.finished = 0
        self._data, self._began = data, time.perf_counter()
        self._sequence = TrialSequence(recipe.strategy, tuple(deltas))
        self._in_flight: set[TrialId] = set()
        # Replaced and never changed: a preview that is made later is still of its own moment.
        self._trials: Mapping[TrialId, Trial] = {}
        self._weights: Mapping[TrialId, Weights] = {}
        if earlier is not None:
            # max_time is of the whole search: who resumes does not get it once more.
            self._began -= earlier.seconds
            self.seconds_each = earlier.baseline.seconds
            trials = (earlier.baseline, *earlier.trials, *earlier.surplus_trials)
            self._update({trial.id: trial for trial in trials}, earlier.leader_weights)

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self._began

    @property
    def seconds_left(self) -> float | None:
        """Seconds that are left, if they are limited."""
        limit = self.budget.max_time
        return None if limit is None else limit - self.elapsed

    @property
    def total(self) -> int | None:
        """Trainings that are expected, if that can be known."""
        if self.budget.max_trial is None:
            return None
        expected = 1 + int(self.budget.max_trial) * len(self._sequence.deltas)
        return max(expected, self.finished)

    def stop_reason(self) -> str | None:
        """Return which budget has ended the search, if any has. The baseline is always trained."""
        if BASELINE not in self._trials:
            return None
        if not self._sequence.deltas:
            return "completed"
        # Before the clock is looked at: a search that has trained all it was to train was not cut
        # short by max_time, although the time may be over by now.
        if not self.count_pending(1) and all(map(self._is_needless, self._in_flight)):
            return "max_trial" if self._last_trial() is None else "max_gain"
        return "max_time" if self._is_late() else None

    def is_obsolete(self, group: Iterable[TrialId]) -> bool:
        """Whether the outcome of a group in flight is of no use any more."""
        if BASELINE in group:
            return False
        return self._is_late() or all(map(self._is_needless, group))

    def take(self, most: int) -> list[TrialId]:
        """Return the next trials, at most so many; the baseline comes first, and alone."""
        if BASELINE not in self._trials and BASELINE not in self._in_flight:
            group = [BASELINE]
        else:
            group = [] if self._is_late() else list(islice(self._pending(), most))
        self._in_flight.update(group)
        return group

    def count_pending(self, most: int) -> int:
        """Return how many trials could be taken, counted up to `most`."""
        return sum(1 for _ in islice(self._pending(), most))

    def requeue(self, group: Iterable[TrialId]) -> None:
        """Take trials out of flight: those that are not finished are pending again."""
        self._in_flight.difference_update(group)

    def add(self, outcome: GroupOutcome) -> None:
        """Add finished trials."""
        elapsed = self.elapsed
        trials = {
            measured.id: Trial(**asdict(measured), finished=elapsed)
            for measured in outcome.measurements
        }
        self.requeue(trials)
        # The latest, as a machine gets slower while others use it; it only sizes the next group.
        self.seconds_each = outcome.measurements[0].seconds
        self._update({**self._trials, **trials}, {**self._weights, **outcome.weights})

    def result(self, stopped_by: str) -> SearchResult:
        """Return all that is finished."""
        return self._build_result(self._trials, self._weights, stopped_by, self.elapsed)

    def _update(self, trials: dict[TrialId, Trial], weights: Mapping[TrialId, Weights]) -> None:
        leaders = {leader.id for leader in iterate_leaders(trials.values())}
        baseline = trials.get(BASELINE)
        if baseline is not None:
            # What is less accurate than the baseline is never the best.
            leaders = {trial for trial in leaders if trials[trial].rank() >= baseline.rank()}
            # On an executor trials may end before the baseline: what they gain is known only now.
            base = math.nan if baseline.diverged else baseline.accuracy
            trials = {
                key: replace(trial, gain=trial.accuracy - base) if math.isnan(trial.gain) else trial
                for key, trial in trials.items()
            }
        self._trials = trials
        self._weights = {trial: weights[trial] for trial in leaders}
        self.finished = sum(map(self._sequence.includes, trials))
        if baseline is not None:
            build = partial(self._build_result, trials, self._weights, "cancelled", self.elapsed)
            self.preview = Later(cache(build))

    def _build_result(
        self,
        trials: Mapping[TrialId, Trial],
        weights: Mapping[TrialId, Weights],
        stopped_by: str,
        seconds: float,
    ) -> SearchResult:
        baseline = trials[BASELINE]
        ordered, surplus = self._sequence.split(
            (trial for trial in trials.values() if trial is not baseline), self.budget.max_gain
        )
        return SearchResult(
            baseline=baseline,
            trials=ordered,
            best=self._sequence.best(baseline, ordered),
            stopped_by=stopped_by,
            seconds=seconds,
            recipe=self.recipe,
            deltas=self._sequence.deltas,
            surplus_trials=surplus,
            leader_weights=weights,
            data=self._data,
        )

    def _pending(self) -> Iterator[TrialId]:
        """Yield what is still to be tried, in sequence."""
        for trial in self._sequence.iterate(self.budget.max_trial):
            if self._is_needless(trial):
                return  # and so are all after it
            if trial not in self._trials and trial not in self._in_flight:
                yield trial

    def _is_needless(self, trial: TrialId) -> bool:
        """Whether the search ends before a trial, whatever comes of those in flight."""
        last, place = self._last_trial(), self._sequence.place
        if trial.number > self._sequence.last_number(self.budget.max_trial):
            return True
        return last is not None and place(trial) > place(last)

    def _last_trial(self) -> TrialId | None:
        """Return the trial that has reached max_gain, after which nothing counts."""
        # One that is first to reach it leads its delta.
        leaders = (self._trials[trial] for trial in self._weights)
        return self._sequence.first_to_gain(leaders, self.budget.max_gain)

    def _is_late(self) -> bool:
        left = self.seconds_left
        return left is not None and left <= 0
