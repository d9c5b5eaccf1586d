"""What a network computes with, hashed: two equal fingerprints mean equal answers.

Everything that is reachable from the modules counts: weights and buffers, plain attributes and
what is inside their lists, dictionaries and configuration objects, tensors that are no buffers,
packed weights, hooks with what they close over, and the code of the classes with the plain
globals that it reads (a notebook's option, a class that was defined again). What cannot be looked
into (an object of C, a file that `forward` reads) leaves a fingerprint incomplete.
"""

from __future__ import annotations

import enum
import functools
import hashlib
import sys
import types
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn

Leaf = tuple[str, object]
"""Where something lies, and what: a tensor, an array, or anything whose repr says it all."""

_PLAIN: tuple[type, ...] = (
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
_PLAIN += (torch.dtype, torch.device, torch.Size, torch.layout, torch.memory_format)

_HEAP_TYPE = 1 << 9
"""Of the flags of a class: it was made by Python code."""

_SETTINGS = frozenset({bool, int, float, str, type(None)})
"""Kinds of most attributes of a layer."""

_ONLY_HERE = ".id()"
"""How the paths end of what can only be told by where it lies in memory."""

_READERS = {"open", "read", "load", "fromfile", "memmap", "read_text", "read_bytes"}
"""Names by which code gets at files."""

_ENVIRONMENT = {"environ", "getenv"}
"""Names by which code gets at the process's environment."""

_STORES = {"_parameters", "_buffers", "_modules"}
"""Dictionaries of what a module has by name."""

# What of a module does not change its answer: state of training, and hooks of saving and gradients.
_IGNORED = {
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


class Fingerprint(NamedTuple):
    """A hash of what a network computes with, and whether all of that could be looked into."""

    code: int
    complete: bool


def fingerprint(net: nn.Module) -> int:
    """Return a hash of what a network computes with, as it is now.

    Examples
    --------
    >>> net = nn.Linear(2, 2)
    >>> before = fingerprint(net)
    >>> net.weight.data.mul_(2)  # doctest: +ELLIPSIS
    tensor(...)
    >>> fingerprint(net) == before
    False
    """
    return take_fingerprint(net).code


def take_fingerprint(net: nn.Module, leaves: list[Leaf] | None = None) -> Fingerprint:
    """Return the hash, and whether an equal one does mean equal answers.

    `leaves` are the network's, where somebody has them already.
    """
    code, complete = 0, True
    for path, leaf in leaves_of(net) if leaves is None else leaves:
        complete = complete and not path.endswith(_ONLY_HERE)
        code = zlib.crc32(path.encode(), code)
        for part in _bytes_of(leaf):
            code = zlib.crc32(part, code)
    return Fingerprint(code, complete)


def persistent_key(net: nn.Module) -> str:
    """Return a hash of what a network computes with that is the same in every session.

    What can only be told by where it lies in memory (a lock, say) does not count.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path, leaf in leaves_of(net):
        if not path.endswith(_ONLY_HERE):
            digest.update(path.encode())
            for part in _bytes_of(leaf):
                digest.update(part)
    return digest.hexdigest()


def stamp(net: nn.Module, leaves: list[Leaf] | None = None) -> tuple[object, ...]:
    """Return what is cheap to look at and changes with nearly all that `fingerprint` sees.

    Of a tensor, where it lies and how often it was written to: only writes that torch does not
    count (through ``.data``, or an array that shares the memory) escape it. `leaves` as above.
    """
    return tuple(
        (path, _look(leaf)) for path, leaf in (leaves_of(net) if leaves is None else leaves)
    )


def _look(leaf: object) -> object:
    """Return what of a leaf is cheap to look at."""
    if type(leaf) is str:
        return (leaf,)  # by itself it might be the text of another value
    if isinstance(leaf, Tensor):
        place = leaf.data_ptr() if _has_memory(leaf) else id(leaf)
        return place, _writes(leaf), leaf.shape
    return zlib.crc32(leaf.tobytes()) if isinstance(leaf, np.ndarray) else repr(leaf)


def raw(tensor: Tensor) -> memoryview:
    """Return a tensor's numbers as bytes, to be hashed; not copied where they lie in order."""
    plain = tensor.detach().cpu().contiguous().flatten()
    return plain.view(torch.uint8).numpy().data


# --- tensors ----------------------------------------------------------------------------------


def _has_memory(tensor: Tensor) -> bool:
    return tensor.layout == torch.strided and type(tensor) in (Tensor, nn.Parameter)


def _writes(tensor: Tensor) -> int:
    # Tensors made in inference mode count no writes.
    return -1 if tensor.is_inference() else tensor._version


def _bytes_of(leaf: object) -> Iterator[bytes | memoryview]:
    if isinstance(leaf, np.ndarray):
        yield f"{leaf.dtype} {leaf.shape}".encode()
        yield leaf.tobytes() if leaf.dtype != object else repr(leaf.tolist()).encode()
    elif not isinstance(leaf, Tensor):
        yield repr(leaf).encode()
    else:
        yield f"{leaf.dtype} {leaf.layout} {tuple(leaf.shape)}".encode()
        yield from _numbers(leaf)


def _numbers(tensor: Tensor) -> Iterator[bytes | memoryview]:
    if tensor.is_meta or nn.parameter.is_lazy(tensor):
        return  # nothing there yet
    if hasattr(tensor, "__tensor_flatten__"):  # torchao's and other subclasses
        names, context = tensor.__tensor_flatten__()
        yield repr(context).encode()
        for name in names:
            yield from _numbers(getattr(tensor, name))
    elif tensor.is_quantized:
        yield repr((tensor.qscheme(), _scales(tensor))).encode()
        yield raw(tensor.int_repr())
    elif tensor.layout == torch.strided:
        yield raw(tensor)
    else:  # sparse, in whatever layout
        whole = tensor.detach().to_dense()
        yield raw(whole)


def _scales(tensor: Tensor) -> object:
    if tensor.qscheme() in (torch.per_tensor_affine, torch.per_tensor_symmetric):
        return tensor.q_scale(), tensor.q_zero_point()
    return tensor.q_per_channel_scales().tolist(), tensor.q_per_channel_zero_points().tolist()


# --- everything else --------------------------------------------------------------------------


def leaves_of(net: nn.Module) -> list[Leaf]:
    """Return all that a network computes with, and where it lies."""
    leaves: list[Leaf] = []
    _collect("", net, {}, leaves)
    return leaves


def _collect(
    path: str, value: object, paths: dict[int, tuple[str, object]], leaves: list[Leaf]
) -> None:
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
        for name, part in _parts(value):
            _collect(f"{path}.{name}", part, paths, leaves)


@functools.lru_cache(maxsize=4096)
def _sort(kind: type) -> Literal["plain", "tuple", "tensor", "array", "other"]:
    """Return how objects of a type are taken: looked up for thousands of them, of few types."""
    if issubclass(kind, _PLAIN):
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
def _own_classes(kind: type) -> tuple[type, ...]:
    """Return the classes that an object has its methods of, but for torch's."""
    return tuple(
        cls
        for cls in kind.__mro__
        if cls.__module__.partition(".")[0] != "torch" and cls is not object
    )


def _parts(value: Any) -> Iterable[tuple[str, object]]:
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
        slots = _slots(cls)
        if attributes is not None or slots:
            filled = ((name, getattr(value, name)) for name in slots if hasattr(value, name))
            return [("kind", kind), *(attributes or {}).items(), *filled]
    # A lock, a generator, an object of C: all that can be told is which one it is.
    return [("kind", kind), ("id()", id(value))]


@functools.lru_cache(maxsize=4096)
def _slots(kind: type) -> tuple[str, ...]:
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
        if name in _IGNORED:
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
    for cls in _own_classes(kind):
        for name, value in vars(cls).items():
            if name != "__init__" and _is_used(name, value):
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
    for number, cell in enumerate(function.__closure__ or ()):
        try:
            yield f"closure {number}", cell.cell_contents
        except ValueError:  # not filled yet
            continue
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        sibling = isinstance(value, types.FunctionType) and value.__module__ == function.__module__
        if name in _READERS | _ENVIRONMENT and not _is_installed(function):
            yield f"{name}{_ONLY_HERE}", id(value)
        elif sibling or isinstance(value, (*_PLAIN, Tensor, np.ndarray, dict, list, tuple)):
            yield f"global {name}", value
        elif not isinstance(value, type) and not _is_installed(value):
            # Somebody's own object, or module: it may keep anything.
            yield f"global {name}{_ONLY_HERE}", id(value)


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
