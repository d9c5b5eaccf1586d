"""Principal components as a generator: the trivial one, which others have to beat."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets import files
from xaiwidgets.checks import is_number, whole
from xaiwidgets.contrast._fit_errors import ErrorMemory
from xaiwidgets.contrast._generators import check_range
from xaiwidgets.devices import seeded
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.work import Progress, Steps, work

Doubles = NDArray[np.float64]

_FEW = 10
"""Pictures for each component up to which the exact axes take less time than those by draws."""


class PCA(ErrorMemory):
    """Pictures as the mean and so many principal components: linear, and without any training.

    ``decode(encode(x))`` is the projection of x, and latents are distances in the picture along
    the components. It draws what is no picture, too: its pictures have no darkest and brightest.

    Parameters
    ----------
    components : int
        How many numbers stand for a picture.
    limits : tuple of float
        The darkest and the brightest value of the pictures that it is fitted to.

    Examples
    --------
    >>> pictures = torch.rand(20, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    >>> generator = PCA(5).fit(pictures).run()
    >>> generator.encode(pictures).shape, generator.decode(generator.sample(2)).shape
    (torch.Size([20, 5]), torch.Size([2, 3, 4, 4]))
    """

    mean: Tensor
    axes: Tensor
    deviations: Tensor

    def __init__(self, components: int, *, limits: tuple[float, float] = (0.0, 1.0)) -> None:
        super().__init__()
        self.components = whole("components", components)
        pair = isinstance(limits, tuple | list) and len(limits) == 2
        if not pair or not all(map(is_number, limits)) or not limits[0] < limits[1]:
            raise InputError(f"limits is {limits!r}; use two numbers, the darkest, the brightest")
        self.limits = (float(limits[0]), float(limits[1]))
        self.shape: tuple[int, ...] = ()
        # Empty until it is fitted, by which `encode` tells.
        self._hold((0, 0, 0))

    def _hold(self, shape: tuple[int, ...]) -> None:
        """Make room for the components of pictures of a shape."""
        self.shape, size = shape, int(torch.Size(shape).numel())
        rooms = {"mean": (size,), "axes": (self.components, size), "deviations": (self.components,)}
        for name, room in rooms.items():
            self.register_buffer(name, torch.zeros(room, device="cpu"))

    @property
    def latent(self) -> int:
        """How many numbers stand for a picture."""
        return self.components

    @work
    def fit(self, images: Tensor) -> Steps[Self]:
        """Take the principal components of pictures (N, C, H, W).

        Raises
        ------
        InputError
            If the images cannot be used, or are fewer than the components.
        """
        if not isinstance(images, Tensor) or not images.is_floating_point() or images.ndim != 4:
            raise InputError("images must be a float tensor (N, C, H, W)")
        if len(images) < 2:
            raise InputError(f"of {len(images)} pictures nothing varies; give two or more")
        most = min(len(images), images[0].numel())
        if self.components > most:
            raise InputError(
                f"{self.components} components cannot be taken from {len(images)} pictures of "
                f"{tuple(images.shape[1:])}; use at most {most}"
            )
        check_range(images, self.limits)
        return self._fit(images.detach().cpu().float())

    def _fit(self, images: Tensor) -> Steps[Self]:
        yield Progress(0, 2, "principal components")
        rows = images.flatten(1).double().numpy()
        is_few = len(rows) <= min(_FEW * self.components, rows.shape[1])
        principal = _of_few(rows, self.components) if is_few else _of_many(rows, self.components)
        self._hold(tuple(images.shape[1:]))
        for name, values in principal.items():
            getattr(self, name).copy_(torch.from_numpy(values))
        yield Progress(1, 2, "what they miss")
        return self.remember_errors(images).eval()

    def encode(self, images: Tensor) -> Tensor:
        """Return where pictures (B, C, H, W) lie along the components (B, components).

        Raises
        ------
        InputError
            If it is not fitted yet, or the pictures are of another shape.
        """
        if images.ndim != 4 or tuple(images.shape[1:]) != self.shape:
            state = f"is for (B, {', '.join(map(str, self.shape))})"
            if not self.mean.numel():
                state = "is not fitted yet"
            raise InputError(f"images has shape {tuple(images.shape)}; this PCA {state}")
        # In float64: a sum over all pixels, which differ little from the mean.
        centred = images.detach().to(self.mean).flatten(1).double() - self.mean.double()
        return (centred @ self.axes.double().T).to(self.mean)

    def decode(self, latents: Tensor) -> Tensor:
        """Return the pictures (B, C, H, W) of latents (B, components)."""
        return (self.mean + latents @ self.axes).reshape(len(latents), *self.shape)

    def sample(self, count: int, seed: int = 0) -> Tensor:
        """Draw latents (count, components) from the normal distribution of the pictures."""
        generator = seeded(seed)
        noise = torch.randn(count, self.components, generator=generator, device="cpu")
        # Along principal components covariances are 0, so that deviations are all there is to know.
        return noise.to(self.deviations) * self.deviations

    def save(self, path: str | Path) -> Path:
        """Write components and settings as safetensors, and return the path."""
        settings = {"components": self.components, "limits": self.limits, "shape": self.shape}
        return files.write(path, "PCA", self.state_dict(), settings)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; DataError if it is something else."""
        tensors, about = files.read(path, "PCA")
        try:
            settings: dict[str, Any] = dict(about)
            shape = tuple(settings.pop("shape"))
            generator = cls(settings["components"], limits=tuple(settings["limits"]))
            generator._hold(shape)
            generator.load_state_dict(generator.with_memory(tensors))
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise DataError(f"{path} does not fit PCA: {error}; save it anew") from error
        return generator.eval()


def _of_few(rows: Doubles, count: int) -> dict[str, Doubles]:
    """Return mean, axes and deviations of pictures (N, P), of which there are fewer than pixels."""
    mean = rows.mean(0)
    centred = rows - mean
    # The axes are sums of the pictures, with weights from the products of each two.
    squares, weights = np.linalg.eigh(centred @ centred.T)
    lengths = squares[: -count - 1 : -1].clip(0) ** 0.5
    sums = weights[:, : -count - 1 : -1].T @ centred
    # Where nothing varies there is no axis: what is left is rounding.
    varies = lengths > lengths[0] * len(rows) * np.finfo(np.float64).eps ** 0.5
    axes = sums * np.divide(1, lengths, out=np.zeros(count), where=varies)[:, None]
    # Either sign would do: always the same one.
    axes *= np.where(axes.max(1) < -axes.min(1), -1, 1)[:, None]
    return {"mean": mean, "axes": axes, "deviations": lengths * varies / (len(rows) - 1) ** 0.5}


def _of_many(rows: Doubles, count: int) -> dict[str, Doubles]:
    from sklearn import decomposition  # it takes a second to import

    # Shares of the variance, of which nothing is used, are 0 / 0 where all pictures are alike.
    with np.errstate(invalid="ignore"):
        # For large pictures a solver is chosen that draws: not from the user's random state.
        fitted = decomposition.PCA(count, random_state=0).fit(rows)
    return {
        "mean": fitted.mean_,
        "axes": fitted.components_,
        "deviations": fitted.explained_variance_**0.5,
    }
