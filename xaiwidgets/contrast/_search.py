"""The way to the boundary: sequential quadratic programming that learns the slopes as it goes.

The objective is |z - z0|^2 and the constraints are few, so each step is the point nearest z0 that
meets the constraints as linearised here: a quadratic program in a handful of multipliers. The
gradients cost most. Every evaluation, accepted or not, corrects the slopes along its step
(Broyden's update); gradients are computed only where a step was accepted, and averaged with the
slopes that there are. That also smooths the kinks of ReLU networks, across which steps by one
gradient cycle.

Until a pair has met its constraints, nearness to z0 counts less with every step: where they cross
at kinks, a search that is pulled back all the while zigzags beside a boundary that it could reach.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.contrast._broyden import BroydenSlopes
from xaiwidgets.contrast._constraints import Constraints, Record, violation
from xaiwidgets.contrast._latent_objective import Evaluation, Float64Tensor, LatentObjective

_PAD = 0.2  # the largest violation that is answered by aiming further inside
_WEIGHT = 4.0  # of violations in the merit of a step, in units of their multipliers
# On 256 pairs of clothes 95 % have reached the boundary after 20.5 gradients, without it 29.5.
_FADE = 0.9  # what nearness counts of the step before, as long as nothing has been reached
# With every third 95 % of 128 pairs arrive after 39 gradients instead of 20, though the median
# pair after 4 instead of 6.
_EVERY = 2  # before the boundary is reached, a gradient every so many steps
# A sweep costs their square. One that is left out and is then violated is among the next step's.
_WORKING = 8  # third classes in one quadratic program
# A cap for slopes that are all but parallel, where the sweeps converge slowly: what they leave
# the next linearisation takes up.
_SWEEPS = 60  # over the constraints of a quadratic program
_GAIN = 3e-3  # a smaller gain of distance is none
_PATIENCE, _REFUSALS = 4, 8  # evaluations without a gain; refused steps in a row


class SequentialQP:
    """The search of some pairs from some latents, many at once; each has its own step and end.

    Parameters
    ----------
    objective : LatentObjective
    constraints : Constraints
    record : Record
        Of the best points.
    rows : Tensor (B,)
        The pairs that search.
    z : Tensor (B, d)
        Where they begin.
    limit : int
        Steps of each pair.
    together : int
        How many pairs take a step at once.
    """

    def __init__(
        self,
        objective: LatentObjective,
        constraints: Constraints,
        record: Record,
        rows: Tensor,
        z: Float64Tensor,
        limit: int,
        together: int,
    ) -> None:
        self.objective, self.constraints, self.record = objective, constraints, record
        self.limit, self.together = limit, together
        count = len(objective.start)
        self.active = torch.zeros(count, dtype=torch.bool, device="cpu")
        self.active[rows] = True
        self.trails: list[list[tuple[Float64Tensor, Float64Tensor]]] = [[] for _ in range(count)]
        self.z = objective.start.clone()  # where to look next
        self.z[rows] = z
        self.base = self.z.clone()  # the last accepted point
        self.best = torch.full((count,), torch.inf, dtype=torch.double, device="cpu")
        # Infinite until a step is refused: before that nothing is known of the latents' scale.
        self.radius = self.best.clone()
        self.weight = torch.zeros(count, dtype=torch.double, device="cpu")
        self.steps_taken, self.stalled, self.refused = torch.zeros(
            3, count, dtype=torch.long, device="cpu"
        )
        # How many classes there are is known only from the first evaluation.
        self.values = self.pads = torch.empty(0, device="cpu")
        self.slopes = BroydenSlopes(0, 0, 0)

    def step(self) -> None:
        """Look at the next point of active pairs, and choose the point after it."""
        rows = self._next_rows()
        z = self.z[rows]
        evaluation = self.objective.evaluate(z, rows)
        values = self.constraints.values(evaluation.scores, rows)
        if self.values.numel() == 0:
            self._begin(values.shape[1])
        met = self.record.update(rows, z, evaluation.scores, values, self.trails)
        finite = values[:, -1].isfinite()  # what is NaN teaches nothing, and is not accepted
        # Before the base moves: Broyden's update is of the step from the last accepted point.
        self._update_by_step(rows[finite], z[finite], values[finite])
        accepted = self._accept(rows, z, values, met, evaluation.scores)
        self._update_by_gradients(rows, values, accepted, finite, evaluation)
        # Without a gradient where it begins, a pair cannot go anywhere.
        going = self.slopes.available[rows, -1]
        self.active[rows[~going]] = False
        if bool(going.any()):
            self._choose_step(rows[going], met[going])

    def _next_rows(self) -> Tensor:
        """Return as many pairs as a step has time for: where one ends, another begins."""
        rows = torch.nonzero(self.active).flatten()
        if len(rows) > self.together:
            # A pass back is one of all pairs, so that those that ask for it go together.
            due = self._is_due(rows)
            rows = rows[due == (2 * int(due.sum()) >= len(rows))]
        return rows[: self.together]

    def _is_due(self, rows: Tensor) -> Tensor:
        """Return which pairs ask for a gradient where they are accepted.

        Before the boundary a rough direction will do.
        """
        due: Tensor = self.best[rows].isfinite() | (self.steps_taken[rows] % _EVERY == 0)
        return due

    def _begin(self, columns: int) -> None:
        count, size = self.z.shape
        self.values = torch.full((count, columns), torch.inf, dtype=torch.double, device="cpu")
        self.slopes = BroydenSlopes(count, columns, size)
        self.pads = torch.zeros(count, columns, dtype=torch.double, device="cpu")

    def _update_by_step(self, rows: Tensor, z: Float64Tensor, values: Float64Tensor) -> None:
        """Make the slopes tell the difference that the step has made, and nothing else new."""
        moved = z - self.base[rows]
        length = moved.square().sum(1)
        moves = length > 0
        rows, moved, length, values = rows[moves], moved[moves], length[moves], values[moves]
        self.slopes.correct(rows, moved, values - self.values[rows])
        # A third class that still wins by a little: aim that much further inside.
        over = values + values[:, -1:].abs() / 2
        little = (over > 0) & (over < _PAD) & self.slopes.available[rows]
        little[:, -1] = False
        pads = self.pads[rows]
        self.pads[rows] = torch.where(little, torch.maximum(pads, over), 0.7 * pads)

    def _accept(
        self,
        rows: Tensor,
        z: Float64Tensor,
        values: Float64Tensor,
        met: Tensor,
        scores: Float64Tensor,
    ) -> Tensor:
        """Accept the points that are better, by distance and violations, than the last."""
        # Half of eq. 3.2's objective, as in `solve_qp`, whose multipliers weigh the violations.
        distance = (z - self.objective.start[rows]).square().sum(1) / 2
        before = (self.base[rows] - self.objective.start[rows]).square().sum(1) / 2
        weight, pull = self.weight[rows], self._pull(rows)
        # An exact l1 penalty: above all multipliers, its minimum is the constrained one.
        old = pull * before + weight * violation(self.values[rows])
        new = pull * distance + weight * violation(values)
        first = self.values[rows, -1].isinf()
        # The decrease must be well above the rounding of float32 scores, which is no progress.
        accepted = new.isfinite() & (first | (new < old * (1 - 1e-4)))
        length = (z - self.base[rows]).norm(dim=1)
        # A trust region: at least twice a step that was good, half of one that was not.
        longer = torch.maximum(self.radius[rows], 2 * length)
        self.radius[rows] = torch.where(accepted, longer, length / 2)
        self.refused[rows] = torch.where(accepted, 0, self.refused[rows] + 1)
        gained = met & (distance.mul(2).sqrt() < self.best[rows] * (1 - _GAIN))
        waiting = gained | self.best[rows].isinf()
        self.stalled[rows] = torch.where(waiting, 0, self.stalled[rows] + 1)
        self.best[rows[gained]] = distance.mul(2).sqrt()[gained]
        which = rows[accepted]
        self.base[which], self.values[which] = z[accepted], values[accepted]
        for at in torch.nonzero(accepted).flatten().tolist():
            self.trails[int(rows[at])].append((z[at], scores[at]))
        return accepted

    def _update_by_gradients(
        self,
        rows: Tensor,
        values: Float64Tensor,
        accepted: Tensor,
        finite: Tensor,
        evaluation: Evaluation,
    ) -> None:
        """Ask for gradients where they tell most: of the gap, and of the strongest third class."""
        # Refusals in a row mean that the slopes are wrong, and not only the length of the step, so
        # that every third asks for a gradient.
        gap = finite & ((accepted & self._is_due(rows)) | (self.refused[rows] % 3 == 2))
        self.steps_taken[rows] += 1
        strongest, columns = values[:, :-1].max(1)
        unknown = ~self.slopes.available[rows, columns]
        third = (gap | unknown) & (strongest > 0)
        # Two passes for all, of which the second has few pairs: those that ask for both.
        gaps = torch.full_like(columns, values.shape[1] - 1)
        self._blend(rows, torch.where(gap, gaps, columns), gap | third, evaluation)
        self._blend(rows, columns, gap & third, evaluation)

    def _blend(self, rows: Tensor, columns: Tensor, wanted: Tensor, evaluation: Evaluation) -> None:
        if not bool(wanted.any()):
            return
        weights = self.constraints.weights(columns, rows, evaluation.scores.shape[1])
        gradients = evaluation.slopes(weights * wanted[:, None])
        wanted = wanted & gradients.isfinite().all(1)
        self.slopes.blend(rows[wanted], columns[wanted], gradients[wanted])

    def _choose_step(self, rows: Tensor, met: Tensor) -> None:
        """Go to the nearest point that meets the constraints as they look from the base."""
        base, values = self.base[rows], self.values[rows] + self.pads[rows]
        back = self.objective.start[rows] - base
        towards = self._pull(rows)[:, None] * back
        slopes, columns, available = self.slopes.of(rows)
        step, multipliers = solve_qp(slopes, values.gather(1, columns), available, towards)
        length = step.norm(dim=1)
        short = (self.radius[rows] / length.clamp_min(1e-12)).clamp(max=1)
        self.z[rows] = base + step * short[:, None]
        # Clamped, because a program that no point satisfies has multipliers without bound.
        weight = _WEIGHT * multipliers.abs().amax(1).clamp(max=1e3)
        # It decays slowly: a weight that fell at once would accept steps that undo the one before.
        self.weight[rows] = torch.maximum(weight, 0.7 * self.weight[rows])
        # The search stands where the linearised program has its minimum.
        settled = met & (length <= 0.01 * back.norm(dim=1))
        stuck = (self.stalled[rows] >= _PATIENCE) | (self.refused[rows] >= _REFUSALS)
        unmoved = (self.z[rows] == base).all(1)
        spent = self.steps_taken[rows] >= self.limit
        self.active[rows[settled | stuck | unmoved | spent]] = False

    def _pull(self, rows: Tensor) -> Float64Tensor:
        """Return how much nearness to z0 counts (B,) for pairs in this step."""
        faded = _FADE ** self.steps_taken[rows].double()
        return torch.where(self.record.converged[rows], 1.0, faded)


def solve_qp(
    slopes: Float64Tensor, values: Float64Tensor, available: Tensor, back: Float64Tensor
) -> tuple[Float64Tensor, Float64Tensor]:
    """Return the step to the point nearest z0 that meets linear constraints, and multipliers.

    Constraint j of a pair is ``values[j] + slopes[j] @ step``: the first 0, the others at most 0;
    those that are not `available` are left out. `back` is the step to z0. Solved in the
    multipliers, one after the other (Hildreth's method), for all pairs at once.
    """
    at_start = values + (slopes @ back[:, :, None])[..., 0]  # the constraints as seen at z0
    # Third classes that are much violated at either end, base or z0, are the likeliest to bind.
    relevance = torch.where(available, torch.maximum(values, at_start), -torch.inf)[:, 1:]
    most = min(_WORKING, int(available[:, 1:].sum(1).max()))
    columns = nn.functional.pad(relevance.topk(most, dim=1).indices + 1, (1, 0))
    used = available.gather(1, columns)
    slopes = slopes.gather(1, columns[:, :, None].expand(-1, -1, slopes.shape[2]))
    slopes = slopes * used[:, :, None]
    values = at_start.gather(1, columns) * used
    # The dual of min |step - back|^2 / 2, where step = back - multipliers @ slopes.
    multipliers = torch.from_numpy(_hildreth((slopes @ slopes.mT).numpy(), values.numpy()))
    return back - (multipliers[:, None] @ slopes)[:, 0], multipliers


def _hildreth(products: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return multipliers (B, m) of constraints; in NumPy, which is quicker for few numbers."""
    # A constraint that is left out has slope and value 0, so that its multiplier stays 0.
    diagonal = np.maximum(products.diagonal(axis1=1, axis2=2), 1e-12)
    # The pairs last, side by side in memory: what a sweep reads of them is then one piece.
    effects = np.ascontiguousarray((products / diagonal[:, :, None]).transpose(2, 1, 0))
    left = np.ascontiguousarray((values / diagonal).T)  # by how much each multiplier is too small
    multipliers = np.zeros_like(left)
    for _ in range(_SWEEPS):
        before = multipliers.copy()
        for j in range(len(left)):
            new = multipliers[j] + left[j]
            # The gap is an equality, whose multiplier has either sign; others' are not negative.
            if j > 0:
                np.maximum(new, 0, out=new)
            left -= effects[j] * (new - multipliers[j])
            multipliers[j] = new
        if np.abs(multipliers - before).max() <= 1e-9 * max(1.0, np.abs(multipliers).max()):
            break
    return multipliers.T
