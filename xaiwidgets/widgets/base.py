"""What every widget shares: one compute thread, safe publishing, settings, commands, export."""

from __future__ import annotations

import threading
import typing
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, cast

import torch
import traitlets as t

from xaiwidgets.jobs import Channels, Engine
from xaiwidgets.widgets._anywidget import AnyWidget
from xaiwidgets.widgets.commands import command, commands_of, commands_of_all, respond
from xaiwidgets.widgets.export import STATIC, page
from xaiwidgets.widgets.run import Frames, Problem, Run, Status, crossing, start
from xaiwidgets.widgets.schema import (
    OutputTrait,
    candidate,
    documented,
    refuse_unknown,
    settings_of,
    state_of,
    traits_of,
)
from xaiwidgets.widgets.stand_in import stand_in
from xaiwidgets.widgets.still import Still
from xaiwidgets.work import Steps

__all__ = ["ENGINE", "STATIC", "Run", "Widget", "command"]

S = TypeVar("S")
A = TypeVar("A")


def _engine() -> Engine:
    # A new thread ignores what the main thread told torch; steps would run several times slower.
    # One core stays free: torch's threads wait for each other, and a page that paints on a core
    # they need would stall them all.
    threads = max(1, torch.get_num_threads() - 1)
    return Engine(lambda: torch.set_num_threads(threads))


ENGINE = _engine()


@dataclass(frozen=True)
class NoOutput:
    """Of a widget that shows nothing but its settings and its status."""


_CLOSING_SECONDS = 1.0
"""How long closing waits for the step under way, which holds the network."""

_OF_ALL = ("layout", "tabbable", "tooltip")
"""What every widget of ipywidgets can be given when it is made."""


