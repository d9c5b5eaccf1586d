"""Edits by functions that a query names: called as written, computed when needed, read back."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.algebra.helpers import SIDE, fitted, wide
from xaiwidgets import Window, query
from xaiwidgets.algebra import Edited, FunctionEdit, Input, compute_source, suggestions
from xaiwidgets.errors import InputError, QueryError
from xaiwidgets.work import Progress, Steps, run, work

F = fitted(wide(), ["0"])
X = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
CALLS: list[Any] = []


def mirror(picture: Tensor) -> Tensor:
    CALLS.append("mirror")
    return picture.flip(-1)


class Shade:
    """An edit in steps that checks what it is given."""

    def check(
        self, picture: Tensor, by: float, window: Window | None = None, mode: str = ""
    ) -> None:
        if by < 0:
            raise InputError(f"by is {by}; use a number of at least 0")

    @work
    def __call__(self, picture: Tensor, by: float, **options: Any) -> Steps[Tensor]:
        CALLS.append((by, options))
        return self._steps(picture, by)

    def _steps(self, picture: Tensor, by: float) -> Steps[Tensor]:
        yield Progress(0, 1, "shading")
        return picture - by


NAMES: dict[str, Any] = {
    "f": F,
    "x": X,
    "mirror": mirror,
    "shade": Shade(),
    "w": Window(0, 0, 2, 2),
}


@pytest.fixture(autouse=True)
def _forget_calls() -> None:
    CALLS.clear()


@pytest.mark.parametrize(
    "source",
    [
        "mirror(x)",
        "rotate(mirror(x), 15)",
        "mirror(rotate(x, 15))",
        "shade(x, 0.5, window=[0:2, 0:2])",
        'shade(mirror(x), 1, mode="a \\"b\\"")',
        "paste(x, mirror(x), [0:2, 0:2])",
        "shade(x, by=0.25)",
    ],
)
def test_text_is_read_back_and_nothing_is_computed_before_it_is_needed(source: str) -> None:
    text = f"select * from f({source})"
    asked = query(text, **NAMES)
    assert str(asked) == text and not CALLS
    assert query(str(asked), **asked.names) == asked
    assert asked.names.keys() <= NAMES.keys()
    assert asked != query("select * from f(x)", **NAMES)


def test_its_arguments_are_those_of_the_function() -> None:
    (term,) = query('select * from f(shade(x, .5, window=w, mode="m"))', **NAMES).terms
    assert torch.equal(term.source.tensor, X - 0.5)
    assert [(0.5, {"window": Window(0, 0, 2, 2), "mode": "m"})] == CALLS
    assert torch.equal(run(compute_source(term.source)), X - 0.5) and len(CALLS) == 1, "once"
    CALLS.clear()
    mirrored = query("select 0 from f(mirror(x)) where [0:4, 0:4]", **NAMES)
    assert not CALLS, "layers are looked up with the picture before its edits"
    plain = F(X.flip(-1)).where(Window(0, 0, 4, 4)).select("0").explain(grid=2, budget=16)
    assert mirrored.explain(grid=2, budget=16).cells.tolist() == plain.cells.tolist()


def test_an_edit_in_steps_is_driven_by_whoever_needs_it() -> None:
    (term,) = query("select * from f(rotate(shade(x, 1), 15))", **NAMES).terms
    source = term.source
    assert isinstance(source, Edited) and source.waits
    notes = [progress.note for progress in compute_source(source)]
    assert notes == ["shading"] and not source.waits
    other = FunctionEdit("g", Input("x", X), (), function=mirror)
    assert other.renamed({"g": "g2", "x": "y"}).names.keys() == {"g2", "y"}
    assert other != FunctionEdit("g", Input("x", X), (), function=lambda picture: picture)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("f(mirror(x, 3))", "mirror: too many positional arguments"),
        ("f(shade(x))", "shade: missing a required argument: 'by'"),
        ("f(shade(x, 1, colour=2))", "shade: got an unexpected keyword argument 'colour'"),
        ("f(shade(x, by=-1))", "by is -1; use a number"),
        ("f(rotate(x, degrees=15))", "expected a number"),
        ("f(nobody(x))", "no edit is called 'nobody'"),
        ("f(shade(x, by=nobody))", "the name nobody is not bound"),
    ],
)
def test_what_it_does_not_take_is_said_where_it_is_written(text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words) as error:
        query(f"select * from {text}", **NAMES)
    assert error.value.column > 0 and not CALLS


def test_what_is_no_picture_is_refused_when_it_is_computed() -> None:
    asked = query("select * from f(half(x))", f=F, x=X, half=lambda picture: picture[:, :2])
    with pytest.raises(InputError, match="half gives Tensor, not such a picture"):
        asked.explain(grid=2, budget=16)


def test_functions_that_check_their_settings_are_suggested() -> None:
    _, offered = suggestions("select * from f(", NAMES)
    assert {s.text for s in offered if s.kind == "edit"} >= {"shade", "rotate"}
    assert "mirror" not in {s.text for s in offered}
