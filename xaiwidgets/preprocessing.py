"""From a picture to a network's input, and how one such way is told from another."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.images import to_tensor
from xaiwidgets.pictures import PixelPicture, Preprocess, as_image, picture_key, read_picture


def preprocessed(preprocess: Preprocess | None, pixels: PixelPicture) -> Tensor:
    """Return the network's input of a picture; without preprocessing, pixels divided by 255.

    Raises
    ------
    InputError
        If the preprocessing fails on the picture, as PIL and as an array, or returns no tensor.
    """
    if preprocess is None:
        return to_tensor(pixels)
    try:
        answer = _either_form(preprocess, pixels)
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"preprocess failed on a {type(pixels).__name__} and on the same picture as "
            f"{'an array' if isinstance(pixels, Image.Image) else 'a PIL image'}: {error}"
        ) from error
    if isinstance(answer, Mapping) and (key := picture_key(answer)):
        answer = answer[key]
    if isinstance(answer, np.ndarray) and np.issubdtype(answer.dtype, np.floating):
        answer = torch.from_numpy(np.array(answer))  # the network's own numbers, not a picture
    # A processor of transformers answers with a mapping that holds the tensor.
    try:
        tensor = answer if isinstance(answer, Tensor) else read_picture(answer)
    except InputError as error:
        raise InputError(f"what preprocess returns cannot be used: {error}") from error
    if not isinstance(tensor, Tensor):
        raise InputError(
            f"preprocess returns {type(answer).__name__}; it must return a float tensor"
        )
    # Many end in unsqueeze(0), to call a network by hand.
    return tensor.detach()[0] if tensor.ndim == 4 and len(tensor) == 1 else tensor.detach()


def _either_form(preprocess: Callable[[Any], Any], pixels: PixelPicture) -> Any:
    """Preprocess a picture as it was given, else in its other form, PIL or array.

    Many transforms take only one of them, and say of the other that its type is unexpected.
    """
    try:
        return preprocess(pixels)
    except Exception:
        other = np.asarray(pixels) if isinstance(pixels, Image.Image) else as_image(pixels)
        if other is None:
            raise
        return preprocess(other)


def preprocessing_checksum(to_input: Callable[[Any], Tensor]) -> int:
    """Return a number that tells one preprocessing from another, by what it makes of pictures.

    Of a few sums of each input, rounded, so that another processor's rounding does not count. A
    picture that is refused counts as that.
    """
    code = 0
    # A random step (a crop, say) draws the same numbers each time, and not from the user's stream.
    with torch.random.fork_rng(devices=[]):
        for picture in _probe_pictures():
            # Not `torch.manual_seed`, which seeds CUDA's generators, too.
            torch.default_generator.manual_seed(0)
            try:
                tensor = to_input(picture).double()
            except InputError:
                code = zlib.crc32(b"refused", code)
                continue
            numbers = tensor.flatten()
            places = torch.arange(len(numbers), dtype=torch.float64, device="cpu")
            # Waves along the numbers: cropped, turned or in another order, they sum to others.
            waves = [torch.cos(frequency * places) for frequency in (0.0, 0.01, 0.3, 2.0)]
            sums = [float((numbers * wave).sum()) / len(numbers) ** 0.5 for wave in waves]
            text = f"{tuple(tensor.shape)} {[round(value, 2) + 0.0 for value in sums]}"
            code = zlib.crc32(text.encode(), code)
    return code


def _probe_pictures() -> Iterator[NDArray[np.uint8] | Image.Image]:
    """Yield pictures of several sizes and kinds, grey and in colour, the same for ever."""
    for rows, columns in ((28, 28), (48, 64)):
        places = np.arange(rows * columns * 3).reshape(rows, columns, 3)
        # A slope under what looks like noise, so that neither resizing nor scaling goes unnoticed.
        colour = ((places * places % 251 + places * 255 // places.size) // 2).astype(np.uint8)
        yield colour
        yield colour[:, :, 0]
        yield Image.fromarray(colour)
        yield Image.fromarray(colour[:, :, 0])


def check_finite_input(batch: Tensor, name: str) -> Tensor:
    """Return inputs of floats that are finite, sparse ones in full, else raise InputError."""
    if not batch.is_floating_point():
        raise InputError(
            f"{name}: the network's input must be a float tensor, not {batch.dtype}; use .float()"
        )
    if batch.is_nested:
        raise InputError(f"{name}: it is a nested tensor; give a list of its parts")
    if batch.is_meta:
        raise InputError(f"{name}: it is on the meta device, without numbers; load them first")
    batch = batch if batch.layout == torch.strided else batch.to_dense()
    if batch.is_inference():
        with torch.inference_mode(False):  # else no gradient could ever be taken by it
            batch = batch.clone()
    if batch.numel() == 0 and len(batch.shape) > 0:
        raise InputError(
            f"{name}: it is empty, of shape {tuple(batch.shape)}; give one with numbers"
        )
    # Eight bits are for storage: nothing is computed with them.
    batch = batch.float() if batch.dtype.itemsize == 1 else batch
    if not bool(torch.isfinite(batch).all()):
        raise InputError(f"{name}: there are values that are NaN or infinite; clean them first")
    return batch
