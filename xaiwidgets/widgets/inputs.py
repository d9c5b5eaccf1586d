"""Pictures as a widget is handed them, under the names that queries and code give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from torch import Tensor

from xaiwidgets.adapters import input_channels
from xaiwidgets.algebra import Input
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES, check_picture
from xaiwidgets.network import Network, Picture
from xaiwidgets.pictures import picture_key, read_pictures

Pictures = Picture | Sequence[Picture] | Mapping[str, Picture]

_TOLD = 5  # refusals that are told in full


def named_inputs(
    model: Network, pictures: Pictures, letter: str, argument: str
) -> dict[str, tuple[Input, str]]:
    """Preprocess pictures; return each under its query name, with the Python that gives it.

    A picture of a mapping keeps its key, made an identifier; a single one is called `letter`,
    one of several `letter` and its number from 1.
    """
    named: dict[str, tuple[Input, str]] = {}
    refused: list[str] = []
    for name, picture, code in _listed(model, pictures, letter, argument):
        # A query tells them by name alone: two of one name would be one picture to it.
        if name in named or name == model.name or name in BASELINES:
            raise InputError(f"two things are called {name}; give the pictures distinct names")
        try:
            tensor = check_picture(model.input(picture))
        except InputError as error:
            refused.append(f"{code}: {error}")
        else:
            named[name] = Input(name, tensor), code
    if refused:
        raise InputError(together(refused, "picture"))
    return named


def together(refusals: Sequence[str], thing: str) -> str:
    """Return several refusals as one message, the first few in full.

    Examples
    --------
    >>> print(together(["a: too small", "b: not finite"], "picture"))
    2 pictures are refused; leave them out or put them right:
    - a: too small
    - b: not finite
    """
    if len(refusals) == 1:
        return refusals[0]
    more = len(refusals) - _TOLD
    lines = [
        f"{len(refusals)} {thing}s are refused; leave them out or put them right:",
        *(f"- {refusal}" for refusal in refusals[:_TOLD]),
        *([f"and {more} more"] if more > 0 else []),
    ]
    return "\n".join(lines)


def _listed(
    model: Network, pictures: Any, letter: str, argument: str
) -> list[tuple[str, Picture, str]]:
    """Return each picture with its name and its code."""
    if isinstance(pictures, Mapping) and not _is_item(pictures):
        return [(identifier(k), p, f"{argument}[{k!r}]") for k, p in pictures.items()]
    if isinstance(pictures, Tensor) and pictures.is_floating_point():
        # Rows are handed in with fewer axes than the pictures (C, 1, T) that they become.
        row = pictures.ndim == 3 and pictures.shape[1] == 1
        if row or pictures.ndim <= model.item_axes:
            return [(letter, pictures, argument)]
    try:
        every = list(read_pictures(pictures, input_channels(model.net)))
    except InputError as error:
        raise InputError(
            f"{argument}: {error}; or give a mapping from names to pictures"
        ) from error
    if len(every) == 1 and every[0] is pictures:
        return [(letter, pictures, argument)]
    numbers = range(1, len(every) + 1) if len(every) > 1 else [""]
    return [
        (f"{letter}{number}", picture, f"{argument}[{place}]")
        for place, (number, picture) in enumerate(zip(numbers, every, strict=False))
    ]


def _is_item(pictures: Mapping[Any, Any]) -> bool:
    """Return whether a mapping is a data set's item or batch, and not pictures by their names."""
    key = picture_key(pictures)
    others = [value for name, value in pictures.items() if name != key]
    labelled = not all(map(_may_be_picture, others))
    return key == "pixel_values" or (key is not None and labelled)


def _may_be_picture(value: object) -> bool:
    return isinstance(value, Image.Image | Path) or getattr(value, "ndim", 0) > 1


def identifier(key: object) -> str:
    """Return a name that a query can use."""
    name = re.sub(r"\W", "_", str(key), flags=re.ASCII) or "_"
    return f"_{name}" if name[0].isdigit() else name
