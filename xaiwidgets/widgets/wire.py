"""Pictures on their way to the page: plain dictionaries with binary buffers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_THUMBNAIL = 56


def picture(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """Return pixels (H, W, 3) as height, width and bytes."""
    height, width, _ = pixels.shape
    return {"height": height, "width": width, "data": pixels.tobytes()}


def named_picture(name: str, pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """Return a name and a small picture of at most 56 pixels a side."""
    small = Image.fromarray(pixels)
    small.thumbnail((_THUMBNAIL, _THUMBNAIL), Image.Resampling.BILINEAR)
    return {"name": name, "thumbnail": picture(np.asarray(small))}
