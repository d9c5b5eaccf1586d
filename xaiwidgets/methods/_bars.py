"""Maps of inputs that are one row high, as bars: words, moments of a series, columns of a table."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from xaiwidgets.figures import drawable, figure
from xaiwidgets.heatmap import ramp

if TYPE_CHECKING:
    from xaiwidgets.methods._attribution import Attribution

_INCHES = 0.55  # a word


def plot_row(attribution: Attribution, ax: Any = None) -> Any:
    """Draw a bar for each cell, with its standard error, and return the figure."""
    layout = attribution.layout
    edges, values = np.array(layout.column_edges), layout.per_block(attribution.cells).ravel()
    canvas = ax.figure if ax is not None else figure(max(4.0, _INCHES * len(values)), 2.6)
    ax = ax if ax is not None else canvas.add_subplot()
    errors = attribution.standard_error
    shown = None
    if errors is not None and not attribution.exact:
        shown = np.nan_to_num(layout.per_block(errors).ravel(), posinf=0)
    colors = ramp()(np.where(values < 0, 0.1, 0.9))
    middles = (edges[:-1] + edges[1:]) / 2
    ax.bar(middles, values, 0.8 * np.diff(edges), color=colors, yerr=shown)
    ax.axhline(0, color="gray", linewidth=0.8)
    if words := attribution.words:
        names = [" ".join(words[a:b]) for a, b in pairwise(edges)]
        ax.set_xticks(middles, names, rotation=40, ha="right")
    name = drawable(attribution.label, f"class {attribution.target}")
    unit = attribution.score or attribution.unit
    ax.set_title(f"{name}: {attribution.output:.2f} ({unit})", fontsize="medium")
    ax.set_ylabel(attribution.unit)
    return canvas
