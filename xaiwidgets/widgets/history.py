"""Undo and redo of what-if edits."""

from __future__ import annotations

from xaiwidgets.algebra import Edited, Source
from xaiwidgets.images import Window

Trail = list[Window]


class History:
    """A picture with its edits, and the windows through which it was seen at each of them.

    Parameters
    ----------
    source : Input or Edited
        The picture as it is.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._past: list[tuple[Source, Trail]] = []
        self._future: list[tuple[Source, Trail]] = []

    @property
    def redoable(self) -> int:
        """How many edits can be done again."""
        return len(self._future)

    def edit(self, edited: Edited, trail: Trail) -> None:
        """Go on to `edited`, made while looking through `trail`."""
        self._past.append((self.source, trail))
        self.source, self._future = edited, []

    def undo(self, trail: Trail) -> Trail:
        """Take the last edit back; return the windows in which it was made."""
        if isinstance(self.source, Edited):
            self._future.append((self.source, trail))
            self.source, trail = self._past.pop() if self._past else (self.source.source, trail)
        return trail

    def redo(self, trail: Trail) -> Trail:
        """Do again what was taken back last; return the windows seen after it."""
        if self._future:
            self._past.append((self.source, trail))
            self.source, trail = self._future.pop()
        return trail
