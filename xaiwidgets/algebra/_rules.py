"""Which operators go together (i-Algebra, "Compositions"), and what their sides must share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, pairwise
from typing import Any

import numpy as np

from xaiwidgets.algebra._source import same_thing
from xaiwidgets.checks import is_number
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.methods import Adaptive, Method, Shapley, Task

NOT_BOTH = "the composition of join and anti-join is undefined"
EARLIER = "a selection of a selection is the earlier layer, and defined only if it comes last"
ALIKE = "the sides of a join look through one window"
SAME_PLAYERS = (
    "all sides have the same players; use a grid, or for all of them one map of labels, such as "
    "the layout of another map"
)
ONE_DIFFERENCE = (
    "an anti-join compares several inputs under one network and layer, or one input under two"
)
ONE_METHOD = "the sides of a join or an anti-join are explained by one method"
HAS_BASELINE = (
    "an anti-join puts another input in the baseline's place, so that it takes a method with a "
    "baseline: shapley, ig, deeplift, occlusion, lime"
)

Shares = tuple[float | None, ...]
"""For each side of a join but the first, what all before it keep; None: all count the same."""


def weights_of(shares: Shares) -> tuple[float, ...]:
    """Return the weight of each side of a join; they sum to 1."""
    weights = [1.0]
    for place, share in enumerate(shares):
        # Eq. 5 from left to right: all before keep epsilon, and the next term has the rest.
        keep = (place + 1) / (place + 2) if share is None else share
        weights = [*(weight * keep for weight in weights), 1 - keep]
    return tuple(weights)


def merged_shares(left: Shares, right: Shares, weight: float | None) -> Shares:
    """Return the shares of a join of joins, written one after the other."""
    if weight is not None and not (is_number(weight) and 0 <= weight <= 1):
        raise InputError(f"weight is {weight!r}; use a number from 0 to 1, or None")
    share = None if weight is None else float(weight)
    if not right:
        return (*left, share)
    # No weight anywhere: all terms count alike, and not all sides of each join.
    if share is None and not any(s is not None for s in (*left, *right)):
        return (None,) * (len(left) + len(right) + 1)
    keep = (len(left) + 1) / (len(left) + len(right) + 2) if share is None else share
    # The right side's terms come one by one: each leaves to those before it its share of the sum.
    sums = np.cumsum([keep, *(weight * (1 - keep) for weight in weights_of(right))])
    # Nothing divided by nothing: where all before weigh 0, any share will do.
    later = [float(a / b) if b else 0.0 for a, b in pairwise(sums.tolist())]
    return (*left, *later)


def check_shapes(shapes: Sequence[tuple[str, tuple[int, ...]]]) -> None:
    """Raise InputError unless all inputs, given by name and shape, have the same pixels."""
    (first, one), *others = shapes
    for name, other in others:
        if other[-2:] != one[-2:]:
            raise InputError(
                f"{first} has shape {one} and {name} {other}; maps of different sizes cannot be "
                "compared"
            )


def check_classes(classes: Sequence[tuple[str, tuple[str, ...] | None]]) -> None:
    """Raise InputError if two networks, given by name and class names, have other classes."""
    (first, one), *others = classes
    for name, other in others:
        # Without names nothing can be told from them: then classes are compared by their numbers.
        if None not in (one, other) and one != other:
            raise InputError(
                f"{first} and {name} have different classes; only networks for the same classes "
                "can be compared"
            )


def check_players(method: Method, tasks: Sequence[Task]) -> None:
    """Raise CompositionError if a method would find other players on each side."""
    if not isinstance(method, Shapley) or len(tasks) < 2:
        return
    adaptive = isinstance(method.grid, Adaptive)
    if adaptive or len({method.cells(task) for task in tasks}) > 1:
        raise CompositionError(f"{method.grid} on several sides", SAME_PLAYERS)


def distinct_names(sides: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return new names for each side's things, so that different ones are not called alike.

    Examples
    --------
    >>> distinct_names([{"x": 1.5}, {"x": 2.5}])
    [{'x': 'x'}, {'x': 'x2'}]
    """
    taken: dict[str, Any] = {}

    def free(name: str, thing: Any) -> str:
        stem = name.rstrip("'")
        primes = name[len(stem) :]  # which come last in a name
        candidates = (name if n == 1 else f"{stem}{n}{primes}" for n in count(1))
        new = next(c for c in candidates if c not in taken or same_thing(taken[c], thing))
        taken[new] = thing
        return new

    return [{name: free(name, thing) for name, thing in side.items()} for side in sides]
