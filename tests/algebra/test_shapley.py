from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from tests import models
from tests.algebra.helpers import brute_force, cells_of
from xaiwidgets import Attribution, Budget, Classifier, Window
from xaiwidgets.copies import Copies
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods import Cells, Shapley, Task

SIDE = 12
PICTURE = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
LINEAR = Classifier(models.linear(3, SIDE), classes=["a", "b", "c"])
SMALL = Classifier(models.small())
WINDOW = Window(2, 3, 8, 6)


def cell_sums(pixels: torch.Tensor, cells: Cells) -> np.ndarray:
    rows = [slice(*pair) for pair in itertools.pairwise(cells.row_edges)]
    columns = [slice(*pair) for pair in itertools.pairwise(cells.column_edges)]
    return np.array([[float(pixels[r, c].sum()) for c in columns] for r in rows])


@pytest.mark.parametrize("window", [None, WINDOW])
@pytest.mark.parametrize("baseline", [0.0, 0.7, "mean", "blur", 1 - PICTURE])
def test_a_linear_network_gives_each_cell_its_own_share(
    window: Window | None, baseline: object
) -> None:
    expression = LINEAR(PICTURE) if window is None else LINEAR(PICTURE).where(window)
    found = expression.explain(budget=200, grid=(4, 3), baseline=baseline, target="b")  # type: ignore[arg-type]
    absent = expression.task(baseline=baseline).absent
    cells = cells_of(expression, (4, 3))
    weights = LINEAR.net[1].weight[1].detach().reshape(3, SIDE, SIDE)
    expected = cell_sums((weights * (PICTURE - absent)).sum(0), cells)
    assert np.allclose(found.cells, expected, atol=1e-5)
    assert np.allclose(found.standard_error, 0, atol=1e-6)
    assert found.label == "b"


@pytest.mark.parametrize("window", [None, WINDOW])
def test_small_grids_are_exact(window: Window | None) -> None:
    task, method = Task(SMALL, PICTURE, 1, window), Shapley(budget=512, grid=3)
    [found] = method.explain([task]).run()
    assert found.exact
    assert np.allclose(
        found.cells,
        brute_force(SMALL.logits, method.cells(task), PICTURE, task.absent, 1),
        atol=1e-5,
    )
    assert not found.standard_error.any()


@pytest.mark.parametrize("output", ["logit", "probability"])
@pytest.mark.parametrize("budget", [60, 300])
def test_a_map_sums_to_the_difference_it_explains(output: str, budget: int) -> None:
    found = SMALL(PICTURE).where(WINDOW).explain(budget=budget, output=output, grid=5)
    absent = torch.zeros_like(PICTURE)
    inside = absent.clone()
    inside[:, *WINDOW.slices] = PICTURE[:, *WINDOW.slices]
    logits = SMALL.logits(torch.stack([inside, absent])).double()
    scores = logits.softmax(1) if output == "probability" else logits
    full, empty = scores[:, found.target].tolist()
    assert found.output == pytest.approx(full, abs=1e-4)
    assert found.baseline_output == pytest.approx(empty, abs=1e-4)
    assert found.values.sum() == pytest.approx(found.output - found.baseline_output, abs=1e-5)
    assert abs(found.residual) < 1e-9
    assert found.evaluations <= budget
    outside = np.ones((SIDE, SIDE), bool)
    outside[WINDOW.slices] = False
    assert not found.values[outside].any()


def test_the_same_seed_gives_the_same_map_and_another_does_not() -> None:
    one, same, other = (SMALL(PICTURE).explain(budget=150, seed=s, grid=6) for s in (0, 0, 1))
    assert np.array_equal(one.cells, same.cells)
    assert not np.array_equal(one.cells, other.cells)


def test_cells_are_never_finer_than_pixels_and_cover_the_window() -> None:
    cells = Cells.of((SIDE, SIDE), Window(1, 1, 3, 10), 7)
    assert (cells.rows, cells.columns) == (3, 7)
    numbers = cells.numbers().numpy()
    assert set(numbers[1:4, 1:11].ravel()) == set(range(21))
    assert (numbers == 21).sum() == SIDE * SIDE - 30


def test_a_budget_object_limits_evaluations_and_time() -> None:
    assert SMALL(PICTURE).explain(budget=Budget(max_trial=90)).evaluations == 90
    late = SMALL(PICTURE).explain(budget=Budget(max_trial=10**7, max_time=0.2))
    assert late.evaluations < 10**6
    assert late.seconds < 20
    with pytest.raises(InputError, match="max_trial"):
        SMALL(PICTURE).explain(budget=Budget(max_time=1))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"output": "score"}, "output is 'score'"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"budget": "many"}, "budget is 'many'"),
        ({"grid": 0}, "grid is 0"),
        ({"grid": (2, 2, 2)}, "grid is"),
        ({"grid": "7"}, "grid is '7'"),
        ({"baseline": None}, "baseline is None"),
        ({"grid": (2, 0.5)}, "grid is"),
        ({"baseline": "black"}, "baseline is 'black'"),
        ({"baseline": PICTURE[:1]}, "baseline has shape"),
        ({"target": "mouse"}, "no class is named"),
        ({"target": 3}, "class 3 does not exist"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_wrong_arguments_are_explained_at_once(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        LINEAR(PICTURE).steps(**wrong)  # type: ignore[arg-type]


def test_an_unnamed_class_that_does_not_exist_is_explained() -> None:
    with pytest.raises(InputError, match="class 9 does not exist"):
        SMALL(PICTURE).explain(budget=60, target=9)


def test_an_attribution_survives_json_and_draws() -> None:
    found = SMALL(PICTURE).where(WINDOW).explain(budget=60, grid=3)
    again = Attribution.from_json(found.to_json())
    assert again == found
    unsure = SMALL(PICTURE).explain(budget=32, grid=4)
    assert np.isinf(unsure.standard_error).all()
    assert np.isinf(Attribution.from_json(unsure.to_json()).standard_error).all()
    assert np.array_equal(again.values, found.values)
    assert again.window == WINDOW
    figure = found.plot()
    assert figure.axes[0].get_title().startswith(found.label)
    for wrong in ("{}", "nonsense", '{"cells": 1}'):
        with pytest.raises(InputError, match="attribution's JSON"):
            Attribution.from_json(wrong)


def test_a_map_is_told_in_one_line_and_shown_without_pyplot() -> None:
    found = SMALL(PICTURE).explain(budget=60, grid=3)
    assert "\n" not in repr(found)
    assert "3 x 3 cells, 60 evaluations" in repr(found)
    assert found.plot()._repr_png_()[:4] == b"\x89PNG"
    both = SMALL(PICTURE).left_join(SMALL(1 - PICTURE)).explain(budget=60, grid=3)
    assert "\n" not in repr(both)
    assert both.plot()._repr_png_()[:4] == b"\x89PNG"


def test_names_that_do_not_fit_the_network_are_told() -> None:
    wrong = Classifier(models.small(), classes=["a", "b"])
    with pytest.raises(ModelError, match="4 classes, but 2 class names"):
        wrong(PICTURE).explain(budget=60, grid=3)


def test_a_known_map_asks_nothing_and_checks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Classifier(models.small(seed=8))
    first = model(PICTURE).explain(budget=60, grid=3)
    monkeypatch.setattr(Copies, "twin", None)
    again = model(PICTURE).explain(budget=60, grid=3)
    assert (again.paid, again.cells.tolist()) == (0, first.cells.tolist())
