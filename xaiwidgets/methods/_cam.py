"""CAM: the feature maps that a linear layer reads by their means, weighted as it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from xaiwidgets.anatomy import recording
from xaiwidgets.errors import ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._gradcam import check_layer, enlarged, recorded, spread_grid, spread_layers
from xaiwidgets.methods._method import Task, check_tasks
from xaiwidgets.methods._passes import (
    Batch,
    Pass,
    PixelMaps,
    cut_off,
    pixel_maps,
    protect,
    select_scores,
)
from xaiwidgets.methods._truncated import prepared_for
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.work import Steps, work


@dataclass(frozen=True)
class CAM:
    """Class activation maps (Zhou et al. 2016, eq. 2), of networks that end in mean and linear.

    ``sum_k w_k A_k`` over the last feature maps A_k, of which the logit is the mean over all
    places, plus the bias; scaled up bilinearly to the picture. Other than Grad-CAM's, its numbers
    are signed. At a selected layer, the truncated network is explained.

    Parameters
    ----------
    layer : str, optional
        Where the feature maps are; by default the last layer of the trunk that has some.

    Raises
    ------
    InputError
        If there is no such layer (at the call), or its answer cannot be told to be feature maps.
    ModelError
        If the logits do not depend on these maps by their means and a linear layer (at the call).

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from xaiwidgets.methods import CAM, Task
    >>> from xaiwidgets.network import Network
    >>> layers = nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    >>> model = Network(nn.Sequential(*layers, nn.Linear(3, 2)))
    >>> CAM().explain([Task(model, torch.rand(1, 8, 8))]).run()[0].values.shape
    (8, 8)
    """

    label: ClassVar[str] = "CAM"
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
        supported, unit = ("window", "layer", "baseline"), "{score} if it were everywhere"
        return pixel_maps(self, tasks, cache, self._prepare, 1, supported, unit=unit)

    def incompatibility(self, task: Task) -> str | None:
        """Say so where there are no feature maps, or they are not averaged and weighted."""
        if (reason := cut_off(task)) is not None:
            return reason
        layer = self._layer(task)
        if layer is None:
            return (
                "CAM needs a layer with feature maps, and none of the network's can be told to "
                "have them; use method 'lime' or 'shapley'"
            )
        key = (layer, task.layer, tuple(task.input.shape))
        averaged = task.network.derived("averaged", key, lambda: _is_averaged(task, layer))
        if averaged:
            return None
        return (
            "CAM is for networks whose logits are a linear layer of the means of the last feature "
            f"maps, and what comes after layer {layer!r} is something else; use method 'gradcam'"
        )

    def _layer(self, task: Task) -> str | None:
        return self.layer or next(reversed(spread_layers(task)), None)

    def _prepare(self, task: Task, prepared: PreparedNetwork, example: Tensor) -> Pass:
        network, net, layer = task.network, prepared.net, self._layer(task)
        if layer is None:
            raise ModelError("there are no feature maps")  # `incompatibility` has said so
        grid = spread_grid(network, layer, example[0])

        def weights(target: Tensor) -> Tensor:
            key = (layer, task.layer, tuple(example.shape[1:]), int(target))
            return network.derived(
                "CAM weights", key, lambda: _weights(task, prepared, layer, grid, example, target)
            )

        def explain(batch: Batch) -> PixelMaps:
            # Before the maps: of a class that is new, a pass finds them out.
            weight = torch.stack([weights(target) for target in batch.targets])
            with torch.no_grad(), recording(net, [layer]) as answers:
                logits = net(batch.inputs.clone())
            maps = grid.maps(answers[layer].value)
            summed = (weight[:, :, None, None] * maps).sum(1, keepdim=True)
            scores = select_scores(network, logits, batch.targets, batch.output)
            return PixelMaps(enlarged(summed, batch), scores)

        return explain


def _weights(
    task: Task, prepared: PreparedNetwork, layer: str, grid: Grid, example: Tensor, target: Tensor
) -> Tensor:
    """Return by what a class's logit weighs the mean of each map (K,), the same for all pictures.

    A mean hands 1 / places of its slope to each place: the weight is their sum.
    """
    inputs = prepared.prepare(example)
    batch = Batch(inputs, lambda: inputs, target[None], "logit", 1)
    answer, scores = recorded(task.network, prepared.net, layer, batch)
    return grid.maps(answer.slopes(layer, scores)).sum((0, 2, 3))


def _is_averaged(task: Task, layer: str) -> bool:
    """Return whether logits depend on a layer's maps by their means alone, and linearly.

    Found out by experiment: their slopes are the same at every place and of other pictures.
    """
    prepared, grid = prepared_for(task), spread_grid(task.network, layer, task.input)
    noise = torch.rand(task.input.shape, generator=torch.Generator().manual_seed(0), device="cpu")
    # Not a multiple of the input, which may be the baseline itself.
    pictures = torch.stack([task.input, task.absent, task.input + noise.to(task.input) - 0.5])
    with torch.inference_mode(False), protect(prepared.net, CAM.label), torch.enable_grad():
        inputs = prepared.prepare(pictures)
        classes = prepared.net(inputs[:1].clone()).shape[1]
        # Three classes, as one alone may not read what depends on the place.
        for target in range(min(classes, 3)):
            targets = torch.full((len(inputs),), target, device=prepared.device)
            batch = Batch(inputs.detach(), lambda: inputs, targets, "logit", len(inputs))
            answer, scores = recorded(task.network, prepared.net, layer, batch)
            slopes = grid.maps(answer.slopes(layer, scores)).float()
            spread = slopes - slopes.mean((0, 2, 3), keepdim=True)
            # (3, K, h, w): a linear layer of means has one slope for a map, in all places.
            if float(spread.abs().max()) > 1e-3 * float(slopes.abs().max()):
                return False
    return True
