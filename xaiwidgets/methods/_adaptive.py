"""Finer cells where a map carries much: a first game finds them, a second one has them as players.

Which cells are cut depends on the first game alone, and the second one draws its coalitions anew:
its Shapley values are as unbiased, and its errors as honest, as those of any other players.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._method import Task
from xaiwidgets.methods._players import Adaptive
from xaiwidgets.work import Later, Progress, Steps, relay

TrainingPairs = tuple[NDArray[np.bool_], NDArray[np.float64]]
"""Coalitions, and what is half the difference of their scores and of their complements'."""


class Start(NamedTuple):
    """The players of one task, and what trains their surrogate before it begins."""

    cells: Cells
    training: TrainingPairs | None = None


Play = Callable[..., Steps[list[Attribution]]]
"""Takes a method, tasks and, where it is not for the method to say, a `Start` for each."""


def adaptive_maps(
    method: Any, adaptive: Adaptive, tasks: Sequence[Task], play: Play
) -> Steps[list[Attribution]]:
    """Play both games of every task; `method` is `Shapley`, and `play` how it plays one."""
    limit = method.limit(time.perf_counter())
    total = limit()
    budget = max(2, round(adaptive.share * total))
    # Live: what lowers the limit meanwhile ends the first game, too.
    first = replace(method, grid=adaptive.start, budget=lambda: max(2, min(budget, limit())))
    every = total * len(tasks)
    coarse = yield from relay(play(first, tasks), lambda p: _counted(p, 0, 0, every))
    if all(map_.layout.areas.max() == 1 for map_ in coarse):
        # Nothing can be cut: the same players go on.
        return (yield from play(replace(method, grid=adaptive.start), tasks))
    games = [_FirstGame.of(map_, adaptive.splits) for map_ in coarse]
    # Both see the empty and the grand coalition, which is paid once.
    spent = max(game.map.evaluations for game in games) - 2
    second = replace(method, budget=lambda: max(2, limit() - spent))
    # The class that the first game explains, also where it was the predicted one.
    same = [replace(task, target=map_.target) for task, map_ in zip(tasks, coarse, strict=True)]
    method_text = repr(replace(method, budget=total) if callable(method.budget) else method)

    def whole(maps: Sequence[Attribution]) -> list[Attribution]:
        return [game.with_second(map_, method_text) for game, map_ in zip(games, maps, strict=True)]

    done = sum(map_.evaluations for map_ in coarse)
    before = done - 2 * len(coarse)
    fine = yield from relay(
        play(second, same, [game.start for game in games]),
        lambda p: _counted(p.map(whole), before, done, every),
    )
    return whole(fine)


def _counted(progress: Progress, before: int, least: int, total: int) -> Progress:
    # Not by reading the preview, which would make it.
    preview = Later(lambda: progress.preview) if progress.has_preview else None
    return Progress(max(least, before + progress.done), total, progress.note, preview)


@dataclass(frozen=True)
class _FirstGame:
    """A finished map, and the game of its finer cells, which has its coalitions."""

    map: Attribution
    cells: Cells
    coalitions: NDArray[np.bool_]

    @classmethod
    def of(cls, map_: Attribution, splits: int) -> _FirstGame:
        largest = np.argsort(-np.abs(map_.cells.ravel()), kind="stable")[:splits]
        cells, parents = map_.layout.split(largest)
        return cls(map_, cells, _samples(map_).coalitions[:, parents])

    @property
    def start(self) -> Start:
        """The second game, with what the first one says of it."""
        # After the two ends come pairs, of which a budget may have cut off the last complement.
        outputs = _samples(self.map).outputs[2:]
        pairs = len(outputs) // 2
        odd = (outputs[: 2 * pairs : 2] - outputs[1 : 2 * pairs : 2]) / 2
        return Start(self.cells, (self.coalitions[2 : 2 + 2 * pairs : 2], odd))

    def with_second(self, fine: Attribution, method: str) -> Attribution:
        """Return the map of the second game, with what both have cost."""
        samples, first = fine.samples, _samples(self.map)
        if samples is not None:
            coalitions = np.concatenate([self.coalitions, samples.coalitions[2:]])
            samples = Samples(coalitions, np.concatenate([first.outputs, samples.outputs[2:]]))
        return replace(
            fine,
            evaluations=self.map.evaluations - 2 + fine.evaluations,
            paid=self.map.paid + fine.paid,
            seconds=self.map.seconds + fine.seconds,
            samples=samples,
            method=method,
        )


def _samples(map_: Attribution) -> Samples:
    # Every finished map of Shapley values has them.
    return map_.samples or Samples(np.zeros((0, map_.cells.size), dtype=bool), np.zeros(0))
