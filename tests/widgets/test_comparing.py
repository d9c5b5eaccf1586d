from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from PIL import Image

from tests import models
from tests.widgets.hands import (
    CLASSES,
    SIDE,
    FakeComm,
    R,
    X,
    Y,
    explorer,
    model,
    told,
    until,
)
from xaiwidgets import Classifier, Comparison, Explorer, Window, query
from xaiwidgets.errors import CompositionError, InputError, QueryError
from xaiwidgets.widgets.explorer._projection import read_query
from xaiwidgets.work import Progress

RIVAL = Classifier(models.small(seed=5), classes=CLASSES, name="g")


@pytest.fixture
def page() -> Iterator[tuple[Explorer, FakeComm]]:
    widget = explorer(model(), {"one": X, "two": Y}, {"ref": R}, RIVAL)
    widget.run().wait(20)
    comm = FakeComm()
    widget.comm = comm
    yield widget, comm
    widget.cancel()


def names(widget: Explorer) -> dict[str, Any]:
    return {"f": widget._session.model, "g": RIVAL, "one": X, "two": Y, "ref": R}


def test_what_can_be_compared_is_offered(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    assert widget.candidates == ["one", "two", "ref"] and widget.rival == "g"
    widget.index = 1
    assert widget.candidates == ["one", "two", "ref"]


@pytest.mark.parametrize("operator", ["join", "left join"])
@pytest.mark.parametrize("partner", ["two", "ref", "g"])
def test_gesture_query_and_python_are_one(
    page: tuple[Explorer, FakeComm], operator: str, partner: str
) -> None:
    widget, comm = page
    widget.window = (2, 2, 8, 8)
    assert told(comm, widget, "compare", operator=operator, name=partner)["ok"]
    widget.run().wait(20)
    asked = query(widget.query, **names(widget))
    found = asked.explain(budget=64, grid=3)
    shown = widget.result
    maps = (shown.maps, found.maps) if isinstance(shown, Comparison) else ([shown], [found])
    assert all(np.allclose(a.cells, b.cells, atol=1e-5) for a, b in zip(*maps, strict=True))
    scope: dict[str, Any] = {
        "model": widget._session.model, "rival": RIVAL, "pictures": {"one": X, "two": Y},
        "references": {"ref": R},
    }  # fmt: skip
    *lines, last = widget.code.splitlines()
    exec("\n".join([*lines, f"found = {last}"]), scope)
    again = scope["found"].maps if isinstance(shown, Comparison) else [scope["found"]]
    assert all(
        np.allclose(a.cells, b.cells, atol=1e-5) for a, b in zip(again, maps[0], strict=True)
    )
    text = widget.query
    told(comm, widget, "uncompare", name=partner)
    assert (widget.operator, widget.partners) == ("", [])
    assert told(comm, widget, "ask", text=text)["ok"]
    assert (widget.operator, widget.partners, widget.query) == (operator, [partner], text)


def test_a_join_is_drawn_once_and_an_anti_join_on_each_side(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, _ = page
    widget.compare("join", "two")
    widget.run().wait(20)
    (other,) = widget.others
    assert (other["name"], other["attribution"]) == ("two", None)
    assert widget.attribution["weights"] == [0.5, 0.5]  # type: ignore[index]
    widget.weights = [0.25]
    widget.run().wait(20)
    assert "weight 0.25" in widget.query
    assert widget.result.paid == 0  # type: ignore[union-attr]
    widget.partners = [name for name in widget.partners if name != "two"]
    widget.compare("left join", "two")
    widget.run().wait(20)
    (other,) = widget.others
    assert other["attribution"]["target"] == other["prediction"]["top"][0]["index"]
    assert widget.original is None


def test_what_is_not_defined_is_blocked_with_the_rule(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    assert not {"join", "left join"} & widget.blocked.keys()
    assert "only a join" in widget.blocked["weight"]
    widget.compare("join", "two")
    assert "undefined" in widget.blocked["left join"]
    assert "weight" not in widget.blocked
    before = widget.query
    answer = told(comm, widget, "compare", operator="left join", name="ref")
    assert "the composition of join and anti-join is undefined" in answer["error"]["message"]
    assert widget.query == before
    widget.partners = [name for name in widget.partners if name != "two"]
    widget.compare("left join", "g")
    assert "printed" not in widget.blocked
    assert "candidate:ref" in widget.blocked
    with pytest.raises(t.TraitError, match="an anti-join compares"):
        widget.partners = ["g", "ref"]
    with pytest.raises(CompositionError):
        widget.compare("left join", "ref")


def test_more_than_two_count_the_same(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    widget.compare("join", "two")
    widget.weights = [0.3]
    widget.compare("join", "ref")
    widget.run().wait(20)
    assert "write other weights in the query" in widget.blocked["weight"]
    assert widget.query.count("join") == 2
    assert len(widget.others) == 2
    widget.partners = [name for name in widget.partners if name != "two"]
    assert widget.query == "select * from f(one) join (select * from f(ref))"


def test_the_printed_form_is_an_option(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    widget.compare("left join", "g")
    widget.run().wait(20)
    default = widget.result.left  # type: ignore[union-attr]
    widget.printed = True
    widget.run().wait(20)
    printed = widget.result.left  # type: ignore[union-attr]
    assert not np.allclose(default.cells, printed.cells)
    assert "printed=True" in widget.code
    assert abs(default.residual) < 1e-6 < abs(printed.residual)


def png(side: int = SIDE) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(buffer, format="png")
    return buffer.getvalue()


def test_a_picture_is_handed_in_from_the_page(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    data = {
        "method": "custom",
        "content": {"id": 1, "command": "add", "name": "my cat.png", "reference": True},
    }
    widget._handle_msg({"content": {"data": data}, "buffers": [png()]})
    (answer,) = [a for a in comm.answers() if a.get("id") == 1]
    assert answer["name"] == "my_cat"
    widget.compare("join", "my_cat")
    widget.run().wait(20)
    assert 'explorer.input("my_cat")' in widget.code.replace("'", '"')
    assert torch.equal(
        widget.input("my_cat"), torch.tensor([1.0, 0, 0])[:, None, None].expand(3, SIDE, SIDE)
    )
    assert (
        widget.add_picture("my cat", np.zeros((SIDE, SIDE, 3), np.uint8), reference=True)
        == "my_cat2"
    )
    with pytest.raises(InputError, match="becomes an input of"):
        widget.add_picture("big", np.zeros((SIDE + 1, SIDE, 3), np.uint8), reference=True)
    for wrong, words in (
        (b"no picture", "cannot identify|no picture that can be read"),
        (b"", "0 bytes"),
    ):
        data["content"]["id"] += 1  # type: ignore[index]
        widget._handle_msg({"content": {"data": data}, "buffers": [wrong]})
        answer = comm.answers()[-1]
        assert not answer["ok"]
        assert any(word in answer["error"]["message"] for word in words.split("|"))


def test_a_random_picture_of_the_same_or_another_class_is_found() -> None:
    many = {f"p{i}": torch.rand(3, SIDE, SIDE) * (i % 4) for i in range(8)}
    widget = explorer(model(), X, many)
    widget.run().wait(20)
    best = widget.prediction["top"][0]["index"]
    kinds = {name: widget._session.model.predict(p).index == best for name, p in many.items()}
    for same in (True, False):
        widget._page.compare_randomly("join", same)
        if any(kind == same for kind in kinds.values()):
            until(lambda: bool(widget.partners))
            assert kinds[widget.partners[0]] == same
            widget.partners = widget.partners[1:]
        else:
            until(lambda: widget.error is not None)
            assert "no other picture is predicted" in widget.error["message"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select * from f(one) left join (select * from g(two))", "compares several inputs"),
        ("select * from f(one) join (select * from g(two))", "the same picture"),
        ("select 4 from f(one)", "has no probe"),
        ("select * from f(ref) join (select * from f(one))", "ref is a reference"),
        ("select * from f(one) where [0:4, 0:4] join (select * from f(two))", "one window"),
    ],
)
def test_queries_that_cannot_be_shown_are_refused(
    page: tuple[Explorer, FakeComm], text: str, words: str
) -> None:
    widget, comm = page
    before = widget.query
    answer = told(comm, widget, "ask", text=text)
    assert not answer["ok"]
    assert words in answer["error"]["message"]
    assert answer["error"]["column"] is not None
    assert widget.query == before
    with pytest.raises(QueryError):
        read_query(text, widget._timeline.now, widget._session)


def test_the_edited_picture_is_compared_with_the_original(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, comm = page
    edited, partner = "select * from f(erase(one, [0:9, 0:9]))", "left join (select * from f(one))"
    assert told(comm, widget, "ask", text=f"{edited} {partner}")["ok"]
    text = f'{edited} for class "tabby, tabby cat" {partner}'
    assert (widget.query, widget.partners) == (text, ["one"])
    assert "one" in widget.candidates
    answer = told(comm, widget, "ask", text="select * from f(one) join (select * from f(one))")
    assert "compared with itself" in answer["error"]["message"]
    assert widget.query == text


def test_an_edit_of_a_pasted_picture_is_copied_as_python(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    widget.query = "select * from f(paste(one, rotate(ref, 10), [0:9, 0:9]))"
    widget.run().wait(20)
    assert "images.rotate(model.input(references['ref']), 10)" in widget.code


def test_partners_of_another_size_are_left_behind() -> None:
    small = torch.rand(3, SIDE + 4, SIDE + 4)
    widget = explorer(model(), {"one": X, "two": Y, "small": small}, {"ref": R})
    widget.compare("join", "two")
    widget.compare("join", "ref")
    widget.index = 2
    assert (widget.partners, widget.operator) == ([], "join")
    assert widget.query == "select * from f(small)"
    assert widget.candidates == ["small"]
    widget.run().wait(20)


def test_classes_stay_with_their_partners(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    widget.query = (
        "select * from f(one) left join (select * from f(two) for class bird) "
        "left join (select * from f(ref) for class dog)"
    )
    widget.index = 1
    assert widget.query == "select * from f(two) left join (select * from f(ref) for class dog)"
    widget.query = "select * from f(one) join (select * from f(two) for class bird) weight 0.9"
    widget.partners = ["ref"]
    assert widget.query == "select * from f(one) join (select * from f(ref))"


def test_the_operator_may_come_first(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    widget.operator = "left join"
    widget.partners = ["ref"]
    assert widget.query == "select * from f(one) left join (select * from f(ref))"
    refused = told(comm, widget, "uncompare", name="two")
    assert "not compared with 'two'" in refused["error"]["message"]


def test_a_live_budget_does_not_break_the_printed_form() -> None:
    widget = explorer(model(), X, rival=RIVAL, budget=16384, grid=12, printed=True)
    widget.compare("left join", "g")
    until(lambda: widget.status["done"] > 100)
    widget.budget = 128
    until(lambda: widget.status["state"] in ("done", "error"), 30)
    assert widget.error is None


def test_closing_stops_what_is_computed_ahead() -> None:
    widget = explorer()
    widget.run().wait(20)
    widget._page.searching.submit(endless(), lambda progress: None, lambda job: None)
    job = widget._page.searching.job
    widget.close()
    assert job is not None
    until(lambda: job.done)


def endless() -> Any:
    while True:
        yield Progress(0)


def test_comparisons_are_valid_in_the_constructor() -> None:
    widget = explorer(
        model(), X, {"ref": R}, operator="left join", partners=["ref"], window=(0, 0, 8, 8)
    )
    assert widget.query == (
        "select * from f(x) where [0:8, 0:8] left join (select * from f(ref) where [0:8, 0:8])"
    )
    widget.window = Window(1, 1, 6, 6)
    assert widget.query.count("[1:7, 1:7]") == 2
    with pytest.raises(t.TraitError, match="there is no 'nobody'"):
        explorer(model(), X, {"ref": R}, partners=["nobody"])
    with pytest.raises(InputError, match="same classes"):
        explorer(model(), X, rival=Classifier(models.small(classes=3)))
