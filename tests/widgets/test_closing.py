"""A widget that is closed lets go of its network, pictures and results, whatever it is at."""

from __future__ import annotations

import gc
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from tests import models
from tests.widgets.every import every_widget
from tests.widgets.hands import X, until
from tests.widgets.test_schema import Counter, State
from xaiwidgets import Classifier, Explorer, VectorMap, zoo
from xaiwidgets.widgets.base import ENGINE
from xaiwidgets.work import Progress, Steps

TIMES = 20
IMAGES = torch.rand(12, 1, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def quick_collections() -> Iterator[None]:
    """Leave what was there before out of the collections of garbage."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


class Gated(Counter):
    """Its second step lasts as long as its gate is shut."""

    def __init__(self) -> None:
        self.entered, self.gate = threading.Event(), threading.Event()
        self.callback: Callable[[], object] = lambda: None
        super().__init__()

    entered, gate = threading.Event(), threading.Event()
    callback: Any = None

    def steps(self, state: State) -> Steps[int]:
        yield Progress(1, 3, "counting", 1)
        self.entered.set()
        self.gate.wait(10)
        self.callback()
        yield Progress(2, 3, "counting", 2)
        return 3

    def show(self, state: State, answer: int, final: bool) -> Mapping[str, Any]:
        return {}


def is_gone(made: list[weakref.ref[Any]]) -> bool:
    gc.collect()
    return not any(each() is not None for each in made)


@pytest.mark.slow
@pytest.mark.usefixtures("quick_collections")
def test_an_explorer_is_freed_at_once_wherever_its_work_stands() -> None:
    chance, net = random.Random(0), models.small()

    def close_one() -> list[weakref.ref[Any]]:
        widget = Explorer(Classifier(net), X, budget=64, grid=2)
        if chance.random() < 0.5:
            widget.run().wait(10)  # what may be asked next is under way
        time.sleep(chance.uniform(0, 0.03))
        widget.close()
        return [weakref.ref(widget), weakref.ref(widget._session)]

    held = sum(not is_gone(close_one()) for _ in range(TIMES))
    assert held == 0, f"{held} of {TIMES} were held after they were closed"


@pytest.mark.slow
@pytest.mark.usefixtures("quick_collections")
def test_every_widget_is_freed_at_once_while_it_works(tmp_path: Path) -> None:
    def close_all() -> list[weakref.ref[Any]]:
        made = every_widget(tmp_path).values()
        for widget in made:
            widget.run()
            widget.close()
            assert widget.status["state"] != "running"
        parts = [part for widget in made for part in (widget, widget._answer)]
        # An answer may be a dictionary, say.
        return [weakref.ref(part) for part in parts if hasattr(part, "__weakref__")]

    assert is_gone(close_all())


def test_closing_waits_for_the_step_under_way_and_no_longer() -> None:
    widget = Gated()
    widget.run()
    assert widget.entered.wait(10)
    threading.Timer(0.1, widget.gate.set).start()
    widget.close()
    assert widget.gate.is_set() and widget._run is not None and widget._run.done
    assert (widget.status["state"], widget.status["note"]) == ("idle", "closed")


def test_closing_gives_up_waiting_for_a_step_that_does_not_end() -> None:
    widget = Gated()
    run = widget.run()
    assert widget.entered.wait(10)
    widget.close(seconds=0.05)
    assert not run.done
    widget.gate.set()
    until(lambda: run.done)


@pytest.mark.parametrize("place", ["step", "callback", "lock"])
def test_closing_waits_for_nothing_that_waits_for_it(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    widget = Gated()
    started = threading.Event()

    def close() -> None:
        started.set()
        widget.close(seconds=60)

    widget.callback = close if place == "step" else started.set
    if place == "callback":
        monkeypatch.setattr(Gated, "on_end", lambda self: close())
    run = widget.run()
    assert widget.entered.wait(10)
    if place == "lock":
        with widget._lock:  # as in an observer of a setting
            widget.gate.set()
            close()
    widget.gate.set()
    assert started.wait(10)
    until(lambda: run.done)


@pytest.mark.slow
@pytest.mark.usefixtures("quick_collections")
def test_what_the_page_has_opened_goes_with_what_opened_it() -> None:
    def close_both() -> list[weakref.ref[Any]]:
        vectors = VectorMap(zoo.digits(), IMAGES)
        vectors.run().wait(60)
        vectors._opening.open(Counter)
        until(lambda: vectors.opened is not None)
        vectors.close()
        return [weakref.ref(vectors), weakref.ref(vectors.opened)]

    assert is_gone(close_both())


def test_nothing_waits_once_the_engine_has_been_stopped() -> None:
    widget = Gated()
    widget.run()
    assert widget.entered.wait(10)
    stopping = threading.Thread(target=ENGINE.stop)
    stopping.start()
    until(lambda: ENGINE._thread is None)
    widget.close(seconds=60)
    widget.gate.set()
    stopping.join(10)
