"""The Explorer's inputs and state as text: names for queries, and Python that a person can run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaiwidgets.algebra import Edited, Input, Interpretation, Join, Source, Term
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES, Window, check_picture
from xaiwidgets.network import Network, Picture

Pictures = Picture | Sequence[Picture] | Mapping[str, Picture]


def named_inputs(
    model: Network, pictures: Pictures, letter: str, argument: str
) -> dict[str, tuple[Input, str]]:
    """Preprocess pictures; return each under its query name, with the Python that gives it.

    A picture of a mapping keeps its key, made an identifier; a single one is called `letter`,
    one of several `letter` and its number from 1.
    """
    if isinstance(pictures, Tensor | np.ndarray) and _several(pictures):
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


def _several(pictures: Tensor | NDArray[np.uint8]) -> bool:
    """Return whether these are more than one picture: (N, C, H, W), or an array (N, H, W)."""
    array = isinstance(pictures, np.ndarray)
    return pictures.ndim == 4 or (array and pictures.ndim == 3 and pictures.shape[2] not in (1, 3))


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


def python(expression: Interpretation[Any], how: Mapping[str, str], code: Mapping[str, str]) -> str:
    """Return the lines of Python that compute what the Explorer shows.

    Parameters
    ----------
    how : mapping
        The arguments of `explain`, as Python text.
    code : mapping
        The Python text of each named picture.
    """
    first, *rest = expression.terms
    several = bool(rest)
    lines = [
        "from xaiwidgets import Window, images",
        "",
        "# model, pictures, references, rival: what this explorer = Explorer(...) was given",
        f"x = model.input({code[root_of(first.source).name]})",
    ]
    for edit in edits_of(first.source):
        arguments = ", ".join(["x", *(_argument(a, code) for a in edit.arguments)])
        lines.append(f"x = images.{edit.edit}({arguments})")
    operated = _operated(first, several)
    for place, term in enumerate(rest):
        model = "model" if term.model is first.model else "rival"
        source = "x" if model == "rival" else _argument(term.source, code)
        side = f"{model}({source}){_operated(term, several)}"
        share = expression.shares[place] if isinstance(expression, Join) else None
        weight = "" if share is None else f", weight={share!r}"
        operator = "join" if isinstance(expression, Join) else "left_join"
        operated += f".{operator}({side}{weight})"
    target = {} if several or first.target is None else {"target": repr(first.target)}
    arguments = ", ".join(f"{name}={value}" for name, value in {**target, **how}.items())
    lines.append(f"model(x){operated}.explain({arguments})")
    return "\n".join(lines)


def _operated(term: Term, several: bool) -> str:
    """Return the operators of a term as Python; the class of a single one is for `explain`."""
    where = "" if term.window is None else f".where({_argument(term.window, {})})"
    select = "" if term.layer is None else f".select({term.layer!r})"
    target = "" if term.target is None or not several else f".for_class({term.target})"
    return where + select + target


def _argument(value: Any, code: Mapping[str, str]) -> str:
    if isinstance(value, Window):
        return f"Window({value.top}, {value.left}, {value.height}, {value.width})"
    if isinstance(value, Edited):
        arguments = ", ".join(_argument(a, code) for a in (value.source, *value.arguments))
        return f"images.{value.edit}({arguments})"
    return f"model.input({code[value.name]})" if isinstance(value, Input) else repr(value)


def _identifier(key: object) -> str:
    name = re.sub(r"\W", "_", str(key), flags=re.ASCII) or "_"
    return f"_{name}" if name[0].isdigit() else name
