"""Maps of one picture at one size: as fine as a page draws them, or as coarse as each other."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from xaiwidgets.algebra import Attribution
from xaiwidgets.methods import Cells
from xaiwidgets.widgets.explorer._shown import Agreement

FINEST = 56
"""Cells a side at most that cross to the page: finer ones are smaller than a screen shows."""


def drawable_size(attribution: Attribution) -> Attribution:
    """Return a map whose cells a page can draw: those of every pixel are summed up to fewer."""
    layout = attribution.layout
    if not layout.regular or max(layout.rows, layout.columns) <= FINEST:
        return attribution
    edges = _every(layout.row_edges), _every(layout.column_edges)
    size = len(edges[0]) - 1, len(edges[1]) - 1
    coarser = Cells(layout.shape, *edges, np.arange(math.prod(size), dtype=np.int32).reshape(size))
    cells = attribution.sums(coarser).reshape(size).astype(np.float32)
    # What is estimated has fewer cells than this: no error is lost.
    return replace(attribution, cells=cells, layout=coarser, standard_error=None, samples=None)


def _every(edges: tuple[int, ...]) -> tuple[int, ...]:
    """Return so many of the edges that at most `FINEST` intervals lie between them."""
    step = math.ceil((len(edges) - 1) / FINEST)
    return (*edges[:-1:step], edges[-1])


def rank_agreement(first: Attribution, second: Attribution) -> Agreement:
    """Return how alike two maps order the parts of a picture: those of the coarser of the two."""
    cells = min(first.layout, second.layout, key=lambda layout: layout.count)
    sums = [each.sums(cells) for each in (first, second)]
    varied = cells.count > 1 and all(float(np.ptp(each)) > 0 for each in sums)
    from scipy.stats import spearmanr  # takes a second, which a first widget should not wait for

    correlation = float(spearmanr(*sums).statistic) if varied else None
    return Agreement(correlation, cells.count)
