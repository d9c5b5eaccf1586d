"""Pictures as a widget is handed them, under the names that queries and code give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaiwidgets.algebra import Input
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES, check_picture
from xaiwidgets.network import Network, Picture

Pictures = Picture | Sequence[Picture] | Mapping[str, Picture]


def named_inputs(
    model: Network, pictures: Pictures, letter: str, argument: str
) -> dict[str, tuple[Input, str]]:
    """Preprocess pictures; return each under its query name, with the Python that gives it.

    A picture of a mapping keeps its key, made an identifier; a single one is called `letter`,
    one of several `letter` and its number from 1.
    """
    named: dict[str, tuple[Input, str]] = {}
    for name, picture, code in _listed(pictures, letter, argument):
        if name in named or name == model.name or name in BASELINES:
            raise InputError(f"two things are called {name}; give the pictures distinct names")
        try:
            tensor = check_picture(model.input(picture))
        except InputError as error:
            raise InputError(f"{code}: {error}") from error
        named[name] = Input(name, tensor), code
    return named


def _listed(pictures: Pictures, letter: str, argument: str) -> list[tuple[str, Picture, str]]:
    """Return each picture with its name and its code."""
    if isinstance(pictures, Tensor | np.ndarray) and _is_batch(pictures):
        pictures = list(pictures)
    if isinstance(pictures, Mapping):
        return [(identifier(k), p, f"{argument}[{k!r}]") for k, p in pictures.items()]
    if isinstance(pictures, Tensor | np.ndarray | Image.Image):
        return [(letter, pictures, argument)]
    if not isinstance(pictures, Iterable):
        raise InputError(f"{argument} is {pictures!r}; give a picture, several, or a mapping")
    every = list(pictures)
    numbers = range(1, len(every) + 1) if len(every) > 1 else [""]
    return [
        (f"{letter}{number}", picture, f"{argument}[{place}]")
        for place, (number, picture) in enumerate(zip(numbers, every, strict=False))
    ]


def _is_batch(pictures: Tensor | NDArray[np.uint8]) -> bool:
    """Return whether these are more than one picture: (N, C, H, W), or an array (N, H, W)."""
    array = isinstance(pictures, np.ndarray)
    return pictures.ndim == 4 or (array and pictures.ndim == 3 and pictures.shape[2] not in (1, 3))


def identifier(key: object) -> str:
    """Return a name that a query can use."""
    name = re.sub(r"\W", "_", str(key), flags=re.ASCII) or "_"
    return f"_{name}" if name[0].isdigit() else name
