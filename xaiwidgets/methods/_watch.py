"""Watching the operations of a network, and which of its modules is at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn
from torch.overrides import TorchFunctionMode


class OperationWatch(TorchFunctionMode):
    """While it is entered, every operation comes by, and it is known which module is at work."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self._net = net
        self._inside: list[str] = []
        self._handles: list[Any] = []

    @property
    def module(self) -> str:
        """The name of the innermost module at work; empty for the network itself."""
        return self._inside[-1] if self._inside else ""

    def __enter__(self) -> Any:
        for name, module in self._net.named_modules():
            enter = module.register_forward_pre_hook(self._entering(name))
            # Also where a module raises and its caller goes on: its name must leave the stack.
            leave = module.register_forward_hook(self._leaving, always_call=True)
            self._handles += [enter, leave]
        return super().__enter__()  # type: ignore[no-untyped-call]

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        for handle in self._handles:
            handle.remove()

    def _entering(self, name: str) -> Callable[..., None]:
        def enter(_module: nn.Module, _inputs: Any) -> None:
            self._inside.append(name)

        return enter

    def _leaving(self, _module: nn.Module, _inputs: Any, _answer: Any) -> None:
        self._inside.pop()
