"""Pictures and rankings of classes as several widgets show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaiwidgets.network import Network
from xaiwidgets.prediction import Score

_THUMBNAIL = 56


@dataclass(frozen=True)
class ShownPicture:
    """Pixels, or those of several pictures behind each other."""

    height: int
    width: int
    data: Annotated[NDArray[np.uint8], "RGB, row by row"]


@dataclass(frozen=True)
class NamedPicture:
    """A small picture."""

    name: str
    thumbnail: ShownPicture


@dataclass(frozen=True)
class Ranking:
    """The likeliest classes, and the one that is asked about."""

    top: tuple[Score, ...]
    target: Score


def ranking(model: Network, logits: Tensor, target: int, count: int) -> Ranking:
    """Return the likeliest of the classes with these logits (K,), and the one asked about."""
    order = logits.argsort(descending=True, stable=True)[:count].tolist()
    *top, score = model.scores(logits.double(), [*order, target])
    return Ranking(tuple(top), score)


def picture_of(pixels: NDArray[np.uint8]) -> ShownPicture:
    """Return pixels (H, W, 3) as they are shown."""
    return ShownPicture(pixels.shape[0], pixels.shape[1], pixels)


def thumbnail_of(name: str, pixels: NDArray[np.uint8]) -> NamedPicture:
    """Return pixels (H, W, 3) as a picture of at most 56 pixels a side."""
    small = Image.fromarray(pixels)
    small.thumbnail((_THUMBNAIL, _THUMBNAIL), Image.Resampling.BILINEAR)
    return NamedPicture(name, picture_of(np.asarray(small)))
