from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t

from tests import models
from tests.widgets.hands import FakeComm, R, X, Y, explorer, model, said, told, until
from xaiwidgets import Classifier, Explorer, Window
from xaiwidgets.errors import Cancelled, InputError, ModelError
from xaiwidgets.widgets.explorer._answer import Answer
from xaiwidgets.work import Progress


@pytest.fixture
def page() -> Iterator[tuple[Explorer, FakeComm]]:
    widget = explorer(model(), {"one": X, "two": Y}, {"ref": R})
    widget.run().wait(20)
    comm = FakeComm()
    widget.comm = comm
    yield widget, comm
    widget.cancel()


def test_the_widget_gives_the_numbers_of_plain_python() -> None:
    widget = explorer(window=Window(2, 3, 8, 8), target="dog", budget=100, grid=5, seed=3)
    widget.run().wait(20)
    found = model()(X).where(Window(2, 3, 8, 8)).explain(budget=100, seed=3, grid=5, target="dog")
    assert widget.result is not None
    assert np.allclose(widget.result.cells, found.cells, atol=1e-5)
    assert widget.query == "select * from f(x) where [2:10, 3:11] for class dog"
    assert widget.attribution is not None
    assert np.frombuffer(widget.attribution["cells"], np.float32).shape == (25,)
    assert widget.attribution["partial"] is False
    assert widget.status["state"] == "done"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("window", (0, 0, 99, 2), r"\[0:99, 0:2\] leaves the picture"),
        ("window", (0, 0, 0, 2), "window height is 0"),
        ("window", "all", "window is 'all'"),
        ("trail", [(0, 0, 99, 2)], "leaves the picture"),
        ("target", "mouse", "no class is named 'mouse'"),
        ("target", 4, "class 4 does not exist"),
        ("baseline", "black", "use one of zeros, mean, blur"),
        ("output", "score", "logit.*probability"),
        ("budget", 1, "budget.*64"),
        ("grid", 99, "grid.*16"),
        ("opacity", 2, "opacity.*1"),
        ("index", 1, "index is 1; there are 1 pictures"),
        ("query", "select * from f(z)", "z is not bound"),
    ],
)
def test_what_is_not_allowed_is_named_and_changes_nothing(
    name: str, value: Any, words: str
) -> None:
    widget = explorer()
    before = {key: getattr(widget, key) for key in ("query", name)}
    with pytest.raises(t.TraitError, match=words):
        setattr(widget, name, value)
    assert {key: getattr(widget, key) for key in before} == before
    with pytest.raises(t.TraitError, match=words):
        explorer(**{name: value})


def test_wrong_models_and_pictures_are_told_at_once() -> None:
    with pytest.raises(InputError, match=r"pictures.*NaN"):
        explorer(model(), X * torch.nan)
    with pytest.raises(InputError, match=r"pictures\[1\].*windows and cells need"):
        explorer(model(), [X, X[0]])
    with pytest.raises(InputError, match="at least one picture"):
        explorer(model(), [])
    with pytest.raises(ModelError, match="4 classes, but 2 class names"):
        explorer(Classifier(models.small(), classes=["a", "b"]), X)
    with pytest.raises(ModelError, match="returned a tuple"):
        explorer(models.Answers(lambda x: (x,)), X)


def test_every_state_is_valid_in_the_constructor() -> None:
    window = Window(2, 2, 6, 6)
    widget = explorer(model(), [X, Y], index=1, window=window, target="bird")
    assert (widget.index, widget.window, widget.target) == (1, window, 2)
    assert widget.query == "select * from f(x2) where [2:8, 2:8] for class bird"
    outer = Window(0, 0, 12, 12)
    widget = explorer(query="select * from f(x)", trail=[outer, window], window=window)
    assert widget.trail == [outer, window]
    with pytest.raises(InputError, match="bugdet"):
        explorer(bugdet=64)
    with pytest.raises(InputError, match="distinct names"):
        explorer(model(), X, {"mean": Y})
    with pytest.raises(ModelError, match="1, 1, 16, 16"):
        explorer(model(), [X, X[:1]])


def test_the_window_is_erased_to_the_baseline() -> None:
    widget = explorer(model(), X, {"ref": R}, baseline="mean", window=(2, 2, 6, 6))
    widget._page.edit_as_shown(operation="erase")
    what = 'for class "tabby, tabby cat"'
    assert widget.query == f"select * from f(erase(x, [2:8, 2:8], mean)) {what}"
    widget.undo()
    widget.baseline = "ref"
    widget._page.edit_as_shown(operation="erase")
    assert widget.query == f"select * from f(erase(x, [2:8, 2:8], ref)) {what}"
    assert "Window(2, 2, 6, 6), model.input(references['ref']))" in widget.code
    widget.run().wait(20)


