"""What crosses to the page of an Explorer with many pictures: little, and each picture once."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from tests import models
from tests.widgets.hands import MADE, FakeComm, explorer, gesture, model, said, size, told
from xaiwidgets import Explorer

COUNT, SIDE = 200, 32
KB = 1_000


@pytest.fixture
def page() -> Iterator[tuple[Explorer, FakeComm]]:
    pictures = torch.rand(COUNT, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    network = model(models.small(seed=71))  # whose layers no other test has fitted
    widget = explorer(network, pictures)
    widget.run().wait(30)
    comm = FakeComm()
    widget.comm = comm
    yield widget, comm
    while MADE:
        MADE.pop().cancel()


def test_opening_sends_the_pictures_in_sight_and_names_for_the_others(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, comm = page
    widget.send_state()
    assert size(comm.sent) < 24 * 3 * SIDE**2 + 50 * KB
    (state,) = (message["state"] for message in comm.sent)
    assert len(state["candidates"]) == len(state["pictures"]) == COUNT
    assert [p["thumbnail"] is not None for p in state["pictures"]].index(False) == 24
    assert not widget._session._thumbnails.keys() - {f"x{n}" for n in range(1, 25)}


def test_a_picture_that_comes_into_sight_is_fetched(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    answer = told(comm, widget, "thumbnails", names=["x150", "x7"])
    assert answer["ok"] and list(answer["thumbnails"]) == ["x150", "x7"]
    small = answer["thumbnails"]["x150"]
    pixels = np.frombuffer(base64.b64decode(small["data"]), np.uint8)
    whole = widget._session.pixels(widget._session.input("x150").tensor)
    assert np.array_equal(pixels.reshape(small["height"], small["width"], 3), whole)
    assert (
        "no picture is called" in told(comm, widget, "thumbnails", names=["y"])["error"]["message"]
    )


def test_a_gesture_costs_the_same_for_many_pictures(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    by_page = lambda **state: lambda: widget.set_state(state)  # noqa: E731
    for act in (by_page(target=1), by_page(trail=[[4, 4, 20, 20]])):
        assert size(gesture(widget, comm, act)) < 20 * KB
    sent = gesture(widget, comm, by_page(index=100))
    assert size(sent) < 20 * KB + 3 * SIDE**2
    assert not any("pictures" in m.get("state", {}) for m in sent)
    assert not any("candidates" in m.get("state", {}) for m in sent)
    # What is known already: the settings, the answer, its other readings.
    for act in (by_page(index=0), by_page(target=1), by_page(target=None)):
        gesture(widget, comm, act)
    known = [gesture(widget, comm, act) for act in (by_page(target=1), by_page(target=None))]
    assert all(len(messages) <= 3 for messages in known), [len(m) for m in known]
    assert all(size(messages) < 12 * KB for messages in known)


def test_the_picture_of_a_question_crosses_once(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    first = gesture(widget, comm, lambda: widget.set_state({"target": 1}))
    second = gesture(widget, comm, lambda: widget.set_state({"target": 2}))
    sent = [
        [question["thumbnail"] for question in message["state"]["questions"]]
        for message in (*first, *second)
        if "questions" in message.get("state", {})
    ]
    names = [question["query"] for question in widget.questions]
    assert len(names) == 3
    assert [sorted(small) for small in sent[0]][1] == ["$name", "data", "height", "width", "words"]
    assert sent[1][:2] == [{"$had": names[0]}, {"$had": names[1]}]
    assert sent[1][2]["$name"] == names[2]

    comm.sent.clear()
    said(widget, {"id": 1, "command": "refresh"})
    whole = next(m["state"]["questions"] for m in comm.sent if m["method"] == "update")
    assert [small["thumbnail"]["$name"] for small in whole] == names
    html = widget.html()
    assert "$had" not in html.partition("xai-widget")[0], "a page of its own has them all"
