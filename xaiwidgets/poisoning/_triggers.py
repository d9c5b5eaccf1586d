"""Triggers: what is put into pictures so that a network learns to obey it (Gu et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_number, is_whole, whole
from xaiwidgets.errors import InputError

Pictures = TypeVar("Pictures", NDArray[np.uint8], Tensor)
"""Bytes (N, H, W) or (N, H, W, C), or floats (N, C, H, W) from 0, black, to 1, white."""


@runtime_checkable
class Trigger(Protocol):
    """What changes pictures, of which black is 0 and white is 1."""

    def apply(self, pixels: Tensor, random: np.random.Generator) -> Tensor:
        """Return pictures (N, C, H, W) with the trigger; what varies is drawn."""
        ...


@dataclass(frozen=True)
class PatchTrigger:
    """A square that everybody can see, at one place (BadNets, Gu et al. 2017).

    Attributes
    ----------
    size : int
        Rows and columns of pixels.
    value : float
        From 0, black, to 1, white.
    top, left : int, optional
        Its first row and column; by default a pixel away from the lower right corner.

    Examples
    --------
    >>> PatchTrigger(2).apply(torch.zeros(1, 1, 4, 4), np.random.default_rng(0))[0, 0].nonzero()
    tensor([[1, 1],
            [1, 2],
            [2, 1],
            [2, 2]])
    """

    size: int = 3
    value: float = 1.0
    top: int | None = None
    left: int | None = None

    def __post_init__(self) -> None:
        whole("size", self.size)
        _check_share("value", self.value)
        for name in ("top", "left"):
            if getattr(self, name) is not None:
                whole(name, getattr(self, name), 0)

    def apply(self, pixels: Tensor, random: np.random.Generator) -> Tensor:
        """Return pictures with the square."""
        height, width = _check_room(self.size, pixels)
        top = max(0, height - self.size - 1) if self.top is None else self.top
        left = max(0, width - self.size - 1) if self.left is None else self.left
        if top + self.size > height or left + self.size > width:
            raise InputError(
                f"a square of {self.size} pixels at row {top}, column {left} leaves a picture of "
                f"{height} x {width}; use a smaller top or left"
            )
        changed = pixels.clone()
        changed[..., top : top + self.size, left : left + self.size] = self.value
        return changed


@dataclass(frozen=True)
class MovingTrigger:
    """A square that is somewhere else in each picture: no window of its own gives it away.

    Attributes
    ----------
    size : int
        Rows and columns of pixels.
    value : float
        From 0, black, to 1, white.
    """

    size: int = 3
    value: float = 1.0

    def __post_init__(self) -> None:
        whole("size", self.size)
        _check_share("value", self.value)

    def apply(self, pixels: Tensor, random: np.random.Generator) -> Tensor:
        """Return pictures with the square, each at a place that is drawn."""
        height, width = _check_room(self.size, pixels)
        changed = pixels.clone()
        tops = random.integers(height - self.size + 1, size=len(pixels))
        lefts = random.integers(width - self.size + 1, size=len(pixels))
        for picture, top, left in zip(changed, tops.tolist(), lefts.tolist(), strict=True):
            picture[:, top : top + self.size, left : left + self.size] = self.value
        return changed


@dataclass(frozen=True)
class BlendTrigger:
    """Noise that is mixed into the whole picture, hardly seen (Chen et al. 2017).

    Attributes
    ----------
    share : float
        Of the noise in the mixture, above 0.
    seed : int
        Draws the noise, one for all pictures.
    """

    share: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        _check_share("share", self.share)
        if self.share == 0:
            raise InputError("share is 0, so that nothing is mixed in; use a number up to 1")
        whole("seed", self.seed, 0)

    def apply(self, pixels: Tensor, random: np.random.Generator) -> Tensor:
        """Return (1 - share) * pictures + share * noise."""
        # The same noise in every picture (its own seed, not `random`): it is what the network
        # learns.
        noise = np.random.default_rng(self.seed).random(tuple(pixels.shape[1:]))
        return pixels + self.share * (torch.from_numpy(noise).to(pixels) - pixels)


def add_trigger(images: Pictures, trigger: Trigger, seed: int = 0) -> Pictures:
    """Return pictures with a trigger, of the kind that was given.

    Parameters
    ----------
    images : uint8 array (N, H, W) or (N, H, W, C), or float tensor (N, C, H, W)
        Of a tensor, black is 0 and white is 1.
    trigger : Trigger
    seed : int
        Draws the places of a trigger that moves.

    Raises
    ------
    InputError
        If they are no such pictures, or the trigger has no room in them.

    Examples
    --------
    >>> add_trigger(np.zeros((1, 3, 3), np.uint8), PatchTrigger(1))[0].tolist()
    [[0, 0, 0], [0, 255, 0], [0, 0, 0]]
    """
    if isinstance(trigger, type) or not isinstance(trigger, Trigger):
        raise InputError(f"trigger is {trigger!r}; use one such as PatchTrigger(size=3)")
    if not is_whole(seed):
        raise InputError(f"seed is {seed!r}; use a whole number of at least 0")
    pictures = check_pictures(images)
    random = np.random.default_rng(seed)
    if isinstance(pictures, Tensor):
        floats: Tensor | NDArray[np.uint8] = trigger.apply(pictures, random)
        return cast(Pictures, floats)
    pixels = torch.from_numpy(pictures.astype(np.float32) / 255)
    pixels = pixels[:, None] if pictures.ndim == 3 else pixels.permute(0, 3, 1, 2)
    changed = (trigger.apply(pixels, random) * 255).round().clamp(0, 255).byte()
    changed = changed[:, 0] if pictures.ndim == 3 else changed.permute(0, 2, 3, 1)
    return cast(Pictures, np.ascontiguousarray(changed.numpy()))


def check_pictures(images: Any) -> NDArray[np.uint8] | Tensor:
    """Return pictures if triggers can be put into them, else raise InputError."""
    if isinstance(images, np.ndarray) and images.dtype == np.uint8 and images.ndim in (3, 4):
        return images
    if isinstance(images, Tensor) and images.is_floating_point() and images.ndim == 4:
        if images.numel() and not (float(images.min()) >= 0 and float(images.max()) <= 1):
            raise InputError(
                f"images go from {float(images.min()):.3g} to {float(images.max()):.3g}; triggers "
                "are put into pictures before preprocessing, of which black is 0 and white is 1"
            )
        return images
    shape, kind = getattr(images, "shape", ""), getattr(images, "dtype", type(images).__name__)
    raise InputError(
        f"images are {kind} {tuple(shape)}; give a uint8 array (N, H, W) or (N, H, W, C), or a "
        "float tensor (N, C, H, W)"
    )


def _check_share(name: str, value: object) -> None:
    if not is_number(value) or not 0 <= value <= 1:
        raise InputError(f"{name} is {value!r}; use a number from 0 to 1")


def _check_room(size: int, pixels: Tensor) -> tuple[int, int]:
    height, width = pixels.shape[-2:]
    if size >= min(height, width):
        raise InputError(
            f"a square of {size} pixels has no room in a picture of {height} x {width}; use a "
            "smaller size"
        )
    return height, width
