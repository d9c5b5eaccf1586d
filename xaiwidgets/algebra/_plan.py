"""What an interpretation would cost, told before it is paid."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.errors import InputError
from xaiwidgets.methods import Cache, Shapley, Task
from xaiwidgets.methods._estimation import coalitions
from xaiwidgets.methods._game import Game, Place


@dataclass(frozen=True)
class Part:
    """One game of a plan.

    Attributes
    ----------
    query : str
    cells, coalitions : int
        Players of the game, and coalitions that the budget allows.
    known, shared, new : int
        Coalitions whose answers are in the cache, that an earlier part needs too, and that remain.
    """

    query: str
    cells: int
    coalitions: int
    known: int
    shared: int
    new: int

    def __str__(self) -> str:
        costs = {"known": self.known, "shared with the above": self.shared}
        words = [f"{count:,} {name}" for name, count in costs.items() if count]
        words += [f"{self.new:,} to evaluate"] if self.new else []
        return f"  {self.cells} cells, {self.coalitions:,} coalitions: {', '.join(words)}"


@dataclass(frozen=True)
class Plan:
    """What an interpretation asks of its networks; printing it shows it.

    Attributes
    ----------
    query : str
    parts : tuple of Part
        Its games; they share their batches where they ask one network.
    evaluations : int
        Evaluations of a network that remain to be paid.
    """

    query: str
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, query: str, method: Shapley, tasks: Sequence[Task], cache: Cache | None) -> Plan:
        """Look up what every task would evaluate; the networks' twins are made for it."""
        games = [method.game(task, cache) for task in tasks]
        # One game answers for all classes; it is listed once.
        distinct: dict[object, tuple[Task, Game]] = {}
        predicted: set[Place] = set()
        for task, game in zip(tasks, games, strict=True):
            distinct.setdefault((task.network, game.key), (task, game))
            # A predicted class takes an evaluation of the whole picture, if no coalition shows it.
            if task.target is None:
                choosers = (g for g in games if g.model is task.chooser)
                predicted.add(next(choosers, game).picture_place)
        # A live budget is read now: what is planned is what would be evaluated if nobody moved it.
        budget = method.limit(time.perf_counter())()
        if budget < 2:
            raise InputError(
                f"budget is {budget}; the empty and the grand coalition are at least 2 evaluations"
            )
        wanted: set[Place] = set()
        parts = []
        for task, game in distinct.values():
            # What will be evaluated depends on no answer: the plan is what comes, not a guess.
            schedule = islice(coalitions(game.players, budget=budget, seed=method.seed), budget)
            parts.append(_part(task.query, game, np.array([*schedule]), predicted, wanted))
        return cls(query, tuple(parts))

    @property
    def evaluations(self) -> int:
        """Evaluations that remain to be paid."""
        return sum(part.new for part in self.parts)

    def __str__(self) -> str:
        lines = [self.query]
        for part in self.parts:
            lines += [part.query] * (part.query != self.query) + [str(part)]
        return "\n".join([*lines, f"in all {self.evaluations:,} evaluations"])

    __repr__ = __str__


def _part(
    query: str, game: Game, masks: NDArray[np.bool_], predicted: set[Place], wanted: set[Place]
) -> Part:
    """Return the part of one game, and add to `wanted` what is not in the cache."""
    places = game.places(masks)
    needed = set(places) | ({game.picture_place} & predicted)
    cached = {place for place in needed if place[1] in game.cache.rows(place[0])}
    # In all, every picture is counted once: with the first part that needs it.
    missing = needed - cached
    shared = missing & wanted
    wanted |= missing
    return Part(
        query, game.players, len(places), len(cached), len(shared), len(missing) - len(shared)
    )
