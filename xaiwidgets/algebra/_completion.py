"""What may come next in a query: the grammar tells which kind, the bound names tell which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from lark.exceptions import UnexpectedInput
from PIL import Image
from torch import Tensor

from xaiwidgets.algebra._language import parser
from xaiwidgets.algebra._quoting import label_text, layer_text
from xaiwidgets.algebra._source import Input
from xaiwidgets.images import BASELINES, EDITS, Window
from xaiwidgets.methods import NAMED
from xaiwidgets.network import Network
from xaiwidgets.probes import probes_of

KEYWORDS = {
    "SELECT": "select", "STAR": "*", "FROM": "from", "WHERE": "where", "FOR": "for",
    "CLASS": "class", "USING": "using", "JOIN": "join", "LEFT": "left join", "WEIGHT": "weight",
    "RPAR": ")",
}  # fmt: skip
MOST = 200
"""Suggestions at most: a thousand classes are found by typing more."""


class Suggestion(NamedTuple):
    """Text that may replace what is being typed, and its kind."""

    text: str
    kind: str


def suggestions(text: str, names: Mapping[str, Any]) -> tuple[int, list[Suggestion]]:
    """Return where the word under way begins, and what it may become.

    Parameters
    ----------
    text : str
        The query up to the caret.
    names : mapping
        What a query's names are bound to, as for `query`.

    Examples
    --------
    >>> suggestions("select * fr", {})
    (9, [Suggestion(text='from', kind='keyword')])
    """
    # Up to the caret: a name with dots (a layer), primes (f'), or an open quotation mark.
    word = re.search(r"""("(?:[^"\\]|\\.)*|[\w.*']*)$""", text, re.ASCII)
    start = word.start() if word else len(text)
    typed = text[start:].lower().lstrip('"')
    # The grammar itself says what may follow: no second list of rules has to agree with it.
    reader = parser().parse_interactive(text[:start])
    try:
        tokens = [token.type for token in reader.exhaust_lexer()]
    except UnexpectedInput:
        return start, []
    models = [value for value in names.values() if isinstance(value, Network)]
    # Layers and classes are those of the networks that the query calls, if it has got there.
    in_use = [
        names[name]
        for name in re.findall(r"(\w+)\s*\(", text)
        if isinstance(names.get(name), Network)
    ]
    accepted: set[str] = reader.accepts()  # type: ignore[no-untyped-call]
    candidates = list(_next(accepted, tokens, names, in_use or models))
    starting = [s for s in candidates if s.text.lower().lstrip('"').startswith(typed)]
    inside = [s for s in candidates if typed and typed in s.text.lower() and s not in starting]
    return start, list(dict.fromkeys([*starting, *inside]))[:MOST]


def _next(
    accepted: set[str], last: list[str], names: Mapping[str, Any], models: list[Network]
) -> Iterator[Suggestion]:
    """Yield all that may follow `last`, the tokens so far."""
    previous = last[-1] if last else ""
    yield from (Suggestion(word, "keyword") for kind, word in KEYWORDS.items() if kind in accepted)
    if "LAYER" in accepted:
        fitted = [name for model in models for name in _layers(model)]
        yield from (Suggestion(layer_text(name), "layer") for name in fitted)
    if "METHOD" in accepted:
        yield from (Suggestion(name, "method") for name in NAMED)
    if "NAME" in accepted:
        if previous == "FROM":
            yield from _of_kind(names, Network, "network")
        elif previous == "WHERE":
            yield from _of_kind(names, Window, "window")
        elif previous == "CLASS":
            labels = [label for model in models for label in model.classes or ()]
            yield from (Suggestion(label_text(label), "class") for label in labels)
        else:
            yield from _of_kind(names, (Tensor, np.ndarray, Image.Image), "picture")
            sets = (name for name, value in names.items() if is_set_of_pictures(value))
            yield from (Suggestion(name, "set of pictures") for name in sets)
            if previous == "COMMA":
                yield from _of_kind(names, Window, "window")
                yield from (Suggestion(name, "baseline") for name in BASELINES)
            yield from (Suggestion(name, "edit") for name in EDITS)
            functions = (name for name, value in names.items() if _is_edit(value))
            yield from (Suggestion(name, "edit") for name in functions)


def _of_kind(names: Mapping[str, Any], kind: Any, called: str) -> Iterator[Suggestion]:
    return (Suggestion(name, called) for name, value in names.items() if isinstance(value, kind))


def is_set_of_pictures(value: object) -> bool:
    """Return whether a query may take something for a set of pictures, by the first of them."""
    items = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(items, list | tuple) or not items:
        return False
    return isinstance(items[0], Tensor | np.ndarray | Image.Image | Input)


def _is_edit(value: object) -> bool:
    # A notebook has many functions: of them those that say what they take of a picture.
    return hasattr(value, "check") and callable(value)


def _layers(model: Network) -> list[str]:
    return [*probes_of(model)] or model.layers