def test_a_lowered_budget_ends_with_the_map_of_that_budget() -> None:
    widget = explorer(model(), X, budget=16384, grid=16)
    until(lambda: widget.status["done"] > 300)
    widget.budget = 128
    until(lambda: widget.result is not None and widget.result.evaluations == 128, 30)
    until(lambda: widget.status["state"] == "done")
    plain = model()(X).explain(budget=128, grid=16)
    assert np.allclose(widget.result.cells, plain.cells, atol=1e-4)  # type: ignore[union-attr]


def test_windows_and_trail_follow_each_other() -> None:
    widget = explorer()
    widget.trail = [(0, 0, 12, 12), (2, 2, 6, 6)]
    assert widget.window == Window(2, 2, 6, 6)
    assert widget.query.endswith("where [2:8, 2:8]")
    widget.window = (1, 1, 4, 4)
    assert widget.trail == [Window(1, 1, 4, 4)]
    widget.window = None
    assert (widget.trail, widget.query) == ([], "select * from f(x)")


def test_the_query_moves_everything_else() -> None:
    widget = explorer(model(), {"one": X, "two": Y}, {"ref": R})
    text = "select * from f(paste(two, ref, [0:4, 0:4])) where [2:8, 3:9] for class bird"
    widget.query = text
    assert (widget.index, widget.window, widget.target) == (1, Window(2, 3, 6, 6), 2)
    assert widget.edits == ["paste ref [0:4, 0:4]"]
    assert widget.query == text
    widget.index = 0
    assert widget.query == "select * from f(one) for class bird"
    with pytest.raises(t.TraitError, match="ref is a reference"):
        widget.query = "select * from f(ref)"


def test_what_is_asked_stays_when_an_edit_changes_the_prediction() -> None:
    net = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d((1, 2)), torch.nn.Flatten())
    picture = torch.tensor([1.0, 0.6]).repeat_interleave(4).expand(1, 8, 8).contiguous()
    widget = Explorer(Classifier(net, classes=["left", "right"]), picture, budget=64, grid=2)
    assert widget.run().wait(20).target == 0
    widget.edit("erase", Window(0, 0, 8, 4))
    answer = widget.run().wait(20)
    assert answer.after.best == 1
    assert (widget.result.label, widget.result_before.label) == ("left", "left")  # type: ignore[union-attr]
    assert widget.prediction["target"]["label"] == "left"
    assert widget.query.endswith("for class left")
    assert "target=0" in widget.code
    widget.target = 1
    assert widget.run().wait(20).target == 1
    widget.undo()
    widget.undo()
    assert (widget.target, list(widget.edits)) == (None, [])
    assert widget.query == "select * from f(x)"


def test_edits_are_undone_and_redone(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    widget.window = (2, 2, 6, 6)
    plain = widget.query
    assert told(comm, widget, "edit", operation="erase")["ok"]
    assert widget.window is None, "what was done to the window shows in the picture around it"
    widget.window = (2, 2, 6, 6)
    assert told(comm, widget, "edit", operation="shift", rows=1, columns=0)["ok"]
    assert widget.edits == ["erase [2:8, 2:8]", "shift 1 0"]
    widget.run().wait(20)
    assert widget.result_before is not None
    assert widget.original is not None
    unedited = (
        model()(X)
        .where(Window(2, 2, 6, 6))
        .explain(
            budget=64,
            grid=3,
            target=widget.result.target,  # type: ignore[union-attr]
        )
    )
    assert np.allclose(widget.result_before.cells, unedited.cells, atol=1e-5)
    told(comm, widget, "undo")
    assert (widget.edits, widget.redoable) == (["erase [2:8, 2:8]"], 1)
    assert widget.window == Window(2, 2, 6, 6), "undo returns to the window, too"
    told(comm, widget, "undo")
    assert (widget.edits, widget.window) == (["erase [2:8, 2:8]"], None)
    told(comm, widget, "undo")
    assert (widget.query, widget.redoable) == (plain, 3), "to the one that was erased, too"
    told(comm, widget, "redo")
    assert widget.edits == ["erase [2:8, 2:8]"]
    told(comm, widget, "edit", operation="rotate", degrees=15)
    assert (len(widget.edits), widget.redoable) == (2, 0)
    told(comm, widget, "undo")
    told(comm, widget, "undo")
    widget.run().wait(20)
    assert widget.original is None
    assert widget.attribution_before is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"command": "edit", "operation": "erase"}, "draw one first"),
        ({"command": "edit", "operation": "melt"}, "no edit is called 'melt'"),
        ({"command": "edit", "operation": "scale", "factor": 99}, "scale factor is 99"),
        ({"command": "edit", "operation": "noise", "deviation": -1}, "noise deviation is -1"),
        (
            {"command": "edit", "operation": "noise", "deviation": 1, "seed": -1},
            "seed is -1; use",
        ),
        ({"command": "edit", "operation": "brighten"}, "brighten takes a number"),
        ({"command": "edit", "operation": "shift", "rows": "a"}, "whole number"),
        ({"command": "dance"}, "there is no command 'dance'"),
    ],
)
def test_a_command_that_cannot_be_done_is_answered_by_its_number(
    page: tuple[Explorer, FakeComm], fields: dict[str, Any], words: str
) -> None:
    widget, comm = page
    before = widget.query
    answer = told(comm, widget, **fields)
    assert not answer["ok"]
    assert re.search(words, answer["error"]["message"])
    assert widget.query == before


