"""How the graph of a network lies around some layers: what a pass over a path may leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.evaluation import undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability._inputs import split_call
from xaiwidgets.reliability._layout import channel_axis
from xaiwidgets.reliability._trace import (
    Trace,
    TracedCall,
    carries_all,
    gradients,
    linear_from_here,
    no_path,
)
from xaiwidgets.reliability._units import layers_of, merge_batch_norms

if TYPE_CHECKING:
    from xaiwidgets.network import Network


@dataclass(frozen=True)
class GraphAnalysis:
    """How a network may be evaluated for some of its layers.

    Attributes
    ----------
    layers : tuple of str
    late : bool
        Whether the graph may begin at the layers.
    constant : bool
        Whether the slope is the same everywhere, because all that follows the layers is linear.
    carries_all : dict of bool
        By layer, whether every way from the picture to the scores leads through it once.
    axes : dict of int or None
        By layer, the axis of its channels, if the graph tells.
    shapes : dict of tuple
        By layer, the shape of what it gives for one picture.
    """

    layers: tuple[str, ...]
    late: bool
    constant: bool
    carries_all: dict[str, bool]
    axes: dict[str, int | None]
    shapes: dict[str, tuple[int, ...]]

    def channel_axes(self, layout: str | None) -> dict[str, int]:
        """Return each layer's axis of channels: of a given layout, or as the graph tells."""
        axes = {}
        for layer in self.layers:
            count = len(self.shapes[layer])
            axis = self.axes[layer]
            if layout is not None and count > 2:
                axis = 1 if layout == "channels_first" else count - 1
            if axis is None:
                raise InputError(
                    f"layer {layer!r} gives {self.shapes[layer]} for one image, and it cannot be "
                    "told which axis counts its feature maps; give conductance "
                    "layout='channels_first' or 'channels_last', or name another layer"
                )
            axes[layer] = axis
        return axes


def analyse(
    model: Network, layers: Sequence[str], image: Tensor
) -> tuple[PreparedNetwork, GraphAnalysis]:
    """Return the copy of the network to evaluate, and what one picture (1, ...) tells of its graph.

    Remembered as long as the weights are the same.

    Raises
    ------
    InputError
        If a layer is not called.
    ModelError
        If the network fails, or no gradient reaches the scores from a layer.
    """
    network = model.private()

    def best() -> tuple[PreparedNetwork, GraphAnalysis]:
        network(image)  # says best what is wrong with a network, or with the image for it
        if not network.private:
            return network, _analysed(network, layers, image)
        try:
            quick = _quick(model, layers, image)
            return quick, _analysed(quick, layers, image)
        # Merged batch norms are only quicker, so a network that does not bear them goes without.
        except ModelError:
            return network, _analysed(network, layers, image)

    if not network.private:  # a user may change it; what was true of it need not be
        return best()
    return model.derived("graph analysis", (tuple(layers), tuple(image.shape)), best)


def _quick(model: Network, layers: Sequence[str], image: Tensor) -> PreparedNetwork:
    """Return a copy with batch norms merged, but for those of layers that are named."""
    network = model.private()
    names = [name for name, _ in network.net.named_modules()]
    named = [network.net.get_submodule(split_call(layer, names)[0]) for layer in layers]
    # A layer that is asked about keeps its batch norm: merged, it would give other numbers.
    free = [
        layer
        for layer in layers_of(network, image)
        if layer.norm and not any(network.net.get_submodule(n) in named for n in layer.modules)
    ]
    key = (tuple(layer.name for layer in free), tuple(image.shape))
    return model.derived("merged copy", key, lambda: merge_batch_norms(network, free, image))


@contextmanager
def record_graph(network: PreparedNetwork, trace: Trace) -> Iterator[None]:
    """Evaluate a network so that gradients can be named for, and hear what `trace` wants."""
    # In this order: `undisturbed` turns gradients off.
    with undisturbed(network.net), torch.enable_grad(), trace.listening():
        yield


def finite_logits(network: PreparedNetwork, batch: Tensor) -> Tensor:
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


def _analysed(network: PreparedNetwork, layers: Sequence[str], image: Tensor) -> GraphAnalysis:
    # The graph from the picture on, to see which ways to the scores a layer leaves out.
    whole = Trace(network.net, layers)
    begin = network.prepare(image).requires_grad_()
    carried, axes, shapes = {}, {}, {}
    with record_graph(network, whole):
        # A clone, because a network may overwrite its input, which a leaf forbids.
        logits = finite_logits(network, begin.clone())
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
            axes[layer] = _axis(calls, image)
            shapes[layer] = tuple(calls[0].value.shape)
    # A module that overwrites its input, and whose answer is ignored, is not cut off like this.
    late = Trace(network.net, layers)
    with record_graph(network, late):
        logits = finite_logits(network, network.prepare(image))
        slopes = gradients(logits, [call for layer in layers for call in late.calls(layer)])
        reached = all(slope is not None for slope in slopes)
        # Told by this graph alone, which holds nothing from before the layers.
        constant = reached and linear_from_here(logits)
    return GraphAnalysis(tuple(layers), reached, constant, carried, axes, shapes)


def _axis(calls: Sequence[TracedCall], image: Tensor) -> int | None:
    """Return the axis of the channels, if it is clear and the same for all calls of a layer."""
    axes = {
        channel_axis(call.edge.node, call.edge.output_nr, image.shape)
        for call in calls
        if call.edge is not None
    }
    return axes.pop() if len(axes) == 1 else None
