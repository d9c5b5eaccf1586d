"""Widgets that another one has opened, and those that were on their way when it was closed."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

import pytest

from xaiwidgets.jobs import Channels
from xaiwidgets.widgets.base import ENGINE
from xaiwidgets.widgets.opening import Opening
from xaiwidgets.work import Progress, Steps


class Page:
    """What an `Opening` needs of its widget."""

    def __init__(self) -> None:
        self._lock, self._closing = threading.RLock(), ExitStack()
        self._channels = Channels(ENGINE)
        self.told: list[dict[str, Any]] = []
        self.opened: Any = None

    def publish(self, **outputs: Any) -> None:
        """Keep what is shown."""
        self.told.append(outputs)
        self.opened = outputs["opened"]


class Opened:
    """A widget, as far as it can be closed."""

    is_closed = False

    def close(self, **_options: float) -> None:
        """Note that it was closed."""
        self.is_closed = True


def rest() -> None:
    """Wait until the compute thread has done what it was given."""

    def nothing() -> Steps[None]:
        yield Progress(0)

    ENGINE.submit(nothing()).wait(10)


def test_what_is_opened_replaces_what_the_page_had_opened() -> None:
    page, first, second = Page(), Opened(), Opened()
    opening = Opening(page)
    for made in (first, second):
        opening.open(lambda made=made: made)  # type: ignore[misc]
        rest()
    assert [told["opened"] for told in page.told] == [first, second]
    assert first.is_closed and not second.is_closed
    opening.close_opened()
    assert second.is_closed and page.told[-1] == {"opened": None}


@pytest.mark.parametrize("end", ["close", "open"])
def test_what_is_on_its_way_when_nobody_wants_it_is_closed(end: str) -> None:
    page, late, other = Page(), Opened(), Opened()
    opening = Opening(page)
    begun, go_on = threading.Event(), threading.Event()

    def make() -> Any:
        page.opened = late  # as methods that are called from Python do
        begun.set()
        assert go_on.wait(10)
        return late

    opening.open(make)
    assert begun.wait(10)
    if end == "close":
        page._closing.close()
    else:
        opening.open(lambda: other)  # type: ignore[arg-type, return-value]
    go_on.set()
    rest()
    rest()
    assert late.is_closed and not other.is_closed
    assert page.opened is (None if end == "close" else other)
