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
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
_SHAPED = "/** @typedef {{shape: number[]}} Shaped an array that knows its shape, row by row */"
_DRAWN_BY_KIT = {"ShownAttribution", "ShownRule"}
"""What one widget alone shows, but parts of the kit know: the kit imports nothing of a widget."""
_USUAL: Mapping[str, Any] = {
    "doc": "", "unit": "", "least": None, "most": None, "choices": None,
    "optional": False, "empty": "", "scale": 1, "pageOnly": False,
}  # fmt: skip
"""What a setting of the page is where nothing is said: it crosses with every widget."""
_NOTICE = "Written by scripts/schema.py from the dataclasses of the widgets; do not edit."


class Shaped:
    """Stands for arrays where types are collected; on the page they know their shape."""


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


def type_of(kind: Any) -> str:
    """Return a type as the page writes it."""
    inner, optional = without_none(kind)
    if optional:
        return f"{type_of(inner)} | null"
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return type_of(arguments[0])
    if origin is Literal:
        return " | ".join(map(json.dumps, arguments))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return f"[{', '.join(map(type_of, arguments))}]"
    if origin in (tuple, list):
        item = type_of(arguments[0])
        return f"({item})[]" if "|" in item else f"{item}[]"
    if origin is np.ndarray:
        dtype = np.dtype(typing.get_args(arguments[1])[0]).name
        return f"{_ARRAYS.get(dtype, f'{dtype.capitalize()}Array')} & Shaped"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"Record<string, {type_of(arguments[1])}>"
    if kind is Window:
        return "[top: number, left: number, height: number, width: number]"
    return kind.__name__ if dataclasses.is_dataclass(kind) else _SIMPLE[kind]


def parts_of(*kinds: type) -> dict[str, type]:
    """Return the dataclasses, and arrays as "Shaped", that fields of these are made of, by name."""

    def inside(hint: Any) -> Iterable[type]:
        if hint is not Window and isinstance(hint, type) and dataclasses.is_dataclass(hint):
            yield hint
        if typing.get_origin(hint) is np.ndarray:
            yield Shaped
        elif typing.get_origin(hint) is not Literal:
            for inner in typing.get_args(hint):
                yield from inside(inner)

    hints = [
        hint for kind in kinds for hint in typing.get_type_hints(kind, None, None, True).values()
    ]
    return {part.__name__: part for hint in hints for part in inside(hint)}


def made_of(*kinds: type) -> dict[str, type]:
    """Return all that these are made of, each after its own parts, by name."""
    found: dict[str, type] = {}
    for part in parts_of(*kinds).values():
        found |= made_of(part) | {part.__name__: part}
    return found


def typedef(*kinds: type) -> str:
    """Return the JSDoc type that has the fields of all these, called as the first."""
    documentation = (kinds[0].__doc__ or "").partition("\n")[0].rstrip(".")
    rows = [_comment(f"@typedef {{object}} {kinds[0].__name__} {documentation}")]
    for kind in kinds:
        hints = typing.get_type_hints(kind, include_extras=True)
        for field in dataclasses.fields(kind):
            hint = hints[field.name]
            words = field.metadata.get("setting", {}).get("doc", "").rstrip(".")
            if typing.get_origin(hint) is Annotated:
                words = typing.get_args(hint)[1]
            rows.append(_comment(f"@property {{{type_of(hint)}}} {field.name} {words}"))
    return "\n".join(["/**", *rows, " */"])


