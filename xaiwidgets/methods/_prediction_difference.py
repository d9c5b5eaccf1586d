"""Prediction difference analysis: what a window says that its surroundings do not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch

from xaiwidgets.errors import InputError
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache, digest
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._memo import memoised
from xaiwidgets.methods._method import Task, check_supported
from xaiwidgets.methods._sliding_windows import (
    NOTHING,
    Sliding,
    check_sliding_settings,
    differences,
    make_imputer,
)
from xaiwidgets.work import Steps, relay, work


@dataclass(frozen=True)
class PredictionDifference:
    """Prediction difference analysis (Zintgraf et al. 2017, eq. 1 to 3), with `Task.references`.

    A window slides over the picture, its content is drawn anew from pictures like it, and the
    average prediction is that of a network to which the window is unknown. A pixel's value is the
    weight of evidence, ``log2 odds(c | x) - log2 odds(c | x without window)``, on average over the
    windows that cover it: in bits, and not summing to the whole evidence.

    Without references, those of a task are the other inputs that are asked about with it.

    Parameters
    ----------
    window, stride : int, optional
        The side of the window, and from one to the next, as for `prediction_difference`.
    samples : int
        How often a window is drawn anew.
    sampling : "conditional" or "marginal", optional
        Drawn given what surrounds the window, or not; by default given it where there are
        references.
    seed : int
        Of the drawing.

    Raises
    ------
    InputError
        If a setting cannot be used, or there is nothing to draw from.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import PredictionDifference, Task
    >>> model = zoo.digits()
    >>> images = model.batch(datasets.digits("test").images[:50])
    >>> task = Task(model, images[0], references=images[1:])
    >>> PredictionDifference(samples=2).explain([task]).run()[0].unit
    'bits'
    """

    label: ClassVar[str] = "PDA"
    needs: ClassVar[frozenset[str]] = frozenset({"references"})
    has_baseline: ClassVar[bool] = False

    window: int | None = None
    stride: int | None = None
    samples: int = 8
    sampling: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        check_sliding_settings(
            self.window, self.stride, self.samples, self.sampling, "evidence", self.seed
        )
        for name in ("window", "stride", "samples", "seed"):
            if (number := getattr(self, name)) is not None:
                object.__setattr__(self, name, int(number))  # NumPy's have no text in a query

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; those of one input share its evaluations."""
        check_supported(self, tasks, "window", "baseline")
        for task in tasks:
            Sliding.over(task.region, self.window, self.stride)  # checks their sizes
        every = all(task.references is not None for task in tasks)
        sampling = self.sampling or ("conditional" if every else "marginal")
        tasks = [_with_references(task, tasks) for task in tasks]

        def compute(part: Sequence[Task]) -> Steps[list[Attribution]]:
            return self._explain(part, sampling)

        return memoised(self, tasks, cache, compute, sampling)

    def incompatibility(self, task: Task) -> str | None:
        """Return None: any network is valid, as it is only evaluated."""
        return None

    def _explain(self, tasks: Sequence[Task], sampling: str) -> Steps[list[Attribution]]:
        started = time.perf_counter()
        maps: dict[int, Attribution] = {}
        for rows in _groups(tasks):
            first = tasks[rows[0]]
            # Pictures asked about for several classes are looked at once.
            distinct = {digest(tasks[row].visible_input): tasks[row].visible_input for row in rows}
            places = {key: place for place, key in enumerate(distinct)}
            pictures, references = torch.stack(list(distinct.values())), first.references
            sliding = Sliding.over(first.region, self.window, self.stride)
            imputer = make_imputer(
                pictures, references, sampling, sliding.width, self.samples, self.seed
            )
            evidence, windows = yield from relay(
                differences(first.network, pictures, imputer, sliding, "evidence"),
                lambda progress: progress.noted(self.label),
            )
            # The whole picture, and each window as often as it is drawn.
            evaluations = 1 + len(sliding.places) * imputer.count
            unpaid = set(places.values())
            for row in rows:
                task, place = tasks[row], places[digest(tasks[row].visible_input)]
                target = task.network.index(task.predicted(), evidence.shape[1])
                maps[row] = task.attribution(
                    self,
                    Cells.pixels(task.shape, task.region),
                    sliding.spread(windows[place : place + 1, target])[0],
                    target,
                    unit="bits",
                    output=float(evidence[place, target]),
                    evaluations=evaluations,
                    paid=evaluations if place in unpaid else 0,
                    exact=False,
                    seconds=time.perf_counter() - started,
                    seed=int(self.seed),
                    device=str(task.network.device),
                )
                unpaid.discard(place)
        return [maps[row] for row in range(len(tasks))]


def _with_references(task: Task, tasks: Sequence[Task]) -> Task:
    """Return the task with the other inputs of its shape as references, if it has none."""
    if task.references is not None:
        return task
    others = {digest(t.input): t.input for t in tasks if t.input.shape == task.input.shape}
    # A picture must not be hidden behind itself: that would change nothing.
    others.pop(digest(task.input))
    if not others:
        raise InputError(NOTHING)
    return replace(task, references=torch.stack(list(others.values())))


def _groups(tasks: Sequence[Task]) -> list[list[int]]:
    """Return the numbers of tasks that can share windows and what these are drawn from."""
    groups: dict[object, list[int]] = {}
    for number, task in enumerate(tasks):
        references = None if task.references is None else digest(task.references)
        key = id(task.network), task.shape, task.region, references
        groups.setdefault(key, []).append(number)
    return list(groups.values())
