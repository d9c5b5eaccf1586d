"""How many inputs are evaluated at once, learned from what the batches cost that are played."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

FIRST_SIZE = 4
"""Inputs at once before anything is known: most networks are quicker so than one at a time."""

LARGEST_SIZE = 128
PATIENCE = 0.5
"""Seconds of a batch: Cancel and previews wait for its end."""

_GAIN = 0.95  # a batch twice as large stays if an evaluation costs at most this share


@dataclass(frozen=True)
class Batching:
    """The size of the next batch; it is doubled while that makes an evaluation cheaper.

    Attributes
    ----------
    size : int
        Inputs evaluated at once.
    settled : bool
        Whether a larger batch is not tried any more.
    before, now : float
        What an evaluation costs in batches half as large, and in those of this size; infinite
        where that is not known.

    Examples
    --------
    >>> batching = Batching(4)
    >>> for seconds in (0.040, 0.040, 0.060, 0.060, 0.120, 0.120):
    ...     batching = batching.after(batching.size, seconds, seconds)
    >>> batching.size, batching.settled
    (8, True)
    """

    size: int = FIRST_SIZE
    settled: bool = False
    before: float = math.inf
    now: float = math.inf

    @classmethod
    def beginning(cls, elapsed: float) -> Self:
        """Return the first guess for a network that takes so many seconds an input."""
        return cls(min(FIRST_SIZE, _fitting(elapsed)))

    def after(self, count: int, cost: float, elapsed: float) -> Batching:
        """Return what follows from a batch of `count` inputs.

        Parameters
        ----------
        cost : float
            Seconds of the processor that it took, which other programs do not lengthen.
        elapsed : float
            Seconds that somebody waited.
        """
        if elapsed > PATIENCE and count > 1:
            return Batching(_fitting(elapsed / count))
        if self.settled or count != self.size:
            return self
        if self.now == math.inf:
            # Measured twice: the first batch of a size pays for memory, and for compilation.
            return replace(self, now=cost / count)
        least = min(self.now, cost / count)
        if least > _GAIN * self.before:
            return Batching(self.size // 2, settled=True)
        if 2 * self.size > LARGEST_SIZE:
            return replace(self, settled=True)
        if 2 * elapsed > PATIENCE:
            # Not for good: the machine may have been busy.
            return replace(self, now=least)
        return Batching(2 * self.size, before=least)

    def without_memory(self, count: int) -> Batching:
        """Return what follows when a batch of `count` inputs does not fit in memory."""
        return Batching(max(1, count // 2), settled=True)


def _fitting(elapsed: float) -> int:
    """Return how many inputs of so many seconds each fit in the longest batch."""
    return max(1, min(LARGEST_SIZE, int(PATIENCE / max(elapsed, 1e-9))))
