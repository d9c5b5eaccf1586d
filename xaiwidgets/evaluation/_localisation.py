"""Localisation: whether a map points at the place that a person says is the right one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation._cell_map import (
    UnmeasurableMapError,
    cell_errors,
    cell_means,
    check_varied,
    coarse_cells,
)
from xaiwidgets.images import Window
from xaiwidgets.intervals import RESAMPLES, IntervalEstimate
from xaiwidgets.methods import Attribution


@dataclass(frozen=True)
class Localisation:
    """How much of a map lies in a window, 0 to 1; `chance` is what a map of noise has there.

    Attributes
    ----------
    pointing : float
        The pointing game (Zhang et al. 2018): 1 if the largest value is inside, else 0; of several
        pixels with this value, the share that is.
    mass : float
        The share of what is positive (Arras, Osman, Samek 2022, relevance mass accuracy).
    top : float
        Of as many of the largest pixels as the window has, the share inside (their rank accuracy).
    chance : float
        The share of the picture that the window covers.
    """

    pointing: float
    mass: float
    top: float
    chance: float


def localised(attribution: Attribution, window: Window) -> Localisation:
    """Measure how much of a map lies in a window that is the truth, such as a planted square.

    Parameters
    ----------
    attribution : Attribution
    window : Window
        Of the pixels of the network's input, inside of what the map explains.

    Raises
    ------
    InputError
        If the window leaves the map, or is all of it; if the map is constant or nowhere positive.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, image = zoo.digits(), datasets.digits("test").images[0]
    >>> found = localised(model(image).explain(grid=4), Window(1, 1, 6, 6))
    >>> found.mass > found.chance
    True
    """
    if not isinstance(attribution, Attribution):
        raise InputError(f"attribution is a {type(attribution).__name__}; give a map of `explain`")
    if not isinstance(window, Window):
        raise InputError(f"window is {window!r}; use Window(top, left, height, width)")
    explained = attribution.window
    window.inside(attribution.shape)
    if window.intersect(explained) != window or window == explained:
        raise InputError(
            f"window {window} must be a part of what the map explains, {explained}, and not all of "
            "it; choose another window, or explain the whole picture"
        )
    values = attribution.values.astype(np.float64)[explained.slices]
    check_varied(values)
    inside = np.zeros(attribution.shape, dtype=bool)
    inside[window.slices] = True
    # Both cut to what is explained: pixels that no map speaks of would count as outside.
    inside = inside[explained.slices]
    positive = np.clip(values, 0, None)
    if not positive.any():
        raise UnmeasurableMapError(
            "the map is nowhere positive, so that it points nowhere; explain another class"
        )
    return Localisation(
        pointing=_share_of_largest(values, inside, 1),
        # What speaks against the class is no part of the mass: it would cancel what points
        # elsewhere.
        mass=float(positive[inside].sum() / positive.sum()),
        # As many pixels as the truth has, so that a map of just these reaches 1.
        top=_share_of_largest(values, inside, int(inside.sum())),
        chance=float(inside.mean()),
    )


@dataclass(frozen=True)
class MassInside:
    """The share of what is positive in a map that lies in a window, and how surely.

    Attributes
    ----------
    value : IntervalEstimate
        The interval is what the map's own standard error leaves open; without one, the number
        itself.
    chance : (float, float)
        Where the middle 95 % lie if the map's cells change places at random: inside, the map
        points there no more than a guess.
    area : float
        The share of the map that the window covers.
    """

    value: IntervalEstimate
    chance: tuple[float, float]
    area: float


def mass_inside(attribution: Attribution, window: Window, seed: int = 0) -> MassInside:
    """Measure which share of a map lies in a window, as its cells say, 7 x 7 where these are many.

    Takes and raises what `localised` does.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, image = zoo.digits(), datasets.digits("test").images[0]
    >>> inside = mass_inside(model(image).explain(grid=4), Window(1, 1, 6, 6))
    >>> inside.value.value > inside.area
    True
    """
    measured = localised(attribution, window)
    whole("seed", seed, 0)
    cells = coarse_cells(attribution)
    inside = np.zeros(attribution.shape)
    inside[window.slices] = 1.0
    # Which part of each cell lies in the window, as its edges need not be those of cells.
    shares = cell_means(inside, cells)
    values, error = attribution.sums(cells), cell_errors(attribution, cells)
    positive = np.clip(values, 0, None)
    if not positive.any():
        raise UnmeasurableMapError(
            "no cell of the map is positive, so that no share of it lies anywhere; explain another "
            "class, or use a finer grid"
        )
    mass = float(positive @ shares / positive.sum())
    draw = np.random.default_rng(seed)
    low, high = _middle(draw.permuted(np.tile(values, (RESAMPLES, 1)), axis=1), shares)
    chance = low, high
    if error is not None and error.any():
        low, high = _middle(values + draw.standard_normal((RESAMPLES, len(values))) * error, shares)
    else:
        low = high = mass
    # Noise makes some of what is negative positive, which moves the mass towards the area: so the
    # number itself may lie beyond the quantiles.
    estimate = IntervalEstimate(mass, min(low, mass), max(high, mass))
    return MassInside(estimate, chance, measured.chance)


def _middle(rows: NDArray[np.float64], shares: NDArray[np.float64]) -> tuple[float, float]:
    """Return between which ends the middle 95 % of the masses of maps (B, cells) lie."""
    positive = np.clip(rows, 0, None)
    # A draw without anything positive has no share, and is left out.
    totals = positive.sum(1)
    low, high = np.quantile((positive @ shares)[totals > 0] / totals[totals > 0], [0.025, 0.975])
    return float(low), float(high)


def _share_of_largest(values: NDArray[np.float64], inside: NDArray[np.bool_], count: int) -> float:
    """Return the share of the `count` largest pixels that lies inside, pixels of one value alike.

    A cell has many pixels of one value: which of them comes first must not matter.
    """
    # The smallest of the `count` largest; partition is enough, as their order does not matter.
    least = np.partition(values.ravel(), -count)[-count]
    # Rounding must not tell the pixels of a cell from each other, nor of two cells that are equal.
    equal = np.isclose(values, least, rtol=1e-6, atol=0)
    above = (values > least) & ~equal
    # What is above the least counts in full; of those that are equal to it, as many as are left.
    left = count - int(above.sum())
    return float((above & inside).sum() + left * inside[equal].mean()) / count
