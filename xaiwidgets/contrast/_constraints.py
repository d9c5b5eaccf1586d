"""The constraints of CDeepEx (eq. 3.2), and the best points so far that meet them."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import torch
from torch import Tensor

from xaiwidgets.contrast._latent_objective import Float64Tensor, LatentObjective

# Not -inf, of which differences, and products with 0 in `solve_qp`, are NaN.
_NEVER = -1e6  # a constraint that is not there: far from being violated
_ROUNDING = 1e-6  # of log-likelihoods, which networks compute in float32


@dataclass(frozen=True)
class Constraints:
    """The constraints of some pairs, as numbers that must be 0 or below.

    At the boundary llh(true) = llh(probe), so that "no third class above either" is one constraint
    for each third class: llh(y') - (llh(true) + llh(probe)) / 2 <= -margin. (The paper prints
    the opposite sign, which makes third classes win.)

    Attributes
    ----------
    true, probe : Tensor (P,)
        The predicted classes, and those asked about.
    margin, tolerance : float
        How far third classes stay below; how near to the boundary is near enough.
    third : bool
        Whether third classes are constrained: CDeepEx. xGEMs has the boundary alone.
    """

    true: Tensor
    probe: Tensor
    # Eq. 3.2 has an epsilon in its place, and says neither how large it is nor of which sign.
    margin: float
    tolerance: float
    # xGEMs as section 3.2 compares it: eq. 3.2 without its last two constraints. The method of
    # Joshi et al. (2018) is another: reconstruction plus cross-entropy, with no boundary in it.
    third: bool

    def values(self, scores: Float64Tensor, rows: Tensor) -> Float64Tensor:
        """Return the constraints (B, K + 1): of all third classes, then the gap, to be 0."""
        true, probe = self.true[rows][:, None], self.probe[rows][:, None]
        first, second = scores.gather(1, true), scores.gather(1, probe)
        # If latents (a, b) have the scores (a, b, 1.5), class 0 is true and 1 the probe, this sign
        # leads from (2, 0) to (1.5, 1.5); the printed one to (1, 1), where class 2 wins.
        others = scores - (first + second) / 2 + self.margin
        if self.third:
            others = others.scatter(1, torch.cat([true, probe], 1), _NEVER)
        else:
            others = torch.full_like(others, _NEVER)
        return torch.cat([others, first - second], 1)

    def weights(self, columns: Tensor, rows: Tensor, classes: int) -> Float64Tensor:
        """Return the weights (B, K) of scores in the constraints `columns` (B,) of the pairs.

        All constraints are linear in the log-likelihoods, so that one backward pass of a weighted
        sum of scores gives the gradient of any of them.
        """
        weights = torch.zeros(len(rows), classes + 1, dtype=torch.double, device="cpu")
        gap = columns == classes
        true, probe, here = self.true[rows], self.probe[rows], torch.arange(len(rows), device="cpu")
        # Of the gap this is the column after the last class, which is cut off at the end.
        weights[here, columns] = 1.0
        weights[here, true] += torch.where(gap, 1.0, -0.5)
        weights[here, probe] += torch.where(gap, -1.0, -0.5)
        return weights[:, :classes]

    def are_met(self, values: Float64Tensor) -> Tensor:
        """Return of which pairs the constraints are met."""
        gap = values[:, -1].abs()
        # The middle of true and probe is half a gap above the lower of the two.
        below = values[:, :-1].amax(1) + gap / 2 <= _ROUNDING
        return (gap <= self.tolerance) & below


def violation(values: Float64Tensor) -> Float64Tensor:
    """Return by how much the constraints are violated (B,), all together."""
    return values[:, -1].abs() + values[:, :-1].clamp_min(0).sum(1)


def third_class_on_top(scores: Float64Tensor, true: Tensor, probe: Tensor) -> Tensor:
    """Return the strongest class that is likelier than both (B,), else -1."""
    pair = torch.stack([true, probe], 1)
    strongest, which = scores.scatter(1, pair, -torch.inf).max(1)
    return torch.where(strongest > scores.gather(1, pair).amax(1) + _ROUNDING, which, -1)


@dataclass
class Record:
    """The best answer to each pair so far: the nearest that meets the constraints.

    While none does, that which misses them least.
    """

    objective: LatentObjective
    constraints: Constraints
    z: Float64Tensor = field(init=False)
    paths: list[list[tuple[Float64Tensor, Float64Tensor]]] = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.objective.start)
        self.z = self.objective.start.clone()
        # Infinite while no point has met the constraints: the first that does is kept, however far.
        self.distance = torch.full((count,), torch.inf, dtype=torch.double, device="cpu")
        self.violation = torch.full((count,), torch.inf, dtype=torch.double, device="cpu")
        self.converged = torch.zeros(count, dtype=torch.bool, device="cpu")
        self.steps = torch.zeros(count, dtype=torch.long, device="cpu")
        self.gradients_to_reach = torch.full((count,), -1, device="cpu")
        self.paths = [[] for _ in range(count)]

    def copy(self) -> Record:
        """Return the record as it is now, which later steps of the search do not change."""
        now = copy.copy(self)
        now.objective = self.objective.copy()
        # Entries are replaced and never changed, so that a new list is enough.
        now.paths = list(self.paths)
        for name in ("z", "distance", "violation", "converged", "steps", "gradients_to_reach"):
            setattr(now, name, getattr(self, name).clone())
        return now

    def update(
        self,
        rows: Tensor,
        z: Float64Tensor,
        scores: Float64Tensor,
        values: Float64Tensor,
        trails: list[list[tuple[Float64Tensor, Float64Tensor]]],
    ) -> Tensor:
        """Keep what is better than before, and return which pairs have met their constraints."""
        converged, violations = self.constraints.are_met(values), violation(values)
        distance = (z - self.objective.start[rows]).norm(dim=1)
        self.steps[rows] += 1
        new = converged & ~self.converged[rows]
        self.gradients_to_reach[rows[new]] = self.objective.gradients[rows[new]]
        # A point that meets the constraints is never given up for one that does not, however near.
        better = torch.where(
            converged,
            distance < self.distance[rows],
            ~self.converged[rows] & (violations < self.violation[rows]),
        )
        which = rows[better]
        self.z[which], self.violation[which] = z[better], violations[better]
        self.converged[which] |= converged[better]
        self.distance[which] = torch.where(converged, distance, torch.inf)[better]
        for at in torch.nonzero(better).flatten().tolist():
            row = int(rows[at])
            self.paths[row] = [*trails[row], (z[at], scores[at])]
        return converged
