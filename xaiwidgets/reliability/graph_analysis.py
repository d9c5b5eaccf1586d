"""What layers do in a network, found out on one picture: what a pass over a path may leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.evaluation import undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability.inputs import called
from xaiwidgets.reliability.tracing import (
    Trace,
    carries_all,
    gradients,
    linear_from_here,
    no_path,
)
from xaiwidgets.reliability.units import folded, layers_of


@dataclass(frozen=True)
class Survey:
    """How a network may be asked about some of its layers.

    Attributes
    ----------
    layers : tuple of str
    late : bool
        Whether the graph may begin at the layers.
    constant : bool
        Whether the slope is the same everywhere, because all that follows the layers is linear.
    carries_all : dict of bool
        By layer, whether every way from the picture to the scores leads through it once.
    classes : int
        How many scores there are.
    """

    layers: tuple[str, ...]
    late: bool
    constant: bool
    carries_all: dict[str, bool]
    classes: int


def survey(
    network: PreparedNetwork, layers: Sequence[str], image: Tensor
) -> tuple[PreparedNetwork, Survey]:
    """Return what one picture (1, ...) tells, and the copy of the network to ask from now on.

    What is known of a network is not found out again.

    Raises
    ------
    InputError
        If a layer is not called.
    ModelError
        If the network fails, or no gradient reaches the scores from a layer.
    """
    if not network.private:  # a user may change it; what was true of it need not be
        network(image)
        return network, _surveyed(network, layers, image)
    known = _KNOWN.setdefault(network.net, {})
    key = (tuple(layers), tuple(image.shape))
    if key not in known:
        network(image)  # says best what is wrong with a network, or with the image for it
        known[key] = _best(network, layers, image)
    found, quick = known[key]
    return quick or network, found


def _best(
    network: PreparedNetwork, layers: Sequence[str], image: Tensor
) -> tuple[Survey, PreparedNetwork | None]:
    """Return what is found, with the quick copy of the network if that bears the questions."""
    try:
        quick = _quick(network, layers, image)
        return _surveyed(quick, layers, image), quick
    except ModelError:
        return _surveyed(network, layers, image), None


def _quick(network: PreparedNetwork, layers: Sequence[str], image: Tensor) -> PreparedNetwork:
    """Return a copy with batch norms merged, but for those of layers that are asked about."""
    known = [name for name, _ in network.net.named_modules()]
    asked = [network.net.get_submodule(called(layer, known)[0]) for layer in layers]
    free = [
        layer
        for layer in layers_of(network, image)
        if layer.norm and not any(network.net.get_submodule(n) in asked for n in layer.modules)
    ]
    made = _COPIES.setdefault(network.net, {})
    key = (tuple(layer.name for layer in free), tuple(image.shape))
    if key not in made:
        made[key] = folded(network, free, image)
    return made[key]


@contextmanager
def graph(network: PreparedNetwork, trace: Trace) -> Iterator[None]:
    """Evaluate a network so that gradients can be asked for, and hear what `trace` wants."""
    with undisturbed(network.net), torch.enable_grad(), trace.listening():
        yield


def scores_of(network: PreparedNetwork, batch: Tensor) -> Tensor:
    """Return the logits (B, K) of a prepared batch, with their graph where one is recorded."""
    try:
        logits = network.net(batch)
    except Exception as error:
        raise ModelError(
            f"the network raised {type(error).__name__} while its layers were listened to: {error}"
        ) from error
    if not bool(torch.isfinite(logits).all()):
        raise ModelError("the network's logits are NaN or infinite on the way to an image")
    return cast(Tensor, logits)


def _surveyed(network: PreparedNetwork, layers: Sequence[str], image: Tensor) -> Survey:
    whole = Trace(network.net, layers)
    begin = network.prepare(image).requires_grad_()
    carried = {}
    with graph(network, whole):
        logits = scores_of(network, begin.clone())
        for layer in layers:
            calls = whole.calls(layer)
            if any(len(call.value) != 1 for call in calls):
                raise InputError(
                    f"layer {layer!r} answers with {tuple(calls[0].value.shape)} for one image; "
                    "its first axis must be that of the batch. Name another layer"
                )
            if any(slope is None for slope in gradients(logits, calls)):
                raise no_path(layer)
            carried[layer] = carries_all(logits, calls, begin)
    # A module that overwrites its input, and whose answer is ignored, is not cut off like this.
    late = Trace(network.net, layers)
    with graph(network, late):
        logits = scores_of(network, network.prepare(image))
        found = gradients(logits, [call for layer in layers for call in late.calls(layer)])
        reached = all(slope is not None for slope in found)
        constant = reached and linear_from_here(logits)
    return Survey(tuple(layers), reached, constant, carried, logits.shape[1])


# The copies are of the keys, so that nothing here keeps a key alive.
_COPIES: WeakKeyDictionary[nn.Module, dict[object, PreparedNetwork]] = WeakKeyDictionary()
_KNOWN: WeakKeyDictionary[nn.Module, dict[object, tuple[Survey, PreparedNetwork | None]]]
_KNOWN = WeakKeyDictionary()
