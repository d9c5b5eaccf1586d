"""Which operations a network computes with what depends on the picture, and in which module."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import nn

from xaiwidgets.methods._method import Task
from xaiwidgets.methods._passes import protect
from xaiwidgets.methods._relevance import is_linear
from xaiwidgets.methods._relevance_rules import dependent
from xaiwidgets.methods._truncated import prepared_for
from xaiwidgets.methods._watch import OperationWatch


class CalledOperation(NamedTuple):
    """An operation on what depends on the picture.

    Attributes
    ----------
    name : str
        As torch calls it.
    module : str
        The innermost module that calls it; empty for the network itself.
    kind : type
        Of that module.
    linear : bool
        Whether it is linear in what depends on the picture, but for a constant.
    """

    name: str
    module: str
    kind: type
    linear: bool

    @property
    def place(self) -> str:
        """Where it is called, for people."""
        return f"layer {self.module!r}" if self.module else "the network's forward"


def called_operations(task: Task) -> tuple[CalledOperation, ...]:
    """Return the operations that a task's network makes of its input, in the order of the calls."""

    def look() -> tuple[CalledOperation, ...]:
        prepared = prepared_for(task)
        watch = _Listed(prepared.net)
        with torch.inference_mode(False), protect(prepared.net, "a pass"), torch.enable_grad():
            inputs = prepared.prepare(task.input[None]).requires_grad_().clone()
            with watch:
                prepared.net(inputs)
        return tuple(watch.calls)

    return task.network.derived("operations", (tuple(task.input.shape), task.layer), look)


class _Listed(OperationWatch):
    def __init__(self, net: nn.Module) -> None:
        super().__init__(net)
        self.calls: list[CalledOperation] = []
        self._kinds = {name: type(module) for name, module in net.named_modules()}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name, sources = getattr(func, "__name__", str(func)), dependent((args, kwargs))
        # Before the call: in place it may make a constant depend on the picture.
        linear = bool(sources) and is_linear(name, sources, args, kwargs)
        answer = func(*args, **kwargs)
        # What asks about shapes, or makes a constant, changes nothing.
        if sources and dependent(answer):
            kind = self._kinds[self.module]
            self.calls.append(CalledOperation(name, self.module, kind, linear))
        return answer
