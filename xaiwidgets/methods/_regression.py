"""Shapley values from pairs of coalitions, adjusted by a surrogate that learns from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import comb, stdtrit

from xaiwidgets.methods._surrogate import SCALES, Prior, inverse, likelihood

Masks = NDArray[np.bool_]
Floats = NDArray[np.float64]

NOISE = 0.03
"""Variance of what the prior cannot follow, where the prior's own is about 1."""

TRAINING = 1500
"""Pairs that train a surrogate; later ones only correct it, so that a step stays short."""

SPARE = 2
"""Equations beyond the unknowns that must agree before a game counts as pairwise."""


class Solution(NamedTuple):
    """Shapley values without bias, their standard errors, and the surrogate's own values."""

    values: Floats
    error: Floats
    smooth: Floats
    exact: bool


class _Pairs(NamedTuple):
    """Coalitions that stand for their complements too, one a row.

    Signs `x`, the game's odd part `h`, the weight `w` of each player's difference, and the size of
    the smaller half (0 for the empty and the grand coalition).
    """

    x: Floats
    h: Floats
    w: Floats
    size: NDArray[np.int_]

    def with_more(self, other: _Pairs) -> _Pairs:
        x, h, w = (np.concatenate(both) for both in zip(self[:3], other[:3], strict=True))
        return _Pairs(x, h, w, np.concatenate([self.size, other.size]))

    def where(self, rows: slice | NDArray[np.bool_]) -> _Pairs:
        return _Pairs(self.x[rows], self.h[rows], self.w[rows], self.size[rows])


class _Line(NamedTuple):
    """The least squares fit of a linear game, if the pairs lie on it; equations to spare."""

    slopes: Floats
    fits: bool
    spare: int


class _Posterior(NamedTuple):
    """The surrogate ``g = k(., x) a``, its Shapley values, and what each pair says g misses."""

    scale: float
    a: Floats
    smooth: Floats
    missed: Floats


@dataclass(frozen=True, eq=False)
class _Training:
    """The pairs that a surrogate is fitted to, and the sizes of which every pair is known."""

    prior: Prior
    pairs: _Pairs
    complete: tuple[tuple[Floats, Floats], ...]

    @cached_property
    def posterior(self) -> _Posterior:
        """Fit the surrogate, and leave each pair out in turn."""
        x, h, w, _ = self.pairs
        scale, covariance = self._likeliest()
        # The surrogate stands in for incomplete sizes only; the others are summed from the game.
        p = inverse(covariance)
        values = self.prior.shapley(x, scale) - self.complete_part(scale, x)
        a = p @ h
        smooth = a @ values + self.complete_part(scale)
        # a_k / P_kk is the residual of pair k when left out (Rasmussen, Williams 2006, eq. 5.12).
        # So missed_k = w_k (h_k - g_k(x_k)) + Shap(g_k) - Shap(g), where g_k has not seen pair k.
        return _Posterior(scale, a, smooth, (a / np.diag(p))[:, None] * (w - p @ values))

    def _likeliest(self) -> tuple[float, Floats]:
        """Return the likeliest scale of the linear term, and the pairs' covariance with it."""
        x, h, _, size = self.pairs
        linear, nonlinear = self.prior.linear(x, x), self.prior.nonlinear(x, x)
        # The grand coalition's value, which is what the players share, is followed more closely.
        nonlinear.flat[:: len(x) + 1] += np.where(size == 0, NOISE / 100, NOISE)
        # Each scale costs a factorisation; the two covariances are computed once for all of them.
        likelihoods = [likelihood(scale * linear + nonlinear, h) for scale in SCALES]
        scale = SCALES[int(np.argmax(likelihoods))]
        return scale, np.asarray(scale * linear + nonlinear)

    @cached_property
    def line(self) -> _Line | None:
        """Fit a linear odd part: then interactions are at most pairwise. None of too few pairs."""
        x, h, _, _ = self.pairs
        players = self.prior.players
        if len(x) < players + SPARE:
            return None
        # A coalition drawn twice, or as its own complement, says nothing new.
        spare = len(np.unique(x * x[:, :1], axis=0)) - players
        # Products of two signs are even: with interactions of pairs only, the odd part is linear.
        solution, _, rank, _ = np.linalg.lstsq(x, h, rcond=None)
        slopes = np.asarray(solution, dtype=np.float64)
        return _Line(slopes, rank == players and self.on_line(slopes, x, h), spare)

    def on_line(self, slopes: Floats, x: Floats, h: Floats) -> bool:
        """Whether `h` is as near the line as a float32 network's rounding allows."""
        return bool(np.abs(x @ slopes - h).max() <= 1e-6 * np.abs(self.pairs.h).max())

    def complete_part(self, scale: float, y: Floats | None = None) -> Floats:
        """Sum the complete sizes' part of Shapley values: of the game, or of all ``k(., y)``."""
        total = np.zeros(())
        for x, h in self.complete:
            masks = x > 0
            size = masks.sum(axis=1, keepdims=True)
            # Shapley's formula is sum_S w(S) v(S) / C(n, s), so that a pair adds 2 w h / C(n, s).
            w = 2 * _weights(masks) / comb(self.prior.players, size)
            total = total + (h if y is None else self.prior.covariance(y, x, scale)) @ w
        return total


