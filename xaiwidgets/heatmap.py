"""How a map is coloured over its picture, in Python as on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.images import Window

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

CERTAIN_AT = 2
"""Standard errors from which on the sign of a value counts as certain."""

# Where a widget's `opacity` stands at first, so that both look alike.
OPACITY = 0.65
FAINTEST = 0.1  # the share of the opacity where nothing is at stake: the picture shows through
UNCERTAIN = 0.45  # likewise, of a cell whose sign may still turn out the other way

# The ends of the ramp are so dark that red and blue are hard to tell apart on a photograph.
_RAMP_USED = 0.84


def is_uncertain(values: Floats, standard_error: Floats | None) -> NDArray[np.bool_]:
    """Return where the sign of a value may still turn out the other way.

    Examples
    --------
    >>> is_uncertain(np.float32([1, -1, 0]), np.float32([0.5, 0.6, 0])).tolist()
    [False, True, False]
    """
    if standard_error is None:
        return np.zeros(values.shape, np.bool_)
    return ~(np.abs(values) >= CERTAIN_AT * standard_error)


def color_limit(maps: Iterable[Floats]) -> float:
    """Return the value at full colour of maps that share a range: the 98th percentile of all.

    One outlier would leave all else pale.

    Examples
    --------
    >>> color_limit([np.float32([[1, -3]]), np.float32([[2, 0]])])
    2.94
    """
    sizes = np.abs(np.concatenate([np.ravel(values) for values in maps])).astype(np.float64)
    sizes = sizes[np.isfinite(sizes)]
    if not sizes.size or not sizes.max():
        return 1.0
    return float(np.quantile(sizes, 0.98)) or float(sizes.max())


def map_colors(
    values: Floats, limit: float, standard_error: Floats | None = None, opacity: float = OPACITY
) -> Doubles:
    """Return the colours (..., 4) of values (...): RGBA, each from 0 to 1.

    Red is positive, blue negative; the opacity grows with the root of the absolute value, and what
    is uncertain is fainter.

    Examples
    --------
    >>> map_colors(np.float32([1, 0, -1]), limit=1)[:, 3].round(3).tolist()
    [0.65, 0.065, 0.65]
    """
    share = np.clip(np.nan_to_num(np.asarray(values, np.float64)) / limit, -1, 1)
    colors: Doubles = np.array(ramp()((share + 1) / 2))
    # By the root, a cell of a tenth of the largest value still has over a third of the opacity.
    shown = FAINTEST + (1 - FAINTEST) * np.sqrt(np.abs(share))
    faint = np.where(is_uncertain(values, standard_error), UNCERTAIN, 1.0)
    colors[..., 3] = opacity * faint * shown
    return colors


def interpolated(
    cells: Floats, window: Window, edges: tuple[Sequence[int], Sequence[int]] | None = None
) -> Floats:
    """Return the values (height, width) of a window's pixels, between the middles of its cells.

    Parameters
    ----------
    edges : two sequences of int, optional
        Where rows and columns of cells begin and end; by default all are of one size.
    """
    # Where too little is known an error is infinite, and a sum with it would be everywhere.
    finite = np.nan_to_num(cells, posinf=float(np.finfo(np.float32).max) / 1e6)
    window_edges = (window.top, window.bottom), (window.left, window.right)
    down, across = (
        _weights(np.linspace(*ends, count + 1) if edges is None else np.array(edges[axis]))
        for axis, (ends, count) in enumerate(zip(window_edges, cells.shape, strict=True))
    )
    return np.asarray(down @ finite @ across.T, dtype=np.float32)


def _weights(edges: NDArray[Any]) -> Doubles:
    """Return how much each cell on a line counts for each pixel: (pixels, cells)."""
    middles = (edges[:-1] + edges[1:]) / 2
    pixels = np.arange(edges[0], edges[-1]) + 0.5
    return np.stack([np.interp(pixels, middles, unit) for unit in np.eye(len(middles))], axis=1)


def ramp() -> Any:
    """Return the colour map of matplotlib's, from blue over white to red."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    half = _RAMP_USED / 2
    return ListedColormap(colormaps["RdBu_r"](np.linspace(0.5 - half, 0.5 + half, 255)))
