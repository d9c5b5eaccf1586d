"""Where to start: near the boundary, on the way to something that already is of the probe class.

One start is often a local optimum (ARCHITECTURE, "Where we depart from CDeepEx"). Points between
z0 and a latent of the probe class cost evaluations, but no gradients, and the best of them is
near the boundary already.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

import torch
from torch import Tensor

from xaiwidgets.contrast._constraints import Constraints, violation
from xaiwidgets.contrast._latent_objective import Float64Tensor, LatentObjective

T = TypeVar("T")
Evaluating = Generator[None, None, T]
"""Work that yields after each evaluation of the network, so that it can be stopped there."""

POOL_SIZE = 256
"""How many latents are drawn from a generator that can."""

_SURE = 1.0  # by how much a class must be ahead, in log-likelihood, to be an example
# Twice 8 evaluations find the best of 64 places, where the gap falls evenly.
_POINTS = 8


class LatentPool:
    """Latents whose pictures the network is sure about.

    Parameters
    ----------
    latents : Tensor (M, d), float64
    scores : Tensor (M, K)
        The log-likelihoods of their pictures, without residual.
    """

    def __init__(self, latents: Float64Tensor, scores: Float64Tensor) -> None:
        best, classes = scores.topk(2, dim=1)
        sure = best[:, 0] - best[:, 1] > _SURE
        self._latents, self._classes = latents[sure], classes[sure, 0]

    def of_class(self, probe: int, near: Float64Tensor, number: int) -> Float64Tensor | None:
        """Return the `number`-th nearest latents of a class to latents (B, d), if there are any."""
        examples = self._latents[self._classes == probe]
        if len(examples) <= number:
            return None
        # The nearest in the latent space, as it is distance there that eq. 3.2 makes small.
        return examples[torch.cdist(near, examples).argsort(1)[:, number]]


def start_towards_probe(
    objective: LatentObjective,
    constraints: Constraints,
    pool: LatentPool,
    rows: Tensor,
    number: int,
) -> Evaluating[tuple[Tensor, Float64Tensor]]:
    """Return the pairs that have a `number`-th example, and the best points on the way there.

    Yields after each evaluation.
    """
    ends = objective.start[rows].clone()
    has_example = torch.zeros(len(rows), dtype=torch.bool, device="cpu")
    for probe in torch.unique(constraints.probe[rows]).tolist():
        which = constraints.probe[rows] == probe
        examples = pool.of_class(probe, objective.start[rows[which]], number)
        if examples is not None:
            ends[which], has_example = examples, has_example | which
    rows, begin, ends = rows[has_example], objective.start[rows[has_example]], ends[has_example]
    if len(rows) == 0:
        return rows, begin
    best = torch.full((len(rows),), torch.inf, dtype=torch.double, device="cpu")
    at = torch.full_like(best, 0.5)
    # The whole way in equal parts, then the parts at either side of the best point.
    for width in (0.5, 0.5 / _POINTS):
        middle = at.clone()
        # Without the first end, which is z0 in the first round: all pairs start from there, too.
        for share in torch.linspace(-1, 1, _POINTS + 1, device="cpu")[1:].tolist():
            here = (middle + width * share).clamp(0, 1)
            scores = objective.scores(begin + here[:, None] * (ends - begin), rows)
            violations = violation(constraints.values(scores, rows))
            at = torch.where(violations < best, here, at)
            best = torch.fmin(violations, best)  # NaN, where the network fails, is no number
            yield
    return rows, begin + at[:, None] * (ends - begin)