class _Moments(NamedTuple):
    """Count, sum and sum of squares of what later pairs of one size say the surrogate misses."""

    number: int
    total: Floats | float
    squares: Floats | float


@dataclass(frozen=True, eq=False)
class Regression:
    """Shapley values from pairs of complementary coalitions, adjusted by a surrogate.

    For a coalition S drawn with probability p, ``phi = Shap(g) + E[w(S) (h(S) - g(S)) / p]`` for
    any game g that does not depend on S (Witter, Liu, Musco 2025). Here g is the posterior mean
    given every *other* pair, which the inverse covariance gives without training again: with
    ``a = P y``, leaving out pair k changes ``a`` to ``a - P[:, k] a[k] / P[k, k]``. Sizes of which
    every coalition is known are summed, not sampled.

    A value: taking in more gives another one, so that a preview is of what was known then.

    Attributes
    ----------
    top : float
        The odd part's value for the grand coalition.
    incomplete : frozenset of int
        Sizes (of the smaller half) of which not every pair is known.
    later : mapping
        By size, of pairs that came when the training was full.
    curved : bool
        Whether a later pair has shown that the game is not pairwise.
    permutation : array, or None
        What each player adds along one permutation, there and back.
    """

    training: _Training
    top: float
    incomplete: frozenset[int]
    later: Mapping[int, _Moments] = field(default_factory=lambda: MappingProxyType({}))
    curved: bool = False
    permutation: Floats | None = None

    @classmethod
    def of(cls, prior: Prior, top: float) -> Regression:
        """Begin with what is known of the grand coalition."""
        n = prior.players
        x, h = np.ones((1, n)), np.array([top])
        # Weight 0: the grand coalition is not drawn, its part is among the complete sizes.
        pairs = _Pairs(x, h, np.zeros((1, n)), np.zeros(1, dtype=int))
        return cls(_Training(prior, pairs, ((x, h),)), top, frozenset(range(1, n // 2 + 1)))

    @property
    def prior(self) -> Prior:
        """Of the surrogate."""
        return self.training.prior

    def add(self, masks: Masks, odd: Floats, share: ArrayLike) -> Regression:
        """Take in drawn coalitions, `odd` of each, and the share of the draws that its size has."""
        x, size = np.where(masks, 1.0, -1.0), _half(masks)
        # A pair adds 2 w h / C(n, s); it is drawn with share / C(n, s), twice that in the middle.
        halves = np.where(2 * size == self.prior.players, 1, 2)
        w = _weights(masks) * (halves / np.asarray(share))[:, None]
        pairs = _Pairs(x, odd, w, size)
        # Beyond `TRAINING` pairs the surrogate is fixed; its errors on later pairs are averaged.
        room = max(0, min(len(x), TRAINING - len(self.training.pairs.x)))
        more = self._trained(pairs.where(slice(room))) if room else self
        return more if room == len(x) else more._corrected(pairs.where(slice(room, None)))

    def _trained(self, pairs: _Pairs) -> Regression:
        more = self.training.pairs.with_more(pairs)
        return replace(self, training=replace(self.training, pairs=more))

    def _corrected(self, pairs: _Pairs) -> Regression:
        """Take in pairs that the surrogate, which is trained, has not seen."""
        fit, line = self.training.posterior, None if self.curved else self.training.line
        curved = line is None or not self.training.on_line(line.slopes, pairs.x, pairs.h)
        surrogate = self.prior.covariance(pairs.x, self.training.pairs.x, fit.scale) @ fit.a
        later = dict(self.later)
        for s, each in zip(pairs.size, (pairs.h - surrogate)[:, None] * pairs.w, strict=True):
            count, total, squares = later.get(s, (0, 0.0, 0.0))
            later[s] = _Moments(count + 1, total + each, squares + each**2)
        return replace(self, later=later, curved=curved)

    def add_permutation(self, masks: Masks, odd: Floats) -> Regression:
        """Take in the coalitions on the way of a permutation, smallest first.

        What each player adds on the way there and back is unbiased by itself, and exact where
        the odd part is linear; it counts until there are more draws than players.
        """
        way = np.vstack([masks, np.ones_like(masks[:1])]).argmax(axis=0)
        # A step of h is the mean of what the player adds on the way there and on the way back.
        steps = np.diff(np.concatenate([[-self.top], odd, [self.top]]))
        return replace(self, permutation=steps[way])

    def add_size(self, masks: Masks, odd: Floats, share: float) -> Regression:
        """Take in all pairs of one size, which had a `share` of the draws until now."""
        x, size = np.where(masks, 1.0, -1.0), int(_half(masks[:1])[0])
        pairs, rest = self.training.pairs, 1 - share
        later = {
            s: _Moments(count, total * rest, squares * rest**2)
            for s, (count, total, squares) in self.later.items()
            if s != size
        }
        pairs = pairs._replace(w=pairs.w * rest)  # as if drawn from the sizes that are left
        # A full training stays as it is, since `later` holds its errors.
        if len(pairs.x) + len(x) <= TRAINING:
            sizes = np.full(len(x), size)
            others = pairs.where(pairs.size != size)
            pairs = others.with_more(_Pairs(x, odd, np.zeros_like(x), sizes))
        complete = (*self.training.complete, *zip(_pieces(x), _pieces(odd), strict=True))
        training = _Training(self.prior, pairs, complete)
        return replace(self, training=training, incomplete=self.incomplete - {size}, later=later)

    def solve(self) -> Solution:
        """Shapley values from all that was taken in."""
        if not self.incomplete:
            # All is summed from the game itself; the scale is of the surrogate only.
            values = self._efficient(self.training.complete_part(1.0))
            return Solution(values, np.zeros_like(values), values, True)
        if (pairwise := self._pairwise()) is not None:
            return pairwise
        fit = self.training.posterior
        smooth = self._efficient(fit.smooth)
        if self.permutation is not None and len(self.training.pairs.x) <= self.prior.players:
            unsure = np.full(len(self.permutation), np.inf)
            return Solution(self._efficient(self.permutation), unsure, smooth, False)
        each = fit.missed[np.isin(self.training.pairs.size, list(self.incomplete))]
        count = len(each) + sum(moments.number for moments in self.later.values())
        mean = each.sum(axis=0) + sum(moments.total for moments in self.later.values())
        mean = mean / max(count, 1)
        error = np.full(len(mean), np.inf)
        if count > 1:
            squares = np.square(each).sum(axis=0) + sum(m.squares for m in self.later.values())
            # Rounding may leave the difference of two sums of squares a little below 0.
            spread = np.maximum(squares - count * np.square(mean), 0) / (count - 1)
            # Student's t, with half the degrees of freedom as the pairs' weights are uneven, so
            # that about two errors cover 95 % also of few pairs.
            error = np.sqrt(spread / count) * stdtrit((count - 1) / 2, 0.975) / 1.96
        return Solution(self._efficient(fit.smooth + mean), error, smooth, False)

    def _pairwise(self) -> Solution | None:
        """Solve by least squares where all pairs lie on one line."""
        line = None if self.curved else self.training.line
        if line is None or not line.fits or line.spare < SPARE:
            return None
        x, h = self.training.pairs.x, self.training.pairs.h
        left = x @ line.slopes - h
        # The standard errors of ordinary least squares; what is left is the network's rounding.
        error = 2 * np.sqrt(left @ left / line.spare * np.diag(np.linalg.inv(x.T @ x)))
        # A player's sign goes from -1 to +1, which adds twice its slope.
        values = self._efficient(2 * line.slopes)
        return Solution(values, error, values, False)

    def _efficient(self, values: Floats) -> Floats:
        """Spread evenly what rounding, or the surrogate, leaves over of the total."""
        # The least change after which they are efficient: they sum to v(N) - v(empty) = 2 top.
        return np.asarray(values + (2 * self.top - values.sum()) / len(values))


def _pieces(rows: Floats) -> list[Floats]:
    """Cut what will be compared with all the training into parts that fit the memory."""
    return np.array_split(rows, len(rows) // 2000 + 1)


def _half(masks: Masks) -> NDArray[np.int_]:
    size = masks.sum(axis=1)
    return np.asarray(np.minimum(size, masks.shape[1] - size))


def _weights(masks: Masks) -> Floats:
    """Give the weights of coalitions in Shapley's formula, times how many have their size."""
    size = masks.sum(axis=1, keepdims=True)
    # (s - 1)! (n - s)! / n! = 1 / (s C(n, s)) for members, s! (n - s - 1)! / n! for the others.
    return np.asarray(np.where(masks, 1 / size, -1 / np.maximum(masks.shape[1] - size, 1)))
