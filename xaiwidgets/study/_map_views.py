"""Maps as people are shown them: over their pictures, in the colours of all figures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xaiwidgets.heatmap import color_limit, map_colors
from xaiwidgets.methods import Attribution

Bytes = NDArray[np.uint8]

LEAST_SIDE = 112  # pixels that a map is drawn with, at least, so that its cells stay sharp
_GAP = 0.06  # of a map's width, between two side by side


def map_over_picture(attribution: Attribution, picture: Bytes | None) -> Bytes:
    """Return a map (H, W, 3) over its picture, in the colours of all figures."""
    values = attribution.values
    below = attribution.picture if attribution.picture is not None else picture
    if below is None:
        below = np.full((*values.shape, 3), 255, np.uint8)
    if below.ndim == 2:
        below = np.repeat(below[..., None], 3, -1)
    # By a whole number, rounded up: every pixel of the network becomes a square of one size.
    scale = max(1, -(-LEAST_SIDE // min(values.shape)))
    large = values.repeat(scale, 0).repeat(scale, 1)
    height, width = large.shape
    # Nearest, so that people see the pixels that the network sees, and no smoother ones.
    ground = np.asarray(Image.fromarray(below).resize((width, height), Image.Resampling.NEAREST))
    # By the cells, as the Explorer's colours are: a cell's value is spread over its pixels.
    colours = map_colors(large, color_limit([attribution.cells]))
    opacity = colours[..., 3:]
    blended = 255 * opacity * colours[..., :3] + (1 - opacity) * ground
    pixels: Bytes = np.rint(blended).astype(np.uint8)
    return pixels


def side_by_side(pictures: list[Bytes]) -> Bytes:
    height, width, _ = pictures[0].shape
    gap = np.full((height, max(1, round(_GAP * width)), 3), 255, np.uint8)
    parts = [part for each in pictures for part in (gap, each)][1:]
    return np.concatenate(parts, 1)
