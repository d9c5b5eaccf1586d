"""Executors that lose what they are given, or see nothing of this machine."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any

import torch

MATRIX = torch.arange(6.0).reshape(2, 3), 100
SUMS = {number: 115.0 + item for number, item in enumerate([5, 3, 8, 1])}


class Elsewhere(Executor):
    """Workers that are no threads of ours, and may not see this disk."""

    def __init__(self, inner: Executor, see: bool = False) -> None:
        self.inner, self.see = inner, see
        self.sources: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sources.append(args[-1])
        hidden = [
            arg + "-not-here" if isinstance(arg, str) and not self.see else arg for arg in args
        ]
        return self.inner.submit(fn, *hidden, **kwargs)


class Losing(Executor):
    """Loses some of what it is given."""

    def __init__(self, lost: int, inner: Executor | None = None) -> None:
        self.lost, self.inner, self.given = lost, inner, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        if self.inner is not None and self.given > self.lost:
            return self.inner.submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        future.set_exception(ConnectionError("the worker has gone"))
        return future


class Instant(Executor):
    """Does what it is given at once, so that several are done when somebody looks."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future
