"""Gaussians for right and wrong predictions: linear and quadratic discriminant analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.reliability._arrays import Doubles, Flags
from xaiwidgets.work import Progress, Steps


class Discriminant:
    """Gaussians for right and wrong predictions: with one covariance (LDA), or two (QDA)."""

    def __init__(self, quadratic: bool) -> None:
        self.quadratic = quadratic
        self._means = self._precisions = self._offsets = np.zeros(0)

    def fit(self, features: Doubles, wrong: Flags, aside: tuple[Doubles, Flags]) -> Steps[Self]:
        """Estimate means and covariances."""
        yield Progress(0, 1, "fitting Gaussians")
        groups = [features[~wrong], features[wrong]]
        self._means = np.stack([group.mean(0) for group in groups])
        covariances = [np.atleast_2d(np.cov(group.T)) for group in groups]
        shares = np.array([len(group) for group in groups]) / len(features)
        pooled = shares[0] * covariances[0] + shares[1] * covariances[1]
        # Features that do not vary would have no inverse.
        floor = 1e-6 * np.diag(np.maximum(np.diag(pooled), 1e-12))
        chosen = covariances if self.quadratic else [pooled, pooled]
        self._precisions = np.stack([np.linalg.inv(matrix + floor) for matrix in chosen])
        volumes = np.array([np.linalg.slogdet(matrix + floor)[1] for matrix in chosen])
        # Of prior times density, without the factor that both Gaussians have.
        self._offsets = np.log(shares) - volumes / 2
        return self

    def score(self, features: Doubles) -> Doubles:
        """Return the logarithm of the odds."""
        away = features[None] - self._means[:, None]
        distances = np.einsum("kbf,kfg,kbg->kb", away, self._precisions, away)
        right, wrong = self._offsets[:, None] - distances / 2
        # The two have one covariance in LDA: what is quadratic goes out here.
        odds: Doubles = wrong - right
        return odds

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that was learnt."""
        return {"means": self._means, "precisions": self._precisions, "offsets": self._offsets}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take what `arrays` gave."""
        self._means, self._precisions = arrays["means"], arrays["precisions"]
        self._offsets = arrays["offsets"]
        return self
