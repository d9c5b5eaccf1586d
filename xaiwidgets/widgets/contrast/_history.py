"""Which pairs were answered so far, for a strip in which each is asked again by a click."""

from __future__ import annotations

from dataclasses import dataclass

from xaiwidgets.widgets.pictures import ShownPicture

MOST_PAIRS = 12
"""Pairs that are remembered: all cross to the page with each answer, less than its morph does."""


@dataclass(frozen=True)
class ShownPair:
    """A picture, the class that it was asked about, and the picture at the boundary."""

    index: int
    probe: int
    title: str
    thumbnail: ShownPicture


def with_pair(pairs: tuple[ShownPair, ...], latest: ShownPair) -> tuple[ShownPair, ...]:
    """Return the pairs with one more, the latest last; one that was there moves to the end."""
    others = [pair for pair in pairs if (pair.index, pair.probe) != (latest.index, latest.probe)]
    return (*others, latest)[-MOST_PAIRS:]
