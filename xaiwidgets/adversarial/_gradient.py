"""Attacks that follow the gradient: FGSM, PGD, and ADV2, which deceives an explanation, too."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from xaiwidgets.adversarial._interpreters import Interpreter, check_followable
from xaiwidgets.adversarial._objective import Changes, Objective
from xaiwidgets.optimize import MANY_GRADIENTS
from xaiwidgets.work import Progress, Steps

Slopes = Callable[[Tensor], Tensor]
"""The direction in which changes (B, C, H, W) are moved."""

STRIDE = 2.5
"""Steps of PGD together are so many times as long as the size (Madry et al. 2018)."""


def plain_slopes(objective: Objective, steps: int) -> Steps[Slopes]:
    """Return what gives the gradient of the gain, for so many steps."""
    prepared = None
    if steps >= MANY_GRADIENTS:
        prepared = yield from objective.network.copies.differentiable(objective.images[:1])
    return lambda change: objective.slopes(change, prepared)[1]


def ascend(
    objective: Objective, size: float, norm: str, steps: int, slopes: Slopes, label: str
) -> Steps[Changes]:
    """Go up the slopes for `steps`; return the changes after each (one step is FGSM).

    With the norm "inf" each step goes as far in each pixel, by the sign of its slope (Goodfellow et
    al. 2015); with "2", along the slope itself. Then back to what is allowed (Madry et al. 2018).
    """
    change = torch.zeros_like(objective.images)
    path: tuple[Tensor, ...] = (change,)
    # One step of FGSM spans all that is allowed; many of PGD may turn round on the way.
    length = size if steps == 1 else STRIDE * size / steps
    for step in range(steps):
        direction = slopes(change)
        # The steepest way within a largest change of each pixel is the sign of the slope; within
        # a length it is the slope itself.
        if norm == "inf":
            direction = direction.sign()
        else:
            lengths = direction.flatten(1).norm(dim=1).clamp_min(1e-30)
            direction = direction / lengths.view(-1, 1, 1, 1)
        change = objective.within(change + length * direction, size, norm)
        path += (change,)
        # A pass forth and one back for each step.
        yield Progress(step + 1, steps, label, Changes(path, 2 * len(path[1:])))
    return Changes(path, 2 * steps)


def deceiving_slopes(objective: Objective, name: str, weight: float) -> Slopes:
    """Return the slopes of ADV2 (Zhang et al. 2020): another class under the map of the original.

    The loss is cross entropy + weight * |map - map before|^2, the mean over pixels of maps that
    have their maximum at 1. Divided by the slope of the cross entropy by the log odds, so that with
    weight 0 it is PGD's own.
    """
    before = torch.zeros_like(objective.images)
    with objective.differentiable(before) as (prepared, leaf, inputs):
        interpreter = Interpreter.of(name, objective.network, objective.images[0])
        benign = interpreter.explain(prepared, inputs)[1]
        check_followable(name, benign, leaf)
        # The map to be kept is that of the picture before, and does not move with it.
        benign = benign.detach()

    classes = objective.classes if objective.targeted else None

    def slopes(change: Tensor) -> Tensor:
        with objective.differentiable(change) as (prepared, leaf, inputs):
            logits, heatmap = interpreter.explain(prepared, inputs, classes)
            gain = objective.gain(logits)
            odds = objective.gradient(gain, leaf, keep=True)
            distance = (heatmap - benign).square().mean((1, 2))
            away = objective.gradient(distance, leaf)
        # The slope of softplus(-odds): small once the class is reached; then the map counts.
        urgency = torch.sigmoid(-gain.detach()).clamp_min(1e-6).cpu().view(-1, 1, 1, 1)
        return odds - weight / urgency * away

    return slopes
