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

_MEMORY = ("fit_errors", "relative_fit_errors", "worse_shares")
_ROUNDING = 1e-6  # of pixels in float32
_PART = 512  # pictures that are drawn together


def reconstruction_errors(images: Tensor, reconstructions: Tensor) -> Tensor:
    """Return the root mean square (B,) of what is missed of pictures (B, C, H, W)."""
    return (images - reconstructions).flatten(1).square().mean(1).sqrt()


# Flagged above `MISSES_MUCH` of 40 to 200 test pictures of another kind, without and with it: by a
# VAE of clothes 45 and 99 % of crops of photographs, by a WGAN of clothes 22 and 95 % of digits.
def relative_errors(errors: Tensor, images: Tensor) -> Tensor:
    """Return errors (B,) per difference between neighbouring pixels (root mean square).

    What is finely drawn is hard to draw for every generator, also one of its kind; what is coarse
    and is missed all the same is of another kind.
    """
    down, right = (images.diff(dim=axis).square().flatten(1).sum(1) for axis in (-2, -1))
    detail = ((down + right) / images[0].numel()).sqrt()
    return errors / detail.clamp_min(1e-6)  # of a picture of one colour, which has none


class ErrorMemory(nn.Module):
    """A generator that knows how badly it draws pictures of its own kind.

    Attributes
    ----------
    fit_errors, relative_fit_errors, worse_shares : Tensor (101,)
        Quantiles of the errors, of the relative errors, and of the larger share that a picture has
        among the two. NaN where that is not known.
    """

    fit_errors: Tensor
    relative_fit_errors: Tensor
    worse_shares: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name in _MEMORY:
            self.register_buffer(name, torch.full((QUANTILES,), torch.nan, device="cpu"))

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
        errors = _errors_of(self, images)
        relative = relative_errors(errors, images.to(errors))
        self.fit_errors.copy_(_quantiles(errors))
        self.relative_fit_errors.copy_(_quantiles(relative))
        # The larger of two shares is above 0.95 for more than one own picture in twenty, so that it
        # is held to quantiles of its own.
        shares = _larger_share(self, errors.cpu().numpy(), relative.cpu().numpy())
        self.worse_shares.copy_(_quantiles(torch.from_numpy(shares)))
        return self

    def copy_errors(self, other: ErrorMemory) -> None:
        """Keep the errors that another generator remembers: one that does not know as much."""
        for name in _MEMORY:
            getattr(self, name).copy_(getattr(other, name))

    def with_memory(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return weights of a file, with what older files do not have: nothing is known then."""
        return {**{name: getattr(self, name) for name in _MEMORY}, **weights}


@torch.no_grad()
def _errors_of(generator: Any, images: Tensor) -> Tensor:
    """Return a generator's errors (N,) on pictures (N, C, H, W)."""
    with evaluating(generator):
        parts = [
            reconstruction_errors(part, generator.decode(generator.encode(part)).to(part))
            for part in torch.split(images, _PART)
        ]
    return torch.cat(parts)


def _quantiles(values: Tensor) -> Tensor:
    """Return the quantiles 0, 1 %, ... 100 %."""
    at = torch.linspace(0, 1, QUANTILES, dtype=torch.double, device="cpu")
    return torch.from_numpy(np.quantile(values.double().cpu(), at)).float()


@contextmanager
def evaluating(generator: Any) -> Iterator[None]:
    """Put a module into eval mode; it is as before afterwards."""
    was_training = generator.training
    generator.eval()
    try:
        yield
    finally:
        generator.train(was_training)


def error_percentiles(
    generator: object, errors: ArrayLike, images: Tensor | None = None
) -> NDArray[np.float64]:
    """Return the share of pictures of its own kind that a generator misses less of.

    Above `MISSES_MUCH` it is no generator for this picture: another data set, perhaps. Below, the
    picture may still be of another kind: turned by a quarter, all digits and faces are above, of
    clothes four in five by their VAE and one in four by their WGAN, which misses much of any.

    Parameters
    ----------
    generator : Generator
        One that keeps its errors: of the pictures that it is fitted to, as `VAE`, `AutoEncoder`
        and `PCA` do, until ``remember_errors`` has been given others.
    errors : (P,) floats
        `Contrast.reconstruction_error`, say.
    images : Tensor (P, C, H, W), optional
        The pictures. With them an error counts beside how fine the picture is, too, and the worse
        of the two: a generator of clothes tells digits by that.

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
    if images is None or not _is_known(generator, "worse_shares"):
        shares = _shares(generator, "fit_errors", values)
    elif len(images) != len(values):
        raise InputError(f"there are {len(values)} errors of {len(images)} images; give one each")
    else:
        relative = relative_errors(torch.from_numpy(values), images.detach().cpu().double())
        worse = _larger_share(generator, values, relative.numpy())
        shares = _shares(generator, "worse_shares", worse)
    # What is drawn but for rounding is not missed, although others may be rounded less.
    return np.where((values < _ROUNDING) & np.isfinite(shares), 0.0, shares)


def _larger_share(
    generator: object, errors: NDArray[Any], relative: NDArray[Any]
) -> NDArray[np.float64]:
    return np.maximum(
        _shares(generator, "fit_errors", errors),
        _shares(generator, "relative_fit_errors", relative),
    )


def _is_known(generator: object, name: str) -> bool:
    quantiles = getattr(generator, name, None)
    return isinstance(quantiles, Tensor) and bool(torch.isfinite(quantiles).all())


def _shares(generator: object, name: str, values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the share of what a generator remembers under a name that is below each value."""
    if not _is_known(generator, name):
        return np.full(values.shape, np.nan)
    quantiles = getattr(generator, name).cpu().double().numpy()
    levels = np.linspace(0, 1, len(quantiles))
    # Beyond the largest (or the least) of all there is nothing to interpolate.
    shares: NDArray[np.float64] = np.interp(values, quantiles, levels, left=0.0, right=1.0)
    return shares
