"""The state of a widget, declared once as a frozen dataclass of settings.

The traits that notebooks observe, the checks of what is set, the documentation, the types of the
page (`scripts/schema.py`) and the rows of its settings panel follow from the declaration::

    @dataclass(frozen=True)
    class State:
        margin: float = setting(0.0, least=0, most=100, label="Margin", unit="nats")
        schedule: Literal["default", "paper"] = setting("default", label="Schedule")
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
import traitlets as t
from torch import Tensor

from xaiwidgets.checks import is_whole, nearest
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.images import Window
from xaiwidgets.widgets.serialize import plain, to_wire

_LONGEST = 80  # characters of a wrong value that are repeated


class SettingError(InputError, t.TraitError):
    """A value that a setting cannot have; the message names it and says what is allowed."""


class UnknownSettingError(InputError, AttributeError, t.TraitError):
    """A name that a widget does not have; the message says which ones are like it."""


@dataclass(frozen=True)
class Setting:
    """One field of a widget's state, as declared with `setting`.

    Attributes
    ----------
    name : str
    kind : type
        Of its values, apart from None.
    optional : bool
        Whether it may be None, which the page calls `empty`.
    default : object
    least, most : float or None
        Bounds of numbers, which may be reached.
    choices : mapping from value to label, or None
        For a `Literal`, whose values are their own labels where none are given.
    label, unit, doc : str
        For people. What has no label has no row in the settings panel.
    group : str
        The heading under which its row stands; the first of all heads the panel, others fold.
    scale : float
        What the page shows a number times, in its unit: 100 for a share in points.
    page_only : bool
        Whether it only changes how an answer is drawn, so that the kernel takes no notice.
    by_name : bool
        Whether text is taken, too, which the widget turns into a number (`settle`).
    """

    name: str
    kind: Any
    optional: bool
    default: Any
    least: float | None = None
    most: float | None = None
    choices: Mapping[Any, str] | None = None
    label: str = ""
    unit: str = ""
    doc: str = ""
    group: str = ""
    empty: str = ""
    scale: float = 1
    page_only: bool = False
    by_name: bool = False

    def check(self, value: Any) -> Any:
        """Return the value as it is kept; SettingError if it is not allowed."""
        if value is None and self.optional:
            return None
        value = plain_numbers(value)
        try:
            # Which number a name has only the widget's network knows: `settle` finds it.
            by_name = self.by_name and isinstance(value, str)
            return value if by_name else self._read(value, self.kind)
        except InputError as error:
            raise SettingError(f"{self.name} is {_excerpt(value)}: {error}") from error
        except (TypeError, ValueError):
            raise SettingError(f"{self.name} is {_excerpt(value)}; use {self.allowed}") from None

    def _read(self, value: Any, kind: Any) -> Any:
        if self.choices is not None:
            if value not in self.choices:
                raise ValueError
            return value
        if typing.get_origin(kind) is tuple:
            if isinstance(value, str) or not isinstance(value, Iterable):
                raise TypeError
            # A list and no tuple: what the page sends comes as one, and is not sent back.
            return [self._read(item, typing.get_args(kind)[0]) for item in value]
        kind, optional = without_none(kind)
        if value is None and optional:
            return None
        if kind is Window:
            return value if isinstance(value, Window) else Window(*value)
        accepted, convert = _SIMPLE[kind]
        # True is a number to Python, and none to people.
        if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
            raise TypeError
        # NumPy's numbers become Python's, which JSON can say.
        number = convert(value)
        if kind in (int, float):
            least = -math.inf if self.least is None else self.least
            most = math.inf if self.most is None else self.most
            if not (math.isfinite(number) and least <= number <= most):
                raise ValueError
        return number

    @property
    def allowed(self) -> str:
        """What it can be, for a person."""
        several = typing.get_origin(self.kind) is tuple
        kind = without_none(typing.get_args(self.kind)[0] if several else self.kind)[0]
        if self.choices is not None:
            text = f"one of {', '.join(map(repr, self.choices))}"
        elif several:
            text = f"a list of {_PLURALS[kind]}{self._bounds}"
        else:
            text = f"{_NAMES[kind]}{self._bounds}{' or a name' if self.by_name else ''}"
        return f"{text}, or None" if self.optional else text

    @property
    def row(self) -> dict[str, Any]:
        """What the page needs to draw it."""
        plain = "list" if typing.get_origin(self.kind) else self.kind.__name__
        kind = "choice" if self.choices else plain
        return {
            "name": self.name,
            "kind": kind,
            "label": self.label,
            "doc": self.doc,
            "unit": self.unit,
            "least": self.least,
            "most": self.most,
            "choices": [list(item) for item in self.choices.items()] if self.choices else None,
            "group": self.group,
            "optional": self.optional,
            "empty": self.empty,
            "scale": self.scale,
            "pageOnly": self.page_only,
        }

    @property
    def _bounds(self) -> str:
        if self.least is not None and self.most is not None:
            return f" from {self.least:,} to {self.most:,}"
        if self.least is not None:
            return f" of at least {self.least:,}"
        return "" if self.most is None else f" of at most {self.most:,}"


def _excerpt(value: Any) -> str:
    """Return a value as a line has room for it."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def plain_numbers(value: Any) -> Any:
    """Return numbers of torch and NumPy as Python's: `net(x).argmax()` is a whole number."""
    return value.tolist() if isinstance(value, Tensor | np.ndarray | np.generic) else value


