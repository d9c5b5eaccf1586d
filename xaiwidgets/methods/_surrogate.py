"""A Gaussian process over games, whose Shapley values have a closed form: the surrogate.

Only the odd part of a game, ``h(S) = (v(S) - v(not S)) / 2``, has Shapley values, so only that is
modelled, by a Gaussian process. A coalition is a row ``x`` of +1 (in) and -1 (out), and the prior
covariance is::

    k(x, y) = s x'Ly + c (u'Lv)^3 + sum_j  w_j exp(-tr A_j) sinh(u'A_j v)

where ``u`` and ``v`` are ``x`` and ``y`` times the square roots of the players' relevance: all 1
until `_learning.py` has learnt them, with ``s``, ``c``, ``w`` and the noise. Each ``A_j`` mixes
three sorts of interaction: a player alone, players that lie near each other, and how many are in.
As a function of ``x``, ``sinh(x'c)`` is the odd part of a product over players, whose Shapley
values are a one-dimensional integral (Owen 1972).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpotrf, dpotri

Floats = NDArray[np.float64]

SCALES = (1.0, 10.0, 100.0, 1e4, 1e6)
"""Of the linear term's variance: games that are all but linear are fitted best by a large one."""

NOISE = 0.03
"""Variance of what the prior cannot follow, where the prior's own is about 1."""

LINEAR = (0.1, 0.1, 0.3)
SHAPES = ((4.0, 0.0, 0.5), (0.5, 0.7, 2.0))
"""(alone, near, count) of the sharp and the broad term.

Chosen once, on four photographs and windows in them; with any of them off by a third the fit to
coalitions not seen changes by less than 0.01 of the variance."""


@dataclass(frozen=True)
class Hyperparameters:
    """Variances of the prior's terms and of the noise, and each player's relevance (1 if None)."""

    linear: float = 1.0
    cubic: float = 0.0
    terms: tuple[float, float] = (0.5, 0.5)
    noise: float = NOISE
    relevance: tuple[float, ...] | None = None

    def scaled(self, x: Floats) -> Floats:
        """Rows of `x` times the square roots of the relevance."""
        return x if self.relevance is None else x * np.sqrt(self.relevance)

    def noises(self, size: NDArray[np.int_]) -> Floats:
        """Variance of the noise of pairs, by the size of their smaller half."""
        # The grand coalition's value, which is what the players share, is followed more closely.
        return np.where(size == 0, self.noise / 100, self.noise)


