"""One run of a widget's work: what of its reports is published, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar, cast

import traitlets as t

from xaiwidgets.errors import QueryError, XaiError
from xaiwidgets.jobs import Channel, Job
from xaiwidgets.widgets.still import Still
from xaiwidgets.work import Progress, Steps

T = TypeVar("T")
_State = Literal["idle", "running", "unfinished", "done", "partial", "error"]

# What ends within that time shows no progress: a bar would only flash.
_AT_ONCE_SECONDS = 0.05
_PROGRESS_SECONDS = 0.1
# A preview is computed, sent and painted; a number is only sent.
_PREVIEW_SECONDS = 0.25
# One on its way while another is painted: with more, a slow page would show what is long past.
_PREVIEWS_AHEAD = 2


@dataclass(frozen=True)
class Status:
    """How far the work is.

    Work under way is "running" in Python and crosses as "unfinished": what has crossed may be saved
    and opened when there is no kernel, so that only a page that hears one calls it running.
    """

    state: _State
    done: int = 0
    total: int | None = None
    seconds: float = 0.0
    note: str = ""

    @classmethod
    def of(cls, state: _State, progress: Progress, seconds: float) -> Status:
        """Return the status of work that has reported this."""
        return cls(state, progress.done, progress.total, round(seconds, 2), progress.note)


def crossing(status: dict[str, Any]) -> dict[str, Any]:
    """Return a status as it crosses to the page."""
    return {**status, "state": "unfinished"} if status["state"] == "running" else status


@dataclass(frozen=True)
class Problem:
    """What went wrong."""

    message: str
    column: Annotated[int | None, "in the query, from 0; null: it is not about the query"] = None

    @classmethod
    def of(cls, error: BaseException) -> Problem:
        """Return what the page is told of an error: one of ours speaks for itself."""
        if isinstance(error, QueryError):
            return cls(error.message, error.column)
        name = "" if isinstance(error, XaiError | t.TraitError) else f"{type(error).__name__}: "
        return cls(f"{name}{error}")


@dataclass
class Frames:
    """Pictures of results: how many were sent, and the last that the page says it has painted."""

    sent: int = 0
    painted: int = 0

    def next(self) -> int:
        """Return the number of the next picture."""
        self.sent += 1
        return self.sent


class Publisher(Protocol):
    """What a run needs of its widget."""

    comm: Any
    _lock: threading.RLock
    _channel: Channel
    _frames: Frames
    _run: Run[Any] | None
    _error: BaseException | None
    _still: Still

    @property
    def result(self) -> Any: ...  # noqa: D102

    def publish(self, **traits: Any) -> None: ...  # noqa: D102
    def hold_sync(self) -> AbstractContextManager[None]: ...  # noqa: D102
    def send_state(self) -> None: ...  # noqa: D102
    def on_end(self) -> None: ...  # noqa: D102


class Run(Generic[T]):
    """A widget's work under way.

    Previews come at most 4 times a second, and never more than two ahead of what the page says it
    has painted; the final result comes once and always.
    """

    def __init__(self, widget: Publisher, show: Callable[[T, bool], object]) -> None:
        self._widget, self._show = widget, show
        self._job: Job[T] | None = None
        self._started = time.perf_counter()
        # What ends at once (a map that is known) sends its result and nothing before.
        self._published = self._started + _AT_ONCE_SECONDS - _PROGRESS_SECONDS
        self._previewed = self._started + _AT_ONCE_SECONDS - _PREVIEW_SECONDS
        self._last = Progress(0)
        self._best = Progress(0)  # the last report that had a preview

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._job is not None and self._job.done

    @property
    def seconds(self) -> float:
        """How long it has been under way."""
        return time.perf_counter() - self._started

    def wait(self, timeout: float | None = None) -> T:
        """Block until the work has ended and return its result, or raise its error.

        Ctrl-C cancels the work. The widget's whole state and its picture are published at the end,
        so that a notebook executed without a page saves the result with it.
        """
        job = cast(Job[T], self._job)
        try:
            return job.wait(timeout)
        finally:
            if job.done and self._widget.comm is not None:
                with self._widget._lock:
                    # A cell that waits holds up the messages of widgets: without this it would end
                    # before the page has the result.
                    self._widget.send_state()
                self._widget._still.update()

    def begin(self, channel: Channel, steps: Steps[T]) -> None:
        """Hand the work to the compute thread (called under the widget's lock)."""
        self._widget.publish(status=Status("running", note="waiting"), error=None)
        self._job = channel.submit(steps, self._on_progress, self._on_end)

    @property
    def _current(self) -> bool:
        # An older run may end its last step while another has begun.
        return self._widget._run is self

    def _on_progress(self, progress: Progress) -> None:
        now = time.perf_counter()
        with self._widget._lock:
            if not self._current:
                return
            self._last = progress
            self._best = progress if progress.has_preview else self._best
            # The page says what it has painted: a slow one is not sent more than it can show.
            ahead = self._widget._frames.sent - self._widget._frames.painted
            quiet = now - self._previewed
            due = progress.has_preview and ahead < _PREVIEWS_AHEAD and quiet >= _PREVIEW_SECONDS
        # Making a preview may take a while, in which gestures must not wait for the lock.
        preview = progress.preview if due else None
        with self._widget._lock:
            if not self._current:
                return
            with self._widget.hold_sync():  # as one message
                if preview is not None:
                    self._previewed = now
                    self._show(preview, False)
                if preview is not None or now - self._published >= _PROGRESS_SECONDS:
                    self._published = now
                    self._widget.publish(status=Status.of("running", progress, self.seconds))

    def _on_end(self, job: Job[T]) -> None:
        # Before the lock: a preview may take a while to make, and a gesture waits for the lock.
        best = self._best.preview if job.cancelled else None
        with self._widget._lock:
            if self._current:
                if job.error is not None:
                    self._fail(job.error)
                elif job.cancelled:
                    self._stop(best)
                else:
                    self._finish(job.outcome)
                self._widget.on_end()
                if self._current:
                    self._widget._still.soon()

    def _fail(self, error: BaseException) -> None:
        self._widget._error = error
        ended = Status.of("error", self._last.noted(""), self.seconds)
        self._widget.publish(error=Problem.of(error), status=ended)

    def _stop(self, best: T | None) -> None:
        if best is not None:
            self._show(best, False)
        # What is on the screen may be less than a result: a prediction without a map.
        has_result = best is not None and self._widget.result is not None
        state: _State = "partial" if has_result else "idle"
        ended = Status.of(state, self._last.noted("cancelled"), self.seconds)
        self._widget.publish(status=ended)

    def _finish(self, outcome: T) -> None:
        total = self._last.total
        try:
            with self._widget.hold_sync():
                self._show(outcome, True)
                all_done = Progress(total or self._last.done, total)
                self._widget.publish(status=Status.of("done", all_done, self.seconds))
        except Exception as error:
            # A mistake of ours in showing must not leave the page waiting for ever.
            self._fail(error)
            raise


def start(widget: Publisher, steps: Steps[T], show: Callable[[T, bool], object]) -> Run[T]:
    """Replace a widget's work by `steps`; `show(result, final)` publishes what it finds."""
    with widget._lock:
        run = widget._run = Run[T](widget, show)
        # What an older run sent is not waited for: its page may have been closed.
        widget._error, widget._frames.painted = None, widget._frames.sent
        widget._still.hold()
        run.begin(widget._channel, steps)
        return run
