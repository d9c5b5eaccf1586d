"""LIME against captum, and against a score that is a sum."""

from __future__ import annotations

from typing import Any

import captum.attr
import numpy as np
import pytest
import torch
from captum.attr._core.lime import get_exp_kernel_similarity_function
from torch import Tensor, nn

from xaiwidgets import Classifier, Window, datasets, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.methods import LIME, Attribution, Task
from xaiwidgets.optimize import Twin


def lime(method: LIME, *args: Any, **task: Any) -> Attribution:
    (found,) = method.explain([Task(*args, **task)]).run()
    return found


@pytest.mark.parametrize("output", ["logit", "probability"])
def test_it_is_captums(output: Any) -> None:
    model = zoo.digits()
    image = model.batch(datasets.digits("test").images[:1])[0]
    cells = torch.arange(64).reshape(8, 8) // 16 * 4 + torch.arange(64).reshape(8, 8) % 8 // 2

    def score(present: Tensor) -> Tensor:
        logits = model.logits(image * present[:, cells][:, None])
        return (logits if output == "logit" else logits.softmax(1))[:, 4]

    theirs = captum.attr.Lime(
        score, similarity_func=get_exp_kernel_similarity_function("cosine", 0.25)
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        expected = theirs.attribute(torch.ones(1, 16), n_samples=300, perturbations_per_eval=50)
    ours = lime(LIME(samples=300, seed=3), model, image, 4, output=output)
    assert np.abs(ours.cells).max() > 0.01
    assert np.allclose(ours.cells.flatten(), expected[0], atol=1e-4)
    assert ours.cells.shape == (4, 4)
    assert ours.output == pytest.approx(float(score(torch.ones(1, 16))), abs=1e-5)
    assert (ours.exact, ours.seed, ours.evaluations, ours.paid) == (False, 3, 301, 301)


class Halves(nn.Module):
    """Class 0: the sum of the left half; class 1: three times that of the right."""

    def forward(self, x: Tensor) -> Tensor:
        half = x.shape[-1] // 2
        left, right = x[..., :half].sum((1, 2, 3)), x[..., half:].sum((1, 2, 3))
        return torch.stack([left, 3 * right], 1)


def test_it_finds_the_summands_of_a_sum() -> None:
    image = torch.zeros(1, 4, 4)
    image[..., :2], image[..., 1, 2] = 1, 0.25
    model = Classifier(Halves())
    left, right = (lime(LIME(cells=4, samples=400), model, image, c).cells for c in (0, 1))
    assert np.allclose(left[:, :2], 1, atol=0.1)  # the lasso takes some
    assert np.allclose(left[:, 2:], 0, atol=0.02)
    assert right[1, 2] == pytest.approx(0.75, abs=0.1)


def test_absent_cells_show_the_baseline_and_the_window_is_cut_into_cells() -> None:
    image = torch.ones(1, 8, 8)
    window = Window(2, 0, 4, 8)
    model = Classifier(Halves())
    found = lime(LIME(cells=2, samples=400), model, image, 0, window=window, baseline=3.0)
    # Present, a cell of 2 x 4 pixels has 8 less than at the baseline; the right half says nothing.
    assert np.allclose(found.cells, [[-16, 0], [-16, 0]], atol=0.2)
    assert found.window == window
    assert (found.row_edges, found.column_edges) == ((2, 4, 6), (0, 4, 8))
    assert found.output == pytest.approx(4 * 4 + 3 * 4 * 4)


def test_classes_of_one_input_share_its_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Classifier(Halves())
    images = torch.rand(2, 1, 4, 4)
    calls: list[int] = []
    evaluate = Twin.evaluate

    def counted(twin: Twin, count: int, compose: Any) -> Any:
        calls.append(count)
        return evaluate(twin, count, compose)

    monkeypatch.setattr(Twin, "evaluate", counted)
    tasks = [Task(model, image, c) for image in images for c in (0, 1)]
    found = LIME(samples=50).explain(tasks).run()
    assert sum(calls) == 2 * 51
    assert [one.paid for one in found] == [51, 0, 51, 0]
    other = LIME(samples=50).explain([Task(Classifier(Halves()), images[1], 1)]).run()
    assert np.allclose(found[3].cells, other[0].cells)


def test_cells_are_as_many_as_give_two_by_two_pixels() -> None:
    model = Classifier(Halves())
    # Of what has one row, such as a sentence, each column is a cell.
    for shape, cells in (((6, 4), (2, 2)), ((1, 6), (1, 6)), ((40, 30), (7, 7))):
        assert lime(LIME(samples=5), model, torch.rand(1, *shape), 0).cells.shape == cells


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"cells": 0}, "cells is 0"), ({"samples": 0}, "samples is 0"), ({"seed": -1}, "seed is -1"),
     ({"cells": 2.5}, r"cells is 2\.5")],
)  # fmt: skip
def test_wrong_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        LIME(**settings)


def test_there_are_no_more_cells_than_pixels() -> None:
    with pytest.raises(InputError, match="cells is 5; the pictures' shorter side has 4 pixels"):
        LIME(cells=5).explain([Task(Classifier(Halves()), torch.rand(1, 4, 9))])