def test_a_question_from_the_page_is_answered_with_the_column(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, comm = page
    answer = told(comm, widget, "ask", text="select * from f(one) where [0:99, 0:2]")
    assert answer["error"]["column"] == 27
    assert told(comm, widget, "ask", text="select * from f(two) where [0:9, 0:9]")["ok"]
    assert widget.window == Window(0, 0, 9, 9)


def test_what_the_page_may_not_set_is_shown_and_put_back(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, comm = page
    widget.set_state({"trail": [[0, 0, 99, 99]]})
    assert "leaves the picture" in widget.error["message"]
    assert comm.updates("trail")[-1] == []
    widget.set_state({"trail": [[0, 0, 9, 9]]})
    assert widget.window == Window(0, 0, 9, 9)
    assert widget.error is None


def test_cancel_keeps_the_partial_map() -> None:
    widget = explorer(model(), X, budget=16384, grid=16)
    run = widget.run()
    until(lambda: widget.status["done"] > 100)
    widget.cancel()
    with pytest.raises(Cancelled):
        run.wait(10)
    assert widget.status["state"] == "partial"
    assert widget.attribution["partial"] is True  # type: ignore[index]
    assert widget.result is not None
    assert 0 < widget.result.evaluations < 16384


def test_a_run_stopped_before_its_first_map_is_no_partial_map() -> None:
    widget = explorer()
    whole = widget.run().wait(20)

    def endless(answer: Answer) -> Iterator[Progress]:
        while True:
            yield Progress(0, None, "predicting", answer)
            time.sleep(0.001)

    for answer, state in ((replace(whole, result=None), "idle"), (whole, "partial")):
        widget.steps = lambda _, answer=answer: endless(answer)  # type: ignore[method-assign]
        run = widget.run()
        until(lambda: widget.status["note"] == "predicting")
        widget.cancel()
        with pytest.raises(Cancelled):
            run.wait(10)
        assert widget.status["state"] == state


def test_an_error_keeps_the_last_good_map() -> None:
    net = models.small()
    widget = explorer(Classifier(net), X)
    widget.run().wait(20)
    good = widget.attribution
    with torch.no_grad():
        net[-1].weight.fill_(torch.nan)
    run = widget.run()
    with pytest.raises(ModelError, match="NaN"):
        run.wait(10)
    assert widget.attribution == good
    assert widget.status["state"] == "error"
    assert "NaN" in widget.error["message"]
    with pytest.raises(ModelError, match="NaN"):
        _ = widget.result


@pytest.mark.slow
def test_the_budget_is_live() -> None:
    widget = explorer(model(), X, budget=16384, grid=16)
    run = widget.run()
    until(lambda: widget.status["done"] > 100)
    widget.budget = 2000
    assert run.wait(20).after.attribution.evaluations == 2000  # type: ignore[union-attr]


@pytest.mark.slow
def test_previews_wait_for_the_page() -> None:
    widget = explorer(model(), X, budget=64)
    widget.run().wait(20)
    comm = FakeComm()
    widget.comm = comm
    widget.grid, widget.budget = 16, 16384
    run = widget.run()
    until(lambda: widget.status["done"] > 2000, 30)
    frames = [a["frame"] for a in comm.updates("attribution")]
    assert len(frames) <= 2, "the page has painted nothing, yet more than two maps were sent"
    sent = len(comm.updates("attribution"))
    said(widget, {"command": "painted", "frame": widget._frames.sent})
    until(lambda: len(comm.updates("attribution")) > sent or run.done)
    widget.cancel()


def test_a_repeated_gesture_costs_nothing(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    widget.window = (2, 2, 8, 8)
    widget.run().wait(20)
    first = widget.result
    widget.window = None
    widget.run().wait(20)
    widget.window = (2, 2, 8, 8)
    widget.run().wait(20)
    assert widget.result == replace(first, paid=0, seconds=widget.result.seconds)  # type: ignore[type-var]
    other = next(i for i in range(4) if i != first.target)  # type: ignore[union-attr]
    widget.target = other
    widget.run().wait(20)
    assert widget.result.paid == 0  # type: ignore[union-attr]


def test_the_saved_page_has_all_that_is_on_the_screen(
    page: tuple[Explorer, FakeComm], tmp_path: Path
) -> None:
    widget, _ = page
    text = widget.to_html(tmp_path / "page.html").read_text()
    state = json.loads(re.search(r'id="xai-state">(.*?)</script>', text, re.S)[1])  # type: ignore[index]
    assert state["query"] == widget.query
    assert state["attribution"]["cells"]["data"]["$bytes"]
    addresses = set(re.findall(r"https?://[^\s\"<>\\\\]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.apache.org/licenses/LICENSE-2.0"}
