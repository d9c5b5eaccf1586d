"""Pictures: windows on them, baselines for them, and what-if edits of them.

Everything here works on a network's input, a float tensor (C, H, W), and returns a new tensor.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional

from xaiwidgets.checks import is_finite, is_number, is_whole, whole
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.pictures import read_picture

BASELINES = ("zeros", "mean", "blur")
"""The baselines that have a name."""

Edit = TypeVar("Edit", bound=Callable[..., Tensor])
Baseline = float | str | Tensor
"""A number, "zeros", "mean", "blur", or another picture (C, H, W)."""


@dataclass(frozen=True, order=True)
class Window:
    """A rectangle of pixels of the network's input, half open: rows top to top + height - 1.

    Raises
    ------
    InputError
        If a side is not at least one pixel, or a number is not whole or is negative.

    Examples
    --------
    >>> str(Window(40, 60, 110, 120))
    '[40:150, 60:180]'
    """

    top: int
    left: int
    height: int
    width: int

    def __post_init__(self) -> None:
        for name, least in (("top", 0), ("left", 0), ("height", 1), ("width", 1)):
            value = getattr(self, name)
            if not is_whole(value, least):
                raise InputError(
                    f"window {name} is {value!r}; it must be a whole number of at least {least}"
                )
            # NumPy's whole numbers, as of argmax, are no JSON, which is how a window crosses to a
            # page.
            object.__setattr__(self, name, int(value))

    @property
    def bottom(self) -> int:
        """First row below the window."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """First column right of the window."""
        return self.left + self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index the last two axes of an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def inside(self, shape: Sequence[int]) -> Window:
        """Return self if it lies in a picture of `shape` (..., H, W), else raise InputError."""
        if len(shape) < 2:
            raise InputError(
                f"an input of shape {tuple(shape)} has no rows and columns for a window"
            )
        height, width = shape[-2:]
        if self.bottom > height or self.right > width:
            raise InputError(
                f"window {self} leaves the picture, which has rows 0:{height} and columns 0:{width}"
            )
        return self

    def intersect(self, other: Window) -> Window:
        """Return the common part of two windows; InputError if there is none."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        if bottom <= top or right <= left:
            raise InputError(f"windows {self} and {other} have no pixel in common")
        return Window(top, left, bottom - top, right - left)

    def __str__(self) -> str:
        return f"[{self.top}:{self.bottom}, {self.left}:{self.right}]"


def checked_window(window: object) -> Window:
    """Return a window; InputError for what is none."""
    if not isinstance(window, Window):
        raise InputError(f"window is {window!r}; use Window(top, left, height, width)")
    return window


def to_tensor(picture: Any) -> Tensor:
    """Turn a picture into floats (C, H, W) in [0, 1]; see `pictures.read_picture` for what is one.

    Examples
    --------
    >>> to_tensor(np.full((2, 2, 3), 255, np.uint8))[:, 0, 0]
    tensor([1., 1., 1.])
    """
    read = read_picture(picture)
    if isinstance(read, Tensor):
        return read
    array = np.asarray(read)
    array = array[..., None] if array.ndim == 2 else array
    return torch.from_numpy(np.array(array.transpose(2, 0, 1), order="C")).float() / 255


def check_picture(picture: Tensor) -> Tensor:
    """Return `picture` if it is a finite float tensor (C, H, W), else raise InputError."""
    if not isinstance(picture, Tensor):
        raise InputError(
            f"the network's input is a {type(picture).__name__}; give model.input(picture)"
        )
    if picture.ndim != 3 or not picture.is_floating_point() or 0 in picture.shape:
        raise InputError(
            f"the network's input is {picture.dtype} of shape {tuple(picture.shape)}; windows "
            "and cells need floats of shape (channels, height, width)"
        )
    if not bool(torch.isfinite(picture).all()):
        raise InputError("the picture has values that are NaN or infinite; clean it first")
    return picture


def check_references(references: Tensor, shape: Sequence[int], of: str) -> None:
    """Raise InputError unless references (N, ...) are like inputs of `shape`, called `of`."""
    if tuple(references.shape[1:]) != tuple(shape):
        raise InputError(
            f"the references have shape {tuple(references.shape[1:])}, but the {of} "
            f"{tuple(shape)}; make them alike"
        )


