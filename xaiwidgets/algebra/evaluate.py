"""From an interpretation to its map: cells play the game, Shapley values are the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.algebra.attribution import Attribution
from xaiwidgets.algebra.game import Cells, CoalitionCache, Game
from xaiwidgets.algebra.shapley import Estimate, shapley
from xaiwidgets.checks import is_whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline, Window, baseline_picture, check_picture
from xaiwidgets.steps import Budget, Progress, Steps

if TYPE_CHECKING:
    from xaiwidgets.classifier import Classifier

OUTPUTS = ("logit", "probability")
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Question:
    """All that decides a map, checked when it is asked.

    Parameters
    ----------
    budget : int, Budget, or callable returning int
        Evaluations at most (`max_trial` of a Budget, which may have a `max_time`, too). A Budget
        and a callable are read before every batch, so that they can change.
    target : int, optional
        The class; by default the one predicted for the whole picture.
    query : str
        Kept with the result.
    """

    model: Classifier
    picture: Tensor
    window: Window | None = None
    target: int | None = None
    budget: int | Budget | Callable[[], int] = 1024
    seed: int = 0
    grid: int | tuple[int, int] = 7
    baseline: Baseline = 0.0
    output: str = "logit"
    query: str = ""

    def __post_init__(self) -> None:
        check_picture(self.picture)
        if self.output not in OUTPUTS:
            raise InputError(f"output is {self.output!r}; use 'logit' or 'probability'")
        if not is_whole(self.seed):
            raise InputError(f"seed is {self.seed!r}; use a whole number of at least 0")
        limited = isinstance(self.budget, Budget) and self.budget.max_trial is not None
        if not (limited or callable(self.budget) or is_whole(self.budget)):
            raise InputError(
                f"budget is {self.budget!r}; use a whole number of evaluations, or a Budget with "
                "max_trial"
            )
        self.cells, self.absent  # noqa: B018  both check what they are made of

    @property
    def cells(self) -> Cells:
        """The window (or the picture) cut into cells."""
        height, width = self.picture.shape[-2:]
        window = (self.window or Window(0, 0, height, width)).inside(self.picture.shape)
        return Cells.of((height, width), window, self.grid)

    @property
    def absent(self) -> Tensor:
        """The picture that absent cells show."""
        return baseline_picture(self.picture, self.baseline)

    def steps(self, cache: CoalitionCache | None = None) -> Steps[Attribution]:
        """Compute the map; the previews are attributions too.

        What `cache` knows is not evaluated again, and what is evaluated goes into it.
        """
        started = time.perf_counter()
        model, shown = self.model, self.model.picture(self.picture)
        logits = model.private_logits(self.picture[None])[0]
        best = int(logits.argmax()) if self.target is None else self.target
        target = model.index(best, len(logits))

        def attribution(estimate: Estimate) -> Attribution:
            seconds = time.perf_counter() - started
            return self._attribution(estimate, game, target, shown, seconds)

        yield Progress(0, None, "preparing the network")
        game = Game(model, self.picture, self.absent, self.cells, cache or CoalitionCache())
        estimates = shapley(
            lambda masks: score(game.logits(masks), target, self.output),
            game.players,
            budget=self._allowance(started),
            seed=self.seed,
            batch=game.twin.batch,
            positions=game.cells.centres,
        )
        while True:
            try:
                progress = next(estimates)
            except StopIteration as stop:
                return attribution(stop.value)
            yield replace(progress, preview=attribution(progress.preview))

    def _allowance(self, started: float) -> int | Callable[[], int]:
        budget = self.budget
        if not isinstance(budget, Budget):
            return budget

        def allowed() -> int:
            late = budget.max_time is not None and time.perf_counter() - started > budget.max_time
            return 2 if late else budget.max_trial or 2

        return allowed

    def _attribution(
        self, estimate: Estimate, game: Game, target: int, shown: Pixels, seconds: float
    ) -> Attribution:
        cells = game.cells
        size = (cells.rows, cells.columns)
        return Attribution(
            cells=estimate.values.reshape(size).astype(np.float32),
            standard_error=estimate.standard_error.reshape(size).astype(np.float32),
            row_edges=cells.row_edges,
            column_edges=cells.column_edges,
            shape=cells.shape,
            target=target,
            label=self.model.label(target),
            unit=self.output,
            output=estimate.full,
            baseline_output=estimate.empty,
            residual=estimate.full - estimate.empty - float(estimate.values.sum()),
            evaluations=estimate.evaluations,
            paid=game.paid,
            exact=estimate.exact,
            seconds=seconds,
            seed=int(self.seed),
            device=str(game.twin.device),
            query=self.query,
            picture=shown,
        )


def score(logits: NDArray[np.float32], target: int, output: str) -> NDArray[np.float64]:
    """Return the logit or the softmax probability of `target`, (B,), from logits (B, K)."""
    wide = logits.astype(np.float64)
    if output == "logit":
        return wide[:, target]
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(powers[:, target] / powers.sum(axis=1))
