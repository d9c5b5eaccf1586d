"""The one gate for pictures: whatever people have becomes pixels, or a network's own numbers.

Pixels are a PIL picture of mode L or RGB, or uint8 (H, W, C) with any number of channels: both are
what preprocessing takes. A float tensor is the network's own input and passes through.
"""

from __future__ import annotations

import inspect
import io
import os
import warnings
from collections.abc import Callable, Iterator, Sequence, ValuesView
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from xaiwidgets.errors import InputError

PixelPicture = Image.Image | NDArray[np.uint8]
"""What preprocessing takes."""

Preprocess = Callable[[Any], Tensor]
"""Makes a network's input (C, H, W) of such a picture."""

FEW_CHANNELS = 16
"""A last axis of at most so many numbers holds channels, where nothing else tells."""

KEYS = ("pixel_values", "image", "img")
"""Under which names a processor, or an item of a dataset, has its picture."""


_UNREADABLE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What PIL raises of files that it cannot, or had better not, read."""


def read_picture(source: Any) -> PixelPicture | Tensor:
    """Return one picture as pixels (PIL of mode L or RGB, uint8 (H, W, C)) or as float numbers.

    Parameters
    ----------
    source : path, bytes of a file, PIL image, array, tensor, or what holds one of them
        Also an open file. Any PIL mode; turned upright by its EXIF data. uint8 arrays (H, W) or
        (H, W, C), uint8 tensors (C, H, W). A leading axis of 1 is dropped. An item (picture,
        label) of a dataset, and a mapping with "pixel_values" or "image", hold a picture.

    Raises
    ------
    InputError
        If it is none of these, or its numbers have no agreed range (mode F, float arrays).

    Examples
    --------
    >>> read_picture(Image.new("CMYK", (4, 2))).mode
    'RGB'
    >>> read_picture((torch.zeros(1, 3, 2, 2), 7)).shape
    torch.Size([3, 2, 2])
    """
    source = _unpacked(source)
    if isinstance(source, str | os.PathLike):
        source = _opened(source)
    elif isinstance(source, bytes | bytearray) or hasattr(source, "read"):
        source = _decoded(source if isinstance(source, bytes | bytearray) else source.read())
    if isinstance(source, Image.Image):
        # Cameras store pictures lying and note how they were held; browsers turn them, PIL does
        # not.
        return _eight_bits(ImageOps.exif_transpose(_loaded(source)))
    if isinstance(source, Tensor):
        return _of_tensor(source)
    if isinstance(source, np.ndarray):
        return _of_array(source)
    raise InputError(
        f"a picture is a file's path, a PIL image, a uint8 array (H, W, C) or a float tensor; "
        f"got {type(source).__name__}"
    )


def read_pictures(source: Any, channels: int | None = None) -> Tensor | list[Any]:
    """Return several pictures: a batch of float numbers (B, ...) as it is, else a list of them.

    Parameters
    ----------
    source : sequence, tensor (B, ...), array (B, H, W, C) or (B, H, W), or one picture
        A loader's batch [pictures, labels] counts as its pictures; a generator is used up.
    channels : int, optional
        How many the network takes, which tells one picture (H, W, C) from several grey ones.

    Examples
    --------
    >>> len(read_pictures(np.zeros((5, 28, 28), np.uint8), channels=1))
    5
    """
    if hasattr(source, "keys") and not _is_series(source):
        source = _held_by(source)
        # One item of a data set, whose first axis has channels and not pictures.
        if isinstance(source, Tensor) and source.ndim == 3:
            return [source]
    if _is_loader_batch(source):
        source = source[0]
    if isinstance(source, str | os.PathLike | Image.Image):
        return [source]
    if isinstance(source, Tensor | np.ndarray) and source.ndim == 0:
        raise InputError("pictures are a list, a tensor (B, ...) or an array; got one number")
    if isinstance(source, Tensor) and source.is_nested:
        return list(source.unbind())
    if isinstance(source, Tensor) and source.is_floating_point():
        return source
    if isinstance(source, Tensor | np.ndarray):
        single = source.ndim == 2 or (source.ndim == 3 and _is_one(source, channels))
        return [source] if single else list(source)
    if isinstance(source, tuple) and len(source) == 2 and _is_label(source[1]):
        return [source]
    if isinstance(source, Iterator | ValuesView) or _is_series(source):
        return list(source)
    if not hasattr(source, "__len__") or not hasattr(source, "__getitem__"):
        raise InputError(
            f"pictures are a list, a tensor (B, ...) or an array; got {type(source).__name__}"
            f"{'. Of a loader give one batch: next(iter(loader))' if _is_loader(source) else ''}"
        )
    # Not by iteration: data sets of torch need not raise the IndexError by which Python would end.
    return [source[number] for number in range(len(source))]


def _is_series(source: object) -> bool:
    """Return whether something is a column of pandas, whose index says nothing of its order."""
    return hasattr(source, "to_numpy") and getattr(source, "ndim", 0) == 1


def _is_loader(source: object) -> bool:
    return hasattr(source, "batch_sampler") and hasattr(source, "__iter__")


def _is_one(source: Tensor | NDArray[Any], channels: int | None) -> bool:
    """Return whether a uint8 tensor (C, H, W) or array (H, W, C) is one picture."""
    count = source.shape[0] if isinstance(source, Tensor) else source.shape[2]
    # Where both readings agree with the network, the one that has few channels.
    return count == channels if channels is not None and count != 1 else count <= FEW_CHANNELS


def _unpacked(source: Any) -> Any:
    """Return the picture of a dataset's item or of a processor's answer."""
    if isinstance(source, tuple | list) and len(source) == 2 and _is_label(source[1]):
        source = source[0]
    if hasattr(source, "keys"):
        source = _held_by(source)
    if isinstance(source, memoryview) and source.ndim == 1:
        return bytes(source)
    if isinstance(source, Sequence) and not isinstance(source, str | bytes | bytearray):
        # A processor answers with a list of one picture where no tensors were asked for.
        try:
            numbers = np.stack([np.asarray(part) for part in source])
            source = torch.from_numpy(numbers) if numbers.dtype != np.uint8 else numbers
        except (ValueError, TypeError, NotImplementedError) as error:
            raise InputError(
                f"a {type(source).__name__} of {len(source)} is no picture: {error}; give an array "
                "or a tensor"
            ) from error
    return source


def _held_by(source: Any) -> Any:
    """Return what a mapping, or a table of pandas, holds as its picture or pictures."""
    key = picture_key(source)
    if key is None:
        keys = ", ".join(map(repr, source.keys())) or "nothing"
        raise InputError(
            f"a {type(source).__name__} with {keys} holds no picture; name one of "
            f"{', '.join(map(repr, KEYS))}, or give them in order: list(pictures.values())"
        )
    return source[key]


def picture_key(source: Any) -> str | None:
    """Return under which name a mapping holds a picture, if it does."""
    return next((key for key in KEYS if key in source), None)


def _is_label(value: object) -> bool:
    if isinstance(value, Tensor | np.ndarray):
        return value.ndim == 0
    return isinstance(value, int | np.integer)


def _is_loader_batch(source: Any) -> bool:
    if not isinstance(source, tuple | list) or len(source) != 2:
        return False
    pictures, labels = source
    return (
        isinstance(pictures, Tensor)
        and isinstance(labels, Tensor)
        and labels.ndim == 1
        and pictures.ndim > 2
        and len(pictures) == len(labels)
    )


def _opened(name: str | os.PathLike[str]) -> Image.Image:
    path = Path(name).expanduser()
    try:
        # Read whole, so that no file stays open behind a picture that is looked at later.
        picture = Image.open(io.BytesIO(path.read_bytes()))
        picture.load()
        return picture
    except _UNREADABLE as error:
        reason = "there is no such file" if not path.exists() else str(error)
        if "://" in str(name):
            reason = "it is an address, and nothing is fetched here; download it first"
        raise InputError(f"{str(name)!r} cannot be opened as a picture: {reason}") from error


def _decoded(data: object) -> Image.Image:
    """Return the picture in the bytes of a file."""
    try:
        return Image.open(io.BytesIO(bytes(data)))  # type: ignore[call-overload]
    except (*_UNREADABLE, TypeError) as error:
        raise InputError(f"these bytes are no picture's: {error}; give those of a file") from error


def _loaded(picture: Image.Image) -> Image.Image:
    """Return a picture with its pixels: PIL reads a file's when they are first needed."""
    try:
        picture.load()
    except _UNREADABLE as error:
        raise InputError(
            f"the pixels of the picture cannot be read: {error}; open it anew"
        ) from error
    return picture


