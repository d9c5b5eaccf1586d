"""The integral of eq. 4 over steps of the path, by values and slopes at their ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
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
    """Conductances of steps (S, B, C) or (S, B, C, ...), and their sums (S, B) by trapezoids.

    Attributes
    ----------
    missed : Tensor (S, B)
        What trapezoids miss of the change of the score over each step.
    """

    values: Tensor
    trapezoid: Tensor
    missed: Tensor

    def beside(self, other: Integral) -> Integral:
        """Return the integrals for these pictures and for others."""
        return Integral(*(torch.cat(pair, 1) for pair in zip(self, other, strict=True)))


def step_integral(
    at_end: PathPoints, at_begin: PathPoints, layer: str, rule: str, axis: int | None
) -> Integral:
    """Return the integrals over steps for one layer.

    Parameters
    ----------
    at_end, at_begin : PathPoints
        The ends x(k) of the steps and their beginnings x(k-1), which are nearer to the baseline.
    rule : str
        "right" is eq. 5, the slope at x(k) times the change to x(k) from x(k-1); "trapezoid" the
        mean of that and the slope at x(k-1). "secant" mixes the two so that a step sums to what
        the score changes by, f(x(k)) - f(x(k-1)), as eq. 3 demands of the whole path; the share
        is held in [0, 1], so that no slope is used that is steeper than both.
    axis : int or None
        The layer's axis of channels; all neurons are kept without it.
    """
    # f_y(x(k)) - f_y(x(k-1)) of eq. 5, of each call.
    ends = zip(at_end.values[layer], at_begin.values[layer], strict=True)
    changes = [end - begin for end, begin in ends]

    def integral(slopes: list[Tensor]) -> Tensor:
        # Calls of one module add up: each changes the score by a way of its own.
        calls = zip(slopes, changes, strict=True)
        return reduce(add, (_by_channel(slope * change, axis) for slope, change in calls))

    right = integral(at_end.slopes[layer])
    by_right = _totals(right)
    change = at_end.scores.to(by_right) - at_begin.scores.to(by_right)
    if rule == "right":
        return Integral(right, by_right, (by_right - change).abs())
    left = integral(at_begin.slopes[layer])
    by_left = _totals(left)
    share = torch.full_like(by_right, 0.5)
    if rule == "secant":
        # Where both slopes say the same, 0 / 0 is any share.
        # Outside of [0, 1] the slope at one end would count with the wrong sign: then the sum is
        # missed.
        mixed = (change - by_left) / (by_right - by_left)
        share = mixed.nan_to_num(0.5, 1.0, 0.0).clamp(0, 1)
    share = share.to(right).reshape(*share.shape, *[1] * (right.ndim - 2))
    trapezoid = (by_right + by_left) / 2
    return Integral(torch.lerp(left, right, share), trapezoid, (trapezoid - change).abs())


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
