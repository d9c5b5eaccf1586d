"""The Explorer's inputs and state as text: names for queries, and Python that a person can run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from xaiwidgets.algebra.expression import Edited, Input, Source
from xaiwidgets.classifier import Classifier, Picture
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES, Window, check_picture

Pictures = Picture | Sequence[Picture] | Mapping[str, Picture]


def named_inputs(
    model: Classifier, pictures: Pictures, letter: str, argument: str
) -> dict[str, tuple[Input, str]]:
    """Preprocess pictures; return each under its query name, with the Python that gives it.

    A picture of a mapping keeps its key, made an identifier; a single one is called `letter`,
    one of several `letter` and its number from 1.
    """
    if isinstance(pictures, Tensor) and pictures.ndim == 4:
        pictures = list(pictures)
    if isinstance(pictures, Mapping):
        given = [(_identifier(k), p, f"{argument}[{k!r}]") for k, p in pictures.items()]
    elif isinstance(pictures, Tensor | np.ndarray | Image.Image):
        given = [(letter, pictures, argument)]
    elif not isinstance(pictures, Iterable):
        raise InputError(f"{argument} is {pictures!r}; give a picture, several, or a mapping")
    else:
        listed = list(pictures)
        several = len(listed) > 1
        names = [f"{letter}{i + 1}" if several else letter for i in range(len(listed))]
        given = [(names[i], picture, f"{argument}[{i}]") for i, picture in enumerate(listed)]
    named: dict[str, tuple[Input, str]] = {}
    for name, picture, code in given:
        if name in named or name == model.name or name in BASELINES:
            raise InputError(f"two things are called {name}; give the pictures distinct names")
        try:
            tensor = check_picture(model.input(picture))
        except InputError as error:
            raise InputError(f"{code}: {error}") from error
        named[name] = Input(name, tensor), code
    return named


def root_of(source: Source) -> Input:
    """Return the unedited picture."""
    while isinstance(source, Edited):
        source = source.source
    return source


def edits_of(source: Source) -> list[Edited]:
    """Return the edits of a picture, first to last."""
    chain: list[Edited] = []
    while isinstance(source, Edited):
        chain.append(source)
        source = source.source
    return chain[::-1]


def edit_text(edit: Edited) -> str:
    """Return an edit as a person reads it, such as ``paste r1 [10:50, 20:60]``."""
    return " ".join([edit.edit, *map(str, edit.arguments)])


def python(
    source: Source, window: Window | None, how: Mapping[str, str], code: Mapping[str, str]
) -> str:
    """Return the lines of Python that compute the map that the Explorer shows.

    Parameters
    ----------
    how : mapping
        The arguments of `explain`, as Python text.
    code : mapping
        The Python text of each named picture.
    """
    lines = [
        "from xaiwidgets import Window, images",
        "",
        "# model, pictures and references: what was given to Explorer(model, pictures, references)",
        f"x = model.input({code[root_of(source).name]})",
    ]
    for edit in edits_of(source):
        arguments = ", ".join(["x", *(_argument(a, code) for a in edit.arguments)])
        lines.append(f"x = images.{edit.edit}({arguments})")
    where = f".where({_argument(window, code)})" if window else ""
    arguments = ", ".join(f"{name}={value}" for name, value in how.items())
    lines.append(f"model(x){where}.explain({arguments})")
    return "\n".join(lines)


def _argument(value: Any, code: Mapping[str, str]) -> str:
    if isinstance(value, Window):
        return f"Window({value.top}, {value.left}, {value.height}, {value.width})"
    return f"model.input({code[value.name]})" if isinstance(value, Input) else repr(value)


def _identifier(key: object) -> str:
    name = re.sub(r"\W", "_", str(key), flags=re.ASCII) or "_"
    return f"_{name}" if name[0].isdigit() else name
