"""Slopes of constraints, kept up to date by Broyden's rank-one update.

Of a thousand classes only a few ever constrain a search, so slopes are stored for those alone.
"""

from __future__ import annotations

import torch
from torch import Tensor

from xaiwidgets.contrast._latent_objective import Float64Tensor

_SHARE = 0.5  # of a new gradient in a slope that there is: an average over the kinks of ReLUs


class BroydenSlopes:
    """The slopes of some constraints of each pair, in a table with as many places as needed.

    The last constraint is the gap, which every pair has: it is in the first place.

    Parameters
    ----------
    pairs, constraints, size : int
        How many there are, and numbers in a slope.

    Attributes
    ----------
    available : Tensor (pairs, constraints)
        Of which constraints there are slopes.
    """

    def __init__(self, pairs: int, constraints: int, size: int) -> None:
        self.available = torch.zeros(pairs, constraints, dtype=torch.bool, device="cpu")
        self._place = torch.zeros(pairs, constraints, dtype=torch.long, device="cpu")
        self._column = torch.full((pairs, 1), constraints - 1, device="cpu")  # what is in a place
        self._slopes = torch.zeros(pairs, 1, size, dtype=torch.double, device="cpu")

    def of(self, rows: Tensor) -> tuple[Float64Tensor, Tensor, Tensor]:
        """Return slopes (B, places, size), whose they are, and in which places there are any."""
        columns = self._column[rows]
        # Empty places are marked by the last constraint's number, which is only in the first.
        available = self.available[rows].gather(1, columns)
        available[:, 1:] &= columns[:, 1:] < self.available.shape[1] - 1
        return self._slopes[rows], columns, available

    def correct(self, rows: Tensor, moved: Float64Tensor, gained: Float64Tensor) -> None:
        """Make slopes predict what constraints have gained (B, constraints) by steps (B, size).

        Broyden's update: the smallest change of the slopes that does, ``s += (gained - s . moved)
        moved / |moved|^2``.
        """
        slopes, columns, available = self.of(rows)
        missing = gained.gather(1, columns) - (slopes @ moved[:, :, None])[..., 0]
        share = missing.where(available, 0) / moved.square().sum(1, keepdim=True)
        self._slopes[rows] = slopes + share[:, :, None] * moved[:, None, :]

    def blend(self, rows: Tensor, columns: Tensor, gradients: Float64Tensor) -> None:
        """Average the gradients (B, size) of one constraint of each pair into its slope."""
        available = self.available[rows, columns]
        share = torch.where(available, _SHARE, 1.0)[:, None]
        places = self._places(rows, columns)
        self._slopes[rows, places] = (1 - share) * self._slopes[rows, places] + share * gradients
        self.available[rows, columns] = True

    def _places(self, rows: Tensor, columns: Tensor) -> Tensor:
        """Return where slopes are; those that have no place get one."""
        last = self.available.shape[1] - 1
        new = ~self.available[rows, columns] & (columns < last)
        # Place 0 is the gap's, and the others are filled in order: their number is the last used.
        free = self.available[rows[new], :last].sum(1) + 1
        missing = int(free.max()) + 1 - self._column.shape[1] if len(free) else 0
        if missing > 0:
            pairs, _, size = self._slopes.shape
            more = torch.zeros(pairs, missing, size, dtype=torch.double, device="cpu")
            self._slopes = torch.cat([self._slopes, more], 1)
            self._column = torch.cat(
                [self._column, torch.full((pairs, missing), last, device="cpu")], 1
            )
        self._place[rows[new], columns[new]] = free
        self._column[rows[new], free] = columns[new]
        return self._place[rows, columns]
