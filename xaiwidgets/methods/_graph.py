"""What autograd's graph tells about a tensor: which operations made it, and what its axes are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor
from torch.autograd.function import BackwardCFunction

# Operations that answer with (B, C, H, W), whatever was before.
_MAPS = {
    *("Convolution", "ConvolutionOverrideable", "MkldnnConvolution", "PixelShuffle"),
    *("MaxPool2DWithIndices", "AvgPool2D", "AdaptiveAvgPool2D", "AdaptiveMaxPool2D"),
    *("NativeBatchNorm", "CudnnBatchNorm", "NativeGroupNorm", "MkldnnAdaptiveAvgPool2D"),
    *("UpsampleNearest2D", "UpsampleBilinear2D", "ReflectionPad2D", "ReplicationPad2D"),
}

# Operations on each number by itself, or along an axis: where an axis was it stays.
_KEEP_AXES = {
    *("Relu", "Hardtanh", "LeakyRelu", "Elu", "Gelu", "Silu", "Mish", "Hardswish", "Prelu"),
    *("Sigmoid", "Hardsigmoid", "Tanh", "Softplus", "Clamp", "ClampMin", "ClampMax"),
    *("Add", "Sub", "Mul", "Div", "Neg", "Pow", "Sqrt", "Abs", "Where", "Cat", "ConstantPadNd"),
    *("Clone", "Alias", "ToCopy", "NativeDropout", "NativeLayerNorm"),
}


def feature_axes(output: Tensor) -> tuple[int, ...] | None:
    """Return where batch, channels, rows and columns are in feature maps, or None.

    Attention (B, heads, tokens, features) has four axes as well, and after a permutation channels
    may be the last. So the operations are followed back to one that has a fixed order of axes;
    after a reshape or a matrix product nothing can be said.

    Examples
    --------
    >>> from torch import nn, zeros
    >>> maps = nn.Conv2d(1, 2, 3)(zeros(1, 1, 8, 8))
    >>> feature_axes(maps), feature_axes(maps.permute(0, 2, 3, 1).relu())
    ((0, 1, 2, 3), (0, 3, 1, 2))
    """
    if output.ndim != 4:
        return None
    # Operations still to be followed, and which of its answer's axes is which of the output's.
    waiting: list[tuple[Any, tuple[int, ...]]] = [(output.grad_fn, (0, 1, 2, 3))]
    visited = set()
    while waiting:
        node, axes = waiting.pop()
        if node is None or node in visited or len(node._input_metadata[0].shape) != 4:
            continue
        visited.add(node)
        kind = type(node).__name__.split("Backward")[0]
        if kind in _MAPS:
            return tuple(axes.index(axis) for axis in range(4))
        order = _order(node, kind)
        if order is not None:
            axes = tuple(order[axis] for axis in axes)
            waiting += [(before, axes) for before, _ in node.next_functions]
    return None


def _order(node: Any, kind: str) -> list[int] | None:
    """Return which axis of an operation's input is each of its answer's, None where unknown."""
    order = list(range(4))
    if kind == "Permute":
        # Negative ones are kept as unsigned numbers: modulo 4, they are the same.
        return [axis % 4 for axis in node._saved_dims]
    if kind == "Transpose":
        first, second = node._saved_dim0 % 4, node._saved_dim1 % 4
        order[first], order[second] = order[second], order[first]
        return order
    return order if kind in _KEEP_AXES else None


def operations(output: Tensor) -> Iterator[Any]:
    """Yield the operations that a tensor was computed by, the last first."""
    waiting, visited = [output.grad_fn], set()
    while waiting:
        node: Any = waiting.pop()
        if node is not None and node not in visited:
            visited.add(node)
            yield node
            waiting += [before for before, _ in node.next_functions]


def custom_functions(output: Tensor) -> list[str]:
    """Return the names of the autograd functions of users that a tensor was computed by."""
    return [
        type(node).__name__.removesuffix("Backward")
        for node in operations(output)
        if isinstance(node, BackwardCFunction)
    ]
