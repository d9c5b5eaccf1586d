"""What the gradient says: itself, times the input, along a path, and averaged over noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from xaiwidgets.checks import number, whole
from xaiwidgets.devices import seeded
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._method import Task
from xaiwidgets.methods._passes import (
    Batch,
    Pass,
    PixelMaps,
    cut_off,
    gradients_of,
    pixel_maps,
    scores_of,
)
from xaiwidgets.optimize import MANY_GRADIENTS, PreparedNetwork, same_answers
from xaiwidgets.work import Progress, Steps, work

SLOPE = "{score} per unit of input"
"""The unit of a gradient."""


class _Differentiable:
    """What all of them need: a gradient."""

    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = False

    def incompatibility(self, task: Task) -> str | None:
        """Say so where no gradient reaches the picture."""
        return cut_off(task)


@dataclass(frozen=True)
class Gradient(_Differentiable):
    """The gradient of the score by each pixel (Simonyan et al. 2014), summed over the channels.

    By how much the score rises for a small step of the pixel, all of its channels alike: signed,
    where the paper takes the largest absolute value. Such a map does not sum to the score.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import Gradient, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> Gradient().explain([task]).run()[0].unit
    'logit per unit of input'
    """

    label: ClassVar[str] = "Gradient"

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        return pixel_maps(self, tasks, cache, _slopes, evaluations=2, unit=SLOPE)


def _slopes(task: Task, prepared: PreparedNetwork, _example: Tensor) -> Pass:
    def explain(batch: Batch) -> PixelMaps:
        slopes, scores = gradients_of(task.network, prepared.net, batch)
        return PixelMaps(slopes.sum(1), scores)

    return explain


@dataclass(frozen=True)
class GradientTimesInput(_Differentiable):
    """Gradient x input (Shrikumar et al. 2016), summed over the channels.

    The score's first-order change if a pixel became 0. It sums to the score only where the network
    is linear up to its rectifiers, without any bias; nothing is promised of others.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import GradientTimesInput, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> GradientTimesInput().explain([task]).run()[0].values.shape
    (8, 8)
    """

    label: ClassVar[str] = "Gradient x input"

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        return pixel_maps(self, tasks, cache, _slopes_times_input, evaluations=2)


def _slopes_times_input(task: Task, prepared: PreparedNetwork, _example: Tensor) -> Pass:
    def explain(batch: Batch) -> PixelMaps:
        slopes, scores = gradients_of(task.network, prepared.net, batch)
        return PixelMaps((slopes * batch.inputs).sum(1), scores)

    return explain


@dataclass(frozen=True)
class IntegratedGradients(_Differentiable):
    """Integrated gradients (Sundararajan et al. 2017, eq. 1): gradients from the baseline on.

    ``(x - x') * integral of d score / d x over the straight line from x' to x``, by Gauss-Legendre
    quadrature, summed over the channels. The map sums to the score less that of the baseline; what
    too few steps miss is `Attribution.residual`.

    Parameters
    ----------
    steps : int
        Gradients along the line.

    Raises
    ------
    InputError
        If `steps` is no whole number of at least 1.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import IntegratedGradients, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> (one,) = IntegratedGradients(steps=200).explain([task]).run()
    >>> abs(one.residual) < 0.01 * abs(one.output - one.baseline_output)
    True
    """

    label: ClassVar[str] = "Integrated gradients"
    has_baseline: ClassVar[bool] = True

    steps: int = 50

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole("steps", self.steps))

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; outside of a window there is no path, and all is 0."""
        # Forth and back at each point of the path, and one pass for each of its ends.
        count = 2 * self.steps + 2
        return pixel_maps(self, tasks, cache, self._prepare, evaluations=count, exact=False)

    def _prepare(self, task: Task, prepared: PreparedNetwork, _example: Tensor) -> Pass:
        network = task.network
        # As in captum, and as many by default: maps can be compared number by number.
        points, weights = np.polynomial.legendre.leggauss(self.steps)
        # The rule is for -1 to 1.
        shares = torch.from_numpy((points + 1) / 2).to(prepared.device, torch.float32)
        halves = torch.from_numpy(weights / 2).to(prepared.device, torch.float32)

        def explain(batch: Batch) -> Steps[PixelMaps]:
            absent = batch.absent()
            change = batch.inputs - absent

            def places(part: Tensor) -> Tensor:
                # (s, 1, 1, 1) times (B, 1, C, H, W): each input on its own line.
                along = absent[:, None] + shares[part, None, None, None] * change[:, None]
                return along.to(batch.inputs.dtype)

            mean = yield from _mean_gradient(task, prepared, batch, halves, places)
            ends = (scores_of(network, prepared.net, batch, end) for end in (batch.inputs, absent))
            return PixelMaps((mean * change).sum(1), *ends)

        return explain


@dataclass(frozen=True)
class SmoothGrad(_Differentiable):
    """SmoothGrad (Smilkov et al. 2017, section 3): the mean gradient of noisy copies of the input.

    Summed over the channels, as `Gradient`. The noise is drawn by a generator of its own.

    Parameters
    ----------
    samples : int
        Noisy copies.
    noise : float
        The noise's standard deviation, as a share of the input's range (max - min).
    seed : int
        Of the noise.

    Raises
    ------
    InputError
        If a number cannot be used.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import SmoothGrad, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> SmoothGrad(samples=4).explain([task]).run()[0].evaluations
    9
    """

    label: ClassVar[str] = "SmoothGrad"

    samples: int = 32
    # Of the 10 to 20 % at which Smilkov et al. see maps that are both sharp and whole.
    noise: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", whole("samples", self.samples))
        object.__setattr__(self, "seed", whole("seed", self.seed, 0))
        noise = number("noise", self.noise, above=0, note=", such as 0.15")
        object.__setattr__(self, "noise", noise)

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        facts: dict[str, Any] = {"exact": False, "unit": SLOPE, "seed": self.seed}
        count = 2 * self.samples + 1
        return pixel_maps(self, tasks, cache, self._prepare, evaluations=count, **facts)

    def _prepare(self, task: Task, prepared: PreparedNetwork, _example: Tensor) -> Pass:
        network = task.network
        equal = torch.full((self.samples,), 1 / self.samples, device=prepared.device)

        def explain(batch: Batch) -> Steps[PixelMaps]:
            draw = seeded(self.seed)
            rows = batch.inputs.flatten(1)
            # Section 3 states the noise as a share of the range, sigma / (max - min).
            spread = (rows.amax(1) - rows.amin(1)) * self.noise
            shape = batch.inputs.shape[1:]

            def places(part: Tensor) -> Tensor:
                # The same noise for all inputs: a map does not depend on its company. Drawn one
                # by one, so that it does not depend on how many are evaluated at once either.
                drawings = [torch.randn(shape, generator=draw, device="cpu") for _ in part]
                noise = torch.stack(drawings).to(batch.inputs)
                return batch.inputs[:, None] + spread[:, None, None, None, None] * noise

            mean = yield from _mean_gradient(task, prepared, batch, equal, places)
            return PixelMaps(mean.sum(1), scores_of(network, prepared.net, batch, batch.inputs))

        return explain


def _mean_gradient(
    task: Task,
    prepared: PreparedNetwork,
    batch: Batch,
    weights: Tensor,
    places: Callable[[Tensor], Tensor],
) -> Steps[Tensor]:
    """Return the weighted mean of gradients at several places (B, C, H, W), some at a step.

    Parameters
    ----------
    weights : Tensor (S,)
    places : callable
        Makes of the numbers (s,) of some places the inputs there (B, s, C, H, W).
    """
    # In single precision also of a network in half, where a long sum would stop growing.
    mean = torch.zeros_like(batch.inputs, dtype=torch.float32)
    net = yield from _accelerated(task, prepared, batch, len(weights))
    together = max(1, batch.together // len(batch.inputs))
    for part in torch.split(torch.arange(len(weights), device=weights.device), together):
        inputs = places(part)
        slopes, _ = gradients_of(task.network, net, batch, inputs.flatten(0, 1))
        weighted = slopes.float().reshape(inputs.shape) * weights[part, None, None, None]
        mean += weighted.sum(1)
        yield Progress(0)
    return mean


def _accelerated(
    task: Task, prepared: PreparedNetwork, batch: Batch, count: int
) -> Steps[nn.Module]:
    """Return the network that gives so many gradients of each input soonest."""
    if task.layer is not None or count < MANY_GRADIENTS:
        return prepared.net
    accelerated = yield from task.network.copies.differentiable(batch.inputs[:1])
    # Looked at for each picture: a network may go another way for another one.
    if accelerated is prepared or same_answers(
        accelerated, prepared, torch.cat([batch.inputs, batch.absent()])
    ):
        return accelerated.net
    return prepared.net
