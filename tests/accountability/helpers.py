"""Small data, small networks, and executors, for these tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from xaiwidgets import accountability, datasets
from xaiwidgets.accountability import SearchResult
from xaiwidgets.work import Budget, run

Arrays = tuple[NDArray[Any], NDArray[Any]]

DIGITS, TESTED = (
    (part.images, part.labels) for part in (datasets.digits("train"), datasets.digits("test"))
)

SMALL: dict[str, Any] = {"hidden": (16,), "batch_size": 50, "learning_rate": 0.1, "epochs": 1}


def found(budget: Budget | None = None, data: Arrays = DIGITS, **settings: Any) -> SearchResult:
    """Search with small settings."""
    budget = Budget(max_trial=3) if budget is None else budget
    return run(accountability.search(data, budget=budget, **{**SMALL, **settings}))


def numbers(result: SearchResult) -> list[tuple[object, ...]]:
    """Return all that must be the same whoever trains."""
    return [
        (one.delta, one.number, one.accuracy, one.held_out_accuracy, one.loss, one.gain)
        for one in (result.baseline, *result.trials)
    ]


def alike(first: SearchResult, second: SearchResult) -> None:
    """Hold that two searches are the same, up to what the order of sums rounds."""
    for one, other in zip(numbers(first), numbers(second), strict=True):
        assert one[:4] == other[:4]
        assert one[4:] == pytest.approx(other[4:], rel=1e-6)


def separable(count: int = 60, seed: int = 0) -> Arrays:
    """Return points of two classes."""
    draw = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return (draw.normal(size=(count, 4)) + 3 * labels[:, None]).astype(np.float32), labels
