"""Maps that an attack can deceive: those with a gradient by the picture themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.methods import Task, last_feature_maps, spread_layers
from xaiwidgets.network import Network
from xaiwidgets.optimize import PreparedNetwork

INTERPRETERS = ("gradcam", "gradient")


def check_interpreter(interpreter: str) -> None:
    """Raise InputError for a map whose own gradient is not known."""
    if interpreter not in INTERPRETERS:
        raise InputError(
            f"interpreter is {interpreter!r}; an attack can deceive what has a gradient: "
            f"{' or '.join(map(repr, INTERPRETERS))}{nearest(str(interpreter), INTERPRETERS)}"
        )


@dataclass(frozen=True)
class Interpreter:
    """A map that is itself in the graph of the picture; looked up once for an attack.

    Attributes
    ----------
    layer, grid : str and Grid, or None
        Grad-CAM's feature maps, and how they lie; None: the gradient of the score by the picture.
    """

    layer: str | None = None
    grid: Grid | None = None

    @classmethod
    def of(cls, name: str, network: Network, image: Tensor) -> Interpreter:
        """Return the one of this name for inputs like an image (C, H, W), inside of a graph."""
        if name == "gradient":
            return cls()
        task, prepared = Task(network, image), network.copies.private()
        if not spread_layers(task):
            raise InputError("Grad-CAM needs a layer with feature maps; use interpreter='gradient'")
        layer = last_feature_maps(task, prepared, image[None])
        return cls(layer, network.grid(layer, image))

    def explain(
        self, prepared: PreparedNetwork, inputs: Tensor, classes: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return logits (B, K), and maps (B, H, W) with a maximum of 1 of classes (B,).

        By default those that are predicted.
        """
        if self.layer is None or self.grid is None:
            logits = prepared.net(inputs).float()
            # The saliency of Simonyan et al. 2014: of each pixel the channel with the steepest
            # slope.
            heatmap = _slopes(logits, classes, inputs).abs().amax(1)
        else:
            with _answers(prepared.net.get_submodule(self.layer)) as answers:
                logits = prepared.net(inputs).float()
            slopes = self.grid.maps(_slopes(logits, classes, answers[0]))
            # Grad-CAM (Selvaraju et al. 2017), all in the graph: the attack needs its slope by the
            # picture.
            weighted = slopes.mean((2, 3), keepdim=True) * self.grid.maps(answers[0])
            heatmap = weighted.sum(1, keepdim=True).relu()
            heatmap = functional.interpolate(heatmap, inputs.shape[-2:], mode="bilinear")[:, 0]
        # Of one maximum: only where a map points is compared, not how large it is.
        return logits, heatmap / heatmap.amax((1, 2), keepdim=True).clamp_min(1e-12)


def check_followable(name: str, heatmap: Tensor, leaf: Tensor) -> None:
    """Raise ModelError where a map does not change with the picture, as far as its slope tells."""
    # At random weights, as the mean of a map may stay while its parts change.
    weights = torch.rand(heatmap.shape, generator=torch.Generator().manual_seed(0), device="cpu")
    slopes: Tensor | None = None
    if heatmap.requires_grad:
        total = (heatmap * weights.to(heatmap)).sum()
        (slopes,) = torch.autograd.grad(total, [leaf], allow_unused=True)
    if slopes is None or not bool((slopes != 0).any()):
        why, instead = (
            ("the map of this network is constant in pieces (as gradients with ReLU are)",
             "interpreter='gradcam'")
            if name == "gradient"
            else ("Grad-CAM's map of this picture is empty, or the same for all near pictures",
                  "another picture, or method='pgd'")
        )  # fmt: skip
        raise ModelError(f"{why}, so that no attack can follow how it changes; use {instead}")


def _slopes(logits: Tensor, classes: Tensor | None, by: Tensor) -> Tensor:
    """Return the gradient of the classes' logits, with a graph of its own."""
    explained = logits.argmax(1) if classes is None else classes.to(logits.device)
    scores = logits.gather(1, explained[:, None])
    slopes: Tensor = torch.autograd.grad(scores.sum(), [by], create_graph=True)[0]
    return slopes


@contextmanager
def _answers(layer: nn.Module) -> Iterator[list[Tensor]]:
    """Fill a list with what a layer answers, as it is in the graph."""
    answers: list[Tensor] = []

    def hear(_module: nn.Module, _inputs: Any, output: Any) -> Any:
        if not isinstance(output, Tensor):
            raise ModelError("the last feature maps come with other things; use 'gradient'")
        answers.append(output)
        return output.clone()  # a layer after it may overwrite it

    handle = layer.register_forward_hook(hear)
    try:
        yield answers
    finally:
        handle.remove()
