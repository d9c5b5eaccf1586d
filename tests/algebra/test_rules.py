"""What the sides of a composition must share, and how they are named apart."""

from __future__ import annotations

import pytest
import torch

from xaiwidgets.algebra._rules import (
    check_classes,
    check_shapes,
    distinct_names,
    merged_shares,
    weights_of,
)
from xaiwidgets.errors import InputError


def test_sides_have_the_same_pixels_but_may_have_other_channels() -> None:
    check_shapes([("x", (3, 4, 5)), ("y", (1, 4, 5)), ("z", (3, 4, 5))])
    with pytest.raises(InputError, match=r"x has shape \(3, 4, 5\) and z \(3, 5, 5\)"):
        check_shapes([("x", (3, 4, 5)), ("y", (1, 4, 5)), ("z", (3, 5, 5))])


def test_networks_without_class_names_go_with_any() -> None:
    check_classes([("f", ("a", "b")), ("g", None), ("h", ("a", "b"))])
    check_classes([("f", None), ("g", ("a", "b"))])
    with pytest.raises(InputError, match="f and h have different classes"):
        check_classes([("f", ("a", "b")), ("g", None), ("h", ("b", "a"))])


def test_things_that_are_alike_share_a_name_and_others_do_not() -> None:
    x, y = torch.zeros(2), torch.ones(2)
    names = distinct_names([{"f": 1, "x": x}, {"f": 1, "x": y}, {"x": x.clone()}, {"x": y}])
    assert names == [{"f": "f", "x": "x"}, {"f": "f", "x": "x2"}, {"x": "x"}, {"x": "x2"}]


@pytest.mark.parametrize("weight", [None, 0.0, 0.25, 1.0])
def test_a_join_of_joins_weighs_its_sides_as_both_did(weight: float | None) -> None:
    left, right = (0.3,), (None, 0.9)
    keep = 2 / 5 if weight is None else weight  # without a weight all sides count the same
    merged = weights_of(merged_shares(left, right, weight))
    inner = [w * keep for w in weights_of(left)] + [w * (1 - keep) for w in weights_of(right)]
    assert merged == pytest.approx(inner)
    assert sum(merged) == pytest.approx(1)


def test_sides_without_weights_count_the_same() -> None:
    assert merged_shares((None,), (None, None), None) == (None,) * 4
    assert weights_of((None,) * 4) == pytest.approx([0.2] * 5)
    for wrong in (-0.1, 1.1, True, "half"):
        with pytest.raises(InputError, match="weight is"):
            merged_shares((), (), wrong)  # type: ignore[arg-type]
