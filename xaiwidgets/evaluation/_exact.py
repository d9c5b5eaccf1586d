"""Agreement of a map with the exact Shapley values of a few large cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation._cell_map import CellMap, GridSize, MapRequest, check_counts
from xaiwidgets.figures import figure, png
from xaiwidgets.images import Baseline
from xaiwidgets.intervals import RESAMPLES, IntervalEstimate
from xaiwidgets.methods import Attribution, Cache, Method, Shapley
from xaiwidgets.network import Network
from xaiwidgets.work import Steps, relay, work

Doubles = NDArray[np.float64]

MOST_PLAYERS = 16
"""A game of so many cells has 65,536 coalitions; larger ones are not played in full."""


@dataclass(frozen=True, eq=False)
class ExactAgreement:
    """A map and the exact Shapley values of the same cells.

    Attributes
    ----------
    rank : IntervalEstimate
        Spearman's rank correlation, -1 to 1; 0 where the exact values are all alike. The interval
        is what the map's own standard error leaves open; without one, the number itself.
    chance : (float, float)
        Where the middle 95 % of random orders of so many cells lie: inside, the map is as good as
        a guess.
    cells, exact : array (rows, columns)
        The map's sums over the cells, and their exact Shapley values.
    evaluations : int
        Coalitions of the exact game.
    """

    rank: IntervalEstimate
    chance: tuple[float, float]
    cells: Doubles = field(repr=False)
    exact: Doubles = field(repr=False)
    evaluations: int

    def plot(self, ax: Any = None) -> Any:
        """Draw a point for each cell."""
        canvas = ax.figure if ax is not None else figure(4, 3.6)
        ax = ax if ax is not None else canvas.add_subplot()
        ax.plot(self.exact.ravel(), self.cells.ravel(), "o")
        ax.set(xlabel="exact Shapley value of the cell", ylabel="sum of the map")
        ax.set_title(f"rank agreement {self.rank}", fontsize="medium")
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())


@work
def against_exact(
    model: Network,
    image: Any,
    attribution: Attribution | Method | str | None,
    *,
    grid: GridSize = 3,
    baseline: Baseline = 0.0,
    seed: int = 0,
    references: Any = None,
    cache: Cache | None = None,
) -> Steps[ExactAgreement]:
    """Compare a map with Shapley values of a game that is small enough to be played in full.

    Parameters
    ----------
    model, image, attribution, baseline, references, cache
        As for `deletion`; the exact game explains the map's class, window and score.
    grid : int or (int, int)
        Cells, 2 to 16: 3 x 3 take 512 evaluations.
    seed : int
        Draws the random orders of `chance`, and what the map's error leaves open.

    Raises
    ------
    InputError
        At once: the map is constant, or the grid too fine.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import Shapley
    >>> image = datasets.digits("test").images[0]
    >>> agreement = against_exact(zoo.digits(), image, Shapley(grid=3, budget=512)).run()
    >>> agreement.rank.value, agreement.evaluations
    (1.0, 512)
    """
    check_counts(seed=seed)
    request = MapRequest.of(
        model, image, attribution, grid=grid, baseline=baseline, references=references, cache=cache
    )
    cells = request.cells(grid)
    players = cells.rows * cells.columns
    if not 2 <= players <= MOST_PLAYERS:
        raise InputError(
            f"{cells.rows} x {cells.columns} cells make a game of {2**players:,} coalitions; use "
            f"2 to {MOST_PLAYERS} cells"
        )
    return _against_exact(request, whole("seed", seed, 0))


def _against_exact(request: MapRequest, seed: int) -> Steps[ExactAgreement]:
    cells = yield from request.compute()
    players = len(cells.values)
    # With a budget of all coalitions the estimate is the exact sum, without an error.
    method = Shapley(grid=cells.grid, budget=2**players)
    game = relay(
        method.explain([cells.task], cells.cache), lambda progress: progress.noted("exact game")
    )
    (attribution,) = yield from game
    exact = attribution.cells.astype(np.float64).ravel()
    draw = np.random.default_rng(seed)
    # What a map that ranks the cells at random reaches: of 9 cells up to about 0.67 in size.
    orders = np.stack([draw.permutation(players) for _ in range(RESAMPLES)])
    # Simulated, as Student's approximation of Spearman's coefficient is wrong for so few cells.
    low, high = np.quantile(rank_correlations(orders, np.arange(players)), [0.025, 0.975])
    return ExactAgreement(
        _with_error(cells, exact, draw),
        (float(low), float(high)),
        cells.values.reshape(cells.grid),
        exact.reshape(cells.grid),
        attribution.evaluations,
    )


def _with_error(cells: CellMap, exact: Doubles, draw: np.random.Generator) -> IntervalEstimate:
    """Return the rank correlation, with what the standard error of the map leaves open."""
    rank = float(rank_correlations(cells.values[None], exact)[0])
    error = cells.errors()
    if error is None or not error.any():
        return IntervalEstimate(rank, rank, rank)
    # Errors of cells are taken as independent, as where they are added up (`cell_errors`).
    noise = draw.standard_normal((RESAMPLES, len(error))) * error
    low, high = np.quantile(rank_correlations(cells.values + noise, exact), [0.025, 0.975])
    # Noise lowers a correlation, so that the one observed may lie above the quantiles.
    return IntervalEstimate(rank, min(rank, float(low)), max(rank, float(high)))


def rank_correlations(rows: NDArray[Any], other: NDArray[Any]) -> Doubles:
    """Return Spearman's correlation of each row (B, n) with `other` (n,); 0 where one is constant.

    Examples
    --------
    >>> rank_correlations(np.array([[1, 2, 9], [3, 2, 1], [5, 5, 5]]), np.array([1, 2, 3])).tolist()
    [1.0, -1.0, 0.0]
    """
    ranks = rankdata(rows, axis=1)
    # (B, n) and (n,): all random orders are ranked in one call.
    x, y = ranks - ranks.mean(1, keepdims=True), rankdata(other)
    # Pearson's correlation of ranks; ties get the mean of their ranks.
    y = y - y.mean()
    spread = np.sqrt((x**2).sum(1) * (y**2).sum())
    return np.asarray(np.divide(x @ y, spread, out=np.zeros(len(rows)), where=spread > 0))
