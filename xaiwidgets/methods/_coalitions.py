"""Coalitions, each with its complement: how many there are, and what they count for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

Masks = NDArray[np.bool_]
Floats = NDArray[np.float64]


class CoalitionPairs(NamedTuple):
    """Coalitions that stand for their complements too, one a row.

    Signs `x`, the game's odd part `h`, the weight `w` of each player's difference, the size of the
    smaller half (0 for the empty and the grand coalition), and the `fold`, 0 or 1, of a pair that
    was drawn; what is known whatever was drawn is in neither (-1).
    """

    x: Floats
    h: Floats
    w: Floats
    size: NDArray[np.int_]
    fold: NDArray[np.int_]

    def with_more(self, other: CoalitionPairs) -> CoalitionPairs:
        x, h, w = (np.concatenate(both) for both in zip(self[:3], other[:3], strict=True))
        size, fold = (np.concatenate(both) for both in zip(self[3:], other[3:], strict=True))
        return CoalitionPairs(x, h, w, size, fold)

    def where(self, rows: slice | NDArray[np.bool_]) -> CoalitionPairs:
        x, h, w = (column[rows] for column in self[:3])
        return CoalitionPairs(x, h, w, self.size[rows], self.fold[rows])


def smaller_half(masks: Masks) -> NDArray[np.int_]:
    """Return the size (B,) of each coalition or of its complement, whichever is smaller."""
    size = masks.sum(axis=1)
    return np.asarray(np.minimum(size, masks.shape[1] - size))


def pairs_of_size(players: int, size: int) -> float:
    """Return how many pairs of a coalition of `size` and its complement there are.

    Examples
    --------
    >>> pairs_of_size(4, 1), pairs_of_size(4, 2)
    (4.0, 3.0)
    """
    # In the middle both have that size.
    return float(comb(players, size)) / (2 if 2 * size == players else 1)


def shapley_weights(masks: Masks) -> Floats:
    """Give the weights of coalitions in Shapley's formula, times how many have their size."""
    size = masks.sum(axis=1, keepdims=True)
    # (s - 1)! (n - s)! / n! = 1 / (s C(n, s)) for members, s! (n - s - 1)! / n! for the others.
    # Both sides are computed everywhere: the grand coalition has no others, and would divide by 0.
    return np.asarray(np.where(masks, 1 / size, -1 / np.maximum(masks.shape[1] - size, 1)))


def in_pieces(rows: Floats) -> list[Floats]:
    """Cut what will be compared with all the training into parts that fit the memory."""
    # 2,000 rows by the 1,000 of a full training are 16 MB.
    return np.array_split(rows, len(rows) // 2000 + 1)
