"""Shapley values of cells: several tasks answered side by side.

Every task is a game of its own. A few coalitions of each are evaluated in every batch, and no
picture is shown to a network twice.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.errors import InputError
from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cache import Cache, cache_of
from xaiwidgets.methods._cells import Cells, rows_and_columns
from xaiwidgets.methods._estimation import Estimate, coalitions, shapley
from xaiwidgets.methods._game import Game, ask
from xaiwidgets.methods._method import Method, Task, check_supported
from xaiwidgets.work import Budget, Later, Progress, Steps, work

Masks = NDArray[np.bool_]

CACHED_BATCH = 2048
"""Coalitions taken at once where all their answers are in the cache."""


@dataclass(frozen=True)
class Shapley:
    """Shapley values of the cells of a grid (i-Algebra, eq. 2 to 4).

    Parameters
    ----------
    budget : int, Budget, or callable returning int
        Evaluations of the network at most, for each map; exact where 2 ** cells fits. A Budget
        limits them by `max_trial`, and seconds by `max_time`. It and a callable are read before
        every batch, so that they can change.
    grid : int or (int, int)
        Rows and columns of cells in the window (or the input).
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

    budget: int | Budget | Callable[[], int] = 1024
    grid: int | tuple[int, int] = 7
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
        rows, columns = rows_and_columns(self.grid)
        object.__setattr__(self, "grid", (rows, columns) if rows != columns else rows)
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
        return _maps(self, tuple(tasks), cache)

    def cells(self, task: Task) -> Cells:
        """Return the players: the task's window cut into cells."""
        return Cells.of(task.shape, task.region, self.grid)

    def game(self, task: Task, cache: Cache | None = None) -> Game:
        """Return the game that the cells play."""
        task.network.weights(anew=True)  # before the cache is looked up, which is that of weights
        chosen = cache_of(task.network) if cache is None else cache
        return Game(task.network, task.input, task.absent, self.cells(task), chosen)

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


def _maps(method: Shapley, tasks: Sequence[Task], cache: Cache | None) -> Steps[list[Attribution]]:
    started = time.perf_counter()
    yield Progress(0, None, "preparing the network")
    games: list[Game] = []
    for task in tasks:
        # A step for each game, as to read a network's weights takes a while.
        games.append(method.game(task, cache))
        yield Progress(0, None, "preparing the network")
    counts = {game.classes for game in games}
    if len(counts) > 1:
        raise InputError(
            f"the networks have {' and '.join(map(str, counts))} classes; compare alike"
        )
    limit = method.limit(started)
    if callable(method.budget):  # the maps say which budget it was, and not what gave it
        method = replace(method, budget=int(max(2, limit())))
    sides = [
        _Side(method, task, game, _class_explained(task, game, tasks, games), limit(), started)
        for task, game in zip(tasks, games, strict=True)
    ]
    turns = [side.recalled() for side in sides]
    networks: dict[object, list[int]] = {}
    for place, turn in enumerate(turns):
        if not turn.finished:
            networks.setdefault(games[place].network, []).append(place)
    plays = {p: sides[p].play(limit, len(group)) for group in networks.values() for p in group}
    while not all(turn.finished for turn in turns):
        for group in networks.values():
            open_places = [place for place in group if not turns[place].finished]
            # What a game asks next depends on no answer, so that all can be evaluated in one batch.
            if len(group) > 1:
                _evaluate_together([(games[p], turns[p].coming()) for p in open_places])
            for place in open_places:
                # Finds its answers ready, from the batch above.
                turns[place] = next(plays[place])
                if not turns[place].finished:
                    yield _report(turns, limit() * len(sides))
    return _attributions(turns)


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


def _evaluate_together(requests: Sequence[tuple[Game, Masks]]) -> None:
    """Evaluate what each game needs next in the same batches, and have it ready for them."""
    coming = [(game, masks) for game, masks in requests if len(masks)]
    for (game, masks), rows in zip(coming, ask(coming), strict=True):
        # Also where the cache is too small to keep it until then.
        game.ready = dict(zip(game.places(masks), rows, strict=True))


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

    @property
    def key(self) -> object:
        """All that decides the map."""
        task, seed = self.task, self.method.seed
        probe = self.game.probes[task.layer].key if task.layer else None
        return *self.game.key, seed, self.target, task.output, task.layer, probe, self.budget

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
        schedule = partial(coalitions, game.players, budget=self.budget, seed=seed)
        cached = game.knows(islice(schedule(), self.budget))
        # So many of each game fill one batch of the size that is quickest on this machine.
        share = max(1, game.twin.batch // sharing)
        # The same coalitions in the same order as the estimator's, without the two that came first.
        ahead = islice(schedule(), 2, None)

        def batch() -> int:
            # Where all answers are cached there is nothing to wait for, or to show on the way.
            left = self.budget - evaluations
            return min(CACHED_BATCH, left) if cached and left > 0 else share

        def coming() -> Masks:
            rows = list(islice(ahead, max(0, min(batch(), limit() - evaluations))))
            return np.array(rows, dtype=bool).reshape(len(rows), game.players)

        positions = game.cells.centres
        estimates = shapley(
            self._scores, game.players, budget=limit, seed=seed, batch=batch, positions=positions
        )
        # Closing this generator closes the work inside of it, too.
        with closing(estimates):
            for progress in estimates:
                evaluations = progress.done
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
        return score(self.game.logits(masks, self.task.layer), self.target, self.task.output)

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
            device=str(self.game.twin.device),
            samples=samples,
        )


def score(logits: NDArray[np.float32], target: int, output: str) -> NDArray[np.float64]:
    """Return the logit or the softmax probability of `target`, (B,), from logits (B, K)."""
    # In double precision, as probabilities near 1 have few digits left in float32.
    wide = logits.astype(np.float64)
    if output == "logit":
        return wide[:, target]
    # Shifted by the maximum, which softmax does not feel, so that exp does not overflow.
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(powers[:, target] / powers.sum(axis=1))


SETTINGS = ("budget", "grid", "seed")
"""Of the default method, as arguments beside others."""


def choose_method(method: Method | None, settings: Mapping[str, Any]) -> Method:
    """Return a method, or else Shapley values with these `SETTINGS`; InputError if both differ."""
    default = Shapley(**settings)
    if method is None:
        return default
    if not isinstance(method, Method) or isinstance(method, type):
        raise InputError(f"method is {method!r}; use one of xaiwidgets.methods, such as Shapley()")
    if default != Shapley():
        raise InputError(
            f"{', '.join(SETTINGS)} are settings of the default method; give {method.label} its own"
        )
    return method
