"""Gestures on the widget: what they do to its traits, how they are undone, what they cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import traitlets as t

from tests import models
from tests.widgets.hands import CLASSES, FakeComm, R, X, Y, explorer, model, told, until
from xaiwidgets import Classifier, Explorer, Window
from xaiwidgets.widgets.explorer._projection import STATE
from xaiwidgets.widgets.explorer._question import Question

RIVAL = Classifier(models.small(seed=5), classes=CLASSES, name="g")


@pytest.fixture
def page() -> Iterator[tuple[Explorer, FakeComm]]:
    widget = explorer(model(), {"one": X, "two": Y}, {"ref": R}, RIVAL)
    widget.run().wait(20)
    comm = FakeComm()
    widget.comm = comm
    yield widget, comm
    widget.cancel()


def state(widget: Explorer) -> dict[str, Any]:
    return {name: getattr(widget, name) for name in (*STATE, "code", "edits", "blocked")}


def test_every_gesture_is_undone_and_done_again(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    told(comm, widget, "ask", text="select * from f(two) where [2:8, 2:8] for class bird")
    states = [state(widget)]
    began = widget.undoable
    for gesture in (
        lambda: setattr(widget, "index", 0),
        lambda: setattr(widget, "trail", [(0, 0, 12, 12), (2, 2, 8, 8)]),
        lambda: setattr(widget, "target", "dog"),
        lambda: widget.edit("erase", Window(0, 0, 4, 4)),
        lambda: widget.compare("join", "two"),
        lambda: setattr(widget, "weights", [0.25]),
        lambda: setattr(widget, "partner_targets", [3]),
        lambda: widget.compare("join", "ref"),
        lambda: setattr(widget, "partners", [n for n in widget.partners if n != "two"]),
        lambda: setattr(widget, "partners", []),
        lambda: setattr(widget, "operator", "left join"),
        lambda: setattr(widget, "baseline", "mean"),
        lambda: setattr(widget, "grid", 4),
        lambda: setattr(widget, "query", "select * from f(one)"),
    ):
        gesture()
        assert state(widget) != states[-1]
        states.append(state(widget))
    assert (widget.undoable, widget.redoable) == (began + len(states) - 1, 0)
    for before in states[-2::-1]:
        assert told(comm, widget, "undo")["ok"]
        assert state(widget) == before
    assert (widget.undoable, widget.redoable) == (began, len(states) - 1)
    for after in states[1:]:
        widget.redo()
        assert state(widget) == after
    widget.run().wait(20)
    assert widget.result is not None
    assert widget.attribution["total"] == 64  # type: ignore[index]


def test_with_nothing_to_undo_nothing_happens(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    before, shown = state(widget), widget.attribution
    assert (widget.undoable, widget.redoable) == (0, 0), "the constructor is no gesture"
    widget.undo()
    widget.redo()
    assert state(widget) == before
    assert widget.attribution is shown


def test_a_drag_from_the_page_is_one_step(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    widget.set_state({"gesture": 1, "trail": [[2, 2, 4, 4]]})
    for size in (6, 8):
        widget.set_state({"trail": [[2, 2, size, size]]})
    assert widget.undoable == comm.updates("undoable")[-1] == 1
    widget.set_state({"gesture": 2, "trail": [[2, 2, 8, 8], [3, 3, 4, 4]]})
    assert widget.undoable == 2, "another drag is another step"
    widget.set_state({"target": 1})
    assert widget.undoable == 3, "a slider that is linked to it is no part of it"
    for number in (3, 4):
        widget.set_state({"gesture": number, "target": number - 1})
    assert widget.undoable == 5, "clicks are steps each"
    widget.set_state({"gesture": 5, "opacity": 0.5})
    assert (widget.undoable, widget.opacity) == (5, 0.5)
    widget.window = (1, 1, 4, 4)
    widget.window = (1, 1, 5, 5)
    assert widget.undoable == 7, "so are assignments in a cell"
    for _ in range(6):
        widget.undo()
    assert (widget.window, widget.target) == (Window(2, 2, 8, 8), None)
    widget.undo()
    assert (widget.window, widget.undoable, widget.redoable) == (None, 0, 7)


def test_messages_without_gestures_are_steps_each(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    for size in (4, 6, 8):
        widget.set_state({"trail": [[2, 2, size, size]]})
    assert widget.undoable == 3


def test_one_message_may_say_several_things(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    heard: list[Any] = []
    widget.observe(lambda change: heard.append((change.name, change.new)), ["target", "window"])
    widget.set_state({"trail": [[2, 2, 8, 8]], "target": 2})
    assert widget.query == "select * from f(one) where [2:10, 2:10] for class bird"
    assert heard.count(("target", 2)) == len([name for name, _ in heard if name == "target"]) == 1
    assert (widget.undoable, comm.updates("trail"), comm.updates("target")) == (1, [], [])
    widget.undo()
    assert widget.query == "select * from f(one)"


def test_what_is_refused_only_together_is_put_back(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    widget.compare("join", "two")
    widget.compare("join", "g")
    before = state(widget)
    with pytest.raises(t.TraitError, match="an anti-join compares"):
        widget.operator = "left join"
    assert state(widget) == before
    widget.partners = ["two"]
    widget.set_state({"operator": "left join", "partners": ["two", "g"]})
    assert "an anti-join compares" in widget.error["message"]  # type: ignore[index]
    shown = {name: getattr(widget, name) for name in STATE}
    said = {name: value(widget._timeline.now, widget._session) for name, value in STATE.items()}
    assert shown == said


def test_the_traits_make_the_same_explorer_again(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    widget.edit("rotate", 15)
    widget.trail = [(0, 0, 12, 12), (2, 2, 8, 8)]
    widget.compare("join", "two")
    widget.compare("join", "ref")
    widget.weights, widget.partner_targets = [0.25, None], [1, None]
    widget.grid, widget.baseline = 4, "ref"
    traits = {name: getattr(widget, name) for name in STATE}
    again = explorer(model(), {"one": X, "two": Y}, {"ref": R}, RIVAL, **traits)
    assert state(again) == state(widget)


def test_an_answer_says_what_it_answers(page: tuple[Explorer, FakeComm]) -> None:
    widget, _ = page
    widget.compare("join", "two")
    answer = widget.run().wait(20)
    assert answer.question == widget._timeline.now
    assert repr(answer).startswith("<Answer to 'select * from f(one) join (select * from f(two))'")
    assert len(repr(answer)) < 400
    until(lambda: widget.readings is not None)
    widget.partners = []
    widget.run().wait(20)
    until(lambda: widget.readings is not None)
    queries, maps = widget.questions, widget.layer_maps
    widget.publish(**widget.show(widget.state, answer, True))
    assert widget.attribution["weights"] == [0.5, 0.5]  # type: ignore[index]
    assert [other["name"] for other in widget.others] == ["two"]
    assert (widget.questions, widget.layer_maps) == (queries, maps), "it is not what is asked now"


def test_a_query_is_completed_by_the_grammar(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    before = widget.state
    answer = told(comm, widget, "complete", text="select * fr")
    assert (answer["start"], answer["options"]) == (9, [{"text": "from", "kind": "keyword"}])
    answer = told(comm, widget, "complete", text="select * from f(x) for class ta")
    assert answer["options"] == [{"text": '"tabby, tabby cat"', "kind": "class"}]
    assert told(comm, widget, "complete", text="nonsense ")["options"] == []
    assert widget.state == before


def test_the_same_query_asks_again(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    widget.trail = [(0, 0, 12, 12), (2, 2, 8, 8)]
    widget.run().wait(20)
    told(comm, widget, "ask", text=widget.query)
    assert widget.status["state"] == "running"
    assert len(widget.trail) == 2, "it says nothing of the windows around"
    assert widget.undoable == 1
    with pytest.raises(t.TraitError, match="expected"):
        widget.query = "select"
    assert "expected" in told(comm, widget, "ask", text="select")["error"]["message"]


def test_a_live_budget_is_undone_like_all_else() -> None:
    widget = explorer(model(), X, budget=16384, grid=16)
    until(lambda: widget.status["done"] > 100)
    work = widget._run
    widget.budget = 8192
    assert widget._run is work, "it goes on"
    widget.undo()
    assert widget.budget == 16384
    assert widget._run is work
    assert widget._budget.max_trial == 16384
    widget.budget = 128
    until(lambda: widget.result is not None and widget.result.evaluations == 128, 30)


@pytest.mark.parametrize("several", [3, 30])
def test_a_gesture_costs_the_same_with_many_pictures(
    several: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = torch.rand(several, *X.shape, generator=torch.Generator().manual_seed(2))
    widget = explorer(model(), pictures)
    widget.run().wait(20)
    here, expressions, hashes = threading.get_ident(), [], []
    compose, weights = Question.expression, Classifier.weights

    def counted(question: Question, session: Any) -> Any:
        expressions.extend([question] * (threading.get_ident() == here))
        return compose(question, session)

    def stamped(network: Classifier, *, anew: bool = False) -> int:
        hashes.extend([anew] * (threading.get_ident() == here))
        return weights(network, anew=anew)

    monkeypatch.setattr(Question, "expression", counted)
    monkeypatch.setattr(Classifier, "weights", stamped)
    widget.target = 2
    assert 0 < len(expressions) < 20
    assert hashes in ([], [False], [False, False]), "weights are compared, and never hashed"
