"""Limit BLAS to one thread for a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

_LOCK = threading.Lock()
# An entry for each block that is entered; the first is the limit itself, to be lifted at the end.
_ENTERED: list[Any] = []


# To look for the pools walks all libraries that are loaded.
@cache
def _pools() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Use one BLAS thread for small problems that alternate with work of torch.

    BLAS's threads and torch's, both waiting for work by spinning, take the cores from each other,
    which cost a hundred times more. The limit holds for the whole process, so of several blocks at
    once (on several threads) the first sets it and the last to end lifts it.

    Examples
    --------
    >>> with one_blas_thread():
    ...     pass  # np.linalg.solve(...)
    """
    with _LOCK:
        _ENTERED.append(None if _ENTERED else _pools().limit(limits=1, user_api="blas"))
        if len(_ENTERED) == 1:
            _ENTERED[0].__enter__()
    try:
        yield
    finally:
        with _LOCK:
            if len(_ENTERED) == 1:
                _ENTERED.pop().__exit__(None, None, None)
            else:
                _ENTERED.pop()
