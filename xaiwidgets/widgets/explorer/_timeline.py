"""Undo and redo of every gesture."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from xaiwidgets.widgets.explorer._question import Question

STEPS = 100
"""Gestures that can be undone."""


@dataclass(frozen=True)
class Timeline:
    """The question now, those before it and those that were undone, the next first.

    Examples
    --------
    >>> import torch
    >>> from xaiwidgets.algebra import Input
    >>> start = Question(Input("x", torch.zeros(3, 8, 8)))
    >>> line = Timeline(start).to(start.explain(1))
    >>> line.undo().now == start, line.undo().redo() == line
    (True, True)
    """

    now: Question
    past: tuple[Question, ...] = ()
    future: tuple[Question, ...] = ()
    gesture: Hashable = field(default=None, compare=False)

    def to(self, question: Question, gesture: Hashable = None) -> Timeline:
        """Return the line with one more step, or with its last one replaced within a gesture.

        Parameters
        ----------
        gesture : hashable, optional
            Whose step it is: all moves of a drag are one. None is a gesture of one move.
        """
        if question == self.now:
            return self
        if gesture is None or gesture != self.gesture:
            return Timeline(question, (*self.past, self.now)[-STEPS:], (), gesture)
        # `past` has a step, the one that set `gesture`: undo and redo clear it.
        if question == self.past[-1]:  # back where it began, which is no step
            return Timeline(question, self.past[:-1])
        return Timeline(question, self.past, (), gesture)

    def undo(self) -> Timeline:
        """Take the last step back, if there is one."""
        if not self.past:
            return self
        return Timeline(self.past[-1], self.past[:-1], (self.now, *self.future))

    def redo(self) -> Timeline:
        """Do again what was undone last, if anything was."""
        if not self.future:
            return self
        return Timeline(self.future[0], (*self.past, self.now), self.future[1:])
