"""How good the map on the screen is: checks, and that none outlives its map."""

from __future__ import annotations

import threading
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch

from tests.widgets.hands import FakeComm, X, Y, explorer, model, said, told, until
from xaiwidgets import Classifier, Explorer, Window, evaluation
from xaiwidgets.methods import Cache
from xaiwidgets.widgets.explorer import _session
from xaiwidgets.widgets.explorer._judgement import verdict_on
from xaiwidgets.widgets.explorer._shown import Measure

ALL = ["deletion", "insertion", "fidelity", "exact", "sensitivity"]


class Additive(torch.nn.Module):
    """Adds up where the picture is bright, so that Shapley values are the truth."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        weights = torch.linspace(0, 1, batch[0].numel()).view_as(batch[0]) ** 2
        total = (batch * weights).flatten(1).sum(1) / 20
        return torch.stack([total, -total, 0 * total, 0 * total], 1)


def additive() -> Classifier:
    return model(Additive())


def judged(widget: Explorer) -> dict[str, Any]:
    """Check the map, and return what is shown when it has ended."""
    comm = FakeComm()
    widget.comm = comm
    answer = told(comm, widget, "judge")
    assert answer["ok"], answer
    until(lambda: any(shown and not shown["running"] for shown in comm.updates("judgement")), 60)
    return dict(widget.judgement)


def by_name(judgement: dict[str, Any]) -> dict[str, Any]:
    return {check["name"]: check for check in judgement["checks"]}


@pytest.mark.slow
def test_a_map_that_is_right_is_better_than_chance() -> None:
    widget = explorer(additive(), X, grid=4, budget=1024)
    widget.run().wait(30)
    assert widget.judgement is None
    judgement = judged(widget)
    checks = by_name(judgement)
    assert list(checks) == ALL and not judgement["problem"]
    for name in ("deletion", "insertion", "fidelity", "exact"):
        check = checks[name]
        assert check["verdict"] == "better", name
        assert check["value"]["low"] > check["chance"][1] > check["chance"][0]
        for trivial in ("centre", "edges"):
            assert check[trivial]["value"] < check["value"]["value"], name
    assert checks["exact"]["value"]["value"] == pytest.approx(1)
    assert checks["exact"]["basis"] == "9 parts, 512 trials"
    assert checks["fidelity"]["value"]["value"] == pytest.approx(1, abs=1e-3)
    sensitive = checks["sensitivity"]
    assert sensitive["verdict"] == "" and sensitive["chance"] is None
    assert sensitive["centre"]["value"] == 0 < sensitive["value"]["value"]
    for name in ("deletion", "insertion"):
        curve = judgement["curves"][name]
        assert len(curve["scores"]) == len(curve["spread"]) == 17
        falls = np.diff(curve["scores"])
        assert (falls <= 1e-5).all() if name == "deletion" else (falls >= -1e-5).all()
    assert f"attribution = {widget.code.splitlines()[-1]}" in judgement["code"]


def test_map_and_checks_ask_the_network_about_no_picture_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evaluated: list[object] = []

    class Watched(Cache):
        def add(self, game: object, coalition: bytes, row: Any) -> None:
            evaluated.append((game, coalition))
            super().add(game, coalition, row)

    # Of this widget only: another test's may still be at work.
    monkeypatch.setattr(_session, "Cache", Watched)
    widget = explorer(additive(), X, grid=3, budget=512)  # all coalitions of nine parts
    widget.run().wait(30)
    assert len(evaluated) == 512
    assert list(by_name(judged(widget))) == ALL
    # Four pictures with noise are new; of the picture itself each part has been hidden already.
    assert 4 * 500 < len(evaluated) - 512 < 4 * 512
    assert len(set(evaluated)) == len(evaluated)


def test_what_the_checks_have_asked_no_map_asks_again() -> None:
    widget = explorer(additive(), X, grid=2, budget=64)
    widget.run().wait(30)
    judged(widget)
    widget.grid, widget.budget = 3, 512  # the game that the second check has played in full
    assert widget.run().wait(30).result.paid == 0


def test_the_python_of_the_checks_runs() -> None:
    widget = explorer(additive(), {"one": X}, truth=Window(0, 0, 8, 8))
    widget.run().wait(30)
    names = {"model": widget._session.model, "pictures": {"one": X}}
    lines = judged(widget)["code"].splitlines()
    assert lines[-1].startswith("xaiwidgets.evaluation.mass_inside(attribution, ")
    exec("\n".join(lines), names)
    inside = eval(lines[-1], names).value.value
    assert by_name(widget.judgement)["inside"]["value"]["value"] == pytest.approx(inside)


def test_it_is_what_evaluation_says_of_the_map() -> None:
    widget = explorer(model(), X, baseline="mean", output="probability", target=2)
    attribution = widget.run().wait(30).result
    checks = by_name(judged(widget))
    subject = widget._session.model, X, attribution
    curve = evaluation.deletion(*subject, baseline="mean").run()
    assert checks["deletion"]["value"]["value"] == pytest.approx(curve.gain.value, abs=1e-6)
    assert checks["deletion"]["chance"] == pytest.approx(list(curve.chance), abs=1e-6)
    measured = evaluation.infidelity(*subject, baseline="mean").run()
    shown = checks["fidelity"]["value"]
    expected = measured.correlation
    assert (shown["value"], shown["low"], shown["high"]) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-4
    )
    assert "(probability)" in checks["fidelity"]["basis"]


@pytest.mark.slow
def test_the_true_place_is_a_window_drawn_by_hand() -> None:
    widget = explorer(additive(), {"one": X, "two": Y}, grid=4, budget=1024)
    widget.truth = Window(8, 0, 8, 16)  # where the weights are large
    widget.run().wait(30)
    inside = by_name(judged(widget))["inside"]
    assert inside["verdict"] == "better" and inside["basis"] == "the place is 50.0% of the map"
    truth = (X * torch.linspace(0, 1, X.numel()).view_as(X) ** 2).sum(0)
    assert inside["value"]["value"] == pytest.approx(float(truth[8:].sum() / truth.sum()), abs=1e-3)
    assert "mass_inside(attribution, xaiwidgets.Window(8, 0, 8, 16))" in widget.judgement["code"]
    widget.window = Window(0, 0, 8, 8)
    widget.run().wait(30)
    judgement = judged(widget)
    assert "inside" not in by_name(judgement)
    assert not judgement["problem"]
    assert judgement["note"] == "the true place is no part of what the map explains"
    assert widget.truth == Window(8, 0, 8, 16)
    widget.index = 1
    assert widget.truth is None


@pytest.mark.parametrize(
    "change",
    [
        lambda widget: setattr(widget, "target", 1),
        lambda widget: setattr(widget, "window", Window(0, 0, 8, 8)),
        lambda widget: setattr(widget, "budget", 128),
        lambda widget: widget.edit("rotate", 90),
        lambda widget: widget.undo(),
        lambda widget: widget.run(),
    ],
)
def test_another_question_takes_the_verdict_away(change: Any) -> None:
    widget = explorer(additive(), X, seed=1)
    widget.seed = 2
    widget.run().wait(30)
    judged(widget)
    comm = FakeComm()
    widget.comm = comm
    change(widget)
    assert widget.judgement is None
    widget.run().wait(30)
    # And at no time stood it beside the new map.
    assert comm.updates("judgement") == [None] * len(comm.updates("judgement"))


class Slow(torch.nn.Module):
    """Waits at a gate."""

    def __init__(self, body: torch.nn.Module | None = None) -> None:
        super().__init__()
        self.body = body or Additive()
        self.gate = [threading.Event()]
        self.gate[0].set()

    def __deepcopy__(self, memo: object) -> Slow:
        copy = Slow(deepcopy(self.body))
        copy.gate = self.gate
        return copy

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        self.gate[0].wait(0.05)
        return self.body(batch)  # type: ignore[no-any-return]


@pytest.mark.parametrize("ends", ["cancel", "stop", "question"])
def test_it_is_stopped_on_the_way(ends: str) -> None:
    net = Slow()
    widget = explorer(model(net), X, grid=4, budget=64)
    widget.run().wait(30)
    net.gate[0].clear()
    comm = FakeComm()
    widget.comm = comm
    assert told(comm, widget, "judge")["ok"]
    until(lambda: bool(widget.judgement["total"]), 30)
    assert widget.judgement["running"] and widget.judgement["note"]
    if ends != "question":
        said(widget, {"id": 1, "command": ends} | ({"work": "judge"} if ends == "stop" else {}))
        until(lambda: not widget.judgement["running"])
        assert widget.judgement["note"] == "stopped" and not widget.judgement["problem"]
        assert widget.result is not None
    else:
        widget.target = 1
        assert widget.judgement is None
    net.gate[0].set()
    widget.run().wait(30)
    assert widget.judgement is None


def test_checks_are_stopped_and_nothing_else() -> None:
    net = Slow(model().net)
    widget = explorer(model(net), {"one": X, "two": Y}, grid=4, budget=64)
    widget.run().wait(30)
    net.gate[0].clear()
    comm = FakeComm()
    widget.comm = comm
    assert told(comm, widget, "judge")["ok"]
    assert told(comm, widget, "fit")["ok"]
    until(lambda: bool(widget.judgement["total"]), 30)
    answer = told(comm, widget, "stop", work="everything")
    assert not answer["ok"] and "there are judge, fit" in str(answer)
    assert told(comm, widget, "stop", work="judge")["ok"]
    until(lambda: not widget.judgement["running"])
    assert widget.fitting["running"]
    assert told(comm, widget, "stop", work="fit")["ok"]
    net.gate[0].set()
    until(lambda: not widget.fitting["running"], 30)


def test_what_cannot_be_checked_is_said() -> None:
    widget = explorer(additive(), X, (Y,))
    widget.run().wait(30)
    assert "judge" not in widget.blocked
    widget.compare("join", "r1" if "r1" in widget._session.inputs else "r")
    widget.run().wait(30)
    assert "take the comparison away" in widget.blocked["judge"]
    comm = FakeComm()
    widget.comm = comm
    answer = told(comm, widget, "judge")
    assert not answer["ok"] and "take the comparison away" in answer["error"]["message"]


def test_a_map_that_is_still_computed_is_not_checked() -> None:
    net = Slow()
    net.gate[0].clear()
    widget = explorer(model(net), X, grid=4, budget=1024)
    comm = FakeComm()
    widget.comm = comm
    answer = told(comm, widget, "judge")
    assert not answer["ok"] and "the map is not finished" in answer["error"]["message"]
    assert widget.judgement is None


class Indifferent(torch.nn.Module):
    """Says the same of all pictures."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return 0 * batch.mean((2, 3))[:, [0, 0, 0, 0]] + torch.arange(4.0)


def test_a_constant_map_is_refused_in_the_drawer() -> None:
    widget = explorer(model(Indifferent()), X)
    widget.run().wait(30)
    judgement = judged(widget)
    assert "the map is constant" in judgement["problem"] and not judgement["checks"]
    assert widget.error is None


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (Measure(0.5, 0.31, 0.6), "better"),
        (Measure(0.5, 0.3, 0.6), "none"),
        (Measure(-0.5, -0.6, -0.21), "worse"),
        (Measure(-0.5, -0.6, -0.2), "none"),
    ],
)
def test_a_verdict_needs_the_whole_interval(value: Measure, verdict: str) -> None:
    assert verdict_on(value, (-0.2, 0.3)) == verdict
    assert verdict_on(value, None) == ""