def baseline_picture(picture: Tensor, baseline: Baseline) -> Tensor:
    """Return what a picture (C, H, W) is replaced by where it is absent, of the same shape.

    Parameters
    ----------
    baseline : float, str or Tensor
        A number for every pixel (in the network's units); "zeros", the same as 0.0; "mean",
        the picture's mean colour; "blur", the picture out of focus; or another picture.
    """
    if isinstance(baseline, Tensor):
        if baseline.shape != picture.shape:
            raise InputError(
                f"the baseline has shape {tuple(baseline.shape)}, the picture "
                f"{tuple(picture.shape)}; they must be equal"
            )
        return check_picture(baseline).to(picture)
    # Its range is not agreed, and its channels may be first or last.
    if isinstance(baseline, np.ndarray):
        raise InputError(
            f"the baseline is an array of shape {baseline.shape}; give a picture as a tensor, as "
            "the network takes it: model.input(picture)"
        )
    if baseline == "zeros":
        return torch.zeros_like(picture)
    if baseline == "mean":
        return picture.mean((1, 2), keepdim=True).expand_as(picture).clone()
    if baseline == "blur":
        return _blurred(picture)
    if not is_finite(baseline):
        raise InputError(
            f"baseline is {baseline!r}; use a finite number, 'zeros', 'mean', 'blur' or a tensor"
        )
    return torch.full_like(picture, float(baseline))


def _of_input(edit: Edit) -> Edit:
    """Have an edit refuse pixels, which are no network's input yet."""

    @functools.wraps(edit)
    def checked(picture: Tensor, *arguments: Any, **options: Any) -> Tensor:
        if not isinstance(picture, Tensor):
            raise InputError(
                f"{edit.__name__} takes a network's input, a float tensor (C, H, W); got "
                f"{type(picture).__name__}: give model.input(picture)"
            )
        return edit(picture, *arguments, **options)

    return cast(Edit, checked)


@_of_input
def erase(picture: Tensor, window: Window, baseline: Baseline = "zeros") -> Tensor:
    """Put `window` of the picture at the baseline (nullification).

    Examples
    --------
    >>> int(erase(torch.ones(1, 4, 4), Window(0, 0, 2, 2)).sum())
    12
    """
    return paste(picture, baseline_picture(picture, baseline), window)


@_of_input
def blur(picture: Tensor, window: Window) -> Tensor:
    """Put `window` of the picture out of focus (nullification that keeps the colours)."""
    return paste(picture, _blurred(picture), window)


@_of_input
def paste(picture: Tensor, other: Tensor, window: Window, part: Window | None = None) -> Tensor:
    """Replace `window` of the picture by a part of another (substitution).

    The part is as large as the window; by default it is the same window, of a picture of one shape.

    Examples
    --------
    >>> stripes = torch.arange(4.0).expand(1, 4, 4)
    >>> paste(torch.zeros(1, 2, 2), stripes, Window(0, 0, 1, 2), Window(0, 2, 1, 2))[0, 0]
    tensor([2., 3.])
    """
    for value in (window, window if part is None else part):
        checked_window(value)
    alike = other.shape == picture.shape if part is None else len(other) == len(picture)
    if not alike:
        raise InputError(
            f"cannot paste from shape {tuple(other.shape)} into {tuple(picture.shape)}; "
            "both must be inputs of the same network"
        )
    part = window if part is None else part
    if (part.height, part.width) != (window.height, window.width):
        raise InputError(f"the part {part} is not as large as the window {window}")
    edited = picture.clone()
    rows, columns = window.inside(picture.shape).slices
    edited[:, rows, columns] = other[:, *part.inside(other.shape).slices].to(picture)
    return edited


@_of_input
def shift(picture: Tensor, rows: int, columns: int) -> Tensor:
    """Move the picture down by `rows` and right by `columns` pixels; zeros come in."""
    for name, value in (("rows", rows), ("columns", columns)):
        if not is_whole(value, None):
            raise InputError(f"{name} is {value!r}; it must be a whole number of pixels")
    # Whole pixels: to interpolate would blur the picture, which is another edit.
    return _by_array(ndimage.shift, picture, (0, rows, columns), order=0)


@_of_input
def rotate(picture: Tensor, degrees: float) -> Tensor:
    """Turn the picture anticlockwise about its centre; zeros come in at the corners."""
    if not is_finite(degrees):
        raise InputError(f"degrees is {degrees!r}; it must be finite")
    # Rows count downwards, so that anticlockwise is from columns to rows.
    return _by_array(ndimage.rotate, picture, degrees, axes=(2, 1), reshape=False, order=1)


