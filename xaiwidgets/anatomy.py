"""What one pass tells of a network's layers: how their answers lie, and where its stages end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge
from torch.nn import functional

from xaiwidgets.axes import AxesReader
from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.grids import Grid, grid_of
from xaiwidgets.inference import undisturbed
from xaiwidgets.layers import Tap, called_once, first_tensor

Edge = tuple[Any, int]
"""A step of autograd's graph, and which of its results is meant."""


class LayerAnswer(NamedTuple):
    """What a layer answered in a pass, and where that and its input are in the graph."""

    module: nn.Module
    value: Tensor
    edge: Edge | None
    source: Edge | None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the answer."""
        return tuple(self.value.shape)

    def slopes(self, layer: str, scores: Tensor) -> Tensor:
        """Return the gradient of a sum of scores with respect to the answer of `layer`."""
        slopes: Tensor | None = None
        if self.edge is not None and scores.requires_grad:
            edge = GradientEdge(*self.edge)
            (slopes,) = torch.autograd.grad(
                scores.sum(), [edge], retain_graph=True, allow_unused=True
            )
        if slopes is None:
            raise ModelError(
                f"no gradient reaches the class scores from layer {layer!r}: what it gives is not "
                "used, or is cut off (detach, no_grad, rounding or NumPy on the way); name another "
                "layer"
            )
        return slopes


class Reading(NamedTuple):
    """What one pass with gradients tells of layers; see `Anatomy`."""

    grids: dict[str, Grid | None]
    outputs: dict[str, Tensor]
    trunk: tuple[str, ...]


class Anatomy:
    """What is known of the layers of a network for inputs of one shape, looked up when needed.

    Parameters
    ----------
    network : PreparedNetwork
    image : Tensor (1, ...)
    stated : mapping from layer to Grid
        Those that need not be found out.
    """

    def __init__(self, network: Prepared, image: Tensor, stated: Mapping[str, Grid]) -> None:
        self._network, self._image, self._stated = network, image, stated

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The modules that answer once, with a row for each input, in the order of the calls."""
        network, image = self._network, self._image
        return called_once(network.net, lambda count: network(torch.cat([image] * count)))

    @cached_property
    def _reading(self) -> Reading:
        # Apart from `layers`, because it takes a pass with gradients, which some networks refuse.
        return _read(self._network, self.layers, self._image, self._stated)

    @property
    def grids(self) -> dict[str, Grid | None]:
        """By layer, how its answer is laid out; None where that cannot be told."""
        return self._reading.grids

    @property
    def outputs(self) -> dict[str, Tensor]:
        """By layer, the shape and type of its answer to one picture: tensors without numbers."""
        return self._reading.outputs

    @property
    def trunk(self) -> tuple[str, ...]:
        """The layers that all that reaches the scores passes through, from the picture on.

        No branches, nothing inside an attention, no norm or padding of another layer's answer.
        """
        return self._reading.trunk

    @property
    def stages(self) -> tuple[str, ...]:
        """The last layer of the trunk at each resolution; all of it where there is only one."""
        groups: dict[tuple[int, int], list[str]] = {}
        for name in self.trunk:
            groups.setdefault(self._size(name), []).append(name)
        several = [size for size in groups if size != (1, 1)] or [*groups]
        # A transformer has one resolution, and each of its blocks is a stage.
        chosen = {
            name
            for size, group in groups.items()
            for name in (group if several == [size] else [self._end(group)])
        }
        return tuple(name for name in self.trunk if name in chosen)

    def _size(self, layer: str) -> tuple[int, int]:
        grid = self.grids[layer]
        return (0, 0) if grid is None else (grid.rows, grid.columns)

    def _end(self, group: Sequence[str]) -> str:
        """Return the last layer that does not begin a block, which leads to another resolution."""
        return next((name for name in reversed(group) if not self._begins_block(name)), group[-1])

    def _begins_block(self, layer: str) -> bool:
        parts = layer.split(".")
        for parent in (".".join(parts[:count]) for count in range(1, len(parts))):
            if parent in self.grids and self._size(parent) != self._size(layer):
                inside = [name for name in self.grids if name.startswith(f"{parent}.")]
                # A container of several blocks has more.
                if len({self._size(name) for name in inside} - {(0, 0), (1, 1)}) <= 2:
                    return True
        return False

    def grid(self, layer: str) -> Grid:
        """Return how a layer's answer is laid out, or say what to do where that is not known."""
        if layer not in self.layers:
            hint = nearest(layer, self.layers)
            raise InputError(f"no layer {layer!r} answers once a picture{hint}")
        grid = self.grids[layer]
        if grid is None:
            raise unknown_grid(layer, self.outputs[layer].shape)
        check_units(layer, grid, self.outputs[layer].shape)
        return grid

    def tap(self, layer: str) -> Tap:
        """Return how what a layer gives becomes a vector; see `Tapped`."""
        grid, output = self.grid(layer), self.outputs[layer]
        if output.ndim < 2 or not output.is_floating_point() or not grid.fits(output.shape):
            raise ModelError(
                f"layer {layer!r} answers with {output.dtype} of shape {tuple(output.shape)}; a "
                f"probe needs floats with an axis for the batch and at least one more ({grid})"
            )
        return Tap.of(layer, grid, output)


