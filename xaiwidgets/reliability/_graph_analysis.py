"""How the graph of a network lies around some layers: what a pass over a path may leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from xaiwidgets.anatomy import check_units, unknown_grid
from xaiwidgets.axes import AxesReader
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.grids import Grid, grid_of
from xaiwidgets.inference import undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability._inputs import split_call
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
    grids : dict of Grid or None
        By layer, how its answer lies, if that is told by the graph or was by `Network.set_grid`.
    shapes : dict of tuple
        By layer, the shape of what it gives for one picture.
    """

    layers: tuple[str, ...]
    late: bool
    constant: bool
    carries_all: dict[str, bool]
    grids: dict[str, Grid | None]
    shapes: dict[str, tuple[int, ...]]

    def channel_axes(self, layout: str | None) -> dict[str, int]:
        """Return each layer's axis of units: of a given layout, or of its grid."""
        axes = {}
        for layer in self.layers:
            count = len(self.shapes[layer])
            grid = self.grids[layer]
            if grid is not None:
                check_units(layer, grid, self.shapes[layer])
            axis = None if grid is None else grid.units
            if layout is not None and count > 2:
                axis = 1 if layout == "channels_first" else count - 1
            if axis is None:
                raise unknown_grid(layer, self.shapes[layer])
            axes[layer] = axis
        return axes


def analyse_graph(
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
    network = model.copies.private(image)

    def best() -> tuple[PreparedNetwork, GraphAnalysis]:
        network(image)  # says best what is wrong with a network, or with the image for it
        if not network.private:
            return network, _analysed(network, layers, image, model)
        try:
            quick = _quick(model, layers, image)
            return quick, _analysed(quick, layers, image, model)
        # Merged batch norms are only quicker, so a network that does not bear them goes without.
        except ModelError:
            return network, _analysed(network, layers, image, model)

    if not network.private:  # a user may change it; what was true of it need not be
        return best()
    return model.derived("graph analysis", (tuple(layers), tuple(image.shape)), best)


def _quick(model: Network, layers: Sequence[str], image: Tensor) -> PreparedNetwork:
    """Return a copy with batch norms merged, but for those of layers that are named."""
    network = model.copies.private(image)
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
    # Minus infinity is a class that is impossible, as `evaluate` has it.
    if bool((logits.isnan() | (logits == torch.inf)).any()):
        raise ModelError("the network's logits are NaN or infinite on the way to an image")
    return cast(Tensor, logits)


def _analysed(
    network: PreparedNetwork, layers: Sequence[str], image: Tensor, model: Network
) -> GraphAnalysis:
    # The graph from the picture on, to see which ways to the scores a layer leaves out.
    whole = Trace(network.net, layers)
    begin = network.prepare(image).requires_grad_()
    reader = AxesReader(begin)
    carried, grids, shapes = {}, {}, {}
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
            grids[layer] = model.grids.get(layer) or _grid(calls, reader)
            shapes[layer] = tuple(calls[0].value.shape)
            if grids[layer] is None:  # after a detach, say, the graph has nothing of the picture
                grids[layer] = model.anatomy(image[0]).grids.get(layer)
    # A module that overwrites its input, and whose answer is ignored, is not cut off like this.
    late = Trace(network.net, layers)
    with record_graph(network, late):
        logits = finite_logits(network, network.prepare(image))
        slopes = gradients(logits, [call for layer in layers for call in late.calls(layer)])
        reached = all(slope is not None for slope in slopes)
        # Told by this graph alone, which holds nothing from before the layers.
        constant = reached and linear_from_here(logits)
    return GraphAnalysis(tuple(layers), reached, constant, carried, grids, shapes)


def _grid(calls: Sequence[TracedCall], reader: AxesReader) -> Grid | None:
    """Return how answers lie, if that is clear and the same for all calls of a layer."""
    grids = {
        grid_of(reader.axes(call.edge.node, call.edge.output_nr))
        for call in calls
        if call.edge is not None
    }
    return grids.pop() if len(grids) == 1 else None
