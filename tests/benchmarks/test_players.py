"""Cells that are cut where they carry much, and segments, against grids at the same budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.integrate import trapezoid
from torch import Tensor

from tests.benchmarks import planted
from tests.benchmarks.conftest import Table
from tests.benchmarks.games import PHOTOGRAPHS
from xaiwidgets import Classifier, datasets, zoo
from xaiwidgets.methods import Adaptive, Attribution, Cache, Segments, Shapley, Task

GRIDS: dict[str, Any] = {
    "7 x 7": 7, "10 x 10": 10, "14 x 14": 14, "adaptive": Adaptive(), "segments": Segments(),
}  # fmt: skip
BUDGET = 400
"""Evaluations of a map of a photograph: two processor minutes in all, where 1,024 took five."""

STEPS = 20
"""Shares of the picture at which deletion and insertion are evaluated."""


def explained(task: Task, grid: Any, budget: int = BUDGET) -> Attribution:
    return Shapley(budget, grid).explain([task], Cache()).run()[0]


def areas(model: Classifier, task: Task, values: NDArray[np.float32]) -> tuple[float, float]:
    """Return the areas under the evaluated deletion and insertion curves, of the probability.

    Pixels go and come one by one, those of the largest values first.
    """
    rank = np.argsort(np.argsort(-values.ravel(), kind="stable")).reshape(values.shape)
    counts = np.linspace(0, values.size, STEPS + 1)
    gone = torch.from_numpy(rank < counts[:, None, None])[:, None]
    curves = (
        model.logits(torch.where(shown, task.input, task.absent)).softmax(1)[:, task.target]
        for shown in (~gone, gone)
    )
    deletion, insertion = (float(trapezoid(curve, dx=1 / STEPS)) for curve in curves)
    return deletion, insertion


@pytest.mark.usefixtures("one_thread")
def test_deletion_and_insertion_of_photographs(
    table: Table, benchmark: Callable[..., object]
) -> None:
    model = zoo.efficientnet_lite0()

    def measure() -> dict[str, NDArray[Any]]:
        tasks = []
        for name in PHOTOGRAPHS:
            picture = model.input(zoo.photographs(name)[name])
            tasks.append(Task(model, picture, model.predict(picture).index))
        return {
            name: np.mean([areas(model, t, explained(t, grid).values) for t in tasks], axis=0)
            for name, grid in GRIDS.items()
        }

    found = benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    told = "; ".join(f"{name}: {low:.3f}, {high:.3f}" for name, (low, high) in found.items())
    table.add("deletion (less is better) and insertion (more is), evaluated, of maps of four "
              f"photographs, {BUDGET} evaluations each", told, "reported")  # fmt: skip


def inside(values: NDArray[np.float32], square: NDArray[Any]) -> tuple[float, bool]:
    """Return which share of what speaks for the class is in the square; whether the largest is."""
    positive = np.maximum(values, 0).astype(np.float64)
    share = float((positive * square).sum() / max(positive.sum(), 1e-30))
    return share, bool(square.ravel()[values.argmax()] > 0.5)


def marked_pictures(model: Classifier, count: int) -> Tensor:
    """Return pictures of other classes that are called shirts because of the square."""
    test = datasets.fashion_mnist("test")
    others = planted.pictures(test)[torch.from_numpy(test.labels) != planted.SHIRT][: 4 * count]
    images = planted.drawn(planted.with_square(others))
    return images[model.logits(images).argmax(1) == planted.SHIRT][:count]


@pytest.mark.usefixtures("one_thread")
def test_localisation_of_the_planted_square(table: Table, benchmark: Callable[..., object]) -> None:
    model = Classifier(planted.train(*planted.training(), epochs=3))
    square = planted.drawn(planted.with_square(torch.zeros(1, 1, planted.SIDE, planted.SIDE)))
    where = square[0, 0].numpy() / planted.GREY

    def measure() -> dict[str, NDArray[Any]]:
        tasks = [Task(model, image, planted.SHIRT) for image in marked_pictures(model, 30)]
        return {
            name: np.mean([inside(explained(t, grid, 256).values, where) for t in tasks], axis=0)
            for name, grid in GRIDS.items()
        }

    found = benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    told = "; ".join(f"{name}: {share:.0%}, {most:.0%}" for name, (share, most) in found.items())
    table.add("share of the evidence in the planted square, and how often the largest is there, "
              "30 pictures, 256 evaluations each", told, "reported")  # fmt: skip
