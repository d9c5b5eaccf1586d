"""Checks of input that several rooms need."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xaiwidgets.checks import is_name, is_whole, nearest, numbers, whole
from xaiwidgets.errors import InputError


@pytest.mark.parametrize("value", [0, 7, np.int64(3), np.uint8(2)])
def test_whole_numbers_are_pythons_and_numpys(value: object) -> None:
    assert is_whole(value)
    assert is_whole(value, least=8) is False


@pytest.mark.parametrize("value", [True, np.True_, 1.0, "1", None, np.float32(2)])
def test_what_only_looks_like_a_whole_number_is_none(value: object) -> None:
    assert not is_whole(value) and not is_whole(value, least=None)


def test_the_bound_is_inside() -> None:
    assert is_whole(2, least=2) and not is_whole(1, least=2)
    assert is_whole(-5, least=None) and not is_whole(-1)
    assert whole("steps", 1) == 1 and type(whole("steps", np.int64(4))) is int
    with pytest.raises(InputError, match="steps is 0; use a whole number of at least 1"):
        whole("steps", 0)
    with pytest.raises(InputError, match=r"seed is 1\.5; use a whole number of at least 0"):
        whole("seed", 1.5, 0)


def test_a_suggestion_has_three_names_at_most() -> None:
    names = ["conv1", "conv2", "conv3", "conv4", "relu"]
    assert nearest("CONV", names) == "; did you mean 'conv1', 'conv2', 'conv3'?"
    assert nearest("rellu", names) == "; did you mean 'relu'?"
    assert nearest("xyz", names) == ""


def test_names_are_those_of_queries() -> None:
    assert is_name("f") and is_name("_x2")
    assert not any(map(is_name, ["2x", "a b", "", "a-b", "é", 3, None]))


def test_numbers_come_from_whatever_holds_some() -> None:
    weights = torch.tensor([1.0, 2.0], dtype=torch.bfloat16, requires_grad=True)
    assert numbers("x", weights).tolist() == numbers("x", (1, 2)).tolist() == [1, 2]
    assert numbers("x", 3).shape == ()
    turned = numbers("x", np.arange(4.0)[::-1])
    assert turned.tolist() == [3, 2, 1, 0] and turned.flags.c_contiguous
    for wrong in ("a", ["a"], [[1], [1, 2]], {}):
        with pytest.raises(InputError, match="x is no array of numbers"):
            numbers("x", wrong)
