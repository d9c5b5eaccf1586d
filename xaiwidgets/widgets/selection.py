"""The pictures that are chosen: one setting of every widget that has many.

A lasso here and a film strip there stay together by ``ipywidgets.link((a, "selection"), (b,
"selection"))``, or `jslink`, where both were given the same pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xaiwidgets.widgets.schema import place, setting


def selection_setting() -> Any:
    """Declare the setting `selection` of a widget's state."""
    return setting(
        (),
        least=0,
        page_only=True,
        doc="The pictures that are chosen, as numbers of those that the widget was given, from 0.",
    )


def check_selection(rows: Sequence[int], count: int) -> tuple[int, ...]:
    """Return the numbers of pictures in order, each once; InputError if there is no such picture.

    Examples
    --------
    >>> check_selection([7, 3, 3], 8)
    (3, 7)
    """
    for row in rows:
        place("selection", row, count, "images")
    # In one order, so that two linked widgets do not go on answering each other.
    return tuple(sorted(set(rows)))
