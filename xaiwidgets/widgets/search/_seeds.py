"""`SeedRace`: a verdict over several seeds, on what is held out."""

from __future__ import annotations

from typing import Any

from xaiwidgets.accountability import Race, race
from xaiwidgets.widgets.commands import command
from xaiwidgets.widgets.run import Run, start
from xaiwidgets.widgets.search._output import shown_race
from xaiwidgets.widgets.search._recipe import recipe_of, rivals


class SeedRace:
    """What an AccuracySearch does for a verdict."""

    def __init__(self, widget: Any) -> None:
        self._widget = widget

    @command("verdict")
    def race_seeds(self) -> Run[Race]:
        """Race shifting against the other strategy over several seeds.

        A search under way is paused; its trainings stay.

        Raises
        ------
        InputError
            If nothing is held out.
        """
        widget = self._widget
        state = widget.state
        # Between one pair of searches luck decides: a verdict is of pairs over several seeds.
        work = race(
            widget._data,
            held_out=widget._held_out,
            strategies=rivals(state),
            seeds=state.seeds,
            longer=state.longer,
            deltas=state.deltas,
            budget=widget._budget,
            **recipe_of(state, widget._functions),
            **widget._where,
        )
        widget.pause()
        return start(widget, work, lambda answer, final: widget.publish(lanes=shown_race(answer)))
