"""The integral of eq. 4 over steps of the path, by values and slopes at their ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from xaiwidgets.devices import widest_float

RULES_OF_QUADRATURE = ("secant", "right", "trapezoid")
"""How the slope within a step follows from those at its ends."""


class PathPoints(NamedTuple):
    """What S points on the path gave for each of B pictures, in the order from the picture back.

    Attributes
    ----------
    scores : Tensor (S, B)
        Of the class that is explained.
    values, slopes : dict of lists of Tensor (S, B, ...)
        By layer and call, what it gave, and the gradient of the score with respect to that. The
        last point may have no slopes.
    """

    scores: Tensor
    values: dict[str, list[Tensor]]
    slopes: dict[str, list[Tensor]]

    def part(self, which: slice) -> PathPoints:
        """Return some of the points."""
        return self._each(lambda tensor: tensor[which])

    def of_pictures(self, which: Sequence[int]) -> PathPoints:
        """Return what the points gave for some of the pictures."""
        return self._each(lambda tensor: tensor[:, list(which)])

    def after(self, before: PathPoints) -> PathPoints:
        """Return these points with those before them, so that the step between counts, too."""
        return PathPoints(
            torch.cat([before.scores, self.scores]),
            {name: _concatenate(before.values[name], each) for name, each in self.values.items()},
            {
                name: _concatenate(before.slopes[name], each) if each else before.slopes[name]
                for name, each in self.slopes.items()
            },
        )

    def beside(self, other: PathPoints) -> PathPoints:
        """Return the points of these pictures and of others."""
        return PathPoints(
            torch.cat([self.scores, other.scores], 1),
            {name: _concatenate(each, other.values[name], 1) for name, each in self.values.items()},
            {name: _concatenate(each, other.slopes[name], 1) for name, each in self.slopes.items()},
        )

    def _each(self, change: Callable[[Tensor], Tensor]) -> PathPoints:
        return PathPoints(
            change(self.scores),
            {layer: [change(call) for call in each] for layer, each in self.values.items()},
            {layer: [change(call) for call in each] for layer, each in self.slopes.items()},
        )


class Integral(NamedTuple):
    """Conductances of steps (S, B, C) or (S, B, C, ...), and their sums (S, B) by trapezoids."""

    values: Tensor
    trapezoid: Tensor

    def missed(self, points: PathPoints) -> Tensor:
        """Return what trapezoids miss of the change of the score over each step (S, B)."""
        scores = points.scores.to(self.trapezoid)
        change = scores[:-1] - scores[1:]
        return (self.trapezoid - change).abs()


def step_integral(points: PathPoints, layer: str, rule: str, axis: int | None) -> Integral:
    """Return the integrals over the steps between points for one layer.

    Parameters
    ----------
    rule : str
        "right" is eq. 5, the slope at x(k) times the change to x(k) from x(k-1); "trapezoid" the
        mean of that and the slope at x(k-1). "secant" mixes the two so that a step sums to what
        the score changes by, f(x(k)) - f(x(k-1)), as eq. 3 demands of the whole path; the share
        is held in [0, 1], so that no slope is used that is steeper than both.
    axis : int or None
        The layer's axis of channels; all neurons are kept without it.
    """
    right = left = points.scores.new_zeros(())
    for values, slopes in zip(points.values[layer], points.slopes[layer], strict=True):
        # The path is walked backwards: this is f_y(x(k)) - f_y(x(k-1)) of eq. 5.
        change = values[:-1] - values[1:]
        # Calls of one module add up: each changes the score by a way of its own.
        right = right + _by_channel(slopes[: len(change)] * change, axis)
        if rule != "right":
            left = left + _by_channel(slopes[1:] * change, axis)
    if rule == "right":
        return Integral(right, _totals(right))
    at_right, at_left = _totals(right), _totals(left)
    share = torch.full_like(at_right, 0.5)
    if rule == "secant":
        scores = points.scores.to(at_left)
        wanted = scores[:-1] - scores[1:] - at_left
        # Where both slopes say the same, 0 / 0 is any share.
        # Outside of [0, 1] the slope at one end would count with the wrong sign: then the sum is
        # missed.
        share = (wanted / (at_right - at_left)).nan_to_num(0.5, 1.0, 0.0).clamp(0, 1)
    share = share.to(right).reshape(*share.shape, *[1] * (right.ndim - 2))
    return Integral(torch.lerp(left, right, share), (at_right + at_left) / 2)


def _by_channel(shares: Tensor, axis: int | None) -> Tensor:
    """Return steps (S, B, ...) summed over space or tokens if `axis` is given."""
    # What half precision gave is summed in single, so that a sum of many is not rounded to it.
    shares = shares if shares.dtype == torch.float64 else shares.float()
    # In front of the layer's own axes (B, ...) is that of the steps.
    others = [at for at in range(2, shares.ndim) if axis is not None and at != axis + 1]
    return shares.sum(others) if others else shares


def _totals(shares: Tensor) -> Tensor:
    """Return the sum of each step for each picture (S, B), as precise as the device can."""
    return shares.flatten(2).sum(2, dtype=widest_float(shares.device))


def _concatenate(before: list[Tensor], after: list[Tensor], dim: int = 0) -> list[Tensor]:
    return [torch.cat(pair, dim) for pair in zip(before, after, strict=True)]
