"""The strip of answers: what it keeps, what is pinned, and the report."""

from __future__ import annotations

import base64
import io
import re
from html import unescape

import numpy as np
import pytest
import torch
from PIL import Image

from tests import models
from tests.widgets.hands import FakeComm, told, until
from xaiwidgets import Classifier, Explorer, Window
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.figures import png
from xaiwidgets.widgets.explorer._history import LONGEST, History, blend

SIDE = 12
X = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))


def explorer(**settings: object) -> Explorer:
    model = Classifier(models.small(), classes=["cat", "<dog>", "bird", "fish"])
    widget = Explorer(model, {"one": X, "two": 1 - X}, grid=2, budget=64, **settings)
    widget.run().wait(20)
    return widget


def test_each_question_has_one_entry_the_latest_last() -> None:
    widget = explorer()
    widget.target = 1
    widget.run().wait(20)
    widget.target = None
    widget.run().wait(20)
    assert [entry.query for entry in widget.history.entries] == [
        'select * from f(one) for class "<dog>"',
        "select * from f(one)",
    ]
    assert [shown["query"] for shown in widget.questions] == [
        entry.query for entry in widget.history.entries
    ]
    share = widget.history.entries[0].title
    logits = widget._session.logits(widget._session.model, X)
    assert share == f"Why <dog> ({100 * float(logits.softmax(0)[1]):.1f} %)?"


def test_questions_about_one_class_are_told_apart() -> None:
    widget = explorer(window=Window(1, 2, 6, 5), target=1)
    (plain,) = widget.history.entries
    assert re.fullmatch(r"Why <dog> \(\d+\.\d %\), in a window of 6×5\?", plain.title)
    widget.edit("erase", Window(1, 2, 6, 5))
    widget.edit("rotate", 10)
    widget.window = None
    widget.run().wait(20)
    assert widget.history.entries[-1].title.endswith(" %), after hiding a part and rotating it?")
    widget.compare("left join", "two")
    widget.run().wait(20)
    assert widget.history.entries[-1].title.endswith(", and what tells it from two?")
    widget.operator = "join"
    widget.run().wait(20)
    assert widget.history.entries[-1].title.endswith(", and what does it share with two?")


def test_what_is_pinned_stays_however_much_follows() -> None:
    first = explorer().history
    history = first.pin(first.entries[0].query)
    answer = history.entries[0].answer
    for number in range(LONGEST + 5):
        question = answer.question.explain(number)
        history = history.then(type(answer)(question, answer.expression, answer.sides), "")
    assert len(history.entries) == LONGEST + 1
    assert history.entries[0].pinned
    assert [e.answer.question.target for e in history.entries[1:3]] == [5, 6]
    assert history.entries[-1].answer.question.target == LONGEST + 4


def test_an_answer_given_anew_stays_pinned() -> None:
    history = explorer().history
    (entry,) = history.pin("select * from f(one)").entries
    assert entry.pinned and "pinned" in repr(entry)
    again = History((entry,)).then(entry.answer, "anew")
    assert (again.entries[0].pinned, again.entries[0].code) == (True, "anew")
    assert not again.pin(entry.query, False).entries[0].pinned


def test_only_what_has_been_answered_can_be_pinned() -> None:
    with pytest.raises(InputError, match="nothing has answered 'select'"):
        explorer().history.pin("select")


def test_the_page_pins_and_asks_for_the_report() -> None:
    widget = explorer()
    widget.comm = comm = FakeComm()
    widget.target = 1
    widget.run().wait(20)
    assert told(comm, widget, "pin", query=widget.questions[1]["query"])["ok"]
    assert [shown["pinned"] for shown in widget.questions] == [False, True]
    report = told(comm, widget, "report")["report"]
    assert report.count("<section>") == 1
    assert "&lt;dog&gt;" in report and "<dog>" not in report
    assert not told(comm, widget, "pin", query="no")["ok"]


def test_a_report_has_picture_facts_query_and_python(tmp_path: object) -> None:
    widget = explorer(window=Window(0, 0, 6, 6))
    path = widget.history.report(f"{tmp_path}/report.html")
    text = path.read_text(encoding="utf-8")
    (data,) = re.findall(r"data:image/png;base64,([^\"]+)", text)
    assert Image.open(io.BytesIO(base64.b64decode(data))).size[0] > 100
    assert "select * from f(one) where [0:6, 0:6]" in text
    assert "model.input(" in text
    assert "16 evaluations on cpu" in text and "exact" in text
    assert "http" not in text.lower()


def picture_in(report: str) -> bytes:
    (data,) = re.findall(r"data:image/png;base64,([^\"]+)", report)
    return base64.b64decode(data)


@pytest.mark.slow
@pytest.mark.parametrize("compared", [False, True])
def test_a_report_draws_its_maps_in_the_look_of_the_page(compared: bool) -> None:
    widget = explorer()
    if compared:
        widget.compare("left join", "two")
        widget.run().wait(20)
        widget.history = History(widget.history.entries[-1:])
    widget.comm = comm = FakeComm()
    cells = told(comm, widget, "report")["report"]
    widget.look = "smooth"
    smooth = told(comm, widget, "report")["report"]
    assert widget.result is not None
    assert picture_in(cells) == png(widget.result.plot())
    assert picture_in(smooth) == png(widget.result.plot(look="smooth")) != picture_in(cells)
    assert widget.history.html("smooth") == smooth


def test_without_an_answer_there_is_no_report() -> None:
    with pytest.raises(InputError, match="nothing has been answered yet"):
        History().html()


