"""Symbols that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import whole
from xaiwidgets.datasets._dataset import SYSTEM_SHARES, Dataset
from xaiwidgets.datasets._glyphs import Grey, distort, draw_character, draw_strokes, stroke_pair
from xaiwidgets.errors import DataError, InputError

SYMBOLS = ("strokes", "kannada")
"""What kinds of `symbols` there are."""

# Debian's fonts-knda: a book face, and two as by hand.
_KANNADA_FONTS = ("Lohit-Kannada.ttf", "Gubbi.ttf", "Navilu.ttf")

_KANNADA_ZERO = 0x0CE6

_SYMBOL_SIZE = 28


@dataclass(frozen=True, eq=False, repr=False)
class Symbols(Dataset):
    """Pictures of symbols that nobody knows.

    Attributes
    ----------
    stroke : (N, H, W) bools or None
        Where each picture has the one stroke that tells the two glyphs apart, in either of its
        forms; None where there is no single one.
    """

    stroke: NDArray[np.bool_] | None = None


def symbols(kind: str = "strokes", seed: int = 0, *, count: int = 400) -> Symbols:
    """Return symbols that nobody knows, to see what people learn of a network (CDeepEx, chapter 5).

    Parameters
    ----------
    kind : str
        "strokes": two made-up glyphs, drawn from the seed, that differ in one stroke, which leans
        to the right or to the left. "kannada": the ten digits of that script, in three hands, from
        Debian's package ``fonts-knda``.
    seed : int
        Of the glyphs, and of how each picture is distorted.
    count : int
        Of pictures; the classes take turns.

    Raises
    ------
    InputError
        If there is no such kind.
    DataError
        If the fonts are not on this machine.

    Examples
    --------
    >>> symbols(seed=1)
    Symbols(400 images of 28 x 28, 2 classes)
    """
    if kind not in SYMBOLS:
        raise InputError(f"kind is {kind!r}; use one of {list(SYMBOLS)}")
    generator = np.random.default_rng([whole("seed", seed, 0), 1])
    whole("count", count)
    if kind == "kannada":
        return _kannada(count, generator)
    common, last = stroke_pair(seed)
    glyphs = [draw_strokes([*common, stroke], _SYMBOL_SIZE) for stroke in last]
    # Both forms at once: what differs lies where either of them may be.
    place = draw_strokes(last, _SYMBOL_SIZE)
    labels = np.arange(count) % 2
    # The glyph and the place of its stroke by one distortion, so that the mask still fits.
    pairs = [distort([glyphs[label], place], generator) for label in labels]
    images, strokes = (np.stack(column) for column in zip(*pairs, strict=True))
    return Symbols(_bytes(images), labels, ("Ternal", "Peat"), strokes > 0)


def _kannada(count: int, generator: np.random.Generator) -> Symbols:
    fonts = [_font(name) for name in _KANNADA_FONTS]
    digits = [
        [draw_character(chr(_KANNADA_ZERO + digit), font, _SYMBOL_SIZE) for digit in range(10)]
        for font in fonts
    ]
    labels = np.arange(count) % 10
    # A hand for each picture, whatever its digit: the script must not give the class away.
    hands = generator.integers(len(fonts), size=count)
    images = [
        distort([digits[hand][label]], generator)[0]
        for hand, label in zip(hands, labels, strict=True)
    ]
    return Symbols(_bytes(np.stack(images)), labels, tuple("0123456789"))


def _font(name: str) -> Path:
    folders = [Path(share) / "fonts" for share in SYSTEM_SHARES]
    path = next((path for each in folders for path in sorted(each.rglob(name))), None)
    if path is None:
        raise DataError(
            f"the font {name} is not on this machine. Install it with `apt install fonts-knda`, or "
            f"use symbols('strokes'), which needs no font. Searched: {', '.join(map(str, folders))}"
        )
    return path


def _bytes(images: Grey) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = np.rint(255 * images).astype(np.uint8)
    return pixels