def check_units(layer: str, grid: Grid, shape: Sequence[int]) -> None:
    """Raise InputError if an answer has not the axis of units that somebody has said it has."""
    if len(shape) > 1 and not 1 <= grid.units < len(shape):
        raise InputError(
            f"layer {layer!r} gives {tuple(shape)} for one image, which has no axis "
            f"{grid.units} of units; say another one: model.set_grid({layer!r}, Grid(units=...))"
        )


def unknown_grid(layer: str, shape: Sequence[int]) -> InputError:
    """Return the error of a layer whose axes cannot be told."""
    return InputError(
        f"layer {layer!r} gives {tuple(shape)} for one image, and it cannot be told which axis "
        "counts its feature maps (of an attention, say, none does); name another layer, or say it: "
        f"model.set_grid({layer!r}, xaiwidgets.Grid(units=...)), in conductance also by "
        "layout='channels_first' or 'channels_last'"
    )


class Prepared(Protocol):
    """A network and what has to be done to its inputs."""

    @property
    def net(self) -> nn.Module:
        """The network."""

    def prepare(self, batch: Tensor) -> Tensor:
        """Return a batch as the network takes it."""

    def __call__(self, batch: Tensor) -> Tensor:
        """Return logits (B, K)."""


def _read(
    network: Prepared, layers: Sequence[str], image: Tensor, stated: Mapping[str, Grid]
) -> Reading:
    """Return what passes of one image (1, ...) tell of layers that are called once."""
    net = network.net
    with torch.inference_mode(False), undisturbed(net), torch.enable_grad():
        begin = network.prepare(image).requires_grad_()
        with recording(net, layers) as answers:
            try:
                # A clone, because a network may overwrite its input, which a leaf forbids.
                scores = first_tensor(net(begin.clone()))
            except Exception as error:
                raise ModelError(
                    f"the network raised {type(error).__name__} while its layers were listened "
                    f"to: {error}"
                ) from error
    reader = AxesReader(begin)
    # The graph tells most; modules of a known kind, and a picture of another size, tell the rest.
    grids = {
        name: grid_of(reader.axes(*answer.edge)) if answer.edge else _by_kind(answer)
        for name, answer in answers.items()
    }
    dark = [name for name in answers if answers[name].edge is None and grids[name] is None]
    if dark and image.ndim == 4:
        grids |= _by_experiment(network, dark, image)
    grids |= {name: stated[name] for name in answers if name in stated}
    end = None if scores is None else _edge(scores)
    trunk = () if end is None else _trunk(answers, grids, end, begin)
    # Of the answers themselves nothing is kept: they hold the graph, and all feature maps.
    outputs = {name: answer.value.to("meta") for name, answer in answers.items()}
    return Reading(grids, outputs, trunk)


@contextmanager
def recording(net: nn.Module, layers: Sequence[str]) -> Iterator[dict[str, LayerAnswer]]:
    """Fill a dictionary with what layers answer, in the order of their calls."""
    answers: dict[str, LayerAnswer] = {}
    handles = []

    def hook(name: str) -> Callable[[nn.Module, Any, Any], Tensor | None]:
        def hear(module: nn.Module, inputs: Any, output: Any) -> Tensor | None:
            answer, source = first_tensor(output), first_tensor(inputs)
            if answer is None:
                return None
            before = None if source is None else _edge(source)
            # A copy, as a layer after it may overwrite it.
            answers[name] = LayerAnswer(module, answer.detach().clone(), _edge(answer), before)
            # Writing into a view takes it out of the graph, so that it is not the view any more.
            return answer.clone() if answer is output and answer._is_view() else None

        return hear

    try:
        for name in layers:
            handles.append(net.get_submodule(name).register_forward_hook(hook(name)))
        yield answers
    finally:
        for handle in handles:
            handle.remove()


def _edge(tensor: Tensor) -> Edge | None:
    return None if tensor.grad_fn is None else (tensor.grad_fn, tensor.output_nr)


# --- where there is no graph ---------------------------------------------------------------------

_FIRST = (nn.modules.conv._ConvNd, nn.modules.batchnorm._NormBase, nn.GroupNorm)
_LAST = (nn.Linear, nn.LayerNorm, nn.RMSNorm, nn.Embedding)


def _by_kind(answer: LayerAnswer) -> Grid | None:
    """Return how modules of a known kind answer, also where no gradient is recorded."""
    count = len(answer.shape)
    if count == 2:
        return Grid(1, 1, 1)
    if isinstance(answer.module, _FIRST):
        return Grid(1, answer.shape[2], answer.shape[3]) if count == 4 else Grid(1)
    return Grid(count - 1) if isinstance(answer.module, _LAST) else None


