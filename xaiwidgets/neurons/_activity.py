"""The pictures, and the places in them, that excite a unit most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window
from xaiwidgets.inputs import inputs_of
from xaiwidgets.network import Network
from xaiwidgets.representations import checked_layer, unit_maps
from xaiwidgets.work import Steps, work


class TopPicture(NamedTuple):
    """A picture that excites a unit: its number, how much, and where most.

    The window is the cell of the layer's grid; the unit also looks at what is around it.
    """

    picture: int
    value: float
    window: Window


@dataclass(frozen=True, eq=False, repr=False)
class UnitActivity:
    """How much each unit of a layer answers to each picture, where it answers most.

    Attributes
    ----------
    values : (N, U) float32
        The largest answer of a unit over the places of a picture.
    cells : (N, U) int32
        Where on the layer's grid that is, row by row.
    grid : (int, int)
        Rows and columns of the layer's answer.
    size : (int, int)
        Height and width of the pictures; (1, 1) of what is no picture.
    layer : str
    """

    values: NDArray[np.float32]
    cells: NDArray[np.int32]
    grid: tuple[int, int]
    size: tuple[int, int]
    layer: str

    def __repr__(self) -> str:
        count, units = self.values.shape
        return f"<UnitActivity of {units} units at {self.layer!r} for {count} pictures>"

    def top(self, unit: int, count: int = 9) -> tuple[TopPicture, ...]:
        """Return the pictures that excite a unit most, the most exciting first.

        Raises
        ------
        InputError
            If there is no such unit.
        """
        check_unit(unit, self.values.shape[1], self.layer)
        whole("count", count)
        values = self.values[:, unit]
        # Stable: a unit that is silent in most pictures has many ties at 0.
        order = np.argsort(-values, kind="stable")[:count]
        return tuple(TopPicture(int(i), float(values[i]), self._window(i, unit)) for i in order)

    def _window(self, index: int, unit: int) -> Window:
        # Cells are numbered row by row, as `_maxima` flattens them.
        row, column = divmod(int(self.cells[index, unit]), self.grid[1])
        top, bottom = _span(row, self.grid[0], self.size[0])
        left, right = _span(column, self.grid[1], self.size[1])
        return Window(top, left, bottom - top, right - left)


def _span(cell: int, cells: int, pixels: int) -> tuple[int, int]:
    """Return the pixels of a cell: at least one, however fine the grid is."""
    # In whole numbers, so that cells of a grid meet without a gap or an overlap.
    begin = min(pixels - 1, cell * pixels // cells)
    return begin, max(begin + 1, (cell + 1) * pixels // cells)


def check_unit(unit: object, units: int, layer: str) -> None:
    """Raise InputError unless a layer has a unit of this number."""
    if not is_whole(unit, 0) or int(unit) >= units:
        raise InputError(f"unit is {unit!r}; layer {layer!r} has units 0 to {units - 1}")


@work
def activity(model: Network, layer: str, images: Any) -> Steps[UnitActivity]:
    """Return how much each unit of a layer answers to each picture.

    Parameters
    ----------
    model : Network
    layer : str
    images : tensor (N, ...) or sequence of pictures

    Returns
    -------
    Work[UnitActivity]

    Raises
    ------
    InputError
        If there is no such layer, or it cannot be told which axis counts its units.

    Examples
    --------
    >>> import torch
    >>> model = Network(torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten()))
    >>> activity(model, "0", torch.rand(5, 1, 4, 4)).run()
    <UnitActivity of 2 units at '0' for 5 pictures>
    """
    return _activity(model, layer, inputs_at(model, layer, images))


def inputs_at(model: Network, layer: str, images: Any) -> Tensor:
    """Return pictures as a batch; InputError if a layer has no units to look at in them."""
    batch = inputs_of(model, images)
    checked_layer(model, layer)
    # Raises where the layer has no units, before the first picture is evaluated.
    model.anatomy(batch[0]).grid(layer)
    return batch


def _activity(model: Network, layer: str, batch: Tensor) -> Steps[UnitActivity]:
    parts = yield from unit_maps(model, batch, layer, _maxima)
    values, cells, grids = zip(*parts, strict=True)
    return UnitActivity(
        torch.cat(values).numpy(),
        torch.cat(cells).numpy(),
        grids[0],
        (batch.shape[-2], batch.shape[-1]) if batch.ndim == 4 else (1, 1),
        layer,
    )


def _maxima(maps: Tensor) -> tuple[Tensor, Tensor, tuple[int, int]]:
    # (N, U, rows, columns) to (N, U): of each unit the largest answer, and in which cell it is.
    values, cells = maps.float().flatten(2).max(2)
    return values, cells.int(), (maps.shape[2], maps.shape[3])


@work
def top(
    model: Network, layer: str, unit: int, images: Any, count: int = 9
) -> Steps[tuple[TopPicture, ...]]:
    """Return the pictures that excite a unit most, the most exciting first.

    Parameters
    ----------
    model : Network
    layer : str
    unit : int
        From 0: a channel, a feature map, a feature of tokens.
    images : tensor (N, ...) or sequence of pictures
    count : int

    Returns
    -------
    Work[tuple of TopPicture]

    Raises
    ------
    InputError
        If there is no such layer, or unit in it.

    Examples
    --------
    >>> import torch
    >>> model = Network(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2)))
    >>> len(top(model, "1", 0, torch.rand(5, 1, 2, 2), count=3).run())
    3
    """
    batch = inputs_of(model, images)
    whole("count", count)
    check_unit(unit, units_of(model, layer, batch[0]), layer)
    # All pictures have to be seen before any is known to be among the first.
    return activity(model, layer, batch).map(lambda answers: answers.top(unit, count))


def units_of(model: Network, layer: Any, example: Tensor) -> int:
    """Return how many units a layer has, or raise InputError."""
    anatomy = model.anatomy(example)
    grid = anatomy.grid(checked_layer(model, layer))
    return int(anatomy.outputs[layer].shape[grid.units])
