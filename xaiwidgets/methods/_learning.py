"""How the surrogate's hyperparameters are learnt: as the likeliest, where that says enough.

Every player has a relevance (automatic relevance determination: Rasmussen, Williams 2006, 5.1),
so that a few players that matter, as in a tree, are told from many that do not. With the variances
of the terms and of the noise these are more numbers than players: they are used only where the
likelihood gains more by them than the Bayesian information criterion asks (Schwarz 1978).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.optimize import minimize

from xaiwidgets.methods._surrogate import (
    LINEAR,
    NOISE,
    PLAIN,
    SCALES,
    SHAPES,
    Hyperparameters,
    Prior,
    likelihood,
)  # fmt: skip

Floats = NDArray[np.float64]

ITERATIONS = 12
"""Steps of the optimiser: more hardly help, and each costs the cube of the pairs."""

CUBIC = 0.05
"""Variance of the cubic term from which the search starts."""

SPREAD, RELEVANCE_SPREAD = 3.0, 1.5
"""Standard deviations, in logarithms, of the variances and of relevances around their start."""


@dataclass(frozen=True)
class MarginalLikelihood:
    """Of pairs to learn from: signs, the game's odd part, and the size of the smaller half."""

    prior: Prior
    x: Floats
    h: Floats
    size: NDArray[np.int_]

    def likelihood(self, by: Hyperparameters) -> float:
        """Log-likelihood of the pairs."""
        covariance = self.prior.covariance(self.x, self.x, by)
        covariance.flat[:: len(self.x) + 1] += by.noises(self.size)
        return likelihood(covariance, self.h)

    def plain(self) -> Hyperparameters:
        """Return the prior as it is, with the likeliest scale of the linear term."""
        choices = [replace(PLAIN, linear=scale) for scale in SCALES]
        return max(choices, key=self.likelihood)

    def learnt(self) -> Hyperparameters:
        """Return what is likeliest; the plain prior where that gains too little."""
        plain = self.plain()
        start = np.log([plain.linear, CUBIC, *plain.terms, NOISE])
        start = np.concatenate([start, np.zeros(self.prior.players)])
        spread = np.where(np.arange(len(start)) < 5, SPREAD, RELEVANCE_SPREAD)

        def loss(logarithms: Floats) -> tuple[float, Floats]:
            value, gradient = self.gradient(logarithms)
            away = (logarithms - start) / spread
            return float(away @ away) / 2 - value, away / spread - gradient

        # Above, exp(u'Av) overflows; below, a term is nothing.
        low, high = start - 8, start + 4
        # No more than nine digits from the linear term to the noise: more are lost in an inverse.
        low[4], high[0] = max(-14, start[0] - 20), start[0] + 1
        options = {"maxiter": ITERATIONS, "maxfun": ITERATIONS + 5}
        bounds = np.stack([low, high], axis=1)
        best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
        # Two digits: the others are the game's last ones, enlarged.
        by = _hyperparameters(np.round(best, 2))
        enough = (len(best) - 1) / 2 * np.log(len(self.x))  # the plain prior has its scale, too
        return by if self.likelihood(by) - self.likelihood(plain) > enough else plain

    def gradient(self, logarithms: Floats) -> tuple[float, Floats]:
        """Log-likelihood, and its gradient by the logarithms of the hyperparameters."""
        prior, by, count = self.prior, _hyperparameters(logarithms), len(self.x)
        u = by.scaled(self.x)
        linear = by.linear * (prior.mix(self.x, LINEAR) @ self.x.T)
        inner = prior.mix(u, LINEAR) @ u.T
        # Each term, how it grows with u'Av, and how it mixes the players.
        terms = [by.cubic * inner * inner * inner]
        slopes = [3 * by.cubic * inner * inner]
        for term, shape in enumerate(SHAPES):
            power = np.exp(prior.mix(u, shape) @ u.T)
            half = prior.amplitude(term, by) / 2
            terms.append(half * (power - 1 / power))
            slopes.append(half * (power + 1 / power))
        noises = by.noises(self.size)
        covariance = linear + sum(terms)
        covariance.flat[:: count + 1] += noises
        factor, bad = dpotrf(covariance, lower=1)
        if bad:
            return -1e10, np.zeros_like(logarithms)
        p = dpotri(factor, lower=1)[0]
        p = np.tril(p) + np.tril(p, -1).T
        a = p @ self.h
        squares = max(float(self.h @ a), 1e-300)
        value = -count / 2 * np.log(squares) - np.log(np.diag(factor)).sum()
        # Rasmussen, Williams (2006), eq. 5.9, at the likeliest amplitude h'a / count.
        weights = (np.outer(a, a) * (count / squares) - p) / 2
        gains = [float((weights * term).sum()) for term in (linear, *terms)]
        relevance = np.zeros(prior.players)
        for slope, shape in zip(slopes, (LINEAR, *SHAPES), strict=True):
            relevance += (u * prior.mix((weights * slope) @ u, shape)).sum(axis=0)
        # The amplitudes have the trace of A in them, which grows with every relevance.
        trace = sum(g * prior.diagonal(s) for g, s in zip(gains[2:], SHAPES, strict=True))
        relevance -= trace * np.exp(logarithms[5:])
        noise = float(np.diag(weights) @ noises)
        return float(value), np.concatenate([gains, [noise], relevance])


def _hyperparameters(logarithms: Floats) -> Hyperparameters:
    linear, cubic, sharp, broad, noise, *relevance = map(float, np.exp(logarithms))
    return Hyperparameters(linear, cubic, (sharp, broad), noise, tuple(relevance))
