"""What the page of a VectorMap opens below it, about the chosen pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xaiwidgets.errors import InputError
from xaiwidgets.widgets.base import Widget
from xaiwidgets.widgets.commands import command
from xaiwidgets.widgets.selection import check_selection


class Openers:
    """The widgets that a VectorMap opens.

    Parameters
    ----------
    vector_map : VectorMap
    """

    def __init__(self, vector_map: Any) -> None:
        self._map = vector_map

    def chosen(self, indices: Sequence[int] | None) -> tuple[int, ...]:
        """Return these pictures in order, or else those that are chosen; InputError if none is."""
        rows = self._map.state.selection if indices is None else indices
        if not len(rows):
            raise InputError("no picture is chosen; draw around some first, or set selection")
        return check_selection(rows, len(self._map._images))

    @command("open")
    def open_chosen(self, what: str) -> None:
        """Open another widget about the chosen pictures; the page shows when it is there."""
        openers: dict[str, Callable[[], Widget[Any, Any]]] = {
            "explorer": self._map.explore,
            "join": self._map.join,
            "disagreements": self._map.disagreements,
            "profile": self._map.profile,
        }
        if what not in openers:
            raise InputError(f"what is {what!r}; use one of {', '.join(map(repr, openers))}")
        if len(self.chosen(None)) < 2 and what == "join":
            raise InputError("a join needs two pictures; choose more")
        # The page closes what it had opened before; an Explorer that is gone moves no cross.
        self._map._crosses.unfollow()
        self._map._opening.open(openers[what])
