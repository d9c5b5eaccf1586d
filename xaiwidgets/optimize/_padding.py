"""Convolutions that pad what they are given themselves, on any side."""

from __future__ import annotations

from typing import TypeGuard

from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.optimize._observation import Call

Sides = tuple[int, int, int, int]
"""Left, right, top and bottom, as torch has them."""


def pads_with_zeros(layer: nn.Module) -> TypeGuard[nn.ZeroPad2d]:
    """Return whether all that a layer does is to put zeros around what it is given."""
    return (
        isinstance(layer, nn.ZeroPad2d)
        and type(layer).forward is nn.ZeroPad2d.forward
        and min(layer.padding) >= 0  # else it crops
        and not layer._forward_hooks
        and not layer._forward_pre_hooks
    )


def plain_convolution(layer: nn.Conv2d, call: Call) -> nn.Module:
    """Return what a layer is if it only pads with zeros, as many as its answer's size tells."""
    missing = [
        # torch's formula for the size of an answer, solved for the padding.
        max(0, (outputs - 1) * stride + dilation * (kernel - 1) + 1 - inputs)
        for inputs, outputs, kernel, stride, dilation in zip(
            call.input.shape[2:], call.output.shape[2:], layer.kernel_size, layer.stride,
            layer.dilation, strict=True,
        )
    ]  # fmt: skip
    (rows, columns) = missing
    # An odd pixel goes to the right or below, as TensorFlow's "same" has it.
    sides = (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
    plain = _convolution(layer, layer.get_parameter("weight"), (0, 0))
    return with_padding(plain, sides) or nn.Sequential(nn.ZeroPad2d(sides), plain)


def with_padding(layer: nn.Conv2d, sides: Sides) -> nn.Conv2d | None:
    """Return a plain convolution that also pads by `sides`; None where that is no quicker.

    Torch pads both sides alike. Where one needs less, the kernel is as much longer there, by zeros:
    of one channel that costs less than to copy what it is given, of many it costs more.
    """
    left, right, top, bottom = sides
    weight, (rows, columns) = layer.get_parameter("weight"), map(int, layer.padding)
    longer = [right - left, left - right, bottom - top, top - bottom]
    if any(longer):
        if weight.shape[1] > 1 or max(layer.dilation) > 1:
            return None
        zeros = [max(0, each) for each in longer]
        weight = nn.Parameter(functional.pad(weight.detach(), zeros), requires_grad=False)
    padding = rows + max(top, bottom), columns + max(left, right)
    return _convolution(layer, weight, padding)


def _convolution(layer: nn.Conv2d, weight: Tensor, padding: tuple[int, int]) -> nn.Conv2d:
    # Without memory of its own: sizes and bias are those of the layer.
    plain = nn.Conv2d(1, 1, 1, device="meta")
    for name in ("in_channels", "out_channels", "groups"):
        setattr(plain, name, getattr(layer, name))
    # Some kinds keep a list.
    plain.stride, plain.dilation = (tuple(each) for each in (layer.stride, layer.dilation))
    plain.kernel_size, plain.padding = tuple(weight.shape[2:]), padding
    plain.weight, plain.bias = weight, layer._parameters["bias"]
    return plain
