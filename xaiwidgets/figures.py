"""Figures that a notebook shows by themselves, with or without pyplot."""

from __future__ import annotations

import io
from functools import cache
from typing import Any


@cache
def _figure_class() -> Any:
    # Imported only when something is plotted, as matplotlib takes long to import.
    from matplotlib.figure import Figure

    class NotebookFigure(Figure):
        """A matplotlib figure that Jupyter shows; of a bare one it prints the name."""

        def _repr_png_(self) -> bytes:
            return png(self)

    return NotebookFigure


def figure(width: float, height: float) -> Any:
    """Return an empty figure, in inches.

    Not pyplot's: those are kept, and shown a second time at the end of a cell.

    Examples
    --------
    >>> axes = figure(4, 3).subplots()
    """
    return _figure_class()(figsize=(width, height), layout="constrained")


def png(canvas: Any) -> bytes:
    """Return a figure as PNG.

    Examples
    --------
    >>> png(figure(1, 1))[1:4]
    b'PNG'
    """
    buffer = io.BytesIO()
    canvas.savefig(buffer, format="png")
    return buffer.getvalue()
