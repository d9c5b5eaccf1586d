"""What an interpretation would cost, told before it is paid."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from xaiwidgets.errors import InputError
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._estimation import coalitions
from xaiwidgets.methods._game import Game, Place
from xaiwidgets.methods._shapley import Question


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
    def of(cls, query: str, questions: Sequence[Question], cache: Cache | None) -> Plan:
        """Look up what every question would ask; the networks' twins are made for it."""
        plays = [(question, question.game(cache)) for question in questions]
        # One game answers for all classes; it is listed once.
        games: dict[object, tuple[Question, Game]] = {}
        predicted: set[Place] = set()
        for question, game in plays:
            games.setdefault((question.model, game.key, question.seed), (question, game))
            if question.target is None:
                choosers = (g for q, g in plays if q.model is question.chooser)
                predicted.add(next(choosers, game).picture_place)
        asked: set[Place] = set()
        return cls(query, tuple(_part(*game, predicted, asked) for game in games.values()))

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


def _part(question: Question, game: Game, predicted: set[Place], asked: set[Place]) -> Part:
    budget = question.allowance(time.perf_counter())()
    if budget < 2:
        raise InputError(f"budget is {budget}; nobody and everybody are at least 2 evaluations")
    masks = islice(coalitions(game.players, budget=budget, seed=question.seed), budget)
    places = game.places(np.array(list(masks)))
    needed = set(places) | ({game.picture_place} & predicted)
    known = {place for place in needed if place[1] in game.cache.known(place[0])}
    wanted = needed - known
    shared = wanted & asked
    asked |= wanted
    return Part(
        question.query,
        game.players,
        len(places),
        len(known),
        len(shared),
        len(wanted) - len(shared),
    )
