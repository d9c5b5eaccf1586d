"""A network's inputs as people see them, and how pictures become inputs."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaiwidgets.errors import InputError

Preprocess = Callable[[Any], Tensor]


def pixels_of(
    batch: Tensor, preprocess: Preprocess | None, ends: tuple[float, float] | None = None
) -> NDArray[np.uint8]:
    """Return inputs (B, C, H, W) as uint8 (B, H, W, 3), all stretched alike.

    Preprocessing is undone channel by channel, by what it makes of black and of white; where that
    does not tell, the inputs' own range is stretched.

    Parameters
    ----------
    ends : (float, float), optional
        Black and white where there is no preprocessing; 0 and 1 by default.
    """
    array = np.asarray(batch.detach().cpu(), dtype=np.float64)
    array = array[:, :3] if array.shape[1] >= 3 else array[:, :1].repeat(3, axis=1)
    black, white = _black_and_white(preprocess, batch.shape[1])
    if preprocess is None and ends is not None:
        black, white = (np.full((3, 1, 1), end) for end in ends)
    if black is None or white is None or not (white > black).all():
        black, white = array.min(), max(array.max(), array.min() + 1e-9)
    shown = np.clip((array - black) / (white - black), 0, 1) * 255
    return np.ascontiguousarray(shown.round().astype(np.uint8).transpose(0, 2, 3, 1))


def _black_and_white(preprocess: Preprocess | None, channels: int) -> tuple[Any, Any]:
    if preprocess is None:
        return np.zeros((3, 1, 1)), np.ones((3, 1, 1))
    mode = "RGB" if channels >= 3 else "L"
    try:
        ends = [preprocess(Image.new(mode, (256, 256), c)) for c in ("black", "white")]
        means = [np.asarray(end, dtype=np.float64).mean((1, 2)) for end in ends]
    except Exception:  # a preprocess for arrays only, say: then the range is stretched
        return None, None
    black, white = (np.resize(mean[:3], 3)[:, None, None] for mean in means)
    return black, white


def preprocessing_checksum(to_input: Callable[[Any], Tensor]) -> int:
    """Return a number that tells one preprocessing from another, by what it makes of pictures.

    Of a few sums of each input, rounded, so that another processor's rounding does not count. A
    picture that is refused counts as that.
    """
    code = 0
    # A random step (a crop, say) draws the same numbers each time, and not from the user's stream.
    with torch.random.fork_rng(devices=[]):
        for picture in _probe_pictures():
            torch.manual_seed(0)
            try:
                tensor = to_input(picture).double()
            except InputError:
                code = zlib.crc32(b"refused", code)
                continue
            numbers = tensor.flatten()
            places = torch.arange(len(numbers), dtype=torch.float64)
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
