"""Another widget that one has opened, which its page shows below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets as t
from ipywidgets import widget_serialization

from xaiwidgets.jobs import Channel, Job
from xaiwidgets.widgets.base import ENGINE, Widget, command
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
        self._channel = Channel(ENGINE)
        self._by_page: Widget[Any, Any] | None = None
        self._wanted: object = None  # the last call of `open`, unless it was taken back

    def open(self, make: Callable[[], Widget[Any, Any]]) -> None:
        """Show what `make` returns, when it is there; what the page had opened before is closed."""
        wanted = self._wanted = object()

        def steps() -> Steps[Widget[Any, Any] | None]:
            yield Progress(0, 1, "opening")
            child = make()
            if self._wanted is not wanted:
                # Taken back during this step, which no cancel ends: nobody would have the widget,
                # which works on, and holds its network for ever.
                if self._widget.opened is child:
                    self._widget.publish(opened=None)
                child.close()
                return None
            return child

        # On the compute thread, since a widget's constructor asks the network.
        self._channel.submit(steps(), lambda progress: None, self._on_opened)

    def _on_opened(self, job: Job[Widget[Any, Any] | None]) -> None:
        if job.error is not None:
            self._widget.publish(error=Problem.of(job.error))
        elif not job.cancelled and job.outcome is not None:
            with self._widget._lock:
                before, self._by_page = self._by_page, job.outcome
                self._widget.publish(opened=job.outcome)
            if before is not None:
                before.close()  # nobody else has it

    @command("close")
    def close_opened(self) -> None:
        """Show nothing below, and close what the page has opened."""
        self._widget.publish(opened=None)
        self.end()

    def end(self) -> None:
        """Close what the page has opened, and open nothing that is on its way."""
        self._wanted = None
        self._channel.cancel()
        before, self._by_page = self._by_page, None
        if before is not None:
            before.close()
