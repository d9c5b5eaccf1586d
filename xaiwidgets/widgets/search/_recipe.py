"""The recipe as live settings: another one is another search, and the old one leaves a ghost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xaiwidgets.widgets.search._output import recipe, recipe_name, shown_ghost
from xaiwidgets.widgets.search._state import RECIPE, AccuracyState, StrategyName

# More lines in one chart nobody tells apart.
_GHOSTS = 3


def begin_another(widget: Any, name: str) -> None:
    """Leave the search of an AccuracySearch for one with another recipe."""
    running, widget._training = widget._training, False
    widget._functions.pop(name, None)  # a name was set in place of a function
    # What was trained by another recipe is no part of this one's spread: it stays as a line.
    left = [shown_ghost(widget._recipe_name, result) for result in widget._current.values()]
    widget._results, widget._before = {}, {}
    widget._recipe_name = recipe_name(widget.state)
    if running:
        widget._channel.cancel()
    # A verdict is of one recipe as well: beside another search it would be taken for its own.
    widget.publish(
        settings=shown_recipe(widget),
        ghosts=[*widget.ghosts, *left][-_GHOSTS:],
        lanes=None,
        paused=False,
        **widget._shown(),
    )
    if running:
        widget.run()


def shown_recipe(widget: Any) -> Any:
    """Return how the networks of an AccuracySearch are trained."""
    return recipe(widget._checked, recipe_of(widget.state, widget._functions), **widget._where)


def rivals(state: AccuracyState) -> tuple[StrategyName, StrategyName]:
    """Return shifting and what it is compared with: what is set, or redrawn weights."""
    return "shift", "reseed" if state.strategy == "shift" else state.strategy


def recipe_of(state: AccuracyState, functions: Mapping[str, Any]) -> dict[str, Any]:
    """Return how networks are trained, with initializers that are functions for their names."""
    return {name: functions.get(name, getattr(state, name)) for name in RECIPE}
