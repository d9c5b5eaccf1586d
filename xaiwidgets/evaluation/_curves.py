"""Deletion and insertion: what the score does while the cells go, or come, in a map's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from xaiwidgets.algebra import MIN_COALITIONS, surrogates
from xaiwidgets.evaluation._cell_map import CellMap, GridSize, MapRequest, Masks, check_counts
from xaiwidgets.figures import figure, png
from xaiwidgets.images import Baseline
from xaiwidgets.intervals import IntervalEstimate, mean_interval, prediction_range
from xaiwidgets.methods import Attribution, Cache, Method
from xaiwidgets.network import Network
from xaiwidgets.work import Steps, work

Doubles = NDArray[np.float64]
Kind = Literal["deletion", "insertion"]


@dataclass(frozen=True, eq=False, repr=False)
class Curve:
    """The score while cells go or come in the order of a map, evaluated, beside random orders.

    Attributes
    ----------
    kind : "deletion" or "insertion"
        Whether cells are removed from the whole window, or shown on an empty one; those of which
        the map says most come first.
    share : (n + 1,)
        Share of the cells that went or came, 0 to 1.
    scores : (n + 1,)
        The score of the class, evaluated at every step.
    random : (orders, n + 1)
        The same in random orders: the trivial line.
    foretold, foretold_error : (n + 1,) or None
        Of a Shapley map, what its own coalitions let one predict of the curve, and the standard
        deviation of that (see `algebra.surrogates`).
    unit : "logit" or "probability"
    """

    kind: Kind
    share: Doubles
    scores: Doubles
    random: Doubles
    unit: str
    foretold: Doubles | None = None
    foretold_error: Doubles | None = None

    @property
    def area(self) -> float:
        """Area under the curve: of a good map small for deletion, large for insertion."""
        return float(trapezoid(self.scores, self.share))

    @property
    def random_areas(self) -> Doubles:
        """Areas under the curves of random orders."""
        return np.asarray(trapezoid(self.random, self.share, axis=1))

    @property
    def random_area(self) -> IntervalEstimate:
        """The mean area of random orders."""
        return mean_interval(self.random_areas)

    @property
    def gain(self) -> IntervalEstimate:
        """By how much the area is better than that of random orders, in units of the score."""
        # Of a good order the area is small for deletion: with the sign, more is better for both.
        sign = -1 if self.kind == "deletion" else 1
        # The map's area is one number: what varies is only which random orders it is held against.
        return mean_interval(sign * (self.area - self.random_areas))

    @property
    def chance(self) -> tuple[float, float]:
        """Where the gain of one more random order lies, with 95 %: inside, the map is a guess."""
        # Of one more order and not of their mean: the map's order is one, too.
        return prediction_range(self.random_areas - self.random_areas.mean())

    @property
    def beaten(self) -> float:
        """The share of random orders that the map's order is better than."""
        sign = -1 if self.kind == "deletion" else 1
        return float((sign * (self.area - self.random_areas) > 0).mean())

    def __repr__(self) -> str:
        low, high = self.chance
        by, chance = f"{self.gain.value:.3g} {self.unit}", f"{low:.3g} to {high:.3g}"
        return f"<Curve of {self.kind}: better than random orders by {by}; chance is {chance}>"

    def plot(self, ax: Any = None) -> Any:
        """Draw the curve, random orders with their spread, and what was foretold."""
        canvas = ax.figure if ax is not None else figure(5, 3.4)
        ax = ax if ax is not None else canvas.add_subplot()
        # A band of one deviation of single orders: that of their mean would make every map look
        # good.
        mean, spread = self.random.mean(0), self.random.std(0, ddof=1)
        ax.fill_between(self.share, mean - spread, mean + spread, color="0.85")
        ax.plot(self.share, mean, color="0.5", label="random order")
        ax.plot(self.share, self.scores, label="order of the map")
        if self.foretold is not None:
            ax.plot(self.share, self.foretold, "--", label="foretold")
        verb = "removed" if self.kind == "deletion" else "shown"
        ax.set(xlabel=f"share of the cells {verb}", ylabel=self.unit)
        low, high = self.chance
        title = f"{self.kind}: better than random by {self.gain.value:.3g}"
        ax.set_title(f"{title} (chance is {low:.3g} to {high:.3g})", fontsize="medium")
        ax.legend(fontsize="small")
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())


