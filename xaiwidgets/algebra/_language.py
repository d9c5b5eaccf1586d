"""The query language of i-Algebra: text in, interpretation out, errors with a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial, reduce
from itertools import repeat
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken
from PIL import Image
from torch import Tensor

from xaiwidgets.algebra._expression import Interpretation, Term
from xaiwidgets.algebra._source import (
    ARGUMENTS,
    LARGEST_WHOLE,
    Edited,
    FunctionEdit,
    Input,
    Literal,
    Source,
)
from xaiwidgets.checks import is_name, is_whole, nearest
from xaiwidgets.errors import (
    CompositionError,
    InputError,
    QueryCompositionError,
    QueryError,
    XaiError,
)
from xaiwidgets.images import BASELINES, EDITS, Window
from xaiwidgets.network import Network

T = TypeVar("T")
Node = Any
"""A tree or token of lark's, whose children are not told apart by type."""

_SPOKEN = {
    "SELECT": "'select'", "STAR": "'*'", "FROM": "'from'", "WHERE": "'where'", "FOR": "'for'",
    "CLASS": "'class'", "JOIN": "'join'", "LEFT": "'left join'", "WEIGHT": "'weight'",
    "USING": "'using'", "METHOD": "a method",
    "LPAR": "'('", "RPAR": "')'", "LBRACE": "'{'", "RBRACE": "'}'", "LSQB": "'['", "RSQB": "']'",
    "COLON": "':'", "EQUAL": "'='", "COMMA": "','", "NAME": "a name",
    "LAYER": "a layer", "STRING": 'a "quoted name"',
    "INT": "a whole number", "SIGNED_NUMBER": "a number", "$END": "the end",
}  # fmt: skip


def query(text: str, /, **names: Any) -> Interpretation[Any]:
    """Read a query; names in it are the keyword arguments.

    Parameters
    ----------
    text : str
        ``select * | LAYER from F(X) [where W] [for class C] [using M]``, and then any number of
        ``join (query) [weight E]`` or of ``left join (query)``: F a `Classifier`; X a picture, a
        what-if edit of one such as ``erase(x, [0:9, 0:9])``, or a set of them, ``{x, y}`` or a name
        for a sequence, which asks for the join of all: what they share. An edit may be any function
        bound to a name, with settings: ``attack(x, size=0.03)``; W a `Window` or a literal
        ``[top:bottom, left:right]``; C a class by name or number; LAYER a module's name, which
        may be quoted, or stand for one bound to it, or ``3`` for the third fitted layer; M a
        method by name, maybe with settings, such as ``gradcam(layer="conv2")``; E the weight of
        all that comes before it.
    **names
        The objects that the query names.

    Raises
    ------
    QueryError
        If the text cannot be read; it points at the column and says what was expected. If it is
        a composition that is not defined, it is a `CompositionError`, too.

    Examples
    --------
    >>> import torch
    >>> from xaiwidgets import Classifier
    >>> model = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2)))
    >>> e = query("select * from f(x) where [0:2, 1:4]", f=model, x=torch.ones(3, 4, 4))
    >>> e.window
    Window(top=0, left=1, height=2, width=3)
    """
    if not isinstance(text, str):
        raise InputError(f"a query is text, not {text!r}")
    try:
        return _Reader(text, names).interpretation(_parse(text))
    except RecursionError:
        raise QueryError("the query is nested too deeply", text, 0) from None


def _parse(text: str) -> Node:
    try:
        return parser().parse(text)
    except UnexpectedInput as error:
        # lark's own account is in terms of the grammar, which whoever wrote the query never saw.
        raise _syntax_error(error, text) from None


@cache
def parser() -> Lark:
    """Return the parser of the grammar, made once."""
    grammar = Path(__file__).with_name("grammar.lark").read_text()
    # LALR is linear in the text, and knows at each place which tokens may follow.
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _syntax_error(error: UnexpectedInput, text: str) -> QueryError:
    if isinstance(error, UnexpectedCharacters):
        column = error.pos_in_stream or 0
        names, actual = error.allowed or set(), repr(text[column])
    elif isinstance(error, UnexpectedToken) and error.token.type != "$END":
        names, actual = error.expected, repr(str(error.token))
        column = int(error.token.start_pos or 0)
    else:
        expected = error.expected if isinstance(error, UnexpectedToken | UnexpectedEOF) else ()
        names, actual, column = set(expected), "the end", len(text.rstrip())
    if (state := getattr(error, "interactive_parser", None)) is not None:
        names = state.accepts() or names  # the others are expected elsewhere in a query like this
    spoken = sorted(_SPOKEN.get(name, name) for name in names or ["$END"])
    return QueryError(f"expected {' or '.join(spoken)}, found {actual}", text, column)


