"""No test of a widget leaves work behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.widgets import contrast_hands
from tests.widgets.hands import MADE, FakeComm
from xaiwidgets import ContrastExplorer


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().cancel()


@pytest.fixture
def contrast_page() -> tuple[ContrastExplorer, FakeComm]:
    """Return a ContrastExplorer that has answered, and a stand-in for its page."""
    widget = contrast_hands.explorer()
    widget.run().wait(30)
    widget.comm = FakeComm()
    return widget, widget.comm
