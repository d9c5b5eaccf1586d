"""The leaves of a network: all that it computes with, and where it lies."""

from __future__ import annotations

import enum
import functools
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, cast

import numpy as np
import torch
from torch import Tensor, nn

Leaf = tuple[str, object]
"""Where something lies, and what: a tensor, an array, or anything whose repr says it all."""

Paths = dict[int, tuple[str, object]]
"""By its id, where what can be taken apart was met first, and the thing itself."""

PLAIN_TYPES: tuple[type, ...] = (
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    type(None),
    type(...),
    enum.Enum,
    range,
    slice,
)
PLAIN_TYPES += (torch.dtype, torch.device, torch.Size, torch.layout, torch.memory_format)

_HEAP_TYPE = 1 << 9
"""Of the flags of a class: it was made by Python code."""

_SETTINGS = frozenset({bool, int, float, str, type(None)})
"""Kinds of most attributes of a layer."""

ONLY_HERE = ".id()"
"""How the paths end of what can only be told by where it lies in memory."""

_READERS = {"open", "read", "load", "fromfile", "memmap", "read_text", "read_bytes"}
"""Names by which code gets at files."""

_ENVIRONMENT = {"environ", "getenv"}
"""Names by which code gets at the process's environment."""

_STORES = {"_parameters", "_buffers", "_modules"}
"""Dictionaries of what a module has by name."""

# What of a module does not change its answer: state of training, and hooks of saving and gradients.
IRRELEVANT = {
    "training",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_is_full_backward_hook",
    "_load_state_dict_post_hooks",
    "_load_state_dict_pre_hooks",
    "_non_persistent_buffers_set",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
}


def collect_leaves(path: str, value: object, paths: Paths, leaves: list[Leaf]) -> None:
    """Add the leaves below `value`; what was met before, by where it was: sharing counts."""
    kind: Any = type(value)
    sort = _sort(kind)
    if sort == "plain" or (sort == "tuple" and _is_setting(value)):
        leaves.append((path, value))
        return
    if id(value) in paths:
        leaves.append((path, f"as {paths[id(value)][0]}"))
        return
    # With the value: were it forgotten, another one could get its number.
    paths[id(value)] = path, value
    if sort == "tensor":
        leaves.append((path, value))
    elif sort == "array":
        leaves.append((path, np.asarray(value)))
    else:
        for name, part in components_of(value):
            collect_leaves(f"{path}.{name}", part, paths, leaves)


@functools.lru_cache(maxsize=4096)
def _sort(kind: type) -> Literal["plain", "tuple", "tensor", "array", "other"]:
    """Return how objects of a type are taken: looked up for thousands of them, of few types."""
    if issubclass(kind, PLAIN_TYPES):
        return "plain"
    if kind is tuple:
        return "tuple"
    if issubclass(kind, Tensor):
        return "tensor"
    return "array" if issubclass(kind, np.ndarray | np.generic) else "other"


def _is_setting(value: object) -> bool:
    """Return whether something is a plain value, or a tuple of such: it cannot be changed."""
    kind = type(value)
    if kind is tuple:
        return all(type(part) in _SETTINGS for part in cast(tuple[object, ...], value))
    return kind in _SETTINGS


@functools.lru_cache(maxsize=4096)
def own_classes(kind: type) -> tuple[type, ...]:
    """Return the classes that an object has its methods of, but for torch's."""
    return tuple(
        cls
        for cls in kind.__mro__
        if cls.__module__.partition(".")[0] != "torch" and cls is not object
    )


def components_of(value: Any) -> Iterable[tuple[str, object]]:
    """Return what something is made of, by name; plain text of what cannot be taken apart."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, nn.Module):
        return [("kind", kind), *_module_parts(value)]
    if isinstance(value, types.CodeType):
        return [("code", _code_text(value))]
    if isinstance(value, types.FunctionType):
        return _function_parts(value)
    if isinstance(value, types.MethodType):
        return [("function", value.__func__), ("self", value.__self__)]
    if isinstance(value, property):
        return [("getter", value.fget)]
    if isinstance(value, staticmethod | classmethod):
        return [("function", value.__func__)]
    if isinstance(value, functools.partial):
        return [("function", value.func), ("args", value.args), ("keywords", value.keywords)]
    if isinstance(value, Mapping):
        return [("kind", kind), *((f"[{key!r}]", item) for key, item in value.items())]
    if isinstance(value, list | tuple):
        return [("kind", kind), *((str(place), item) for place, item in enumerate(value))]
    if isinstance(value, set | frozenset):
        return [
            ("kind", kind),
            *((str(p), text) for p, text in enumerate(sorted(map(repr, value)))),
        ]
    if isinstance(value, type):
        return [("name", f"{value.__module__}.{value.__qualname__}")]
    if isinstance(value, torch.ScriptObject):
        return [("kind", kind), ("state", _script_state(value))]
    try:
        # What shows its memory: ctypes, array.array, bytearray, mmap.
        return [("kind", kind), ("bytes", memoryview(value).tobytes())]
    except (TypeError, ValueError):
        attributes = getattr(value, "__dict__", None)
    if isinstance(value, types.SimpleNamespace):
        return [("kind", kind), *vars(value).items()]
    if not isinstance(value, types.ModuleType) and _is_python(value):
        cls: Any = type(value)
        slots = slots_of(cls)
        if attributes is not None or slots:
            filled = ((name, getattr(value, name)) for name in slots if hasattr(value, name))
            return [("kind", kind), *(attributes or {}).items(), *filled]
    # A lock, a generator, an object of C: all that can be told is which one it is.
    return [("kind", kind), ("id()", id(value))]


@functools.lru_cache(maxsize=4096)
def slots_of(kind: type) -> tuple[str, ...]:
    """Return the names of what objects of a type hold outside of their dictionary."""
    members = (vars(cls).items() for cls in kind.__mro__)
    return tuple(
        name
        for each in members
        for name, value in each
        if isinstance(value, types.MemberDescriptorType)
    )


def _is_python(value: object) -> bool:
    """Return whether all that an object holds is in its attributes: no class of it is C's."""
    return all(cls is object or cls.__flags__ & _HEAP_TYPE for cls in type(value).__mro__)


