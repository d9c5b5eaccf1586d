"""Players that are no grid: maps of labels, regions drawn by hand, segments, adaptive cells."""

from __future__ import annotations

import itertools
import math
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tests import models
from xaiwidgets import Budget, Classifier, Window, query
from xaiwidgets.algebra import surrogates
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.heatmap import map_colors
from xaiwidgets.methods import Adaptive, Attribution, Cache, Cells, Segments, Shapley, Task, shapley
from xaiwidgets.methods._adaptive import _FirstGame
from xaiwidgets.widgets.explorer._output import shown_attribution

NETWORK = Classifier(models.small(), classes=["cat", "dog", "bird", "fish"])
X, Y = torch.rand(2, 3, 12, 12, generator=torch.Generator().manual_seed(0))
TASK = Task(NETWORK, X, target=1)
ROWS = np.arange(12)[:, None]
LABELS = np.where(ROWS < 4, 0, np.where(np.arange(12) < 7, 1, 2)) + 3 * (ROWS + np.arange(12) > 15)
QUICK = Adaptive(2, splits=2, share=0.5)


def explained(grid: Any, task: Task = TASK, budget: int = 100, **how: Any) -> Attribution:
    return Shapley(budget, grid, **how).explain([task], Cache()).run()[0]


def score(coalition: tuple[bool, ...], cells: Cells) -> float:
    """Return the score of a picture that is put together here, pixel by pixel."""
    shown = np.isin(cells.labels, np.flatnonzero(coalition))
    with torch.no_grad():
        return float(NETWORK.net.eval()((X * torch.from_numpy(shown))[None])[0, 1])


def by_hand(cells: Cells) -> list[float]:
    """Eq. 2 over all coalitions."""
    n = cells.count
    scores = {c: score(c, cells) for c in itertools.product([False, True], repeat=n)}
    phi = [0.0] * n
    for c, value in scores.items():
        for i in range(n):
            if not c[i]:
                more = (*c[:i], True, *c[i + 1 :])
                phi[i] += (scores[more] - value) / (n * math.comb(n - 1, sum(c)))
    return phi


def test_a_map_of_labels_has_the_players_that_it_says() -> None:
    found = explained(LABELS)
    assert found.exact
    assert found.cells == pytest.approx(by_hand(Cells.labelled(LABELS)), abs=1e-6)
    assert found.cells.shape == (5,)
    assert found.values.sum() == pytest.approx(found.cells.sum(), abs=1e-6)


def test_what_belongs_to_no_player_is_absent() -> None:
    labels = np.where(ROWS < 6, LABELS, -1)
    found = explained(labels)
    assert found.cells == pytest.approx(by_hand(Cells.labelled(labels)), abs=1e-6)
    assert not found.values[6:].any()
    assert found.window == Window(0, 0, 6, 12)


def test_a_region_drawn_by_hand_is_a_player_and_all_else_another() -> None:
    mask = (ROWS - 5) ** 2 + (np.arange(12) - 6) ** 2 < 12
    found = explained(mask)
    assert found.cells == pytest.approx(by_hand(Cells.labelled(mask)), abs=1e-6)
    assert found.evaluations == 4


def test_a_grid_given_as_a_map_of_labels_is_that_grid() -> None:
    grid = explained(3)
    same = explained(grid.layout.labels)
    assert same.layout == grid.layout
    assert np.array_equal(same.cells, grid.cells)


def test_a_window_cuts_players_and_a_query_takes_them() -> None:
    window = Window(2, 3, 8, 6)
    found = query("select * from f(x) where [2:10, 3:9] for class dog", f=NETWORK, x=X).explain(
        grid=LABELS, budget=64
    )
    cells = Cells.labelled(LABELS).within(window)
    assert found.layout == cells
    assert found.cells == pytest.approx(by_hand(cells), abs=1e-6)


def test_segments_follow_the_picture() -> None:
    halves = X.clone()
    halves[:, :, :5], halves[:, :, 5:] = 0.0, 1.0
    cells = Shapley(grid=Segments(12, compactness=0.1)).cells(replace(TASK, input=halves))
    assert cells.count > 1 and cells.cover
    for cell in range(cells.count):
        columns = np.argwhere(cells.labels == cell)[:, 1]
        assert columns.max() < 5 or columns.min() >= 5
    assert Shapley(grid="segments").grid == Segments()
    task = replace(TASK, window=Window(0, 0, 6, 6))
    assert Shapley(grid="segments").cells(task).window == Window(0, 0, 6, 6)


