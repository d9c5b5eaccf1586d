"""A small Explorer, a stand-in for its page, and hands to use both."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import torch

from tests import models
from xaiwidgets import Classifier, Explorer
from xaiwidgets.widgets.base import Widget

SIDE = 16
X = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
Y, R = 1 - X, X.flip(2)
CLASSES = ["cat", "dog", "bird", "tabby, tabby cat"]


class FakeComm:
    """Stands where the page's comm does, and keeps what is sent."""

    comm_id = "fake"
    kernel = "there is one"

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, data: dict[str, Any], metadata: object = None, buffers: object = None) -> None:
        self.sent.append({**data, "buffers": buffers or []})

    def on_msg(self, callback: object) -> None: ...

    def close(self, *args: object, **kwargs: object) -> None: ...

    def answers(self) -> list[dict[str, Any]]:
        return [m["content"] for m in self.sent if m["method"] == "custom"]

    def updates(self, name: str) -> list[Any]:
        return [
            m["state"][name]
            for m in self.sent
            if m["method"] in ("update", "echo_update") and name in m["state"]
        ]


def model(net: torch.nn.Module | None = None) -> Classifier:
    return Classifier(net or models.small(), classes=CLASSES)


MADE: list[Widget] = []
"""Widgets that are stopped after the test, whatever they are at."""


def explorer(*args: Any, **traits: Any) -> Explorer:
    widget = Explorer(*(args or (model(), X)), **{"budget": 64, "grid": 3, **traits})
    MADE.append(widget)
    return widget


def said(widget: Widget, content: dict[str, Any]) -> None:
    data = {"method": "custom", "content": content}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def told(comm: FakeComm, widget: Widget, command: str, **fields: Any) -> dict[str, Any]:
    """Send a command as the page does, and return the kernel's answer."""
    number = len(comm.sent) + 1000
    said(widget, {"id": number, "command": command, **fields})
    return next(a for a in comm.answers() if a.get("id") == number)


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def size(messages: list[dict[str, Any]]) -> int:
    """Return the bytes of messages: their JSON and their buffers, but for script and sheet."""
    shown = [{**m, "buffers": None, "state": _without_script(m.get("state", {}))} for m in messages]
    text = sum(map(len, map(json.dumps, shown)))
    return text + sum(len(buffer) for message in messages for buffer in message["buffers"])


def _without_script(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if not name.startswith("_")}


def gesture(widget: Explorer, comm: FakeComm, act: Callable[[], object]) -> list[dict[str, Any]]:
    """Return what a gesture sends until its map, with all that is prefetched, is there."""
    comm.sent.clear()
    act()
    until(lambda: widget.status["state"] == "done", 30)
    job = widget._prefetch.channel.job
    until(lambda: job is None or job.done, 30)
    with widget._lock:
        return list(comm.sent)