def _by_experiment(
    network: Prepared, layers: Sequence[str], image: Tensor
) -> dict[str, Grid | None]:
    """Return how answers grow with the picture: the units are the axis that does not."""
    rows, columns = image.shape[2:]
    usual, taller, wider = (
        _shapes(network, layers, functional.interpolate(image.float(), size).to(image))
        # Twice as tall, then twice as wide: which axis answers to which tells rows from columns.
        for size in ((rows, columns), (2 * rows, columns), (rows, 2 * columns))
    )
    return {
        layer: _grown(usual[layer], taller[layer], wider[layer])
        for layer in layers
        if layer in usual and layer in taller and layer in wider
    }


def _shapes(network: Prepared, layers: Sequence[str], image: Tensor) -> dict[str, tuple[int, ...]]:
    net = network.net
    # Its head may want one size of pictures: the layers before it have answered.
    with undisturbed(net), recording(net, layers) as answers, suppress(Exception):
        net(network.prepare(image))
    return {name: answer.shape for name, answer in answers.items()}


def _grown(usual: Sequence[int], taller: Sequence[int], wider: Sequence[int]) -> Grid | None:
    if not len(usual) == len(taller) == len(wider):
        return None
    down, along = (
        [at for at, size in enumerate(usual) if size != other[at]] for other in (taller, wider)
    )
    units = [at for at in range(1, len(usual)) if at not in (*down, *along)]
    if len(units) != 1 or len(down) != 1 or len(along) != 1:
        return None
    if down == along:  # tokens, of which only the number is known
        return Grid(units[0])
    (row,), (column,) = down, along
    spread = len(usual) == 4
    return Grid(units[0], usual[row], usual[column], 0, column < row) if spread else Grid(units[0])


# --- the trunk -----------------------------------------------------------------------------------

_MOVES = re.compile(
    "View|UnsafeView|Reshape|Permute|Transpose|Clone|Alias|Squeeze|Unsqueeze|Expand"
)


def _trunk(
    answers: dict[str, LayerAnswer], grids: dict[str, Grid | None], end: Edge, begin: Tensor
) -> tuple[str, ...]:
    gates = _gates(end[0], begin)
    # Several layers may give the same numbers, each in another shape: they count as one.
    origins = {name: _origin(answer.edge) for name, answer in answers.items() if answer.edge}
    left_out = {_origin(end)}
    names: dict[Edge, str] = {}
    for name, origin in origins.items():
        answer = answers[name]
        if _is_finish(answer.module):
            source = None if answer.source is None else _origin(answer.source)
            # Of what has a name itself (or is the picture), or between the parts of a block.
            others = {source} & {*origins.values()} | {origins.get(name.rpartition(".")[0], origin)}
            of_picture = source is not None and getattr(source[0], "variable", None) is begin
            if of_picture or others - {origin}:
                left_out.add(origin)
        if grids[name] is None or origin[0] not in gates or origin in left_out:
            continue
        # A container gives what its last layer gave, and is the better name for it.
        outer = any(True for _ in answer.module.children())
        if origin not in names or (outer and name.count(".") < names[origin].count(".")):
            names[origin] = name
    return tuple(names.values())


def _is_finish(module: nn.Module) -> bool:
    """Return whether a module norms or pads, so that its answer says what it was given."""
    alone = next(module.children(), None) is None
    return alone and re.search("norm|pad", type(module).__name__.lower()) is not None


def _origin(edge: Edge) -> Edge:
    """Return where the numbers of a result were computed, which since were only moved."""
    node, index = edge
    while _MOVES.match(node.name()) and node.next_functions[0][0] is not None:
        node, index = node.next_functions[0]
    return node, index


def _gates(end: Any, begin: Tensor) -> set[Any]:
    """Return the steps of a graph through which all ways from `begin` to the end lead."""
    order = _order(end)
    reached = set()
    for node in order:  # begins first
        before = [each for each, _ in node.next_functions]
        if getattr(node, "variable", None) is begin or any(each in reached for each in before):
            reached.add(node)
    places = {node: at for at, node in enumerate(each for each in order if each in reached)}
    gates, nearest = set(), len(places)
    for node, at in reversed(places.items()):
        # No way from a step after this one leads to a step before it.
        if nearest >= at:
            gates.add(node)
        earlier = [places[each] for each, _ in node.next_functions if each in places]
        nearest = min([nearest, *earlier])
    return gates


def _order(end: Any) -> list[Any]:
    """Return all steps of a graph, each after those that it depends on."""
    order: dict[Any, None] = {}
    ahead, opened = [end], set()
    while ahead:
        node = ahead[-1]
        if node in opened or node in order:
            ahead.pop()
            order.setdefault(node)
            continue
        opened.add(node)
        ahead += [
            each for each, _ in node.next_functions if each is not None and each not in opened
        ]
    return list(order)
