"""Sweeps: one edit in many sizes, and the curves of the classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.widgets.hands import FakeComm, X, Y, explorer, model, told, until
from xaiwidgets import Explorer, images
from xaiwidgets.algebra import Edited, Input
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.explorer._sweep import Sweep

EDITS = ["rotate", "scale", "noise", "brighten"]


@pytest.fixture
def page() -> tuple[Explorer, FakeComm]:
    widget = explorer(model(), {"one": X, "two": Y})
    widget.run().wait(20)
    widget.comm = comm = FakeComm()
    return widget, comm


def swept(page: tuple[Explorer, FakeComm], edit: str) -> dict[str, Any]:
    widget, comm = page
    assert told(comm, widget, "sweep", edit=edit)["ok"]
    until(lambda: widget.sweep is not None and bool(widget.sweep["classes"]))
    return dict(widget.sweep)  # type: ignore[arg-type]


@pytest.mark.parametrize("edit", EDITS)
def test_a_sweep_is_what_the_network_says_of_each_edited_picture(
    page: tuple[Explorer, FakeComm], edit: str
) -> None:
    widget, _ = page
    sweep = swept(page, edit)
    net = widget._session.model
    arguments = [(value, 0) if edit == "noise" else (value,) for value in sweep["values"]]
    pictures = torch.stack([images.EDITS[edit](X, *each) for each in arguments])
    shares = net.logits(pictures).double().softmax(1)
    for curve in sweep["classes"]:
        assert np.allclose(curve["probability"], shares[:, curve["index"]], atol=1e-6)
    explained, *others = [curve["index"] for curve in sweep["classes"]]
    assert explained == int(net.logits(X[None]).argmax())
    assert {explained, *others} >= {*shares.argmax(1).tolist()}
    assert len({*others} - {explained}) == len(others) <= 3
    assert sweep["value"] is None
    assert list(sweep["values"]) == sorted({*sweep["values"]})


@pytest.mark.parametrize(
    ("edit", "ends", "count"),
    [
        ("rotate", (-90, 90), 19),
        ("scale", (0.5, 2), 13),
        ("noise", (0, 2), 11),
        ("brighten", (-2, 2), 17),
    ],
)
def test_sizes_grow_with_the_picture_and_hold_the_one_that_changes_nothing(
    edit: str, ends: tuple[float, float], count: int
) -> None:
    halves = torch.cat([torch.full((1, 4, 2), value) for value in (1.0, 5.0)], 2)
    sweep = Sweep.of(Input("x", halves), edit)
    assert (sweep.values[0], sweep.values[-1]) == ends
    assert len(sweep.values) == count
    assert (1 if edit == "scale" else 0) in sweep.values


def test_each_size_is_one_evaluation_and_all_are_one_batch(
    page: tuple[Explorer, FakeComm], monkeypatch: pytest.MonkeyPatch
) -> None:
    widget, _ = page
    batches, logits = [], type(widget._session.model).logits

    def heard(self: Any, batch: torch.Tensor) -> torch.Tensor:
        batches.append(len(batch))
        return logits(self, batch)

    monkeypatch.setattr(type(widget._session.model), "logits", heard)
    swept(page, "rotate")
    assert batches == [19]


def test_a_point_is_the_edit_and_the_next_one_starts_from_the_same_picture(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, comm = page
    swept(page, "rotate")
    assert told(comm, widget, "sweep_to", value=30)["ok"]
    assert widget.edits == ["rotate 30"] and widget.sweep["value"] == 30  # type: ignore[index]
    assert told(comm, widget, "sweep_to", value=-10.0)["ok"]
    assert widget.query.startswith("select * from f(rotate(one, -10))")
    told(comm, widget, "undo")
    assert widget.edits == ["rotate 30"] and widget.sweep["value"] == 30  # type: ignore[index]
    told(comm, widget, "undo")
    assert widget.edits == [] and widget.sweep["value"] is None  # type: ignore[index]
    widget.edit("shift", 1, 0)
    assert widget.sweep is None, "of another picture"
    assert not told(comm, widget, "sweep_to", value=30)["ok"]


def test_another_edit_is_swept_from_where_the_first_was(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    widget.edit("shift", 1, 0)
    swept(page, "rotate")
    told(comm, widget, "sweep_to", value=30)
    sweep = swept(page, "noise")
    assert sweep["edit"] == "noise" and sweep["value"] is None
    told(comm, widget, "sweep_to", value=0.5)
    assert widget.edits == ["shift 1 0", "noise 0.5 0"]


def test_another_picture_forgets_the_sweep_and_a_window_does_not(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, _ = page
    swept(page, "scale")
    widget.window = (2, 2, 9, 9)
    assert widget.sweep is not None
    widget.index = 1
    assert widget.sweep is None


def test_a_sweep_is_stopped(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    told(comm, widget, "sweep", edit="rotate")
    widget.cancel()
    until(lambda: widget._page.sweeping.job is None or widget._page.sweeping.job.done)
    assert widget.sweep is None or widget.sweep["classes"]


def test_what_is_not_swept_is_named(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    answer = told(comm, widget, "sweep", edit="erase")
    assert "no edit 'erase' is swept" in answer["error"]["message"]
    assert widget.sweep is None
    with pytest.raises(InputError, match="scale factor"):
        Sweep.of(Input("x", X), "scale").edited(99)


def test_where_a_picture_is_in_a_sweep() -> None:
    source = Input("x", X)
    sweep = Sweep.of(source, "noise")
    assert sweep.value_of(sweep.edited(0.5)) == 0.5
    assert sweep.value_of(source) is None
    assert sweep.value_of(Edited("rotate", source, (30,))) is None
    assert sweep.value_of(Edited("noise", Input("y", Y), (0.5, 0))) is None
