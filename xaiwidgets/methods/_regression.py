"""Shapley values from pairs of coalitions, adjusted by a surrogate that learns from them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import comb

from xaiwidgets.methods._coalitions import (
    CoalitionPairs,
    in_pieces,
    shapley_weights,
    smaller_half,
)
from xaiwidgets.methods._learning import MarginalLikelihood
from xaiwidgets.methods._missed import Moments, mean_missed
from xaiwidgets.methods._solution import Solution
from xaiwidgets.methods._surrogate import PLAIN, Hyperparameters, Prior, inverse
from xaiwidgets.work import Progress, Steps, run

Masks = NDArray[np.bool_]
Floats = NDArray[np.float64]

TRAINING = 1000
"""Pairs that train a surrogate; later ones only correct it, so that a step stays short."""

NOT_DRAWN = -1
"""Stands for the size and the fold of pairs that only train."""

STALE = 0.1
"""Share of later pairs from which the surrogate's own values are no longer the nearer ones."""

LESSONS = (128, 192, 256)
"""Numbers of pairs at which hyperparameters are learnt anew, each time from half of them."""

LESSON = 128
"""Pairs at most to learn hyperparameters from."""

ROUNDING = 1e-7
"""Of the largest odd part: float32's last digits, and what an inverse of nine digits leaves."""

SPARE = 2
"""Equations beyond the unknowns that must agree before a game counts as pairwise."""


class _Line(NamedTuple):
    """The least squares fit of a linear game, if the pairs lie on it; equations to spare."""

    slopes: Floats
    fits: bool
    spare: int


class _Fit(NamedTuple):
    """A surrogate ``g = k(., x) a``, its Shapley values, and what each pair says g misses."""

    by: Hyperparameters
    a: Floats
    smooth: Floats
    missed: Floats


@dataclass(frozen=True, eq=False)
class _Lesson:
    """Hyperparameters for either fold, each learnt from the other fold's pairs alone.

    What corrects the surrogate must not have shaped it, or the errors look smaller than they are.
    """

    prior: Prior
    pairs: CoalitionPairs

    @cached_property
    def first(self) -> Hyperparameters:
        """Learn those of the first fold."""
        if len(self.pairs.x) < LESSONS[0]:
            # Too few to learn more than one number, which is known better from all of them.
            return self._likelihood(None).plain()
        return self._likelihood(1).learnt()

    @cached_property
    def second(self) -> Hyperparameters:
        """Learn those of the second fold."""
        return self.first if len(self.pairs.x) < LESSONS[0] else self._likelihood(0).learnt()

    def _likelihood(self, fold: int | None) -> MarginalLikelihood:
        pairs = self.pairs
        if fold is not None:
            pairs = pairs.where((pairs.fold == fold) | (pairs.fold < 0)).where(slice(LESSON))
        return MarginalLikelihood(self.prior, pairs.x, pairs.h, pairs.size)


