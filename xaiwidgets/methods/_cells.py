"""A window of a picture cut into cells: the features that most methods attribute to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window


@dataclass(frozen=True)
class Cells:
    """A window cut into rows and columns of cells, as equal as whole pixels allow."""

    shape: tuple[int, int]
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]

    @classmethod
    def of(cls, shape: tuple[int, int], window: Window, grid: int | tuple[int, int]) -> Cells:
        """Cut `window` of a picture of `shape` into `grid` cells; never finer than pixels."""
        rows, columns = rows_and_columns(grid)
        rows, columns = min(rows, window.height), min(columns, window.width)
        return cls(
            shape,
            tuple(np.linspace(window.top, window.bottom, rows + 1).round().astype(int).tolist()),
            tuple(np.linspace(window.left, window.right, columns + 1).round().astype(int).tolist()),
        )

    @property
    def rows(self) -> int:
        """Number of rows of cells."""
        return len(self.row_edges) - 1

    @property
    def columns(self) -> int:
        """Number of columns of cells."""
        return len(self.column_edges) - 1

    @property
    def cover(self) -> bool:
        """Whether they cover the picture."""
        ends = (self.row_edges[0], self.row_edges[-1], self.column_edges[0], self.column_edges[-1])
        return ends == (0, self.shape[0], 0, self.shape[1])

    @property
    def centres(self) -> NDArray[np.float64]:
        """Row and column of each cell's centre, counted in cells: (cells, 2)."""
        return centres(self.rows, self.columns)

    def numbers(self) -> Tensor:
        """Return the number of each pixel's cell (H, W); the count of cells where it has none."""
        numbers = torch.full(self.shape, self.rows * self.columns, dtype=torch.long)
        # A pixel on an edge belongs to the cell that begins there.
        rows = torch.bucketize(
            torch.arange(self.shape[0]), torch.tensor(self.row_edges), right=True
        )
        columns = torch.bucketize(
            torch.arange(self.shape[1]), torch.tensor(self.column_edges), right=True
        )
        inside = ((rows >= 1) & (rows <= self.rows))[:, None] & (
            (columns >= 1) & (columns <= self.columns)
        )[None, :]
        cell = (rows[:, None] - 1) * self.columns + (columns[None, :] - 1)
        return torch.where(inside, cell, numbers)


def rows_and_columns(grid: Any) -> tuple[int, int]:
    """Return how many rows and columns a grid has, given as one number or two."""
    counts = (grid, grid) if isinstance(grid, int | np.integer) else grid
    two = isinstance(counts, tuple | list) and len(counts) == 2
    if not two or not all(is_whole(count, 1) for count in counts):
        raise InputError(f"grid is {grid!r}; use a whole number of at least 1, or two")
    rows, columns = counts
    return int(rows), int(columns)


def centres(rows: int, columns: int) -> NDArray[np.float64]:
    """Return where cells lie, counted in cells: (cells, 2)."""
    return np.argwhere(np.ones((rows, columns))).astype(np.float64)
