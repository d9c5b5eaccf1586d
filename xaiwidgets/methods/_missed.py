"""What drawn pairs say that a surrogate misses of Shapley values, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from xaiwidgets.methods._coalitions import pairs_of_size

Floats = NDArray[np.float64]


class Moments(NamedTuple):
    """How many pairs of one size there are, and sums of powers of what they say is missed."""

    number: int
    total: Floats
    squares: Floats
    fourths: Floats

    @classmethod
    def of(cls, missed: Floats) -> Moments:
        """Return those of pairs, one a row (K, players)."""
        powers = (np.power(missed, power).sum(axis=0) for power in (1, 2, 4))
        return cls(len(missed), *powers)

    def with_more(self, other: Moments) -> Moments:
        """Return those of both."""
        sums = (ours + more for ours, more in zip(self[1:], other[1:], strict=True))
        return Moments(self.number + other.number, *sums)

    def scaled(self, by: float) -> Moments:
        """Return those of as many pairs that say `by` times as much."""
        return Moments(self.number, self.total * by, self.squares * by**2, self.fourths * by**4)


def mean_missed(players: int, moments: Mapping[int, Moments]) -> tuple[Floats, Floats]:
    """Return the mean over pairs of all sizes, and its standard error (players,).

    The error is inf of fewer than two pairs.
    """
    each = [*moments.values()]
    count = sum(part.number for part in each)
    zero = np.zeros(players)
    mean = sum((part.total for part in each), zero) / max(count, 1)
    if count < 2:
        return mean, np.full(players, np.inf)
    # What a pair drawn once says stands for the pairs that were not drawn, and theirs varies as
    # much: by as many as there are. Where N of M pairs are drawn that is N / M of the variance.
    squares = zero
    for size, part in moments.items():
        squares = squares + part.squares * (1 + part.number / pairs_of_size(players, size))
    # Rounding may leave the difference of two sums of squares a little below 0.
    spread = np.maximum(squares - count * np.square(mean), 0) / (count - 1)
    # Student's t, so that about two errors cover 95 % also where few pairs say most.
    freedom = np.minimum((count - 1) / 2, _pairs_that_count(each))
    return mean, np.sqrt(spread / count) * stdtrit(freedom, 0.975) / 1.96


def _pairs_that_count(moments: list[Moments]) -> Floats:
    """Return by how many pairs the variance of each player is told: few, where few miss most.

    Of numbers that are all alike it is how many there are, of normal ones a third of that: the
    degrees of freedom of a variance by its own variance (Satterthwaite 1946).
    """
    squares = np.sum([part.squares for part in moments], axis=0)
    fourths = np.sum([part.fourths for part in moments], axis=0)
    counting = np.full(len(squares), np.inf)  # where nothing is missed, nothing is unsure
    return np.asarray(np.divide(squares**2, fourths, out=counting, where=fourths > 0))
