"""Generators: from a few latent numbers to pictures like those they were fitted to, and back."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, cast, runtime_checkable

import torch
from torch import Tensor, nn

from xaiwidgets import files
from xaiwidgets.checks import is_whole, number, whole
from xaiwidgets.contrast._fit_errors import ErrorMemory
from xaiwidgets.contrast._sizes import PRESETS, PaperDecoder, PaperEncoder
from xaiwidgets.devices import seeded
from xaiwidgets.errors import DataError, InputError

_LATENT = 16  # numbers that stand for a picture
_OUTSIDE = 1e-3  # how far a picture may be outside of the range, as a share of it: rounding


@runtime_checkable
class Generator(Protocol):
    """What `explain` needs of a generator; any object with these two methods will do."""

    def encode(self, images: Tensor) -> Tensor:
        """Return the latents (B, ...) that stand for pictures (B, C, H, W)."""
        ...

    def decode(self, latents: Tensor) -> Tensor:
        """Return pictures (B, C, H, W); torch must be able to differentiate it."""
        ...


class Encoder(nn.Sequential):
    """Two convolutions that halve the sides, then a linear map to `outputs` numbers."""

    def __init__(self, shape: tuple[int, int, int], channels: tuple[int, int], outputs: int):
        channel, height, width = shape
        inner, outer = channels
        super().__init__(
            nn.Conv2d(channel, inner, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(inner, outer, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Flatten(),
            nn.Linear(outer * _quarter(height) * _quarter(width), outputs),
        )


class Decoder(nn.Module):
    """A linear map and two transposed convolutions, squashed into the range of the pictures.

    Its activations are smooth: what moves in the latent space moves smoothly in the picture.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        latent: int,
        channels: tuple[int, int],
        limits: tuple[float, float],
    ) -> None:
        super().__init__()
        (channel, *self.sides), (inner, outer) = shape, channels
        self.low, self.high = limits
        self.small = (outer, *(_quarter(side) for side in self.sides))
        self.spread = nn.Linear(latent, math.prod(self.small))
        self.grow1 = nn.ConvTranspose2d(outer, inner, 4, stride=2, padding=1)
        self.grow2 = nn.ConvTranspose2d(inner, channel, 4, stride=2, padding=1)

    def forward(self, latents: Tensor) -> Tensor:
        """Return pictures (B, C, H, W)."""
        x = nn.functional.silu(self.spread(latents)).reshape(-1, *self.small)
        # Sides that are no multiples of 4 come out too large, and are cut.
        x = self.grow2(nn.functional.silu(self.grow1(x)))[..., : self.sides[0], : self.sides[1]]
        return self.low + (self.high - self.low) * torch.sigmoid(x)


