"""A stand-in for a game, with Shapley values in closed form, and what it misses.

Only the odd part of a game, ``h(S) = (v(S) - v(not S)) / 2``, has Shapley values, so only that is
modelled, by a Gaussian process. A coalition is a row ``x`` of +1 (in) and -1 (out), and the prior
covariance is::

    k(x, y) = t x'Ly + sum_j  w_j exp(-tr A_j) sinh(x' A_j y)

The trust ``t`` in the linear term is the likeliest of a few. Each ``A_j`` mixes three sorts of
interaction: a player alone, players that lie near each other, and the crowd (how many are in). As a
function of ``x``, ``sinh(x'c)`` is the odd part of a product over players, whose Shapley values are
a one-dimensional integral (Owen 1972).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.special import comb, stdtrit

Masks = NDArray[np.bool_]
Floats = NDArray[np.float64]

NOISE = 0.03
"""Variance of what the prior cannot follow, where the prior's own is about 1."""

TRUST = (1.0, 10.0, 100.0, 1e4, 1e6)
"""How much wider than written the linear term may be: for games that are all but linear."""

TRAINING = 1500
"""Pairs that train a stand-in; later ones only correct it, so that a step stays short."""

SPARE = 2
"""Equations beyond the unknowns that must agree before a game counts as pairwise."""

LINEAR = (0.1, 0.1, 0.3)
TERMS = ((0.5, (4.0, 0.0, 0.5)), (0.5, (0.5, 0.7, 2.0)))
"""Weight and (alone, near, crowd) of a sharp and a broad term.

Chosen once, on four photographs and windows in them; with any of them off by a third the fit to
coalitions not seen changes by less than 0.01 of the variance."""