class _Reader:
    """Turns a parsed query into an interpretation; every complaint knows its place."""

    def __init__(self, text: str, names: dict[str, Any]) -> None:
        self.text, self.names = text, names

    def interpretation(self, tree: Node) -> Interpretation[Any]:
        # From left to right, as a weight (epsilon in eq. 5) is of all that has been joined so far.
        first, *rest = tree.children
        result = self.term(first)
        for operator in rest:
            other = self.interpretation(operator.children[0])
            if operator.data == "left_join":
                result = self.guarded(operator, partial(result.left_join, other))
            else:
                weights = [self.weight(node) for node in operator.children[1:]]
                result = self.guarded(operator, partial(result.join, other, *weights))
        return result

    def weight(self, tree: Node) -> float:
        weight = float(tree.children[0])
        if not 0 <= weight <= 1:
            raise self.error(f"weight is {weight}; use a number from 0 to 1", tree)
        return weight

    def term(self, tree: Node) -> Interpretation[Any]:
        layers = [node for node in tree.children if node.data == "layer"]
        call, *clauses = tree.children[len(layers) :]
        result = self.call(call)
        for clause in clauses:
            result = getattr(self, clause.data)(result, clause)
        # Last, whatever is written first: only the call says which network has to have the layer.
        return self.layer(result, layers[0].children[0]) if layers else result

    def layer(self, result: Interpretation[Any], token: Token) -> Interpretation[Any]:
        name, term = _unquoted(token), result.terms[0]
        bound = self.names.get(name)
        # A layer comes before a variable of its name: to bind one changes no query that was valid.
        real = name in term.model.anatomy(term.source.root.tensor).layers
        if token.type == "LAYER" and not real and (isinstance(bound, str) or is_whole(bound)):
            name = str(bound)
        return self.guarded(token, lambda: result.select(name))

    def call(self, tree: Node) -> Interpretation[Any]:
        name, source = tree.children
        model = self.bound(name)
        if not isinstance(model, Network):
            raise self.error(f"{name} is a {type(model).__name__}, not a Classifier", name)
        terms = [Term(model, each, function=str(name)) for each in self.sources(source, model)]
        return self.guarded(source, lambda: reduce(Interpretation.join, terms))

    def source(self, tree: Node, model: Network) -> Source:
        sources = self.sources(tree, model)
        if len(sources) > 1:
            raise self.error(f"one picture is expected, not a set of {len(sources)}", tree)
        return sources[0]

    def sources(self, tree: Node, model: Network) -> list[Source]:
        """Return the pictures of a set; of one picture, itself."""
        if tree.data == "several":
            return [source for part in tree.children for source in self.sources(part, model)]
        if tree.data == "named":
            (name,) = tree.children
            pictures = _named_pictures(str(name), self.bound(name))
            if not pictures:
                raise self.error(f"{name} is an empty set", name)
            return [self.picture(name, *each, model) for each in pictures.items()]
        name, source, *arguments = tree.children
        # The language's own edits come first: a variable `shift` in a notebook changes no query.
        if name not in EDITS and callable(self.names.get(name)):
            return self.function_edits(name, source, arguments, model)
        # An argument too many has no kind: `Edited.checked` then says what the edit takes.
        kinds = (*ARGUMENTS.get(name, ()), *repeat("", len(arguments)))
        values = tuple(
            self.argument(argument, kind, model)
            for argument, kind in zip(arguments, kinds, strict=False)
        )
        inner = self.sources(source, model)
        make = partial(Edited.checked, str(name))
        return [self.guarded(name, partial(make, each, values)) for each in inner]

    def function_edits(
        self, name: Token, source: Node, arguments: list[Node], model: Network
    ) -> list[Source]:
        """Return edits by a function that is bound, with arguments in order, then by name."""
        pairs = [
            (str(node.children[0]), node.children[1]) if node.data == "setting" else ("", node)
            for node in arguments
        ]
        values = tuple(self.free_argument(node, model) for key, node in pairs if not key)
        settings = tuple((key, self.free_argument(node, model)) for key, node in pairs if key)
        inner = self.sources(source, model)
        make = partial(FunctionEdit, function=self.names[name], settings=settings)
        return [self.guarded(name, partial(make, str(name), each, values)) for each in inner]

    def free_argument(self, tree: Node, model: Network) -> Literal | Source:
        """Return an argument of a function that says nothing of what it takes."""
        if tree.data == "text":
            return _unquoted(tree.children[0])
        if tree.data == "number":
            return self.argument(tree, "number", model)
        bound = self.names.get(str(tree.children[0])) if tree.data == "named" else None
        if tree.data == "window" or isinstance(bound, Window):
            return self.window(tree)
        return self.source(tree, model)

    def picture(self, place: Token, name: str, value: Any, model: Network) -> Source:
        if isinstance(value, Input):
            return value
        text = isinstance(value, str) and model.reads_text
        if not text and not isinstance(value, Tensor | np.ndarray | Image.Image):
            raise self.error(f"{name} is a {type(value).__name__}, not a picture", place)
        return self.guarded(place, lambda: Input(name, model.input(value)))

    def argument(self, tree: Node, kind: str, model: Network) -> Literal | Source:
        if kind == "picture" and tree.data in ("named", "edited"):
            return self.source(tree, model)
        if kind == "[baseline]" and tree.data in ("named", "edited"):
            # A baseline's name comes first; `Classifier` refuses it as the name of an input.
            bare = str(tree.children[0]) if tree.data == "named" else ""
            return bare if bare in BASELINES else self.source(tree, model)
        if kind in ("window", "[window]") and tree.data in ("named", "window"):
            return self.window(tree)
        if tree.data == "number":
            number = float(tree.children[0])
            # "2.0" and "2e0" are whole numbers as well; beyond 2^53 a float has skipped some.
            whole = number.is_integer() and abs(number) <= LARGEST_WHOLE
            if kind == "number":
                return int(number) if whole else number
            if kind == "whole number" and whole:
                return int(number)
        if not kind:
            return 0
        raise self.error(f"expected a {kind}", tree)

    def window(self, tree: Node) -> Window:
        if tree.data != "window":
            value = self.bound(tree.children[0])
            if not isinstance(value, Window):
                raise self.error(f"{tree.children[0]} is a {type(value).__name__}, not a Window",
                                 tree)  # fmt: skip
            return value
        top, bottom, left, right = (self.whole(token) for token in tree.children)
        if bottom <= top or right <= left:
            raise self.error("the window is empty; write [top:bottom, left:right]", tree)
        return Window(top, left, bottom - top, right - left)

    def where(self, result: Interpretation[Any], tree: Node) -> Interpretation[Any]:
        window = self.window(tree.children[0])
        return self.guarded(tree.children[0], lambda: result.where(window))

    def target(self, result: Interpretation[Any], tree: Node) -> Interpretation[Any]:
        (token,) = tree.children
        target = self.whole(token) if token.type == "INT" else _unquoted(token)
        return self.guarded(token, lambda: result.for_class(target))

    def using(self, result: Interpretation[Any], tree: Node) -> Interpretation[Any]:
        (token,) = tree.children
        return self.guarded(token, lambda: result.using(str(token)))

    def whole(self, token: Token) -> int:
        # Before int(), which takes long for thousands of digits, or refuses them.
        if len(token.lstrip("0")) > len(str(LARGEST_WHOLE)):
            raise self.error("this number is too large", token)
        return int(token)

    def bound(self, name: Node) -> Any:
        if name not in self.names:
            bound = ", ".join(sorted(self.names)) or "none"
            similar = nearest(str(name), sorted(self.names)) or f"; known names: {bound}"
            raise self.error(f"the name {name} is not bound{similar}", name)
        return self.names[name]

    def guarded(self, place: Node, make: Callable[[], T]) -> T:
        try:
            return make()
        except CompositionError as error:
            at = self.error(error.message, place)
            raise QueryCompositionError(error.message, error.rule, self.text, at.column) from error
        except XaiError as error:
            raise self.error(str(error), place) from error

    def error(self, message: str, place: Node) -> QueryError:
        start = place.start_pos if isinstance(place, Token) else place.meta.start_pos
        return QueryError(message, self.text, start or 0)


def _named_pictures(name: str, value: Any) -> Mapping[str, Any]:
    """Return what a name stands for: a picture, or those of a set, by names of their own."""
    if isinstance(value, Mapping):
        return {key if is_name(key) else f"{name}{key}": each for key, each in value.items()}
    batch = isinstance(value, Tensor | np.ndarray) and value.ndim == 4
    if not batch and not isinstance(value, list | tuple):
        return {name: value}
    return {f"{name}{number}": each for number, each in enumerate(value, 1)}


def _unquoted(token: Token) -> str:
    if token.type != "STRING":
        return str(token)
    # The inverse of `quoted`: a backslash stands before quotation marks and itself.
    return re.sub(r"\\(.)", r"\1", token[1:-1])
