"""How far near points are pictures that are alike: of the vectors, and of their points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.intervals import IntervalEstimate, mean_interval

Doubles = NDArray[np.float64]

NEIGHBOURS = 10
"""How many of the nearest are looked at; fewer where there are few pictures."""

RATED = 2000
"""Pictures that the quality is measured on, at most: it compares each with each."""


@dataclass(frozen=True)
class NeighbourAgreement:
    """The share of a picture's nearest neighbours that have its class, on average.

    Attributes
    ----------
    full, plane : IntervalEstimate
        Among the vectors, and among the points on the plane.
    chance : float
        Among pictures drawn at random: what to beat.
    """

    full: IntervalEstimate
    plane: IntervalEstimate
    chance: float

    def __str__(self) -> str:
        return (
            f"{self.full.value:.0%} of neighbours agree among the vectors, {self.plane.value:.0%} "
            f"on the plane, {self.chance:.0%} by chance"
        )


def agreement(vectors: Doubles, points: Doubles, classes: NDArray[np.int64]) -> NeighbourAgreement:
    """Return how often neighbours have one class; of each picture, itself left out."""
    count = len(classes)
    # Among all but the picture itself.
    shares = np.array([((classes == c).sum() - 1) / max(1, count - 1) for c in classes])
    # Among the vectors as well: what the layer itself does not have, no plane could show.
    return NeighbourAgreement(
        _share(_alike(vectors, classes)),
        _share(_alike(points, classes)),
        float(shares.mean()),
    )


def _share(values: Doubles) -> IntervalEstimate:
    """Return the mean of shares; no share is above 1 or below 0, so no end is."""
    mean = mean_interval(values)
    return IntervalEstimate(mean.value, max(0.0, mean.low), min(1.0, mean.high))


def _alike(rows: Doubles, classes: NDArray[np.int64]) -> Doubles:
    from sklearn.neighbors import NearestNeighbors

    count = min(NEIGHBOURS, len(rows) - 1)
    # Without rows to ask about, a row is no neighbour of its own, not even beside one like it.
    nearest = NearestNeighbors(n_neighbors=count).fit(rows).kneighbors(return_distance=False)
    # (N, k) classes of neighbours against (N, 1).
    alike: Doubles = (classes[nearest] == classes[:, None]).mean(1)
    return alike


def trustworthiness(vectors: Doubles, points: Doubles, rated: NDArray[np.int64]) -> float:
    """Return how few neighbours on the plane are far apart among the vectors, 0 to 1.

    Venna and Kaski 2001, as scikit-learn computes it, of the `rated` pictures. Points at random
    have about 0.5.
    """
    from sklearn.manifold import trustworthiness as of_neighbours

    # Beyond half of the pictures the measure is not defined (Venna and Kaski 2001).
    neighbours = max(1, min(NEIGHBOURS, (len(rated) - 1) // 2))
    return float(of_neighbours(vectors[rated], points[rated], n_neighbors=neighbours))


def rated_pictures(count: int, seed: int) -> NDArray[np.int64]:
    """Return the pictures that the trustworthiness is measured on, drawn without replacement."""
    order = np.random.default_rng(seed).permutation(count)[:RATED]
    return np.sort(order).astype(np.int64)
