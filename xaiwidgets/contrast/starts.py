"""Where to start: near the boundary, on the way to something that already is of the probe class.

One start is often a local optimum (DESIGN, section 8). Points between z0 and a latent of the probe
class cost evaluations, but no gradients, and most of the way is behind at the best of them.
"""

from __future__ import annotations

import torch
from torch import Tensor

from xaiwidgets.contrast.landscape import Floats, Landscape
from xaiwidgets.contrast.question import Question, miss

SAMPLES = 256
"""How many latents are drawn from a generator that can."""

_SURE = 1.0  # by how much a class must be ahead, in log-likelihood, to be an example
_POINTS = 8


class Pool:
    """Latents whose pictures the network is sure about.

    Parameters
    ----------
    latents : Tensor (M, d), float64
    scores : Tensor (M, K)
        The log-likelihoods of their pictures, without residual.
    """

    def __init__(self, latents: Floats, scores: Floats) -> None:
        best, classes = scores.topk(2, dim=1)
        sure = best[:, 0] - best[:, 1] > _SURE
        self._latents, self._classes = latents[sure], classes[sure, 0]

    def of_class(self, probe: int, near: Floats, number: int) -> Floats | None:
        """Return the `number`-th nearest latents of a class to latents (B, d), if there are any."""
        found = self._latents[self._classes == probe]
        if len(found) <= number:
            return None
        return found[torch.cdist(near, found).argsort(1)[:, number]]


def towards(
    land: Landscape, question: Question, pool: Pool, rows: Tensor, number: int
) -> tuple[Tensor, Floats]:
    """Return the pairs that have a `number`-th example, and the best points on the way there."""
    ends = land.start[rows].clone()
    has = torch.zeros(len(rows), dtype=torch.bool)
    for probe in torch.unique(question.probe[rows]).tolist():
        which = question.probe[rows] == probe
        found = pool.of_class(probe, land.start[rows[which]], number)
        if found is not None:
            ends[which], has = found, has | which
    rows, begin, ends = rows[has], land.start[rows[has]], ends[has]
    if len(rows) == 0:
        return rows, begin
    best = torch.full((len(rows),), torch.inf, dtype=torch.double)
    at = torch.full_like(best, 0.5)
    # The whole way in equal parts, then the parts at either side of the best point.
    for width in (0.5, 0.5 / _POINTS):
        middle = at.clone()
        for share in torch.linspace(-1, 1, _POINTS + 1)[1:].tolist():
            here = (middle + width * share).clamp(0, 1)
            scores = land.scores(begin + here[:, None] * (ends - begin), rows)
            missed = miss(question.values(scores, rows))
            at = torch.where(missed < best, here, at)
            best = torch.fmin(missed, best)  # NaN, where the network fails, is no number
    return rows, begin + at[:, None] * (ends - begin)
