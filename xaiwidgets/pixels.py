"""A network's inputs as people see them, and how pictures become inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.pictures import Preprocess


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
    array = batch.detach().cpu().double().numpy()
    # Of many channels, as from satellites, the first three; of two the first, as grey.
    array = array[:, :3] if array.shape[1] >= 3 else array[:, :1].repeat(3, axis=1)
    black, white = _black_and_white(preprocess, batch.shape[1])
    if preprocess is None and ends is not None:
        black, white = (np.full((3, 1, 1), end) for end in ends)
    if black is None or white is None or not (white > black).all():
        # What is the same all over has nothing to stretch, and is black.
        black, white = array.min(), max(array.max(), array.min() + 1e-9)
    shown = np.clip((array - black) / (white - black), 0, 1) * 255
    return np.ascontiguousarray(shown.round().astype(np.uint8).transpose(0, 2, 3, 1))


def _black_and_white(preprocess: Preprocess | None, channels: int) -> tuple[Any, Any]:
    ends = black_and_white(preprocess, channels)
    if ends is None:
        return None, None
    black, white = (np.resize(end[:3], 3)[:, None, None] for end in ends)
    return black, white


def black_and_white(
    preprocess: Preprocess | None, channels: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return what preprocessing makes of black and of white, (C,) each; None if it does not tell.

    Without one they are 0 and 1.

    Examples
    --------
    >>> black_and_white(None, 2)
    (array([0., 0.]), array([1., 1.]))
    """
    if preprocess is None:
        return np.zeros(channels), np.ones(channels)
    mode = "RGB" if channels >= 3 else "L"
    try:
        # A picture of one colour, so that resizing and cropping do not matter; larger than most
        # networks want. Its middle, which no border reaches.
        ends = [preprocess(Image.new(mode, (256, 256), c)) for c in ("black", "white")]
        black, white = (_middle(np.asarray(end)) for end in ends)
    except Exception:  # a preprocess for arrays only, say
        return None
    return black, white


def _middle(picture: NDArray[Any]) -> NDArray[np.float64]:
    """Return the colour (C,) in the middle of a picture (C, H, W)."""
    _, height, width = picture.shape
    return picture[:, height // 2, width // 2].astype(np.float64)


def pixel_scale(preprocess: Preprocess | None, channels: int) -> tuple[Tensor, Tensor]:
    """Return a network's input for black, and what lies between it and white, (1, C, 1, 1) each.

    Raises
    ------
    InputError
        If the preprocessing does not tell.

    Examples
    --------
    >>> black, unit = pixel_scale(None, 1)
    >>> float(black), float(unit)
    (0.0, 1.0)
    """
    ends = black_and_white(preprocess, channels)
    if ends is None or len(ends[0]) != channels:
        raise InputError(
            "the preprocessing does not tell what it makes of a black and of a white picture, so "
            "that no size in pixels is known; give the network a preprocess for PIL images"
        )
    black, white = (torch.from_numpy(end).float().view(1, -1, 1, 1) for end in ends)
    return black, white - black
