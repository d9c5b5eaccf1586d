"""What is computed on workers for people: maps of many pictures, votes of mutants."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from xaiwidgets import Window, datasets, zoo
from xaiwidgets.algebra import Attribution, Classifier, explain_all
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.methods import GradCAM, PredictionDifference
from xaiwidgets.reliability import Mutants, label_change_rate, mutants, votes
from xaiwidgets.work import Progress

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_is_left")]

IMAGES = datasets.fashion_mnist("test").images[:5]


@pytest.fixture(scope="module")
def model() -> Classifier:
    return zoo.fashion_mnist()


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return zoo.digits()


@pytest.fixture(scope="module")
def some_mutants(digits: Classifier) -> Mutants:
    data = datasets.digits("train")
    few = data.images[:200], data.labels[:200]
    return mutants(digits, few, rate=0.1, count=6, keep=0.8).run()


def assert_alike(one: Attribution, other: Attribution) -> None:
    np.testing.assert_allclose(one.cells, other.cells, atol=1e-4)
    assert (one.target, one.query, one.method) == (other.target, other.query, other.method)


# --- maps --------------------------------------------------------------------------------------


def test_maps_are_those_of_each_picture(model: Classifier, anywhere: Executor | None) -> None:
    reports: list[Progress] = []
    work = explain_all(model, IMAGES, executor=anywhere, budget=20, grid=3)
    maps = work.run(reports.append)
    assert len(maps) == 5 and len(reports[-1].preview) == 5
    for image, made in zip(IMAGES, maps, strict=True):
        assert_alike(made, model(image).explain(budget=20, grid=3))


def test_any_method_will_do(model: Classifier, anywhere: Executor | None) -> None:
    maps = explain_all(model, IMAGES[:2], GradCAM(), executor=anywhere, target=3).run()
    for image, made in zip(IMAGES, maps, strict=False):
        assert_alike(made, model(image).explain(GradCAM(), target=3))


def test_windows_and_layers_are_honoured_where_probes_are_not_on_the_disk(
    model: Classifier, anywhere: Executor | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XAIWIDGETS_CACHE", str(tmp_path / "mine"))
    (layer, *_) = model.fit_probes(datasets.fashion_mnist("train").images[:40]).run()
    how: dict[str, Any] = {"budget": 8, "grid": 2}
    window = Window(4, 4, 20, 20)
    maps = explain_all(model, IMAGES, window=window, layer=layer, executor=anywhere, **how).run()
    wanted = model(IMAGES[4]).where(window).select(layer).explain(**how)
    assert_alike(maps[4], wanted)
    assert maps[4].layer == layer and maps[4].window == window


def test_what_does_not_suit_is_refused_at_once(model: Classifier) -> None:
    with pytest.raises(InputError, match="images is empty"):
        explain_all(model, [])
    with pytest.raises(InputError, match="there is no layer 'nothing'"):
        explain_all(model, IMAGES, layer="nothing")
    with pytest.raises(InputError, match="executor is a int"):
        explain_all(model, IMAGES, executor=3)  # type: ignore[arg-type]
    with pytest.raises(CompositionError, match="cannot honour the layer"):
        model.fit_probes(datasets.fashion_mnist("train").images[:40], [model.layers[0]]).run()
        explain_all(model, IMAGES, PredictionDifference(), layer=model.layers[0])


# --- votes -------------------------------------------------------------------------------------


def test_votes_are_those_of_this_process(
    digits: Classifier, some_mutants: Mutants, executor: Executor
) -> None:
    images = datasets.digits("test").images[:223]
    here = votes(digits, some_mutants, images).run()
    reports: list[Progress] = []
    there = votes(digits, some_mutants, images, executor=executor).run(reports.append)
    assert np.array_equal(there.predicted, here.predicted)
    assert np.array_equal(there.labels, here.labels)
    assert here.changed.any()
    # Some pictures at a time, with all mutants.
    parts = [one.preview for one in reports if one.has_preview]
    assert reports[-1].total == 4
    for part in parts:
        evaluated = part.evaluated
        assert (evaluated.all(0) | ~evaluated.any(0)).all()
        assert np.array_equal(part.labels[evaluated], here.labels[evaluated])


def test_label_change_rates_are_those_of_this_process(
    digits: Classifier, some_mutants: Mutants, processes: Executor
) -> None:
    images = datasets.digits("test").images[:3]
    wanted = label_change_rate(digits, some_mutants, images)
    made = label_change_rate(digits, some_mutants, images, executor=processes)
    assert np.array_equal(made, wanted) and made.dtype == np.float32


def test_mutants_of_another_network_are_refused_before_they_travel(
    digits: Classifier, some_mutants: Mutants, threads: Executor
) -> None:
    other = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10)))
    images = torch.rand(3, 1, 8, 8)
    with pytest.raises(InputError, match="these mutants are of another network"):
        votes(other, some_mutants, images, executor=threads).run()
    with pytest.raises(InputError, match="executor is a int"):
        votes(digits, some_mutants, images, executor=3)  # type: ignore[arg-type]
