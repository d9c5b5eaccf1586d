"""The paper's own way to the boundary: augmented Lagrangian, plain gradient descent (eq. 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor

from xaiwidgets.contrast.landscape import Floats, Landscape
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
        classes = look.scores.shape[1]
        if self.done % _THIN == 0:
            for at, row in enumerate(rows.tolist()):
                self.trails[row].append((self.z[at], look.scores[at]))
        self.record.note(rows, self.z, look.scores, values, self.trails)
        forces = self.multipliers + self.penalty * values
        forces[:, :-1].clamp_(min=0)
        # One gradient for all constraints: that of their sum, each as strong as its force.
        weights = torch.zeros_like(look.scores)
        for column in torch.nonzero((forces != 0).any(0)).flatten().tolist():
            columns = torch.full_like(rows, column)
            own = self.question.weights(columns, rows, classes)
            weights += forces[:, column : column + 1] * own
        slope = 2 * (self.z - self.land.start[rows]) + look.slopes(weights)
        self.z = self.z - RATE * slope
        self.multipliers = forces
        gap = values[:, -1].abs()
        slow = gap > _GAMMA * self.before
        self.penalty = torch.where(slow[:, None], _BETA * self.penalty, self.penalty)
        self.before = gap
        self.done += 1
