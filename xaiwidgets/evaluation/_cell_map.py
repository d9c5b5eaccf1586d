"""What is evaluated: a map as values of cells, and the scores of the network without some of them.

Every check of faithfulness removes cells of a grid and compares what the map says of them with what
the network does. Rows of coalitions are those of the Shapley game of the same cells, so that what a
Shapley map or another check has evaluated is not evaluated again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline
from xaiwidgets.methods import (
    OUTPUTS,
    Attribution,
    Cache,
    Cells,
    Method,
    Shapley,
    Task,
    choose_method,
)
from xaiwidgets.network import Network, require_network
from xaiwidgets.work import Progress, Steps

Doubles = NDArray[np.float64]
Masks = NDArray[np.bool_]
GridSize = int | tuple[int, int]

COARSE = 7
"""Cells a side where a map has one value for each pixel, or nearly so."""

MAX_CELLS = 256
"""Of a map that is removed cell by cell in its own cells."""


class UnmeasurableMapError(InputError):
    """A map of which a measure has no number: it is constant, or points nowhere."""


class ConstantMapError(UnmeasurableMapError):
    """A map whose values are all alike: it ranks nothing, so that nothing can be said about it."""


def check_varied(values: NDArray[Any], name: str = "the map") -> None:
    """Raise ConstantMapError for values that are all alike, InputError for NaN or infinite ones."""
    if not np.isfinite(values).all():
        raise InputError(f"{name} has values that are NaN or infinite; explain anew")
    # Relative, as maps have units of their own; below is what rounding in double precision leaves.
    if np.ptp(values) <= 1e-9 * np.abs(values).max():
        raise ConstantMapError(
            f"{name} is constant ({float(values.flat[0]):.3g} everywhere), so that it ranks "
            "nothing; use another method, layer or class"
        )


def resolve_method(method: Method | str | None, references: Tensor | None) -> Method:
    """Return a method of attribution; InputError where it is none, or lacks what it needs."""
    resolved = choose_method(method, {})
    if "references" in resolved.needs and references is None:
        raise InputError(f"{resolved.label} needs references; give references=pictures like it")
    return resolved


def read_inputs(model: Network, images: Any, least: int = 1) -> Tensor:
    """Return the inputs (P, C, H, W) of one or several pictures; InputError if too few."""
    # A tensor (C, H, W) is one picture here, and not C grey ones.
    single = isinstance(images, Image.Image) or (isinstance(images, Tensor) and images.ndim == 3)
    inputs = model.batch([images] if single else images)
    if len(inputs) < least:
        raise InputError(f"{len(inputs)} pictures are too few; give at least {least}")
    return inputs


def read_references(model: Network, references: Any, inputs: Tensor) -> Tensor | None:
    """Return reference pictures as inputs (N, C, H, W), or None."""
    return None if references is None else model.batch(references, inputs.shape[-3:], "references")


@dataclass(frozen=True, eq=False)
class CellMap:
    """A map, as one value for each cell of a grid, and what the network says without cells.

    Attributes
    ----------
    attribution : Attribution
        The map as it was made.
    task : Task
        The score that is explained; its target is set.
    grid : (int, int)
        Rows and columns of cells.
    values : array (cells,)
        What the map says of each cell.
    cache : Cache or None
        Where answers are looked up, and kept; None: with the network.
    """

    attribution: Attribution
    task: Task
    grid: tuple[int, int]
    values: Doubles
    cache: Cache | None = None

    def scores(self, present: Masks, note: str) -> Steps[Doubles]:
        """Return the scores (B,) with only the cells of masks (B, cells) present."""
        # The key of the cache is (weights, picture, baseline, cells, coalition): no method is in
        # it.
        game = Shapley(grid=self.grid).game(self.task, self.cache)
        twin = yield from game.prepare()
        scores: list[Doubles] = []
        done = 0
        # So many at once as the twin was found to like, which is a step between two cancels.
        while done < len(present):
            part = present[done : done + twin.batch]
            scores.append(self._score(torch.from_numpy(game.logits(part, self.task.layer))))
            done += len(part)
            yield Progress(done, len(present), note)
        return np.concatenate(scores)

    def errors(self) -> Doubles | None:
        """Return the standard error (cells,) of `values`; None where the map has none."""
        cells = Cells.of(self.attribution.shape, self.attribution.window, self.grid)
        return cell_errors(self.attribution, cells)

    def _score(self, logits: Tensor) -> Doubles:
        scores = logits.double()
        if self.task.output == "probability":
            scores = self.task.network.probabilities(scores)
        return np.asarray(scores[:, self.task.target].numpy(), np.float64)


@dataclass(frozen=True, eq=False)
class MapRequest:
    """A map to be evaluated, handed in or still to be computed; checked when it is made.

    Attributes
    ----------
    task : Task
    explained : Attribution or Method
    grid : int, (int, int) or None
        Of the cells that are removed; None: the map's own, or 7 x 7 where these are many.
    cache : Cache or None
        Where answers are looked up, and kept; None: with the network.
    """

    task: Task
    explained: Attribution | Method
    grid: GridSize | None = None
    cache: Cache | None = None

    @classmethod
    def of(
        cls,
        model: Network,
        image: Any,
        explained: Attribution | Method | str | None,
        *,
        grid: GridSize | None = None,
        baseline: Baseline = 0.0,
        references: Any = None,
        cache: Cache | None = None,
    ) -> MapRequest:
        """Check what was handed in; InputError says what of it cannot be used."""
        image = require_network(model).input(image)
        others = read_references(model, references, image)
        if not isinstance(explained, Attribution):
            method = resolve_method(explained, others)
            task = Task(model, image, baseline=baseline, references=others)
            request = cls(task, method, grid, cache)
        else:
            if explained.shape != tuple(image.shape[-2:]):
                raise InputError(
                    f"the map is of a picture of {explained.shape} pixels, the picture has "
                    f"{tuple(image.shape[-2:])}; give the picture that was explained"
                )
            # Inside its window: outside of it every map is 0, and so never constant as a whole.
            check_varied(explained.values[explained.window.slices])
            task = replace(_task_of(model, image, explained, baseline), references=others)
            request = cls(task, explained, grid, cache)
        if grid is not None:
            request.cells(grid)
        return request

    def cells(self, grid: GridSize) -> Cells:
        """Return the window cut into cells; InputError for what is no grid."""
        return Cells.of(self.task.shape, self.task.region, grid)

    def attribution(self) -> Steps[Attribution]:
        """Return the map, computed if need be."""
        if isinstance(self.explained, Attribution):
            return self.explained
        (attribution,) = yield from self.explained.explain([self.task], self.cache)
        return attribution

    def compute(self) -> Steps[CellMap]:
        """Return the map as values of cells; ConstantMapError where they are all alike."""
        attribution = yield from self.attribution()
        cells = coarse_cells(attribution) if self.grid is None else self.cells(self.grid)
        values = attribution.sums(cells)
        # Again, by cells: a map that varies within every cell alike says nothing of the cells.
        check_varied(values)
        task = _task_of(self.task.network, self.task.input, attribution, self.task.baseline)
        return CellMap(attribution, task, (cells.rows, cells.columns), values, self.cache)


def _task_of(model: Network, image: Tensor, attribution: Attribution, baseline: Baseline) -> Task:
    """Return what a map explains; of a map in units of its own, the logit."""
    # LRP or gradients are in no unit of a score; they explain the logit.
    output = cast(Any, attribution.unit if attribution.unit in OUTPUTS else "logit")
    window = attribution.window
    whole_picture = (window.height, window.width) == attribution.shape
    return Task(
        model,
        image,
        attribution.target,
        None if whole_picture else window,
        attribution.layer,
        baseline,
        output,
    )


def coarse_cells(attribution: Attribution) -> Cells:
    """Return the map's own cells, or 7 x 7 where these are many, or no grid."""
    cells = attribution.layout
    if cells.regular and cells.count <= MAX_CELLS:
        return cells
    return Cells.of(attribution.shape, attribution.window, COARSE)


