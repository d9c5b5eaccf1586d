"""`TrialOpener`: the network of any trial, trained again and shown in an Explorer below."""

from __future__ import annotations

from typing import Any

from torch import nn

from xaiwidgets.accountability import retrain
from xaiwidgets.algebra import Classifier
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.commands import command
from xaiwidgets.widgets.explorer import Explorer
from xaiwidgets.widgets.opening import Opening
from xaiwidgets.widgets.run import Run, start
from xaiwidgets.widgets.search._output import pictures_of, trial_of


class TrialOpener:
    """What an AccuracySearch does to open a trial."""

    def __init__(self, widget: Any) -> None:
        self._widget = widget
        self.opening = Opening(widget)

    @command("open")
    def open(self, strategy: str, delta: float | None, number: int) -> Run[nn.Module]:
        """Train a trial's network again, and show what it makes of what is held out.

        A search under way is paused. Number 0 is the start.

        Raises
        ------
        InputError
            If there is no such trial, or the inputs are no pictures.
        """
        widget = self._widget
        if not widget.openable:
            raise InputError("the inputs are no pictures (N, H, W) or (N, C, H, W)")
        result = widget._current.get(strategy)
        trial = None if result is None else trial_of(result, delta, number)
        if result is None or trial is None:
            raise InputError(f"there is no trial {number} of {delta}; use one of the table")
        # Trained again rather than kept: a search of a thousand trials would hold a thousand
        # networks, and each follows from the recipe, its delta and its number.
        work = retrain(result, widget._data, trial)
        pictures = pictures_of(widget._held_out or widget._data)

        def show(net: nn.Module, final: bool) -> None:
            self.opening.open(lambda: Explorer(Classifier(net), pictures))

        # A widget has one run, which `start` replaces: what is paused before can be gone on with.
        widget.pause()
        return start(widget, work, show)