def test_the_thumbnail_is_the_picture_with_the_map_over_its_window() -> None:
    widget = explorer(window=Window(0, 0, 6, 6))
    answer = widget.history.entries[0].answer
    drawn, plain = blend(answer).astype(int), answer.after.picture.astype(int)
    assert (drawn[6:] == plain[6:]).all() and (drawn[:6, 6:] == plain[:6, 6:]).all()
    assert (drawn[:6, :6] != plain[:6, :6]).any()
    assert answer.after.attribution is not None
    strongest = np.unravel_index(np.abs(answer.after.attribution.cells).argmax(), (2, 2))
    change = np.abs(drawn - plain)[:6, :6].reshape(2, 3, 2, 3, 3).sum((1, 3, 4))
    assert change[strongest] > 0


def test_an_own_picture_is_explained_at_once() -> None:
    widget = explorer()
    assert widget.add_picture("my cat.v2", torch.zeros(3, SIDE, SIDE)) == "my_cat_v2"
    assert widget.query == "select * from f(my_cat_v2)"
    assert widget.index == 2
    widget.run().wait(20)
    assert widget.history.entries[-1].query == widget.query
    widget.query = "select * from f(two)"
    widget.query = "select * from f(my_cat_v2)"
    assert widget.index == 2


def test_a_picture_of_another_size_is_shown_to_the_network_first() -> None:
    widget = explorer()
    with pytest.raises((ModelError, InputError)):
        widget.add_picture("flat", torch.zeros(1, SIDE, SIDE))
    assert [shown["name"] for shown in widget.pictures] == ["one", "two"]
    assert widget.query == "select * from f(one)"


def test_each_picture_shows_its_prediction_once_it_is_known() -> None:
    widget = explorer()
    model = widget._session.model
    assert widget.predictions.keys() == {"one"}, "no picture is asked about for this alone"
    widget.index = 1
    widget.run().wait(20)
    for name, picture in {"one": X, "two": 1 - X}.items():
        logits = widget._session.logits(model, picture)
        shown = widget.predictions[name]
        assert shown["label"] == model.label(int(logits.argmax()))
        assert shown["probability"] == pytest.approx(float(logits.softmax(0).max()))
    edited = dict(widget.predictions)
    widget.edit("shift", 3, 3)
    widget.run().wait(20)
    assert dict(widget.predictions) == edited, "of the picture as it was given"


def test_the_page_asks_about_all_pictures_to_put_them_in_order() -> None:
    widget = explorer()
    widget.comm = comm = FakeComm()
    assert told(comm, widget, "predict")["ok"]
    until(lambda: widget.predictions.keys() == {"one", "two"})
    logits = widget._session.model.logits((1 - X)[None])[0]
    assert widget.predictions["two"]["index"] == int(logits.argmax())
    assert widget.predictions["two"]["probability"] == pytest.approx(float(logits.softmax(0).max()))
    assert widget.query == "select * from f(one)", "what is asked stays"
    with torch.no_grad():
        for parameter in widget._session.model.net.parameters():
            parameter.mul_(float("nan"))
    assert told(comm, widget, "predict")["ok"]
    until(lambda: widget.error is not None)
    assert widget.predictions == {}


def test_predictions_of_other_weights_are_forgotten() -> None:
    widget = explorer()
    with torch.no_grad():
        for parameter in widget._session.model.net.parameters():
            parameter.mul_(-1)
    widget.index = 1
    widget.run().wait(20)
    assert widget.predictions.keys() == {"two"}


def test_a_second_map_is_pinned_and_reported_with_its_name_and_agreement() -> None:
    widget = explorer(beside="gradient")
    alone = explorer()
    comm = FakeComm()
    widget.comm = comm
    (entry,) = widget.history.entries
    assert entry.title.endswith(", beside it Gradient?")
    assert (entry.beside, widget.questions[0]["beside"]) == ("gradient", "gradient")
    correlation = widget.agreement["correlation"]  # type: ignore[index]
    html = widget.history.html()
    assert html.count("<img") == 2 and alone.history.html().count("<img") == 1
    assert "<h3>Beside it: Gradient</h3>" in html
    assert f"over 4 parts: {correlation:.2f}." in html
    *lines, last = entry.code.splitlines()
    assert lines[-1].startswith("attribution = ") and last.startswith("beside = ")
    scope = {"model": widget._session.model, "pictures": {"one": X}}
    exec(entry.code, scope)
    assert np.array_equal(scope["beside"].cells, entry.answer.beside.cells)  # type: ignore[attr-defined,union-attr]
    # One query with two second maps: each is pinned, and asked again, as it was.
    widget.beside = "gxi"
    widget.run().wait(20)
    assert told(comm, widget, "pin", query=entry.query, beside="gxi")["ok"]
    assert [(e.beside, e.pinned) for e in widget.history.entries] == [
        ("gradient", False), ("gxi", True),
    ]  # fmt: skip
    assert "<h3>Beside it: Gradient</h3>" not in widget.history.html()
    assert told(comm, widget, "ask", text=entry.query, beside="gradient")["ok"]
    assert widget.beside == "gradient"
    assert told(comm, widget, "ask", text=entry.query, beside="")["ok"]
    assert widget.beside == ""
    with pytest.raises(InputError, match="nothing has answered"):
        widget.history.pin(entry.query, beside="lime")


def test_a_report_says_why_there_is_no_second_map() -> None:
    widget = explorer(beside="rollout")
    assert "<p>There is none: " in widget.history.html()
    assert widget.agreement["problem"] in unescape(widget.history.html())  # type: ignore[index]
