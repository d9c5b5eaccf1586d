"""The paper's own way to the boundary: augmented Lagrangian, plain gradient descent (eq. 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor

from xaiwidgets.contrast.landscape import Floats, Landscape, Look
from xaiwidgets.contrast.question import Question, Record

RATE = 0.002
"""The step size, which the paper does not give: larger ones diverge as the penalty grows."""

_BETA, _GAMMA, _PENALTY = 1.01, 0.24, 1.0
_THIN = 10  # every so many steps one is kept for the path


class Descent:
    """The descent of some pairs from some latents, all at once; parameters as for `Search`."""

    def __init__(
        self, land: Landscape, question: Question, record: Record, rows: Tensor, z: Floats
    ) -> None:
        self.land, self.question, self.record = land, question, record
        self.rows, self.z = rows, z.clone()
        self.active = torch.zeros(len(land.start), dtype=torch.bool)
        self.active[rows] = True
        self.trails: list[list[tuple[Floats, Floats]]] = [[] for _ in land.start]
        self.penalty = torch.full((len(rows), 1), _PENALTY, dtype=torch.double)
        self.before = torch.full((len(rows),), torch.inf, dtype=torch.double)
        self.multipliers = torch.zeros(len(rows), 1, dtype=torch.double)
        self.done = 0

    def step(self) -> None:
        """Go down the Lagrangian once, then move multipliers and penalty."""
        rows = self.rows
        look = self.land.look(self.z, rows)
        values = self.question.values(look.scores, rows)
        fine = values[:, -1].isfinite()
        if self.done % _THIN == 0:
            for at in torch.nonzero(fine).flatten().tolist():
                self.trails[int(rows[at])].append((self.z[at], look.scores[at]))
        self.record.note(rows, self.z, look.scores, values, self.trails)
        forces = self.multipliers + self.penalty * values
        forces[:, :-1].clamp_(min=0)
        slope = 2 * (self.z - self.land.start[rows]) + self._push(
            look, forces.where(fine[:, None], 0)
        )
        self.z = self.z - RATE * slope
        self.multipliers = forces
        gap = values[:, -1].abs()
        slow = gap > _GAMMA * self.before
        self.penalty = torch.where(slow[:, None], _BETA * self.penalty, self.penalty)
        self.before = gap
        self.done += 1
        # Who has run off stays where the record is; float32, as networks take it.
        self._go_on(fine & self.z.float().isfinite().all(1))

    def _push(self, look: Look, forces: Floats) -> Floats:
        """Return one gradient for all constraints: of their sum, each as strong as its force."""
        weights = torch.zeros_like(look.scores)
        for column in torch.nonzero((forces != 0).any(0)).flatten().tolist():
            columns = torch.full_like(self.rows, column)
            own = self.question.weights(columns, self.rows, weights.shape[1])
            weights += forces[:, column : column + 1] * own
        return look.slopes(weights)

    def _go_on(self, going: Tensor) -> None:
        """Go on with some pairs only."""
        if bool(going.all()):
            return
        self.active[self.rows[~going]] = False
        self.rows, self.z, self.before = self.rows[going], self.z[going], self.before[going]
        self.multipliers, self.penalty = self.multipliers[going], self.penalty[going]
