"""Another widget that one has opened, which its page shows below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets as t
from ipywidgets import widget_serialization

from xaiwidgets.jobs import Job
from xaiwidgets.widgets.base import Widget, command
from xaiwidgets.widgets.run import Problem
from xaiwidgets.work import Progress, Steps


def opened_trait() -> Any:
    """Return the trait `opened` of a widget that opens others."""
    return t.Instance(Widget, allow_none=True).tag(sync=True, **widget_serialization)


class Opening:
    """What a widget has opened; what its page has opened is closed with it.

    Parameters
    ----------
    widget : Widget
        With a trait `opened`; it takes on the command "close".
    """

    def __init__(self, widget: Any) -> None:
        self._widget = widget
        self._channel = widget._channels.open()
        self._by_page: Widget[Any, Any] | None = None
        self._wanted: object = None  # the last call of `open`, unless it was taken back
        widget._closing.callback(self._close)

    def open(self, make: Callable[[], Widget[Any, Any]]) -> None:
        """Show what `make` returns, when it is there; what the page had opened before is closed."""
        # A token for each call: of two in a row the later one is shown, whichever is made first.
        wanted = self._wanted = object()

        def steps() -> Steps[None]:
            yield Progress(0, 1, "opening")
            self._replace(make(), wanted)

        # On the compute thread, since a widget's constructor asks the network.
        self._channel.submit(steps(), lambda progress: None, self._on_end)

    def _replace(self, opened: Widget[Any, Any], wanted: object) -> None:
        with self._widget._lock:
            before: Widget[Any, Any] | None = opened
            if self._wanted is wanted:
                before, self._by_page = self._by_page, opened
                self._widget.publish(opened=opened)
            elif self._widget.opened is opened:
                self._widget.publish(opened=None)
        # Or what was taken back while it was made, which no cancel ends: nobody would have it, and
        # it would work on and hold its network for ever.
        if before is not None:
            before.close()

    def _on_end(self, job: Job[None]) -> None:
        if job.error is not None:
            self._widget.publish(error=Problem.of(job.error))

    @command("close")
    def close_opened(self) -> None:
        """Show nothing below, and close what the page has opened."""
        self._widget.publish(opened=None)
        # A command of the page holds the widget's lock, for which its own work may be waiting.
        self._close(seconds=0)

    def _close(self, **options: float) -> None:
        self._wanted = None
        self._channel.cancel()
        before, self._by_page = self._by_page, None
        if before is not None:
            before.close(**options)