def as_image(array: NDArray[np.uint8]) -> Image.Image | None:
    """Return uint8 (H, W, C) as a PIL picture of mode L or RGB; None where there is no such."""
    if array.shape[2] == 1:
        return Image.fromarray(array[..., 0])
    return Image.fromarray(array) if array.shape[2] == 3 else None


def _of_tensor(source: Tensor) -> PixelPicture | Tensor:
    tensor = source.detach()
    if tensor.ndim == 4 and len(tensor) == 1:
        tensor = tensor[0]
    if tensor.dtype != torch.uint8:
        return tensor
    if tensor.ndim not in (2, 3):
        raise InputError(
            f"a uint8 tensor is a picture (C, H, W) or (H, W); got {tuple(tensor.shape)}"
        )
    channels_last = tensor[None] if tensor.ndim == 2 else tensor
    return _of_array(channels_last.permute(1, 2, 0).cpu().numpy())


def _of_array(source: NDArray[Any]) -> NDArray[np.uint8]:
    array = source[0] if source.ndim == 4 and len(source) == 1 else source
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or 0 in array.shape:
        raise InputError(
            f"a picture is a uint8 array (H, W) or (H, W, C); got {source.dtype} of shape "
            f"{source.shape}. Give numbers as a float tensor (C, H, W)"
        )
    # A copy: what views another's memory may be read-only, of which torch warns, or change.
    return np.array(array[..., None] if array.ndim == 2 else array, order="C")


