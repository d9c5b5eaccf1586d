"""What functions of the room are called with: pictures, labels, layers, baselines, shares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.checks import is_finite, nearest, number
from xaiwidgets.derivation import with_steady_weights
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline, baseline_picture
from xaiwidgets.network import EXAMPLES, require_network
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture
    from xaiwidgets.optimize import PreparedNetwork

Images: TypeAlias = "Tensor | NDArray[np.uint8] | Sequence[Picture]"
"""A float tensor (B, ...), which passes through, or pictures that are preprocessed."""

ClassNames: TypeAlias = "Tensor | NDArray[Any] | Sequence[int | str]"
"""Classes by number or name, one for each picture."""

_TOGETHER = {"cpu": (64, 2**17), "cuda": (1024, 2**22)}
"""Pictures, and numbers in them, that are evaluated between two reports of progress.

Of votes, what all modules give for them is kept in memory meanwhile."""


def labelled_images(
    model: Network,
    name: str,
    data: tuple[Images, ClassNames],
    shape: Sequence[int] | None = None,
) -> tuple[Tensor, NDArray[np.int64]]:
    """Return the inputs (B, ...) and class numbers (B,) of `data` = (images, labels)."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise InputError(f"{name} must be a pair (images, labels)")
    batch = require_network(model).batch(data[0], shape)
    return batch, label_numbers(model, data[1], batch)


def label_numbers(model: Network, labels: ClassNames, batch: Tensor) -> NDArray[np.int64]:
    """Return the true classes (B,) of a batch as numbers."""
    classes = class_count(model, batch)
    numbers: NDArray[np.int64] = model.class_numbers(
        labels, len(batch), classes, name="labels", each=True
    ).numpy()
    return numbers


def check_apart(training: Tensor, validation: Tensor, overlap: str) -> None:
    """Raise InputError if inputs (B, ...) to check with are inputs to learn from, bit by bit."""
    if overlap not in ("refuse", "allow"):
        raise InputError(f"overlap is {overlap!r}; use 'refuse' or 'allow'")
    if overlap == "allow":
        return
    if both := overlap_of(validation, training):
        raise InputError(
            f"{both} of the {len(validation)} validation images {'is' if both == 1 else 'are'} "
            "among the training images, too; what is promised there would be too good. Take other "
            "images, or say overlap='allow'"
        )


def overlap_of(batch: Tensor, others: Tensor) -> int:
    """Return how many inputs (B, ...) are among others (C, ...), bit by bit.

    Examples
    --------
    >>> batch = torch.eye(3)
    >>> overlap_of(batch, batch[1:])
    2
    """
    checksums = set(_checksums(others))
    return sum(checksum in checksums for checksum in _checksums(batch))


def _checksums(batch: Tensor) -> list[bytes]:
    rows = batch.detach().cpu().contiguous().numpy()
    # Checksums instead of the pictures: 60,000 photographs are 36 GB, their checksums 1 MB.
    return [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rows]


def class_count(model: Network, batch: Tensor) -> int:
    """Return how many classes there are; where they have no names, one picture tells."""
    if model.classes is not None:
        return len(model.classes)
    key = tuple(batch.shape[1:])
    return model.derived("class count", key, lambda: model.logits(batch[:1]).shape[1])


def chunks(batch: Tensor, network: PreparedNetwork) -> Sequence[Tensor]:
    """Return the places of the pictures that are evaluated together: they stay in the cache."""
    most, numbers = _TOGETHER.get(network.device.type, _TOGETHER["cpu"])
    most = most if network.divisible else 1
    return torch.split(
        torch.arange(len(batch), device="cpu"), max(1, min(most, numbers // batch[0].numel()))
    )


@work
def network_logits(model: Network, batch: Tensor) -> Steps[Tensor]:
    """Return the network's logits (B, K), a few pictures between two reports of progress."""
    return with_steady_weights(_network_logits(model, batch))


def _network_logits(model: Network, batch: Tensor) -> Steps[Tensor]:
    parts = []
    model.weights(anew=True)
    for rows in chunks(batch, model.copies.private(batch[:EXAMPLES])):
        parts.append(model.logits(batch[rows]))
        yield Progress(int(rows[-1]) + 1, len(batch), "asking the network")
    return torch.cat(parts)


def layer_names(net: nn.Module, layers: str | Sequence[str]) -> list[str]:
    """Return the names of layers, or say which the network does not have.

    A layer that is called several times is a sum over its calls; ``name[1]`` is its second call.
    """
    if not isinstance(layers, str | Iterable) or isinstance(layers, nn.Module) or not layers:
        raise InputError(f"layers is {layers!r}; name at least one of model.layers")
    listed = [layers] if isinstance(layers, str) else list(layers)
    # The nameless module is the network itself, whose answer is the score to be explained.
    names = [name for name, _ in net.named_modules() if name]
    for layer in listed:
        if not isinstance(layer, str):
            raise InputError(f"layer {layer!r} must be the name of a module")
        if split_call(layer, names)[0] not in names:
            raise InputError(f"the network has no layer {layer!r}{nearest(layer, names)}")
    return list(dict.fromkeys(listed))


def layer_name(net: nn.Module, layer: str) -> str:
    """Return the name of one layer, or say that the network does not have it."""
    if not isinstance(layer, str):
        raise InputError(f"layer is {layer!r}; give the name of one layer")
    return layer_names(net, layer)[0]


def split_call(layer: str, names: Sequence[str]) -> tuple[str, int | None]:
    """Return a module's name, and the number of its call if `layer` says one: ``name[1]``."""
    # First of all a name as it is, because a module's own may end in brackets.
    if layer in names or not layer.endswith("]") or "[" not in layer:
        return layer, None
    name, _, number = layer[:-1].rpartition("[")
    return (name, int(number)) if number.isdigit() else (layer, None)


def path_starts(batch: Tensor, baseline: Baseline) -> Tensor:
    """Return where the path to each picture begins: (1, ...) if it is the same for all."""
    shape = tuple(batch.shape[1:])
    if isinstance(baseline, Tensor):
        start = baseline.detach().to(batch)
        start = start[None] if tuple(start.shape) == shape else start
        if tuple(start.shape) not in ((1, *shape), tuple(batch.shape)):
            raise InputError(
                f"baseline is {tuple(baseline.shape)}; use a number, a name, or a tensor {shape}"
            )
        return start
    # A blur or a mean is of each picture, so that every path begins elsewhere.
    if isinstance(baseline, str):
        return torch.stack([baseline_picture(picture, baseline) for picture in batch])
    if not is_finite(baseline):
        raise InputError(f"baseline is {baseline!r}; use a number, a name, or a tensor {shape}")
    # One row serves all: it is evaluated once, and not once a picture.
    return torch.full_like(batch[:1], float(baseline))


def share_of(name: str, value: float) -> float:
    """Return a number above 0, up to 1, or say that it is none."""
    return number(name, value, above=0, most=1)
