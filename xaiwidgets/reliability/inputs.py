"""What is asked about: pictures, their labels, classes, layers; checked before any work is done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline, baseline_picture

if TYPE_CHECKING:
    from xaiwidgets.network import Network


def labelled(
    model: Network, name: str, data: Any, shape: Sequence[int] | None = None
) -> tuple[Tensor, Any]:
    """Return the inputs of `data` = (images, labels), and the labels, not yet checked."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise InputError(f"{name} must be a pair (images, labels)")
    return model.batch(data[0], shape), data[1]


def names_of(net: nn.Module, layers: str | Sequence[str]) -> list[str]:
    """Return the names of layers, or say which the network does not have.

    A layer that is called several times is a sum over its calls; ``name[1]`` is its second call.
    """
    listed = [layers] if isinstance(layers, str) else list(layers)
    if not listed:
        raise InputError("layers is empty; name at least one layer")
    known = [name for name, _ in net.named_modules() if name]
    for layer in listed:
        if not isinstance(layer, str):
            raise InputError(f"layer {layer!r} must be the name of a module")
        if layer not in known and called(layer, known)[0] not in known:
            raise InputError(f"the network has no layer {layer!r}{nearest(layer, known)}")
    return list(dict.fromkeys(listed))


def called(layer: str, known: Sequence[str]) -> tuple[str, int | None]:
    """Return a module's name, and the number of its call if `layer` says one: ``name[1]``."""
    if layer in known or not layer.endswith("]") or "[" not in layer:
        return layer, None
    name, _, number = layer[:-1].rpartition("[")
    return (name, int(number)) if number.isdigit() else (layer, None)


def starts(batch: Tensor, baseline: Baseline) -> Tensor:
    """Return where the path to each picture begins: (1, ...) if it is the same for all."""
    shape = tuple(batch.shape[1:])
    if isinstance(baseline, Tensor):
        whole = baseline.detach().to(batch)
        whole = whole[None] if tuple(whole.shape) == shape else whole
        if tuple(whole.shape) not in ((1, *shape), tuple(batch.shape)):
            raise InputError(
                f"baseline is {tuple(baseline.shape)}; use a number, a name, or a tensor {shape}"
            )
        return whole
    if isinstance(baseline, str):
        return torch.stack([baseline_picture(picture, baseline) for picture in batch])
    number = isinstance(baseline, int | float) and not isinstance(baseline, bool)
    if not number or not math.isfinite(baseline):
        raise InputError(f"baseline is {baseline!r}; use a number, a name, or a tensor {shape}")
    return torch.full_like(batch[:1], baseline)


def share_of(name: str, value: object) -> float:
    """Return a number above 0, up to 1, or say that it is none."""
    number = isinstance(value, int | float | np.floating) and not isinstance(value, bool)
    if not number or not 0 < float(value) <= 1:  # type: ignore[arg-type]
        raise InputError(f"{name} is {value!r}; use a number above 0, at most 1")
    return float(value)  # type: ignore[arg-type]
