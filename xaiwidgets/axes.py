"""What the axes of a layer's answer are, followed through the operations that computed it.

Neither the number of axes tells (three may be channels by length, or tokens by channels; four may
be feature maps, or attention) nor the module (an activation works on any layout). So an axis is
written as a product of factors, as in the notation "b (h w) c" of einops, from the picture on:
operations mix, move, split and merge factors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from torch import Tensor


class Factor(NamedTuple):
    """A part of an axis: `size` steps of `stride` along what `label` says.

    Attributes
    ----------
    label : str
        "batch", "units", "rows" or "columns" of the picture, "tokens" (others, then places of the
        picture, maybe others), or "other".
    prefix, places : int, tuple of Factor
        Of tokens, how many come before the first place, and what the places are a product of.
    """

    label: str
    size: int
    stride: int = 1
    prefix: int = 0
    places: tuple[Factor, ...] = ()


Axis = tuple[Factor, ...]
Axes = tuple[Axis, ...]
AxisRule = Callable[[Any, tuple[int, ...], "list[Axes | None]"], "Axes | None"]
"""Makes the axes of what a step of a graph gave: from the step, that shape, and the axes of what it
was given, None for what does not depend on the picture."""

PICTURE = ("rows", "columns")
"""What places lie along."""


class AxesReader:
    """Reads axes off autograd's graph of one pass that began at `begin`, a leaf (B, ...)."""

    def __init__(self, begin: Tensor) -> None:
        self._begin = begin
        self._sources: dict[Any, list[Axes | None]] = {}

    def axes(self, node: Any, index: int) -> Axes | None:
        """Return the axes of a step's result; None where it does not depend on the picture."""
        ahead = [node]
        # Not by recursion, which a deep network would exhaust.
        while ahead:
            step = ahead[-1]
            before = [each for each, _ in step.next_functions if each is not None]
            missing = [each for each in before if each not in self._sources]
            if step not in self._sources and missing:
                ahead += missing
                continue
            ahead.pop()
            self._sources.setdefault(step, [
                None if each is None else self._result(each, at) for each, at in step.next_functions
            ])  # fmt: skip
        return self._result(node, index)

    def _result(self, node: Any, index: int) -> Axes | None:
        sources = self._sources[node]
        if getattr(node, "variable", None) is self._begin:
            return _picture(tuple(self._begin.shape))
        if all(source is None for source in sources):
            return None  # of weights alone: a position embedding, say
        # "ConvolutionBackward0", "ViewBackward0": autograd names a step after the operation.
        kind = re.sub(r"Backward\d*$", "", node.name())
        return _rule(kind)(node, tuple(node._input_metadata[index].shape), sources)


def axes_size(axis: Axis) -> int:
    """Return how long an axis is."""
    return math.prod(factor.size for factor in axis)


def merged(factors: Sequence[Factor]) -> Axis:
    """Return factors with those put together that are parts of one, in order."""
    result: list[Factor] = []
    for factor in factors:
        last = result[-1] if result else None
        alike = last is not None and last.label == factor.label != "tokens"
        if last is not None and alike and last.stride == factor.stride * factor.size:
            result[-1] = factor._replace(size=last.size * factor.size)
        else:
            result.append(factor)
    return tuple(result)


def _picture(shape: tuple[int, ...]) -> Axes:
    if len(shape) < 4:  # a table; or a series, whose channels may be either axis
        labels = ["batch", *["units" if len(shape) == 2 else "other"] * (len(shape) - 1)]
    else:
        labels = ["batch", "units", *["other"] * (len(shape) - 4), *PICTURE]
    return tuple(_whole(label, size) for label, size in zip(labels, shape, strict=True))


def _whole(label: str, size: int) -> Axis:
    """Return an axis of one factor; one of length 1 has none, so that reshaping may move it."""
    return (Factor(label, size),) if size != 1 else ()


def _blank(shape: Sequence[int]) -> Axes:
    return tuple(_whole("other", size) for size in shape)


def labels_in(axis: Axis) -> set[str]:
    """Return what the factors of an axis are."""
    return {factor.label for factor in axis}


def _resized(axis: Axis, size: int) -> Axis:
    """Return an axis after pooling, padding, slicing: of what it was if that was one thing."""
    if axes_size(axis) == size:
        return axis
    # Some tokens are not tokens any more: the class token and a few places are not a picture.
    labels = labels_in(axis) - {"tokens"}
    return _whole(labels.pop() if len(labels) == 1 else "other", size)


def _first(sources: list[Axes | None]) -> Axes:
    # Of a gate and what it is for, say, that which has the picture's axes still.
    return max((each for each in sources if each is not None), key=_clarity)


def _clarity(axes: Axes) -> int:
    """Return of how many axes it is known what they are."""
    return sum(bool(axis) and "other" not in labels_in(axis) for axis in axes)


