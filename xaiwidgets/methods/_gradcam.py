"""Grad-CAM: which feature maps speak for a class, and where they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._graph import feature_axes
from xaiwidgets.methods._method import Output, Task, check_supported
from xaiwidgets.methods._passes import Pass, pixel_maps, select_scores
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
        By default the last one that answers with feature maps. Whether an answer is feature maps,
        and which axis is which, is read off the operations that computed it.

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

    layer: str | None = None

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        check_supported(self, tasks, "window", "baseline", "output")
        for task in tasks:
            _check_name(task.network, self.layer)
        return pixel_maps(self, tasks, cache, self._prepare, evaluations=2)

    def _prepare(self, network: Network, prepared: PreparedNetwork, example: Tensor) -> Pass:
        net, layer = prepared.net, _layer(network, prepared, example, self.layer)

        def explain(inputs: Tensor, targets: Tensor, output: Output) -> tuple[Tensor, Tensor]:
            # The private copy's weights need no gradients: autograd's graph begins at the inputs.
            with _listening(net, [layer]) as answers:
                scores = select_scores(net(inputs.requires_grad_()), targets, output)
            maps = answers[layer]
            axes = feature_axes(maps) or (0, 1, 2, 3)
            # Pictures of a batch do not mix, so that the gradient of the sum is each one's own.
            (slopes,) = torch.autograd.grad(scores.sum(), maps)
            slopes, maps = slopes.permute(axes), maps.detach().permute(axes)
            # Eq. 1, the mean slope of each map as its weight, and eq. 2, their sum under relu.
            summed = (slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
            size = inputs.shape[-2:]
            return functional.interpolate(summed, size, mode="bilinear")[:, 0], scores.detach()

        return explain


def _check_name(network: Network, layer: str | None) -> None:
    names = [name for name, _ in network.net.named_modules() if name]
    if layer is not None and layer not in names:
        raise InputError(
            f"layer is {layer!r}, and the network has none of this name{nearest(layer, names)}. "
            f"There are {', '.join(names)}"
        )


def _layer(network: Network, prepared: PreparedNetwork, example: Tensor, layer: str | None) -> str:
    """Return the layer asked for, or the last one, that answers with feature maps."""
    names = network.layers_for(example[0])
    if layer is not None and layer not in names:
        raise InputError(f"layer {layer!r} does not answer once in a forward pass; use one that "
                         f"does: {', '.join(names)}")  # fmt: skip
    # With gradients, as the axes of an answer are read off autograd's graph.
    with _listening(prepared.net, names) as answers, torch.enable_grad():
        prepared.net(prepared.prepare(example).requires_grad_())
    maps = [name for name in names if name in answers and _is_map(answers[name])]
    if layer is None and not maps:
        raise InputError(
            "Grad-CAM needs a layer with feature maps (B, C, H, W), and none of the network's can "
            "be told to have them; use method 'lime' or 'pda'"
        )
    if layer is not None and layer not in maps:
        shape = tuple(answers[layer].shape) if layer in answers else "no tensor"
        raise InputError(
            f"layer {layer!r} answers with shape {shape}, and nothing tells that these are feature "
            f"maps (B, C, H, W), as of {', '.join(maps) or 'no layer of this network'}"
        )
    # The last one, as in the paper: the most abstract features that still have a place.
    return layer or maps[-1]


def _is_map(output: Tensor) -> bool:
    axes = feature_axes(output)
    # A map of one pixel says nothing about where.
    return axes is not None and min(output.shape[axes[2]], output.shape[axes[3]]) > 1


@contextmanager
def _listening(net: nn.Module, layers: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """Fill a dictionary with what layers answer; the network goes on with a copy of it.

    Else a layer that overwrites its input would overwrite what the gradient is taken at.
    """
    answers: dict[str, Tensor] = {}
    handles = []

    def hook(name: str) -> Any:
        def hear(_module: nn.Module, _inputs: Any, output: Any) -> Any:
            if not isinstance(output, Tensor):
                return None
            answers[name] = output
            return output.clone()

        return hear

    try:
        for name in layers:
            # Inside try, so that the hooks set so far are removed when one cannot be.
            handles.append(net.get_submodule(name).register_forward_hook(hook(name)))
        yield answers
    finally:
        for handle in handles:
            handle.remove()
