"""Everything that is saved: safetensors with a description, written whole or not at all.

No pickle: to read a file never runs code that is in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from xaiwidgets.errors import DataError, InputError

Tensors = Mapping[str, Tensor]


def write(path: str | Path, kind: str, tensors: Tensors, about: Mapping[str, Any]) -> Path:
    """Write tensors and their description, and return the path.

    Written beside and renamed, so that another session never reads half a file, nor is an old one
    lost when the disk is full. Folders are made. Everybody may read it that the umask allows.

    Parameters
    ----------
    kind : str
        What the file holds, such as "probes"; `read` asks for it.
    about : mapping
        What JSON can say.
    """
    target = Path(path).expanduser()
    target.parent.mkdir(parents=True, exist_ok=True)
    # safetensors takes contiguous tensors only.
    own = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    # Not `save_file`, whose files nobody else may read.
    data = save(own, {"kind": kind, "about": json.dumps(dict(about))})
    # In the same folder, as renaming is atomic within one file system only; the process's number
    # keeps sessions that write at once apart.
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(data)
        return beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def path_of(name: str, value: Any) -> Path:
    """Return where a file or folder is said to be; InputError if that is no path.

    Examples
    --------
    >>> path_of("root", "data").name
    'data'
    """
    try:
        return Path(value).expanduser()
    except TypeError as error:
        raise InputError(f"{name} is {value!r}; give a path, a str or a Path") from error


def read(path: str | Path, kind: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors and the description that `write` has put into a file.

    Raises
    ------
    DataError
        If the file is not there, is no such file, or holds something else.
    """
    place = path_of("path", path)
    try:
        with safe_open(str(place), "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        about = json.loads(metadata["about"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise DataError(f"{path} cannot be read as {kind}: {error!r}; save it anew") from error
    if metadata.get("kind") != kind:
        raise DataError(f"{path} holds {metadata.get('kind')}, not {kind}")
    return tensors, about
