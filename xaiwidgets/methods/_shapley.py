"""Shapley values of cells: several tasks answered side by side.

Every task is a game of its own. A few coalitions of each are evaluated in every batch, and no
picture is shown to a network twice.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.derivation import current_looks, with_steady_weights
from xaiwidgets.errors import InputError
from xaiwidgets.methods._adaptive import Start, TrainingPairs, adaptive_maps
from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cache import Cache, cache_of, digest
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._cropping import CROPPED_FROM
from xaiwidgets.methods._estimation import Estimate, coalitions, shapley
from xaiwidgets.methods._first_look import FirstLook
from xaiwidgets.methods._game import Game, evaluate_together
from xaiwidgets.methods._method import Task, check_supported
from xaiwidgets.methods._passes import check_possible
from xaiwidgets.methods._players import Adaptive, GridLike, cells_of, players_setting
from xaiwidgets.work import Budget, Later, Progress, Steps, work

Masks = NDArray[np.bool_]

CACHED_BATCH = 2048
"""Coalitions taken at once where all their answers are in the cache."""


@dataclass(frozen=True)
class Shapley:
    """Shapley values of cells, by default those of a grid (i-Algebra, eq. 2 to 4).

    Parameters
    ----------
    budget : int, Budget, or callable returning int
        Evaluations of the network at most, for each map; exact where 2 ** cells fits. A Budget
        limits them by `max_trial`, and seconds by `max_time`. It and a callable are read before
        every batch, so that they can change.
    grid : int, (int, int), Segments, Adaptive, Cells or array
        Rows and columns of cells in the window (or the input); `Segments()` or "segments", parts
        that look alike; `Adaptive()` or "adaptive", cells that are cut finer where they carry much;
        or who plays, as a map of labels (H, W): see `Cells.labelled`.
    seed : int
        The same seed gives the same map.

    Raises
    ------
    InputError
        If a setting cannot be used.

    Examples
    --------
    >>> import torch
    >>> from xaiwidgets.methods import Task
    >>> from xaiwidgets.network import Network
    >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2))
    >>> task = Task(Network(net), torch.ones(3, 4, 4))
    >>> (attribution,) = Shapley(budget=64, grid=2).explain([task]).run()
    >>> attribution.exact
    True
    """

    label: ClassVar[str] = "Shapley values"
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = True

    budget: int | Budget | Callable[[], int] = 1024
    grid: GridLike = 7
    seed: int = 0

    def __post_init__(self) -> None:
        limited = isinstance(self.budget, Budget) and self.budget.max_trial is not None
        if not (limited or callable(self.budget) or is_whole(self.budget, 2)):
            raise InputError(
                f"budget is {self.budget!r}; use a whole number of evaluations, at least 2, or a "
                "Budget with max_trial"
            )
        # Plain numbers and a tuple, whatever was given, so that two that are alike are equal.
        if is_whole(self.budget):
            object.__setattr__(self, "budget", int(self.budget))
        object.__setattr__(self, "grid", players_setting(self.grid))
        object.__setattr__(self, "seed", whole("seed", self.seed, 0))

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute the map of every task; previews are lists of maps.

        What `cache` (by default each network's own) holds is not evaluated again, and what is
        evaluated goes into it. Tasks of one network share their batches, and the pictures they
        have in common.

        Raises
        ------
        InputError, ModelError
        """
        check_supported(self, tasks, "window", "layer", "baseline", "output")
        play = partial(_maps, cache=cache)
        if isinstance(self.grid, Adaptive):
            return with_steady_weights(adaptive_maps(self, self.grid, tuple(tasks), play))
        for task in tasks:
            self.cells(task)
        # A gradient map is soon there: to look at the network five times would be a fifth of it.
        return with_steady_weights(play(self, tuple(tasks)))

    def incompatibility(self, task: Task) -> str | None:
        """Return None: any network is valid, as it is only evaluated."""
        return None

    def cells(self, task: Task) -> Cells:
        """Return the players: the cells of the task's window; InputError if they are not known."""
        return cells_of(self.grid, task)

    def game(self, task: Task, cache: Cache | None = None, cells: Cells | None = None) -> Game:
        """Return the game that the cells play, by default those of the task."""
        task.network.weights(anew=True)  # before the cache is looked up, which is that of weights
        chosen = cache_of(task.network) if cache is None else cache
        players = self.cells(task) if cells is None else cells
        return Game(task.network, task.input, task.absent, players, chosen)

    def limit(self, started: float) -> Callable[[], int]:
        """Return what gives the evaluations allowed, of work that started at a `perf_counter`."""
        budget = self.budget
        if callable(budget):
            return budget
        if not isinstance(budget, Budget):
            return lambda: budget

        def allowed() -> int:
            # 2 is the least that `shapley` takes: it ends before its next batch, with what it has.
            late = budget.max_time is not None and time.perf_counter() - started > budget.max_time
            return 2 if late else budget.max_trial or 2

        return allowed

    @property
    def repeatable(self) -> bool:
        """Whether the evaluations do not depend on the clock."""
        return not (isinstance(self.budget, Budget) and self.budget.max_time is not None)