def _elementwise(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    """Return the axes after sums, products, activations, pooling: where an axis was it stays."""
    clear = sorted((each for each in sources if each is not None), key=_clarity, reverse=True)
    if len(clear[0]) > len(shape):  # a sum or a mean, which is told by the axes that it saves
        return _without(node, shape, clear[0])
    result = []
    for at, size in enumerate(shape, -len(shape)):
        # Where summands are broadcast, an axis is that of one which has its length.
        there = [each[at] for each in clear if len(each) >= -at]
        same = [axis for axis in there if axes_size(axis) == size]
        result.append(same[0] if same else _resized(there[0] if there else (), size))
    return tuple(result)


def _without(node: Any, shape: tuple[int, ...], axes: Axes) -> Axes:
    """Return the axes after means, maxima and choices, which leave some out."""
    dims = getattr(node, "_saved_dim", None)
    dims = [dims] if isinstance(dims, int) else dims
    gone = {_at(dim, len(axes)) for dim in dims or ()}
    rest = [axis for at, axis in enumerate(axes) if at not in gone]
    fits = len(rest) == len(shape)
    return tuple(map(_resized, rest, shape)) if fits else _blank(shape)


def _at(dim: int, count: int) -> int:
    # Axes below 0 are kept by autograd as unsigned numbers of 64 bits.
    return (dim - 2**64 if dim >= 2**63 else dim) % count


def _regrouped(_node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    """Return the axes after a reshape: the same factors in the same order, cut elsewhere."""
    factors = [factor for axis in _first(sources) for factor in axis][::-1]
    result = []
    for size in shape:
        axis: list[Factor] = []
        while size > 1 and factors:
            factor = factors.pop()
            if size % factor.size == 0:
                axis.append(factor)
                size //= factor.size
            elif factor.size % size == 0 and factor.label != "tokens":
                # Channels cut into heads, rows into windows: the outer part has the longer stride.
                rest = factor.size // size
                axis.append(factor._replace(size=size, stride=factor.stride * rest))
                factors.append(factor._replace(size=rest))
                size = 1
            else:  # cut across a factor: whatever was along it is along no axis now
                return _blank(shape)
        result.append(merged(axis))
    return tuple(result)


def _permuted(node: Any, _shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    axes = _first(sources)
    return tuple(axes[_at(dim, len(axes))] for dim in node._saved_dims)


def _transposed(node: Any, _shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    axes = list(_first(sources))
    first, second = (_at(dim, len(axes)) for dim in (node._saved_dim0, node._saved_dim1))
    axes[first], axes[second] = axes[second], axes[first]
    return tuple(axes)


def _reversed(_node: Any, _shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    return _first(sources)[::-1]


def _concatenated(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    at = _at(node._saved_dim, len(shape))
    axes = list(
        _elementwise(node, shape, [each for each in sources if each and len(each) == len(shape)])
    )
    parts = [None if each is None else each[at] for each in sources]
    labels = {label for part in parts if part is not None for label in labels_in(part)}
    # Units beside units are units, as in DenseNet; a parameter beside places is a class token.
    if len(labels) == 1 and not (None in parts and labels & {*PICTURE}):
        axes[at] = _whole(labels.pop(), shape[at])
    else:
        axes[at] = _with_prefix(parts, shape[at])
    return tuple(axes)


def _with_prefix(parts: list[Axis | None], size: int) -> Axis:
    """Return an axis of tokens: places of the picture, and what is put before and after them."""
    homes = [n for n, part in enumerate(parts) if part and labels_in(part) <= {*PICTURE, "tokens"}]
    if len(homes) != 1:
        return _whole("other", size)
    places = parts[homes[0]] or ()
    before, after = parts[: homes[0]], parts[homes[0] + 1 :]
    if None not in before:
        prefix = sum(axes_size(part) for part in before if part is not None)
    elif None not in after:
        behind = sum(axes_size(part) for part in after if part is not None)
        prefix = size - axes_size(places) - behind
    else:  # neither is known how many come before them nor how many after
        return _whole("other", size)
    if places[0].label == "tokens":
        prefix, places = prefix + places[0].prefix, places[0].places
    return (Factor("tokens", size, 1, prefix, places),)


def _sliced(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    before = _first(sources)
    at = _at(node._saved_dim, len(shape))
    axes = [*before[:at], _resized(before[at], shape[at]), *before[at + 1 :]]
    if len(before[at]) == 1 and before[at][0].label == "tokens" and node._saved_step == 1:
        tokens = before[at][0]
        start, count = _at(node._saved_start or 0, tokens.size), axes_size(tokens.places)
        prefix = tokens.prefix - start
        if prefix == 0 and count == shape[at]:  # x[:, 1:], the class token left out
            axes[at] = tokens.places
        elif prefix >= 0 and prefix + count <= shape[at]:
            axes[at] = (Factor("tokens", shape[at], 1, prefix, tokens.places),)
    return tuple(axes)


def _split(_node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    """Return the axes of a part whose place is not known: of tokens, it may hold any."""
    return tuple(
        axis
        if axes_size(axis) == size
        else _whole("units" if labels_in(axis) == {"units"} else "other", size)
        for axis, size in zip(_first(sources), shape, strict=True)
    )


def _stacked(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    axes = list(_first(sources))
    at = _at(node._saved_dim, len(shape))
    return (*axes[:at], _whole("other", shape[at]), *axes[at:])


def _convolved(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    return _mixed(_elementwise(node, shape, sources[:1] if sources[0] else sources), 1, shape[1])


def _multiplied(_node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    """Return the axes of a matrix product, of which one factor may be weights."""
    left, right = sources[-2:]
    if left is not None and right is None:
        return _mixed(left, len(left) - 1, shape[-1])
    if left is None and right is not None:  # weights from the left mix rows, not units
        return (*right[:-2], _whole("other", shape[-2]), right[-1])
    # Attention: rows of the weights of the queries, units of the values.
    return (*_first([left])[:-1], _first([right])[-1])


def _scaled(last: bool) -> AxisRule:
    """Return the rule of a norm that scales along the last axis, or along that after the batch."""

    def rule(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
        axes = _elementwise(node, shape, sources)
        at = len(shape) - 1 if last else 1
        has_units = any("units" in labels_in(axis) for axis in axes)
        # Of a series it is not known before; a norm within heads does not make units of them.
        return axes if has_units else (*axes[:at], _whole("units", shape[at]), *axes[at + 1 :])

    return rule


def _linear(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    return _multiplied(node, shape, [sources[0], sources[1]])


def _attended(_node: Any, _shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    return _first(sources[:1] if sources[0] else sources)  # one answer for each query


def _scattered(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    """Return the axes where places have been put in another order, or taken together."""
    axes = _first(sources)
    if len(axes) != len(shape):
        return _blank(shape)
    return tuple(
        axis if axes_size(axis) == size and not labels_in(axis) & {*PICTURE, "tokens"}
        else _whole("other", size)
        for axis, size in zip(axes, shape, strict=True)
    )  # fmt: skip


def _unfolded(node: Any, shape: tuple[int, ...], sources: list[Axes | None]) -> Axes:
    """Return the axes of patches (B, C k k, places), as `torch.nn.Unfold` cuts them."""
    axes = _first(sources)
    options = (node._saved_kernel_size, node._saved_stride, node._saved_padding,
               node._saved_dilation)  # fmt: skip
    counts = [
        (axes_size(axis) + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
        for axis, kernel, stride, padding, dilation in zip(axes[-2:], *options, strict=True)
    ]
    clear = [labels_in(axis) <= {label} for axis, label in zip(axes[-2:], PICTURE, strict=True)]
    if len(axes) != 4 or len(shape) != 3 or not all(clear):
        return _blank(shape)
    places = tuple(Factor(*each) for each in zip(PICTURE, counts, strict=True) if each[1] != 1)
    return axes[0], _whole("units", shape[1]), places


def _mixed(axes: Axes, at: int, size: int) -> Axes:
    """Return the axes after weights have mixed all that was along one of them."""
    elsewhere = any("units" in labels_in(axis) for n, axis in enumerate(axes) if n != at)
    if elsewhere and axes[at] and labels_in(axes[at]) <= {*PICTURE, "tokens"}:
        # Places are mixed, as in an MLP-Mixer: each channel by itself.
        return (*axes[:at], _whole("other", size), *axes[at + 1 :])
    # Units are what the weights give; what was left of those before is not one's own.
    rest = [_whole("other", axes_size(a)) if "units" in labels_in(a) else a for a in axes]
    rest[at] = (Factor("units", size),) if size != 1 else ()
    return _coarse(rest)


def _coarse(axes: Sequence[Axis]) -> Axes:
    """Return axes whose finest places are steps of one: patches instead of their pixels."""
    finest = {
        label: min((f.stride for axis in axes for f in axis if f.label == label), default=1)
        for label in PICTURE
    }
    return tuple(
        tuple(f._replace(stride=f.stride // finest.get(f.label, 1)) for f in axis) for axis in axes
    )


_RULES: dict[str, AxisRule] = {
    "Permute": _permuted, "Transpose": _transposed, "T": _reversed,
    "Im2Col": _unfolded, "Cat": _concatenated, "Stack": _stacked, "Slice": _sliced,
    "Split": _split, "SplitWithSizes": _split,
    "Addmm": _multiplied, "Mm": _multiplied, "Bmm": _multiplied, "Baddbmm": _multiplied,
    "Linear": _linear, "MkldnnLinear": _linear,
    **dict.fromkeys(("Index", "IndexSelect", "Gather", "Take", "Flip", "Sort", "Topk", "AsStrided",
                     "Unfold", "Col2Im", "Scatter", "IndexPut", "GridSampler2D"),
                    _scattered),
}  # fmt: skip

_FAMILIES: dict[str, AxisRule] = {
    "View|UnsafeView|Reshape|Squeeze|Unsqueeze": _regrouped,
    ".*Conv": _convolved,
    ".*(Batch|Group)Norm": _scaled(last=False),
    "NativeLayerNorm|FusedRmsNorm": _scaled(last=True),
    "ScaledDotProduct": _attended,
}


def _rule(kind: str) -> AxisRule:
    """Return how a kind of step treats axes; most leave them where they are."""
    families = (rule for words, rule in _FAMILIES.items() if re.match(words, kind))
    return _RULES.get(kind) or next(families, _elementwise)
