"""`compare`: many pictures, several methods, several measures, and how surely they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import listed, whole
from xaiwidgets.cluster import map_items
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation._cell_map import (
    GridSize,
    UnmeasurableMapError,
    read_inputs,
    read_references,
    resolve_method,
)
from xaiwidgets.evaluation._metrics import METRICS, MeasuredMap, check_metrics
from xaiwidgets.evaluation._table import EvaluationTable
from xaiwidgets.evaluation._trivial import TRIVIAL
from xaiwidgets.images import Baseline, Window
from xaiwidgets.methods import Cells, Method, Task
from xaiwidgets.network import Network, require_network
from xaiwidgets.work import Budget, Steps, Work, relay, run, work

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PictureJob:
    """All that is measured of one picture: plain data, that a worker can be sent."""

    network: Network
    image: Tensor
    methods: tuple[Method, ...]
    metrics: tuple[str, ...]
    grid: GridSize
    baseline: Baseline
    seed: int
    references: Tensor | None = None
    window: Window | None = None


def measure_picture(job: PictureJob) -> Doubles:
    """Return the numbers (methods, metrics) of one picture; NaN where a map has none."""
    return run(measurement_steps(job))


def measurement_steps(job: PictureJob) -> Steps[Doubles]:
    """Do what `measure_picture` does, step by step."""
    numbers = np.full((len(job.methods), len(job.metrics)), np.nan)
    task = Task(job.network, job.image, baseline=job.baseline, references=job.references)
    for row, method in enumerate(job.methods):
        # Once a method, for all measures: what one has evaluated is in the cache of the next.
        (attribution,) = yield from method.explain([task])
        measured = MeasuredMap(
            job.network, job.image, method, attribution, job.grid, job.baseline, job.seed,
            job.references, job.window,
        )  # fmt: skip
        for column, name in enumerate(job.metrics):
            try:
                numbers[row, column] = yield from METRICS[name].measure(measured)
            except UnmeasurableMapError:
                continue  # the table says of how many pictures its means are
    return numbers


@work
def compare(
    model: Network,
    images: Any,
    methods: Sequence[Method | str],
    metrics: Sequence[str] | str | None = None,
    *,
    windows: Window | Sequence[Window] | None = None,
    grid: GridSize = 7,
    baseline: Baseline = 0.0,
    seed: int = 0,
    references: Any = None,
    executor: Executor | None = None,
    budget: Budget | None = None,
) -> Steps[EvaluationTable]:
    """Measure the maps of several methods on many pictures, beside maps that know no network.

    All methods are measured with the same cells, sets of cells and random orders, so that what one
    of them has evaluated serves all.

    Parameters
    ----------
    model : Classifier
    images : tensor (P, C, H, W) or sequence of pictures
        At least 2. Intervals are of the mean over pictures, taken as independent.
    methods : sequence of Method or str
    metrics : sequence of str, optional
        Names of `METRICS`; by default deletion, insertion, fidelity and exact, with windows also
        pointing, mass and top. A metric of maps in other units than the score's is of their order,
        or of their best multiple.
    windows : Window, or sequence of P, optional
        The true places, for localisation.
    grid : int or (int, int)
        Cells that are removed.
    baseline : float, str or Tensor
        What is shown in their place. Results with different baselines do not compare.
    seed : int
    references : pictures, optional
        For methods that need them; the other pictures, where there are none.
    executor : concurrent.futures.Executor, optional
        Threads, processes, or Dask's ``Client.get_executor()``, each of which takes a picture at a
        time; by default this process.
    budget : Budget, optional
        `max_trial` pictures, `max_time` seconds: the table is of those that are done by then.

    Raises
    ------
    InputError
        At once: fewer than 2 pictures, an unknown metric or method, a window that leaves a picture,
        what is no executor. Later, if the budget ends before any picture is done.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import LRP
    >>> images = datasets.digits("test").images[:3]
    >>> table = compare(zoo.digits(), images, [LRP()], ["exact"], grid=4).run()
    >>> table.methods
    ('LRP', 'Centre bump', 'Edge map')
    """
    inputs = read_inputs(require_network(model), images, least=2)
    others = read_references(model, references, inputs[0])
    if isinstance(methods, str | Method):
        methods = [methods]
    # The trivial maps are rows of every table: a method that is not better than these says nothing.
    like = inputs if others is None else others
    rows = (*(resolve_method(each, like) for each in listed("methods", methods)), *TRIVIAL)
    names = check_metrics(metrics, windows is not None)
    whole("seed", seed, 0)
    places = _windows(windows, inputs)
    jobs = [
        PictureJob(model, x, rows, names, grid, baseline, seed, _others(others, inputs, n), window)
        for n, (x, window) in enumerate(zip(inputs, places, strict=True))
    ]
    task = Task(model, inputs[0], baseline=baseline)  # checks the baseline
    Cells.of(task.shape, task.region, grid)  # checks the grid
    # The network and the methods go to each worker once, the pictures one by one.
    shared = replace(jobs[0], references=None, window=None)
    pictures = [(job.image, job.references, job.window) for job in jobs]
    measuring = map_items(_measure, pictures, shared=shared, executor=executor, budget=budget)
    return _compare(shared, measuring)


def _compare(shared: PictureJob, measuring: Work[dict[int, Doubles]]) -> Steps[EvaluationTable]:
    def table_so_far(numbers: Mapping[int, Doubles]) -> EvaluationTable | None:
        # Of one picture there is no spread yet, and so no interval.
        return _table(shared, numbers) if len(numbers) > 1 else None

    numbers = yield from relay(measuring, lambda progress: progress.map(table_so_far))
    if not numbers:
        raise InputError("the budget ended before a picture was done; give it more")
    return _table(shared, numbers)


def _measure(
    shared: PictureJob, picture: tuple[Tensor, Tensor | None, Window | None]
) -> Steps[Doubles]:
    image, references, window = picture
    return measurement_steps(replace(shared, image=image, references=references, window=window))


def _table(job: PictureJob, numbers: Mapping[int, Doubles]) -> EvaluationTable:
    labels = [method.label for method in job.methods]
    # Two of one kind with other settings are told apart by these.
    names = [
        repr(method) if labels.count(method.label) > 1 else method.label for method in job.methods
    ]
    return EvaluationTable(tuple(names), job.metrics, np.stack(list(numbers.values()), axis=-1))


def _windows(
    windows: Window | Sequence[Window] | None, inputs: Tensor
) -> list[Window] | list[None]:
    if windows is None:
        return [None] * len(inputs)
    places = [windows] * len(inputs) if isinstance(windows, Window) else list(windows)
    if len(places) != len(inputs):
        raise InputError(f"windows has {len(places)} for {len(inputs)} pictures; give one for each")
    for window in places:
        if not isinstance(window, Window):
            raise InputError(f"a window is {window!r}; use Window(top, left, height, width)")
        window.inside(inputs.shape)
        if (window.height, window.width) == tuple(inputs.shape[-2:]):
            raise InputError(f"window {window} is all of its picture, in which every map lies")
    return places


def _others(references: Tensor | None, inputs: Tensor, number: int) -> Tensor:
    """Return the references, or else all pictures but one: none is hidden behind itself."""
    if references is not None:
        return references
    return inputs[[place for place in range(len(inputs)) if place != number]]