@work
def deletion(
    model: Network,
    image: Any,
    attribution: Attribution | Method | str | None,
    *,
    grid: GridSize | None = None,
    baseline: Baseline = 0.0,
    orders: int = 8,
    seed: int = 0,
    references: Any = None,
    cache: Cache | None = None,
) -> Steps[Curve]:
    """Remove the cells of a picture in the order of a map, and see the score fall.

    Petsiuk, Das, Saenko 2018; Samek et al. 2017. What a map calls important should be missed first.

    Parameters
    ----------
    model : Classifier
    image : picture
        That which was explained.
    attribution : Attribution, Method or str
        A map, or the method that makes one.
    grid : int or (int, int), optional
        Cells that are removed; by default the map's own, or 7 x 7 of a map of pixels.
    baseline : float, str or Tensor
        What is shown in their place. Areas with different baselines do not compare.
    orders : int
        Random orders, at least 2, that the map's is compared with.
    seed : int
        Draws them.
    references : pictures, optional
        For a method that needs them.
    cache : Cache, optional
        What it holds is not evaluated again, and what is evaluated goes into it; by default the
        model's own, in which maps are, too.

    Raises
    ------
    InputError
        At once: the map is constant, or of another picture; a setting cannot be used.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, image = zoo.digits(), datasets.digits("test").images[0]
    >>> attribution = model(image).explain(grid=4)
    >>> curve = deletion(model, image, attribution).run()
    >>> curve.gain.value > 0, curve.foretold is not None
    (True, True)
    """
    check_counts(orders=orders, seed=seed)
    request = MapRequest.of(
        model, image, attribution, grid=grid, baseline=baseline, references=references, cache=cache
    )
    return _curve("deletion", request, orders, seed)


@work
def insertion(
    model: Network,
    image: Any,
    attribution: Attribution | Method | str | None,
    *,
    grid: GridSize | None = None,
    baseline: Baseline = 0.0,
    orders: int = 8,
    seed: int = 0,
    references: Any = None,
    cache: Cache | None = None,
) -> Steps[Curve]:
    """Show the cells of a picture in the order of a map, and see the score rise.

    What it takes and raises is said at `deletion`.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, image = zoo.digits(), datasets.digits("test").images[0]
    >>> insertion(model, image, model(image).explain(grid=4)).run().beaten
    1.0
    """
    check_counts(orders=orders, seed=seed)
    request = MapRequest.of(
        model, image, attribution, grid=grid, baseline=baseline, references=references, cache=cache
    )
    return _curve("insertion", request, orders, seed)


def _curve(kind: Kind, request: MapRequest, orders: int, seed: int) -> Steps[Curve]:
    cells = yield from request.compute()
    players = len(cells.values)
    generator = np.random.default_rng(seed)
    # Deletion and insertion take the same order: the largest value goes first, or comes first.
    # Stable, so that cells of one value go in one order in every run and in every curve.
    rows = [np.argsort(-cells.values, kind="stable")]
    rows += [generator.permutation(players) for _ in range(orders)]
    # (orders + 1, n + 1, n): of each order, after each step, which cells have gone or come.
    changed = np.stack([growing(order) for order in rows])
    present = ~changed if kind == "deletion" else changed
    # All orders in one row of coalitions, so that a batch may span two of them.
    flat = yield from cells.scores(present.reshape(-1, players), kind)
    scores = flat.reshape(orders + 1, players + 1)
    foretold, error = yield from _foretold(kind, cells, scores[0, -1 if kind == "deletion" else 0])
    share = np.linspace(0, 1, players + 1)
    return Curve(kind, share, scores[0], scores[1:], cells.task.output, foretold, error)


def growing(order: NDArray[np.intp]) -> Masks:
    """Return masks (n + 1, n) of the first 0, 1, ..., n cells of an order."""
    masks = np.empty((len(order) + 1, len(order)), dtype=bool)
    # Row k of the strict lower triangle has ones in its first k columns, which are those of
    # `order`.
    masks[:, order] = np.tri(len(order) + 1, len(order), -1, dtype=bool)
    return masks


def _foretold(
    kind: Kind, cells: CellMap, empty: float
) -> Steps[tuple[Doubles | None, Doubles | None]]:
    """Return what the map's own coalitions say of the curve, where they are of the same game.

    `empty` is the score of no cell, which tells whether the map has the same baseline.
    """
    attribution = cells.attribution
    samples, baseline_output = attribution.samples, attribution.baseline_output
    if samples is None or baseline_output is None or len(samples.outputs) < MIN_COALITIONS:
        return None, None
    # A map of another baseline would foretell another curve.
    size = max(1.0, abs(attribution.output - baseline_output))
    if attribution.cells.shape != cells.grid or abs(empty - baseline_output) > 1e-3 * size:
        return None, None
    curves = (yield from surrogates(attribution)).curves
    if kind == "deletion":
        return curves.deletion, curves.deletion_error
    return curves.insertion, curves.insertion_error