def cell_means(values: Doubles, cells: Cells) -> Doubles:
    """Return the mean of values (H, W) over each of `cells`, (rows * columns,)."""
    return np.asarray(cells.sums(values) / cells.areas)


def cell_errors(attribution: Attribution, cells: Cells) -> Doubles | None:
    """Return the standard errors (cells,) of `Attribution.sums`; None where the map has none.

    The errors of the map's own cells count as independent. Of cells that are no grid, parts are not
    known to be shared out by rows and columns: they have none.
    """
    if not attribution.layout.regular:
        return None
    # An error that is not known yet, as of a single pair of coalitions, is infinite.
    if attribution.standard_error is None or not np.isfinite(attribution.standard_error).all():
        return None
    rows = _overlaps(attribution.row_edges, cells.row_edges)
    columns = _overlaps(attribution.column_edges, cells.column_edges)
    # Var(sum of w v) = sum of w^2 Var(v), errors of cells being taken as independent.
    variances = attribution.standard_error.astype(np.float64) ** 2
    return np.asarray(np.sqrt(rows**2 @ variances @ (columns**2).T).ravel())


def _overlaps(edges: tuple[int, ...], coarser: tuple[int, ...]) -> Doubles:
    """Return which share of each interval between `edges` lies in each of another row of edges."""
    begins, ends = np.array(edges[:-1]), np.array(edges[1:])
    first, last = np.array(coarser[:-1])[:, None], np.array(coarser[1:])[:, None]
    common = np.minimum(ends, last) - np.maximum(begins, first)
    # (coarser, finer): how much of each finer cell belongs to each coarser one.
    return np.asarray(np.clip(common, 0, None) / (ends - begins))


def check_counts(**counts: int) -> None:
    """Raise InputError unless each is a whole number of at least 2; a seed of at least 0."""
    for name, count in counts.items():
        whole(name, count, 0 if name == "seed" else 2)
