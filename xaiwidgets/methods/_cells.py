"""Cells: the parts of a picture that most methods attribute to, of any shape."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from xaiwidgets.checks import is_whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window

Numbers = NDArray[np.int32]

NONE = -1
"""The number where there is no cell."""


@dataclass(frozen=True, eq=False, repr=False)
class Cells:
    """A picture cut into cells: an immutable map of labels.

    It is written as rows and columns of blocks, as few as there can be, each with the number of its
    cell. In a regular grid every block is a cell of its own; of segments the blocks are pixels.

    Attributes
    ----------
    shape : (int, int)
        Rows and columns of pixels of the picture.
    row_edges, column_edges : tuple of int
        Where blocks begin, and where the last one ends.
    blocks : array (rows, columns)
        The number of each block's cell, from 0; -1 where there is none.

    Examples
    --------
    >>> Cells.labelled([[5, 5, 9], [5, 5, 9], [9, 9, 9]]).blocks.tolist()
    [[0, 1], [1, 1]]
    """

    shape: tuple[int, int]
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]
    blocks: Numbers

    def __post_init__(self) -> None:
        self.blocks.flags.writeable = False

    @classmethod
    def of(cls, shape: tuple[int, int], window: Window, grid: int | tuple[int, int]) -> Cells:
        """Cut `window` of a picture of `shape` into `grid` cells; never finer than pixels."""
        rows, columns = rows_and_columns(grid)
        return _regular(shape, window, min(rows, window.height), min(columns, window.width))

    @classmethod
    def pixels(cls, shape: tuple[int, int], window: Window) -> Cells:
        """Make a cell of each pixel in `window` of a picture of `shape`."""
        return _regular(shape, window, window.height, window.width)

    @classmethod
    def labelled(cls, labels: ArrayLike | Tensor) -> Cells:
        """Make a cell of all pixels with one label.

        Parameters
        ----------
        labels : array (H, W)
            Whole numbers, of which negative ones belong to no cell; or booleans, whose cells are
            what is True and all else.

        Raises
        ------
        InputError
            If there is no cell in it, or it is another array.
        """
        array = np.asarray(labels.cpu() if isinstance(labels, Tensor) else labels)
        if array.ndim != 2 or array.dtype.kind not in "biu" or not array.size:
            raise InputError(
                f"a map of labels is {array.dtype} of shape {array.shape}; use whole numbers or "
                "booleans of shape (height, width)"
            )
        # What is drawn comes first, the rest of the picture second.
        whole = np.where(array, 0, 1) if array.dtype.kind == "b" else array.astype(np.int64)
        used, numbers = np.unique(whole, return_inverse=True)
        outside = int((used < 0).sum())
        if outside == len(used):
            raise InputError("all labels are negative: there is no cell; use labels from 0 on")
        numbers = np.maximum(numbers.reshape(array.shape) - outside, NONE)
        inside = numbers > NONE
        row_edges, rows = _edges(numbers, inside.any(1))
        column_edges, columns = _edges(numbers.T, inside.any(0))
        height, width = array.shape
        blocks = numbers[np.ix_(rows, columns)].astype(np.int32)
        return cls((height, width), row_edges, column_edges, blocks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cells) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        height, width = self.shape
        return f"<{self.count} cells of {height} x {width} pixels, {self._key[-1][:8]}>"

    @cached_property
    def _key(self) -> tuple[Any, ...]:
        code = hashlib.blake2b(self.blocks.tobytes(), digest_size=16).hexdigest()
        return self.shape, self.row_edges, self.column_edges, code

    @property
    def rows(self) -> int:
        """Number of rows of blocks."""
        return len(self.row_edges) - 1

    @property
    def columns(self) -> int:
        """Number of columns of blocks."""
        return len(self.column_edges) - 1

    @cached_property
    def count(self) -> int:
        """Number of cells."""
        return int(self.blocks.max()) + 1

    @cached_property
    def regular(self) -> bool:
        """Whether they are the cells of a grid, row by row."""
        return bool((self.blocks.ravel() == np.arange(self.blocks.size)).all())

    @property
    def form(self) -> tuple[int, ...]:
        """The shape of an array with a value for each cell: (rows, columns), or else (count,)."""
        return (self.rows, self.columns) if self.regular else (self.count,)

    @property
    def window(self) -> Window:
        """The smallest window with all cells in it."""
        (top, *_, bottom), (left, *_, right) = self.row_edges, self.column_edges
        return Window(top, left, bottom - top, right - left)

    @property
    def cover(self) -> bool:
        """Whether they cover the picture."""
        return self.window == Window(0, 0, *self.shape) and bool((self.blocks > NONE).all())

    @cached_property
    def labels(self) -> Numbers:
        """The number of each pixel's cell (H, W), -1 where it has none."""
        heights, widths = np.diff(self.row_edges), np.diff(self.column_edges)
        labels = np.full(self.shape, NONE, dtype=np.int32)
        labels[self.window.slices] = self.blocks.repeat(heights, axis=0).repeat(widths, axis=1)
        labels.flags.writeable = False
        return labels

    @cached_property
    def areas(self) -> NDArray[np.int64]:
        """Pixels of each cell (count,)."""
        return np.bincount(self.labels[self.labels > NONE], minlength=self.count)

    @property
    def centres(self) -> NDArray[np.float64]:
        """Row and column of each cell's centre, counted in blocks of usual size: (count, 2)."""
        inside = self.labels > NONE
        cell, places = self.labels[inside], np.argwhere(inside)
        window = self.window
        sums = [np.bincount(cell, place, self.count) for place in places.T]
        middle = np.stack(sums, axis=1) / self.areas[:, None] + 0.5 - (window.top, window.left)
        return middle * (self.rows / window.height, self.columns / window.width) - 0.5

    def numbers(self) -> Tensor:
        """Return the number of each pixel's cell (H, W); the count of cells where it has none."""
        # NumPy's, because torch would make them on the user's default device.
        return torch.from_numpy(np.where(self.labels > NONE, self.labels, self.count))

    def per_block(self, values: ArrayLike) -> NDArray[Any]:
        """Return the value of each block's cell (rows, columns); 0 where there is none."""
        # Where there is no cell the number is -1, which picks the 0 at the end.
        padded = np.append(np.ravel(values), np.zeros(1, np.asarray(values).dtype))
        return np.asarray(padded[self.blocks])

    def spread(self, values: ArrayLike) -> NDArray[np.float32]:
        """Share each cell's value out among its pixels: (H, W), of the same sum."""
        # By area, so that a drawn map sums to what its cells do. -1 picks the 0, as above.
        density = np.append(np.ravel(values).astype(np.float64) / self.areas, 0)
        return np.asarray(density[self.labels], dtype=np.float32)

    def sums(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the sum of values (H, W) over each cell (count,): the inverse of `spread`."""
        inside = self.labels > NONE
        weights = np.asarray(values, dtype=np.float64)[inside]
        sums = np.bincount(self.labels[inside], weights, self.count)
        return np.asarray(sums, dtype=np.float64)

    def within(self, window: Window) -> Cells:
        """Return what a window has of them; InputError if that is nothing."""
        labels = np.full(self.shape, NONE, dtype=np.int32)
        labels[window.slices] = self.labels[window.slices]
        if labels.max() == NONE:
            raise InputError(f"the window {window} has no pixel of any cell; use another window")
        return Cells.labelled(labels)

    def split(self, chosen: ArrayLike) -> tuple[Cells, NDArray[np.int64]]:
        """Cut the chosen cells in two, down and across.

        Returns
        -------
        Cells
        array (their count,)
            The cell of `self` that each is a part of.
        """
        # Four numbers for each cell, of which one that is not cut uses the first.
        finer = 4 * self.labels.astype(np.int64)
        for cell in np.ravel(chosen).tolist():
            places = np.argwhere(self.labels == cell)
            middle = (places.min(axis=0) + places.max(axis=0) + 1) / 2
            # 0 to 3: twice whether it is in the lower half, plus whether it is in the right one.
            quarter = (places >= middle) @ [2, 1]
            finer[tuple(places.T)] += quarter
        cells = Cells.labelled(finer)
        parents = np.zeros(cells.count, dtype=np.int64)
        inside = cells.labels > NONE
        parents[cells.labels[inside]] = self.labels[inside]
        return cells, parents


@lru_cache(maxsize=4)
def _regular(shape: tuple[int, int], window: Window, rows: int, columns: int) -> Cells:
    """Return the cells of a grid: the same object again, with all that it has computed."""
    return Cells(
        shape,
        tuple(np.linspace(window.top, window.bottom, rows + 1).round().astype(int).tolist()),
        tuple(np.linspace(window.left, window.right, columns + 1).round().astype(int).tolist()),
        np.arange(rows * columns, dtype=np.int32).reshape(rows, columns),
    )


def rows_and_columns(grid: Any) -> tuple[int, int]:
    """Return how many rows and columns a grid has, given as one number or two."""
    counts = (grid, grid) if isinstance(grid, int | np.integer) else grid
    two = isinstance(counts, tuple | list) and len(counts) == 2
    if not two or not all(is_whole(count, 1) for count in counts):
        raise InputError(f"grid is {grid!r}; use a whole number of at least 1, or two")
    rows, columns = counts
    return int(rows), int(columns)


def _edges(
    numbers: NDArray[np.int64], used: NDArray[np.bool_]
) -> tuple[tuple[int, ...], list[int]]:
    """Return where the rows change, between the first and the last that is used; their first."""
    places = np.flatnonzero(used)
    first, end = int(places[0]), int(places[-1]) + 1
    changes = (numbers[first : end - 1] != numbers[first + 1 : end]).any(axis=1)
    starts = [first, *(first + 1 + np.flatnonzero(changes)).tolist()]
    return (*starts, end), starts
