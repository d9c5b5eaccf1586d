"""What a network computes with, hashed: two equal fingerprints mean equal answers.

Everything that is reachable from the modules counts: weights and buffers, plain attributes and
what is inside their lists, dictionaries and configuration objects, tensors that are no buffers,
packed weights, hooks with what they close over, and the code of the classes with the plain
globals that it reads (a notebook's option, a class that was defined again).
"""

from __future__ import annotations

import enum
import functools
import hashlib
import types
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

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

_ONLY_HERE = ".id()"

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
    code = 0
    for path, leaf in _leaves(net):
        code = zlib.crc32(path.encode(), code)
        for part in _bytes_of(leaf):
            code = zlib.crc32(part, code)
    return code


def persistent_key(net: nn.Module) -> str:
    """Return a hash of what a network computes with that is the same in every session.

    What can only be told by where it lies in memory (a lock, say) does not count.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path, leaf in _leaves(net):
        if not path.endswith(_ONLY_HERE):
            digest.update(path.encode())
            for part in _bytes_of(leaf):
                digest.update(part)
    return digest.hexdigest()


def stamp(net: nn.Module) -> tuple[object, ...]:
    """Return what is cheap to look at and changes with nearly all that `fingerprint` sees.

    Of a tensor, where it lies and how often it was written to: only writes that torch does not
    count (through ``.data``, or an array that shares the memory) escape it.
    """
    return tuple(
        (path, leaf.data_ptr() if _has_memory(leaf) else id(leaf), _writes(leaf), leaf.shape)
        if isinstance(leaf, Tensor)
        else (path, zlib.crc32(leaf.tobytes()) if isinstance(leaf, np.ndarray) else repr(leaf))
        for path, leaf in _leaves(net)
    )


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


def _leaves(net: nn.Module) -> Iterator[Leaf]:
    return _walk("", net, {})


def _walk(path: str, value: object, paths: dict[int, str]) -> Iterator[Leaf]:
    """Yield the leaves below `value`; what was met before, by where it was: sharing counts."""
    if isinstance(value, _PLAIN):
        yield path, value
        return
    if id(value) in paths:
        yield path, f"as {paths[id(value)]}"
        return
    paths[id(value)] = path
    if isinstance(value, Tensor):
        yield path, value
    elif isinstance(value, np.ndarray | np.generic):
        yield path, np.asarray(value)
    else:
        for name, part in _parts(value):
            yield from _walk(f"{path}.{name}", part, paths)


def _parts(value: Any) -> Iterable[tuple[str, object]]:
    """Return what something is made of, by name; plain text of what cannot be taken apart."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, nn.Module):
        return [("kind", kind), *_module_parts(value)]
    if isinstance(value, types.CodeType):
        return [("code", value.co_code), ("names", value.co_names), ("consts", value.co_consts)]
    if isinstance(value, types.FunctionType):
        return _function_parts(value)
    if isinstance(value, types.MethodType):
        return [("function", value.__func__), ("self", value.__self__)]
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
    attributes = getattr(value, "__dict__", None)
    if attributes is not None and not isinstance(value, types.ModuleType):
        return [("kind", kind), *attributes.items()]
    # A lock, a generator, an object of C: all that can be told is which one it is.
    return [("kind", kind), ("id()", id(value))]


def _module_parts(module: nn.Module) -> Iterator[tuple[str, object]]:
    for name, value in vars(module).items():
        if name in ("_parameters", "_buffers", "_modules"):
            yield from value.items()
        elif name not in _IGNORED:
            yield name, value
    if isinstance(module, torch.jit.ScriptModule):
        yield from _script_parts(module)
        return
    for cls in type(module).__mro__:
        if cls.__module__.partition(".")[0] != "torch" and cls is not object:
            for name, value in vars(cls).items():
                if isinstance(value, types.FunctionType) and name != "__init__":
                    yield f"{cls.__qualname__}.{name}", value


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
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        sibling = isinstance(value, types.FunctionType) and value.__module__ == function.__module__
        if sibling or isinstance(value, (*_PLAIN, Tensor, np.ndarray, dict, list, tuple)):
            yield f"global {name}", value


def _script_state(value: Any) -> object:
    """Return what an object of C++ (packed weights of a quantised layer) would be saved as."""
    try:
        return value.__getstate__()
    except Exception:  # it cannot be saved: paths by itself only
        return id(value)
