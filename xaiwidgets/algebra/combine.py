"""Maps made of maps: the weighted sum of a join, and both sides of an anti-join."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

from xaiwidgets.errors import InputError
from xaiwidgets.figures import figure, png
from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.work import Steps

T = TypeVar("T")
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Comparison:
    """What tells several inputs, or two networks, apart (i-Algebra, eq. 6).

    Attributes
    ----------
    maps : tuple of Attribution
        One for each side, each of the side's own class.
    query : str
    """

    maps: tuple[Attribution, ...]
    query: str = ""

    def __repr__(self) -> str:
        sides = ", ".join(f"{one.label} {one.output:.4g}" for one in self.maps)
        return f"<Comparison of {self.query!r}: {sides}; distance {self.distance:.4g}>"

    @property
    def left(self) -> Attribution:
        """What speaks for the first side's class there, and not on the other side."""
        return self.maps[0]

    @property
    def right(self) -> Attribution:
        """Likewise for the second side."""
        return self.maps[1]

    @property
    def distance(self) -> float:
        """How far apart the sides are: the evidence in a map, summed over its cells; their mean."""
        return float(np.mean([np.abs(one.cells).sum(dtype=np.float64) for one in self.maps]))

    @property
    def evaluations(self) -> int:
        """Coalitions looked at, on all sides."""
        return sum(one.evaluations for one in self.maps)

    @property
    def paid(self) -> int:
        """How many of them were not known before."""
        return sum(one.paid for one in self.maps)

    def plot(self) -> Any:
        """Draw the sides next to each other on one colour range; return the figure."""
        count = len(self.maps)
        drawn_on = figure(4.6 * count, 4.2)
        limit = max(float(np.abs(one.cells).max()) for one in self.maps)
        for one, ax in zip(self.maps, np.atleast_1d(drawn_on.subplots(1, count)), strict=True):
            one.plot(ax, limit=limit)
        return drawn_on

    def _repr_png_(self) -> bytes:
        return png(self.plot())

    def to_json(self) -> str:
        """Return all but the pictures as JSON text."""
        maps = [json.loads(one.to_json()) for one in self.maps]
        return json.dumps({"maps": maps, "query": self.query}, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Comparison:
        """Read what `to_json` wrote; InputError if it is something else."""
        try:
            fields = json.loads(text)
            maps = tuple(Attribution.from_json(json.dumps(one)) for one in fields["maps"])
            return cls(maps, fields["query"])
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"this is not a comparison's JSON: {error}") from error


def only(steps: Steps[list[Attribution]]) -> Steps[Attribution]:
    """Make one map of a list of one."""
    return _turned(steps, lambda maps, _final: maps[0])


def joined(
    steps: Steps[list[Attribution]], weights: Sequence[float], query: str
) -> Steps[Attribution]:
    """Sum maps up by their weights (eq. 5).

    The standard error is that of errors that go together, as they may where the maps share their
    coalitions: it is never too small.
    """
    return _turned(steps, lambda maps, _final: _sum(maps, weights, query))


def anti_joined(
    steps: Steps[list[Attribution]], of_networks: bool, printed: bool, query: str
) -> Steps[Comparison]:
    """Make a map for each side out of the maps of all comparisons, side after side."""

    def compare(maps: list[Attribution], final: bool) -> Comparison | None:
        if of_networks:
            if printed and not final:
                return None
            difference = _printed if printed else _difference
            sides = [difference(*maps[:2]), difference(*maps[2:])]
        else:
            others = round(np.sqrt(len(maps) + 0.25) - 0.5)  # n sides have n (n - 1) maps
            sides = [
                _sum(maps[i : i + others], [1 / others] * others, maps[i].query)
                for i in range(0, len(maps), others)
            ]
        return Comparison(tuple(replace(side, query=query) for side in sides), query)

    return _turned(steps, compare)


def _turned(
    steps: Steps[list[Attribution]], make: Callable[[list[Attribution], bool], T | None]
) -> Steps[T]:
    """Make something else of lists of maps, of the previews, too."""
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            return make(stop.value, True)  # type: ignore[return-value]
        yield replace(progress, preview=progress.preview and make(progress.preview, False))


