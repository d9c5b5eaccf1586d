"""What autograd's graph tells about a tensor: which operations made it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor
from torch.autograd.function import BackwardCFunction


def operations(output: Tensor) -> Iterator[Any]:
    """Yield the operations that a tensor was computed by, the last first."""
    # A stack of its own: a deep network's graph is longer than Python's recursion may be.
    waiting, visited = [output.grad_fn], set()
    while waiting:
        node: Any = waiting.pop()
        if node is not None and node not in visited:
            visited.add(node)
            yield node
            waiting += [before for before, _ in node.next_functions]


def custom_functions(output: Tensor) -> list[str]:
    """Return the names of the autograd functions of users that a tensor was computed by."""
    return [
        type(node).__name__.removesuffix("Backward")
        for node in operations(output)
        if isinstance(node, BackwardCFunction)
    ]
