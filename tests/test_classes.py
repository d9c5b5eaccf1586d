"""The gate for class names, class numbers and labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from xaiwidgets.classes import class_index, class_names, class_numbers
from xaiwidgets.errors import InputError

NAMES = ("hen", "crane", "tench", "crane")


@pytest.mark.parametrize(
    "given",
    [
        ["a", "b", "c"],
        np.array(["a", "b", "c"]),
        {2: "c", 0: "a", 1: "b"},
        {"0": "a", "1": "b", "2": "c"},
        {"c": 2, "a": 0, "b": 1},
        {0: "a", 1: "b", 2: "c"}.values(),
        pd.Index(["a", "b", "c"]),
        pd.Series(["a", "b", "c"]),
        (name for name in "abc"),
        pd.Series(["c", "a", "b"], index=[2, 0, 1]),
        pd.Series(["a", "b", "c"], index=[7, 3, 5]),
    ],
)
def test_names_are_read_from_whatever_holds_them(given: Any) -> None:
    names = class_names(given)
    assert names == ("a", "b", "c")
    assert all(type(name) is str for name in names)


def test_no_names_are_no_names() -> None:
    assert class_names(None) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("abc", "classes is 'abc'"),
        (3, "classes is 3"),
        ([1, 2], "classes has 1"),
        (["a"], "1 names; a classifier has at least two"),
        ({0: "a", 2: "b"}, "none for number 1"),
        ({"a": "b"}, "maps 'a' to 'b'"),
        ({"a", "b"}, "a set, which has no order"),
        (frozenset("ab"), "a frozenset, which has no order"),
    ],
)
def test_what_are_no_names_is_refused(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        class_names(given)


@pytest.mark.parametrize("target", [1, np.int64(1), torch.tensor(1), np.array(1)])
def test_a_number_is_a_number_whoever_made_it(target: Any) -> None:
    assert class_index(target, None, 3) == 1


def test_a_name_that_two_classes_have_is_refused_with_both_numbers() -> None:
    assert class_index("tench", NAMES) == 2
    with pytest.raises(InputError, match="'crane' is the name of classes 1 and 3; give the number"):
        class_index("crane", NAMES)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("duck", "no class is named 'duck'"),
        (4, "class 4 does not exist; numbers go from 0 to 3"),
        (-1, "class -1 does not exist"),
        (1.0, "target is 1.0"),
        (True, "target is True"),
        (torch.tensor(0.5), "target is 0.5"),
    ],
)
def test_what_is_no_class_is_refused(target: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        class_index(target, NAMES)


def test_a_name_needs_names() -> None:
    with pytest.raises(InputError, match="have no names"):
        class_index("hen", None, 3)


@pytest.mark.parametrize(
    "given",
    [
        [2, 0],
        np.array([2, 0]),
        torch.tensor([2, 0]),
        pd.Series([2, 0]),
        ["tench", "hen"],
        [torch.tensor(2), torch.tensor(0)],
    ],
)
def test_labels_are_read_from_whatever_holds_them(given: Any) -> None:
    assert class_numbers(given, NAMES, 2).tolist() == [2, 0]


def test_one_class_is_for_all_but_not_one_label() -> None:
    assert class_numbers("hen", NAMES, 3).tolist() == [0, 0, 0]
    assert class_numbers(torch.tensor(1), None, 2, 4).tolist() == [1, 1]
    with pytest.raises(InputError, match="labels is 1; give one for each of the 2 images"):
        class_numbers(1, NAMES, 2, name="labels", each=True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.eye(4)[:2], r"labels has shape \(2, 4\).*argmax"),
        ([[0], [1]], r"labels has \[0\]; .* flatten it"),
        (np.zeros((2, 1), int), r"labels has shape \(2, 1\).*flatten"),
        (None, "labels is None"),
        ([0], "1 labels for 2 images; give one for each$"),
        ([0, 4], "class 4 does not exist"),
    ],
)
def test_labels_that_are_none_are_refused(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        class_numbers(given, NAMES, 2, name="labels", each=True)


@pytest.mark.parametrize("rows", [[[1], [0]], [[0, 1], [1, 0]], [{0}, {1}]])
def test_rows_in_a_list_are_no_classes(rows: list[object]) -> None:
    with pytest.raises(InputError, match="give one class for each image"):
        class_numbers(rows, None, 2, 2)
