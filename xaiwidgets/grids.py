"""How a layer's answer lies: which axis has the units, and where the places of the picture are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from xaiwidgets.axes import PICTURE, Axes, labels_in, merged
from xaiwidgets.errors import InputError


class Grid(NamedTuple):
    """How the numbers of a layer's answer (B, ...) are laid out.

    Attributes
    ----------
    units : int
        The axis of the units: channels, feature maps, the features of tokens.
    rows, columns : int
        How the places along the other axes lie on the picture; 0 where they do not, or cut into
        windows. An answer without places, as of a linear layer, has one place.
    prefix : int
        Tokens that come before the places: of a class, of distillation, registers.
    transposed : bool
        Whether the places go down the columns first.

    Examples
    --------
    >>> import torch
    >>> tokens = torch.zeros(2, 1 + 6, 8)
    >>> tuple(Grid(units=2, rows=2, columns=3, prefix=1).maps(tokens).shape)
    (2, 8, 2, 3)
    """

    units: int
    rows: int = 0
    columns: int = 0
    prefix: int = 0
    transposed: bool = False

    @property
    def is_spread(self) -> bool:
        """Whether places tell rows and columns of the picture apart, so that there is a map."""
        return self.rows > 1 and self.columns > 1

    def fits(self, shape: Sequence[int]) -> bool:
        """Return whether an answer of this shape may be laid out so."""
        return 1 <= self.units < len(shape) and self.prefix + self.rows * self.columns <= (
            math.prod(shape[1:]) // max(1, shape[self.units])
        )

    def places(self, answer: Tensor) -> Tensor:
        """Return an answer as (B, U, P), whatever its places are."""
        units = answer.movedim(self.units, 1)
        return units.reshape(*units.shape[:2], -1)

    def maps(self, answer: Tensor) -> Tensor:
        """Return the places that lie on the picture as maps (B, U, rows, columns).

        Of a picture of another size, as many rows and columns as its answer has; InputError where
        its places have no such rows and columns.
        """
        count = math.prod(answer.shape[1:]) // max(1, answer.shape[self.units]) - self.prefix
        size = self._size(count)
        if answer.ndim == 4 and not self.prefix:  # without a copy, whatever the picture's size
            maps = answer.movedim(self.units, 1)
            maps = maps.transpose(2, 3) if self.transposed else maps
            if count != self.rows * self.columns or tuple(maps.shape[2:]) == size:
                return maps
        if size is None:
            raise InputError(
                f"an answer {tuple(answer.shape)} has no {self.rows} x {self.columns} places, nor "
                "so many more or fewer each way; its layer was looked at with other pictures"
            )
        places = self.places(answer)[..., self.prefix :][..., : size[0] * size[1]]
        if self.transposed:
            return places.reshape(*places.shape[:2], *size[::-1]).transpose(2, 3)
        return places.reshape(*places.shape[:2], *size)

    def _size(self, places: int) -> tuple[int, int] | None:
        """Return the rows and columns of so many places, of a picture of this size or another."""
        count = self.rows * self.columns
        # A larger picture has more rows and columns alike: each grows by the root of the places.
        factor = math.sqrt(places / max(1, count))
        rows, columns = round(factor * self.rows), round(factor * self.columns)
        if rows * columns == places:
            return rows, columns
        # Else some tokens come after the places.
        return (self.rows, self.columns) if places > count > 0 else None


def grid_of(axes: Axes | None) -> Grid | None:
    """Return the layout that axes (B, ...) tell; None where they do not tell the units.

    Not of attention, whose places are there twice, nor of its queries and keys, whose units are cut
    into heads.
    """
    if axes is None or len(axes) < 2 or labels_in(axes[0]) - {"batch"}:
        return None
    if len(axes) == 2:
        return Grid(1, 1, 1)
    units = [at for at, axis in enumerate(axes) if at and "units" in labels_in(axis)]
    if not any("units" in labels_in(axis) for axis in axes):  # there is one, or none is known
        units = [at for at, axis in enumerate(axes) if at and not axis]
    places = [f for at, axis in enumerate(axes) if at and at not in units for f in axis]
    inside = [f for axis in axes for factor in axis for f in (factor.places or (factor,))]
    marks = [(f.label, f.stride) for f in inside if f.label in PICTURE]
    if len(units) != 1 or len(marks) != len({*marks}):
        return None
    prefix = 0
    if len(places) == 1 and places[0].label == "tokens":
        prefix, places = places[0].prefix, list(places[0].places)
    whole = merged(places)
    sizes = {factor.label: factor.size for factor in whole}
    if len(sizes) != len(whole) or not sizes.keys() <= {*PICTURE}:
        return Grid(units[0])
    transposed = [factor.label for factor in whole] == ["columns", "rows"]
    return Grid(units[0], sizes.get("rows", 1), sizes.get("columns", 1), prefix, transposed)
