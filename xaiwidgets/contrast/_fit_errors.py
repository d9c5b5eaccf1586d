"""How badly a generator draws pictures of its own kind: what another picture's error is held to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from xaiwidgets.checks import numbers
from xaiwidgets.errors import InputError

QUANTILES = 101
"""How many numbers are kept of the errors of all these pictures."""

MISSES_MUCH = 0.95
"""Above this share of pictures of its own kind a generator is said to miss much of a picture.

So one in twenty of its own kind is flagged, if these were not those that it was fitted to.
"""

_PART = 512  # pictures that are drawn together


def reconstruction_errors(images: Tensor, reconstructions: Tensor) -> Tensor:
    """Return the root mean square (B,) of what is missed of pictures (B, C, H, W)."""
    return (images - reconstructions).flatten(1).square().mean(1).sqrt()


class ErrorMemory(nn.Module):
    """A generator that knows how badly it draws pictures of its own kind."""

    fit_errors: Tensor

    def __init__(self) -> None:
        super().__init__()
        # NaN where that is not known
        self.register_buffer("fit_errors", torch.full((QUANTILES,), torch.nan, device="cpu"))

    def remember_errors(self, images: Tensor) -> Self:
        """Keep how badly pictures (N, C, H, W) are drawn, and return itself.

        Others of the same kind than it was fitted to, where there are any: those that it knows
        it draws better, and then `error_percentiles` warns of its own kind too often. A `GAN` is
        told of none by `fit`: without an encoder it takes minutes.

        Raises
        ------
        InputError
            If there are no pictures, or they do not fit.
        """
        if not isinstance(images, Tensor) or not len(images):
            raise InputError("images must be a tensor (N, C, H, W) of at least one picture")
        self.fit_errors.copy_(quantiles_of_errors(self, images))
        return self


@torch.no_grad()
def quantiles_of_errors(generator: Any, images: Tensor) -> Tensor:
    """Return the quantiles 0, 1 %, ... 100 % of a generator's errors on pictures (N, C, H, W)."""
    with evaluating(generator):
        parts = [
            reconstruction_errors(part, generator.decode(generator.encode(part)).to(part))
            for part in torch.split(images, _PART)
        ]
    at = torch.linspace(0, 1, QUANTILES, dtype=torch.double, device="cpu")
    return torch.from_numpy(np.quantile(torch.cat(parts).double().cpu(), at)).float()


@contextmanager
def evaluating(generator: Any) -> Iterator[None]:
    """Put a module into eval mode; it is as before afterwards."""
    was_training = generator.training
    generator.eval()
    try:
        yield
    finally:
        generator.train(was_training)


def error_percentiles(generator: object, errors: ArrayLike) -> NDArray[np.float64]:
    """Return the share of pictures of its own kind that a generator misses less of.

    Above `MISSES_MUCH` it is no generator for this picture: another data set, perhaps.

    Parameters
    ----------
    generator : Generator
        One that keeps its errors: of the pictures that it is fitted to, as `VAE`, `AutoEncoder`
        and `PCA` do, until ``remember_errors`` has been given others.
    errors : (P,) floats
        `Contrast.reconstruction_error`, say.

    Returns
    -------
    NDArray (P,)
        0 to 1; NaN where nobody knows: for a GAN or a stranger's generator.

    Examples
    --------
    >>> from xaiwidgets import zoo
    >>> error_percentiles(zoo.generator("digits"), [0.0, 1.0]).tolist()
    [0.0, 1.0]
    """
    values = np.atleast_1d(numbers("errors", errors))
    quantiles = getattr(generator, "fit_errors", None)
    if not isinstance(quantiles, Tensor) or not bool(torch.isfinite(quantiles).all()):
        return np.full(values.shape, np.nan)
    levels = np.linspace(0, 1, len(quantiles))
    # Beyond the largest (or the least) of all there is nothing to interpolate.
    return np.interp(values, quantiles.cpu().double().numpy(), levels, left=0.0, right=1.0)
