"""The query language: what is written is read back equal, and means what Python says."""

from __future__ import annotations

import random
import time
from functools import partial
from typing import Any

import pytest
import torch
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.algebra.helpers import SIDE, Named, fitted, wide
from xaiwidgets import Classifier, Window, query
from xaiwidgets.algebra import AntiJoin, Edited, Input, Interpretation, Join, Term, suggestions
from xaiwidgets.errors import CompositionError, InputError, QueryError

WORDS = ["join", "left", "weight", "for", "class", "where", "select", "from", "Left", "x"]
CLASSES = ["cat", "dog", *WORDS, 'a "b" \\ c', "tabby, tabby cat", "", "3", "naïve", "a\nb", "\\"]
CLASSES += ["twice", "twice"]
TABBY = CLASSES.index("tabby, tabby cat")
F = Classifier(Named(len(CLASSES)), classes=CLASSES)
G = Classifier(Named(len(CLASSES)), classes=CLASSES, name="g")
LAYERS = [*Named.NAMES, "head", "head.1"]
X = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
Y = 1 - X
W = Window(1, 2, 3, 4)
NAMES: dict[str, Any] = {"f": F, "g": G, "x": X, "y": Y, "w": W, "layer": "head.1"}
x, y = F(X), F(Y, "y")

spans = st.tuples(st.integers(0, SIDE - 1), st.integers(1, SIDE)).filter(lambda s: s[0] < s[1])
windows = st.builds(
    lambda rows, columns: Window(rows[0], columns[0], rows[1] - rows[0], columns[1] - columns[0]),
    spans,
    spans,
)
inputs = st.sampled_from([Input("x", X), Input("y", Y)])
others = st.sampled_from(
    [Input("x", Y), Input("x'", X), Input("x'", Y), Input("select", X), Input("blurred", Y)]
)
numbers = st.one_of(
    st.integers(-90, 90),
    st.floats(0.125, 10, width=32).map(lambda f: int(f) if f == int(f) else f),
    st.sampled_from([1e-7, 1e30, -1e300, 0.1 + 0.2, 2**53]),
)