def _sum(maps: Sequence[Attribution], weights: Sequence[float], query: str) -> Attribution:
    """Return the weighted sum of maps of the same cells."""
    first = maps[0]

    def total(name: str) -> Any:
        pairs = zip(weights, maps, strict=True)
        return sum(weight * getattr(one, name) for weight, one in pairs)

    def total_or_none(name: str) -> float | None:
        return None if any(getattr(one, name) is None for one in maps) else float(total(name))

    return replace(
        first,
        cells=total("cells").astype(np.float32),
        standard_error=_shared_error(maps, weights),
        label=" and ".join(dict.fromkeys(one.label for one in maps)),
        output=float(total("output")),
        baseline_output=total_or_none("baseline_output"),
        residual=total_or_none("residual"),
        evaluations=sum(one.evaluations for one in maps),
        paid=sum(one.paid for one in maps),
        exact=all(one.exact for one in maps),
        seconds=max(one.seconds for one in maps),
        query=query,
        samples=_shared_samples(maps, weights),
        parts=tuple(maps),
    )


def _shared_error(maps: Sequence[Attribution], weights: Sequence[float]) -> Floats | None:
    """Return the standard error of a weighted sum of maps whose errors go together."""
    error = np.zeros(maps[0].cells.shape, dtype=np.float32)
    for one, weight in zip(maps, weights, strict=True):
        if one.standard_error is None:
            return None
        if weight:  # 0 times an error of inf would be no number
            error += abs(weight) * one.standard_error
    return error.astype(np.float32)


def _shared_samples(maps: Sequence[Attribution], weights: Sequence[float]) -> Samples | None:
    """Return the coalitions asked of all, and the weighted sum of what they gave.

    All ask the same sequence, of which a live budget may have let some come further.
    """
    every = [one.samples for one in maps if one.samples is not None]
    if len(every) < len(maps):
        return None
    shared = min(len(samples.coalitions) for samples in every)
    coalitions = every[0].coalitions[:shared]
    if not all(np.array_equal(samples.coalitions[:shared], coalitions) for samples in every):
        return None
    outputs = [w * samples.outputs[:shared] for w, samples in zip(weights, every, strict=True)]
    return Samples(coalitions, np.sum(outputs, axis=0))


def _difference(one: Attribution, other: Attribution) -> Attribution:
    """Return phi(f) - phi(f') for the class of `one`; it sums to f(x) - f'(x) less the baseline."""
    return replace(_sum([one, other], [1.0, -1.0], one.query), label=one.label)


def _printed(one: Attribution, other: Attribution) -> Attribution:
    """Return the expectation of f(S with i) - f'(S), as the paper prints it ("Anti-Join")."""
    difference = _difference(one, other)
    start = difference.baseline_output
    if difference.samples is None or start is None or one.standard_error is None:
        raise InputError("the two networks were asked different coalitions; give a fixed budget")
    without, error = _mean_without(difference.samples)
    cells = one.cells + without.reshape(one.cells.shape)
    spread = one.standard_error + error.reshape(one.cells.shape)
    missed = difference.output - start - float(cells.sum())
    return replace(
        difference,
        cells=cells.astype(np.float32),
        standard_error=spread.astype(np.float32),
        residual=missed,
    )


def _mean_without(samples: Samples) -> tuple[Doubles, Doubles]:
    """Return each player's mean score over coalitions without it, all sizes alike, and its error.

    Sizes of which no such coalition was asked are filled in from their neighbours.
    """
    masks, scores = samples
    players = masks.shape[1]
    sizes = masks.sum(axis=1)
    mean, error = np.zeros(players), np.zeros(players)
    for player in range(players):
        without = ~masks[:, player]
        size, score = sizes[without], scores[without]
        count = np.bincount(size, minlength=players)[:players]
        total = np.bincount(size, score, minlength=players)[:players]
        squares = np.bincount(size, score**2, minlength=players)[:players]
        seen = np.flatnonzero(count)
        average = np.interp(np.arange(players), seen, total[seen] / count[seen])
        spread = np.maximum(squares[seen] / count[seen] - (total[seen] / count[seen]) ** 2, 0)
        whole = np.array([comb(players - 1, k) for k in seen])
        left = np.clip((whole - count[seen]) / np.maximum(whole - 1, 1), 0, 1)
        mean[player] = average.mean()
        error[player] = np.sqrt((spread / count[seen] * left).sum()) / len(seen)
    return mean, error
