"""Files that people hand to a page: one picture each, in the form that a network takes."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from typing import Any, cast

from PIL import Image, UnidentifiedImageError

from xaiwidgets.errors import InputError
from xaiwidgets.pictures import PixelPicture, read_picture

_LARGEST = 20_000_000  # bytes
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
    data = b"".join(bytes(buffer) for buffer in buffers)
    if not 0 < len(data) <= _LARGEST:
        raise InputError(f"{name} has {len(data):,} bytes; give a picture of at most {_LARGEST:,}")
    try:
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            picture = read_picture(Image.open(io.BytesIO(data)))
    except UnidentifiedImageError as error:
        raise InputError(f"{name} is no picture that can be read; use PNG or JPEG") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{name} is no picture that can be read: {error}") from error
    if isinstance(picture, Image.Image) and channels in _MODES:
        picture = picture.convert(_MODES[channels])
    stem = re.sub(r"\.\w+$", "", name) or "picture"
    return stem, cast(PixelPicture, picture), [str(note.message) for note in notes]
