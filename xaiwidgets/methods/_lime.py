"""LIME: a linear model of how the score depends on which cells are seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache, digest
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._memo import memoised
from xaiwidgets.methods._method import Task, check_supported
from xaiwidgets.methods._passes import select_scores
from xaiwidgets.methods._truncated import evaluated
from xaiwidgets.work import Progress, Steps, relay, work

PENALTY, WIDTH = 0.01, 0.25
"""How strong the lasso is, and how wide LIME's kernel for pictures; both as in captum."""


@dataclass(frozen=True)
class LIME:
    """LIME (Ribeiro et al. 2016, eq. 1) on a grid: a lasso of the score on which cells are seen.

    Coalitions of cells are drawn, each cell present with probability 1/2; what is absent is at the
    baseline. They are weighted by ``exp(-d^2 / (2 * 0.25^2))``, d their cosine distance from the
    whole input. A cell's value is its coefficient, in units of the score, shrunk by the lasso, so
    that a map does not sum to the score.

    Parameters
    ----------
    cells : int, optional
        The window is cut into cells x cells; by default 7, or as many as give 2 x 2 pixels.
        Of an input of one row (a sentence) into columns; by default each is one.
    samples : int
        Evaluations of each input; one set of samples serves all classes.
    seed : int
        Draws the coalitions.

    Raises
    ------
    InputError
        If a number is too small, or there are more cells than pixels.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import LIME, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> LIME(cells=4, samples=100).explain([task]).run()[0].cells.shape
    (4, 4)
    """

    label: ClassVar[str] = "LIME"
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = True

    cells: int | None = None
    samples: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", whole("samples", self.samples))
        object.__setattr__(self, "seed", whole("seed", self.seed, 0))
        if self.cells is not None:
            object.__setattr__(self, "cells", whole("cells", self.cells))

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; those of one input share its evaluations."""
        check_supported(self, tasks, "window", "layer", "baseline", "output")
        for task in tasks:
            self._cells(task)
        return memoised(self, tasks, cache, self._explain)

    def incompatibility(self, task: Task) -> str | None:
        """Return None: any network is valid, as it is only evaluated."""
        return None

    def _cells(self, task: Task) -> Cells:
        if task.shape[0] == 1:
            # Of what has one row, such as a sentence, every column is a cell.
            return Cells.of(task.shape, task.region, (1, self.cells or 49))
        side = min(task.region.height, task.region.width)
        if self.cells is not None and self.cells > side:
            raise InputError(f"cells is {self.cells}; the pictures' shorter side has {side} pixels")
        count = min(7, max(1, side // 2)) if self.cells is None else self.cells
        return Cells.of(task.shape, task.region, count)

    def _explain(self, tasks: Sequence[Task]) -> Steps[list[Attribution]]:
        started = time.perf_counter()
        logits: dict[object, Tensor] = {}  # of all coalitions, by what was evaluated
        maps: list[Attribution] = []
        for task in tasks:
            grid = self._cells(task)
            masks = draw_coalitions(grid.rows * grid.columns, self.samples, self.seed)
            # Without the class or the score: one set of samples answers for all of them.
            key = id(task.network), task.layer, grid, digest(task.input), digest(task.absent)
            paid = 0
            if key not in logits:
                logits[key] = yield from self._logits(task, grid, masks, len(maps), len(tasks))
                # Paid by the first map that uses them.
                paid = len(masks) + 1
            target = task.network.index(task.predicted(), logits[key].shape[1])
            wanted = torch.full((len(masks) + 1,), target, device="cpu")
            # In double precision, as probabilities near 1 have few digits left in float32.
            scores = select_scores(task.network, logits[key].double(), wanted, task.output)
            coefficients = fit(masks.numpy(), scores[1:].numpy())
            yield Progress(len(maps), len(tasks), self.label)
            maps.append(
                task.attribution(
                    self,
                    grid,
                    coefficients,
                    target,
                    output=float(scores[0]),
                    evaluations=len(masks) + 1,
                    paid=paid,
                    exact=False,
                    seconds=time.perf_counter() - started,
                    seed=int(self.seed),
                    device=str(task.network.device),
                )
            )
        return maps

    def _logits(
        self, task: Task, grid: Cells, masks: Tensor, done: int, total: int
    ) -> Steps[Tensor]:
        """Return the logits of the whole input, then of each coalition (samples + 1, K)."""
        numbers = grid.numbers()
        # What is outside of the window has the last number, and is in no coalition.
        present = torch.nn.functional.pad(masks, (0, 1)).bool()
        # The whole input is not in the fit; it only gives the score that is shown.
        whole_input = torch.cat(
            [torch.ones(1, masks.shape[1], device="cpu"), torch.zeros(1, 1, device="cpu")], 1
        ).bool()
        present = torch.cat([whole_input, present])

        def compose(begin: int, end: int) -> Tensor:
            present_pixels = present[begin:end, numbers][:, None]
            return torch.where(present_pixels, task.input, task.absent)

        steps = evaluated(task, len(present), compose)
        return (yield from relay(steps, lambda _: Progress(done, total, self.label)))


def draw_coalitions(cells: int, count: int, seed: int) -> Tensor:
    """Return coalitions (count, cells) of 0 and 1."""
    draw = seeded(seed)
    half = torch.full((1, cells), 0.5, device="cpu")
    # One after the other, as captum draws them, but not from the global random state.
    return torch.cat([torch.bernoulli(half, generator=draw) for _ in range(count)])


def fit(masks: NDArray[np.float32], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the coefficients (cells,) of the weighted lasso of scores on coalitions."""
    from sklearn.linear_model import Lasso  # only here: it takes a second to import

    # The cosine between a coalition of n of N cells and the whole of them is sqrt(n / N).
    distance = 1 - np.sqrt(masks.mean(1))
    weights = np.exp(-(distance**2) / (2 * WIDTH**2))
    # Without a state of its own it would draw from NumPy's global one, which is the user's.
    fitted = Lasso(alpha=PENALTY, random_state=0).fit(masks, scores, sample_weight=weights)
    return np.asarray(fitted.coef_)
