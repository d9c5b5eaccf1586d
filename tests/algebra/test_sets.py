"""`f(X)` of a set of pictures: what they share, the join of all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.algebra.helpers import SIDE, fitted, wide
from xaiwidgets import Window, query
from xaiwidgets.algebra import suggestions
from xaiwidgets.errors import CompositionError, QueryError

F = fitted(wide(), ["0"])
BATCH = torch.rand(3, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
X, Y, Z = BATCH
NAMES: dict[str, Any] = {"f": F, "x": X, "y": Y, "X": [X, Y, Z], "batch": BATCH, "none": []}


def test_a_set_is_the_join_of_its_pictures() -> None:
    joined = query("select * from f({x, y})", **NAMES)
    assert joined == F(X).join(F(Y, "y"))
    assert query(str(joined), **joined.names) == joined
    three = query("select * from f(X)", **NAMES).explain(grid=2, budget=16)
    alone = [F(each).explain(grid=2, budget=16).cells for each in BATCH]
    assert np.allclose(three.cells, np.mean(alone, 0), atol=1e-5)
    assert query("select * from f({x})", **NAMES) == F(X)


@pytest.mark.parametrize("text", ["f(X)", "f(batch)", "f({x, y, batch})", "f(named)"])
def test_pictures_of_a_set_have_names(text: str) -> None:
    names = NAMES | {"named": {"a": X, "b'": Y, "3rd": Z}}
    interpretation = query(f"select * from {text}", **names)
    called = [str(term.source) for term in interpretation.terms]
    assert (
        called
        == {
            "f(X)": ["X1", "X2", "X3"],
            "f(batch)": ["batch1", "batch2", "batch3"],
            "f({x, y, batch})": ["x", "y", "batch1", "batch2", "batch3"],
            "f(named)": ["a", "b'", "named3rd"],
        }[text]
    )
    assert query(str(interpretation), **interpretation.names) == interpretation


def test_edits_and_clauses_are_those_of_each() -> None:
    text = "select 0 from f(rotate(X, 15)) where [0:4, 0:4] for class 1 using ig"
    interpretation = query(text, **NAMES)
    assert [str(term.source) for term in interpretation.terms] == [
        f"rotate(X{i}, 15)" for i in (1, 2, 3)
    ]
    window = Window(0, 0, 4, 4)
    assert all((t.layer, t.window, t.target) == ("0", window, 1) for t in interpretation.terms)
    more = query("select * from f({x, y}) join (select * from f(batch))", **NAMES)
    assert len(more.terms) == 5 and np.allclose(more.weights, 0.2)


def test_what_is_no_set_says_why() -> None:
    with pytest.raises(QueryError, match="none is an empty set") as error:
        query("select * from f(none)", **NAMES)
    assert error.value.column == 16
    with pytest.raises(QueryError, match="one picture is expected, not a set of 3"):
        query("select * from f(paste(x, X, [0:2, 0:2]))", **NAMES)
    with pytest.raises(QueryError, match="X2 is a str, not a picture"):
        query("select * from f(X)", f=F, X=[X, "y"])
    with pytest.raises(CompositionError, match="join and anti-join is undefined"):
        query("select * from f(X) left join (select * from f(y))", **NAMES)
    with pytest.raises(QueryError, match="different sizes"):
        query("select * from f(X)", f=F, X=[X, torch.rand(3, SIDE + 2, SIDE)])
    with pytest.raises(QueryError, match=r"expected '\(' or ',' or '}', found 'y'"):
        query("select * from f({x y})", **NAMES)


def test_sets_are_suggested() -> None:
    _, offered = suggestions("select * from f(", NAMES)
    assert {each.text for each in offered if each.kind == "set of pictures"} == {"X"}
    _, offered = suggestions("select * from f({x, ", NAMES)
    assert "y" in [each.text for each in offered]
