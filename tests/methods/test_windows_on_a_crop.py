"""Maps of windows are those of whole evaluations."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.crops import (  # noqa: F401  the fixture
    clocks,
    game_of,
    is_exact,
    lively,
    plain,
    residual,
)
from tests.models import condition
from xaiwidgets import Network, Window, chain, copies, crop
from xaiwidgets.methods import (
    LIME,
    Adaptive,
    Cache,
    Occlusion,
    PredictionDifference,
    Shapley,
    Task,
    _cropping,
    _shapley,
)
from xaiwidgets.work import run

METHOD = Shapley(budget=256, grid=(3, 4))
WINDOW = Window(12, 10, 8, 8)


def task_of(net: nn.Module, **settings: Any) -> Task:
    picture = torch.randn(3, 33, 30, generator=torch.Generator().manual_seed(2))
    return Task(Network(net, output="logits"), picture, 1, **{"window": WINDOW, **settings})


def notes(steps: Iterator[Any]) -> list[str]:
    return [progress.note for progress in steps]


def was_cropped(steps: Iterator[Any]) -> bool:
    return any("preparing the window" in note for note in notes(steps))


@pytest.mark.parametrize("baseline", [0.0, "blur", "mean"])
def test_maps_are_those_of_whole_evaluations(
    monkeypatch: pytest.MonkeyPatch, baseline: Any
) -> None:
    net = lively(residual())
    (on_crop,) = METHOD.explain([task_of(net, baseline=baseline)]).run()
    monkeypatch.setattr(_shapley, "CROPPED_FROM", 1000)
    (whole,) = METHOD.explain([task_of(net, baseline=baseline)]).run()
    scale = np.abs(whole.cells).max()
    assert scale > 0 and np.abs(on_crop.cells - whole.cells).max() <= 1e-4 * scale
    assert on_crop.evaluations == whole.evaluations and on_crop.paid == whole.paid


def test_small_budgets_and_known_answers_do_not_ask() -> None:
    task = task_of(lively(plain()))
    assert not was_cropped(Shapley(budget=255, grid=(3, 4)).explain([task]))
    assert was_cropped(METHOD.explain([task]))
    task = task_of(lively(plain()))
    METHOD.explain([task]).run()
    other = Task(task.network, task.input, 2, WINDOW)
    assert not was_cropped(METHOD.explain([other]))
    assert not was_cropped(METHOD.explain([Task(task.network, task.input, 1)]))


def test_a_network_is_read_once() -> None:
    task = task_of(lively(plain()))
    first = notes(METHOD.explain([task]))
    moved = Task(task.network, task.input, 1, Window(3, 3, 8, 8))
    second = notes(METHOD.explain([moved]))
    read = [any("looking at the layers" in note for note in each) for each in (first, second)]
    assert read == [True, False]


def test_the_picture_before_and_after_an_edit_side_by_side() -> None:
    network = Network(lively(residual()), output="logits")
    pictures = torch.randn(2, 3, 33, 30)
    tasks = [Task(network, each, 1, WINDOW, baseline="blur") for each in pictures]
    both = METHOD.explain(tasks, Cache()).run()
    for task, together in zip(tasks, both, strict=True):
        (alone,) = METHOD.explain([task], Cache()).run()
        assert np.abs(together.cells - alone.cells).max() <= 1e-5 * np.abs(alone.cells).max()
    assert np.abs(both[0].cells - both[1].cells).max() > 0


def test_weights_that_change_in_between_are_seen() -> None:
    net = lively(residual())
    task = task_of(net)
    METHOD.explain([task]).run()
    with torch.no_grad():
        net[0].weight.mul_(-1)
    (after,) = METHOD.explain([task]).run()
    (fresh,) = METHOD.explain([task_of(copy.deepcopy(net))]).run()
    assert np.abs(after.cells - fresh.cells).max() <= 1e-5 * np.abs(fresh.cells).max()


def test_cancel_leaves_no_hook_and_the_network_as_it_was() -> None:
    net = lively(residual())
    before = condition(net)
    total = len(notes(METHOD.explain([task_of(net)])))
    for stop in range(1, min(total, 30), 2):
        task = task_of(net)
        steps = METHOD.explain([task])
        for _, _progress in zip(range(stop), steps, strict=False):
            prepared = task.network.copies.private().net
            assert not any(m._forward_hooks for m in prepared.modules() if m is not prepared)
        steps.close()
        assert condition(net) == before
    assert is_exact(game_of(net, Window(4, 4, 5, 5)))


def test_the_description_says_so() -> None:
    game = game_of(lively(plain()), Window(12, 10, 6, 6))
    run(game.crop())
    assert "windows on a crop" in game.evaluator.description
    assert game.evaluator.batch == game.twin.batch
    assert chain.__doc__ and crop.__doc__


# --- other methods -------------------------------------------------------------------------------


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each time that a crop was asked for, whether there is one."""
    asked: list[bool] = []
    make = copies.crop_twin

    def heard(twin: Any, *rest: Any) -> Any:
        answer = yield from make(twin, *rest)
        asked.append(answer is not twin)
        return answer

    monkeypatch.setattr(copies, "crop_twin", heard)
    return asked


OTHERS = [
    LIME(cells=3, samples=255),
    Occlusion(window=2, stride=1),
    PredictionDifference(window=4, stride=2, samples=5, sampling="marginal"),
    Shapley(budget=512, grid=Adaptive(3)),
]
LARGE = Window(4, 6, 18, 18)


def other_task(net: nn.Module, layer: str | None = None, **settings: Any) -> Task:
    references = torch.randn(8, 3, 33, 30, generator=torch.Generator().manual_seed(3))
    return task_of(net, **{"window": LARGE, "references": references, "layer": layer, **settings})


@pytest.mark.parametrize("method", OTHERS, ids=lambda method: type(method).__name__)
@pytest.mark.parametrize("baseline", [0.0, "blur"])
def test_maps_of_other_methods_are_those_of_whole_evaluations(
    made: list[bool], monkeypatch: pytest.MonkeyPatch, method: Any, baseline: Any
) -> None:
    net = lively(plain())
    net[-1].weight.data *= 100  # else the lasso of LIME has nothing to say
    (on_crop,) = method.explain([other_task(net, baseline=baseline)]).run()
    assert made and all(made)
    for module in (_cropping, _shapley):
        monkeypatch.setattr(module, "CROPPED_FROM", 10_000)
    (whole,) = method.explain([other_task(net, baseline=baseline)]).run()
    assert len(made) == made.count(True)
    scale = np.abs(whole.cells).max()
    assert scale > 0 and np.abs(on_crop.cells - whole.cells).max() <= 1e-4 * scale
    assert on_crop.evaluations == whole.evaluations
    assert on_crop.output == pytest.approx(whole.output, rel=1e-5)


def test_few_pictures_and_whole_ones_are_not_looked_at(made: list[bool]) -> None:
    net = lively(plain())
    for method, window in (
        (LIME(cells=3, samples=254), LARGE),
        (LIME(cells=3, samples=255), None),
        (Occlusion(window=3, stride=1), Window(4, 6, 17, 17)),
        (PredictionDifference(window=4, stride=2, samples=3, sampling="marginal"), LARGE),
    ):
        method.explain([other_task(net, window=window)]).run()
    assert made == []


def test_several_pictures_have_no_background_in_common(made: list[bool]) -> None:
    task = other_task(lively(plain()), baseline="blur")
    OTHERS[2].explain([task, replace(task, input=-task.input)]).run()
    assert made == []
