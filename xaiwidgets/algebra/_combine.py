"""Maps made of maps: the weighted sum of a join, and both sides of an anti-join."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.figures import figure, png
from xaiwidgets.heatmap import color_limit
from xaiwidgets.methods import Attribution, Samples
from xaiwidgets.work import Progress, Work, relay

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

    def plot(self, look: Literal["cells", "smooth"] = "cells") -> Any:
        """Draw the sides next to each other on one colour range; return the figure."""
        count = len(self.maps)
        canvas = figure(4.6 * count, 4.2)
        # One range, so that a colour means the same number on both sides.
        limit = color_limit([one.cells for one in self.maps])
        for one, ax in zip(self.maps, np.atleast_1d(canvas.subplots(1, count)), strict=True):
            one.plot(ax, limit=limit, look=look)
        return canvas

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


def joined(
    maps: Work[list[Attribution]], weights: Sequence[float], query: str
) -> Work[Attribution]:
    """Sum maps up by their weights (eq. 5).

    The standard error is that of errors that go together, as they may where the maps share their
    coalitions: it is never too small.
    """
    return maps.map(lambda sides: _sum(sides, weights, query))


def anti_joined(
    maps: Work[list[Attribution]], of_networks: bool, printed: bool, query: str
) -> Work[Comparison]:
    """Make a map for each side out of the maps of all comparisons, side after side."""

    def compare(pairs: list[Attribution]) -> Comparison:
        if of_networks:
            # Shapley values are linear: the difference of both networks' maps is the map of f - f'.
            difference = _printed if printed else _difference
            one, one_under_other, other, other_under_one = pairs
            sides = [
                difference(one, one_under_other, query),
                difference(other, other_under_one, query),
            ]
        else:
            others = round(np.sqrt(len(pairs) + 0.25) - 0.5)  # n sides have n (n - 1) maps
            sides = [
                _sum(pairs[i : i + others], [1 / others] * others, query)
                for i in range(0, len(pairs), others)
            ]
        return Comparison(tuple(sides), query)

    # The printed expectation takes the coalitions themselves, which only a finished map has.
    return (_without_previews(maps) if printed else maps).map(compare)


def _without_previews(maps: Work[list[Attribution]]) -> Work[list[Attribution]]:
    return Work(relay(maps, Progress.without_preview), maps.name)


def _sum(maps: Sequence[Attribution], weights: Sequence[float], query: str) -> Attribution:
    """Return the weighted sum of maps of the same cells."""
    first = maps[0]
    if len({one.layout for one in maps}) > 1:
        raise CompositionError("maps of different cells", "only maps of the same cells add up")

    def total(name: str) -> Any:
        pairs = zip(weights, maps, strict=True)
        return sum(weight * getattr(one, name) for weight, one in pairs)

    def total_or_none(name: str) -> float | None:
        return None if any(getattr(one, name) is None for one in maps) else float(total(name))

    return replace(
        first,
        cells=total("cells").astype(np.float32),
        standard_error=_shared_error(maps, weights),
        # A class that several sides explain is named once.
        label=" and ".join(dict.fromkeys(one.label for one in maps)),
        output=float(total("output")),
        baseline_output=total_or_none("baseline_output"),
        residual=total_or_none("residual"),
        evaluations=sum(one.evaluations for one in maps),
        paid=sum(one.paid for one in maps),
        exact=all(one.exact for one in maps),
        # Every side's clock runs from the start of all of them.
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
            # Added and not squared: both maps come from the same coalitions, and their errors may
            # go together.
            error += abs(weight) * one.standard_error
    return error.astype(np.float32)


def _shared_samples(maps: Sequence[Attribution], weights: Sequence[float]) -> Samples | None:
    """Return the coalitions that all evaluated, and the weighted sum of what they gave.

    All evaluate the same sequence, of which a live budget may have let some come further.
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


def _difference(one: Attribution, other: Attribution, query: str) -> Attribution:
    """Return phi(f) - phi(f') for the class of `one`; it sums to f(x) - f'(x) less the baseline."""
    return replace(_sum([one, other], [1.0, -1.0], query), label=one.label)


def _printed(one: Attribution, other: Attribution, query: str) -> Attribution:
    """Return the expectation of f(S with i) - f'(S), as the paper prints it ("Anti-Join")."""
    difference = _difference(one, other, query)
    start = difference.baseline_output
    if difference.samples is None or start is None or one.standard_error is None:
        raise InputError(
            "the printed form needs the same coalitions of both networks; use Shapley values and a "
            "fixed budget"
        )
    # E[f(S + i) - f'(S)] = phi_i(f) + E[f(S) - f'(S)], S without i, all sizes alike as in eq. 2.
    without, error = _mean_without(difference.samples)
    cells = one.cells + without.reshape(one.cells.shape)
    # Added, not squared: both come from the same coalitions, and errors may go together.
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

    Sizes of which no such coalition was evaluated are filled in from their neighbours.
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
        sampled = np.flatnonzero(count)  # sizes
        counts, means = count[sampled], total[sampled] / count[sampled]
        # Rounding may leave the variance a little below 0.
        spread = np.maximum(squares[sampled] / counts - means**2, 0)
        whole = np.array([comb(players - 1, k) for k in sampled])
        # As of draws without replacement: a size of which all is known has no error.
        left = np.clip((whole - counts) / np.maximum(whole - 1, 1), 0, 1)
        # Eq. 2 averages over sizes first, however many coalitions of each were evaluated.
        mean[player] = np.interp(np.arange(players), sampled, means).mean()
        error[player] = np.sqrt((spread / counts * left).sum()) / len(sampled)
    return mean, error