def _maps(
    method: Shapley, tasks: Sequence[Task], starts: Sequence[Start] = (), *, cache: Cache | None
) -> Steps[list[Attribution]]:
    started = time.perf_counter()
    starts = starts or [Start(method.cells(task)) for task in tasks]
    look = FirstLook(method, tasks, [start.cells for start in starts], current_looks())
    games = yield from _games(method, tasks, starts, cache, look)
    limit = method.limit(started)
    if callable(method.budget):  # the maps say which budget it was, and not what gave it
        method = replace(method, budget=int(max(2, limit())))
    sides = [
        _Side(
            method,
            task,
            game,
            _class_explained(task, game, tasks, games),
            limit(),
            started,
            start.training,
        )
        for task, game, start in zip(tasks, games, starts, strict=True)
    ]
    turns = [side.recalled() for side in sides]
    evaluators: dict[object, list[int]] = {}
    for place, turn in enumerate(turns):
        if not turn.finished:
            game, many = games[place], limit() >= CROPPED_FROM
            if not sides[place].is_cached:  # else no copy is asked
                yield from look.beside(game.crop() if many else game.prepare())
            evaluators.setdefault((game.network, game.cropped), []).append(place)
    plays = {p: sides[p].play(limit, len(group)) for group in evaluators.values() for p in group}
    while not all(turn.finished for turn in turns):
        for group in evaluators.values():
            open_places = [place for place in group if not turns[place].finished]
            # What a game asks next depends on no answer, so that all can be evaluated in one batch.
            if len(group) > 1:
                evaluate_together([(games[p], turns[p].coming()) for p in open_places])
            for place in open_places:
                # Finds its answers ready, from the batch above.
                turns[place] = next(plays[place])
                if not turns[place].finished:
                    yield _report(turns, limit() * len(sides))
    return _attributions(turns)


def _games(
    method: Shapley,
    tasks: Sequence[Task],
    starts: Sequence[Start],
    cache: Cache | None,
    look: FirstLook,
) -> Steps[list[Game]]:
    """Make a game of each task; InputError if their networks have not as many classes."""
    games: list[Game] = []
    yield Progress(0, None, "preparing the network")
    for task, start in zip(tasks, starts, strict=True):
        # A step for each game, as to read a network's weights takes a while.
        games.append(method.game(task, cache, start.cells))
        yield Progress(0, None, "preparing the network")
    # Where a class is not known, the network tells; else a map that is cached needs no twin.
    unknown = any(task.target is None for task in tasks)
    for game in games:
        if game.picture_row is None and (unknown or game.model.classes is None):
            yield from look.beside(game.prepare())
    counts = {game.classes for game in games}
    if len(counts) > 1:
        raise InputError(
            f"the networks have {' and '.join(map(str, counts))} classes; compare alike"
        )
    return games


def _report(turns: Sequence[_Turn], total: int) -> Progress:
    begun = all(turn.attribution is not None for turn in turns)
    preview = Later(_attributions, tuple(turns)) if begun else None
    return Progress(sum(turn.evaluations for turn in turns), total, "coalitions", preview)


def _attributions(turns: Sequence[_Turn]) -> list[Attribution]:
    return [turn.attribution() for turn in turns if turn.attribution is not None]


def _class_explained(task: Task, game: Game, tasks: Sequence[Task], games: Sequence[Game]) -> int:
    """Return the task's class, or else the one predicted, from a row that is cached."""
    target = task.target
    if target is None:
        chooser, (_, picture) = task.chooser or task.network, game.picture_place
        rows = (
            other.whole()
            for each, other in zip(tasks, games, strict=True)
            if each.network is chooser and other.picture_place[1] == picture
        )
        # Where the cells cover the picture, this is the grand coalition's row: nothing more is
        # paid.
        row = next(rows, None)
        target = task.predicted() if row is None else int(row.argmax())
    return task.network.index(target, game.classes)


class _Turn(NamedTuple):
    """Where a game stands; what gives its map so far, and the coalitions it evaluates next."""

    evaluations: int
    attribution: Callable[[], Attribution] | None
    coming: Callable[[], Masks]
    finished: bool = False