_SIMPLE: dict[Any, tuple[Any, Any]] = {
    bool: ((bool, np.bool_), bool),
    int: (Integral, int),
    float: (Real, float),
    str: (str, str),
}
_NAMES = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "text",
    Window: "a Window or four whole numbers (top, left, height, width)",
}
_PLURALS = {int: "whole numbers", float: "numbers", str: "texts", Window: "Windows"}


def setting(
    default: Any,
    *,
    least: float | None = None,
    most: float | None = None,
    choices: Mapping[Any, str] | None = None,
    label: str = "",
    unit: str = "",
    doc: str = "",
    group: str = "",
    empty: str = "",
    scale: float = 1,
    page_only: bool = False,
    by_name: bool = False,
) -> Any:
    """Declare a field that people and the page may set; see `Setting`."""
    details = {"least": least, "most": most, "choices": choices, "label": label, "unit": unit}
    details |= {"doc": doc, "group": group, "empty": empty, "scale": scale}
    details |= {"page_only": page_only, "by_name": by_name}
    return dataclasses.field(default=default, metadata={"setting": details})


# Every gesture reads a state, setting by setting, and type hints take long to resolve.
@functools.cache
def settings_of(state: type) -> dict[str, Setting]:
    """Return the settings of a state by name, in their order.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class State:
    ...     margin: float = setting(0.0, least=0, most=100)
    >>> settings_of(State)["margin"].check(2)
    2.0
    >>> settings_of(State)["margin"].check(-1)
    Traceback (most recent call last):
    xaiwidgets.widgets.schema.SettingError: margin is -1; use a number from 0 to 100
    """
    # Annotations are texts where a module has `from __future__ import annotations`.
    kinds = typing.get_type_hints(state)
    settings = {}
    for field in dataclasses.fields(state):
        kind, optional = without_none(kinds[field.name])
        details = dict(field.metadata["setting"])
        if typing.get_origin(kind) is Literal:
            labels = details["choices"] or {}
            details["choices"] = {v: labels.get(v, str(v)) for v in typing.get_args(kind)}
        settings[field.name] = Setting(field.name, kind, optional, field.default, **details)
    return settings


def without_none(kind: Any) -> tuple[Any, bool]:
    """Return a type without None, and whether it allows None."""
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        inner = [each for each in typing.get_args(kind) if each is not type(None)]
        if len(inner) == 1:
            return inner[0], True
    return kind, False


def panel(state: type) -> list[dict[str, Any]]:
    """Return what a page needs to draw the settings: one row for each that has a label."""
    return [each.row for each in settings_of(state).values() if each.label]