def _module_parts(module: nn.Module) -> Iterator[tuple[str, object]]:
    settings: list[tuple[str, object]] = []
    # A layer has some twenty attributes, most of them torch's own.
    for name, value in vars(module).items():
        if name in IRRELEVANT:
            continue
        if name in _STORES:
            yield from value.items()
        elif _is_setting(value):
            settings.append((name, value))
        elif not (name.startswith("_forward") and isinstance(value, dict) and not value):
            yield name, value  # all but the five dictionaries of hooks where there are none
    # As one, because a network has thousands, and this is looked at before every answer.
    yield "settings", repr(settings)
    if isinstance(module, torch.jit.ScriptModule):
        yield from _script_parts(module)
        return
    kind: Any = type(module)
    for cls in own_classes(kind):
        for name, value in vars(cls).items():
            if isinstance(value, types.MemberDescriptorType):
                yield f"{cls.__qualname__}.{name}", getattr(module, name, None)
            elif name != "__init__" and _is_used(name, value):
                yield f"{cls.__qualname__}.{name}", value


def _is_used(name: str, value: object) -> bool:
    """Return whether what a class has may be computed with: its methods, and its own settings."""
    if isinstance(value, types.FunctionType | property | staticmethod | classmethod):
        return True
    return not name.startswith("__") and not isinstance(value, types.ModuleType | type)


def _script_parts(module: torch.jit.ScriptModule) -> Iterator[tuple[str, object]]:
    # Their weights are not in vars(), nor is their code Python's.
    yield from module.named_parameters(recurse=False)
    yield from module.named_buffers(recurse=False)
    yield from module.named_children()
    yield "code", str(getattr(module, "code", ""))


def _function_parts(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    yield "code", function.__code__
    yield "defaults", (function.__defaults__, function.__kwdefaults__)
    for number, value in enumerate(map(_filling, function.__closure__ or ())):
        if value is not _NOTHING:
            yield f"closure {number}", value
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        sibling = isinstance(value, types.FunctionType) and value.__module__ == function.__module__
        if name in _READERS | _ENVIRONMENT and not _is_installed(function):
            yield f"{name}{ONLY_HERE}", id(value)
        elif sibling or isinstance(value, (*PLAIN_TYPES, Tensor, np.ndarray, dict, list, tuple)):
            yield f"global {name}", value
        elif not isinstance(value, type) and not _is_installed(value):
            # Somebody's own object, or module: it may keep anything.
            yield f"global {name}{ONLY_HERE}", id(value)


def objects_in(function: types.FunctionType) -> list[object]:
    """Return the objects that a function's parts follow from, which is quicker than those parts."""
    code, values = function.__code__, function.__globals__
    settings = (code, function.__defaults__, function.__kwdefaults__)
    return [*settings, *map(_filling, function.__closure__ or ()), *map(values.get, _names(code))]


def _filling(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return _NOTHING


_NOTHING = object()


@functools.lru_cache(maxsize=4096)
def _code_text(code: types.CodeType) -> str:
    """Return what code does, as text that is the same in every session."""
    return repr((code.co_code, code.co_names, [_constant_text(each) for each in code.co_consts]))


def _constant_text(value: object) -> str:
    if isinstance(value, types.CodeType):
        return _code_text(value)
    if isinstance(value, frozenset):
        return repr(sorted(map(repr, value)))
    return repr(value)


@functools.lru_cache(maxsize=4096)
def _names(code: types.CodeType) -> tuple[str, ...]:
    """Return the names that code, and the functions inside of it, look up."""
    inside = (part for part in code.co_consts if isinstance(part, types.CodeType))
    return tuple(dict.fromkeys([*code.co_names, *(n for part in inside for n in _names(part))]))


def _is_installed(value: object) -> bool:
    """Return whether something is a package's, which stays as it is, and not somebody's own."""
    name = value.__name__ if isinstance(value, types.ModuleType) else type(value).__module__
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType):
        name = value.__module__ or "builtins"
    root = name.partition(".")[0]
    if root in ("torch", __name__.partition(".")[0]):
        return True
    if root == "__main__":
        return False
    # What is loaded from no file is built into Python.
    home = getattr(sys.modules.get(name), "__file__", None) or ""
    return root in sys.stdlib_module_names or "-packages" in home


def _script_state(value: Any) -> object:
    """Return what an object of C++ (packed weights of a quantised layer) would be saved as."""
    try:
        return value.__getstate__()
    except Exception:  # it cannot be saved: paths by itself only
        return id(value)
