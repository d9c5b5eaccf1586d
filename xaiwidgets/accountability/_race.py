"""`race`: which way to start is better, by pairs of seeds, on data that nothing is chosen by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from xaiwidgets.accountability._data import Pair
from xaiwidgets.accountability._recipe import STRATEGIES
from xaiwidgets.accountability._result import SearchResult
from xaiwidgets.accountability._search import search
from xaiwidgets.accountability._trial import Trial
from xaiwidgets.checks import listed, whole
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import IntervalEstimate, mean_interval, share_interval
from xaiwidgets.work import Budget, Later, Progress, Steps, Work, constantly, relay, work

START, LONGER = "start", "longer"
"""The lanes that need no search: the network as it starts, and one trained twice as long."""

DEFAULT_EPOCHS = 2


@dataclass(frozen=True)
class LaneVerdict:
    """How much more accurate one lane's network is than another's.

    Attributes
    ----------
    lane, other : str
    difference : IntervalEstimate
        Of held-out accuracies, the mean over pairs of one seed; Student's interval. With one seed
        it is infinite.
    seeds : int
    """

    lane: str
    other: str
    difference: IntervalEstimate
    seeds: int

    def __str__(self) -> str:
        if self.seeds < 2:
            return "one seed: no verdict"
        value, half = self.difference.value, (self.difference.high - self.difference.low) / 2
        text = (
            f"{self.lane} - {self.other}, held-out: {100 * value:+.2f} ± {100 * half:.2f} points "
            f"over {self.seeds} seeds"
        )
        return text if self.difference.excludes(0) else f"no verdict: {text}"


@dataclass(frozen=True)
class Optimism:
    """What the best shown promises, and what it keeps.

    Attributes
    ----------
    chosen, read : IntervalEstimate
        Accuracy of the trial that is best on one half of what is held out, there and on the other
        half; both halves choose in turn. Wilson's intervals.
    """

    chosen: IntervalEstimate
    read: IntervalEstimate


@dataclass(frozen=True, eq=False, repr=False)
class Race:
    """Several ways to an accurate network, each with the same seeds.

    Attributes
    ----------
    seeds : tuple of int
        That are finished in all lanes.
    lanes : mapping from name to results, one for each seed
        The strategies, and "longer", where it was asked for.
    """

    seeds: tuple[int, ...]
    lanes: Mapping[str, tuple[SearchResult, ...]]

    def __repr__(self) -> str:
        return f"<Race over {len(self.seeds)} seeds: {'; '.join(map(str, self.verdicts))}>"

    @property
    def names(self) -> tuple[str, ...]:
        """All lanes; "start" is the network as it starts."""
        return (*self.lanes, START)

    def held_out(self, lane: str) -> tuple[float, ...]:
        """Return the held-out accuracy of a lane's network for each seed.

        It is the one that is best on the training data: what is held out chooses nothing.
        """
        if lane == START:
            first = next(iter(self.lanes.values()))
            return tuple(_accuracy(result.baseline) for result in first)
        if lane not in self.lanes:
            raise InputError(f"lane is {lane!r}; use one of {list(self.names)}")
        return tuple(_accuracy(result.best) for result in self.lanes[lane])

    @property
    def verdicts(self) -> tuple[LaneVerdict, ...]:
        """The first lane against each of the others."""
        first, *others = self.names
        return tuple(self.verdict(first, other) for other in others)

    def verdict(self, lane: str, other: str) -> LaneVerdict:
        """Return one lane against another, by pairs of one seed."""
        pairs = zip(self.held_out(lane), self.held_out(other), strict=True)
        # Pairs of one seed start alike, so that what varies between seeds goes out.
        difference = mean_interval([ours - theirs for ours, theirs in pairs])
        return LaneVerdict(lane, other, difference, len(self.seeds))

    def optimism(self, lane: str) -> Optimism:
        """Return what a lane's best shown promises and keeps, all seeds together."""
        if lane not in self.lanes:
            raise InputError(f"lane is {lane!r}; one of {list(self.lanes)} has trials to choose of")
        return optimism(*self.lanes[lane])