# --- PIL's modes ------------------------------------------------------------------------------


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture of any mode in mode L or RGB."""
    if picture.mode in ("L", "RGB") and "transparency" not in picture.info:
        return picture
    if picture.mode.startswith("I"):
        return _of_integers(picture)
    if picture.mode == "F":
        raise InputError(
            "a picture of mode F has no agreed range; scale it to 0 .. 255 and convert it to L, or "
            "give its numbers as a float tensor (1, H, W)"
        )
    if picture.mode in _ALPHA or "transparency" in picture.info:
        return _on_white(picture)
    return picture.convert(_PLAIN.get(picture.mode, "RGB"))


_PLAIN = {"1": "L"}
_ALPHA = ("LA", "La", "PA", "RGBA", "RGBa")


def _of_integers(picture: Image.Image) -> Image.Image:
    """Return 16 bits (X-rays, microscopes, depth) as 8, by their range and not by their top."""
    numbers = np.asarray(picture).astype(np.int64)
    least, most = int(numbers.min()), int(numbers.max())
    if least < 0 or most > 65535:
        raise InputError(
            f"a picture of mode {picture.mode} has numbers from {least} to {most}; scale it to "
            "0 .. 255 and convert it to L, or give a float tensor (1, H, W)"
        )
    if picture.mode == "I" and most <= 255:
        warnings.warn(
            f"a picture of mode I with numbers up to {most} is taken as one of 8 bits; convert it "
            "to L if that is right, or scale it to 0 .. 65535 if it has 16",
            stacklevel=outside(),
        )
        return Image.fromarray(numbers.astype(np.uint8))
    return Image.fromarray((numbers / 257).round().astype(np.uint8))


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture without its alpha channel: what is transparent becomes white."""
    # PIL turns premultiplied grey into nothing but grey with alpha.
    rgba = (picture.convert("LA") if picture.mode == "La" else picture).convert("RGBA")
    if rgba.getchannel("A").getextrema() != (255, 255):
        warnings.warn(
            "the picture is transparent in places, which are taken as white; paste it on another "
            "background first if that is wrong",
            stacklevel=outside(),
        )
    whole = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return whole.convert("L" if picture.mode in ("L", "LA", "La") else "RGB")


def outside() -> int:
    """Return how far up the caller's own code is, for warnings that point there."""
    # Frame by frame: `inspect.stack` looks up the source of all of them.
    frame, level = inspect.currentframe(), 0
    while frame is not None and _is_passed_over(frame.f_code.co_filename):
        frame, level = frame.f_back, level + 1
    return level


def _is_passed_over(filename: str) -> bool:
    # Generators are driven by frames of Python itself, which are nobody's code.
    return "xaiwidgets" in filename or filename.startswith("<frozen")
