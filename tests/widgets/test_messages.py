"""What a gesture sends: few messages, and little, with a thousand pictures and fitted layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from tests import models
from tests.widgets.hands import MADE, FakeComm, explorer, gesture, model, said, size
from xaiwidgets import Explorer
from xaiwidgets.widgets.explorer import _prefetch
from xaiwidgets.work import run

COUNT, SIDE, KB = 1_000, 32, 1_000
PICTURE = 3 * SIDE**2
WINDOW = [[4, 4, 20, 20]]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Explorer, FakeComm]]:
    monkeypatch.setattr(_prefetch, "_SELDOM", 60.0)  # so that no clock of a busy machine counts
    pictures = torch.rand(COUNT, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    network = model(models.small(seed=72))  # whose layers no other test has fitted
    run(network.fit_probes(pictures[:60], ["0", "4"]))
    widget = explorer(network, pictures, grid=7, budget=128)
    widget.run().wait(30)
    comm = FakeComm()
    widget.comm = comm
    gesture(widget, comm, lambda: None)  # what is computed ahead may be on its way
    yield widget, comm
    while MADE:
        MADE.pop().cancel()


def unasked(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return messages but for progress, which comes by the clock, and answers to commands.

    The first status says that the work has begun.
    """
    updates = [message for message in messages if message["method"] == "update"]
    under_way = [m for m in updates if m["state"].get("status", {}).get("state") == "unfinished"]
    return [message for message in updates if message not in under_way[1:]]


Act = Callable[[Explorer], object]
GESTURES: dict[str, tuple[Act, Act]] = {
    "class": (lambda w: w.set_state({"target": 1}), lambda w: w.set_state({"target": None})),
    "layer": (lambda w: w.set_state({"layer": "4"}), lambda w: w.set_state({"layer": None})),
    "window": (lambda w: w.set_state({"trail": WINDOW}), lambda w: w.set_state({"trail": []})),
    "method": (
        lambda w: w.set_state({"method": "gradcam"}),
        lambda w: w.set_state({"method": "shapley"}),
    ),
    "edit": (
        lambda w: said(w, {"id": 1, "command": "edit", "operation": "rotate", "degrees": 90}),
        lambda w: said(w, {"id": 2, "command": "undo"}),
    ),
    "picture": (lambda w: w.set_state({"index": 500}), lambda w: w.set_state({"index": 0})),
}


@pytest.mark.parametrize("name", GESTURES)
def test_a_gesture_is_three_messages_and_a_known_one_two(
    page: tuple[Explorer, FakeComm], name: str
) -> None:
    widget, comm = page
    act, back = GESTURES[name]
    pictures = 2 * PICTURE if name in ("edit", "picture") else 0  # as it is, and before the edit
    new = gesture(widget, comm, lambda: act(widget))
    assert len(unasked(new)) <= 3, [list(m["state"]) for m in unasked(new)]
    assert size(new) < 30 * KB + pictures
    gesture(widget, comm, lambda: back(widget))
    again = (lambda _: said(widget, {"id": 3, "command": "redo"})) if name == "edit" else act
    for known in (again, back):
        sent = gesture(widget, comm, lambda known=known: known(widget))
        # And the answer to the command that an edit is.
        assert len(sent) <= (3 if name == "edit" else 2), [list(m.get("state", ())) for m in sent]
        assert size(sent) < 30 * KB + pictures
        state = sent[-1]["state"]
        assert {"attribution", "questions"} <= state.keys() and state["status"]["state"] == "done"
        at_once = [m for m in sent if m.get("state", {}).get("layer_maps")]
        # The pictures that an edit or another picture bring come with the answer, and so do maps.
        assert at_once == ([] if name == "layer" else sent[:1] if not pictures else sent[-1:])


def test_what_takes_long_is_shown_before_all_is_there(
    page: tuple[Explorer, FakeComm], monkeypatch: pytest.MonkeyPatch
) -> None:
    widget, comm = page
    monkeypatch.setattr(_prefetch, "_SELDOM", 0.0)
    sent = gesture(widget, comm, lambda: widget.set_state({"target": 3}))
    shown = [len(message["state"].get("layer_maps", ())) for message in sent]
    assert [count for count in shown if count] == [1, 2, 3]


def test_layers_and_readings_come_in_one_message(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    sent = gesture(widget, comm, lambda: widget.set_state({"target": 2}))
    *_, last = sent
    assert set(last["state"]["layer_maps"]) == {"", "0", "4"}
    assert last["state"]["readings"] is not None
    assert sum("stages" in message["state"] for message in sent) <= 1