@_of_input
def scale(picture: Tensor, factor: float) -> Tensor:
    """Enlarge (factor > 1) or shrink the picture about its centre; zeros come in around it."""
    if not is_number(factor) or not 0.05 <= factor <= 20:
        raise InputError(f"scale factor is {factor!r}; it must be between 0.05 and 20")
    centre = (np.array(picture.shape) - 1) / 2
    # scipy asks where each pixel of the result comes from: the inverse of the enlargement.
    matrix = np.array([1.0, 1 / factor, 1 / factor])
    offset = centre - matrix * centre
    return _by_array(ndimage.affine_transform, picture, matrix, offset=offset, order=1)


@_of_input
def noise(picture: Tensor, deviation: float, seed: int = 0) -> Tensor:
    """Add Gaussian noise of a standard deviation in the network's units; a seed draws the same.

    Examples
    --------
    >>> round(float(noise(torch.zeros(1, 99, 99), 0.5).std()), 1)
    0.5
    """
    if not is_finite(deviation) or deviation < 0:
        raise InputError(f"noise deviation is {deviation!r}; it must be finite and at least 0")
    # On the CPU wherever the picture is: of one seed every device draws other numbers. A generator
    # of its own, so that the user's random numbers go on as if none had been drawn.
    generator = seeded(seed)
    normal = torch.randn(picture.shape, generator=generator, device="cpu")
    return picture + (float(deviation) * normal).to(picture)


@_of_input
def brighten(picture: Tensor, amount: float) -> Tensor:
    """Add a number, in the network's units, to all pixels; below 0 the picture gets darker."""
    if not is_finite(amount):
        raise InputError(f"brighten amount is {amount!r}; it must be finite")
    return picture + float(amount)


def crops(pictures: Sequence[Tensor], count: int, seed: int = 0) -> Tensor:
    """Return random parts (count, C, H, W) of pictures of one shape, as large as the pictures.

    A stand-in for more pictures like these where there are few: from a third of each side to all
    of it, the pictures in turn, every other one mirrored. Parts of one picture are alike, so that
    what is measured on some of them says less about other pictures.

    Raises
    ------
    InputError
        If there is no picture, or fewer than one crop is wanted.

    Examples
    --------
    >>> tuple(crops([torch.rand(3, 12, 8)], 5).shape)
    (5, 3, 12, 8)
    """
    pictures = list(pictures)  # of a batch, too
    if not pictures or not is_whole(count, 1):
        raise InputError(f"{count!r} crops of {len(pictures)} pictures; give one of each at least")
    first = pictures[0]
    if not all(isinstance(each, Tensor) and each.shape == first.shape for each in pictures):
        raise InputError("pictures must be tensors (C, H, W) of one shape, as of model.input")
    draw = np.random.default_rng(whole("seed", seed, 0))
    height, width = first.shape[-2:]
    parts = []
    for number in range(count):
        picture = pictures[number % len(pictures)]
        share = draw.uniform(1 / 3, 1)
        rows, columns = max(1, round(share * height)), max(1, round(share * width))
        top, left = draw.integers(height - rows + 1), draw.integers(width - columns + 1)
        part = picture[None, :, top : top + rows, left : left + columns].float()
        part = functional.interpolate(part, (height, width), mode="bilinear").to(picture)
        parts.append(part.flip(-1) if draw.random() < 0.5 else part)
    return torch.cat(parts)


EDITS = {f.__name__: f for f in (erase, blur, paste, shift, rotate, scale, noise, brighten)}
"""The what-if edits that a query can name."""


def _blurred(picture: Tensor) -> Tensor:
    # A 14th of the side hides what a cell of a 7 x 7 grid shows and keeps the overall light.
    sigma = max(picture.shape[-2:]) / 14
    return _by_array(ndimage.gaussian_filter, picture, (0, sigma, sigma), mode="nearest")


def _by_array(function: Any, picture: Tensor, *args: Any, **options: Any) -> Tensor:
    # SciPy knows neither GPUs nor half precision.
    array = picture.detach().cpu().float().numpy()
    return torch.from_numpy(np.ascontiguousarray(function(array, *args, **options))).to(picture)
