"""Figures that a notebook shows by themselves, with or without pyplot."""

from __future__ import annotations

import io
from functools import cache
from typing import Any


@cache
def _drawing() -> Any:
    from matplotlib.figure import Figure

    class Drawing(Figure):
        """A matplotlib figure that Jupyter shows; a bare one is only named."""

        def _repr_png_(self) -> bytes:
            return png(self)

    return Drawing


def figure(width: float, height: float) -> Any:
    """Return an empty figure, in inches."""
    return _drawing()(figsize=(width, height), layout="constrained")


def png(drawn: Any) -> bytes:
    """Return a figure as PNG."""
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png")
    return buffer.getvalue()
