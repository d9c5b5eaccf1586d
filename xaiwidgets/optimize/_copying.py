"""Copy any network, so that nothing that is done to the copy touches the original."""

from __future__ import annotations

import copy
import functools
import inspect
import io
import types
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize, prune

from xaiwidgets.fingerprint import slots_of
from xaiwidgets.inference import EVALUATING


def copied(net: nn.Module) -> nn.Module | None:
    """Return a copy of a network with plain layers; None where it cannot be copied.

    Activations that a module keeps are copied without their history, which `deepcopy` refuses.
    Weights that are computed at each call (weight and spectral norm, pruning, parametrizations)
    are computed once: what is left are the layers that everybody knows.
    """
    try:
        # Copies made in inference mode could never give a gradient, and they are kept. Those of
        # scripted weights would belong to the graph of the user's.
        with torch.inference_mode(False), torch.no_grad():
            twin = deep_copy(net)
            for module in twin.modules():
                _uncompile(module)
            if twin is net or _shares(net, twin):
                return None
            for module in list(twin.modules()):
                _bake(module)
    except Exception:  # whatever a stranger's __deepcopy__ raises
        return None
    return twin


def deep_copy(net: nn.Module) -> nn.Module:
    """Return a copy of a network that shares only what there is once: locks, files, threads.

    Raises
    ------
    Exception
        Whatever a stranger's `__deepcopy__` raises.
    """
    memo: dict[int, Any] = {}
    # Under the lock: the copy would keep the hooks and flags of an evaluation on another thread.
    with EVALUATING:
        for value in (value for module in net.modules() for value in _inside(vars(module))):
            if isinstance(value, Tensor) and not value.is_leaf:
                memo[id(value)] = value.detach().clone()
            elif _is_handle(value):
                memo[id(value)] = value
        twin = copy.deepcopy(net, memo)
    for module, copied_module in zip(net.modules(), twin.modules(), strict=True):
        kind: Any = type(module)
        for slot in slots_of(kind):  # which torch's modules leave out
            if hasattr(module, slot):
                copied_value = copy.deepcopy(getattr(module, slot), memo)
                # Not by the module, which would register a parameter.
                object.__setattr__(copied_module, slot, copied_value)
    return twin


def _uncompile(module: nn.Module) -> None:
    """Take away a compiled `forward` that was set on an object: it would ask the original."""
    compiled: Any = vars(module).get("forward")
    if hasattr(compiled, "_torchdynamo_orig_callable"):
        plain = inspect.unwrap(compiled)
        if getattr(plain, "__func__", plain) is type(module).forward:
            del module.__dict__["forward"]


def _inside(value: object) -> Iterator[object]:
    """Yield what a module keeps, also in its lists and dictionaries, each of which once."""
    waiting, visited = [value], set[int]()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Mapping | list | tuple):
            yield part
        elif id(part) not in visited:
            visited.add(id(part))
            waiting += part.values() if isinstance(part, Mapping) else part


def _is_handle(value: object) -> bool:
    """Return whether something stands for what there is once, and cannot be copied."""
    return isinstance(value, _HANDLES) or type(value).__module__ in ("_thread", "threading")


_HANDLES = (io.IOBase, types.GeneratorType, Executor)


def _bake(module: nn.Module) -> None:
    """Make weights that are computed at each call plain weights, as they are now."""
    if parametrize.is_parametrized(module):
        # Not torch's remove_parametrizations: the class that it changes is the original's, too.
        names = list(module.parametrizations)  # type: ignore[arg-type]
        weights = {name: getattr(module, name).detach().clone() for name in names}
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
        for name, weight in weights.items():
            module.register_parameter(name, nn.Parameter(weight, requires_grad=False))
    for key, hook in list(getattr(module, "_forward_pre_hooks", {}).items()):
        name = getattr(hook, "_tensor_name", None) or getattr(hook, "name", None)
        if isinstance(hook, prune.BasePruningMethod):
            prune.remove(module, name)  # type: ignore[no-untyped-call]
        elif type(hook).__name__ in ("WeightNorm", "SpectralNorm"):
            hook.remove(module)
            del module._forward_pre_hooks[key]


def _shares(net: nn.Module, twin: nn.Module) -> bool:
    """Return whether using the copy could touch the original.

    A module may return itself when copied, and a `forward` that was set on an object (not
    defined by its class) may still call the object it was set on.
    """
    parts = {id(part) for one in _parts(net) for part in one}
    if any(id(part) in parts for one in _parts(twin) for part in one):
        return True
    return any(id(part) in parts for module in twin.modules() for part in _reached(module))


def _parts(net: nn.Module) -> tuple[Iterator[object], ...]:
    return net.modules(), net.parameters(), net.buffers()


def _reached(module: nn.Module) -> Iterator[object]:
    """Yield what a `forward` that was set on this object holds on to."""
    waiting = [vars(module).get("forward")]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, types.MethodType):
            waiting += [value.__self__, value.__func__]
        elif isinstance(value, functools.partial):
            waiting += [value.func, *value.args, *value.keywords.values()]
        elif isinstance(value, types.FunctionType):
            waiting += [cell.cell_contents for cell in value.__closure__ or () if _filled(cell)]


def _filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018  reading an empty one raises
    except ValueError:
        return False
    return True
