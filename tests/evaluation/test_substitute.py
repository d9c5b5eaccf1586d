"""The substitute task: what a simple model learns from the cells that maps keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests.evaluation.helpers import Given, Linear, map_of
from xaiwidgets import Classifier
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation import ConstantMapError, substitute
from xaiwidgets.evaluation._substitute import _largest
from xaiwidgets.intervals import share_interval
from xaiwidgets.work import Progress, work

GENERATOR = torch.Generator().manual_seed(0)
LABELS = np.arange(40) % 2
IMAGES = 0.3 * torch.rand(40, 1, 4, 4, generator=GENERATOR) + 0.1
IMAGES[:, 0, 1, 1] += torch.from_numpy(LABELS).float()  # the class is in this pixel


@dataclass(frozen=True)
class PointsAt:
    """Says that one cell matters; of pictures of the second class, another one, if told to."""

    label: ClassVar[str] = "Points"
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = False

    cell: int
    second: int | None = None

    def incompatibility(self, task: Any) -> None:
        """Any network is valid."""

    @work
    def explain(self, tasks: Any, cache: Any = None) -> Any:
        def steps() -> Any:
            yield Progress(0, len(tasks))
            maps = []
            for task in tasks:
                bright = bool(task.input[0, 1, 1] > 0.7)
                cell = self.second if bright and self.second is not None else self.cell
                values = np.zeros(16)
                values[cell] = 1
                maps.append(map_of(task.network, task.input, values.reshape(4, 4)))
            return maps

        return steps()


def test_who_points_at_the_class_keeps_it() -> None:
    model = Classifier(Linear(16))
    right = substitute(model, IMAGES, LABELS, PointsAt(5), share=1 / 16).run()
    assert right.top.value == 1
    assert right.mask.value == right.majority == 0.5
    assert right.everything.value > 0.9
    assert 0.3 < right.random.value < 0.8
    assert right.share == 1 / 16
    assert right.top == share_interval(40, 40)
    wrong = substitute(model, IMAGES, LABELS, PointsAt(0), share=1 / 16).run()
    assert wrong.top.value < 0.8


def test_a_map_that_gives_the_class_away_by_its_shape_is_said_to() -> None:
    leaking = substitute(Classifier(Linear(16)), IMAGES, LABELS, PointsAt(0, 15), share=1 / 16)
    assert leaking.run().mask.value == 1


def test_by_default_shapley_values_of_the_same_cells() -> None:
    result = substitute(Classifier(Linear(16)), IMAGES[:12], LABELS[:12], grid=2, folds=2).run()
    assert result.method == "Shapley values"
    assert result.share == 0.25


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"labels": LABELS[:39]}, "labels has 39 values for 40"),
        ({"labels": [0] * 40}, "at least 2 classes"),
        ({"labels": [0] * 37 + [1] * 3}, "of 5 pictures each"),
        ({"share": 1.0}, "share is 1.0"),
        ({"folds": 1}, "folds is 1"),
        ({"method": 3}, "method is 3"),
        ({"grid": 0}, "grid is 0"),
    ],
)
def test_what_cannot_be_used_is_refused(settings: dict[str, Any], message: str) -> None:
    usual: dict[str, Any] = {"images": IMAGES, "labels": LABELS, "method": Given()}
    with pytest.raises(InputError, match=message):
        substitute(Classifier(Linear(16)), **{**usual, **settings})


def test_constant_maps_are_refused() -> None:
    images = torch.cat([IMAGES[:9], torch.ones(1, 1, 4, 4)])
    with pytest.raises(ConstantMapError, match="picture 9"):
        substitute(Classifier(Linear(16)), images, LABELS[:10], Given()).run()


def test_as_many_cells_are_kept_as_are_due() -> None:
    values = np.array([[3.0, -1.0, 2.0, 2.0], [0.0, 0.0, 0.0, 1.0]])
    kept = _largest(values, 2)
    assert kept.tolist() == [[True, False, True, False], [True, False, False, True]]
