"""Another recipe in an AccuracySearch, a verdict over seeds, and a trial's network opened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t

from tests.widgets.hands import FakeComm, told, until
from tests.widgets.test_search import (  # noqa: F401  the fixture stops what was started
    DATA,
    HELD_OUT,
    _stop_what_was_started,
    column,
    searcher,
)
from xaiwidgets import Budget, accountability
from xaiwidgets.widgets.schema import settings_of
from xaiwidgets.widgets.search import AccuracySearch, AccuracyState


def told_searcher(**settings: Any) -> tuple[AccuracySearch, FakeComm]:
    """Return a search with a page that can tell it something."""
    widget, comm = searcher(**settings), FakeComm()
    widget.comm = comm
    return widget, comm


def test_another_recipe_is_another_search_and_the_old_one_stays_as_a_ghost() -> None:
    widget = searcher(hidden=(8,), max_trial=2)
    first = widget.run().wait(60)["shift"]
    widget.hidden = (16, 8)
    assert widget.searches == [] and widget.results == {}
    (ghost,) = widget.ghosts
    assert ghost["name"].startswith("8 hidden, ")
    gains = column(ghost, "gain", np.float32)
    assert gains[-1] == pytest.approx(max(trial.gain for trial in first.trials), abs=1e-6)
    assert widget.settings["network"] == "64-16-8-10"
    second = widget.run().wait(60)["shift"]
    assert second.recipe.hidden == (16, 8)
    plain = accountability.search(
        DATA,
        held_out=HELD_OUT,
        hidden=(16, 8),
        deltas=(0.01, 0.02),
        epochs=1,
        budget=Budget(max_trial=2),
    ).run()
    assert second.best.accuracy == plain.best.accuracy
    assert "hidden=(16, 8)" in widget.code
    for _ in range(4):
        widget.epochs += 1
        widget.run().wait(60)
    assert len(widget.ghosts) == 3


def test_the_page_has_a_field_for_several_layers() -> None:
    row = settings_of(AccuracyState)["hidden"].row
    assert row["kind"] == "list" and row["label"] == "Hidden layers"


def test_another_recipe_while_it_runs_begins_anew() -> None:
    widget = searcher(max_trial=10_000)
    widget.run()
    until(lambda: bool(widget.searches), 30)
    widget.seed = 7
    until(lambda: bool(widget.searches), 30)
    assert widget.result is not None and widget.result.recipe.seed == 7
    widget.cancel()


def test_a_function_as_initializer_is_used_until_a_name_is_set() -> None:
    drawn = accountability.initializers.RandomNormal(stddev=0.2)
    widget = searcher(kernel_initializer=drawn, max_trial=0)
    assert widget.run().wait(60)["shift"].recipe.kernel_initializer == drawn
    widget.kernel_initializer = "he_uniform"
    recipe = widget.run().wait(60)["shift"].recipe
    assert recipe.kernel_initializer == accountability.initializers.get("he_uniform")


@pytest.mark.parametrize("strategy", ["order", "all"])
def test_order_and_all_are_searched_and_raced(strategy: Any) -> None:
    widget = searcher(strategy=strategy, max_trial=1)
    found = widget.run().wait(60)
    assert [*found] == [strategy] and widget.searches[0]["strategy"] == strategy
    widget.race = True
    assert [*widget.run().wait(60)] == ["shift", strategy]


def test_a_verdict_needs_several_seeds_and_what_is_held_out() -> None:
    widget, comm = told_searcher(max_trial=1, seeds=1)
    assert told(comm, widget, "verdict")["ok"]
    until(lambda: widget.lanes is not None, 60)
    assert widget.lanes["verdicts"] == ["one seed: no verdict"] * 3
    assert [lane["name"] for lane in widget.lanes["lanes"]] == [
        "shift",
        "reseed",
        "longer",
        "start",
    ]
    widget.seeds = 2
    assert not widget.paused
    told(comm, widget, "verdict")
    until(lambda: widget.lanes["seeds"] == 2, 60)
    assert all("± " in text and "2 seeds" in text for text in widget.lanes["verdicts"])
    first = widget.lanes["lanes"][0]
    assert first["chosen"]["value"] >= first["read"]["value"]
    assert widget.lanes["lanes"][2]["chosen"] is None
    nothing, page = AccuracySearch(DATA), FakeComm()
    nothing.comm = page
    assert "nothing is held out" in told(page, nothing, "verdict")["error"]["message"]


def test_a_trials_network_is_opened_in_the_explorer() -> None:
    widget, comm = told_searcher(max_trial=1)
    found = widget.run().wait(60)["shift"]
    trial = found.trials[0]
    fields = {"strategy": "shift", "number": 1}
    assert told(comm, widget, "open", delta=float(np.float32(trial.delta)), **fields)["ok"]
    until(lambda: widget.opened is not None, 60)
    net = accountability.retrain(found, DATA, trial).run()
    picture = torch.from_numpy(HELD_OUT[0][:1, None]).float() / 255
    explorer = widget.opened
    explorer.run().wait(60)
    assert explorer.result.output == pytest.approx(float(net(picture).max()), abs=1e-3)
    answer = told(comm, widget, "open", delta=0.5, **fields)
    assert "there is no trial 1 of 0.5" in answer["error"]["message"]
    assert told(comm, widget, "close")["ok"] and widget.opened is None
    assert told(comm, widget, "open", delta=float(np.float32(trial.delta)), **fields)["ok"]
    until(lambda: widget.opened is not None, 60)
    opened = widget.opened
    widget.close()
    assert opened.comm is None


def test_what_a_recipe_cannot_be_is_said() -> None:
    widget = searcher()
    for name, value in (("hidden", [0]), ("epochs", 0), ("kernel_initializer", "luck")):
        with pytest.raises(t.TraitError, match=name):
            setattr(widget, name, value)
    with pytest.raises(t.TraitError, match="has no hiden"):
        widget.hiden = 3
    own = searcher(network=lambda: torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10)))
    with pytest.raises(t.TraitError, match="hidden is not used"):
        own.hidden = (3,)