def _edited(source: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(
        st.builds(lambda s, w: Edited("erase", s, (w,)), source, windows),
        st.builds(
            lambda s, w, b: Edited("erase", s, (w, b)),
            source,
            windows,
            st.sampled_from(["zeros", "mean", "blur"]) | source,
        ),
        st.builds(lambda s, w: Edited("blur", s, (w,)), source, windows),
        st.builds(lambda s, o, w: Edited("paste", s, (o, w)), source, source, windows),
        st.builds(lambda s, o, w: Edited("paste", s, (o, w, w)), source, source, windows),
        st.builds(lambda s, r, c: Edited("shift", s, (r, c)), source, *[st.integers(-5, 5)] * 2),
        st.builds(lambda s, d: Edited("rotate", s, (d,)), source, numbers),
        st.builds(
            lambda s, f: Edited("scale", s, (f,)),
            source,
            numbers.filter(lambda n: 0.05 <= n <= 20),
        ),
        st.builds(
            lambda s, d, n: Edited("noise", s, (d, n)),
            source,
            st.sampled_from([0, 0.5, 1e-7]),
            st.integers(0, 3),
        ),
        st.builds(lambda s, a: Edited("brighten", s, (a,)), source, st.sampled_from([-1, 0.25])),
    )


terms = st.builds(
    Term,
    model=st.sampled_from([F, G]),
    source=st.recursive(inputs, _edited, max_leaves=3) | others,
    target=st.none() | st.integers(0, len(CLASSES) - 1),
    layer=st.none() | st.sampled_from(LAYERS),
    function=st.sampled_from(["f", "g", "from"]),
)
weights = st.none() | st.sampled_from([0, 1, 0.5, 1e-9, 1 / 3]) | st.floats(0, 1)
joins = st.recursive(
    terms, lambda e: st.builds(lambda a, b, w: a.join(b, w), e, e, weights), max_leaves=5
)


@settings(max_examples=150)
@given(terms, st.none() | windows)
def test_what_is_written_is_read_back_equal(term: Term, window: Window | None) -> None:
    expression = term if window is None else term.where(window)
    assert query(str(expression), **expression.names) == expression


@pytest.mark.slow
@settings(max_examples=150)
@given(joins, st.none() | windows)
def test_a_written_join_is_read_back_equal(join: Interpretation, window: Window | None) -> None:
    expression = join if window is None else join.where(window)
    again = query(str(expression), **expression.names)
    assert again == expression
    assert str(again) == str(expression)


@settings(max_examples=100)
@given(st.lists(terms, min_size=2, max_size=4), st.none() | windows, st.booleans())
def test_a_written_anti_join_is_read_back_equal(
    sides: list[Term], window: Window | None, of_networks: bool
) -> None:
    one = sides[0]
    try:
        if of_networks:
            other = Term(G if one.model is F else F, one.source, function="h")
            expression: Any = one.left_join(other)
        else:
            expression = one
            for side in sides[1:]:
                same = Term(one.model, side.source, None, side.target, one.layer, one.function)
                expression = expression.left_join(same)
        expression = expression if window is None else expression.where(window)
    except CompositionError:  # one and the same input
        reject()
    assert isinstance(expression, AntiJoin)
    assert query(str(expression), **expression.names) == expression


@pytest.mark.parametrize("label", range(len(CLASSES)), ids=CLASSES)
def test_classes_of_any_name_can_be_asked_for(label: int) -> None:
    expression = x.for_class(label).join(y.for_class(label), weight=0.2)
    assert query(str(expression), **NAMES) == expression


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_of_any_name_can_be_selected(layer: str) -> None:
    expression = x.select(layer).left_join(y.select(layer))
    assert query(str(expression), **NAMES) == expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * from f(x)", x),
        ("SELECT *\n  FROM f(x)", x),
        ("select*from f ( x )", x),
        ("select * from f(x) where [1:4, 2:6]", x.where(W)),
        ("select * from f(x) where w", x.where(W)),
        ("select * from f(x) for class dog", x.for_class("dog")),
        ('select * from f(x) for class "tabby, tabby cat"', x.for_class(TABBY)),
        ("select * from f(x) for class 1", x.for_class("dog")),
        ('select * from f(x) for class "3"', x.for_class("3")),
        ("select * from f(x) for class join", x.for_class("join")),
        ("select head.1 from f(x)", x.select("head.1")),
        ("select layer from f(x)", x.select("head.1")),
        ("select 7 from f(x)", x.select("7")),
        ('select "7" from f(x)', x.select("7")),
        ('select "from.0" from f(x) where w for class dog',
         x.select("from.0").where(W).for_class(1)),
        ("select * from f(x) join (select * from f(y))", x.join(y)),
        ("select * from f(x) JOIN (select * from f(y)) WEIGHT 0.25", x.join(y, 0.25)),
        ("select * from f(x) join (select * from f(y)) weight 1", x.join(y, 1)),
        ("select * from f(x) join (select * from f(y)) weight .5", x.join(y)),
        ("select * from f(x) join (select * from f(y)) weight 2.5e-1", x.join(y, 0.25)),
        ("select * from f(x) join (select * from f(y)) join (select * from g(x))",
         x.join(y).join(G(X))),
        ("select * from f(x) join (select * from f(y) join (select * from g(x)) weight 0.1)",
         x.join(y.join(G(X), 0.1))),
        ("select * from f(x) where w for class dog join (select * from f(y) where w for class join)"
         " weight 0.3", x.where(W).for_class(1).join(y.where(W).for_class("join"), 0.3)),
        ("select 7 from f(x) left join (select 7 from f(y))", x.left_join(y).select("7")),
        ("select * from f(x) left\njoin (select * from g(x))", x.left_join(G(X))),
        ("select * from f(x) left join (select * from f(y)) "
         "left join (select * from f(blur(x, w)))", x.left_join(y).left_join(F(X.clone(), "b"))),
    ],
)  # fmt: skip
def test_queries_mean_what_python_says(text: str, expected: Interpretation) -> None:
    found = query(text, **NAMES)
    if "blur" in text:
        assert found.terms[2].source == Edited("blur", Input("x", X), (W,))
        assert found.terms[:2] == expected.terms[:2]
    else:
        assert found == expected


def test_a_query_computes_what_python_does() -> None:
    model = fitted(wide(), ["2"])
    names = {"f": model, "x": X, "y": Y, "w": W}
    text = "select 2 from f(x) where w join (select 2 from f(y) where w) weight 0.3"
    how = {"budget": 60, "grid": 3, "target": 1}
    mine = model(X).select("2").where(W).join(model(Y).select("2").where(W), 0.3).explain(**how)
    assert query(text, **names).explain(**how).cells == pytest.approx(mine.cells)


