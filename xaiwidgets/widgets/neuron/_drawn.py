"""Masks that a person paints on pictures of a NeuronDesk."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.images import Window
from xaiwidgets.network import Network
from xaiwidgets.neurons import Dissection, dissect
from xaiwidgets.widgets.commands import command
from xaiwidgets.widgets.masks import check_cells, painted, painted_cells
from xaiwidgets.widgets.neuron._findings import UnitFindings, others_of
from xaiwidgets.widgets.neuron._state import NeuronState, ShownMask
from xaiwidgets.widgets.pictures import thumbnail_of
from xaiwidgets.widgets.schema import place
from xaiwidgets.work import Work

# Of maps of 7 x 7 the most active 0.5 % are then over a hundred places: enough for a quantile.
_FOR_THRESHOLDS = 500  # pictures by which it is told when a unit is active
_PAINTED = "what is painted"


class Desk(Protocol):
    """What masks need of their desk."""

    _model: Network
    _images: Tensor
    _lock: threading.RLock
    _findings: UnitFindings | None

    def publish(self, **traits: Any) -> None: ...


class DrawnMasks:
    """The masks by picture, in the order of the pictures."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._masks: dict[int, NDArray[np.bool_]] = {}

    def draw(self, picture: int, mask: Any) -> None:
        """Set what is painted on a picture: a mask (H, W), a window, or None for nothing.

        Raises
        ------
        InputError
            If there is no such picture, or the mask does not fit it.
        """
        images = self._desk._images
        if place("picture", picture, len(images), "images") not in range(len(images)):
            raise InputError(f"picture is {picture!r}; use a whole number")
        size = tuple(images.shape[-2:])
        array = np.zeros(size, np.bool_)
        if isinstance(mask, Window):
            rows, columns = mask.inside(size).slices
            array[rows, columns] = True
        elif mask is not None:
            array = np.asarray(mask)
        if array.shape != size or array.dtype != np.bool_:
            raise InputError(
                f"the mask is {array.dtype} {array.shape}; use bools {size}, a Window, or None"
            )
        with self._desk._lock:
            self._masks.pop(picture, None)
            if array.any():
                self._masks[picture] = array
            # By picture, whenever each was painted: the same masks give the same numbers.
            self._masks = dict(sorted(self._masks.items()))
            # Of other masks by now: it must not come back when another unit is looked at.
            if self._desk._findings is not None:
                self._desk._findings = replace(self._desk._findings, dissection=None)
            self._desk.publish(paintings=self.shown(), dissection=None)

    @command("draw")
    def draw_cells(self, picture: int, cells: Sequence[int]) -> None:
        """Set what is painted on a picture, as the cells that the page paints."""
        height, width = self._desk._images.shape[-2:]
        self.draw(picture, painted(check_cells("cells", cells, height, width), height, width))

    def dissection(self, state: NeuronState) -> Work[Dissection]:
        """Return the work that compares a layer's units with what is painted.

        Raises
        ------
        InputError
            If nothing is painted, or the layer has no feature maps.
        """
        if not self._masks:
            raise InputError("nothing is painted yet; paint on a picture, or use draw(...)")
        images, rows = self._desk._images, list(self._masks)
        # On other pictures: by those that are painted alone, each unit would be active in its share
        # of them, concept or not.
        others = others_of(rows, len(images))[:_FOR_THRESHOLDS]
        return dissect(
            self._desk._model,
            state.layer,
            {_PAINTED: (images[rows], torch.from_numpy(np.stack(list(self._masks.values()))))},
            quantile=state.quantile,
            others=images[torch.from_numpy(others)] if len(others) else None,
        )

    def shown(self) -> list[ShownMask]:
        """Return them as the page paints them."""
        model, images = self._desk._model, self._desk._images
        return [
            ShownMask(
                picture,
                np.array(painted_cells(mask), np.int32),
                thumbnail_of(model.picture(images[picture])),
            )
            for picture, mask in self._masks.items()
        ]
