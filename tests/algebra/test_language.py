from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import nets
from xaiwidgets import Classifier, Window, query
from xaiwidgets.algebra.expression import Edited, Input, Interpretation
from xaiwidgets.errors import InputError, QueryError

SIDE = 12
CLASSES = ["cat", "dog", 'a "b" \\ c', "tabby, tabby cat"]
MODEL = Classifier(nets.linear(4, SIDE), classes=CLASSES)
X = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
Y = 1 - X
NAMES = {"f": MODEL, "x": X, "y": Y, "w": Window(1, 2, 3, 4)}

spans = st.tuples(st.integers(0, SIDE - 1), st.integers(1, SIDE)).filter(lambda s: s[0] < s[1])
windows = st.builds(
    lambda rows, columns: Window(rows[0], columns[0], rows[1] - rows[0], columns[1] - columns[0]),
    spans,
    spans,
)
inputs = st.sampled_from([Input("x", X), Input("y", Y)])
numbers = st.one_of(
    st.integers(-90, 90), st.floats(0.125, 10, width=32).map(lambda f: int(f) if f == int(f) else f)
)


def _edited(source: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(
        st.builds(lambda s, w: Edited("erase", s, (w,)), source, windows),
        st.builds(
            lambda s, w, b: Edited("erase", s, (w, b)),
            source,
            windows,
            st.sampled_from(["zeros", "mean", "blur"]) | inputs,
        ),
        st.builds(lambda s, w: Edited("blur", s, (w,)), source, windows),
        st.builds(lambda s, o, w: Edited("paste", s, (o, w)), source, source, windows),
        st.builds(lambda s, r, c: Edited("shift", s, (r, c)), source, *[st.integers(-5, 5)] * 2),
        st.builds(lambda s, d: Edited("rotate", s, (d,)), source, numbers),
        st.builds(
            lambda s, f: Edited("scale", s, (f,)),
            source,
            numbers.filter(lambda n: 0.05 <= n <= 20),
        ),
    )


interpretations = st.builds(
    Interpretation,
    st.just(MODEL),
    st.recursive(inputs, _edited, max_leaves=3),
    st.none() | windows,
    st.none() | st.integers(0, 3),
)


@settings(max_examples=150, deadline=None)
@given(interpretations)
def test_what_is_written_is_read_back_equal(expression: Interpretation) -> None:
    assert query(str(expression), **expression.names) == expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * from f(x)", MODEL(X)),
        ("SELECT *\n  FROM f(x)", MODEL(X)),
        ("select * from f(x) where [1:4, 2:6]", MODEL(X).where(Window(1, 2, 3, 4))),
        ("select * from f(x) where w", MODEL(X).where(Window(1, 2, 3, 4))),
        ("select * from f(x) for class dog", MODEL(X).for_class("dog")),
        ('select * from f(x) for class "tabby, tabby cat"', MODEL(X).for_class(3)),
        ("select * from f(x) for class 2", MODEL(X).for_class(CLASSES[2])),
    ],
)
def test_queries_mean_what_python_says(text: str, expected: Interpretation) -> None:
    assert query(text, **NAMES) == expected


def test_other_targets_windows_and_inputs_are_not_equal() -> None:
    texts = [
        "select * from f(x)",
        "select * from f(y)",
        "select * from f(x) where [1:4, 2:6]",
        "select * from f(x) where [1:4, 2:5]",
        "select * from f(x) for class dog",
        "select * from f(erase(x, [1:4, 2:6]))",
    ]
    read = [query(text, **NAMES) for text in texts]
    assert all((a == b) == (i == j) for i, a in enumerate(read) for j, b in enumerate(read))


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 0, "expected 'select', found the end"),
        ("select", 6, "expected '[*]', found the end"),
        ("select x from f(x)", 7, "expected '[*]', found 'x'"),
        ("select * from f(x", 17, "expected"),
        ("select * from f(x) where", 24, r"expected '\[' or a name, found the end"),
        ("select * from f(x) where [1:2, 3]", 32, "expected ':'"),
        ("select * from f(x) where [3:3, 0:2]", 25, "the window is empty"),
        ("select * from f(x) where [0:99, 0:2]", 25, "leaves the picture"),
        ("select * from f(x) for class mouse", 29, "no class is named 'mouse'"),
        ("select * from f(x) for class 4", 29, "class 4 does not exist"),
        ("select * from f(z)", 16, "z is not bound; known names: f, w, x, y"),
        ("select * from g(x)", 14, "g is not bound"),
        ("select * from x(x)", 14, "x is a Tensor, not a Classifier"),
        ("select * from f(w)", 16, "w is a Window, not a picture"),
        ("select * from f(x) where x", 25, "x is a Tensor, not a Window"),
        ("select * from f(melt(x, w))", 16, "no edit is called 'melt'"),
        ("select * from f(erase(x))", 16, r"erase takes \(picture, window, \[baseline\]\)"),
        (
            "select * from f(erase(x, w, y, w))",
            16,
            r"erase takes \(picture, window, \[baseline\]\)",
        ),
        ("select * from f(erase(x, 3))", 25, "expected a window"),
        ("select * from f(paste(x, w, w))", 25, "w is a Window, not a picture"),
        ("select * from f(scale(x, 0))", 16, "scale factor is 0"),
        ("select * from f(rotate(x, 1e999))", 16, "degrees is inf"),
        ("select * from f(x); drop table", 18, "found ';'"),
    ],
)
def test_errors_point_at_the_place(text: str, column: int, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        query(text, **NAMES)
    assert caught.value.column == column
    assert str(caught.value).splitlines()[-1] == "  " + " " * column + "^"


ALPHABET = ["select", "*", "from", "f", "(", ")", "x", "where", "[", "1", ":", "3", ",", "]"]
ALPHABET += [
    "for",
    "class",
    "dog",
    '"',
    "\\",
    "erase",
    "shift",
    "-",
    ".5",
    " ",
    "\n",
    "é",
    "$",
    "w",
]


@settings(max_examples=400, deadline=None)
@given(st.text() | st.lists(st.sampled_from(ALPHABET)).map(" ".join))
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    try:
        assert isinstance(query(text, **NAMES), Interpretation)
    except QueryError as error:
        assert 0 <= error.column <= len(text)


def test_operators_refuse_what_they_cannot_use() -> None:
    with pytest.raises(InputError, match="where takes a Window"):
        MODEL(X).where([1, 2, 3, 4])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="leaves the picture"):
        MODEL(X).where(Window(0, 0, 99, 1))
    with pytest.raises(InputError, match="no pixel in common"):
        MODEL(X).where(Window(0, 0, 2, 2)).where(Window(5, 5, 2, 2))
    with pytest.raises(InputError, match="identifier"):
        MODEL(X, name="my picture")
    with pytest.raises(InputError, match="other than 'f'"):
        MODEL(X, name="f")


def test_projection_of_projection_is_the_projection_on_the_common_part() -> None:
    once = MODEL(X).where(Window(1, 2, 3, 4))
    assert MODEL(X).where(Window(0, 0, 4, 8)).where(Window(1, 2, 5, 4)) == once
    assert once.where(Window(1, 2, 3, 4)) == once
