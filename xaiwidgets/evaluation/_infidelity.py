"""Infidelity and mu-fidelity: whether the score changes by what a map says of removed cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import number
from xaiwidgets.evaluation._cell_map import GridSize, MapRequest, check_counts
from xaiwidgets.figures import figure, png
from xaiwidgets.images import Baseline
from xaiwidgets.intervals import RESAMPLES, IntervalEstimate, bootstrap_interval
from xaiwidgets.methods import Attribution, Cache, Method
from xaiwidgets.network import Network
from xaiwidgets.work import Steps, work

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Infidelity:
    """What a map says that sets of cells add to the score, beside what is measured without them.

    Attributes
    ----------
    predicted : (samples,)
        The sum of the map over the cells of each set.
    measured : (samples,)
        The score with all cells, minus the score without the set.
    unit : "logit" or "probability"
        Of `measured`.
    chance : (float, float)
        Where the middle 95 % of correlations lie if the map's values are dealt to its cells at
        random: inside, the map is as good as a guess.
    """

    predicted: Doubles
    measured: Doubles
    unit: str
    chance: tuple[float, float]
    seed: int = 0

    @cached_property
    def value(self) -> IntervalEstimate:
        """Infidelity, the mean square of what the map misses (Yeh et al. 2019, definition 2.1)."""
        return self._measure(_mean_square)

    @cached_property
    def scaled(self) -> IntervalEstimate:
        """The same of the map times the best factor: for maps in units that are not the score's."""
        return self._measure(_scaled_mean_square)

    @cached_property
    def correlation(self) -> IntervalEstimate:
        """Mu-fidelity (Bhatt, Weller, Moura 2020, eq. 3): the correlation of both, -1 to 1.

        0 where the score does not change, or the map says the same of all sets.
        """
        return self._measure(_correlation)

    def _measure(self, statistic: Any) -> IntervalEstimate:
        return bootstrap_interval(statistic, self.predicted, self.measured, seed=self.seed)

    def __repr__(self) -> str:
        return f"<Infidelity {self.value}, mu-fidelity {self.correlation}>"

    def plot(self, ax: Any = None) -> Any:
        """Draw a point for each set of cells."""
        canvas = ax.figure if ax is not None else figure(4, 3.6)
        ax = ax if ax is not None else canvas.add_subplot()
        ax.plot(self.predicted, self.measured, ".", alpha=0.6)
        ax.set(xlabel="sum of the map", ylabel=f"change of the {self.unit}")
        ax.set_title(f"mu-fidelity {self.correlation}", fontsize="medium")
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())


@work
def infidelity(
    model: Network,
    image: Any,
    attribution: Attribution | Method | str | None,
    *,
    share: float = 0.2,
    samples: int = 100,
    grid: GridSize | None = None,
    baseline: Baseline = 0.0,
    seed: int = 0,
    references: Any = None,
    cache: Cache | None = None,
) -> Steps[Infidelity]:
    """Remove sets of cells at random, and compare the fall of the score with the map's sums.

    With the cells' values as attributions times their input, this is `captum.metrics.infidelity`.
    All sets have one size: with sets of different sizes, any map that is nowhere negative would
    look faithful.

    Parameters
    ----------
    model, image, attribution, grid, baseline, references, cache
        As for `deletion`.
    share : float
        Of the cells that are in a set, above 0 and below 1; at least one cell.
    samples : int
        Sets, at least 2.
    seed : int
        Draws the sets, and the bootstrap of the intervals. All maps of one grid get the same sets.

    Raises
    ------
    InputError
        At once: the map is constant, or of another picture; a setting cannot be used.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, image = zoo.digits(), datasets.digits("test").images[0]
    >>> infidelity(model, image, model(image).explain(grid=4)).run().correlation.low > 0.5
    True
    """
    check_counts(samples=samples, seed=seed)
    number("share", share, above=0, below=1)
    request = MapRequest.of(
        model, image, attribution, grid=grid, baseline=baseline, references=references, cache=cache
    )
    return _infidelity(request, share, samples, seed)


def _infidelity(request: MapRequest, share: float, samples: int, seed: int) -> Steps[Infidelity]:
    cells = yield from request.compute()
    players = len(cells.values)
    # Neither none nor all: both would say the same of every map.
    size = min(max(1, round(share * players)), players - 1)
    # A random order of the cells in each row: those that get the first places are removed.
    orders = np.random.default_rng(seed).random((samples, players)).argsort(1)
    removed = orders < size
    # The whole picture first: what all others are compared with.
    present = np.concatenate([np.ones((1, players), dtype=bool), ~removed])
    scores = yield from cells.scores(present, "infidelity")
    # Definition 2.1 of Yeh et al., whose I is here the mask of the cells that are removed: a map's
    # values are what cells add, and no slopes.
    predicted, measured = removed @ cells.values, scores[0] - scores[1:]
    draw = np.random.default_rng(seed)
    # The same values in other cells: chance for a map of this very distribution of values.
    dealt = draw.permuted(np.tile(cells.values, (RESAMPLES, 1)), axis=1)
    low, high = np.quantile(_correlation(dealt @ removed.T, measured), [0.025, 0.975])
    return Infidelity(predicted, measured, cells.task.output, (float(low), float(high)), seed)


def _mean_square(predicted: Doubles, measured: Doubles) -> Doubles:
    # Over the last axis: the bootstrap hands in all of its resamples at once.
    return np.asarray(((predicted - measured) ** 2).mean(-1))


def _scaled_mean_square(predicted: Doubles, measured: Doubles) -> Doubles:
    # The factor that leaves least: <p, m> / <p, p> (Yeh et al. 2019, proposition 2.1).
    products, squares = (predicted * measured).sum(-1), (predicted**2).sum(-1)
    factor = np.divide(products, squares, out=np.zeros_like(products), where=squares > 0)
    return _mean_square(factor[..., None] * predicted, measured)


def _correlation(predicted: Doubles, measured: Doubles) -> Doubles:
    x, y = (side - side.mean(-1, keepdims=True) for side in (predicted, measured))
    spread = np.sqrt((x**2).sum(-1) * (y**2).sum(-1))
    # Rounding leaves something of what is constant.
    sizes = np.abs(predicted).max(-1) * np.abs(measured).max(-1) * x.shape[-1]
    varied = spread > 1e-9 * sizes
    quotient = np.divide((x * y).sum(-1), spread, out=np.zeros_like(spread), where=varied)
    return np.asarray(quotient)