PLAIN = Hyperparameters()


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
        # The integrand has degree n - 1: n // 2 + 1 nodes are exact, and 32 are up to 64 players.
        nodes, weights = np.polynomial.legendre.leggauss(min(players // 2 + 1, 32))
        self._quadrature = list(zip(nodes, weights / 2, strict=True))  # from [-1, 1] to [0, 1]

    def mix(self, x: Floats, shape: tuple[float, float, float]) -> Floats:
        """Rows of ``x'A``, without ever forming A where players lie nowhere."""
        alone, near, count = shape
        mixed = alone * x + count * x.mean(axis=1, keepdims=True)
        if near:
            mixed += near * (x if self.near is None else x @ self.near)
        # Divided so that x'Ay, a sum over players, is of one size for few and for many.
        return np.asarray(mixed / self.players)

    def diagonal(self, shape: tuple[float, float, float]) -> float:
        """Give the entries of A's diagonal, which are all the same."""
        alone, near, count = shape
        return (alone + near + count / self.players) / self.players

    def amplitude(self, term: int, by: Hyperparameters) -> float:
        """Give ``w_j exp(-tr A_j)``."""
        relevance = self.players if by.relevance is None else sum(by.relevance)
        # For signs and diagonal A, exp(x'Ay - tr A) is Gaussian: exp(-(x - y)'A(x - y) / 2).
        return by.terms[term] * float(np.exp(-relevance * self.diagonal(SHAPES[term])))

    def covariance(self, x: Floats, y: Floats, by: Hyperparameters = PLAIN) -> Floats:
        """``k`` for every row of `x` with every row of `y`."""
        u, v = by.scaled(x), by.scaled(y)
        total = by.linear * (self.mix(x, LINEAR) @ y.T)
        if by.cubic:
            inner = self.mix(u, LINEAR) @ v.T
            total += by.cubic * inner * inner * inner  # a power takes ten times as long
        for term, shape in enumerate(SHAPES):
            # The odd part of exp(u'Av); positive definite, as sinh's series has no negative terms.
            total += self.amplitude(term, by) * np.sinh(self.mix(u, shape) @ v.T)
        return np.asarray(total)

    def game_covariance(self, x: Floats, y: Floats, scale: float = 1.0) -> Floats:
        """Give the covariance of a game itself, of which a plain ``k`` is that of the odd part."""
        total = 1.0 + scale * (self.mix(x, LINEAR) @ y.T)
        for term, shape in enumerate(SHAPES):
            total += self.amplitude(term, PLAIN) * np.exp(self.mix(x, shape) @ y.T)
        return np.asarray(total)

    def shapley(self, y: Floats, by: Hyperparameters = PLAIN) -> Floats:
        """Shapley values of the games ``x -> k(x, y)``, one a row of `y`."""
        v = by.scaled(y)
        # The slope of a linear game, times 2 for the sign's way from -1 to +1.
        total = 2 * by.linear * self.mix(y, LINEAR)
        if by.cubic:
            total += by.cubic * _cube(by.scaled(self.mix(v, LINEAR)))
        for term, shape in enumerate(SHAPES):
            total += self.amplitude(term, by) * self._product(by.scaled(self.mix(v, shape)))
        return total

    def _product(self, c: Floats) -> Floats:
        """Shapley values of ``exp(x'c)``: the gradient of its multilinear extension, integrated."""
        # A row for each player: products over players are then those of whole rows.
        grow, even = np.sinh(c.T), np.cosh(c.T)
        total, part = np.zeros_like(grow), np.empty_like(grow)
        for node, weight in self._quadrature:
            # The mean of exp(x_i c_i) where i is in with probability (1 + node) / 2 (Owen 1972):
            # positive, so that the product over the others is that over all, divided by one's own.
            mean = np.add(even, np.multiply(grow, node, out=part), out=part)
            total += np.divide(weight * mean.prod(axis=0), mean, out=part)
        return np.asarray(2 * (grow * total).T)


def _cube(c: Floats) -> Floats:
    """Shapley values of ``(x'c)^3`` for signs x."""
    squares, total = np.square(c).sum(axis=1, keepdims=True), c.sum(axis=1, keepdims=True)
    # As x_i^2 = 1, the slope of x_i is c_i (3 sum_j c_j^2 - 2 c_i^2) ...
    slopes = c * (3 * squares - 2 * c**2)
    # ... and the rest is 6 c_i c_j c_k x_i x_j x_k of every three, of which each gets 2 / 3.
    others = (np.square(total - c) - (squares - c**2)) / 2
    return np.asarray(2 * slopes + 4 * c * others)


def _nearness(positions: Floats) -> Floats | None:
    """Gaussian of the distance, in units of the usual distance to the next player."""
    apart = np.square(positions[:, None] - positions[None]).sum(axis=-1)
    nearest = np.where(apart > 0, apart, np.inf).min(axis=1)
    # All at one point: no player is nearer than another.
    if not np.isfinite(nearest).all():
        return None
    near = np.exp(-apart / (2 * np.median(nearest)))
    # In many dimensions a player has many neighbours: keep the sum that it has in a plane, the
    # integral 2 pi of exp(-d^2 / 2).
    return np.asarray(near * min(1.0, 2 * np.pi / near.sum(axis=1).mean()))


def inverse(matrix: Floats) -> Floats:
    """Inverse of a symmetric positive definite matrix."""
    factor, bad = dpotrf(matrix, lower=1)
    inverted, worse = dpotri(factor, lower=1)
    if bad or worse:
        raise np.linalg.LinAlgError("covariances of coalitions are not positive definite")
    # LAPACK fills the lower triangle only.
    return np.asarray(np.tril(inverted) + np.tril(inverted, -1).T)


def likelihood(covariance: Floats, values: Floats) -> float:
    """Log-likelihood of `values`, up to a constant, at its most likely amplitude."""
    factor, bad = dpotrf(covariance, lower=1)
    if bad:
        return -np.inf
    whitened = solve_triangular(factor, values, lower=True, check_finite=False)
    # Rasmussen, Williams (2006), eq. 2.30, with the amplitude y'K^-1 y / n that maximises it.
    amplitude = np.log(max(float(whitened @ whitened), 1e-300))
    return float(-len(values) / 2 * amplitude - np.log(np.diag(factor)).sum())
