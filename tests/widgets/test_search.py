"""The AccuracySearch without a page: state, budgets that act, races, protocol."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from safetensors.torch import load

from tests.widgets.hands import FakeComm, told, until
from xaiwidgets import Budget, accountability, datasets
from xaiwidgets.errors import Cancelled, InputError
from xaiwidgets.steps import run
from xaiwidgets.widgets.search import AccuracySearch

DIGITS, TEST = datasets.digits(), datasets.digits("test")
DATA = DIGITS.images, DIGITS.labels
HELD_OUT = TEST.images, TEST.labels
MADE: list[AccuracySearch] = []


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().cancel()


def searcher(**settings: Any) -> AccuracySearch:
    usual = {"hidden": (16,), "max_trial": 3, "deltas": [0.01, 0.02], "epochs": 1}
    made = AccuracySearch(DATA, HELD_OUT, **{**usual, **settings})
    MADE.append(made)
    return made


def column(shown: dict[str, Any], name: str, kind: Any = np.float32) -> Any:
    return np.frombuffer(shown[name], kind)


def trained(widget: AccuracySearch) -> int:
    """Return how many trials are finished, also of those that no page was shown."""
    return len(widget.result.trials) if widget.result is not None else 0


def test_the_widget_finds_what_plain_python_finds() -> None:
    widget = searcher(seed=3)
    found = widget.run().wait(60)["shift"]
    same = run(
        accountability.search(
            DATA, held_out=HELD_OUT, hidden=(16,), epochs=1, deltas=(0.01, 0.02), seed=3,
            budget=Budget(max_trial=3),
        )
    )  # fmt: skip
    assert [one.accuracy for one in found.trials] == [one.accuracy for one in same.trials]
    (shown,) = widget.searches
    assert shown["count"] == 6 and shown["stopped_by"] == "max_trial"
    assert column(shown, "number", np.int32).tolist() == [1, 2, 3, 1, 2, 3]
    assert np.allclose(column(shown, "delta"), [0.01] * 3 + [0.02] * 3)
    assert np.allclose(column(shown, "accuracy"), [one.accuracy for one in same.trials])
    assert np.allclose(
        column(shown, "held_out_accuracy"), [o.held_out_accuracy for o in same.trials]
    )
    gains = column(shown, "accuracy") - shown["baseline"]["accuracy"]
    assert np.allclose(column(shown, "gain"), gains, atol=1e-6)
    assert np.allclose(column(shown, "took"), [one.seconds for one in found.trials])
    assert shown["best"]["number"] == same.best.number
    assert widget.status["state"] == "done"


def test_the_copied_python_finds_the_same() -> None:
    widget = searcher(race=True, seed=2, learning_rate=0.1)
    found = widget.run().wait(60)
    names: dict[str, Any] = {"data": DATA, "held_out": HELD_OUT}
    exec(widget.code, names)
    for strategy, one in found.items():
        again = names[strategy]
        assert [x.accuracy for x in again.trials] == [x.accuracy for x in one.trials]


def test_it_waits_for_its_start() -> None:
    widget = searcher()
    assert widget.status["state"] == "idle" and not widget.searches
    assert widget.result is None
    with pytest.raises(InputError, match="start the search first"):
        widget.network()


def test_a_race_gives_both_the_same_trainings() -> None:
    widget = searcher(race=True)
    widget.run().wait(60)
    assert [one["strategy"] for one in widget.searches] == ["shift", "reseed"]
    assert [one["count"] for one in widget.searches] == [6, 6]
    assert np.isnan(column(widget.searches[1], "delta")).all()
    better = max(widget.results.values(), key=lambda one: one.best.accuracy)
    assert widget.result is better


def test_a_budget_that_is_lowered_while_it_runs_stops_it() -> None:
    widget = searcher(max_trial=10_000, epochs=3)
    job = widget.run()
    until(lambda: trained(widget) > 0, 60)
    assert widget.searches[0]["stopped_by"] == ""
    widget.max_trial = 1
    found = job.wait(60)["shift"]
    assert found.stopped_by == "max_trial"
    assert widget.searches[0]["stopped_by"] == "max_trial"


def test_pause_and_resume_end_where_one_run_does() -> None:
    widget = searcher(max_trial=10_000, epochs=2)
    job = widget.run()
    until(lambda: trained(widget) > 0, 60)
    widget.pause()
    with pytest.raises(Cancelled):
        job.wait(20)
    assert widget.paused and widget.status["state"] == "partial"
    (shown,) = widget.searches
    assert shown["count"] > 0 and shown["stopped_by"] == "cancelled"
    more = int(column(shown, "number", np.int32).max()) + 10
    widget.max_trial = more
    found = widget.resume().wait(120)["shift"]
    assert not widget.paused
    whole = searcher(max_trial=more, epochs=2).run().wait(120)["shift"]
    assert [one.number for one in found.trials] == [one.number for one in whole.trials]
    accuracies = [[one.accuracy for one in result.trials] for result in (found, whole)]
    assert np.allclose(*accuracies, atol=2e-3)


def test_a_larger_budget_goes_on_with_what_is_there() -> None:
    widget = searcher(max_trial=2)
    first = widget.run().wait(60)["shift"]
    widget.max_trial = 4
    assert widget.paused
    second = widget.resume().wait(60)["shift"]
    assert len(first.trials) == 4 and len(second.trials) == 8
    assert second.trials[0] == first.trials[0], "a finished trial was trained again"


def test_deltas_act_while_it_runs() -> None:
    widget = searcher(max_trial=10_000, epochs=2)
    widget.run()
    # Nobody looks: no more than two previews are shown, but all that is trained is kept.
    until(lambda: widget.status["done"] > 200, 60)
    trained = len(widget.results["shift"].trials)
    assert trained > 100
    widget.deltas = [0.05]
    assert len(widget.results["shift"].trials) >= trained
    widget.max_trial = 3
    until(lambda: widget.status["state"] == "done", 60)
    assert widget.searches[0]["count"] >= trained
    numbers = column(widget.searches[0], "number", np.int32)
    deltas = column(widget.searches[0], "delta")
    assert sorted(numbers[np.isclose(deltas, 0.05)]) == [1, 2, 3]
    assert np.isclose(deltas, 0.01).any(), "finished trials of other deltas are lost"


def test_the_card_is_that_of_the_deltas_that_are_set() -> None:
    widget = searcher(deltas=[0.003])
    first = widget.run().wait(60)["shift"]
    widget.deltas = [0.0025]
    (shown,) = widget.searches  # at once, before anything is trained
    assert shown["stopped_by"] == "cancelled"
    assert (shown["counted"], shown["count"], shown["best"]["number"]) == (0, 3, 0)
    assert shown["spread"] == [shown["baseline"]["accuracy"]] * 2
    assert widget.result is not None and widget.result.best == first.baseline
    widget.resume().wait(60)
    other = searcher(deltas=[0.0025])
    fresh = other.run().wait(60)["shift"]
    (shown,), (expected,) = widget.searches, other.searches
    for name in ("spread", "held_out_spread", "best", "stopped_by", "counted"):
        assert shown[name] == expected[name], name
    # What was trained before is there, behind what counts.
    assert (shown["counted"], shown["count"]) == (3, 6)
    assert np.allclose(column(shown, "delta"), [0.0025] * 3 + [0.003] * 3)
    assert widget.result is not None and str(widget.result) == str(fresh)
    weights = widget.network().state_dict()
    assert all(torch.allclose(weights[name], value) for name, value in fresh.weights.items())
    widget.deltas = [0.003]
    assert widget.searches[0]["spread"] == list(first.spread)


def test_stop_keeps_what_is_finished() -> None:
    widget = searcher(max_trial=10_000)
    comm = FakeComm()
    widget.comm = comm
    widget.run()
    until(lambda: trained(widget) > 0, 60)
    assert told(comm, widget, "cancel")["ok"]
    until(lambda: widget.status["state"] == "partial", 20)
    assert not widget.paused
    assert widget.result is not None and widget.result.stopped_by == "cancelled"
    assert len(widget.result.trials) == widget.searches[0]["count"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("deltas", [], "there are 0 deltas"),
        ("deltas", [0.0], "a delta is 0.0"),
        ("deltas", [float(i) / 100 for i in range(1, 10)], "one to eight"),
        ("max_trial", -1, "max_trial"),
        ("max_time", -1.0, "max_time"),
        ("max_gain", 2.0, "max_gain"),
        ("max_trial", None, "would not end"),
        ("max_time", float("nan"), "max_time is nan"),
        ("strategy", "luck", "strategy"),
    ],
)
def test_wrong_values_are_named_and_change_nothing(name: str, value: Any, words: str) -> None:
    widget = searcher()
    before = getattr(widget, name)
    with pytest.raises(t.TraitError, match=words):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


@pytest.mark.parametrize(
    ("data", "settings", "words"),
    [
        ((DIGITS.images, DIGITS.labels[:-1]), {}, "labels"),
        ((DIGITS.images, -1 - DIGITS.labels), {}, "label"),
        (DATA, {"hidden": (0,)}, "hidden"),
        (DATA, {"epochs": 0}, "epochs"),
        (DATA, {"colour": "red"}, "has no colour"),
        (DATA, {"max_trial": None}, "end"),
    ],
)
def test_what_cannot_be_searched_is_said_at_once(data: Any, settings: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        AccuracySearch(data, **settings)


def test_the_best_network_is_handed_back(tmp_path: Path) -> None:
    widget = searcher()
    comm = FakeComm()
    widget.comm = comm
    found = widget.run().wait(60)["shift"]
    images = torch.from_numpy(TEST.images).float() / 255
    labels = torch.from_numpy(TEST.labels)
    right = (widget.network()(images).argmax(1) == labels).float().mean()
    assert float(right) == pytest.approx(found.best.held_out_accuracy, abs=1e-6)
    sent = load(base64.b64decode(told(comm, widget, "network")["safetensors"]))
    saved = load(widget.save_network(tmp_path / "best.safetensors").read_bytes())
    assert sent.keys() == saved.keys()
    assert all(torch.equal(sent[name], saved[name]) for name in sent)


def test_diverged_trainings_cross_as_such() -> None:
    widget = searcher(learning_rate=1e30)
    widget.run().wait(60)
    (shown,) = widget.searches
    assert column(shown, "diverged", np.uint8).all()
    assert shown["baseline"]["loss"] is None
    assert shown["best"]["number"] == 0


def test_a_page_without_a_kernel_has_the_last_search() -> None:
    widget = searcher()
    widget.run().wait(60)
    assert base64.b64encode(widget.searches[0]["accuracy"]).decode() in widget.html()


def test_all_that_is_trained_is_had_while_it_runs_and_nobody_looks() -> None:
    widget = searcher(max_trial=10_000)
    widget.run()
    until(lambda: widget.status["done"] > 300, 60)
    assert widget.result is not None and len(widget.result.trials) > 250


@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_a_control_that_is_touched_right_after_starts_nothing(stop: str) -> None:
    widget = searcher(max_trial=10_000)
    widget.run()
    until(lambda: bool(widget.searches), 60)
    getattr(widget, stop)()
    widget.deltas = [0.05]
    until(lambda: widget.status["state"] == "partial", 20)
    time.sleep(0.3)
    assert widget.status["state"] == "partial" and widget.paused
    assert widget.searches[0]["stopped_by"] == "cancelled"


def test_a_strategy_that_cannot_be_is_refused_and_the_search_goes_on() -> None:
    widget = searcher(max_trial=10_000, kernel_initializer="ones")
    widget.run()
    until(lambda: bool(widget.searches), 60)
    with pytest.raises(t.TraitError, match="initializer"):
        widget.strategy = "reseed"
    assert widget.strategy == "shift" and widget.status["state"] == "running"


def test_two_budgets_cannot_be_emptied_at_once() -> None:
    widget = searcher(max_time=60.0)
    with pytest.raises(t.TraitError, match="would not end"), widget.hold_trait_notifications():
        widget.max_time = None
        widget.max_trial = None
    assert (widget.max_time, widget.max_trial) == (60.0, 3)


def test_what_is_trained_is_there_after_an_error(tmp_path: Path) -> None:
    calls = []

    def network() -> torch.nn.Module:
        calls.append(1)
        if len(calls) > 12:
            raise RuntimeError("boom")
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))

    widget = searcher(network=network, strategy="reseed", max_trial=10_000, batch_size=700)
    with pytest.raises(Exception, match="boom"):
        widget.run().wait(60)
    assert widget.status["state"] == "error"
    saved = load(widget.save_network(tmp_path / "best.safetensors").read_bytes())
    assert saved["1.weight"].shape == (10, 64)


def test_a_race_is_compared_once_both_sides_have_two_trials() -> None:
    widget = searcher(race=True)
    assert widget.comparison is None
    found = widget.run().wait(60)
    expected = accountability.mean_difference(*found.values())
    assert expected is not None
    assert widget.comparison == {
        "difference": expected.value,
        "error": 2 * expected.standard_error,
        "counts": [6, 6],
        "held_out": True,
    }
    widget.race = False
    assert widget.comparison is None, "one search alone is compared with nothing"


def test_after_a_stop_only_finished_trainings_are_counted() -> None:
    widget = searcher(race=True, max_trial=10_000, epochs=3)
    job = widget.run()
    until(lambda: len(widget.searches) == 2, 60)
    widget.cancel()
    with pytest.raises(Cancelled):
        job.wait(60)
    rows = sum(1 + shown["count"] for shown in widget.searches)
    assert widget.status["done"] == rows and widget.status["state"] == "partial"
