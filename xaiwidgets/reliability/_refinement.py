"""Which steps of a path are halved: those over which the score bends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor

TOLERANCE = 0.05
"""What the trapezoid rule may miss, as a share of the change of the score, on the whole path.

The rule "secant" mends the sum of what is left; feature maps by themselves are then right to some
two per cent on a network with two linear layers after the layer.
"""

_WIDTH = 8
"""Steps of one picture that are halved together: memory does not depend on the budget."""


class Refinement:
    """Chooses steps to halve, for pictures that each have a budget.

    The path is walked step by step, and each step adds to the budget: what one does not spend is
    there for the next. So what is near the baseline, where a network with norms changes most, has
    all that was spared before.

    Parameters
    ----------
    steps : int
        The path has at first.
    spare : int
        How many may be halved.
    scores, baseline_scores : Tensor (B,)
    """

    def __init__(self, steps: int, spare: int, scores: Tensor, baseline_scores: Tensor) -> None:
        ends = scores.cpu().double(), baseline_scores.cpu().double()
        change = (ends[0] - ends[1]).abs()
        # Beyond rounding: else a score that does not change would be refined for nothing.
        rounding = 8 * torch.finfo(scores.dtype).eps * ends[0].abs()
        self._allowed = (TOLERANCE * change / steps + rounding).tolist()
        # By instalments: all at once would be spent near the picture, where the path begins.
        self._each = spare / steps
        self._spare = [0.0] * len(scores)

    def begin_step(self) -> None:
        """Give all pictures what one more step of the path adds."""
        self._spare = [left + self._each for left in self._spare]

    def choose(self, missed: Sequence[float], pictures: Sequence[int]) -> list[int]:
        """Return which of some steps to halve, the worst of each picture first.

        Parameters
        ----------
        missed : sequence of float
            By how much the trapezoid rule misses the score's change over each step.
        pictures : sequence of int
            Whose steps they are.
        """
        chosen, count = [], Counter[int]()
        # The worst first, as the budget may end within this step.
        for at in sorted(range(len(missed)), key=lambda at: -missed[at]):
            picture = pictures[at]
            affordable = self._spare[picture] >= 1 and count[picture] < _WIDTH
            if affordable and missed[at] > self._allowed[picture]:
                self._spare[picture] -= 1
                count[picture] += 1
                chosen.append(at)
        return chosen