def scripts() -> dict[str, str]:
    """Return the modules of the page by path.

    Each widget has one of its state and one of what it shows; one has what they share.
    """
    widgets = {folder.name: (state, output) for folder, _, state, output in declared()}
    made = {widget: made_of(*kinds) for widget, kinds in widgets.items()}
    counts = Counter(name for parts in made.values() for name in parts)
    everything = {name: kind for parts in made.values() for name, kind in parts.items()}
    roots = [everything[name] for name in everything if counts[name] > 1 or name in _DRAWN_BY_KIT]
    common = made_of(*roots) | {kind.__name__: kind for kind in (*roots, Status, Problem)}
    modules = {"shared.js": _module([], [*_typedefs(common), page_only()])}
    for widget, (state, output) in widgets.items():
        own = {name: kind for name, kind in made[widget].items() if name not in common}
        homes = dict.fromkeys(common, "../shared.js") | dict.fromkeys(own, "./output.js")
        if own:
            used = {name for kind in own.values() for name in parts_of(kind)} - {*own}
            modules[f"{widget}/output.js"] = _module(_imports(used, homes), _typedefs(own))
        imports = _imports(parts_of(state, output), homes)
        settings = settings_script(state)
        if settings:
            imports.append('/** @import { Setting } from "../../ui/settings.js" */')
        modules[f"{widget}/state.js"] = _module(imports, [typedef(state, output), *settings])
    return modules


def page_only() -> str:
    """Return the names of what the kernel does not take notice of, as a constant of the page."""
    own, asked = set[str](), set[str]()
    for _, _, state, _ in declared():
        for name, setting in settings_of(state).items():
            (own if setting.page_only else asked).add(name)
    if both := own & asked:
        raise ValueError(f"{both}: a setting of the page in one widget, and not in another")
    return (
        "/** What only the page takes notice of, in any widget. @type {ReadonlySet<string>} */\n"
        f"export const PAGE_ONLY = new Set({_literal(sorted(own))});"
    )


def settings_script(state: type) -> list[str]:
    """Return the rows of a widget's settings panel as a constant of the page, if it has any."""
    said = [{k: v for k, v in row.items() if v != _USUAL.get(k, ())} for row in panel(state)]
    rows = [f"  {row['name']}: {_literal(row, '  ')}," for row in said]
    name = state.__name__.removesuffix("State").upper()
    head = f"export const {name} = /** @satisfies {{Record<string, Setting>}} */ ({{"
    return ["\n".join([head, *rows, "});"])] if rows else []


def _typedefs(kinds: Mapping[str, type]) -> list[str]:
    return [_SHAPED if kind is Shaped else typedef(kind) for kind in kinds.values()]


def _imports(names: Iterable[str], homes: Mapping[str, str]) -> list[str]:
    """Return the comments that import types, one a module."""
    by_home: dict[str, list[str]] = {}
    for name in sorted(names):
        by_home.setdefault(homes[name], []).append(name)
    return [_import(by_home[home], home) for home in sorted(by_home, reverse=True)]


def _import(names: Sequence[str], home: str) -> str:
    line = f'/** @import {{ {", ".join(names)} }} from "{home}" */'
    if len(line) <= _WIDTH:
        return line
    fours = [", ".join(names[start : start + 4]) for start in range(0, len(names), 4)]
    return "\n".join(["/**", *(f' * @import {{ {four} }} from "{home}"' for four in fours), " */"])


def _module(imports: Sequence[str], parts: Sequence[str]) -> str:
    end = [] if any("export const" in part for part in parts) else ["export {};"]
    return "\n\n".join(["\n".join([f"// {_NOTICE}", *imports]), *parts, *end]) + "\n"


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
    found = {ROOT / "js/src/schema" / path: text for path, text in scripts().items()}
    for folder, *kinds in declared():
        found[folder / "__init__.pyi"] = stub(*kinds)
    return found


def stale() -> list[Path]:
    """Return the files that are not what the dataclasses give, and those that nothing gives."""
    given = files()
    left = [path for path in (ROOT / "js/src/schema").rglob("*.js") if path not in given]
    return left + [p for p, text in given.items() if not p.exists() or p.read_text() != text]


def main(arguments: list[str]) -> int:
    """Write the files, or look whether they are fresh."""
    if "--check" in arguments:
        paths = stale()
        sys.stdout.writelines(f"stale: {path.relative_to(ROOT)}\n" for path in paths)
        return 1 if paths else 0
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
