"""Keep linear algebra to one thread for a while, whoever else asks for the same meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

_LOCK = threading.Lock()
_INSIDE: list[Any] = []  # one entry for each that is inside; the first holds the limit


@cache
def _pools() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Use one BLAS thread: BLAS's threads and torch's, both waiting, cost a hundred times more.

    The limit holds for the whole process, so the first to come sets it and the last to go lifts it.
    """
    with _LOCK:
        _INSIDE.append(None if _INSIDE else _pools().limit(limits=1, user_api="blas"))
        if len(_INSIDE) == 1:
            _INSIDE[0].__enter__()
    try:
        yield
    finally:
        with _LOCK:
            if len(_INSIDE) == 1:
                _INSIDE.pop().__exit__(None, None, None)
            else:
                _INSIDE.pop()
