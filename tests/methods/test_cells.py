"""Cells of any shape: one map of labels, of which a grid is the special case."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from xaiwidgets import Window
from xaiwidgets.errors import InputError
from xaiwidgets.methods import Cells

LABELS = arrays(
    np.int64, array_shapes(min_dims=2, max_dims=2, max_side=7), elements=st.integers(-2, 4)
)
SOME = LABELS.filter(lambda labels: labels.max() >= 0)


@given(SOME)
def test_labels_come_back_as_numbers_from_0_in_their_order(labels: Any) -> None:
    cells = Cells.labelled(labels)
    _, numbers = np.unique(labels[labels >= 0], return_inverse=True)
    assert cells.labels[labels >= 0].tolist() == numbers.ravel().tolist()
    assert (cells.labels[labels < 0] == -1).all()
    assert cells.count == numbers.max() + 1
    assert cells.areas.tolist() == np.bincount(numbers.ravel()).tolist()
    assert cells.cover == bool((labels >= 0).all())
    again = Cells.labelled(cells.labels)
    assert again == cells and hash(again) == hash(cells)
    assert cells.numbers().max() <= cells.count
    assert (cells.numbers().numpy() == cells.count).tolist() == (labels < 0).tolist()


@given(SOME)
def test_blocks_are_as_few_as_there_can_be(labels: Any) -> None:
    blocks = Cells.labelled(labels).blocks
    assert (blocks[1:] != blocks[:-1]).any(axis=1).all()
    assert (blocks[:, 1:] != blocks[:, :-1]).any(axis=0).all()


@given(SOME)
def test_spread_values_sum_up_and_are_even_in_a_cell(labels: Any) -> None:
    cells = Cells.labelled(labels)
    values = np.arange(1.0, cells.count + 1)
    pixels = cells.spread(values)
    assert np.allclose(cells.sums(pixels), np.ravel(values), atol=1e-4)
    assert pixels.dtype == np.float32
    for cell, value in enumerate(values):
        inside = pixels[cells.labels == cell]
        assert len(set(inside.tolist())) == 1
        assert inside.sum() == pytest.approx(value, rel=1e-5)
    assert not pixels[labels < 0].any()


def test_a_grid_is_the_special_case() -> None:
    grid = Cells.of((12, 10), Window(2, 1, 6, 9), (2, 3))
    assert grid.regular and grid.form == (2, 3)
    assert (grid.row_edges, grid.column_edges) == ((2, 5, 8), (1, 4, 7, 10))
    assert Cells.labelled(grid.labels) == grid
    assert grid.window == Window(2, 1, 6, 9)
    assert grid.centres == pytest.approx(np.argwhere(np.ones((2, 3))))
    assert grid != Cells.of((12, 10), Window(2, 1, 6, 9), (3, 2)) != "grid"
    assert not Cells.labelled([[1, 0]]).regular
    assert Cells.labelled([[1, 0]]).form == (2,)


def test_centres_of_a_cell_of_several_blocks() -> None:
    cells = Cells.labelled([[0, 0, 1, 1], [0, 0, 2, 2]])
    # Two rows and two columns of blocks: the first cell has both blocks of its column.
    assert cells.centres == pytest.approx(np.array([[0.5, 0], [0, 1], [1, 1]]))


def test_what_is_true_comes_before_all_else() -> None:
    mask = np.zeros((3, 4), bool)
    mask[1, 2:] = True
    for given_as in (mask, torch.from_numpy(mask), mask.tolist()):
        cells = Cells.labelled(given_as)
        assert cells.count == 2
        assert ((cells.labels == 0) == mask).all()


def test_a_window_cuts_cells() -> None:
    cells = Cells.labelled([[0, 1, 1], [0, 1, 2], [0, 2, 2]])
    cut = cells.within(Window(0, 1, 2, 2))
    assert cut.labels.tolist() == [[-1, 0, 0], [-1, 0, 1], [-1, -1, -1]]
    with pytest.raises(InputError, match=r"\[0:1, 0:1\] has no pixel of any cell"):
        Cells.labelled([[-1, 0]]).within(Window(0, 0, 1, 1))


def test_the_values_of_blocks() -> None:
    cells = Cells.labelled([[0, 1], [1, -1]])
    assert cells.per_block(np.float32([5, 7])).tolist() == [[5, 7], [7, 0]]
    assert cells.per_block(np.float32([5, 7])).dtype == np.float32


def test_a_split_cuts_in_two_down_and_across() -> None:
    cells, parents = Cells.of((4, 4), Window(0, 0, 4, 4), 2).split([3])
    assert parents.tolist() == [0, 1, 2, 3, 3, 3, 3]
    assert cells.labels.tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 4], [2, 2, 5, 6]]
    assert cells.form == (7,)


@given(SOME, st.data())
def test_a_split_keeps_what_is_not_chosen(labels: Any, data: Any) -> None:
    cells = Cells.labelled(labels)
    chosen = data.draw(st.sets(st.integers(0, cells.count - 1)))
    finer, parents = cells.split(sorted(chosen))
    assert (np.where(finer.labels < 0, -1, parents[finer.labels]) == cells.labels).all()
    parts = np.bincount(parents, minlength=cells.count)
    for cell in range(cells.count):
        expected = range(2, 5) if cell in chosen and cells.areas[cell] > 1 else range(1, 2)
        assert parts[cell] in expected


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([[-1, -2]], "all labels are negative"),
        ([[0.5, 1.0]], "a map of labels is float64 of shape"),
        ([1, 2], "a map of labels is int64 of shape"),
        (np.zeros((0, 3), int), "use whole numbers or booleans"),
    ],
)
def test_what_is_no_map_of_labels_is_refused(labels: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Cells.labelled(labels)


def test_cells_cannot_be_changed() -> None:
    cells = Cells.labelled([[0, 1]])
    for array in (cells.blocks, cells.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
    assert "2 cells of 1 x 2 pixels" in repr(cells)
