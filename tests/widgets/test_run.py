"""How a widget's work ends: with its result, stopped, or with an error."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.widgets.hands import FakeComm, told, until
from tests.widgets.test_schema import Counter, State
from xaiwidgets.errors import Cancelled
from xaiwidgets.work import Progress, Steps


class Slow(Counter):
    """Counts until it is stopped, or fails."""

    def __init__(self, fails: bool = False) -> None:
        self.shown: list[tuple[int, bool]] = []
        self.fails = fails
        super().__init__()

    fails = False
    shown: list[tuple[int, bool]] = []  # noqa: RUF012  its own in each widget

    def steps(self, state: State) -> Steps[int]:
        for number in range(1, 10_000):
            yield Progress(number, None, "counting", number)
            if self.fails and number > 20:
                raise ValueError("boom")
            time.sleep(0.001)
        return 0

    def show(self, state: State, answer: int, final: bool) -> Mapping[str, Any]:
        self.shown.append((answer, final))
        return {}


@pytest.mark.parametrize("fails", [False, True])
def test_the_best_that_there_is_stays_and_is_not_the_end(fails: bool) -> None:
    widget = Slow(fails)
    run = widget.run()
    until(lambda: fails or widget.status["done"] > 20)
    if not fails:
        widget.cancel()
    with pytest.raises(ValueError if fails else Cancelled):
        run.wait(10)
    assert widget.status["state"] == ("error" if fails else "partial")
    assert fails or widget.shown[-1][0] >= 20, "it is not the last preview"
    assert not any(final for _, final in widget.shown)
    assert (widget.error is not None) == fails
    if fails:
        with pytest.raises(ValueError, match="boom"):
            _ = widget.result


def test_nothing_that_crosses_says_that_it_runs() -> None:
    widget = Slow()
    widget.comm = comm = FakeComm()
    widget.run()
    until(lambda: len(comm.updates("status")) > 3)
    assert widget._repr_mimebundle_()[0]["text/plain"] == "<Slow; not finished>"
    widget.cancel()
    until(lambda: widget.status["state"] == "partial")
    states = [status["state"] for status in comm.updates("status")]
    assert {*states[:-1]} == {"unfinished"} and states[-1] == "partial"
    assert widget._repr_mimebundle_()[0]["text/plain"] == "<Slow; stopped early>"
    assert told(comm, widget, "ping")["ok"], "the page learns that there is a kernel"


def test_a_widget_that_is_closed_works_no_more() -> None:
    widget = Slow()
    run = widget.run()
    until(lambda: widget.status["done"] > 5)
    widget.close()
    with pytest.raises(Cancelled):
        run.wait(10)


def test_a_setting_may_be_set_while_the_state_is_sent() -> None:
    names: set[str] = set()

    class Meanwhile(Counter):
        """Looks at each name that is sent; then another thread adds one more."""

        def trait_metadata(self, name: str, *rest: Any) -> Any:
            names.add("error")
            return super().trait_metadata(name, *rest)

    widget = Meanwhile()
    widget.comm = comm = FakeComm()
    names.clear()
    names.update(("status", "code"))
    widget.send_state(names)
    assert set(comm.sent[-1]["state"]) == {"status", "code"}
    assert names == {"status", "code", "error"}
