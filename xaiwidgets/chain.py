"""How far layers reach: which part of each layer's answer depends on a window of the picture."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.anatomy import Anatomy
from xaiwidgets.errors import ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.images import Window
from xaiwidgets.inference import EVALUATING
from xaiwidgets.layers import forward_hooks
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.work import Progress, Steps

_NOTE = "looking at the layers"
_LARGEST = 0.9  # share of a layer's input beyond which all of it is computed

Box = NDArray[np.int64]
"""First row and column of a rectangle of places, and those after its last: (2, 2)."""
Index = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Chain:
    """Layers with maps that all leads through, one after the other, and how far each reaches.

    Attributes
    ----------
    layers : tuple of str
    sizes : array (layers + 1, 2)
        Rows and columns of the picture, and of each layer's answer.
    strides : array (layers, 2)
        Rows and columns of the layer before that make a block, as one place of its answer.
    before, after : array (layers, 2)
        How many places before and after that one depend on a block.
    """

    layers: tuple[str, ...]
    sizes: Box
    strides: Box
    before: Box
    after: Box

    def reached(self, window: Window) -> list[Box]:
        """Return what depends on a window, of the picture and then of each layer's answer."""
        boxes = [np.array([[window.top, window.left], [window.bottom, window.right]])]
        for at, stride in enumerate(self.strides):
            start = boxes[-1][0] // stride - self.before[at]
            end = -(-boxes[-1][1] // stride) + self.after[at]
            boxes.append(np.array([np.maximum(start, 0), np.minimum(end, self.sizes[at + 1])]))
        return boxes

    def needed(self, at: int, box: Box) -> tuple[Box, Box]:
        """Return of what the layer before follows `box` of an answer, and where its own begins.

        Whole blocks are left out on all sides. So padding falls as it does in the whole, also where
        it depends on the size.
        """
        stride, size = self.strides[at], self.sizes[at]
        begin = np.maximum(box[0] - self.after[at], 0)
        left_out = np.maximum(size // stride - box[1] - self.before[at], 0)
        return np.array([begin * stride, size - left_out * stride]), begin

    def pastes(self, window: Window, heard: Collection[str]) -> tuple[Index, list[Paste]]:
        """Return the crop of a picture, and what is pasted after each layer that it is worth.

        What layers that are `heard` answer is made whole, as somebody else wants it.
        """
        reached, parts = self.reached(window)[1:], []
        for at, box in enumerate(reached):
            part = self.needed(at, box)
            if math.prod((part[0][1] - part[0][0]) / self.sizes[at]) > _LARGEST:
                break
            parts.append(part)
        wholes = [np.array([[0, 0], size]) for size in self.sizes]
        crops = [*(crop for crop, _ in parts), wholes[len(parts)]]
        pastes = []
        for at, (_, begin) in enumerate(parts):
            layer, crop = self.layers[at], crops[at + 1]
            area = wholes[at + 1] if layer in heard else crop
            (start, end), (first, last) = reached[at], crop
            new = np.array([np.maximum(start, first), np.minimum(end, last)])
            boxes = area, new - begin, new - area[0], crop - area[0]
            pastes.append(Paste(layer, *map(_index, boxes)))
        return _index(crops[0]), pastes


def _index(box: Box) -> Index:
    return (..., *(slice(*span) for span in box.T.tolist()))


class Paste(NamedTuple):
    """What is done with a layer's answer to a crop.

    Attributes
    ----------
    layer : str
    area : index
        The part of its answer that is put together, as it is needed.
    source, place : index
        What of the answer to a crop goes where in it.
    crop : index
        What of it the next layers are given.
    """

    layer: str
    area: Index
    source: Index
    place: Index
    crop: Index

    def into(self, background: Tensor, _module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        """Return the background (1, C, h, w) with the answer in it, once an input."""
        answer = background.expand(len(output), -1, -1, -1).clone()
        answer[self.place] = output[self.source]
        return answer

    def cut(self, _module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        """Return what the next layers are given."""
        part = output[self.crop]
        return output if part.shape == output.shape else part.clone()


def read_chain(
    plain: PreparedNetwork,
    anatomy: Anatomy,
    picture: Tensor,
    names: Collection[str],
    heard: Collection[str],
) -> Steps[Chain]:
    """Return the layers of some `names` that all leads through, and how far they reach.

    None comes after one that is `heard`, and is not among them.
    """
    order = anatomy.layers
    yield Progress(0, None, _NOTE)
    layers = [name for name in _layers_with_maps(anatomy, heard) if name in names]
    aside = [order.index(name) if name in order else 0 for name in heard if name not in layers]
    end = min(aside, default=len(order))
    layers = [name for name in layers if order.index(name) < end]
    yield Progress(0, None, _NOTE)
    sizes = np.array([picture.shape[1:], *(anatomy.outputs[name].shape[2:] for name in layers)])
    strides = np.maximum(np.rint(sizes[:-1] / sizes[1:]), 1).astype(np.int64)
    before, after = _reach(plain, layers, sizes, strides, picture)
    yield Progress(0, None, _NOTE)
    # What goes place by place needs no crop of its own.
    local = ((strides > 1) | (before != 0) | (after != 0)).any(1)
    starts = [at for at in range(len(layers)) if not at or local[at] or layers[at - 1] in heard]
    ends = [*starts[1:], len(layers)] if layers else []
    groups = [layers[start:end] for start, end in zip(starts, ends, strict=True)]
    widths = {name: anatomy.outputs[name].shape[1] for name in layers}
    # To paste is to copy: done where there are fewest channels, and there as late as can be.
    pasted = [g[-1] if g[-1] in heard else min(g[::-1], key=widths.__getitem__) for g in groups]
    picked = strides[starts], before[starts], after[starts]
    return Chain(tuple(pasted), sizes[[0, *ends]], *picked)


def _layers_with_maps(anatomy: Anatomy, heard: Collection[str]) -> list[str]:
    """Return the layers with maps that all leads through, in the order of their calls.

    Of those that are heard also a block that ends after one of them, with a norm, say.
    """
    try:
        trunk = {*anatomy.trunk}
    except ModelError:  # the network refuses gradients
        return []
    layers, last = [], ""
    for name in anatomy.layers:
        if name in trunk:
            last = name
        if name == last or (name in heard and last.startswith(f"{name}.")):
            layers.append(name)
    shapes = {name: anatomy.outputs[name].shape for name in layers}
    return [n for n, s in shapes.items() if len(s) == 4 and anatomy.grids[n] == Grid(1, *s[2:])]


def _reach(
    plain: PreparedNetwork, layers: Sequence[str], sizes: Box, strides: Box, picture: Tensor
) -> tuple[Box, Box]:
    """Return how far before and after its place a block reaches, layer by layer.

    By how far NaN spreads from the middle of a layer's input: all that depends on NaN is NaN,
    however small the weights. The input is a block shorter, as its answer then has to be.
    """
    middles = sizes[:-1] // strides // 2
    shorter = (middles > 1).astype(np.int64)
    # Of those that are not seen to be local, all depends on all.
    before, after = sizes[1:].copy(), sizes[1:].copy()

    def spoiled(values: Tensor, at: int) -> Tensor:
        end = sizes[at] - shorter[at] * strides[at]
        values = values[_index(np.array([0 * end, end]))].nan_to_num()
        values[_index(np.array([middles[at], middles[at] + 1]) * strides[at])] = math.nan
        return values

    def hear(at: int, _module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        spread = np.argwhere(output.isnan().flatten(0, 1).any(0).cpu().numpy())
        size = sizes[at + 1] - shorter[at]
        # Where there is no NaN it was hidden, and what is at an edge might reach further.
        if len(spread) and (output.shape[2:] == size).all():
            first, last = spread.min(0), spread.max(0)
            inside = (first > 0) & (last < size - 1)
            before[at] = np.where(inside, middles[at] - first, before[at])
            after[at] = np.where(inside, last - middles[at], after[at])
        return spoiled(output, at + 1) if at + 1 < len(layers) else output

    hooks = [(name, partial(hear, at)) for at, name in enumerate(layers)]
    if layers:
        # Under the lock: another thread's evaluation of the copy would be changed, too.
        with EVALUATING, forward_hooks(plain.net, hooks):
            plain.try_answer(spoiled(picture[None], 0))
    return before, after
