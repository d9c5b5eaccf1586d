"""What happens in one forward pass: who made each tensor, and who read or overwrote it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from xaiwidgets.inference import undisturbed
from xaiwidgets.optimize._prepared import PreparedNetwork


@dataclass(frozen=True)
class Call:
    """One call of a module: what it was given and what it returned."""

    input: Tensor
    output: Tensor
    writes: int = 0  # how often the input had been overwritten before


class Observation(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """One forward pass: what each module was given and returned, and how often each was read.

    Every tensor is kept until the end, so that no address stands for two of them.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: defaultdict[nn.Module, list[Call]] = defaultdict(list)
        self._reads: Counter[tuple[int, int]] = Counter()
        self._writes: Counter[int] = Counter()
        self._seen: set[int] = set()
        self._made: set[int] = set()
        self._entered: list[int] = []
        self._kept: list[Any] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else torch imports its compiler at the first use: seconds, for nothing

    @classmethod
    def of(cls, base: PreparedNetwork, example: Tensor) -> Observation:
        """Watch one forward pass of the first example."""
        seen = cls()
        hooks = [m.register_forward_hook(seen._record) for m in base.net.modules()]
        hooks += [m.register_forward_pre_hook(seen._enter) for m in base.net.modules()]
        try:
            with undisturbed(base.net), seen:
                base.net(base.prepare(example[:1]))
        finally:
            for hook in hooks:
                hook.remove()
        return seen

    def disposable(self, call: Call) -> bool:
        """Return whether the input of `call` was made in this pass and read by nothing else."""
        where = _address(call.input)
        return where in self._made and self._reads[where, call.writes] == 1

    def maker(self, call: Call) -> nn.Module | None:
        """Return the module that computed the input of `call`, if that is as it was computed."""
        for module, earlier in self.calls.items() if call.writes == 0 else ():
            # A module that hands its input on, or overwrites it, is not what computed it.
            if any(e.output is call.input and e.input is not call.input for e in earlier):
                return module
        return None

    def _enter(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        readable = len(inputs) == 1 and isinstance(inputs[0], Tensor)
        self._entered.append(self._writes[_address(inputs[0])] if readable else 0)

    def _record(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        writes = self._entered.pop()
        if len(inputs) == 1 and isinstance(inputs[0], Tensor) and isinstance(output, Tensor):
            self.calls[module].append(Call(inputs[0], output, writes))
        else:
            # Two, so that it never counts as a module that is called once.
            self.calls[module] += [_UNREADABLE, _UNREADABLE]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        read = _addresses((args, kwargs))
        result = func(*args, **(kwargs or {}))
        returned = _addresses(result)
        # By how often it was overwritten: what was there before and after are two values.
        self._reads.update((where, self._writes[where]) for where in read)
        if func._schema.is_mutable:
            self._writes.update(read)
        # A view is in storage that was read, and no new value.
        self._made |= returned - read - self._seen
        self._seen |= read | returned
        self._kept.append((args, kwargs, result))
        return result


_UNREADABLE = Call(torch.empty(0, device="cpu"), torch.empty(0, device="cpu"))


def _addresses(tree: Any) -> set[int]:
    return {_address(leaf) for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)}


def _address(tensor: Tensor) -> int:
    # Of the storage, which views share: to write into a view is to write into its base.
    return tensor.untyped_storage().data_ptr()