class Widget(AnyWidget, Generic[S, A]):
    """Base of all widgets: a declaration of a state, of the work it asks for, and what is shown.

    ``class Mine(Widget[State, Answer], output=Output)`` has a trait for each setting of the frozen
    dataclass `State` (see `schema.setting`), and for each field of the dataclass `Output`. It has
    to write `steps`, and of `show`, `python`, `settle`, `changed`, `on_end` what it needs; its
    constructor ends with ``super().__init__(settings, **outputs)``.

    Handlers run on any thread and return at once; work runs on the one compute thread, and all
    publishing happens under one re-entrant lock.

    Attributes
    ----------
    autorun : bool
        Whether a setting that is not `page_only` starts the work anew.
    """

    autorun = True

    _State: ClassVar[Any] = None
    _settings: ClassVar[tuple[str, ...]] = ()
    _settling = True  # until the constructor is done

    # Where all its work is submitted, and what else ends when it is closed: parts of a widget are
    # made before its constructor has begun.
    _channels = cached_property(lambda _: Channels(ENGINE))
    _closing = cached_property(lambda _: ExitStack())

    status = OutputTrait(Status("idle")).tag(to_json=lambda value, _: crossing(value))
    error = OutputTrait(None)
    code = OutputTrait("")  # the Python that computes what is shown
    still = OutputTrait("")  # the name of the picture in the output, which the page hides

    def __init_subclass__(cls, output: type = NoOutput, **options: Any) -> None:
        """Give the class the traits, commands and documentation that follow from its state."""
        bases = [b for b in vars(cls).get("__orig_bases__", ()) if typing.get_origin(b) is Widget]
        declared = typing.get_args(bases[0])[0] if bases else None
        if isinstance(declared, type) and is_dataclass(declared):
            cls._State, cls._settings = declared, tuple(settings_of(declared))
            cls.__doc__ = documented(cls.__doc__ or "", declared)
            for name, trait in traits_of(declared, output).items():
                if hasattr(Widget, name):
                    raise TypeError(
                        f"{cls.__name__}: {name} is a name of every widget; use another"
                    )
                setattr(cls, name, trait)
                trait.class_init(cls, name)  # traitlets looks only at what stands in the body
        super().__init_subclass__(**options)

    def __init__(self, settings: Mapping[str, Any] | None = None, /, **traits: Any) -> None:
        # Re-entrant, as an observer that sets another trait publishes under it already.
        self._lock = threading.RLock()
        self._answer: A | None = None
        self._error: BaseException | None = None
        self._frames = Frames()
        self._still = Still(self)
        first: dict[str, Any] = {}
        if self._State is not None:
            # Settings may come as a mapping or by name; what is neither a setting nor a trait is
            # misspelt.
            by_name = {name: traits.pop(name) for name in self._settings if name in traits}
            chosen = {**(settings or {}), **by_name}
            traits |= {name: chosen.pop(name) for name in _OF_ALL if name in chosen}
            strangers = set(traits) - set(self.trait_names())
            refuse_unknown(type(self).__name__, [*chosen, *strangers], self._settings)
            declared: dict[str, Any] = self.traits()
            read = {name: declared[name].validate(self, value) for name, value in chosen.items()}
            first = {**vars(candidate(self, read))}
        self._run: Run[Any] | None = None
        self._channel = self._channels.open()
        self._commands = {**commands_of_all(self), **commands_of(self)}
        # All settings at once, each checked beside the others: traitlets would check one by one, in
        # an order of its own, and refuse what is only wrong on the way.
        super().__init__(**first, **traits, still=self._still.id)
        answer_on_the_shell_that_asked(self.comm)
        # Only now: what is set at first is taken as a whole, and starts nothing.
        self.observe(_on_any, t.All)
        if self._State is not None:
            self._settling = False
            self.code = self.python(self.state)
        self.on_msg(respond)

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse what there is not: a misspelt setting would be set, and nothing would happen."""
        if not name.startswith("_") and not hasattr(type(self), name):
            names = self._settings or self.trait_names()
            refuse_unknown(type(self).__name__, [name], names)
        super().__setattr__(name, value)

    # Settings

    @property
    def state(self) -> S:
        """All settings as one value that does not change."""
        return cast(S, state_of(self, {}))

    def settle(self, state: S, changed: Collection[str]) -> S:
        """Return the state that follows when these have been set; InputError if it cannot be.

        Here the name of a class becomes its number, where a setting may be given by name.
        """
        return state

    def changed(self, name: str) -> None:
        """Bring the others in line with a setting that has been set, and start the work."""
        self.become(self.settle(self.state, {name}))
        if self.autorun:
            self.run()

    def become(self, state: S) -> None:
        """Take on a state as a whole, which starts nothing."""
        with quietly(self):
            before = vars(self.state)
            for name, value in vars(state).items():
                # Only what differs is set: each trait that is set crosses to the page.
                if value != before[name]:
                    setattr(self, name, value)
            self.code = self.python(state)

    # Work

    def steps(self, state: S) -> Steps[A]:
        """Return the work that answers what the state asks."""
        raise NotImplementedError

    def show(self, state: S, answer: A, final: bool) -> Mapping[str, Any] | None:
        """Return the outputs that change with an answer or preview; None if it is not to be shown.

        Not to be shown is what says less than what is on the screen.
        """
        return {}

    def python(self, state: S) -> str:
        """Return the lines of Python that compute what is shown."""
        return ""

    @command("run")
    def run(self) -> Run[A]:
        """Start the work anew, as far as it is not known; `.wait()` blocks until it has ended."""
        with self._lock:
            state = self.state

            def show(answer: A, final: bool) -> None:
                if (shown := self.show(state, answer, final)) is not None:
                    self._answer = answer
                    self.publish(**shown)

            return start(self, self.steps(state), show)

    @command("cancel")
    def cancel(self) -> None:
        """Stop the work after the step under way; the best partial result stays."""
        self._channel.cancel()

    def on_end(self) -> None:
        """Act when the work has ended, however it has; `status` says how."""

    @property
    def result(self) -> Any:
        """What has been found; if the last work failed, its error is raised."""
        if self._error is not None:
            raise self._error
        return self._answer

    # The page

    def publish(self, **traits: Any) -> None:
        """Set traits and send them as one message."""
        # One by one, a map would be painted under the headline of another question.
        with self._lock, self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the page's changes; show one that is not allowed instead of raising it."""
        with self._lock:
            try:
                super().set_state(sync_data)
            except t.TraitError as error:
                self.publish(error=Problem.of(error))
                # The page shows what it has set already: told the values in force, it takes them
                # back.
                self.send_state(set(sync_data) & set(self.keys))

    def close(self, seconds: float = _CLOSING_SECONDS) -> None:
        """Stop all work, too, and wait so long at most for the end of its step.

        Then nothing holds the network, pictures and results but whoever holds the widget.
        """
        # First of all, so that nothing of what ends below is sent to a page that has gone.
        super().close()
        self._channels.close(seconds)
        self._closing.close()
        if hasattr(self, "_still"):  # it has none where its constructor has failed
            self._still.end(seconds)
            if self.status["state"] == "running":
                self.publish(status=Status("idle", note="closed"))

    # Taking away

    @command("html")
    def html(self) -> str:
        """Return one self-contained page that shows the widget as it is, without a kernel."""
        with self._lock:
            # Under the lock: half an answer would be kept for good.
            state = self.get_state()
        return page(type(self).__name__, state, str(self._esm), str(self._css))

    def to_html(self, path: str | Path) -> Path:
        """Write `html()` to a file that opens offline, and return its path."""
        written = Path(path).expanduser()
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(self.html(), encoding="utf-8")
        return written

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Add text and a picture, for places where neither kernel nor widget state is there."""
        bundle = super()._repr_mimebundle_(**options)
        if bundle is not None:
            # Not by `_ipython_display_`: whoever shows the bundle, as an Output does, would have
            # none. In a notebook the picture stands in an output of its own.
            beside = self._still.display()
            words = None if beside is None else {"text/plain": beside["text/plain"]}
            bundle[0].update(words or stand_in(self))
        return bundle


@contextmanager
def quietly(widget: Widget[Any, Any]) -> Iterator[None]:
    """Change several traits as one: no observer acts on the way, one message goes out."""
    widget._settling = True
    try:
        with widget.hold_sync():
            yield
    finally:
        widget._settling = False


def _on_any(change: Any) -> None:
    """Tell a widget of a setting that has changed, unless it has changed it itself."""
    widget: Widget[Any, Any] = change.owner
    name = change.name
    if name not in widget._settings or settings_of(widget._State)[name].page_only:
        return
    with widget._lock:
        if not widget._settling:
            widget.changed(name)


def answer_on_the_shell_that_asked(comm: Any) -> None:
    """Keep a comm's replies where they were asked for.

    ipykernel 7.4 answers each comm on the shell that published last, so that a blocking cell that
    streams would pull Cancel onto the blocked main shell.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, default: default
