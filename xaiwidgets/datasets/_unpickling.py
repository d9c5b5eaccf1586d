"""Plain values and arrays out of a pickle, without running any code that is in it.

A pickle may name any function and call it. Here it may name three, those by which NumPy makes an
array, and nothing else.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np

from xaiwidgets.errors import DataError


def _encode(text: str, encoding: str = "latin1") -> bytes:
    """Return bytes that Python 3 writes as text where protocol 2 is asked for."""
    return text.encode("latin1")


# A private function of NumPy, by its own word.
_MAKES_ARRAYS = cast(Callable[..., Any], np.zeros(0).__reduce__()[0])

_ALLOWED: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy.core.multiarray", "_reconstruct"): _MAKES_ARRAYS,
    ("numpy._core.multiarray", "_reconstruct"): _MAKES_ARRAYS,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _encode,
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        # Everything that a pickle can do beyond plain values, it does by a name that is looked up
        # here.
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no data needs")
        return _ALLOWED[module, name]


def read_pickled_arrays(path: Path) -> dict[str, Any]:
    """Return the mapping in a pickle of plain values and arrays, also one of Python 2.

    Raises
    ------
    DataError
        If the file cannot be read, holds something else, or asks for code to be run.
    """
    try:
        with path.open("rb") as file:
            content = _ArrayUnpickler(file, encoding="latin1").load()
    except Exception as error:  # bytes that are no pickle raise nearly anything
        raise DataError(f"{path} cannot be used: {error}. Delete it and get it anew") from error
    if not isinstance(content, dict):
        raise DataError(f"{path} holds a {type(content).__name__}, not a mapping; get it anew")
    return content
