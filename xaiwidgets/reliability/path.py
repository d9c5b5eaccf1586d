"""The straight path from a baseline to pictures, walked backwards a few points at a time."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xaiwidgets.errors import ModelError
from xaiwidgets.evaluation import undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability.survey import Survey, graph, scores_of
from xaiwidgets.reliability.tracing import Trace, gradients, no_path
from xaiwidgets.work import Progress, Steps

RULES = ("right", "trapezoid")

_TOGETHER = {"cpu": (64, 2**18), "cuda": (1024, 2**25)}
"""Pictures, and numbers in them, that are evaluated at once."""


class Look(NamedTuple):
    """What a few points on the path gave: by layer what its calls gave, and the slopes there."""

    logits: Tensor
    values: dict[str, list[Tensor]]
    slopes: dict[str, list[Tensor]]


class Part(NamedTuple):
    """The conductances of some of the pictures, by layer, and their classes and scores."""

    values: dict[str, Tensor]
    targets: Tensor
    scores: Tensor
    baseline_scores: Tensor


class Path:
    """The pass over the path for all layers.

    It begins at the picture, where the predicted class is known, and goes backwards: each point is
    needed together with the one after it only, so memory does not depend on their number. Where
    what follows the layers is linear, the slope is the same everywhere, and its two ends will do.
    """

    def __init__(
        self, network: PreparedNetwork, survey: Survey, steps: int, rule: str, spatial: bool
    ) -> None:
        self.network, self.survey, self.layers = network, survey, survey.layers
        self.steps, self.rule, self.spatial = steps, rule, spatial
        self.passes = self.expected = 0
        self._rows = 1
        self._home: tuple[Tensor, Look] | None = None

    def together(self, batch: Tensor) -> int:
        """Return how many pictures are walked to at once; plans for all of them."""
        most, numbers = _TOGETHER.get(self.network.device.type, _TOGETHER["cpu"])
        self.expected = len(batch) * len(self._points()) + (self.rule == "right")
        self._rows = max(1, min(most, numbers // batch[0].numel()))
        return self._rows

    def walk(self, images: Tensor, begin: Tensor, targets: Tensor | None) -> Steps[Part]:
        """Return the conductances of pictures (B, ...), from `begin` (B, ...) or (1, ...)."""
        count, points = len(images), self._points()
        sums = {layer: torch.zeros(()) for layer in self.layers}
        seen: Look | None = None
        scores = torch.zeros(())
        for few in torch.split(torch.tensor(points), max(1, self._rows // count)):
            where = torch.cat([self._point(k, images, begin) for k in few.tolist()])
            # What is the same for all pictures goes along with the first of them.
            along = self.rule == "right" and self._home is None and len(begin) == 1
            look, targets = self._look(where, targets, count, begin if along else None)
            scores = scores if seen else _picked(look.logits[:count], targets)
            self._add(sums, seen, look, count)
            seen = look
            self.passes += len(where)
            yield Progress(self.passes, self.expected, "points on the way to the images")
        if seen is None or targets is None:
            raise ModelError("a path has no points")  # it has at least one step
        if self.rule == "right":
            home = self._begin(begin)
            self._add(sums, seen, home, count)
            seen = home
        last = seen.logits[-count:].expand(count, -1)
        return Part(
            {layer: total.cpu() for layer, total in sums.items()},
            targets.cpu(),
            scores.cpu(),
            _picked(last, targets).cpu(),
        )

    def _points(self) -> list[int]:
        if self.survey.constant:
            return [self.steps] if self.rule == "right" else [self.steps, 0]
        return list(range(self.steps, 0 if self.rule == "right" else -1, -1))

    def _point(self, k: int, images: Tensor, begin: Tensor) -> Tensor:
        if k == self.steps:  # exactly, and not up to rounding
            return images
        return (begin + (k / self.steps) * (images - begin)).expand_as(images)

    def _look(
        self, where: Tensor, targets: Tensor | None, count: int, along: Tensor | None
    ) -> tuple[Look, Tensor]:
        late, rows = self.survey.late, len(where)
        trace = Trace(self.network.net, self.layers)
        batch = self.network.prepare(where if along is None else torch.cat([where, along]))
        with graph(self.network, trace):
            # A copy, because a network may overwrite its input, which a leaf forbids.
            batch = batch if late else batch.requires_grad_().clone()
            logits = scores_of(self.network, batch)
            if targets is None:
                targets = logits[:count].argmax(1)
            targets = targets.to(logits.device)
            score = _picked(logits[:rows], targets.repeat(rows // count))
            calls = {layer: trace.calls(layer) for layer in self.layers}
            found = iter(gradients(score, [one for each in calls.values() for one in each]))
            slopes = {
                layer: [_there(next(found), layer)[:rows] for _ in calls[layer]] for layer in calls
            }
        values = {layer: [call.value for call in each] for layer, each in calls.items()}
        if along is not None:
            home = {layer: [value[rows:] for value in each] for layer, each in values.items()}
            self._home = along, Look(logits[rows:].detach(), home, {})
            self.passes += 1
        own = {layer: [value[:rows] for value in each] for layer, each in values.items()}
        return Look(logits[:rows].detach(), own, slopes), targets

    def _begin(self, begin: Tensor) -> Look:
        """Return what the baseline gives; the same for all pictures only once."""
        if self._home is None or self._home[0] is not begin:
            trace = Trace(self.network.net, self.layers)
            with undisturbed(self.network.net), trace.listening():
                logits = scores_of(self.network, self.network.prepare(begin))
            values = {name: [call.value for call in trace.calls(name)] for name in self.layers}
            self._home = begin, Look(logits, values, {})
            self.passes += len(begin)
        return self._home[1]

    def _add(self, sums: dict[str, Tensor], seen: Look | None, look: Look, count: int) -> None:
        """Add what lies between the points of a look, and between them and those seen before."""
        for layer in self.layers:
            for at, value in enumerate(look.values[layer]):
                values = _by_point(value, count)
                slopes = _by_point(look.slopes[layer][at], count) if look.slopes else None
                if seen is not None:
                    before = _by_point(seen.values[layer][at], count)[-1:]
                    slope = _by_point(seen.slopes[layer][at], count)[-1:]
                    ends = None if slopes is None else slopes[:1]
                    sums[layer] = sums[layer] + self._step(slope, ends, before - values[:1])
                if slopes is not None and len(values) > 1:
                    steps = self._step(slopes[:-1], slopes[1:], values[:-1] - values[1:])
                    sums[layer] = sums[layer] + steps

    def _step(self, right: Tensor, left: Tensor | None, change: Tensor) -> Tensor:
        """Return the conductances (B, C, ...) of steps (S, B, C, ...) on the path."""
        slope = right if self.rule == "right" or left is None else (right + left) / 2
        shares = slope * change
        shares = shares if shares.dtype == torch.float64 else shares.float()
        if self.spatial or shares.ndim == 3:
            return shares.sum(0)
        # Tokens (B, T, D), as transformers have them, or feature maps.
        within = (2,) if shares.ndim == 4 else tuple(range(3, shares.ndim))
        return shares.sum((0, *within))


def _picked(logits: Tensor, targets: Tensor) -> Tensor:
    return logits.gather(1, targets[:, None])[:, 0]


def _by_point(values: Tensor, count: int) -> Tensor:
    """Return values (S B, ...) as (S, B, ...); those of one baseline for all as (1, 1, ...)."""
    if len(values) < count:
        return values[None]
    return values.reshape(-1, count, *values.shape[1:])


def _there(slope: Tensor | None, layer: str) -> Tensor:
    if slope is None:
        raise no_path(layer)
    return slope
