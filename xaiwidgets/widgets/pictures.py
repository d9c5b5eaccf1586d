"""Pictures and rankings of classes as several widgets show them."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError
from xaiwidgets.network import Network
from xaiwidgets.prediction import Score
from xaiwidgets.widgets.commands import command

# 9 KB each: the 24 that are sent at once are 0.2 MB.
_THUMBNAIL = 56


@dataclass(frozen=True)
class ShownPicture:
    """Pixels, or those of several pictures behind each other."""

    height: int
    width: int
    data: Annotated[NDArray[np.uint8], "RGB, row by row"]
    words: Annotated[tuple[str, ...], "of a sentence, one for each column"] = ()


@dataclass(frozen=True)
class NamedPicture:
    """A picture to choose from."""

    name: str
    thumbnail: Annotated[ShownPicture | None, "null: the page asks for it when it is in sight"]


class Thumbnails:
    """Small pictures to choose from, each made when somebody looks at it.

    Parameters
    ----------
    names : sequence of str
        Of the pictures; more may be added.
    pixels : callable
        From the place of a picture to its pixels (H, W, 3).
    """

    def __init__(self, names: Sequence[str], pixels: Callable[[int], NDArray[np.uint8]]) -> None:
        self.names = list(names)
        self._pixels = pixels
        self._small: dict[str, ShownPicture] = {}

    def pictures(self) -> list[NamedPicture]:
        """Return all, the first with their small pictures, as they are in sight."""
        return [
            NamedPicture(name, self.thumbnail(name) if place < IN_SIGHT else None)
            for place, name in enumerate(self.names)
        ]

    def thumbnail(self, name: str) -> ShownPicture:
        """Return a picture as small as it is offered; InputError if there is none."""
        if name not in self._small:
            if name not in self.names:
                raise InputError(f"no picture is called {name!r}{nearest(name, self.names)}")
            self._small[name] = thumbnail_of(self._pixels(self.names.index(name)))
        return self._small[name]

    @command("thumbnails")
    def thumbnails(self, names: list[str]) -> dict[str, Any]:
        """Return the small pictures that have come into sight, each with its pixels in base64."""
        return {"thumbnails": {name: picture_in_text(self.thumbnail(name)) for name in names}}


def thumbnails_of(model: Network, images: Tensor) -> Thumbnails:
    """Return the small pictures of a data set (N, C, H, W), each by its number."""
    names = [str(number) for number in range(len(images))]
    return Thumbnails(names, lambda number: model.picture(images[number]))


@dataclass(frozen=True)
class Ranking:
    """The likeliest classes, and the one that is asked about."""

    top: tuple[Score, ...]
    target: Score


def ranking(model: Network, logits: Tensor, target: int, count: int) -> Ranking:
    """Return the likeliest of the classes with these logits (K,), and the one asked about."""
    # Stable, so that of equal scores the first class leads, as it does for argmax.
    order = logits.argsort(descending=True, stable=True)[:count].tolist()
    # In doubles: a probability near 1 is told from 1, which a float32 rounds it to.
    *top, score = model.scores(logits.double(), [*order, target])
    return Ranking(tuple(top), score)


def picture_of(pixels: NDArray[np.uint8], words: Sequence[str] = ()) -> ShownPicture:
    """Return pixels (H, W, 3) as they are shown; of a sentence its words, one for each column."""
    return ShownPicture(pixels.shape[0], pixels.shape[1], pixels, tuple(words))


IN_SIGHT = 24
"""Pictures to choose from whose small ones are sent at once; the page asks for the others."""


def picture_in_text(picture: ShownPicture) -> dict[str, Any]:
    """Return a picture for an answer to a command, which is JSON."""
    data = base64.b64encode(picture.data.tobytes()).decode()
    return {"height": picture.height, "width": picture.width, "data": data}


_NUMBERS = 8_000_000
"""In all small pictures that are sent together."""


def small_pictures(model: Network, images: Tensor, side: int) -> ShownPicture:
    """Return pictures (n, C, H, W) behind each other, so small that they are quickly there.

    They have at most `side` pixels a side, and fewer where they are very many.
    """
    count, _, height, width = images.shape
    # 3 side^2 count numbers cross in one message: ten thousand pictures stay below 8 MB.
    side = min(side, int(math.sqrt(_NUMBERS / 3 / count)))
    scale = min(1.0, side / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    # By areas: bilinear would skip pixels, and thin strokes with them.
    small = images if size == (height, width) else functional.interpolate(images, size, mode="area")
    return ShownPicture(*size, model.pictures(small))


def thumbnail_of(pixels: NDArray[np.uint8], words: Sequence[str] = ()) -> ShownPicture:
    """Return pixels (H, W, 3) as a picture of at most 56 pixels a side; of a sentence its words."""
    small = Image.fromarray(pixels)
    small.thumbnail((_THUMBNAIL, _THUMBNAIL), Image.Resampling.BILINEAR)
    return picture_of(np.asarray(small), words)
