"""Write what follows from the states of the widgets: the page's types and settings, ours for mypy.

python scripts/schema.py          writes the files
python scripts/schema.py --check  exits 1 if they are not what the dataclasses give
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
import textwrap
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np

from xaiwidgets.images import Window
from xaiwidgets.widgets.base import Widget
from xaiwidgets.widgets.run import Problem, Status
from xaiwidgets.widgets.schema import panel, settings_of, without_none

ROOT = Path(__file__).parents[1]

_SIMPLE = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null"}
_ARRAYS = {"bool": "Uint8Array", "int64": "Int32Array"}
_WIDTH = 110  # of prettier, which leaves comments and strings as they are
_NOTICE = "Written by scripts/schema.py from the dataclasses of the widgets; do not edit."


def declared() -> list[tuple[Path, type[Widget[Any, Any]], type, type]]:
    """Return of each widget the folder, the class, what people may set, and what is shown."""
    widgets = []
    for path in sorted((ROOT / "xaiwidgets/widgets").glob("*/_state.py")):
        package = f"xaiwidgets.widgets.{path.parent.name}"
        widget, *others = (
            kind
            for kind in vars(importlib.import_module(package)).values()
            if isinstance(kind, type) and issubclass(kind, Widget)
        )
        if others:
            raise ImportError(f"{package} has several widgets")
        kinds = vars(importlib.import_module(f"{package}._state"))
        state = widget._State
        widgets.append((path.parent, widget, state, kinds[state.__name__[:-5] + "Output"]))
    return widgets


class Types:
    """The JSDoc types of dataclasses, each written once, after those that it is made of."""

    def __init__(self) -> None:
        self.written: dict[str, str] = {}

    def of(self, kind: Any) -> str:
        """Return a type as the page writes it."""
        inner, optional = without_none(kind)
        if optional:
            return f"{self.of(inner)} | null"
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is Annotated:
            return self.of(arguments[0])
        if origin is Literal:
            return " | ".join(map(json.dumps, arguments))
        if origin is tuple and arguments[-1] is not Ellipsis:
            return f"[{', '.join(map(self.of, arguments))}]"
        if origin in (tuple, list):
            item = self.of(arguments[0])
            return f"({item})[]" if "|" in item else f"{item}[]"
        if origin is np.ndarray:
            dtype = np.dtype(typing.get_args(arguments[1])[0]).name
            return f"{_ARRAYS.get(dtype, f'{dtype.capitalize()}Array')} & Shaped"
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return f"Record<string, {self.of(arguments[1])}>"
        if kind is Window:
            return "[top: number, left: number, height: number, width: number]"
        if dataclasses.is_dataclass(kind):
            self.add(typing.cast(type, kind))
            return kind.__name__
        return _SIMPLE[kind]

    def add(self, *kinds: type) -> None:
        """Write the type that has the fields of all these, called as the first."""
        name = kinds[0].__name__
        if name in self.written:
            return
        documentation = (kinds[0].__doc__ or "").partition("\n")[0].rstrip(".")
        rows = []
        for kind in kinds:
            hints = typing.get_type_hints(kind, include_extras=True)
            for field in dataclasses.fields(kind):
                hint = hints[field.name]
                words = field.metadata.get("setting", {}).get("doc", "").rstrip(".")
                if typing.get_origin(hint) is Annotated:
                    words = typing.get_args(hint)[1]
                rows.append(_comment(f"@property {{{self.of(hint)}}} {field.name} {words}"))
        head = _comment(f"@typedef {{object}} {name} {documentation}")
        self.written[name] = "\n".join(["/**", head, *rows, " */"])


def script() -> str:
    """Return the module of the page: types, and the rows of the settings panels."""
    found = Types()
    found.add(Status)
    found.add(Problem)
    constants, own, asked = [], set[str](), set[str]()
    for _, _, state, output in declared():
        found.add(state, output)
        for name, setting in settings_of(state).items():
            (own if setting.page_only else asked).add(name)
        rows = [f"  {row['name']}: {_literal(row, '  ')}," for row in panel(state)]
        if rows:
            name = state.__name__.removesuffix("State").upper()
            head = f"export const {name} = /** @satisfies {{Record<string, Setting>}} */ ({{"
            constants.append("\n".join([head, *rows, "});"]))
    if both := own & asked:
        raise ValueError(f"{both}: a setting of the page in one widget, and not in another")
    constants.append(
        "/** What only the page takes notice of, in any widget. @type {ReadonlySet<string>} */\n"
        f"export const PAGE_ONLY = new Set({_literal(sorted(own))});"
    )
    imported = '/** @import { Setting } from "../ui/settings.js" */'
    shaped = "/** @typedef {{shape: number[]}} Shaped an array that knows its shape, row by row */"
    head = f"// {_NOTICE}\n{imported}\n\n{shaped}"
    return "\n\n".join([head, *found.written.values(), *constants]) + "\n"


def _comment(line: str) -> str:
    """Return a line of a JSDoc comment as so many as it takes."""
    lines = textwrap.wrap(line, _WIDTH - 5, break_long_words=False, break_on_hyphens=False)
    return " * " + "\n *   ".join(lines)


def _literal(value: Any, indent: str = "") -> str:
    """Return a value as JavaScript, on as many lines as it takes."""
    text = json.dumps(value, ensure_ascii=False)
    deeper = indent + "  "
    room = _WIDTH - len(deeper)
    if len(text) + 16 <= room:  # a name goes before it
        return text
    if isinstance(value, str):
        words = textwrap.wrap(value, room - 6, drop_whitespace=False, break_on_hyphens=False)
        quoted = [json.dumps(part, ensure_ascii=False) for part in words]
        return f"\n{deeper}" + f" +\n{deeper}".join(quoted)
    if isinstance(value, dict):
        parts = [f"{json.dumps(name)}: {_literal(v, deeper)}" for name, v in value.items()]
        return "{" + _filled(parts, room, indent) + "}"
    return "[" + _filled([_literal(inner, deeper) for inner in value], room, indent) + "]"


def _filled(parts: Iterable[str], room: int, indent: str) -> str:
    """Return parts, each with a comma, as lines that are as full as there is room."""
    lines = [""]
    for part in parts:
        beside = f"{lines[-1]} {part},".strip()
        lines[-1:] = [beside] if len(beside) <= room else [lines[-1], f"{part},"]
    body = "".join(f"\n{indent}  {line}" for line in lines if line)
    return f"{body}\n{indent}".replace(": \n", ":\n")


def stub(widget: type, state: type, output: type) -> str:
    """Return the stub of a widget's package: the class with its traits, for type checkers.

    Only to them is it a subclass; traits are given to the class when it is made, unseen by them.
    """
    hints = typing.get_type_hints(state) | typing.get_type_hints(output)
    by_name = {name for name, declared in settings_of(state).items() if declared.by_name}
    rows = [f"    {n}: {'Any' if n in by_name else annotation(h)}" for n, h in hints.items()]
    body = "\n".join(rows)
    package, name = widget.__module__.rpartition(".")[0], widget.__name__
    typed = [word for word in ("Any", "Literal") if word in body]
    imports = [f"from typing import {', '.join(typed)}\n"] if typed else []
    imports += ["from numpy.typing import NDArray\n"] if "NDArray" in body else []
    own = [f"from {package}._widget import {name} as _{name}"]
    exported = [name]
    if hasattr(sys.modules[package], state.__name__):
        own = [f"from {package}._state import {state.__name__}", *own]
        exported = sorted([name, state.__name__])
    head = [f"# {_NOTICE}", *imports, *own, "", f"__all__ = {json.dumps(exported)}", ""]
    return "\n".join([*head, f"class {name}(_{name}):", body, ""])


def annotation(kind: Any) -> str:
    """Return the type of what a trait keeps: JSON, and arrays."""
    inner, optional = without_none(kind)
    if optional:
        return f"{annotation(inner)} | None"
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return f"Literal[{', '.join(map(json.dumps, arguments))}]"
    if kind is Window:
        return "Any"  # four numbers are taken, too
    if origin is tuple:
        return f"list[{annotation(arguments[0])}]"
    if origin is np.ndarray:
        return "NDArray[Any]"
    return kind.__name__ if kind in _SIMPLE else "dict[str, Any]"


def files() -> dict[Path, str]:
    """Return what is to be in each file."""
    found = {ROOT / "js/src/lib/schema.js": script()}
    for folder, *kinds in declared():
        found[folder / "__init__.pyi"] = stub(*kinds)
    return found


def stale() -> list[Path]:
    """Return the files that are not what the dataclasses give."""
    return [path for path, text in files().items() if not path.exists() or path.read_text() != text]


def main(arguments: list[str]) -> int:
    """Write the files, or look whether they are fresh."""
    if "--check" in arguments:
        paths = stale()
        sys.stdout.writelines(f"stale: {path.relative_to(ROOT)}\n" for path in paths)
        return 1 if paths else 0
    for path, text in files().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
