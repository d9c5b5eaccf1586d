"""What every widget shares: one compute thread, safe publishing, commands, export."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import torch
import traitlets as t

from xaiwidgets.errors import InputError, QueryError, XaiError
from xaiwidgets.jobs import Channel, Engine, Job
from xaiwidgets.widgets._anywidget import AnyWidget
from xaiwidgets.work import Progress, Steps

T = TypeVar("T")

STATIC = Path(__file__).parent.parent / "static"

_PROGRESS_SECONDS = 0.1
_PREVIEW_SECONDS = 0.25
_PREVIEWS_AHEAD = 2


def _engine() -> Engine:
    # A new thread ignores what the main thread told torch; steps would run several times slower.
    # One core stays free: torch's threads wait for each other, and a page that paints on a core
    # they need would stall them all.
    threads = max(1, torch.get_num_threads() - 1)
    return Engine(lambda: torch.set_num_threads(threads))


ENGINE = _engine()


class Run(Generic[T]):
    """A widget's work under way."""

    def __init__(self, widget: Widget, job: Job[T]) -> None:
        self._widget, self._job = widget, job

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._job.done

    def wait(self, timeout: float | None = None) -> T:
        """Block until the work has ended and return its result, or raise its error.

        Ctrl-C cancels the work. The widget's whole state is published at the end, so that a
        notebook executed without a page saves the result with it.
        """
        try:
            return self._job.wait(timeout)
        finally:
            if self._job.done and self._widget.comm is not None:
                with self._widget._lock:
                    self._widget.send_state()