@dataclass(frozen=True, eq=False)
class _Training:
    """The pairs that a surrogate is fitted to, and the sizes of which every pair is known."""

    prior: Prior
    pairs: CoalitionPairs
    complete: tuple[tuple[Floats, Floats], ...]
    lesson: _Lesson

    def with_pairs(self, pairs: CoalitionPairs) -> _Training:
        """Return the training with other pairs; at some numbers of them, another lesson."""
        before, now = (bisect_right(LESSONS, len(each.x)) for each in (self.pairs, pairs))
        lesson = self.lesson if 0 < now == before else _Lesson(self.prior, pairs)
        return replace(self, pairs=pairs, lesson=lesson)

    @cached_property
    def fits(self) -> tuple[_Fit, ...]:
        """A surrogate for either fold; one for both if their hyperparameters agree."""
        return run(self._fits())

    def fit(self) -> Steps[None]:
        """Make `fits` ready in steps, none of which takes the cube of the pairs twice."""
        if "fits" not in vars(self):
            vars(self)["fits"] = yield from self._fits()

    def _fits(self) -> Steps[tuple[_Fit, ...]]:
        first = yield from self._fit(self.lesson.first)
        yield Progress(0)  # to learn takes as long as to fit
        second = self.lesson.second
        if second == self.lesson.first:
            return (first,)
        return first, (yield from self._fit(second))

    def _fit(self, by: Hyperparameters) -> Steps[_Fit]:
        """Fit the surrogate, and leave each pair out in turn."""
        yield Progress(0)
        x, h, w, size, _ = self.pairs
        covariance = self.prior.covariance(x, x, by)
        covariance.flat[:: len(x) + 1] += by.noises(size)
        yield Progress(0)
        # The surrogate stands in for incomplete sizes only; the others are summed from the game.
        try:
            p = inverse(covariance)
        except np.linalg.LinAlgError:  # for all pairs, as what is learnt from some may be
            return (yield from self._fit(PLAIN))
        yield Progress(0)
        values = self.prior.shapley(x, by) - self.complete_part(by, x)
        a = p @ h
        smooth = a @ values + self.complete_part()
        # a_k / P_kk is the residual of pair k when left out (Rasmussen, Williams 2006, eq. 5.12).
        # So missed_k = w_k (h_k - g_k(x_k)) + Shap(g_k) - Shap(g), where g_k has not seen pair k.
        return _Fit(by, a, smooth, (a / np.diag(p))[:, None] * (w - p @ values))

    @cached_property
    def smooth(self) -> Floats:
        """The surrogates' own Shapley values."""
        return np.asarray(np.mean([fit.smooth for fit in self.fits], axis=0))

    @cached_property
    def missed(self) -> Floats:
        """What each pair says that `smooth` misses, by the fit of its own fold."""
        if len(self.fits) == 1:
            return self.fits[0].missed
        first, second = (fit.missed + fit.smooth - self.smooth for fit in self.fits)
        return np.where(self.pairs.fold[:, None] == 0, first, second)

    def predict(self, x: Floats) -> Floats:
        """Return the odd part as the surrogates have it."""
        each = [self.prior.covariance(x, self.pairs.x, fit.by) @ fit.a for fit in self.fits]
        return np.asarray(np.mean(each, axis=0))

    @cached_property
    def line(self) -> _Line | None:
        """Fit a linear odd part: then interactions are at most pairwise. None of too few pairs."""
        x, h, players = self.pairs.x, self.pairs.h, self.prior.players
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

    def complete_part(self, by: Hyperparameters | None = None, y: Floats | None = None) -> Floats:
        """Sum the complete sizes' part of Shapley values: of the game, or of all ``k(., y)``."""
        total = np.zeros(())
        for x, h in self.complete:
            masks = x > 0
            size = masks.sum(axis=1, keepdims=True)
            # Shapley's formula is sum_S w(S) v(S) / C(n, s), so that a pair adds 2 w h / C(n, s).
            w = 2 * shapley_weights(masks) / comb(self.prior.players, size)
            odd = h if by is None or y is None else self.prior.covariance(y, x, by)
            total = total + odd @ w
        return total


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
    later: Mapping[int, Moments] = field(default_factory=lambda: MappingProxyType({}))
    curved: bool = False
    permutation: Floats | None = None

    @classmethod
    def of(cls, prior: Prior, top: float) -> Regression:
        """Begin with what is known of the grand coalition."""
        n = prior.players
        x, h = np.ones((1, n)), np.array([top])
        # Weight 0: the grand coalition is not drawn, its part is among the complete sizes.
        pairs = CoalitionPairs(x, h, np.zeros((1, n)), np.zeros(1, dtype=int), np.array([-1]))
        training = _Training(prior, pairs, ((x, h),), _Lesson(prior, pairs))
        return cls(training, top, frozenset(range(1, n // 2 + 1)))

    @property
    def prior(self) -> Prior:
        """Of the surrogate."""
        return self.training.prior

    def add(self, masks: Masks, odd: Floats, share: ArrayLike) -> Regression:
        """Take in drawn coalitions, `odd` of each, and the share of the draws that its size has."""
        x, size = np.where(masks, 1.0, -1.0), smaller_half(masks)
        # A pair adds 2 w h / C(n, s); it is drawn with share / C(n, s), twice that in the middle.
        halves = np.where(2 * size == self.prior.players, 1, 2)
        w = shapley_weights(masks) * (halves / np.asarray(share))[:, None]
        # In turn, so that both folds have pairs of all sizes.
        fold = (len(self.training.pairs.x) + np.arange(len(x))) % 2
        pairs = CoalitionPairs(x, odd, w, size, fold)
        # Beyond `TRAINING` pairs the surrogate is fixed; its errors on later pairs are averaged.
        room = max(0, min(len(x), TRAINING - len(self.training.pairs.x)))
        more = self._trained(pairs.where(slice(room))) if room else self
        return more if room == len(x) else more._corrected(pairs.where(slice(room, None)))

    def _trained(self, pairs: CoalitionPairs) -> Regression:
        more = self.training.pairs.with_more(pairs)
        return replace(self, training=self.training.with_pairs(more))

    def _corrected(self, pairs: CoalitionPairs) -> Regression:
        """Take in pairs that the surrogate, which is trained, has not seen."""
        line = None if self.curved else self.training.line
        curved = line is None or not self.training.on_line(line.slopes, pairs.x, pairs.h)
        misses = pairs.h - self.training.predict(pairs.x)
        later = dict(self.later)
        for size, new in _by_size(misses[:, None] * pairs.w, pairs.size).items():
            later[size] = later[size].with_more(new) if size in later else new
        return replace(self, later=later, curved=curved)

    def add_training(self, masks: Masks, odd: Floats) -> Regression:
        """Train the surrogate with coalitions that were not drawn, and correct nothing by them."""
        x = np.where(masks, 1.0, -1.0)
        return self._trained(CoalitionPairs(x, odd, 0 * x, *[np.full(len(x), NOT_DRAWN)] * 2))

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
        x, size = np.where(masks, 1.0, -1.0), int(smaller_half(masks[:1])[0])
        pairs, rest = self.training.pairs, 1 - share
        later = {s: moments.scaled(rest) for s, moments in self.later.items() if s != size}
        pairs = pairs._replace(w=pairs.w * rest)  # as if drawn from the sizes that are left
        # A full training stays as it is, since `later` holds its errors.
        if len(pairs.x) + len(x) <= TRAINING:
            sizes = np.full(len(x), size)
            others = pairs.where(pairs.size != size)
            pairs = others.with_more(CoalitionPairs(x, odd, 0 * x, sizes, np.full(len(x), -1)))
        complete = (*self.training.complete, *zip(in_pieces(x), in_pieces(odd), strict=True))
        training = replace(self.training.with_pairs(pairs), complete=complete)
        return replace(self, training=training, incomplete=self.incomplete - {size}, later=later)

    @property
    def fits_long(self) -> bool:
        """Whether to fit takes so long, the cube of the pairs, that it is done in steps."""
        return len(self.training.pairs.x) >= LESSONS[-1]

    @property
    def needs_fit(self) -> bool:
        """Whether surrogates are asked about the next pair, and `fit` has to come before."""
        full = len(self.training.pairs.x) >= TRAINING
        return full and self.fits_long and "fits" not in vars(self.training)

    def fit(self) -> Steps[None]:
        """Fit the surrogates that `solve`, or the next pair, needs, in steps."""
        if self.needs_fit or (self.incomplete and self._pairwise() is None):
            yield from self.training.fit()

    def solve(self) -> Solution:
        """Shapley values from all that was taken in."""
        if not self.incomplete:
            values = self._efficient(self.training.complete_part())
            return Solution(values, np.zeros_like(values), values, True)
        if (pairwise := self._pairwise()) is not None:
            return pairwise
        smooth = self._efficient(self.training.smooth)
        draws = np.count_nonzero(self.training.pairs.size > 0)
        if self.permutation is not None and draws < self.prior.players:
            unsure = np.full(len(self.permutation), np.inf)
            return Solution(self._efficient(self.permutation), unsure, smooth, False)
        sizes = self.training.pairs.size
        sampled = np.isin(sizes, list(self.incomplete))
        moments = _by_size(self.training.missed[sampled], sizes[sampled])
        for size, new in self.later.items():
            moments[size] = moments[size].with_more(new) if size in moments else new
        mean, error = mean_missed(self.prior.players, moments)
        # Of a game that is learnt to the last digit it is these that are unsure.
        error = np.hypot(error, ROUNDING * np.abs(self.training.pairs.h).max())
        later = sum(new.number for new in self.later.values())
        stale = later > STALE * sum(each.number for each in moments.values())
        unbiased = self._efficient(self.training.smooth + mean)
        return Solution(unbiased, error, smooth, False, stale)

    def _pairwise(self) -> Solution | None:
        """Solve by least squares where all pairs lie on one line."""
        line = None if self.curved else self.training.line
        if line is None or not line.fits or line.spare < SPARE:
            return None
        x, h = self.training.pairs.x, self.training.pairs.h
        left = x @ line.slopes - h
        # Of least squares, what is left being the network's rounding; and as much again for a
        # curve as small as that, which more pairs do not average out.
        variance = left @ left / line.spare
        error = 2 * np.sqrt(variance * np.diag(np.linalg.inv(x.T @ x)) + variance / 4)
        # A player's sign goes from -1 to +1, which adds twice its slope.
        values = self._efficient(2 * line.slopes)
        return Solution(values, error, values, False)

    def _efficient(self, values: Floats) -> Floats:
        """Spread evenly what rounding, or the surrogate, leaves over of the total."""
        # The least change after which they are efficient: they sum to v(N) - v(empty) = 2 top.
        return np.asarray(values + (2 * self.top - values.sum()) / len(values))


def _by_size(missed: Floats, sizes: NDArray[np.int_]) -> dict[int, Moments]:
    """Return the moments of what pairs, one a row, say is missed, by their size."""
    return {int(size): Moments.of(missed[sizes == size]) for size in np.unique(sizes)}
