"""What the page of an Explorer asks for in words of its own; all else it calls by name."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from xaiwidgets.errors import XaiError
from xaiwidgets.jobs import Channel, Job
from xaiwidgets.methods import Cache
from xaiwidgets.widgets.base import ENGINE, command
from xaiwidgets.widgets.explorer._answer import random_partner
from xaiwidgets.widgets.explorer._output import edit_arguments, uploaded
from xaiwidgets.widgets.explorer._question import Partner
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._timeline import Timeline
from xaiwidgets.widgets.run import Problem


class Asking(Protocol):
    """What the page's commands need of their Explorer."""

    _lock: threading.RLock
    _session: Session
    _timeline: Timeline

    def run(self) -> Any: ...
    def publish(self, **traits: Any) -> None: ...
    def edit(self, operation: str, *arguments: Any) -> None: ...
    def compare(self, operator: str, name: str) -> None: ...
    def add_reference(self, name: str, picture: Any) -> str: ...


class PageCommands:
    """Commands that stand on what is drawn on the page, or on what its file dialog gives."""

    def __init__(self, explorer: Asking) -> None:
        self._explorer = explorer
        self.channel = Channel(ENGINE)  # of the search for a random picture

    @command("run")
    def run_anew(self) -> None:
        """Compute the map from scratch."""
        self._explorer._session.cache = Cache()
        self._explorer.run()

    @command("edit")
    def edit_as_shown(self, operation: str, **details: Any) -> None:
        """Edit the picture in the window that is drawn."""
        question, session = self._explorer._timeline.now, self._explorer._session
        self._explorer.edit(*edit_arguments(operation, details, question, session))

    @command("add")
    def add_file(self, name: str = "picture", buffers: Any = ()) -> dict[str, Any]:
        """Add a picture from the bytes of its file."""
        return {"name": self._explorer.add_reference(*uploaded(name, buffers))}

    @command("random")
    def compare_randomly(self, operator: str, same: bool = False) -> None:
        """Compare with a random picture that is predicted to be of the same class, or another."""
        explorer = self._explorer
        question = explorer._timeline.now

        def on_end(job: Job[Partner]) -> None:
            with explorer._lock:
                error = job.error
                is_current = explorer._timeline.now.source == question.source
                if error is None and not job.cancelled and is_current:
                    try:
                        explorer.compare(operator, job.outcome.name)
                    except XaiError as refusal:
                        error = refusal
                if error is not None:
                    explorer.publish(error=Problem.of(error))

        steps = random_partner(question, explorer._session, bool(same))
        self.channel.submit(steps, lambda progress: None, on_end)
