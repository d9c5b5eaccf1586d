"""Queries that cannot be read: what is said, and where."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from tests.algebra.helpers import CLASSES, IMAGES, SIDE, wide
from xaiwidgets import Classifier, Window, query
from xaiwidgets.algebra import ALIKE, EARLIER, NOT_BOTH, ONE_DIFFERENCE
from xaiwidgets.errors import (
    CompositionError,
    InputError,
    QueryCompositionError,
    QueryError,
    XaiError,
)

F, G = Classifier(wide(), classes=CLASSES), Classifier(wide(3), classes=CLASSES, name="g")
X, Y = IMAGES[:2]
NAMES: dict[str, Any] = {"f": F, "g": G, "x": X, "y": Y, "w": Window(1, 2, 3, 4)}
NAMES |= {"small": X[:, :5, :5], "strange": Classifier(wide(), classes=["a", "b", "c", "d"])}
MODEL = F
JOIN, LEFT = "select * from f(x) join ", "select * from f(x) left join "


def raised(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        query(text, **NAMES)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 0, "expected 'select', found the end"),
        ("  ", 0, "expected 'select', found the end"),
        ("select", 6, """expected '*' or a "quoted name" or a layer, found the end"""),
        ("select $ from f(x)", 7, """expected '*' or a "quoted name" or a layer, found '$'"""),
        ("select *", 8, "expected 'from', found the end"),
        ("select * where", 9, "expected 'from', found 'where'"),
        ("select from f(x)", 7, "found 'f"),
        ('select "1 from f(x)', 7, "found '\"'"),
        ("select head. from f(x)", 11, "expected 'from', found '.'"),
        ("select 9 from f(x)", 7, "no layer '9'"),
        ("select x from f(x)", 7, "no layer 'x'"),
        ('select "a b" from f(x)', 7, "no layer 'a b'"),
        ("select * from f x", 16, "expected '(', found 'x'"),
        ("select * from f()", 16, "expected '{' or a name, found ')'"),
        ("select * from f(x", 17, "expected '(' or ')', found the end"),
        ("select * from f(x y)", 18, "expected '(' or ')', found 'y'"),
        ("select * from f(x) where", 24, "expected '[' or a name, found the end"),
        ("select * from f(x) where [1:2, 3]", 32, "expected ':'"),
        ("select * from f(x) where [1.5:2, 0:1]", 26, "expected a whole number, found '1.5'"),
        ("select * from f(x) where [3:3, 0:2]", 25, "the window is empty"),
        ("select * from f(x) where [0:99, 0:2]", 25, "leaves the picture"),
        ("select * from f(x) where [0:" + "9" * 5000 + ", 0:2]", 28, "too large"),
        ("select * from f(x) for", 22, "expected 'class', found the end"),
        ("select * from f(x) for class", 28, 'expected a "quoted name" or a name or'),
        ("select * from f(x) for class mouse", 29, "no class is named 'mouse'"),
        ('select * from f(x) for class "the dog"', 29, "no class is named 'the dog'; did you mean"),
        ("select * from f(x) for class 4", 29, "class 4 does not exist"),
        ("select * from f(x) for class " + "9" * 5000, 29, "too large"),
        ("select * from f(x) for class dog where w", 33,
         "expected 'join' or 'left join' or 'using' or the "),
        ("select * from f(z)", 16, "z is not bound; known names: f, g"),
        ("select * from h(x)", 14, "h is not bound"),
        ("select * from x(x)", 14, "x is a Tensor, not a Classifier"),
        ("select * from f(w)", 16, "w is a Window, not a picture"),
        ("select * from f(x) where x", 25, "x is a Tensor, not a Window"),
        ("select * from f(melt(x, w))", 16, "no edit is called 'melt'"),
        ("select * from f(erase(x))", 16, "erase takes (picture, window, [baseline])"),
        ("select * from f(erase(x, w, y, w))", 16, "erase takes (picture, window, [baseline])"),
        ("select * from f(erase(x, 3))", 25, "expected a window"),
        ("select * from f(erase(x, w, 3))", 28, "expected a [baseline]"),
        ("select * from f(paste(x, w, w))", 25, "w is a Window, not a picture"),
        ("select * from f(shift(x, 1.5, 0))", 25, "expected a whole number"),
        ("select * from f(shift(x, 0, 1e300))", 28, "expected a whole number"),
        ("select * from f(scale(x, 0))", 16, "scale factor is 0"),
        ("select * from f(rotate(x, 1e999))", 16, "degrees is inf"),
        ("select * from f(x); drop table", 18,
         "expected 'for' or 'join' or 'left join' or 'using' or 'where' or the end, found ';'"),
        # Joins
        ("select * from f(x) join", 23, "expected '(', found the end"),
        ("select * from f(x) join select * from f(y)", 24, "expected '(', found 'select'"),
        ("select * from f(x) left (select * from f(y))", 24, "expected 'join', found '('"),
        (JOIN + "()", 25, "expected 'select', found ')'"),
        (JOIN + "(select * from f(y)", 43, "expected ')'"),
        (JOIN + "(select * from f(y)))", 44, "the end, found ')'"),
        (JOIN + "(select * from f(z))", 41, "z is not bound"),
        (JOIN + "(select * from f(y)) weight", 51, "expected a number or a whole number"),
        (JOIN + "(select * from f(y)) weight x", 52, "a number or a whole number, found 'x'"),
        (JOIN + "(select * from f(y)) weight 1.5", 52, "weight is 1.5; use a number from 0 to 1"),
        (JOIN + "(select * from f(y)) weight -.1", 52, "weight is -0.1; use a number from 0 to 1"),
        (JOIN + "(select * from f(y)) weight 1e999", 52, "weight is inf"),
        (JOIN + "(select * from f(y)) weight 0.1 .2", 56,
         "expected 'join' or 'left join' or the end, found '.2'"),
        (JOIN + "(select * from f(y)) for class dog", 45,
         "expected 'join' or 'left join' or 'weight' or the end, found 'for'"),
        (JOIN + "(select * from strange(y))", 19, "different classes"),
        (JOIN + "(select * from f(small))", 19, "maps of different sizes"),
        (LEFT + "(select * from f(y)) weight 1", 50, "expected 'join' or 'left join' or the end"),
        (LEFT + "(select * from strange(x))", 19, "different classes"),
        ("select * from f(" + "blur(" * 3000 + "x" + ", w)" * 3000 + ")", 0, "nested too deeply"),
        (JOIN + ("(" + JOIN) * 3000 + "(select * from f(x))" + ")" * 3000, 0, "nested too deeply"),
    ],
    ids=lambda value: str(value)[-40:] if isinstance(value, str) else value,
)  # fmt: skip
def test_errors_point_at_the_place(text: str, column: int, words: str) -> None:
    error = raised(text)
    assert words in error.message
    assert error.column == column
    assert error.text == text
    assert str(error).splitlines()[-1] == "  " + " " * column + "^"
    assert not isinstance(error, CompositionError)


@pytest.mark.parametrize(
    ("text", "column", "rule"),
    [
        (LEFT + "(select * from f(y)) join (select * from f(x))", 50, NOT_BOTH),
        (JOIN + "(select * from f(y)) left join (select * from f(x))", 45, NOT_BOTH),
        (JOIN + "(select * from f(y) left join (select * from f(x)))", 19, NOT_BOTH),
        (LEFT + "(select * from f(y) join (select * from f(x)))", 19, NOT_BOTH),
        (LEFT + "(select * from f(x))", 19, ONE_DIFFERENCE),
        (LEFT + "(select * from g(y))", 19, ONE_DIFFERENCE),
        (LEFT + "(select 2 from f(y))", 19, ONE_DIFFERENCE),
        (LEFT + "(select * from f(y)) left join (select * from g(x))", 50, ONE_DIFFERENCE),
        (JOIN + "(select * from f(y) where w)", 19, ALIKE),
        (LEFT + "(select * from f(y) where [0:2, 0:2])", 19, ALIKE),
    ],
)
def test_compositions_that_are_not_defined_point_at_the_operator(
    text: str, column: int, rule: str
) -> None:
    error = raised(text)
    assert isinstance(error, QueryCompositionError)
    assert isinstance(error, CompositionError)
    assert error.column == column
    assert error.rule == rule
    assert rule in str(error)
    assert str(error).splitlines()[-1] == "  " + " " * column + "^"


def test_a_line_break_does_not_move_the_mark() -> None:
    error = raised("select *\n\tfrom f(x)\nwhere z")
    assert error.column == 26
    assert str(error).splitlines()[1:] == ["  select *  from f(x) where z", " " * 28 + "^"]


@pytest.mark.parametrize(
    "error",
    [
        raised("select * from f(z)"),
        raised(LEFT + "(select * from f(x))"),
        QueryCompositionError("a", EARLIER, "select", 3),
        CompositionError("4 comes after 0", EARLIER),
        InputError("a value"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))]
)
def test_errors_survive_copying_and_pickling(error: XaiError, copied: Any) -> None:
    again = copied(error)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)
    assert isinstance(again, ValueError)


def test_a_query_is_text() -> None:
    with pytest.raises(InputError, match="a query is text, not 3"):
        query(3)  # type: ignore[arg-type]


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
    with pytest.raises(InputError, match="no class is named 'mouse'"):
        MODEL(X).for_class("mouse")


def test_projection_of_projection_is_the_projection_on_the_common_part() -> None:
    once = MODEL(X).where(Window(1, 2, 3, 4))
    assert MODEL(X).where(Window(0, 0, 4, 8)).where(Window(1, 2, 5, 4)) == once
    assert once.where(Window(1, 2, 3, 4)) == once
    assert MODEL(X).where(Window(0, 0, SIDE, SIDE)) == MODEL(X)
