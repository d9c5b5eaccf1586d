"""Who plays: what the setting `grid` of Shapley values makes of a task's picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import number, whole
from xaiwidgets.errors import InputError
from xaiwidgets.methods._cells import Cells, rows_and_columns
from xaiwidgets.methods._method import Task


@dataclass(frozen=True)
class Segments:
    """Parts of a picture that look alike (SLIC: Achanta et al. 2012), which scikit-image finds.

    Parameters
    ----------
    count : int
        About so many.
    compactness : float
        How much nearness counts against colour: the larger, the more they are like squares.

    Raises
    ------
    InputError
        If a setting cannot be used, or later if scikit-image is missing.
    """

    # About as many players as a grid of 7 x 7 has, the default of `Shapley`.
    count: int = 50
    compactness: float = 10.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", whole("count", self.count, 2))
        object.__setattr__(self, "compactness", number("compactness", self.compactness, above=0))

    def cells(self, picture: NDArray[np.uint8]) -> Cells:
        """Cut a picture (H, W) or (H, W, 3) into segments."""
        return _segments(picture.tobytes(), picture.shape, self)


@dataclass(frozen=True)
class Adaptive:
    """Cells that carry much are cut in four, within the same budget.

    A first game finds the cells with the largest absolute values; then the finer cells play. What
    the first game has evaluated are coalitions of the second one too, and train its surrogate.

    Parameters
    ----------
    start : int, (int, int), Segments, Cells or array
        The cells of the first game.
    splits : int
        How many of them are cut.
    share : float
        Of the budget, for the first game; between 0 and 1.

    Raises
    ------
    InputError
        If a setting cannot be used.
    """

    start: GridLike = 7
    splits: int = 8
    share: float = 0.4

    def __post_init__(self) -> None:
        start = players_setting(self.start)
        if isinstance(start, Adaptive):
            raise InputError("the start of adaptive cells is adaptive; use a grid or segments")
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "splits", whole("splits", self.splits))
        object.__setattr__(self, "share", number("share", self.share, above=0, below=1))


Players = int | tuple[int, int] | Segments | Adaptive | Cells
"""A grid by its rows and columns, a way to find the players, or they themselves."""

GridLike = Players | str | NDArray[Any] | Tensor
"""What stands for players: also "segments", "adaptive", or a map of labels (H, W)."""

NAMED_PLAYERS: dict[str, Callable[[], Players]] = {"segments": Segments, "adaptive": Adaptive}


def players_setting(grid: GridLike) -> Players:
    """Return what was given as `grid` in its one form, so that two that are alike are equal."""
    if isinstance(grid, Segments | Adaptive | Cells):
        return grid
    if isinstance(grid, np.ndarray | Tensor) and grid.ndim > 1:
        return Cells.labelled(grid)
    if isinstance(grid, str):
        if grid not in NAMED_PLAYERS:
            names = " or ".join(map(repr, NAMED_PLAYERS))
            raise InputError(
                f"grid is {grid!r}; use a whole number, two, {names}, or a map of labels"
            )
        return NAMED_PLAYERS[grid]()
    rows, columns = rows_and_columns(grid)
    return (rows, columns) if rows != columns else rows


def cells_of(grid: GridLike, task: Task) -> Cells:
    """Return the cells of a task's window."""
    players = players_setting(grid)
    if isinstance(players, Adaptive):
        raise InputError(
            "which cells are cut follows from a first game; use explain, or another grid"
        )
    if isinstance(players, Segments):
        players = players.cells(task.picture)
    if isinstance(players, int) and task.shape[0] == 1:
        # As many as in a square: words, moments and columns of a table are each a player.
        players = (1, players**2)
    if not isinstance(players, Cells):
        return Cells.of(task.shape, task.region, players)
    if players.shape != task.shape:
        raise InputError(
            f"the map of labels has shape {players.shape}, but the network's input has "
            f"{task.shape} pixels; make one for the input"
        )
    return players if task.window is None else players.within(task.window)


# Bytes, as arrays have no hash: a slider asks for the same segments at every move.
@lru_cache(maxsize=16)
def _segments(picture: bytes, shape: tuple[int, ...], settings: Segments) -> Cells:
    try:
        from skimage.segmentation import slic
    except ImportError as error:
        raise InputError(
            "segments need scikit-image, which is not installed; run: pip install "
            "'xaiwidgets[demo]', or give a map of labels"
        ) from error
    pixels = np.frombuffer(picture, np.uint8).reshape(shape)
    axis = -1 if len(shape) == 3 else None
    return Cells.labelled(
        slic(pixels, settings.count, settings.compactness, start_label=0, channel_axis=axis)
    )
