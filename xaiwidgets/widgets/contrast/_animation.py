"""A morph as an animated GIF."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Reached by whole factors, so that pixels stay squares: a digit of 8 x 8 would be a blur.
_SIDE = 240  # pixels a side of each of the two pictures, at least
# Both ends are held, as they are what is compared; the way between only leads the eye.
_FRAME, _HOLD = 60, 900  # milliseconds a frame, and at both ends


def gif(
    pictures: NDArray[np.uint8], differences: NDArray[np.float32], opacity: float = 0.65
) -> bytes:
    """Return pictures (T, H, W, 3), each beside itself with its difference over it.

    Of differences (T, H, W) red is what was added, blue what was removed, on one scale for all
    frames; of (T, H, W, 3) each colour is added where it is bright. It goes there and back again.
    """
    import matplotlib

    limit = max(float(np.abs(differences).max()), 1e-12)
    share = np.clip(differences / limit, -1, 1)
    if share.ndim == 4:
        colours, size_of_change = 127.5 * (1 + share), np.abs(share).max(3)
    else:
        colours = matplotlib.colormaps["RdBu_r"](0.5 + 0.42 * share)[..., :3] * 255
        size_of_change = np.abs(share)
    alpha = (opacity * np.sqrt(size_of_change))[..., None]
    marked = (1 - alpha) * pictures + alpha * colours
    both = np.concatenate([pictures, marked.round().astype(np.uint8)], axis=2)
    size = max(1, -(-_SIDE // max(pictures.shape[1:3])))
    # Colours are chosen before pixels grow, or those of each frame were looked for in all of them.
    small = [Image.fromarray(f).convert("P", palette=Image.Palette.ADAPTIVE) for f in both]
    frames = [f.resize((f.width * size, f.height * size), Image.Resampling.NEAREST) for f in small]
    there_and_back = [*frames, *frames[-2:0:-1]]
    durations = [_FRAME] * len(there_and_back)
    durations[0] = durations[len(frames) - 1] = _HOLD
    buffer = io.BytesIO()
    there_and_back[0].save(
        buffer, "GIF", save_all=True, append_images=there_and_back[1:], duration=durations, loop=0
    )
    return buffer.getvalue()