class Widget(AnyWidget):
    """Base of all widgets.

    Handlers run on any thread and return at once; work runs on the one compute thread, and all
    publishing happens under one re-entrant lock.
    """

    _bundle: ClassVar[str]
    _settling = True  # until the constructor is done

    status = t.Dict(help="state, done, total, seconds, note of the work").tag(sync=True)
    error = t.Dict(allow_none=True, default_value=None, help="message and column").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._lock = threading.RLock()
        self._channel = Channel(ENGINE)
        self._error: BaseException | None = None
        self._frame = self._painted = 0
        self._published = self._previewed = self._started = 0.0
        self._last = Progress(0)
        self.status = self._status("idle", 0, None, "")
        super().__init__(**traits)
        self.on_msg(self._on_message)

    def _refuse_unknown(self, given: Iterable[str]) -> None:
        """Raise InputError if there are names among those given that are no traits."""
        unknown = set(given) - set(self.trait_names())
        if unknown:
            raise InputError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Change several traits as one: no observer acts on the way, one message goes out.

        Observers look at `_settling`.
        """
        self._settling = True
        try:
            with self.hold_sync():
                yield
        finally:
            self._settling = False

    def _still(self) -> bytes | None:
        """Return what is shown as PNG, if there is anything."""
        return None

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Add a still picture, for places where neither kernel nor widget state is there."""
        bundle = super()._repr_mimebundle_(**options)
        if bundle is not None and (still := self._still()) is not None:
            bundle[0]["image/png"] = still
        return bundle

    def open(self) -> None:
        """Open the comm, and keep its replies on the shell that asked.

        ipykernel 7.4 answers each comm on the shell that published last, so that a blocking
        cell that streams would pull Cancel onto the blocked main shell.
        """
        super().open()
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = lambda data, default: default

    def close(self) -> None:
        """Stop the work, too: nobody looks any more."""
        if hasattr(self, "_channel"):  # it has none where its constructor has failed
            self.cancel()
        super().close()

    def publish(self, **traits: Any) -> None:
        """Set traits and send them as one message."""
        with self._lock, self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the page's changes; show one that is not allowed instead of raising it."""
        with self._lock:
            try:
                super().set_state(sync_data)
            except t.TraitError as error:
                self.publish(error={"message": str(error), "column": None})
                self.send_state(set(sync_data) & set(self.keys))

    def cancel(self) -> None:
        """Stop the work after the step under way; the best partial result stays."""
        self._channel.cancel()

    def start(self, steps: Steps[T], show: Callable[[T, bool], object]) -> Run[T]:
        """Replace the work under way by `steps`; `show(result, final)` publishes what it finds.

        Previews come at most 4 times a second, and never more than two ahead of what the page
        says it has painted; the final result comes once and always.
        """
        with self._lock:
            self._started = time.perf_counter()
            self._published = self._previewed = 0.0
            self._painted = self._frame
            latest: list[T] = []
            self._last = Progress(0)
            token = self._token = object()

            def on_progress(progress: Progress) -> None:
                with self._lock:
                    if self._token is token:
                        if progress.preview is not None:
                            latest[:] = [progress.preview]
                            self.take_note(progress.preview)
                        self._on_progress(progress, show)

            def on_end(job: Job[T]) -> None:
                with self._lock:
                    if self._token is token:
                        self._on_end(job, latest, show)

            self._error = None
            self.publish(status=self._status("running", 0, None, "waiting"), error=None)
            return Run(self, self._channel.submit(steps, on_progress, on_end))

    def _on_progress(self, progress: Progress, show: Callable[[Any, bool], object]) -> None:
        self._last = progress
        now = time.perf_counter()
        ahead = self._frame - self._painted
        if (
            progress.preview is not None
            and ahead < _PREVIEWS_AHEAD
            and now - self._previewed >= _PREVIEW_SECONDS
        ):
            self._previewed = now
            show(progress.preview, False)
        if now - self._published >= _PROGRESS_SECONDS:
            self._published = now
            status = self._status("running", progress.done, progress.total, progress.note)
            self.publish(status=status)

    def _on_end(self, job: Job[T], latest: list[T], show: Callable[[T, bool], object]) -> None:
        done, total = self._last.done, self._last.total
        if job.error is not None:
            self._error = job.error
            if latest and self.outlives_errors(latest[0]):
                show(latest[0], False)
            self.publish(error=_described(job.error), status=self._status("error", done, total, ""))
        elif job.cancelled:
            if latest:
                show(latest[0], False)
            state = "partial" if latest and self.is_result(latest[0]) else "idle"
            self.publish(status=self._status(state, done, total, "cancelled"))
        else:
            try:
                with self.hold_sync():
                    show(job.outcome, True)
                    self.publish(status=self._status("done", total or done, total, ""))
            except Exception as error:
                self._error = error
                self.publish(error=_described(error), status=self._status("error", done, total, ""))
                raise

    def _status(self, state: str, done: int, total: int | None, note: str) -> dict[str, Any]:
        seconds = round(time.perf_counter() - self._started, 2) if self._started else 0
        return {"state": state, "done": done, "total": total, "seconds": seconds, "note": note}

    def next_frame(self) -> int:
        """Return the number of the next picture of a result, which the page says it has painted."""
        self._frame += 1
        return self._frame

    def is_result(self, preview: Any) -> bool:
        """Return whether a preview is a partial result, and not only what comes before one."""
        return preview is not None

    def take_note(self, preview: Any) -> None:
        """Hear of every preview, also of those that nobody sees."""

    def outlives_errors(self, preview: Any) -> bool:
        """Return whether a preview replaces the last result although the work has failed."""
        return False

    def _on_message(self, _widget: object, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or not isinstance(content.get("command"), str):
            return
        content = {**content, "buffers": buffers or []}
        if content["command"] == "painted":
            with self._lock:
                self._painted = max(self._painted, int(content.get("frame", 0)))
            return
        answer: dict[str, Any] = {"id": content.get("id")}
        try:
            command = getattr(self, f"_command_{content['command']}", None)
            if command is None:
                raise XaiError(f"there is no command {content['command']!r}")
            with self._lock:
                answer |= {"ok": True, **(command(content) or {})}
        except (XaiError, t.TraitError) as error:
            answer |= {"ok": False, "error": _described(error)}
        except Exception as error:
            self.send(answer | {"ok": False, "error": _described(error)})
            raise
        self.send(answer)

    def _command_cancel(self, _content: dict[str, Any]) -> None:
        self.cancel()

    def _command_html(self, _content: dict[str, Any]) -> dict[str, Any]:
        return {"html": self.html()}

    def html(self) -> str:
        """Return one self-contained page that shows the widget as it is, without a kernel."""
        with self._lock:
            state = {k: v for k, v in self.get_state().items() if not k.startswith("_")}
        state.pop("layout", None), state.pop("tabbable", None), state.pop("tooltip", None)
        bundle = (STATIC / f"{self._bundle}.js").read_text()
        return _PAGE.format(
            title=type(self).__name__,
            css=(STATIC / f"{self._bundle}.css").read_text(),
            state=_script_json(state),
            widget=_script_json(bundle),
            boot=(STATIC / "standalone.js").read_text(),
        )

    def to_html(self, path: str | Path) -> Path:
        """Write `html()` to a file that opens offline, and return its path."""
        written = Path(path)
        written.write_text(self.html(), encoding="utf-8")
        return written


def _described(error: BaseException) -> dict[str, Any]:
    if isinstance(error, QueryError):
        return {"message": error.message, "column": error.column}
    name = "" if isinstance(error, XaiError | t.TraitError) else f"{type(error).__name__}: "
    return {"message": f"{name}{error}", "column": None}


def _script_json(value: Any) -> str:
    def default(raw: Any) -> dict[str, str]:
        return {"$bytes": base64.b64encode(bytes(raw)).decode()}

    return json.dumps(value, default=default).replace("<", "\\u003c")


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ margin: 1rem; font: 14px system-ui, sans-serif; }}</style>
<style>{css}</style>
</head>
<body>
<div id="xai-root"></div>
<script type="application/json" id="xai-state">{state}</script>
<script type="application/json" id="xai-widget">{widget}</script>
<script type="module">{boot}</script>
</body>
</html>
"""
