"""Undo and redo of every gesture."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field

from xaiwidgets.widgets.explorer._question import Question

STEPS = 100
"""Gestures that can be undone."""

PAUSE = 0.8
"""Seconds without a move after which a drag counts as ended."""


@dataclass(frozen=True)
class Timeline:
    """The question now, those before it and those that were undone, the next first.

    Examples
    --------
    >>> import torch
    >>> from xaiwidgets.algebra.source import Input
    >>> start = Question(Input("x", torch.zeros(3, 8, 8)))
    >>> line = Timeline(start).to(start.explain(1))
    >>> line.undo().now == start, line.undo().redo() == line
    (True, True)
    """

    now: Question
    past: tuple[Question, ...] = ()
    future: tuple[Question, ...] = ()
    drag: Hashable = field(default=None, compare=False)
    moment: float = field(default=-math.inf, compare=False)

    def to(self, question: Question, drag: Hashable = None, moment: float = 0.0) -> Timeline:
        """Return the line with one more step, or with its last one replaced within a drag.

        Parameters
        ----------
        drag : hashable, optional
            What is dragged; None is a gesture that is over at once. Moves of one thing with no
            `PAUSE` between them are one step.
        moment : float
            When, in seconds.
        """
        if question == self.now:
            return self
        goes_on = drag is not None and drag == self.drag and moment - self.moment < PAUSE
        if not goes_on:
            return Timeline(question, (*self.past, self.now)[-STEPS:], (), drag, moment)
        if question == self.past[-1]:  # back where it began, which is no step
            return Timeline(question, self.past[:-1])
        return Timeline(question, self.past, (), drag, moment)

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
