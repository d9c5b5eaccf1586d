"""Which operators go together (i-Algebra, "Compositions"), and what their sides must share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from xaiwidgets.algebra.source import same_thing
from xaiwidgets.errors import InputError

if TYPE_CHECKING:
    from xaiwidgets.algebra.expression import Interpretation, Term

NOT_BOTH = "the composition of join and anti-join is undefined"
EARLIER = "a selection of a selection is the earlier layer, and defined only if it comes last"
ALIKE = "the sides of a join look through one window"
ONE_DIFFERENCE = (
    "an anti-join compares several inputs under one network and layer, or one input under two"
)


def _shares_of(side: Interpretation[Any]) -> tuple[float | None, ...]:
    shares: tuple[float | None, ...] = getattr(side, "shares", ())
    return shares


def merged_shares(
    left: Interpretation[Any], right: Interpretation[Any], weight: float | None
) -> tuple[float | None, ...]:
    """Return the shares of a join of joins, written one after the other."""
    number = isinstance(weight, int | float | np.number) and not isinstance(weight, bool)
    if weight is not None and not (number and 0 <= weight <= 1):
        raise InputError(f"weight is {weight!r}; use a number from 0 to 1, or None")
    share = None if weight is None else float(weight)
    inner = _shares_of(right)
    if not inner:
        return (*_shares_of(left), share)
    if share is None and not any(s is not None for s in (*_shares_of(left), *inner)):
        return (None,) * (len(left.terms) + len(right.terms) - 1)
    kept = len(left.terms) / (len(left.terms) + len(right.terms)) if share is None else share
    sums = np.cumsum([kept, *(weight * (1 - kept) for weight in _weights_of(right))])
    later = [float(a / b) if b else 0.0 for a, b in pairwise(sums.tolist())]
    return (*_shares_of(left), *later)


def _weights_of(side: Interpretation[Any]) -> tuple[float, ...]:
    weights: tuple[float, ...] = getattr(side, "weights", (1.0,))
    return weights


def check_alike(terms: Sequence[Term]) -> None:
    """Raise InputError unless the maps of all terms are of the same pixels and classes."""
    one = terms[0]
    for other in terms[1:]:
        if other.source.shape[-2:] != one.source.shape[-2:]:
            raise InputError(
                f"{one.source} has shape {one.source.shape} and {other.source} "
                f"{other.source.shape}; maps of different sizes cannot be compared"
            )
        named = one.model.classes, other.model.classes
        if None not in named and named[0] != named[1]:
            raise InputError(
                f"{one.function} and {other.function} have different classes; only networks for "
                "the same classes can be compared"
            )


def told_apart(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Give things that are called alike, but are different, names of their own: x, x2, x3."""
    taken: dict[str, Any] = {}

    def free(name: str, thing: Any) -> str:
        candidates = (name if n == 1 else f"{name}{n}" for n in count(1))
        found = next(c for c in candidates if c not in taken or same_thing(taken[c], thing))
        taken[found] = thing
        return found

    apart = []
    for term in terms:
        function = free(term.function, term.model)
        names = {name: free(name, thing) for name, thing in term.source.names.items()}
        apart.append(replace(term, function=function, source=term.source.renamed(names)))
    return tuple(apart)