@dataclass(frozen=True, eq=False)
class _Side:
    """One task with the game that answers it; `budget` is the limit when it began."""

    method: Shapley
    task: Task
    game: Game
    target: int
    budget: int
    started: float
    training: TrainingPairs | None

    @property
    def key(self) -> object:
        """All that decides the map."""
        task, seed = self.task, self.method.seed
        probe = self.game.probes[task.layer].key if task.layer else None
        # The scores of these coalitions follow from the game; which ones it were does not.
        before = self.training and digest(torch.from_numpy(self.training[0]))
        score = task.output, task.layer, probe
        return *self.game.key, seed, self.target, *score, self.budget, before

    @functools.cached_property
    def is_cached(self) -> bool:
        """Whether all answers are in the cache, when that is first asked."""
        return self.game.knows(islice(self._schedule(), self.budget))

    def _schedule(self) -> Iterator[NDArray[np.bool_]]:
        return coalitions(self.game.players, budget=self.budget, seed=self.method.seed)

    def recalled(self) -> _Turn:
        """Return the turn before the first batch; the last one, if the finished map is cached."""
        cached: Attribution | None = self.game.cache.get(self.key)
        if cached is None:
            return _Turn(0, None, self._ends)
        seconds = time.perf_counter() - self.started
        method, query = repr(self.method), self.task.query
        recalled = replace(cached, paid=self.game.paid, seconds=seconds, query=query, method=method)
        return _Turn(recalled.evaluations, lambda: recalled, self._ends, finished=True)

    def _ends(self) -> Masks:
        """Return the empty and the grand coalition, with which every game begins."""
        return np.repeat([[False], [True]], self.game.players, axis=1)

    def play(self, limit: Callable[[], int], sharing: int) -> Iterator[_Turn]:
        """Yield a turn after each batch, of which `sharing` games fill one of the network's."""
        game, seed, evaluations = self.game, self.method.seed, 0
        # The same coalitions in the same order as the estimator's, without the two that came first.
        ahead = islice(self._schedule(), 2, None)

        def share(evaluations: int) -> int:
            # Where all answers are cached there is nothing to wait for, and no copy to be asked.
            if self.is_cached and max(evaluations, limit()) <= self.budget:
                return max(1, min(CACHED_BATCH, self.budget - evaluations))
            return max(1, game.evaluator.batch // sharing)  # together they fill the quickest batch

        def coming() -> Masks:
            rows = list(islice(ahead, max(0, min(batch, limit() - evaluations))))
            return np.array(rows, dtype=bool).reshape(len(rows), game.players)

        batch = share(0)  # one number for a turn: `coming` has to be what the estimator asks
        estimates = shapley(
            self._scores,
            game.players,
            budget=limit,
            seed=seed,
            batch=lambda: batch,
            positions=game.cells.centres,
            training=self.training,
        )
        # Closing this generator closes the work inside of it, too.
        with closing(estimates):
            for progress in estimates:
                evaluations, batch = progress.done, share(progress.done)
                yield _Turn(evaluations, self._map(progress), coming)
            final = self._attribution(estimates.run(), game.paid, self._seconds())
        # A map that the clock or a changed budget cut short is not the one that its key promises.
        if limit() == self.budget and self.method.repeatable:
            game.cache.keep(self.key, final)
        yield _Turn(evaluations, lambda: final, coming, finished=True)

    def _map(self, progress: Progress) -> Callable[[], Attribution]:
        """Return what makes the map of this step, whenever it is read."""
        paid, seconds = self.game.paid, self._seconds()
        # Paid and seconds are of this step, and the map is made once, however often it is read.
        return functools.cache(lambda: self._attribution(progress.preview, paid, seconds))

    def _seconds(self) -> float:
        return time.perf_counter() - self.started

    def _scores(self, masks: Masks) -> NDArray[np.float64]:
        logits = self.game.logits(masks, self.task.layer)
        if self.task.output == "probability":
            # In double precision, as probabilities near 1 have few digits left in float32.
            logits = self.task.network.probabilities(torch.from_numpy(logits).double()).numpy()
        else:
            check_possible(bool(np.isneginf(logits[:, self.target]).any()), self.target)
        return logits[:, self.target].astype(np.float64)

    def _attribution(self, estimate: Estimate, paid: int, seconds: float) -> Attribution:
        samples = None
        if estimate.coalitions is not None and estimate.outputs is not None:
            samples = Samples(estimate.coalitions, estimate.outputs)
        return self.task.attribution(
            self.method,
            self.game.cells,
            estimate.values,
            self.target,
            standard_error=estimate.standard_error,
            output=estimate.full,
            baseline_output=estimate.empty,
            residual=estimate.full - estimate.empty - float(estimate.values.sum()),
            evaluations=estimate.evaluations,
            paid=paid,
            exact=estimate.exact,
            seconds=seconds,
            seed=self.method.seed,
            device=str(self.task.network.device),
            samples=samples,
        )
