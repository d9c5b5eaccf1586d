"""Commands from the page: only methods that are marked, each answered by its number."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

import traitlets as t

from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.widgets.run import Problem
from xaiwidgets.widgets.serialize import plain

F = TypeVar("F", bound=Callable[..., Any])


class _Marked(Protocol):
    command: str


def command(name: str) -> Callable[[F], F]:
    """Let the page call a method by this name, with the fields that it sends as arguments.

    What the method returns is the answer: a dictionary as it is, text and bytes under the command's
    name; bytes cross in base64.
    """

    def mark(method: F) -> F:
        marked: _Marked = method  # type: ignore[assignment]
        marked.command = name
        return method

    return mark


def commands_of(target: object) -> dict[str, Callable[..., Any]]:
    """Return the methods of an object that the page may call, by their commands."""
    return {
        value.command: getattr(target, name)
        # Bases first, so that what a subclass marks anew replaces what it has inherited.
        for base in reversed(type(target).__mro__)
        for name, value in vars(base).items()
        if hasattr(value, "command")
    }


def commands_of_all(widget: Any) -> dict[str, Callable[..., Any]]:
    """Return what the page of any widget may ask for, whatever the widget does."""
    return {"ping": answer_ping, "refresh": partial(send_all, widget)}


def answer_ping() -> None:
    """Do nothing: from the answer the page learns that there is a kernel."""


def send_all(widget: Any) -> None:
    """Send the page all that there is, as it has missed something."""
    # What begins with an underscore is script, sheet and the like, which do not change.
    widget.send_state({name for name in widget.keys if not name.startswith("_")})


def respond(widget: Any, content: Any, buffers: Any) -> None:
    """Do what a message from the page asks for, and answer it by its number."""
    if not isinstance(content, dict) or not isinstance(content.get("command"), str):
        return
    arguments = dict(content)
    name, number = arguments.pop("command"), arguments.pop("id", None)
    # Not answered, as one comes for each frame; the maximum, as one of an older run may come late.
    if name == "painted":
        with widget._lock:
            frames = widget._frames
            frames.painted = max(frames.painted, int(arguments.get("frame", 0)))
        return
    # Every view of a widget hears all answers, and knows its own by the number.
    answer: dict[str, Any] = {"id": number}
    try:
        answer |= {"ok": True, **_done(widget, name, arguments, buffers or [])}
    except Exception as error:
        widget.send(answer | {"ok": False, "error": plain(Problem.of(error))})
        if not isinstance(error, XaiError | t.TraitError):
            raise  # a mistake of ours, which the log of the server has to show
    else:
        widget.send(answer)


def _done(
    widget: Any, name: str, arguments: Mapping[str, Any], buffers: list[Any]
) -> dict[str, Any]:
    if name not in widget._commands:
        raise XaiError(f"there is no command {name!r}; there are {', '.join(widget._commands)}")
    method = widget._commands[name]
    arguments = {**arguments, "buffers": buffers} if buffers else arguments
    try:
        # Before the call, so that a TypeError from inside the method is not blamed on the page.
        inspect.signature(method).bind(**arguments)
    except TypeError as error:
        raise InputError(f"command {name!r}: {error}") from error
    with widget._lock:
        # Like all handlers: settings of the same gesture may be coming in on another thread.
        result = method(**arguments)
    if isinstance(result, str | bytes):
        result = {name: result}
    # What else a method returns (a `Run`, say) is for those who call it in Python.
    answer = result if isinstance(result, dict) else {}
    return {
        key: base64.b64encode(v).decode() if isinstance(v, bytes) else v
        for key, v in answer.items()
    }
