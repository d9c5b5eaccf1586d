"""Figures that a notebook shows by themselves, with or without pyplot."""

from __future__ import annotations

import io
import warnings
from functools import cache
from typing import Any


@cache
def _figure_class() -> Any:
    # Imported only when something is plotted, as matplotlib takes long to import.
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    class NotebookFigure(Figure):
        """A matplotlib figure that Jupyter shows; of a bare one it prints the name."""

        def draw(self, renderer: Any) -> None:
            # Of ticks, formulas are matplotlib's; of all else a dollar is a dollar.
            for text in set(self.findobj(Text)).difference(self._tick_labels()):
                text.set_parse_math(False)
            with warnings.catch_warnings():
                # A name in signs that the font lacks is drawn with boxes, which says enough.
                warnings.filterwarnings("ignore", "Glyph .* missing from")
                super().draw(renderer)

        def _tick_labels(self) -> list[Any]:
            axes = [axis for ax in self.axes for axis in (ax.xaxis, ax.yaxis)]
            return [label for axis in axes for label in axis.get_ticklabels(which="both")]

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


def drawable(text: str, otherwise: str) -> str:
    """Return a text if the figures' font has all its signs, else something to draw instead.

    Examples
    --------
    >>> drawable("cat", "class 3"), drawable("\u732b", "class 3")
    ('cat', 'class 3')
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties()))
    return text if all(font.get_char_index(ord(sign)) for sign in text) else otherwise


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
