"""The straight path from a baseline to pictures, walked backwards a numbers points at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from xaiwidgets.errors import ModelError
from xaiwidgets.inference import undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability._graph_analysis import GraphAnalysis, finite_logits, record_graph
from xaiwidgets.reliability._quadrature import Integral, PathPoints, step_integral
from xaiwidgets.reliability._refinement import Refinement
from xaiwidgets.reliability._trace import Trace, gradients, no_path
from xaiwidgets.work import Progress, Steps

_TOGETHER = {"cpu": (64, 2**18), "cuda": (1024, 2**22)}
"""Pictures, and numbers in them, that are evaluated at once, and are in memory with their graph."""

Outputs: TypeAlias = dict[str, list[Tensor]]
"""By layer, what each of its calls gave."""


class BatchConductance(NamedTuple):
    """The conductances of some of the pictures, by layer, and their classes and scores."""

    values: dict[str, Tensor]
    trapezoid: dict[str, Tensor]
    targets: Tensor
    scores: Tensor
    baseline_scores: Tensor


@dataclass
class _Sums:
    """What has been added up of the integrals of a layer, for pictures (B, ...)."""

    values: Tensor
    trapezoid: Tensor

    @classmethod
    def like(cls, steps: Integral) -> _Sums:
        """Return the sums before the first step."""
        return cls(torch.zeros_like(steps.values[0]), torch.zeros_like(steps.trapezoid[0]))

    def add(self, steps: Integral, apart: Mapping[int, Sequence[int]]) -> None:
        """Add all steps, but for those of some pictures, by step, that are added in halves."""
        # In place: what a step gave is read here for the last time.
        for at, pictures in apart.items():
            steps.values[at, list(pictures)] = 0
            steps.trapezoid[at, list(pictures)] = 0
        self.values += steps.values.sum(0)
        self.trapezoid += steps.trapezoid.sum(0)

    def add_to(self, pictures: Sequence[int], halves: Integral, which: Sequence[int]) -> None:
        """Add some of the halves (1, N, ...), each to its picture."""
        places = torch.tensor(pictures, device=self.values.device)[list(which)]
        # Not `values[places] += ...`, which adds only the last of several halves of one picture.
        self.values.index_add_(0, places, halves.values[0, list(which)])
        self.trapezoid.index_add_(0, places, halves.trapezoid[0, list(which)])


class _Step(NamedTuple):
    """A step of the path of one picture, by shares of the way from the baseline."""

    picture: int
    end: float
    begin: float


class _Walk(NamedTuple):
    """The pictures (B, ...) that are walked to, and where from."""

    images: Tensor
    begin: Tensor
    axes: Mapping[str, int] | None
    sums: dict[str, _Sums]

    def at(self, share: float) -> Tensor:
        """Return a point on the path of each picture."""
        if share == 1:  # exactly, and not up to rounding
            return self.images
        return (self.begin + share * (self.images - self.begin)).expand_as(self.images)

    def middles(self, steps: Sequence[_Step]) -> Tensor:
        """Return the point in the middle of each step."""
        which = [step.picture for step in steps]
        begin = self.begin if len(self.begin) == 1 else self.begin[which]
        shares = [(step.end + step.begin) / 2 for step in steps]
        share = self.images.new_tensor(shares).reshape(-1, *[1] * (self.images.ndim - 1))
        return begin + share * (self.images[which] - begin)


class ConductancePath:
    """The pass over the path for all layers.

    It begins at the picture, where the predicted class is known, and goes backwards: each point is
    needed together with the one after it only, so memory does not depend on their number. Where
    what follows the layers is linear, the slope is the same everywhere: that at the picture, with
    the values at both ends, gives the integral for any rule.

    With the rule "secant", steps over which the score bends are halved, as `Refinement` says, if
    there is a layer that carries all: only of its conductances is known what they sum to.
    """

    def __init__(
        self, network: PreparedNetwork, analysis: GraphAnalysis, steps: int, rule: str, budget: int
    ) -> None:
        self.network, self.analysis, self.layers = network, analysis, analysis.layers
        self.rule = "right" if analysis.constant else rule
        # From the picture back: the class that is explained is known at the first point. What is
        # linear has one slope everywhere, that at the picture.
        self.points = [steps] if analysis.constant else list(range(steps, -1, -1))
        if self.rule == "right" and not analysis.constant:
            self.points.pop()  # of the baseline only the values are needed, not the slopes
        self.steps, self.passes, self.expected = steps, 0, 0
        # What a step misses is told by the change of the score, which is the sum only of layers
        # through which all of the score passes.
        refines = self.rule == "secant" and any(analysis.carries_all.values())
        self.spare = budget - steps if refines else 0
        self._rows = 1
        self._baseline: tuple[Tensor, Tensor, Outputs] | None = None

    def plan(self, batch: Tensor) -> int:
        """Return how many of the pictures are walked to together; all are expected."""
        most, size = _TOGETHER.get(self.network.device.type, _TOGETHER["cpu"])
        # Steps that will be halved are not known yet: `_middle` adds theirs as they come.
        self.expected = len(batch) * len(self.points)
        return max(1, min(most, size // batch[0].numel())) if self.network.divisible else 1

    def walk(
        self,
        images: Tensor,
        begin: Tensor,
        targets: Tensor | None,
        axes: dict[str, int] | None,
        together: int,
    ) -> Steps[BatchConductance]:
        """Return the conductances of pictures (B, ...), from `begin` (B, ...) or (1, ...).

        `axes` are the layers' channels, over all others of which is summed; None keeps neurons.
        At most so many points `together` are in memory at once.
        """
        before, self._rows = self.passes, together
        try:
            return (yield from self._walk(images, begin, targets, axes))
        except Exception:
            # When memory runs out, the pictures are walked to again, by fewer points at once.
            self.expected += self.passes - before
            raise

    def _walk(
        self,
        images: Tensor,
        begin: Tensor,
        targets: Tensor | None,
        axes: dict[str, int] | None,
    ) -> Steps[BatchConductance]:
        count = len(images)
        walk = _Walk(images, begin, axes, {})
        before: PathPoints | None = None
        scores = images.new_zeros(())
        refinement: Refinement | None = None
        for numbers in torch.split(
            torch.tensor(self.points, device="cpu"), max(1, self._rows // count)
        ):
            # All pictures at one point, then all at the next: `_by_point` relies on this order.
            where = torch.cat([walk.at(k / self.steps) for k in numbers.tolist()])
            points, targets = self._evaluate(where, targets, count, self._along(begin))
            self.passes += len(where)
            shares = [k / self.steps for k in numbers.tolist()]
            if before is None:
                scores = points.scores[0]
                if self.spare:
                    start = self._baseline_point(begin, targets, count).scores[0]
                    refinement = Refinement(self.steps, self.spare, scores, start)
            else:
                # The step between two chunks begins in one and ends in the other.
                points, shares = points.after(before), [shares[0] + 1 / self.steps, *shares]
            yield from self._add(walk, points, shares, targets, refinement)
            # Of a chunk only its last point goes on: one point and one chunk are all that memory
            # ever holds.
            before = points.part(slice(-1, None))
            yield Progress(self.passes, self.expected, "points on the way to the images")
        if before is None or targets is None:
            raise ModelError("a path has no points")  # it has at least one step
        if self.rule == "right":
            start_point = self._baseline_point(begin, targets, count)
            yield from self._add(walk, start_point.after(before), [1, 0], targets, None)
            before = start_point
        return BatchConductance(
            {layer: total.values.cpu() for layer, total in walk.sums.items()},
            {layer: total.trapezoid.cpu() for layer, total in walk.sums.items()},
            targets.cpu(),
            scores.cpu(),
            before.scores[-1].cpu(),
        )

    def _along(self, begin: Tensor) -> Tensor | None:
        """Return the baseline if it can go along with the first of the pictures, for all."""
        wanted = (self.rule == "right" or self.spare > 0) and self._baseline is None
        return begin if wanted and len(begin) == 1 and self.network.divisible else None

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
            self._count(1)
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
            self._count(len(begin))
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
        self,
        walk: _Walk,
        points: PathPoints,
        shares: Sequence[float],
        targets: Tensor,
        refinement: Refinement | None,
    ) -> Steps[None]:
        """Add the integrals over the steps between points, those that bend in halves."""
        if len(points.scores) < 2:
            return
        last = len(points.scores) - 1
        at_ends, at_begins = points.part(slice(0, last)), points.part(slice(1, last + 1))
        integrals = self._integrals(at_ends, at_begins, walk.axes)
        for layer, steps in integrals.items():
            walk.sums.setdefault(layer, _Sums.like(steps))
        apart: dict[int, list[int]] = {}
        if refinement is not None:
            missed = self._missed(integrals)
            for at, step in enumerate(missed.tolist()):
                refinement.begin_step()
                apart[at] = refinement.choose(step, range(len(step)))
                if not apart[at]:
                    continue
                end, begin = (
                    points.part(slice(k, k + 1)).of_pictures(apart[at]) for k in (at, at + 1)
                )
                each = [_Step(picture, shares[at], shares[at + 1]) for picture in apart[at]]
                yield from self._halve(walk, (end, begin), each, targets, refinement)
        for layer, steps in integrals.items():
            walk.sums[layer].add(steps, apart)

    def _halve(
        self,
        walk: _Walk,
        ends: tuple[PathPoints, PathPoints],
        steps: list[_Step],
        targets: Tensor,
        refinement: Refinement,
    ) -> Steps[None]:
        """Add steps (N) in halves, given what both their ends gave (1, N), and these again."""
        while steps:
            which = torch.tensor([step.picture for step in steps], device=targets.device)
            middle = yield from self._middle(walk.middles(steps), targets[which])
            # The half at the picture's side for all steps, then the half at the baseline's: 2 N
            # steps. What their ends gave is not put together: to copy it took as long as to
            # evaluate it.
            halves, count = ((ends[0], middle), (middle, ends[1])), len(steps)
            near, far = (self._integrals(*half, walk.axes) for half in halves)
            integrals = {layer: near[layer].beside(far[layer]) for layer in self.layers}
            steps = [
                *(_Step(step.picture, step.end, (step.end + step.begin) / 2) for step in steps),
                *(_Step(step.picture, (step.end + step.begin) / 2, step.begin) for step in steps),
            ]
            pictures = [step.picture for step in steps]
            again = sorted(refinement.choose(self._missed(integrals)[0].tolist(), pictures))
            done = sorted(set(range(len(steps))) - set(again))
            for layer, each in integrals.items():
                walk.sums[layer].add_to(pictures, each, done)
            steps = [steps[at] for at in again]
            of_near = [at for at in again if at < count]
            of_far = [at - count for at in again if at >= count]
            end, begin = (
                first.of_pictures(of_near).beside(second.of_pictures(of_far))
                for first, second in zip(*halves, strict=True)
            )
            ends = end, begin

    def _middle(self, where: Tensor, targets: Tensor) -> Steps[PathPoints]:
        """Return what one point each gives (1, N), so many at once as fit."""
        self.expected += len(where)
        parts = None
        for batch, wanted in zip(
            torch.split(where, self._rows), torch.split(targets, self._rows), strict=True
        ):
            points, _ = self._evaluate(batch, wanted, len(batch), None)
            parts = points if parts is None else parts.beside(points)
            self.passes += len(batch)
            yield Progress(self.passes, self.expected, "points where the score bends")
        if parts is None:
            raise ModelError("no step is halved")  # there is at least one
        return parts

    def _count(self, passes: int) -> None:
        """Count passes that were not expected."""
        self.passes += passes
        self.expected += passes

    def _integrals(
        self, at_end: PathPoints, at_begin: PathPoints, axes: Mapping[str, int] | None
    ) -> dict[str, Integral]:
        """Return by layer the integrals over steps, given what both their ends gave."""
        integrals = {}
        for layer in self.layers:
            # The secant says something of a layer only if all of the score's change is its own.
            carries = self.analysis.carries_all[layer]
            rule = "trapezoid" if self.rule == "secant" and not carries else self.rule
            axis = None if axes is None else axes[layer]
            integrals[layer] = step_integral(at_end, at_begin, layer, rule, axis)
        return integrals

    def _missed(self, integrals: Mapping[str, Integral]) -> Tensor:
        """Return by how much the worst layer misses the change of the score in each step (S, B)."""
        carrying = [layer for layer in self.layers if self.analysis.carries_all[layer]]
        return torch.stack([integrals[layer].missed for layer in carrying]).amax(0)


def _picked(logits: Tensor, targets: Tensor) -> Tensor:
    return logits.gather(1, targets[:, None])[:, 0]


def _by_point(values: Tensor, count: int) -> Tensor:
    """Return values (S B, ...) as (S, B, ...)."""
    return values.reshape(-1, count, *values.shape[1:])


def _slope(slope: Tensor | None, layer: str) -> Tensor:
    if slope is None:
        raise no_path(layer)
    return slope
