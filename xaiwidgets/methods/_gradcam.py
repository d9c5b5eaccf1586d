"""Grad-CAM: which feature maps speak for a class, and where they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.anatomy import LayerAnswer, recording
from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError
from xaiwidgets.grids import Grid
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._method import Task, check_tasks
from xaiwidgets.methods._passes import Batch, Pass, PixelMaps, pixel_maps, select_scores
from xaiwidgets.network import Network
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.work import Steps, work


@dataclass(frozen=True)
class GradCAM:
    """Grad-CAM (Selvaraju et al. 2017, eq. 1 and 2): feature maps, weighted by their mean slopes.

    ``relu(sum_k mean(d score / d A_k) A_k)`` over the feature maps A_k of one layer, scaled up
    bilinearly to the picture. What speaks against a class is left out, so that a map is nowhere
    negative. Its numbers are no shares of the score, and do not sum to it.

    Parameters
    ----------
    layer : str, optional
        By default the last of the trunk (`Anatomy`) that has feature maps which act on the score:
        of a transformer its tokens, laid out on the picture (see `Network.grid`).

    Raises
    ------
    InputError
        If there is no such layer (at the call), or its answer cannot be told to be feature maps.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import GradCAM, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> GradCAM().explain([task]).run()[0].values.shape
    (8, 8)
    """

    label: ClassVar[str] = "Grad-CAM"
    needs: ClassVar[frozenset[str]] = frozenset({"feature maps"})
    has_baseline: ClassVar[bool] = False

    layer: str | None = None

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        check_tasks(tasks)
        for task in tasks:
            check_layer(task.network, self.layer)
        return pixel_maps(
            self, tasks, cache, self._prepare, evaluations=2, unit="weighted feature maps"
        )

    def incompatibility(self, task: Task) -> str | None:
        """Say so where no layer has feature maps."""
        return None if self.layer or spread_layers(task) else _NO_MAPS

    def _prepare(self, task: Task, prepared: PreparedNetwork, example: Tensor) -> Pass:
        network, net = task.network, prepared.net
        layer = self.layer or last_feature_maps(task, prepared, example)
        grid = spread_grid(network, layer, example[0])

        def explain(batch: Batch) -> PixelMaps:
            answer, scores = recorded(network, net, layer, batch)
            # Pictures of a batch do not mix, so that the gradient of the sum is each one's own.
            slopes, maps = answer.slopes(layer, scores), answer.value
            # Eq. 1, the mean slope of each map as its weight, and eq. 2, their sum under relu.
            slopes, maps = grid.maps(slopes), grid.maps(maps)
            summed = (slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
            return PixelMaps(enlarged(summed, batch), scores.detach())

        return explain


_NO_MAPS = (
    "Grad-CAM needs a layer with feature maps, and none of the network's can be told to "
    "have them; name one by layer=..., or use method 'lime' or 'pda'"
)


def recorded(
    network: Network, net: nn.Module, layer: str, batch: Batch
) -> tuple[LayerAnswer, Tensor]:
    """Return what a layer answers to a batch, and the scores (B,) with their graph."""
    # The private copy's weights need no gradients: autograd's graph begins at the inputs.
    with recording(net, [layer]) as answers:
        logits = net(batch.inputs.requires_grad_().clone())
    if layer not in answers:
        raise InputError(f"layer is {layer!r}, which comes after the one that is selected")
    return answers[layer], select_scores(network, logits, batch.targets, batch.output)


def enlarged(maps: Tensor, batch: Batch) -> Tensor:
    """Return one map for each input (B, 1, h, w) in the size of the inputs (B, H, W)."""
    return functional.interpolate(maps, batch.inputs.shape[-2:], mode="bilinear")[:, 0]


def check_layer(network: Network, layer: str | None) -> None:
    """Raise InputError if the network has no layer of this name."""
    if layer is None:
        return
    names = [name for name, _ in network.net.named_modules() if name]
    if layer not in names:
        similar = nearest(str(layer), names)
        raise InputError(
            f"layer is {layer!r}, and the network has none of this name{similar}. "
            f"There are {', '.join(names)}"
        )


def spread_layers(task: Task) -> list[str]:
    """Return the layers of the trunk that have feature maps, up to the one that is selected."""
    network = task.network
    anatomy = network.anatomy(task.input)
    names = [name for name in anatomy.trunk if anatomy.grid(name).is_spread]
    if task.layer is None:
        return names
    order = network.anatomy(task.input).layers
    return [name for name in names if order.index(name) <= order.index(task.layer)]


def last_feature_maps(task: Task, prepared: PreparedNetwork, example: Tensor) -> str:
    """Return the last layer of the trunk that has maps, and whose places act on the scores.

    In the paper the most abstract features that still have a place; those of the last block of a
    transformer that classifies by a token of its own do not act on anything.
    """
    spread, anatomy = spread_layers(task), task.network.anatomy(task.input)
    with recording(prepared.net, spread) as answers, torch.enable_grad():
        # Of the class that wins: the layer depends on the network and not on the class asked about.
        scores = prepared.net(prepared.prepare(example).requires_grad_().clone()).amax(1)
        for name in reversed(spread):
            slopes = anatomy.grid(name).maps(answers[name].slopes(name, scores))
            if bool((slopes != 0).any()):
                return name
    return spread[-1]  # the score does not depend on the picture at all


def spread_grid(network: Network, layer: str, example: Tensor) -> Grid:
    """Return how a layer's answer lies; InputError where it has no feature maps."""
    grid = network.grid(layer, example)
    if not grid.is_spread:
        raise InputError(
            f"layer {layer!r} has no feature maps on the picture: {grid}; use one that has, such "
            f"as {', '.join(network.anatomy(example).stages)}"
        )
    return grid
