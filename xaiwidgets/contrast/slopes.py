"""The slopes of constraints as far as they are known: of a thousand classes, a few."""

from __future__ import annotations

import torch
from torch import Tensor

from xaiwidgets.contrast.landscape import Floats

_MIX = 0.5  # the share of a new gradient in a slope that is known


class Slopes:
    """The slopes of some constraints of each pair, in places of their own; the last one's first.

    Parameters
    ----------
    pairs, constraints, size : int
        How many there are, and numbers in a slope.

    Attributes
    ----------
    known : Tensor (pairs, constraints)
        Which slopes have been asked for.
    """

    def __init__(self, pairs: int, constraints: int, size: int) -> None:
        self.known = torch.zeros(pairs, constraints, dtype=torch.bool)
        self._place = torch.zeros(pairs, constraints, dtype=torch.long)
        self._column = torch.full((pairs, 1), constraints - 1)  # what is in a place
        self._slopes = torch.zeros(pairs, 1, size, dtype=torch.double)

    def of(self, rows: Tensor) -> tuple[Floats, Tensor, Tensor]:
        """Return slopes (B, places, size), whose they are, and in which places there are any."""
        columns = self._column[rows]
        # An empty place is said to be the last constraint's, whose own place is the first.
        known = self.known[rows].gather(1, columns)
        known[:, 1:] &= columns[:, 1:] < self.known.shape[1] - 1
        return self._slopes[rows], columns, known

    def correct(self, rows: Tensor, moved: Floats, gained: Floats) -> None:
        """Make slopes tell what constraints have gained (B, constraints) by steps (B, size).

        Nothing else of them is changed (Broyden).
        """
        slopes, columns, known = self.of(rows)
        missing = gained.gather(1, columns) - (slopes @ moved[:, :, None])[..., 0]
        share = missing.where(known, 0) / moved.square().sum(1, keepdim=True)
        self._slopes[rows] = slopes + share[:, :, None] * moved[:, None, :]

    def mix(self, rows: Tensor, columns: Tensor, found: Floats) -> None:
        """Learn the gradients (B, size) of one constraint for each pair."""
        known = self.known[rows, columns]
        share = torch.where(known, _MIX, 1.0)[:, None]
        places = self._places(rows, columns)
        self._slopes[rows, places] = (1 - share) * self._slopes[rows, places] + share * found
        self.known[rows, columns] = True

    def _places(self, rows: Tensor, columns: Tensor) -> Tensor:
        """Return where slopes are; those that have no place get one."""
        last = self.known.shape[1] - 1
        new = ~self.known[rows, columns] & (columns < last)
        free = self.known[rows[new], :last].sum(1) + 1
        missing = int(free.max()) + 1 - self._column.shape[1] if len(free) else 0
        if missing > 0:
            pairs, _, size = self._slopes.shape
            more = torch.zeros(pairs, missing, size, dtype=torch.double)
            self._slopes = torch.cat([self._slopes, more], 1)
            self._column = torch.cat([self._column, torch.full((pairs, missing), last)], 1)
        self._place[rows[new], columns[new]] = free
        self._column[rows[new], free] = columns[new]
        return self._place[rows, columns]
