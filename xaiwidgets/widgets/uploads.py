"""Files that people hand to a page: a picture each, or a sentence in every line."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any, cast

from PIL import Image, UnidentifiedImageError

from xaiwidgets.errors import InputError
from xaiwidgets.pictures import PixelPicture, read_picture

# A photograph of twelve million pixels has 3 to 8 MB as JPEG.
_LARGEST = 20_000_000  # bytes
# Each is read at once, under the widget's lock: of a novel all gestures would wait.
_MOST_LINES = 200  # of a file of sentences
_TOLD = 3  # lines that are refused and named
_MODES = {1: "L", 3: "RGB"}


def read_upload(
    name: str, buffers: Sequence[Any], channels: int
) -> tuple[str, PixelPicture, list[str]]:
    """Return name and picture of a file, and what was assumed of it.

    It is made grey or coloured, as a network of one or three `channels` takes it: without
    preprocessing nothing else does this.

    Raises
    ------
    InputError
        If it is no picture that can be read, or too large.
    """
    data = _joined(name, buffers, "picture")
    try:
        # What is assumed (transparent is white, 16 bits are scaled) is told on the page, as nobody
        # who drops a file there sees the kernel's warnings.
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            picture = read_picture(Image.open(io.BytesIO(data)))
    except UnidentifiedImageError as error:
        raise InputError(f"{name} is no picture that can be read; use PNG or JPEG") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{name} is no picture that can be read: {error}") from error
    if isinstance(picture, Image.Image) and channels in _MODES:
        # A file may be grey, have a palette or an opacity; the network takes so many channels.
        picture = picture.convert(_MODES[channels])
    stem = re.sub(r"\.\w+$", "", name) or "picture"
    return stem, cast(PixelPicture, picture), [str(note.message) for note in notes]


def read_lines(
    name: str, buffers: Sequence[Any], check: Callable[[str], object]
) -> tuple[list[str], list[str]]:
    """Return the sentences of a text file, one a line, and what is to be said of the others.

    Parameters
    ----------
    check : callable
        Raises InputError for a line that cannot be asked about.

    Raises
    ------
    InputError
        If it is no text in UTF-8, or has no line that can be asked about.
    """
    data = _joined(name, buffers, "text")
    try:
        # With or without the mark that Windows writes before the first line.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is no text in UTF-8; save it as such, a sentence a line"
        ) from error
    # Numbered as an editor counts them, empty ones included: by it a line that is refused is found.
    lines = [(at, line.strip()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    sentences: list[str] = []
    refused: list[str] = []
    for at, line in lines[:_MOST_LINES]:
        try:
            check(line)
            sentences.append(line)
        except InputError as error:
            refused.append(f"line {at}: {error}")
    if not sentences:
        reason = f": {refused[0]}" if refused else ""
        raise InputError(f"{name} has no line that can be asked about{reason}")
    notes = refused[:_TOLD]
    if len(refused) > _TOLD:
        notes.append(f"{len(refused) - _TOLD} more lines are left out")
    if len(lines) > _MOST_LINES:
        notes.append(f"it has {len(lines):,} lines; the first {_MOST_LINES} are taken")
    return sentences, notes


def _joined(name: str, buffers: Sequence[Any], noun: str) -> bytes:
    """Return a file's bytes; InputError if it has none, or too many."""
    data = b"".join(bytes(buffer) for buffer in buffers)
    if not 0 < len(data) <= _LARGEST:
        raise InputError(f"{name} has {len(data):,} bytes; give a {noun} of at most {_LARGEST:,}")
    return data