def optimism(*results: SearchResult) -> Optimism:
    """Choose the best trial on one half of what is held out, and read it on the other.

    Raises
    ------
    InputError
        If there are no results, or nothing is held out.

    Examples
    --------
    >>> from xaiwidgets import datasets
    >>> digits, test = datasets.digits(), datasets.digits("test")
    >>> result = search(
    ...     (digits.images, digits.labels), held_out=(test.images, test.labels), hidden=(16,),
    ...     budget=Budget(max_trial=5),
    ... ).run()
    >>> both = optimism(result)
    >>> both.chosen.value >= both.read.value
    True
    """
    if not results:
        raise InputError("there is no result; give at least one of a search")
    chosen, read, total = 0, 0, 0
    for result in results:
        # Also what has diverged, which is right about nothing: a search may have nothing else.
        trials = (result.baseline, *result.counted_trials)
        # Both ways round, so that every held-out example is read once, and chosen by once.
        for half in (0, 1):
            # By held-out examples, which a search never does: that is the optimism to be measured.
            best = max(trials, key=lambda trial: _half(trial, half)[0])
            right, count = _half(best, half)
            other, _ = _half(best, 1 - half)
            chosen, read, total = chosen + right, read + other, total + count
    return Optimism(share_interval(chosen, total), share_interval(read, total))


@work
def race(
    data: Pair,
    *,
    held_out: Pair,
    strategies: Sequence[str] = ("shift", "reseed"),
    seeds: int = 6,
    longer: bool = True,
    seed: int = 0,
    budget: Budget | None = None,
    epochs: int = DEFAULT_EPOCHS,
    **options: Any,
) -> Steps[Race]:
    """Search in several ways with the same seeds, and say which is better on held-out data.

    Parameters
    ----------
    data, held_out : pair (inputs (N, ...), labels (N,))
        As for `search`; the verdict is on what is held out, and nothing is chosen by it.
    strategies : sequence of str
        Of `STRATEGIES`.
    seeds : int
        How many pairs: with one there is no verdict.
    seed : int
        Of the first pair; the others have the numbers after it.
    longer : bool
        Whether to train one network twice as long, too: what the same patience could buy.
    budget : Budget, optional
        Of each search; 50 trials by default. It is read anew for each.
    epochs, **options
        As for `search`.

    Returns
    -------
    Work of Race
        Its previews are the seeds that are finished in all lanes.

    Raises
    ------
    InputError
        At once, if a search would not be possible, or nothing is held out.
    """
    if held_out is None:
        raise InputError("nothing is held out; a verdict needs data that nothing is chosen by")
    whole("seeds", seeds)
    whole("seed", seed, 0)
    if not listed("strategies", strategies):
        raise InputError(f"strategies is {strategies!r}; use a sequence of {list(STRATEGIES)}")
    budget = Budget(max_trial=50) if budget is None else budget
    if not isinstance(budget, Budget):
        raise InputError(f"budget is {budget!r}; use Budget(max_time=..., max_trial=...)")
    start = partial(search, data, held_out=held_out, **options)
    lanes = {
        name: partial(start, strategy=name, epochs=epochs) for name in dict.fromkeys(strategies)
    }
    if longer:
        whole("epochs", epochs)
        # What a search costs could have been spent on training: the plainest rival.
        lanes[LONGER] = partial(start, epochs=2 * epochs)
    for name in lanes:
        # Checks the arguments of all lanes at once, before the first has trained for minutes.
        lanes[name](budget=_budget_of(name, budget), seed=seed).close()
    return _race(lanes, range(seed, seed + seeds), budget)


def _race(
    lanes: Mapping[str, partial[Work[SearchResult]]], seeds: Sequence[int], budget: Budget
) -> Steps[Race]:
    results: dict[str, tuple[SearchResult, ...]] = dict.fromkeys(lanes, ())
    total, done = len(seeds) * len(lanes), 0
    # Seed by seed through all lanes, not lane by lane: whatever is finished is in pairs.
    for position, seed in enumerate(seeds):
        preview = None
        if position:
            preview = Later(Race, tuple(seeds[:position]), dict(results))
        row = []
        for name, lane in lanes.items():
            note = f"seed {seed}: {name}"
            so_far = Progress(done, total, note, preview)
            steps = lane(budget=_budget_of(name, budget), seed=seed)
            row.append((yield from relay(steps, constantly(so_far))))
            done += 1
        results = {
            name: (*results[name], result) for name, result in zip(results, row, strict=True)
        }
    return Race(tuple(seeds), results)


def _budget_of(lane: str, budget: Budget) -> Budget:
    """Return a budget of its own, as it is now; one network needs no trials."""
    # A copy: it is read anew for each search, and one under way keeps what it began with.
    return replace(budget, max_trial=0) if lane == LONGER else replace(budget)


def _accuracy(trial: Trial) -> float:
    return trial.held_out_accuracy or 0.0


def _half(trial: Trial, half: int) -> tuple[int, int]:
    if trial.held_out_halves is None:
        raise InputError("nothing is held out; search(..., held_out=...) measures both halves")
    return trial.held_out_halves[half]