class Prior:
    """Covariances between coalitions, and the Shapley values they imply.

    Parameters
    ----------
    players : int
    positions : (players, dims), optional
        Where players lie; near ones are then expected to act together.
    """

    def __init__(self, players: int, positions: Floats | None = None) -> None:
        self.players = players
        self.near = None if positions is None else _nearness(positions)
        nodes, weights = np.polynomial.legendre.leggauss(min(players // 2 + 1, 32))
        self._quadrature = list(zip(nodes, weights / 2, strict=True))

    def _mix(self, x: Floats, strengths: tuple[float, float, float]) -> Floats:
        """Rows of ``x'A``, without ever forming A where players lie nowhere."""
        alone, near, crowd = strengths
        mixed = alone * x + crowd * x.mean(axis=1, keepdims=True)
        mixed += near * (x if self.near is None else x @ self.near)
        return np.asarray(mixed / self.players)

    def _scale(self, weight: float, strengths: tuple[float, float, float]) -> float:
        alone, near, crowd = strengths
        return float(weight * np.exp(-alone - near - crowd / self.players))

    def straight(self, x: Floats, y: Floats) -> Floats:
        """``x'Ly`` for every row of `x` with every row of `y`."""
        return np.asarray(self._mix(x, LINEAR) @ y.T)

    def bent(self, x: Floats, y: Floats) -> Floats:
        """Give the other terms of ``k``, likewise."""
        total = np.zeros((len(x), len(y)))
        for weight, strengths in TERMS:
            total += self._scale(weight, strengths) * np.sinh(self._mix(x, strengths) @ y.T)
        return total

    def covariance(self, x: Floats, y: Floats, trust: float = 1.0) -> Floats:
        """``k`` for every row of `x` with every row of `y`, its linear term times `trust`."""
        return trust * self.straight(x, y) + self.bent(x, y)

    def game(self, x: Floats, y: Floats, trust: float = 1.0) -> Floats:
        """Give the covariance of a game itself, of which ``k`` is that of the odd part."""
        total = 1.0 + trust * self.straight(x, y)
        for weight, strengths in TERMS:
            total += self._scale(weight, strengths) * np.exp(self._mix(x, strengths) @ y.T)
        return total

    def shapley(self, y: Floats, trust: float = 1.0) -> Floats:
        """Shapley values of the games ``x -> k(x, y)``, one a row of `y`."""
        total = 2 * trust * self._mix(y, LINEAR)
        for weight, strengths in TERMS:
            total += self._scale(weight, strengths) * self._product(self._mix(y, strengths))
        return total

    def _product(self, c: Floats) -> Floats:
        """Shapley values of ``exp(x'c)``: the gradient of its multilinear extension, integrated."""
        grow, even = np.sinh(c), np.cosh(c)
        total = np.zeros_like(c)
        for node, weight in self._quadrature:
            mean = even + node * grow
            total += weight * np.exp(np.log(mean).sum(axis=1, keepdims=True)) / mean
        return 2 * grow * total


def _nearness(positions: Floats) -> Floats | None:
    """Gaussian of the distance, in units of the usual distance to the next player."""
    apart = np.square(positions[:, None] - positions[None]).sum(axis=-1)
    nearest = np.where(apart > 0, apart, np.inf).min(axis=1)
    if not np.isfinite(nearest).all():
        return None
    near = np.exp(-apart / (2 * np.median(nearest)))
    # In many dimensions everyone has many neighbours: keep the sum that a plane has.
    return np.asarray(near * min(1.0, 2 * np.pi / near.sum(axis=1).mean()))


def inverse(matrix: Floats) -> Floats:
    """Inverse of a symmetric positive definite matrix."""
    factor, bad = dpotrf(matrix, lower=1)
    inverted, worse = dpotri(factor, lower=1)
    if bad or worse:
        raise np.linalg.LinAlgError("covariances of coalitions are not positive definite")
    return np.asarray(np.tril(inverted) + np.tril(inverted, -1).T)


class Solution(NamedTuple):
    """Shapley values without bias, their standard errors, and the stand-in's own values."""

    values: Floats
    error: Floats
    smooth: Floats
    exact: bool


class Regression:
    """Shapley values from pairs of complementary coalitions, adjusted by a stand-in.

    For a coalition S drawn with probability p, ``phi = Shap(g) + E[w(S) (h(S) - g(S)) / p]`` for
    any game g that does not depend on S (Witter, Liu, Musco 2025). Here g is the posterior mean
    given every *other* pair, which the inverse covariance gives without training again: with
    ``a = P y``, leaving out pair k changes ``a`` to ``a - P[:, k] a[k] / P[k, k]``. Sizes of which
    every coalition is known are summed, not sampled.

    Parameters
    ----------
    prior : Prior
    top : float
        The odd part's value for everybody.
    """

    def __init__(self, prior: Prior, top: float) -> None:
        self.prior, self.top = prior, top
        n = prior.players
        self._x, self._h, self._w = np.ones((1, n)), np.array([top]), np.zeros((1, n))
        self._size = np.zeros(1, dtype=int)  # of a pair's smaller half; 0 for everybody
        self._known = [(self._x, self._h)]
        self._unknown = set(range(1, n // 2 + 1))
        self._later: dict[int, tuple[int, Floats, Floats]] = {}
        self._curved, self._slopes, self._stale = False, np.zeros(n), True
        self._walked: Floats | None = None
        self._trust = 1.0

    def add(self, masks: Masks, odd: Floats, share: ArrayLike) -> None:
        """Take in drawn coalitions, `odd` of each, and the share of the draws that its size has."""
        x, size = np.where(masks, 1.0, -1.0), _half(masks)
        halves = np.where(2 * size == self.prior.players, 1, 2)  # a share is of either half
        w = _weights(masks) * (halves / np.asarray(share))[:, None]
        new = max(0, min(len(x), TRAINING - len(self._x)))
        self._learn(x[:new], odd[:new], w[:new], size[:new])
        if new < len(x):
            self._train()
            self._curved = self._curved or self._bends(x[new:], odd[new:])
            missed = odd[new:] - self.prior.covariance(x[new:], self._x, self._trust) @ self._a
            for s, each in zip(size[new:], missed[:, None] * w[new:], strict=True):
                count, total, squares = self._later.get(s, (0, 0.0, 0.0))
                self._later[s] = count + 1, total + each, squares + each**2

    def walk(self, masks: Masks, odd: Floats, share: float) -> None:
        """Take in the coalitions on the way of a permutation, smallest first.

        What each player adds on the way there and back is unbiased by itself, and exact where
        the odd part is linear; it counts until there are more draws than players.
        """
        way = np.vstack([masks, np.ones_like(masks[:1])]).argmax(axis=0)
        self._walked = np.diff(np.concatenate([[-self.top], odd, [self.top]]))[way]

    def know(self, masks: Masks, odd: Floats, share: float) -> None:
        """Take in all pairs of one size, which had a `share` of the draws until now."""
        x, size = np.where(masks, 1.0, -1.0), int(_half(masks[:1])[0])
        self._unknown.discard(size)
        self._known += zip(_pieces(x), _pieces(odd), strict=True)
        self._later.pop(size, None)
        for s, (count, total, squares) in self._later.items():
            self._later[s] = count, total * (1 - share), squares * (1 - share) ** 2
        self._w *= 1 - share  # the rest is as if drawn from the sizes that are left
        if len(self._x) + len(x) <= TRAINING:
            keep = self._size != size
            self._x, self._h = self._x[keep], self._h[keep]
            self._w, self._size = self._w[keep], self._size[keep]
            self._learn(x, odd, np.zeros_like(x), np.full(len(x), size))
        self._stale = True

    def solve(self) -> Solution:
        """Shapley values from all that was taken in."""
        if not self._unknown:
            values = self._share(self._sum_known())
            return Solution(values, np.zeros_like(values), values, True)
        if (straight := self._straight()) is not None:
            return straight
        self._train()
        if self._walked is not None and len(self._x) <= self.prior.players:
            unsure = np.full(len(self._walked), np.inf)
            return Solution(self._share(self._walked), unsure, self._share(self._smooth), False)
        each = self._each[np.isin(self._size, list(self._unknown))]
        count = len(each) + sum(c for c, _, _ in self._later.values())
        mean = each.sum(axis=0) + sum(t for _, t, _ in self._later.values())
        mean = mean / max(count, 1)
        error = np.full(len(mean), np.inf)
        if count > 1:
            squares = np.square(each).sum(axis=0) + sum(q for _, _, q in self._later.values())
            spread = np.maximum(squares - count * np.square(mean), 0) / (count - 1)
            # Two errors shall cover 95 % also where few pairs, of uneven weight, say how wide.
            error = np.sqrt(spread / count) * stdtrit((count - 1) / 2, 0.975) / 1.96
        return Solution(self._share(self._smooth + mean), error, self._share(self._smooth), False)

    def _learn(self, x: Floats, odd: Floats, w: Floats, size: NDArray[np.int_]) -> None:
        self._x, self._h = np.concatenate([self._x, x]), np.concatenate([self._h, odd])
        self._w, self._size = np.concatenate([self._w, w]), np.concatenate([self._size, size])
        self._stale = self._stale or len(x) > 0

    def _share(self, values: Floats) -> Floats:
        """Spread evenly what rounding, or the stand-in, leaves over of the total."""
        return np.asarray(values + (2 * self.top - values.sum()) / len(values))

    def _sum_known(self, y: Floats | None = None) -> Floats:
        """Add up the known sizes' part of Shapley values: of the game, or of all ``k(., y)``."""
        total = np.zeros(())
        for x, odd in self._known:
            masks = x > 0
            size = masks.sum(axis=1, keepdims=True)
            w = 2 * _weights(masks) / comb(self.prior.players, size)
            total = total + (odd if y is None else self.prior.covariance(y, x, self._trust)) @ w
        return total

    def _train(self) -> None:
        """Posterior mean ``g = k(., x) a``, and what each training pair says that g misses."""
        if not self._stale:
            return
        p = inverse(self._covariance_of_training())
        own = self.prior.shapley(self._x, self._trust) - self._sum_known(self._x)
        self._a = p @ self._h
        self._smooth = self._a @ own + self._sum_known()
        self._each = (self._a / np.diag(p))[:, None] * (self._w - p @ own)
        self._stale = False

    def _covariance_of_training(self) -> Floats:
        """Choose how far to trust the linear term, by the likelihood of what was seen."""
        straight = self.prior.straight(self._x, self._x)
        bent = self.prior.bent(self._x, self._x)
        bent.flat[:: len(bent) + 1] += np.where(self._size == 0, NOISE / 100, NOISE)
        if len(self._x) <= TRAINING:
            likelihoods = [likelihood(trust * straight + bent, self._h) for trust in TRUST]
            self._trust = TRUST[int(np.argmax(likelihoods))]
        return np.asarray(self._trust * straight + bent)

    def _straight(self) -> Solution | None:
        """Least squares where the odd part is linear: then interactions are at most pairwise."""
        x, n = self._x, self.prior.players
        if self._curved or len(x) < n + SPARE:
            return None
        # A coalition drawn twice, or as its own complement, says nothing new.
        spare = len(np.unique(x * x[:, :1], axis=0)) - n
        self._slopes, _, rank, _ = np.linalg.lstsq(x, self._h, rcond=None)
        self._curved = self._bends(x, self._h)
        if spare < SPARE or rank < n or self._curved:
            return None
        left = x @ self._slopes - self._h
        error = 2 * np.sqrt(left @ left / spare * np.diag(np.linalg.inv(x.T @ x)))
        values = self._share(2 * self._slopes)
        return Solution(values, error, values, False)

    def _bends(self, x: Floats, odd: Floats) -> bool:
        """Whether `odd` is off the straight line by more than a float32 network's rounding."""
        return bool(np.abs(x @ self._slopes - odd).max() > 1e-6 * np.abs(self._h).max())


def likelihood(covariance: Floats, seen: Floats) -> float:
    """Log-likelihood of `seen`, up to a constant, at its most likely amplitude."""
    factor, bad = dpotrf(covariance, lower=1)
    if bad:
        return -np.inf
    whitened = solve_triangular(factor, seen, lower=True, check_finite=False)
    amplitude = np.log(max(float(whitened @ whitened), 1e-300))
    return float(-len(seen) / 2 * amplitude - np.log(np.diag(factor)).sum())


def _pieces(rows: Floats) -> list[Floats]:
    """Cut what will be compared with all the training into parts that fit the memory."""
    return np.array_split(rows, len(rows) // 2000 + 1)


def _half(masks: Masks) -> NDArray[np.int_]:
    size = masks.sum(axis=1)
    return np.asarray(np.minimum(size, masks.shape[1] - size))


def _weights(masks: Masks) -> Floats:
    """Give the weights of coalitions in Shapley's formula, times how many have their size."""
    size = masks.sum(axis=1, keepdims=True)
    return np.asarray(np.where(masks, 1 / size, -1 / np.maximum(masks.shape[1] - size, 1)))