class FittedGenerator(ErrorMemory, ABC):
    """What our generators have in common: their settings, checks, drawing and files.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of the pictures.
    latent : int
        How many numbers stand for a picture.
    channels : tuple of int
        Feature maps of the two hidden layers, those nearer to the picture first.
    limits : tuple of float
        The darkest and the brightest value of the pictures.
    seed : int
        Draws the first weights.
    preset : str, optional
        "paper": networks of the size of the thesis's, and as many latents by default.
    """

    _deeper: ClassVar[bool] = False  # a paper's GAN has a layer more

    mean: Tensor
    spread: Tensor

    _settings: ClassVar[tuple[str, ...]] = (
        "shape",
        "latent",
        "channels",
        "limits",
        "seed",
        "preset",
    )

    def __init__(
        self,
        shape: tuple[int, int, int],
        latent: int | None = None,
        *,
        channels: tuple[int, int] = (16, 32),
        limits: tuple[float, float] = (0.0, 1.0),
        seed: int = 0,
        preset: str | None = None,
    ) -> None:
        super().__init__()
        if preset is not None and preset not in PRESETS:
            raise InputError(f"preset is {preset!r}; use {' or '.join(map(repr, PRESETS))}")
        if latent is None:
            latent = _LATENT if preset is None else PRESETS[preset][type(self).__name__]
        _check_settings(shape, latent, channels, limits, seed)
        self.preset = preset
        self.shape, self.latent, self.channels = tuple(shape), latent, tuple(channels)
        self.limits, self.seed = (float(limits[0]), float(limits[1])), int(seed)
        # The user's random numbers go on as if no weights had been drawn. On the CPU, whatever the
        # default device is: a seed gives the same weights everywhere.
        with torch.random.fork_rng(devices=[]), torch.device("cpu"):
            torch.default_generator.manual_seed(self.seed)
            self.decoder = self._decoder()
            self._build()
        # Where the latents of the pictures lie that it was fitted to.
        self.register_buffer("mean", torch.zeros(latent, device="cpu"))
        self.register_buffer("spread", torch.eye(latent, device="cpu"))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shape}, latent={self.latent})"

    @abstractmethod
    def _build(self) -> None:
        """Make the other network: an encoder or a critic."""

    def _decoder(self) -> nn.Module:
        shape = cast(tuple[int, int, int], self.shape)
        if self.preset is not None:
            return PaperDecoder(shape, self.latent, self.limits, self._deeper)
        return Decoder(shape, self.latent, cast(tuple[int, int], self.channels), self.limits)

    def _encoder(self, outputs: int) -> nn.Module:
        shape = cast(tuple[int, int, int], self.shape)
        if self.preset is not None:
            return PaperEncoder(shape, outputs)
        return Encoder(shape, cast(tuple[int, int], self.channels), outputs)

    def decode(self, latents: Tensor) -> Tensor:
        """Return the pictures (B, C, H, W) of latents (B, latent); it can be differentiated."""
        return cast(Tensor, self.decoder(latents))

    def sample(self, count: int, seed: int = 0) -> Tensor:
        """Draw latents (count, latent) like those of the pictures that it was fitted to."""
        generator = seeded(seed)
        noise = torch.randn(count, self.latent, generator=generator, device="cpu")
        # `spread` is a root of the covariance that the latents of the fitting pictures have.
        return self.mean + noise.to(self.mean) @ self.spread.T

    def save(self, path: str | Path) -> Path:
        """Write weights and settings as safetensors, and return the path."""
        settings = {name: getattr(self, name) for name in self._settings}
        return files.write(path, type(self).__name__, self.state_dict(), settings)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; DataError if it is something else."""
        weights, settings = files.read(path, cls.__name__)
        try:
            # JSON has no tuples.
            tuples: dict[str, Any] = {
                k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()
            }
            generator = cls(**tuples)
            generator.load_state_dict(generator.with_memory(weights))
        except (TypeError, ValueError, RuntimeError) as error:
            raise DataError(f"{path} does not fit {cls.__name__}: {error}; save it anew") from error
        return generator.eval()

    def _checked(self, images: Tensor) -> Tensor:
        """Return `images` where the weights are, or say why they cannot be its pictures."""
        if not isinstance(images, Tensor) or not images.is_floating_point():
            raise InputError("images must be a float tensor (B, C, H, W)")
        if images.ndim != 4 or images.shape[1:] != self.shape or len(images) == 0:
            raise InputError(
                f"images has shape {tuple(images.shape)}; this {type(self).__name__} is for "
                f"(B, {', '.join(map(str, self.shape))})"
            )
        check_range(images, self.limits)
        return images.detach().to(self.mean)

    def _epochs(
        self, images: Tensor, epochs: int, batch_size: int, generator: torch.Generator
    ) -> Iterator[Tensor]:
        """Yield batches, each picture once an epoch, in an order that is drawn."""
        for _ in range(epochs):
            order = torch.randperm(len(images), generator=generator, device="cpu")
            for rows in torch.split(order, batch_size):
                yield images[rows]

    # What is drawn starts searches, so it has to lie where pictures do. Of a VAE's prior that is a
    # part, and an auto-encoder has no prior; a GAN is not told, and keeps what it was trained on.
    def _remember(self, latents: Tensor) -> None:
        """Keep where the latents of the pictures lie, for `sample`."""
        centred = latents - latents.mean(0)
        covariance = centred.T @ centred / max(1, len(latents) - 1)
        # A root of the covariance that exists where latents do not vary, unlike Cholesky's.
        values, vectors = torch.linalg.eigh(covariance.cpu().double())
        self.mean.copy_(latents.mean(0))
        self.spread.copy_(vectors * values.clamp_min(0).sqrt())


def check_range(images: Tensor, limits: tuple[float, float]) -> None:
    """Raise InputError if pictures are not finite or outside of `limits`."""
    low, high = (float(end) for end in images.detach().aminmax())
    slack = _OUTSIDE * (limits[1] - limits[0])
    if not (math.isfinite(low) and math.isfinite(high)):
        raise InputError("the images have values that are NaN or infinite; clean them first")
    if low < limits[0] - slack or high > limits[1] + slack:
        raise InputError(
            f"the images go from {low:.3g} to {high:.3g}; the generator's pictures go from "
            f"{limits[0]:g} to {limits[1]:g}. Scale them, or make a generator with other limits"
        )


def check_training(epochs: int, batch_size: int, learning_rate: float, seed: int) -> None:
    """Raise InputError if a setting of a training cannot be used."""
    for name, value, least in (
        ("epochs", epochs, 1),
        ("batch_size", batch_size, 1),
        ("seed", seed, 0),
    ):
        whole(name, value, least)
    number("learning_rate", learning_rate, above=0, below=1)


def _check_settings(shape: Any, latent: Any, channels: Any, limits: Any, seed: Any) -> None:
    for name, value, count in (("shape", shape, 3), ("channels", channels, 2)):
        is_list = isinstance(value, tuple | list) and len(value) == count
        if not is_list or not all(is_whole(number, 1) for number in value):
            raise InputError(f"{name} is {value!r}; use {count} whole numbers of at least 1")
    if not is_whole(latent, 1) or not is_whole(seed):
        raise InputError(
            f"latent is {latent!r} and seed {seed!r}; use whole numbers of at least 1 and 0"
        )
    pair = isinstance(limits, tuple | list) and len(limits) == 2
    if not pair or not all(isinstance(end, int | float) for end in limits):
        raise InputError(f"limits is {limits!r}; use two numbers, the darkest and the brightest")
    if not -math.inf < limits[0] < limits[1] < math.inf:
        raise InputError(f"limits is {limits!r}; the first must be below the second")


def _quarter(side: int) -> int:
    return -(-side // 4)
