"""Which axis of what a layer gives counts its feature maps, read off the graph that made it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

_FIRST = {"ConvolutionBackward0", "NativeBatchNormBackward0", "CudnnBatchNormBackward0",
          "MiopenBatchNormBackward0", "NativeGroupNormBackward0"}  # fmt: skip
"""Steps of a graph that mix or scale channels along the first axis after that of the batch."""

_LAST = {"NativeLayerNormBackward0", "FusedRmsNormBackward0", "AddmmBackward0", "MmBackward0",
         "BmmBackward0", "LinearBackward0", "EmbeddingBackward0",
         "MkldnnLinearBackward0"}  # fmt: skip
"""Those that do so along the last: linear layers, and the norms that go with them."""


def channel_axis(
    node: Any,
    index: int,
    picture: Sequence[int],
    cache: dict[tuple[Any, int], int | None] | None = None,
) -> int | None:
    """Return the axis of the channels of what a step of a graph gave; None if that is not clear.

    Neither the number of axes tells (3 may be channels by length, or tokens by channels) nor the
    module (an activation works on any layout). So the graph is followed backwards, over steps that
    leave axes alone or move them, to the last one that acts along a known axis: a convolution or a
    linear layer, or a norm.

    Parameters
    ----------
    node, index : autograd node, int
        The step, and which of its results is meant.
    picture : sequence of int
        The shape of the network's input (1, C, H, W), whose channels are known to come first.
    cache : dict, optional
        Answers about earlier steps: branches meet again and again in a residual network.
    """
    cache = {} if cache is None else cache
    if (node, index) not in cache:
        cache[node, index] = _axis(node, index, picture, cache)
    return cache[node, index]


def _axis(
    node: Any, index: int, picture: Sequence[int], cache: dict[tuple[Any, int], int | None]
) -> int | None:
    shape = _shape(node, index)
    if len(shape) == 2:
        return 1
    name = node.name()
    if name in _FIRST:
        return 1
    if name in _LAST:
        return len(shape) - 1
    sources = [(step, at) for step, at in node.next_functions if step is not None]
    if not sources:
        return 1 if len(shape) >= 4 and tuple(shape) == tuple(picture) else None
    for step, at in sources:
        axis = channel_axis(step, at, picture, cache)
        axis = _axis_after(node, axis, _shape(step, at), shape)
        if axis is not None:
            return axis
    return None


def _axis_after(
    node: Any, axis: int | None, before: Sequence[int], after: Sequence[int]
) -> int | None:
    """Return where a step moves an axis of what it was given, None if it does not stay one."""
    if axis is None:
        return None
    name, count = node.name(), len(before)
    if name == "PermuteBackward0":
        # Axes below 0 are kept by autograd as unsigned numbers of 64 bits.
        return [_signed(dim) % count for dim in node._saved_dims].index(axis)
    if name == "TransposeBackward0":
        first, second = (_signed(dim) % count for dim in (node._saved_dim0, node._saved_dim1))
        return {first: second, second: first}.get(axis, axis)
    if name == "TBackward0":
        return 1 - axis
    if tuple(after) == tuple(before):
        return axis  # activations, sums, products
    if math.prod(after) != math.prod(before):
        # Pooling, padding, slices; else the mean or the maximum over an axis, which is lost.
        return axis if len(after) == count else None
    # Reshaped: the axis is still one if as many numbers lie before it, and it is as long.
    begin = math.prod(before[:axis])
    same = (
        at
        for at in range(1, len(after))
        if math.prod(after[:at]) == begin and after[at] == before[axis]
    )
    return next(same, None)


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _shape(node: Any, index: int) -> tuple[int, ...]:
    return tuple(node._input_metadata[index].shape)
