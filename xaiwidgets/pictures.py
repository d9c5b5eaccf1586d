"""The one gate for pictures: whatever people have becomes pixels, or a network's own numbers.

Pixels are a PIL picture of mode L or RGB, or uint8 (H, W, C) with any number of channels: both are
what preprocessing takes. A float tensor is the network's own input and passes through.
"""

from __future__ import annotations

import inspect
import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from xaiwidgets.errors import InputError

Pixels = Image.Image | NDArray[np.uint8]
"""What preprocessing takes."""

FEW_CHANNELS = 16
"""A last axis of at most so many numbers holds channels, where nothing else tells."""

KEYS = ("pixel_values", "image", "img")
"""Under which names a processor, or an item of a dataset, has its picture."""


def read_picture(given: Any) -> Pixels | Tensor:
    """Return one picture as pixels (PIL of mode L or RGB, uint8 (H, W, C)) or as float numbers.

    Parameters
    ----------
    given : path, PIL image, array, tensor, or what holds one of them
        Any PIL mode; turned upright by its EXIF data. uint8 arrays (H, W) or (H, W, C), uint8
        tensors (C, H, W). A leading axis of 1 is dropped. An item (picture, label) of a dataset,
        and a mapping with "pixel_values" or "image", hold a picture.

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
    given = _unpacked(given)
    if isinstance(given, str | Path):
        given = _opened(Path(given))
    if isinstance(given, Image.Image):
        return _eight_bits(ImageOps.exif_transpose(given))
    if isinstance(given, Tensor):
        return _of_tensor(given)
    if isinstance(given, np.ndarray):
        return _of_array(given)
    raise InputError(
        f"a picture is a file's path, a PIL image, a uint8 array (H, W, C) or a float tensor; "
        f"got {type(given).__name__}"
    )


def read_pictures(given: Any, channels: int | None = None) -> Tensor | list[Any]:
    """Return several pictures: a batch of float numbers (B, ...) as it is, else a list of them.

    Parameters
    ----------
    given : sequence, tensor (B, ...), array (B, H, W, C) or (B, H, W), or one picture
        A loader's batch [pictures, labels] counts as its pictures.
    channels : int, optional
        How many the network takes, which tells one picture (H, W, C) from several grey ones.

    Examples
    --------
    >>> len(read_pictures(np.zeros((5, 28, 28), np.uint8), channels=1))
    5
    """
    if isinstance(given, Mapping) and (key := picture_key(given)):
        given = given[key]
    if _is_loader_batch(given):
        given = given[0]
    if isinstance(given, str | Path | Image.Image):
        return [given]
    if isinstance(given, Tensor) and given.is_floating_point():
        return given
    if isinstance(given, Tensor | np.ndarray):
        one = given.ndim == 2 or (given.ndim == 3 and _is_one(given, channels))
        return [given] if one else list(given)
    if isinstance(given, tuple) and len(given) == 2 and _is_label(given[1]):
        return [given]
    if not hasattr(given, "__len__") or not hasattr(given, "__getitem__"):
        raise InputError(
            f"pictures are a list, a tensor (B, ...) or an array; got {type(given).__name__}"
        )
    return [given[number] for number in range(len(given))]


def _is_one(given: Tensor | NDArray[Any], channels: int | None) -> bool:
    """Return whether a uint8 tensor (C, H, W) or array (H, W, C) is one picture."""
    own = given.shape[0] if isinstance(given, Tensor) else given.shape[2]
    # Where both readings agree with the network, the one that has few channels.
    return own == channels if channels is not None and own != 1 else own <= FEW_CHANNELS


def _unpacked(given: Any) -> Any:
    """Return the picture of a dataset's item or of a processor's answer."""
    if isinstance(given, tuple | list) and len(given) == 2 and _is_label(given[1]):
        given = given[0]
    if not isinstance(given, str | Path) and hasattr(given, "keys"):
        key = picture_key(given)
        if key is None:
            keys = ", ".join(map(repr, given.keys()))
            raise InputError(f"a mapping with {keys} holds no picture; give one of {KEYS}")
        given = given[key]
    if isinstance(given, Sequence) and not isinstance(given, str):
        # A processor answers with a list of one picture where no tensors were asked for.
        numbers = np.stack([np.asarray(part) for part in given])
        given = torch.from_numpy(numbers) if numbers.dtype != np.uint8 else numbers
    return given


def picture_key(given: Any) -> str | None:
    """Return under which name a mapping holds a picture, if it does."""
    return next((key for key in KEYS if key in given), None)


def _is_label(value: object) -> bool:
    if isinstance(value, Tensor | np.ndarray):
        return value.ndim == 0
    return isinstance(value, int | np.integer)


def _is_loader_batch(given: Any) -> bool:
    if not isinstance(given, tuple | list) or len(given) != 2:
        return False
    pictures, labels = given
    return (
        isinstance(pictures, Tensor)
        and isinstance(labels, Tensor)
        and labels.ndim == 1
        and pictures.ndim > 2
        and len(pictures) == len(labels)
    )


def _opened(path: Path) -> Image.Image:
    try:
        # Read whole, so that no file stays open behind a picture that is looked at later.
        return Image.open(io.BytesIO(path.expanduser().read_bytes()))
    except OSError as error:
        reason = "there is no such file" if not path.expanduser().exists() else str(error)
        raise InputError(f"{str(path)!r} cannot be opened as a picture: {reason}") from error


def as_image(array: NDArray[np.uint8]) -> Image.Image | None:
    """Return uint8 (H, W, C) as a PIL picture of mode L or RGB; None where there is no such."""
    if array.shape[2] == 1:
        return Image.fromarray(array[..., 0])
    return Image.fromarray(array) if array.shape[2] == 3 else None


def _of_tensor(given: Tensor) -> Pixels | Tensor:
    tensor = given.detach()
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


def _of_array(given: NDArray[Any]) -> NDArray[np.uint8]:
    array = given[0] if given.ndim == 4 and len(given) == 1 else given
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or 0 in array.shape:
        raise InputError(
            f"a picture is a uint8 array (H, W) or (H, W, C); got {given.dtype} of shape "
            f"{given.shape}. Give numbers as a float tensor (C, H, W)"
        )
    # A copy: what views another's memory may be read-only, of which torch warns, or change.
    return np.array(array[..., None] if array.ndim == 2 else array, order="C")


# --- PIL's modes ------------------------------------------------------------------------------


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture of any mode in mode L or RGB."""
    if picture.mode in ("L", "RGB"):
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
    rgba = picture.convert("RGBA")
    if rgba.getchannel("A").getextrema() != (255, 255):
        warnings.warn(
            "the picture is transparent in places, which are taken as white; paste it on another "
            "background first if that is wrong",
            stacklevel=outside(),
        )
    whole = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return whole.convert("L" if picture.mode in ("LA", "La") else "RGB")


def outside() -> int:
    """Return how far up the caller's own code is, for warnings that point there."""
    frames = inspect.stack(0)
    inner = (number for number, frame in enumerate(frames) if "xaiwidgets" not in frame.filename)
    return next(inner, len(frames))
