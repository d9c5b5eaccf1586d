"""Tasks: what every method is given is checked before any method sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests import models
from xaiwidgets import Window
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.heatmap import map_colors
from xaiwidgets.methods import Attribution, Cells, Task, check_supported
from xaiwidgets.network import Network

NETWORK = Network(models.small(), classes=["cat", "dog", "bird", "fish"])
INPUT = torch.rand(3, 12, 10, generator=torch.Generator().manual_seed(0))
TASK = Task(NETWORK, INPUT)


@dataclass(frozen=True)
class Plain:
    """A method of nothing, for its name."""

    label: ClassVar[str] = "plain"
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = False
    setting: int = 3

    def explain(self, tasks: Any, cache: Any = None) -> Any:
        raise NotImplementedError

    def incompatibility(self, task: Task) -> None:
        """Any network is valid."""


def attribution(task: Task = TASK, **facts: Any) -> Attribution:
    cells = Cells.of(task.shape, task.region, 2)
    how = {"output": 1.0, "evaluations": 1, "paid": 1, "exact": True, "seconds": 0.1}
    return task.attribution(Plain(), cells, range(4), 2, device="cpu", **how, **facts)


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"network": NETWORK.net}, "network is a Sequential"),
        ({"input": INPUT[0]}, "shape"),
        ({"input": INPUT * torch.nan}, "NaN"),
        ({"window": Window(0, 0, 13, 2)}, "leaves the picture"),
        ({"target": 4}, "class 4 does not exist"),
        ({"target": -1}, "class -1 does not exist"),
        ({"output": "loss"}, "output is 'loss'"),
        ({"baseline": "black"}, "baseline is 'black'"),
        ({"baseline": INPUT[:, 1:]}, "the baseline has shape"),
        ({"layer": "0"}, "layer '0' has no probe"),
    ],
)
def test_a_wrong_task_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Task(**{"network": NETWORK, "input": INPUT, **wrong})


def test_the_region_is_the_window_or_the_whole_input() -> None:
    assert TASK.region == Window(0, 0, 12, 10)
    assert replace(TASK, window=Window(1, 2, 3, 4)).region == Window(1, 2, 3, 4)


def test_the_class_explained_is_the_target_else_the_choosers() -> None:
    other = Network(models.small(seed=5))
    bias = torch.eye(4)[2] * 100
    other.net[-1].bias.data += bias  # type: ignore[operator, union-attr]
    assert TASK.predicted() == NETWORK.predict(INPUT).index != 2
    assert replace(TASK, chooser=other).predicted() == 2
    assert replace(TASK, chooser=other, target=1).predicted() == 1


def test_an_attribution_says_what_it_answers_and_how() -> None:
    task = replace(TASK, window=Window(2, 2, 4, 6), output="probability", query="select it")
    found = attribution(task)
    assert (found.label, found.target, found.unit) == ("bird", 2, "probability")
    assert found.window == task.region
    assert found.query == "select it"
    assert eval(found.method) == Plain()
    assert found.cells.tolist() == [[0, 1], [2, 3]]
    np.testing.assert_array_equal(found.picture, NETWORK.picture(INPUT))


def test_what_a_method_does_not_know_survives_json_and_is_not_drawn() -> None:
    found = attribution()
    assert (found.standard_error, found.baseline_output, found.residual) == (None, None, None)
    again = Attribution.from_json(found.to_json())
    assert again == found
    assert again.standard_error is None
    assert again.method == "Plain(setting=3)"
    plain, hatched = (
        replace(found, standard_error=error).plot().axes[0].collections
        for error in (None, np.ones((2, 2), np.float32))
    )
    assert len(hatched) == len(plain) + 1


def test_a_map_is_drawn_over_its_window_alone() -> None:
    found = attribution(replace(TASK, window=Window(2, 2, 4, 6)))
    picture, cells = found.plot(limit=3).axes[0].images
    assert picture.get_extent() == [0, 10, 12, 0]
    assert cells.get_extent() == [2, 8, 6, 2]
    drawn = cells.get_array()
    first, *_, last = map_colors(found.cells, 3).reshape(-1, 4)
    assert (drawn[:2, :3] == first).all()
    assert (drawn[-2:, -3:] == last).all()
    smooth = found.plot(limit=3, look="smooth").axes[0].images[1].get_array()
    assert smooth.shape == drawn.shape
    assert len(np.unique(smooth[..., 3])) > len(np.unique(drawn[..., 3]))


def test_an_unknown_look_is_refused() -> None:
    with pytest.raises(InputError, match='look is \'blur\'; use "cells" or "smooth"'):
        attribution().plot(look="blur")  # type: ignore[arg-type]


def test_a_file_of_a_former_version_is_read() -> None:
    found = attribution(standard_error=np.array([0, 1, np.inf, 2]), residual=0.5, seed=7)
    fields = json.loads(found.to_json())
    assert fields.pop("method")
    former = Attribution.from_json(json.dumps(fields))
    assert former == replace(found, method="")
    assert former.standard_error is not None
    assert former.standard_error.tolist() == [[0, 1], [np.inf, 2]]


@pytest.mark.parametrize(
    "asks",
    [{"window": Window(0, 0, 4, 4)}, {"baseline": 1.0}, {"baseline": INPUT}, {"baseline": "mean"},
     {"output": "probability"}],
)  # fmt: skip
def test_what_a_method_cannot_honour_is_refused(asks: dict[str, Any]) -> None:
    task, (name,) = replace(TASK, **asks), asks
    with pytest.raises(CompositionError, match=f"plain cannot honour the {name}"):
        check_supported(Plain(), [TASK, task])
    check_supported(Plain(), [TASK, task], name)


def test_what_nobody_asks_for_is_honoured_by_all() -> None:
    check_supported(Plain(), [TASK, replace(TASK, baseline="zeros"), replace(TASK, target=1)])
    with pytest.raises(InputError, match="no tasks"):
        check_supported(Plain(), [])
