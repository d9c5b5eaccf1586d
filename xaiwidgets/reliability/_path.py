"""The straight path from a baseline to pictures, walked backwards a numbers points at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from xaiwidgets.errors import ModelError
from xaiwidgets.evaluation import undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability._graph_analysis import GraphAnalysis, finite_logits, record_graph
from xaiwidgets.reliability._quadrature import Integral, PathPoints, step_integral
from xaiwidgets.reliability._trace import Trace, gradients, no_path
from xaiwidgets.work import Progress, Steps

_TOGETHER = {"cpu": (64, 2**18), "cuda": (1024, 2**25)}
"""Pictures, and numbers in them, that are evaluated at once."""

Outputs: TypeAlias = dict[str, list[Tensor]]
"""By layer, what each of its calls gave."""


class BatchConductance(NamedTuple):
    """The conductances of some of the pictures, by layer, and their classes and scores."""

    values: dict[str, Tensor]
    trapezoid: dict[str, Tensor]
    targets: Tensor
    scores: Tensor
    baseline_scores: Tensor


class ConductancePath:
    """The pass over the path for all layers.

    It begins at the picture, where the predicted class is known, and goes backwards: each point is
    needed together with the one after it only, so memory does not depend on their number. Where
    what follows the layers is linear, the slope is the same everywhere: that at the picture, with
    the values at both ends, gives the integral for any rule.
    """

    def __init__(
        self, network: PreparedNetwork, analysis: GraphAnalysis, steps: int, rule: str
    ) -> None:
        self.network, self.analysis, self.layers = network, analysis, analysis.layers
        self.rule = "right" if analysis.constant else rule
        self.points = [steps] if analysis.constant else list(range(steps, -1, -1))
        if self.rule == "right" and not analysis.constant:
            self.points.pop()  # of the baseline only the values are needed, not the slopes
        self.steps, self.passes, self.expected = steps, 0, 0
        self._rows = 1
        self._baseline: tuple[Tensor, Tensor, Outputs] | None = None

    def split(self, batch: Tensor) -> Sequence[Tensor]:
        """Return the places of the pictures that are walked to together; plans for all of them."""
        most, size = _TOGETHER.get(self.network.device.type, _TOGETHER["cpu"])
        self.expected = len(batch) * len(self.points) + (self.rule == "right")
        self._rows = max(1, min(most, size // batch[0].numel()))
        return torch.split(torch.arange(len(batch)), self._rows)

    def walk(
        self,
        images: Tensor,
        begin: Tensor,
        targets: Tensor | None,
        axes: dict[str, int] | None,
    ) -> Steps[BatchConductance]:
        """Return the conductances of pictures (B, ...), from `begin` (B, ...) or (1, ...).

        `axes` are the layers' channels, over all others of which is summed; None keeps neurons.
        """
        count = len(images)
        sums: dict[str, Integral] = {}
        before: PathPoints | None = None
        scores = torch.zeros(())
        for numbers in torch.split(torch.tensor(self.points), max(1, self._rows // count)):
            # All pictures at one point, then all at the next: `_by_point` relies on this order.
            where = torch.cat([self._point(k, images, begin) for k in numbers.tolist()])
            # What is the same for all pictures goes along with the first of them.
            along = self.rule == "right" and self._baseline is None and len(begin) == 1
            points, targets = self._evaluate(where, targets, count, begin if along else None)
            scores = scores if before else points.scores[0]
            if before is not None:
                # The step between two chunks begins in one and ends in the other.
                self._add(sums, points.part(slice(1)).after(before), axes)
            self._add(sums, points, axes)
            before = points.part(slice(-1, None))
            self.passes += len(where)
            yield Progress(self.passes, self.expected, "points on the way to the images")
        if before is None or targets is None:
            raise ModelError("a path has no points")  # it has at least one step
        if self.rule == "right":
            start = self._baseline_point(begin, targets, count)
            self._add(sums, start.after(before), axes)
            before = start
        return BatchConductance(
            {layer: total.values.cpu() for layer, total in sums.items()},
            {layer: total.trapezoid.cpu() for layer, total in sums.items()},
            targets.cpu(),
            scores.cpu(),
            before.scores[-1].cpu(),
        )

    def _point(self, k: int, images: Tensor, begin: Tensor) -> Tensor:
        if k == self.steps:  # exactly, and not up to rounding
            return images
        return (begin + (k / self.steps) * (images - begin)).expand_as(images)

    def _evaluate(
        self, where: Tensor, targets: Tensor | None, count: int, along: Tensor | None
    ) -> tuple[PathPoints, Tensor]:
        """Return what the layers give at some points, and the slopes of the score there."""
        # An input without gradient lets the graph begin at the layers, which is cheaper (`Trace`).
        late, rows = self.analysis.late, len(where)
        trace = Trace(self.network.net, self.layers)
        batch = self.network.prepare(where if along is None else torch.cat([where, along]))
        with record_graph(self.network, trace):
            # A copy, because a network may overwrite its input, which a leaf forbids.
            batch = batch if late else batch.requires_grad_().clone()
            logits = finite_logits(self.network, batch)
            if targets is None:
                # The first point is the picture: its class is explained, whatever wins on the way.
                targets = logits[:count].argmax(1)
            targets = targets.to(logits.device)
            # f of eq. 1 is the value before the softmax.
            scores = _picked(logits[:rows], targets.repeat(rows // count))
            calls = {layer: trace.calls(layer) for layer in self.layers}
            gradient = iter(gradients(scores, [call for each in calls.values() for call in each]))
            slopes = {
                layer: [_slope(next(gradient), layer) for _ in calls[layer]] for layer in calls
            }
        values = {layer: [call.value for call in each] for layer, each in calls.items()}
        if along is not None:
            ends = {layer: [value[rows:] for value in each] for layer, each in values.items()}
            self._baseline = along, logits[rows:].detach(), ends
            self.passes += 1
        points = PathPoints(
            scores.detach().reshape(-1, count),
            {
                name: [_by_point(call[:rows], count) for call in each]
                for name, each in values.items()
            },
            {
                name: [_by_point(call[:rows], count) for call in each]
                for name, each in slopes.items()
            },
        )
        return points, targets

    def _baseline_point(self, begin: Tensor, targets: Tensor, count: int) -> PathPoints:
        """Return what the baseline gives, without slopes; the same for all pictures only once."""
        # By identity, because a baseline that all pictures share is passed on as one object.
        if self._baseline is None or self._baseline[0] is not begin:
            trace = Trace(self.network.net, self.layers)
            with undisturbed(self.network.net), trace.listening():
                logits = finite_logits(self.network, self.network.prepare(begin))
            ends = {name: [call.value for call in trace.calls(name)] for name in self.layers}
            self._baseline = begin, logits, ends
            self.passes += len(begin)
        _, logits, ends = self._baseline
        scores = _picked(logits.expand(count, -1), targets)[None]
        return PathPoints(
            scores,
            {
                name: [value.expand(count, *value.shape[1:])[None] for value in each]
                for name, each in ends.items()
            },
            {name: [] for name in ends},
        )

    def _add(
        self, sums: dict[str, Integral], points: PathPoints, axes: dict[str, int] | None
    ) -> None:
        """Add the integrals over the steps between points that follow each other."""
        if len(points.scores) < 2:
            return
        for layer in self.layers:
            # The secant says something of a layer only if all of the score's change is its own.
            carries = self.analysis.carries_all[layer]
            rule = "trapezoid" if self.rule == "secant" and not carries else self.rule
            step = step_integral(points, layer, rule, None if axes is None else axes[layer])
            sums[layer] = step if layer not in sums else sums[layer].plus(step)


def _picked(logits: Tensor, targets: Tensor) -> Tensor:
    return logits.gather(1, targets[:, None])[:, 0]


def _by_point(values: Tensor, count: int) -> Tensor:
    """Return values (S B, ...) as (S, B, ...)."""
    return values.reshape(-1, count, *values.shape[1:])


def _slope(slope: Tensor | None, layer: str) -> Tensor:
    if slope is None:
        raise no_path(layer)
    return slope
