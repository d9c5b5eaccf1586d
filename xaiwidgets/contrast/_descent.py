"""The paper's own way to the boundary: augmented Lagrangian, plain gradient descent (eq. 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor

from xaiwidgets.contrast._constraints import Constraints, Record
from xaiwidgets.contrast._latent_objective import Evaluation, Float64Tensor, LatentObjective

RATE = 0.002
"""The step size, which the paper does not give: larger ones diverge as the penalty grows."""

# Eq. 3.4: the penalty c starts at 1, and grows by beta where the gap has not shrunk by gamma.
_BETA, _GAMMA, _PENALTY = 1.01, 0.24, 1.0
_THIN = 10  # every so many steps one is added to the path


class LagrangianDescent:
    """The descent of some pairs from some latents at once; parameters as for `SequentialQP`."""

    def __init__(
        self,
        objective: LatentObjective,
        constraints: Constraints,
        record: Record,
        rows: Tensor,
        z: Float64Tensor,
        limit: int,
    ) -> None:
        self.objective, self.constraints, self.record = objective, constraints, record
        self.limit = limit
        self.rows, self.z = rows, z.clone()
        self.active = torch.zeros(len(objective.start), dtype=torch.bool, device="cpu")
        self.active[rows] = True
        self.trails: list[list[tuple[Float64Tensor, Float64Tensor]]] = [[] for _ in objective.start]
        self.penalty = torch.full((len(rows), 1), _PENALTY, dtype=torch.double, device="cpu")
        # Infinite, so that eq. 3.4 does not raise the penalty after the first step.
        self.before = torch.full((len(rows),), torch.inf, dtype=torch.double, device="cpu")
        # (B, 1) until the classes are counted, then (B, K + 1). Eq. 3.3 has two for a third class,
        # of true and of probe; here it is one, as at the boundary both constraints are the same.
        self.multipliers = torch.zeros(len(rows), 1, dtype=torch.double, device="cpu")
        self.done = 0

    def step(self) -> None:
        """Go down the Lagrangian once, then move multipliers and penalty."""
        rows = self.rows
        evaluation = self.objective.evaluate(self.z, rows)
        values = self.constraints.values(evaluation.scores, rows)
        finite = values[:, -1].isfinite()
        if self.done % _THIN == 0:
            for at in torch.nonzero(finite).flatten().tolist():
                self.trails[int(rows[at])].append((self.z[at], evaluation.scores[at]))
        self.record.update(rows, self.z, evaluation.scores, values, self.trails)
        # Factors in the gradient of eq. 3.3: lambda + c h, and max(0, mu + c h) of inequalities.
        forces = self.multipliers + self.penalty * values
        forces[:, :-1].clamp_(min=0)
        slope = 2 * (self.z - self.objective.start[rows]) + self._push(
            evaluation, forces.where(finite[:, None], 0)
        )
        self.z = self.z - RATE * slope
        # The method of multipliers moves them to the same numbers, here after each step of descent
        # and not after a whole minimisation.
        self.multipliers = forces
        gap = values[:, -1].abs()
        slow = gap > _GAMMA * self.before
        self.penalty = torch.where(slow[:, None], _BETA * self.penalty, self.penalty)
        self.before = gap
        self.done += 1
        # A pair that has diverged ends at its best point; in float32, as networks take latents.
        going = finite & self.z.float().isfinite().all(1)
        self._drop_inactive(going & (self.done < self.limit))

    def _push(self, evaluation: Evaluation, forces: Float64Tensor) -> Float64Tensor:
        """Return one gradient for all constraints: of their sum, each as strong as its force."""
        # Of a thousand third classes only the few that push cost anything.
        weights = torch.zeros_like(evaluation.scores)
        for column in torch.nonzero((forces != 0).any(0)).flatten().tolist():
            columns = torch.full_like(self.rows, column)
            of_constraint = self.constraints.weights(columns, self.rows, weights.shape[1])
            weights += forces[:, column : column + 1] * of_constraint
        return evaluation.slopes(weights)

    def _drop_inactive(self, going: Tensor) -> None:
        """Go on with the pairs that are `going`."""
        if bool(going.all()):
            return
        self.active[self.rows[~going]] = False
        self.rows, self.z, self.before = self.rows[going], self.z[going], self.before[going]
        self.multipliers, self.penalty = self.multipliers[going], self.penalty[going]
