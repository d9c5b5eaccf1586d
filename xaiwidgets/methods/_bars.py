"""Maps of inputs that are one row high, as bars: words, moments of a series, columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.figures import figure
from xaiwidgets.heatmap import ramp

_INCHES = 0.55  # a word


def plot_row(
    edges: Sequence[int],
    values: NDArray[Any],
    errors: NDArray[Any] | None,
    words: Sequence[str],
    title: str,
    unit: str,
    ax: Any = None,
) -> Any:
    """Draw a bar for each cell, with its standard error, and return the figure.

    Parameters
    ----------
    edges : sequence of int
        Where the cells begin along the row, and where the last one ends.
    values : (cells,)
    errors : (cells,), optional
        None where the values are exact.
    words : sequence of str
        What stands in the row, to be written under the bars; empty for numbers.
    """
    canvas = ax.figure if ax is not None else figure(max(4.0, _INCHES * len(values)), 2.6)
    ax = ax if ax is not None else canvas.add_subplot()
    shown = None if errors is None else np.nan_to_num(errors, posinf=0)
    colors = ramp()(np.where(values < 0, 0.1, 0.9))
    ends = np.array(edges)
    middles = (ends[:-1] + ends[1:]) / 2
    ax.bar(middles, values, 0.8 * np.diff(ends), color=colors, yerr=shown)
    ax.axhline(0, color="gray", linewidth=0.8)
    if words:
        names = [" ".join(words[a:b]) for a, b in pairwise(edges)]
        ax.set_xticks(middles, names, rotation=40, ha="right")
    ax.set_title(title, fontsize="medium")
    ax.set_ylabel(unit)
    return canvas
