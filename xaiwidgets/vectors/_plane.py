"""Vectors laid out on a plane, by principal components or t-SNE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xaiwidgets.checks import nearest, whole
from xaiwidgets.errors import InputError
from xaiwidgets.vectors._quality import Doubles
from xaiwidgets.work import Later, Progress, Steps, work

PLANE_METHODS = ("pca", "tsne")

LEAST_VECTORS = 3
"""Vectors without which there is nothing to lay out."""

COMPONENTS = 50
"""Principal components that t-SNE starts from, as van der Maaten and Hinton (2008) have it."""

PERPLEXITY = 30.0
"""About how many neighbours t-SNE keeps near; a third of the vectors where there are few."""

# Both rounds as van der Maaten (2014) has them: 12 times for the first 250, momentum 0.5, then 0.8.
TSNE_ROUNDS = ((250, {"exaggeration": 12.0, "momentum": 0.5}), (500, {"momentum": 0.8}))
"""Steps of t-SNE: at first groups are pulled apart."""

STEPS_AT_ONCE = 5
"""Between two reports of progress; the points are the same for any."""


@dataclass(frozen=True, eq=False, repr=False)
class Plane:
    """Where vectors lie on a plane.

    Attributes
    ----------
    points : (N, 2) float64
    variance : float or None
        The share of the variance that the plane shows; None for t-SNE, which keeps no distances.
    method : "pca" or "tsne"
    """

    points: Doubles
    variance: float | None
    method: str
    _place: Callable[[Doubles], Doubles] = field()

    def __repr__(self) -> str:
        shown = "" if self.variance is None else f", {self.variance:.0%} of the variance"
        return f"<Plane by {self.method} of {len(self.points)} points{shown}>"

    def place(self, vectors: ArrayLike) -> Doubles:
        """Return where further vectors (n, F) lie, (n, 2), the others staying where they are."""
        rows = _rows(vectors, "vectors")
        return self._place(rows)


@work
def lay_out(vectors: ArrayLike, *, method: str = "pca", seed: int = 0) -> Steps[Plane]:
    """Lay vectors out on a plane.

    Parameters
    ----------
    vectors : (N, F)
        At least three.
    method : "pca" or "tsne"
        The two directions of largest variance, in which distances are at most what they were; or
        t-SNE (van der Maaten and Hinton 2008), which keeps neighbours together. Its groups' sizes
        and distances mean nothing, and it makes groups of pure noise, too: see `shuffled`.
    seed : int
        Of t-SNE.

    Returns
    -------
    Work[Plane]

    Raises
    ------
    InputError
        If there are too few, or all are alike.

    Examples
    --------
    >>> lay_out([[0.0, 0.0, 1.0], [2.0, 0.0, 1.0], [4.0, 0.0, 1.0]]).run()
    <Plane by pca of 3 points, 100% of the variance>
    """
    rows = _rows(vectors, "vectors")
    check_lay_out(method, seed)
    if len(rows) < LEAST_VECTORS:
        raise InputError(
            f"{len(rows)} vectors are too few to lay out; give at least {LEAST_VECTORS}"
        )
    if np.ptp(rows, 0).max() <= 1e-9 * max(1e-30, float(np.abs(rows).max())):
        raise InputError(f"all {len(rows)} vectors are alike; use another layer, or more pictures")
    return _by_variance(rows) if method == "pca" else _by_neighbours(rows, seed)


def check_lay_out(method: object, seed: object) -> None:
    """Raise InputError for a method that there is none of, or a seed that is no number."""
    if method not in PLANE_METHODS:
        hint = nearest(str(method), PLANE_METHODS)
        raise InputError(f"method is {method!r}; use 'pca' or 'tsne'{hint}")
    whole("seed", seed, 0)


def shuffled(vectors: ArrayLike, seed: int = 0) -> Doubles:
    """Return vectors in which each number comes from another row: noise that looks alike.

    What groups a method shows in these are of its own making.

    Examples
    --------
    >>> sorted(shuffled([[1.0], [2.0], [3.0]])[:, 0].tolist())
    [1.0, 2.0, 3.0]
    """
    # Each column by itself: every unit keeps its own distribution, and what they had to do with
    # each other is gone.
    return np.random.default_rng(whole("seed", seed, 0)).permuted(_rows(vectors, "vectors"), axis=0)


def _by_variance(rows: Doubles) -> Steps[Plane]:
    pca = _components(rows, 2)
    yield Progress(1, 1, "principal components")
    # Of the variance in all directions: what is missing to 1 the plane does not show.
    variance = float(pca.explained_variance_ratio_[:2].sum())
    return Plane(_transformed(pca, rows), variance, "pca", partial(_transformed, pca))


def _transformed(pca: Any, rows: Doubles) -> Doubles:
    """Return vectors by their components, two at least."""
    if rows.shape[1] != pca.n_features_in_:
        raise InputError(
            f"vectors have {rows.shape[1]} numbers each, those of the plane {pca.n_features_in_}; "
            "give some of the same layer"
        )
    components = pca.transform(rows)
    # Vectors of one number lie on a line of the plane.
    return np.pad(components, ((0, 0), (0, max(0, 2 - components.shape[1]))))


def _by_neighbours(rows: Doubles, seed: int) -> Steps[Plane]:
    from openTSNE import TSNEEmbedding, affinity, initialization

    total = sum(count for count, _ in TSNE_ROUNDS)
    yield Progress(0, total, "finding neighbours")
    pca = _components(rows, COMPONENTS)
    reduced = _transformed(pca, rows)
    neighbours = affinity.PerplexityBasedNN(
        reduced, perplexity=min(PERPLEXITY, (len(rows) - 1) / 3), n_jobs=1, random_state=seed
    )
    # From the components and not from noise, so that where groups lie is not up to chance (Kobak
    # and Berens 2019).
    start = initialization.pca(reduced, random_state=seed)
    # One thread: with several the sums, and so the points, may differ from run to run.
    points = TSNEEmbedding(start, neighbours, n_jobs=1, random_state=seed)
    done = 0
    for count, options in TSNE_ROUNDS:
        for _ in range(count // STEPS_AT_ONCE):
            points = points.optimize(n_iter=STEPS_AT_ONCE, **options)
            done += STEPS_AT_ONCE
            yield Progress(done, total, "laying out", Later(_array, points))

    def place(more: Doubles) -> Doubles:
        return _array(points.transform(_transformed(pca, more)))

    # No share of the variance: t-SNE keeps neighbours, not distances.
    return Plane(_array(points), None, "tsne", place)


def _components(rows: Doubles, most: int) -> Any:
    from sklearn.decomposition import PCA

    # "auto" would draw random numbers where there are many rows.
    return PCA(min(most, *rows.shape), svd_solver="full").fit(rows)


def _array(points: Any) -> Doubles:
    return np.array(points, np.float64)


def _rows(vectors: ArrayLike, name: str) -> Doubles:
    try:
        rows = np.asarray(vectors, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is no array of numbers: {error}") from error
    if rows.ndim != 2 or rows.size == 0:
        raise InputError(f"{name} is {rows.shape}; it must be (N, F), a row for each picture")
    if not np.isfinite(rows).all():
        raise InputError(f"{name} holds numbers that are not finite")
    return rows
