"""Weights that come with the package: a safetensors file and, beside it, a JSON file about it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from xaiwidgets.errors import DataError

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the weights; ``scripts/train_zoo.py`` writes it."""

_Net = TypeVar("_Net", bound=nn.Module)


def with_weights(net: _Net, name: str) -> _Net:
    """Return `net`, filled with the shipped weights `name` and in eval mode.

    Raises
    ------
    DataError
        If the file is missing, damaged, or of another network.
    """
    path = WEIGHTS / f"{name}.safetensors"
    try:
        # Strict: a file of an older architecture must not fill half a network.
        net.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise DataError(
            f"the weights {path} cannot be used: {error}. Install xaiwidgets anew, or train them "
            f"with scripts/train_zoo.py {name}"
        ) from error
    return net.eval()