def documented(doc: str, state: type) -> str:
    """Return a class's documentation with the section on its attributes, of the settings."""
    lines = ["Attributes", "----------"]
    for name, declared in settings_of(state).items():
        lines.append(f"{name} : {declared.allowed}")
        # A scaled unit, such as per cent, is the page's alone: in Python the setting is a share.
        unit = f"In {declared.unit}." if declared.unit and declared.scale == 1 else ""
        text = " ".join(filter(None, [declared.doc, unit]))
        lines += [f"    {text}"] if text else []
    text = inspect.cleandoc(doc)
    # Below the parameters, where numpydoc has the attributes of a class.
    places = [text.find(f"\n{title}\n---") for title in ("Raises", "Examples")]
    end = min((place for place in places if place >= 0), default=len(text))
    return f"{text[:end].rstrip()}\n\n{chr(10).join(lines)}\n{text[end:]}"


def refuse_unknown(owner: str, names: Iterable[str], allowed: Iterable[str]) -> None:
    """Raise UnknownSettingError for the first name that there is not, with the nearest."""
    for name in sorted({*names} - {*allowed}):
        raise UnknownSettingError(f"{owner} has no {name}{nearest(name, sorted(allowed))}")


def place(name: str, value: Any, count: int, what: str) -> Any:
    """Return what may be a place among so many things; InputError if it is too large or small."""
    if is_whole(value, None) and not 0 <= value < count:
        raise InputError(f"{name} is {value}; there are {count} {what}, from 0")
    return value


# --- traits ----------------------------------------------------------------------------------


class SettingTrait(t.TraitType[Any, Any]):
    """A trait that people and the page may set."""

    def __init__(self, declared: Setting) -> None:
        super().__init__(help=declared.doc)
        self.declared = declared
        # The page shows at once what it sets: an echo would take a moving hand back.
        self.tag(sync=True, echo_update=False, to_json=lambda value, _: to_wire(value))

    def default(self, obj: Any = None) -> Any:
        """Return the default, as checked values are kept."""
        return self.declared.check(self.declared.default)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return what the setting becomes, apart from the others."""
        return self.declared.check(value)

    def _cross_validate(self, obj: Any, value: Any) -> Any:
        # traitlets calls this last, when the other settings are what they are to be. Its own hook
        # for it (`t.validate`) has to be written into every class, with the names it is for.
        name = self.declared.name
        return value if obj._settling else getattr(candidate(obj, {name: value}), name)


class Settable(Protocol):
    """What a widget is for its settings."""

    _State: ClassVar[Any]
    _settings: ClassVar[tuple[str, ...]]

    def settle(self, state: Any, changed: Any) -> Any: ...  # noqa: D102


def state_of(widget: Settable, changes: Mapping[str, Any]) -> Any:
    """Return all settings as one value, some of them changed; lists become tuples."""
    rest = {name: getattr(widget, name) for name in widget._settings if name not in changes}
    # Tuples, as a state is a value: nobody changes a list in it from beside.
    values = {
        name: tuple(v) if isinstance(v, list) else v for name, v in {**rest, **changes}.items()
    }
    return widget._State(**values)


def candidate(widget: Settable, changes: Mapping[str, Any]) -> Any:
    """Return the state after these have been set; SettingError if it cannot be."""
    try:
        return widget.settle(state_of(widget, changes), changes.keys())
    except XaiError as error:
        raise SettingError(str(error)) from error


class OutputTrait(t.TraitType[Any, Any]):
    """A trait that only the kernel sets; dataclasses become dictionaries, arrays stay arrays."""

    def __init__(self, default: Any) -> None:
        super().__init__()
        self._initial = default
        self.tag(sync=True, to_json=lambda value, _: to_wire(value))

    def default(self, obj: Any = None) -> Any:
        """Return the default, as values are kept."""
        return plain(self._initial)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return what is kept of a value."""
        # Plain as soon as it is set: who observes it in Python sees what the page does.
        return plain(value)


def traits_of(state: type, output: type) -> dict[str, t.TraitType[Any, Any]]:
    """Return the traits of a widget with this state, which shows that output."""
    traits: dict[str, t.TraitType[Any, Any]] = {}
    for name, declared in settings_of(state).items():
        traits[name] = SettingTrait(declared)
    for field in dataclasses.fields(output):
        factory = field.default_factory
        empty = field.default if factory is dataclasses.MISSING else factory()
        traits[field.name] = OutputTrait(empty)
    return traits