def test_without_scikit_image_segments_say_what_to_install(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "skimage.segmentation", None)
    with pytest.raises(InputError, match=r"pip install 'xaiwidgets\[demo\]'"):
        explained(Segments(3), replace(TASK, input=Y))


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ("segment", "grid is 'segment'; use a whole number, two, 'segments' or 'adaptive'"),
        (np.zeros((3, 3)), "a map of labels is float64"),
        ([1.5, 2], r"grid is \[1.5, 2\]"),
    ],
)
def test_wrong_players_are_refused(grid: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Shapley(grid=grid)


@pytest.mark.parametrize(
    ("kind", "wrong", "words"),
    [
        (Segments, {"count": 1}, "count is 1"),
        (Segments, {"compactness": 0}, "compactness is 0; use a number above 0"),
        (Segments, {"compactness": True}, "compactness is True"),
        (Adaptive, {"start": "adaptive"}, "the start of adaptive cells is adaptive"),
        (Adaptive, {"splits": 0}, "splits is 0"),
        (Adaptive, {"share": 1.0}, "share is 1.0; use a number above 0 and below 1"),
        (Adaptive, {"share": 0.0}, "share is 0.0"),
    ],
)
def test_wrong_settings_are_refused(kind: Any, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        kind(**wrong)


def test_labels_of_another_size_are_refused_at_once() -> None:
    with pytest.raises(InputError, match=r"shape \(3, 4\), but .* \(12, 12\) pixels"):
        Shapley(grid=np.zeros((3, 4), int)).explain([TASK])


@pytest.mark.parametrize("grid", ["segments", "adaptive"])
def test_sides_with_players_of_their_own_are_refused(grid: str) -> None:
    x, y = NETWORK(X), NETWORK(Y, name="y")
    for expression in (x.join(y), x.left_join(y)):
        with pytest.raises(CompositionError, match="all sides have the same players"):
            expression.explain(grid=grid)


def test_sides_share_a_map_of_labels() -> None:
    x, y = NETWORK(X), NETWORK(Y, name="y")
    both = x.left_join(y).explain(grid=LABELS, budget=64)
    assert both.left.layout == both.right.layout == Cells.labelled(LABELS)
    joint = x.join(y).explain(grid=LABELS, budget=64)
    alone = [one.explain(grid=LABELS, budget=64).cells for one in (x, y)]
    assert joint.cells == pytest.approx(np.mean(alone, axis=0), abs=1e-6)


def test_maps_of_any_players_are_kept_as_json_and_drawn() -> None:
    labels = np.where(ROWS < 11, LABELS, -1)
    found = explained(labels)
    again = Attribution.from_json(found.to_json())
    assert again == found
    assert again.layout == found.layout
    colors = found.colors(limit=0.1)
    assert colors.shape == (11, 12, 4)
    for pixel in ((0, 0), (5, 0), (10, 11)):
        cell = found.layout.labels[pixel]
        assert colors[pixel].tolist() == map_colors(found.cells, 0.1)[cell].tolist()
    shown = shown_attribution(found, 0, 100, False)
    assert shown.cells.shape == (len(shown.row_edges) - 1, len(shown.column_edges) - 1)
    assert shown.cells[0, 0] == found.cells[0]
    patches, smooth = (found.plot(look=look).axes[0].images[-1] for look in ("cells", "smooth"))
    assert patches.get_extent() == smooth.get_extent() == [0, 12, 11, 0]


def test_other_readings_of_any_players() -> None:
    found = surrogates(explained(LABELS)).run()
    assert found.linear.cells.shape == found.tree.cells.shape == (5,)
    assert found.curves.share.shape == (6,)


def test_adaptive_cells_are_the_largest_cut_in_four() -> None:
    found = explained(QUICK, budget=32)
    coarse = explained(2, budget=16)
    largest = np.argsort(-np.abs(coarse.cells.ravel()))[:2]
    cells, _ = coarse.layout.split(largest)
    assert found.layout == cells
    assert found.cells.shape == (10,)
    assert found.method == repr(Shapley(32, QUICK))


@pytest.mark.parametrize("budget", [2, 3, 17, 40, 101])
def test_adaptive_maps_keep_the_budget_and_the_ledger(budget: int) -> None:
    found = explained(QUICK, budget=budget)
    assert found.evaluations == budget
    assert found.samples is not None
    assert len(found.samples.coalitions) == len(found.samples.outputs) == budget
    assert found.cells.sum() == pytest.approx(found.output - found.baseline_output, abs=1e-5)
    assert found.residual == pytest.approx(0, abs=1e-6)
    # The empty and the grand coalition are those of both games; all else is paid.
    assert found.paid <= budget
    for coalition, output in zip(*found.samples, strict=True):
        assert output == pytest.approx(score(tuple(coalition), found.layout), abs=1e-5)


def test_adaptive_maps_are_exact_where_all_coalitions_of_the_cells_fit() -> None:
    found = explained(Adaptive(2, splits=1, share=0.1), budget=300)
    assert found.exact
    assert not found.standard_error.any()  # type: ignore[union-attr]
    assert found.cells == pytest.approx(by_hand(found.layout), abs=1e-6)


def test_adaptive_cells_of_pixels_are_the_plain_ones() -> None:
    tiny = replace(TASK, window=Window(2, 2, 2, 2))
    assert explained(Adaptive(7), tiny).method == explained(7, tiny).method


@pytest.mark.parametrize("budget", [40, 41])
def test_what_the_first_game_says_of_finer_cells_is_what_they_score(budget: int) -> None:
    coarse = explained(3, budget=budget)
    first = _FirstGame.of(coarse, 2)
    assert first.start.cells.count == 9 + 2 * 3
    masks, odd = first.start.training or (np.zeros((0, 15), dtype=bool), np.zeros(0))
    # The two ends come first; of the last pair a budget may have cut off a half.
    assert len(masks) == len(odd) == (budget - 2) // 2
    cells = first.start.cells
    differences = [score(tuple(mask), cells) - score(tuple(~mask), cells) for mask in masks]
    assert np.allclose(odd, np.array(differences) / 2, atol=1e-5)


def test_an_adaptive_map_is_remembered_and_its_budget_may_be_live() -> None:
    cache, budget = Cache(), Budget(max_trial=60)
    method = Shapley(budget, QUICK)
    once, again = (method.explain([TASK], cache).run()[0] for _ in range(2))
    assert np.array_equal(once.cells, again.cells)
    assert (once.evaluations, again.evaluations, again.paid) == (60, 60, 0)
    work = Shapley(Budget(max_trial=60), QUICK).explain([TASK], Cache())
    reports = list(work)
    done = [report.done for report in reports]
    assert done == sorted(done)
    assert done[-1] <= reports[-1].total == 60  # type: ignore[operator]


def test_an_adaptive_map_explains_the_class_of_its_first_game() -> None:
    task = Task(NETWORK, X)
    assert explained(QUICK, task, 40).target == NETWORK.predict(X).index


def test_which_cells_are_cut_cannot_be_planned() -> None:
    with pytest.raises(InputError, match="follows from a first game"):
        NETWORK(X).explain_plan(grid="adaptive")


@pytest.mark.slow
def test_known_coalitions_help_and_bias_nothing() -> None:
    draw = np.random.default_rng(0)
    weights = draw.normal(size=(2, 12))

    def value(masks: Any) -> Any:
        signs = np.where(masks, 1.0, -1.0)
        triple = signs[:, 0] * signs[:, 1] * signs[:, 2]
        return signs @ weights[0] + 2 * np.tanh(signs @ weights[1] / 2) + triple

    # Not drawn as Shapley values are, and of small coalitions only: no sample to average over.
    masks = draw.random((150, 12)) < 0.2
    odd = (value(masks) - value(~masks)) / 2
    exact = shapley(value, 12, budget=2**12).run().values

    def estimates(known: Any) -> Any:
        works = (shapley(value, 12, budget=50, seed=seed, training=known) for seed in range(40))
        return np.stack([work.run().unbiased for work in works])

    plain, helped = estimates(None), estimates((masks, odd))
    spread = helped.std(axis=0) / np.sqrt(40)
    assert (np.abs(helped.mean(axis=0) - exact) < 4 * spread).all()
    assert np.square(helped - exact).mean() < 0.5 * np.square(plain - exact).mean()