def test_the_kinds_of_interpretation_are_told_by_their_types() -> None:
    read = partial(query, **NAMES)
    assert isinstance(read("select * from f(x)"), Term)
    assert isinstance(read("select * from f(x) join (select * from f(y))"), Join)
    assert isinstance(read("select * from f(x) left join (select * from f(y))"), AntiJoin)


PIECES = [
    "select",
    "*",
    "from",
    "f",
    "(",
    ")",
    "x",
    "y",
    "where",
    "w",
    "[",
    "1",
    ":",
    "3",
    ",",
    "]",
]
PIECES += ["for", "class", "dog", '"', "\\", "erase", "shift", "-", ".5", "\n", "é", "$", "join"]
PIECES += ["left", "weight", "0.5", "head", "head.1", '"from.0"', "7", "blur", "1e999", "9" * 5000]
SIDES = [
    "select * from f ( x )",
    "select head.1 from f ( y ) where w",
    'select "from.0" from g ( erase ( x , [ 0 : 3 , 1 : 9 ] , mean ) ) for class join',
    "select 7 from f ( shift ( paste ( x , y , w ) , 1 , -2 ) ) where [ 1 : 4 , 2 : 6 ]",
]


def sentence(draw: random.Random) -> list[str]:
    """A query of the grammar, as tokens."""
    tokens = draw.choice(SIDES).split()
    for _ in range(draw.choice([0, 0, 1, 2])):
        kind = draw.choice([["join"], ["left", "join"]])
        tokens += [*kind, "(", *sentence(draw), ")"]
        tokens += ["weight", draw.choice(["0.5", "1", "2"])] * (draw.random() < 0.3)
    return tokens


def spoilt(draw: random.Random) -> str:
    """A query with a few tokens too many, too few, or others."""
    tokens = sentence(draw)
    for _ in range(draw.choice([0, 1, 1, 2, 5])):
        place = draw.randrange(len(tokens))
        tokens[place : place + draw.choice([0, 1, 1, 3])] = draw.choices(
            PIECES, k=draw.choice([0, 1, 1, 2])
        )
        tokens = tokens or ["select"]
    return draw.choice([" ", " ", "\n", ""]).join(tokens)


def characters(draw: random.Random) -> str:
    kind = draw.choice([string_of_any, string_of_pieces])
    return kind(draw)


def string_of_any(draw: random.Random) -> str:
    return "".join(
        chr(draw.choice([draw.randrange(128), draw.randrange(0x3000)]))
        for _ in range(draw.randrange(40))
    )


def string_of_pieces(draw: random.Random) -> str:
    return draw.choice(["", " "]).join(draw.choices(PIECES, k=draw.randrange(15)))


@pytest.mark.slow
def test_ten_thousand_texts_are_queries_or_query_errors() -> None:
    draw, started = random.Random(0), time.perf_counter()
    queries = errors = compositions = 0
    for number in range(10_000):
        text = spoilt(draw) if number % 2 else characters(draw)
        try:
            expression = query(text, **NAMES)
        except QueryError as error:
            assert 0 <= error.column <= len(text)
            compositions += isinstance(error, CompositionError)
            errors += 1
        else:
            assert isinstance(expression, Interpretation)
            queries += 1
    assert queries + errors == 10_000
    assert queries > 500
    assert compositions > 100
    assert time.perf_counter() - started < 60


def test_names_may_have_the_primes_of_the_paper() -> None:
    names = {"f": F, "f'": G, "x": X, "x''": Y}
    expression = query("select * from f(x'') left join (select * from f(x))", **names)
    assert [str(term.source) for term in expression.terms] == ["x''", "x"]
    assert query(str(expression), **expression.names) == expression
    networks = query("select * from f(x) left join (select * from f'(x))", **names)
    assert [term.function for term in networks.terms] == ["f", "f'"]
    assert str(F(X, "x'")) == "select * from f(x')"
    with pytest.raises(InputError, match='name is "\'x"'):
        F(X, "'x")
    with pytest.raises(QueryError):
        query("select * from f(x'y)", **names)


def test_names_with_primes_are_completed() -> None:
    start, options = suggestions("select * from f(x'", {"f": F, "x": X, "x'": Y})
    assert (start, [option.text for option in options]) == (16, ["x'"])
