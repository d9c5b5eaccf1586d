"""A window is copied from any picture, and pasted into any other, at any place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from tests.widgets.hands import MADE, FakeComm, R, X, Y, explorer, model, told
from xaiwidgets import Explorer, Window, images


@pytest.fixture
def page() -> Iterator[tuple[Explorer, FakeComm]]:
    widget = explorer(model(), {"one": X, "two": Y, "small": X[:, :8, :8]}, {"ref": R})
    widget.run().wait(20)
    widget.comm = comm = FakeComm()
    yield widget, comm
    while MADE:
        MADE.pop().cancel()


def source_of(widget: Explorer) -> torch.Tensor:
    return widget._timeline.now.source.tensor


def test_what_was_copied_is_pasted_where_the_window_is(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    widget.window = (2, 3, 4, 5)
    assert told(comm, widget, "copy")["ok"]
    assert widget.copied == "one [2:6, 3:8]"
    widget.index = 1
    widget.window = (8, 1, 9 - 1, 7)
    assert told(comm, widget, "paste_copied")["ok"]
    wanted = Y.clone()
    wanted[:, 8:12, 1:6] = X[:, 2:6, 3:8]
    assert torch.equal(source_of(widget), wanted)
    assert widget.query.startswith("select * from f(paste(two, one, [8:12, 1:6], [2:6, 3:8]))")
    assert widget.window is None, "the picture around it is looked at"
    widget.run().wait(20)
    names: dict[str, Any] = {
        "model": widget._session.model, "pictures": {"one": X, "two": Y}, "Window": Window,
        "images": images,
    }  # fmt: skip
    *lines, last = widget.code.splitlines()
    exec("\n".join([*lines, f"again = {last}"]), names)
    assert np.allclose(names["again"].cells, widget.result.cells, atol=1e-5)  # type: ignore[union-attr]


def test_what_would_leave_the_picture_is_moved_inside(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    widget.edit("brighten", 0.5)
    widget.window = (0, 0, 6, 6)
    told(comm, widget, "copy")
    widget.index = 2
    widget.window = (5, 7, 2, 1)
    assert told(comm, widget, "paste_copied")["ok"]
    assert torch.equal(source_of(widget)[:, 2:, 2:], X[:, :6, :6] + 0.5)
    told(comm, widget, "undo")
    assert widget._timeline.now.window == Window(5, 7, 2, 1)


def test_what_is_missing_is_said(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    assert "draw one first" in told(comm, widget, "copy")["error"]["message"]
    widget.window = (0, 0, 9, 9)
    assert "copy a window first" in told(comm, widget, "paste_copied")["error"]["message"]
    told(comm, widget, "copy")
    widget.window = None
    assert "draw one where" in told(comm, widget, "paste_copied")["error"]["message"]
    widget.index = 2
    widget.window = (0, 0, 2, 2)
    assert "leaves the picture" in told(comm, widget, "paste_copied")["error"]["message"]
    assert widget.edits == []
