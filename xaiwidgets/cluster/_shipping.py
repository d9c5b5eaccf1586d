"""How things travel to processes: as bytes, or once in a folder from where they map the arrays.

With cloudpickle installed (it comes with Dask), also what a notebook defines.
"""

from __future__ import annotations

import importlib.util
import io
import pickle
import shutil
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.errors import InputError

_PICKLE = "pickle"


def write_shared(value: object) -> str:
    """Write what is shared to a new folder, where processes of this machine can map its arrays.

    Raises
    ------
    InputError
        If it cannot be pickled.
    """
    buffers: list[pickle.PickleBuffer] = []
    content = pack(value, buffers.append)
    folder = Path(tempfile.mkdtemp(prefix="xaiwidgets-"))
    try:
        for number, buffer in enumerate(buffers):
            (folder / str(number)).write_bytes(buffer.raw())
        (folder / _PICKLE).write_bytes(content)
    except BaseException:  # the disk is full, say
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return str(folder)


@lru_cache(maxsize=1)
def load_shared(path: str) -> Any:
    """Return what `write_shared` wrote: its arrays are mapped, so that all processes share them.

    OSError where the folder is not to be seen.
    """
    folder = Path(path)
    content = (folder / _PICKLE).read_bytes()
    files = sorted((file for file in folder.iterdir() if file.name != _PICKLE), key=_number)
    # A network of 100 MB on eight processes is in memory once: pages that none of them writes to.
    return pickle.loads(content, buffers=[_mapped(file) for file in files])


def pack(value: object, keep: Callable[[pickle.PickleBuffer], object] | None = None) -> bytes:
    """Return what `pickle.loads` makes the same of, elsewhere.

    By torch's own ways a process pool would send tensors as shared memory, an open file for each,
    and anybody else all of the memory that a tensor is a part of.

    Parameters
    ----------
    keep : callable, optional
        Takes the numbers of arrays and tensors, which are not in the bytes then.

    Raises
    ------
    InputError
        If it cannot be pickled.
    """
    content = io.BytesIO()
    try:
        _pickler(content, keep).dump(value)
    except Exception as error:  # what cannot be pickled raises many kinds
        raise InputError(
            f"this cannot be sent to other processes ({error}); define it in a module, or install "
            "cloudpickle"
        ) from error
    return content.getvalue()


def _number(file: Path) -> int:
    return int(file.name)


def _mapped(file: Path) -> Any:
    # Copy-on-write: torch warns about arrays that cannot be written to. Nothing cannot be mapped.
    return np.memmap(file, mode="c") if file.stat().st_size else bytearray()


def _pickler(
    content: io.BytesIO, keep: Callable[[pickle.PickleBuffer], object] | None
) -> pickle.Pickler:
    """Return a pickler that takes tensors for arrays."""
    base: Any = pickle.Pickler
    if importlib.util.find_spec("cloudpickle") is not None:
        base = importlib.import_module("cloudpickle").Pickler

    class Pickler(base):  # type: ignore[misc]
        def reducer_override(self, value: Any) -> Any:
            # Not a subclass: a Parameter has a flag of its own, which an array would lose.
            if type(value) is Tensor:
                try:
                    return torch.from_numpy, (value.numpy(),)
                except (TypeError, RuntimeError):  # on a GPU, sparse, a type that NumPy has not
                    return NotImplemented
            above = getattr(super(), "reducer_override", None)
            return NotImplemented if above is None else above(value)

    pickler: pickle.Pickler = Pickler(content, protocol=5, buffer_callback=keep)
    return pickler
