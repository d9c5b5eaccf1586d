"""What a surrogate sees of a picture: its cells, a generator's latents, components, or anything."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from xaiwidgets.checks import nearest, numbers, whole
from xaiwidgets.contrast import Generator, encode_alone
from xaiwidgets.errors import InputError

Doubles = NDArray[np.float64]

FEATURES_OF = ("cells", "latents", "pca")

COMPONENTS_SEEN = 20
"""Principal components that a surrogate sees."""


@dataclass(frozen=True)
class PictureFeatures:
    """Numbers that stand for a picture, and what they are called in a rule.

    Attributes
    ----------
    names : tuple of str
    compute : callable
        Maps inputs (N, ...) to (N, F) float64.
    """

    names: tuple[str, ...]
    compute: Callable[[Tensor], Doubles]


def picture_features(
    features: Any, batch: Tensor, fitted: Tensor, grid: int, generator: Generator | None
) -> PictureFeatures:
    """Return the features by name, or those of a callable.

    Parameters
    ----------
    features : "cells", "latents", "pca", or callable
        Mean brightness by cell; a generator's latents; principal components of the pixels; or what
        a function makes (N, F) of inputs (N, ...).
    fitted : Tensor
        The pictures that the surrogate is fitted to: components are theirs alone.
    """
    if callable(features):
        return _of_callable(features, batch)
    if features not in FEATURES_OF:
        hint = nearest(str(features), FEATURES_OF)
        raise InputError(
            f"features is {features!r}; use 'cells', 'latents', 'pca' or a function of inputs{hint}"
        )
    if features == "latents":
        return _of_generator(generator, batch)
    return _of_components(fitted) if features == "pca" else _of_cells(batch, grid)


def _of_callable(function: Callable[[Tensor], Any], batch: Tensor) -> PictureFeatures:
    def compute(pictures: Tensor) -> Doubles:
        rows = numbers("what features gave", function(pictures))
        if rows.ndim != 2 or len(rows) != len(pictures) or not np.isfinite(rows).all():
            raise InputError(
                f"features gave {rows.shape} for {len(pictures)} inputs; it must give finite "
                "numbers (N, F)"
            )
        return rows

    # Asked about two pictures at once, so that what is wrong with it is said at the call.
    count = compute(batch[:2]).shape[1]
    return PictureFeatures(tuple(f"feature {place}" for place in range(count)), compute)


def _of_generator(generator: Generator | None, batch: Tensor) -> PictureFeatures:
    if generator is None:
        raise InputError("features 'latents' needs generator=...; its encode gives them")

    def compute(pictures: Tensor) -> Doubles:
        return encode_alone(generator, pictures).run().flatten(1).cpu().double().numpy()

    # One picture, as an encoder that searches its latents takes seconds for each.
    count = compute(batch[:1]).shape[1]
    return PictureFeatures(tuple(f"latent {place}" for place in range(count)), compute)


def _of_components(fitted: Tensor) -> PictureFeatures:
    from sklearn.decomposition import PCA

    # Fitted to the training pictures alone: components that know the others would help the test.
    count = min(COMPONENTS_SEEN, len(fitted), fitted[0].numel())

    @functools.cache  # when they are first needed: of many large pictures it takes a while
    def pca() -> PCA:
        # "auto" would draw random numbers where there are many pictures.
        return PCA(count, svd_solver="full").fit(_flat(fitted))

    names = tuple(f"component {place}" for place in range(count))
    return PictureFeatures(names, lambda pictures: pca().transform(_flat(pictures)))


def _of_cells(batch: Tensor, grid: int) -> PictureFeatures:
    whole("grid", grid)
    if batch.ndim != 4 or grid > min(batch.shape[-2:]):
        raise InputError(
            f"the inputs are {tuple(batch.shape[1:])}, which has no {grid} x {grid} cells; use a "
            "smaller grid, or features 'pca'"
        )
    names = tuple(f"r{row + 1}c{column + 1}" for row in range(grid) for column in range(grid))

    def compute(pictures: Tensor) -> Doubles:
        # The mean of the channels as the network sees them: brightness in its units, not in 0 to
        # 255.
        grey = pictures.mean(1, keepdim=True)
        return _flat(functional.adaptive_avg_pool2d(grey, grid))

    return PictureFeatures(names, compute)


def _flat(batch: Tensor) -> Doubles:
    return batch.flatten(1).double().numpy()
