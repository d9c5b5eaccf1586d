"""Masks that are painted on pictures by hand, cell by cell (`js/src/lib/mask.js`)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.widgets.schema import place

# As `SIDE` in `js/src/lib/mask.js`: a hand paints no finer, and a thousand cells cross as numbers.
MASK_SIDE = 32
"""Cells a side that can be painted at most."""


def mask_grid(height: int, width: int) -> tuple[int, int]:
    """Return into how many rows and columns of cells a picture is painted."""
    return min(height, MASK_SIDE), min(width, MASK_SIDE)


def check_cells(name: str, cells: Sequence[int], height: int, width: int) -> tuple[int, ...]:
    """Return the numbers of cells in order, each once; InputError if there is no such cell."""
    count = math.prod(mask_grid(height, width))
    for cell in cells:
        place(name, cell, count, "cells")
    return tuple(sorted(set(cells)))


def painted(cells: Sequence[int], height: int, width: int) -> NDArray[np.bool_]:
    """Return which pixels (H, W) are painted, of the cells of `mask_grid`, row by row."""
    rows, columns = mask_grid(height, width)
    grid = np.zeros(rows * columns, bool)
    grid[list(cells)] = True
    # The cell of each pixel; `painted_cells` and the page divide in the same way.
    down, right = np.arange(height) * rows // height, np.arange(width) * columns // width
    return np.asarray(grid.reshape(rows, columns)[down][:, right])


def painted_cells(mask: NDArray[np.bool_]) -> list[int]:
    """Return the cells that a mask (H, W) meets.

    Examples
    --------
    >>> painted_cells(np.eye(2, dtype=bool))
    [0, 3]
    """
    height, width = mask.shape
    rows, columns = mask_grid(height, width)
    down, right = np.nonzero(mask)
    return sorted(set(((down * rows // height) * columns + right * columns // width).tolist()))
