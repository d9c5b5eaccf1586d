"""A plan says what an explanation will cost, and costs nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.algebra.helpers import CLASSES, WINDOW, Ear, fitted, of_each_class, wide
from xaiwidgets import Budget, Classifier, Window
from xaiwidgets.errors import InputError
from xaiwidgets.methods._cache import Cache
from xaiwidgets.steps import run

F = Classifier(wide(), classes=CLASSES)
G = Classifier(wide(3), classes=CLASSES, name="g")
X, Y, Z = of_each_class(F)


MADE: dict[str, Callable] = {
    "identity": lambda f, g: f(X),
    "class": lambda f, g: f(X).for_class(1),
    "window": lambda f, g: f(X).where(WINDOW),
    "window for a class": lambda f, g: f(X).where(WINDOW).for_class(2),
    "one pixel": lambda f, g: f(X).where(Window(5, 5, 1, 1)),
    "join": lambda f, g: f(X).join(f(Y)),
    "join with itself": lambda f, g: f(X).join(f(X)),
    "join of classes": lambda f, g: f(X).for_class(0).join(f(X)),
    "join of classes, the other way": lambda f, g: f(X).join(f(X).for_class(0)),
    "join of classes in a window": lambda f, g: f(X).for_class(0).join(f(X)).where(WINDOW),
    "join of a class in a window": lambda f, g: f(X).join(f(X).for_class(0)).where(WINDOW),
    "join in a window": lambda f, g: f(X).join(f(Y)).where(WINDOW),
    "join of networks": lambda f, g: f(X).join(g(X)).where(WINDOW),
    "weights": lambda f, g: f(X).join(f(Y), weight=0).join(f(Z), weight=1),
    "anti-join": lambda f, g: f(X).left_join(f(Y)),
    "anti-join in a window": lambda f, g: f(X).left_join(f(Y)).where(WINDOW),
    "anti-join of three": lambda f, g: f(X).left_join(f(Y)).left_join(f(Z)),
    "anti-join of three in a window": lambda f, g: (
        f(X).left_join(f(Y)).left_join(f(Z)).where(WINDOW)
    ),
    "anti-join of networks": lambda f, g: f(X).left_join(g(X)),
    "anti-join of networks in a window": lambda f, g: f(X).left_join(g(X)).where(WINDOW),
    "anti-join of networks, one class": lambda f, g: (
        f(X).for_class(1).left_join(g(X)).where(WINDOW)
    ),
    "anti-join of networks, other class": lambda f, g: (
        f(X).left_join(g(X).for_class(1)).where(WINDOW)
    ),
    "anti-join, one class": lambda f, g: f(X).for_class(1).left_join(f(Y)).where(WINDOW),
}
HOWS = [
    {"budget": 33, "grid": 4, "seed": 3},
    {"budget": 1000, "grid": (2, 3), "baseline": 0.5},
    {"budget": Budget(max_trial=71), "grid": 5, "output": "probability"},
    {"budget": 90, "grid": 4, "target": 1},
    {"budget": 2, "grid": 4},
]


@pytest.mark.parametrize("name", MADE)
def test_a_plan_is_what_is_then_paid(name: str) -> None:
    expression = MADE[name](F, G)
    plan = expression.explain_plan(budget=90, grid=4)
    assert plan.evaluations == expression.explain(budget=90, grid=4).paid > 0
    assert expression.explain_plan(budget=90, grid=4).evaluations == 0


@pytest.mark.parametrize("how", HOWS, ids=str)
@pytest.mark.parametrize("name", ["window", "join", "anti-join in a window"])
def test_a_plan_is_what_is_paid_however_it_is_asked(name: str, how: dict) -> None:
    expression = MADE[name](F, G)
    plan = expression.explain_plan(**how)
    assert plan.evaluations == expression.explain(**how).paid > 0


@pytest.mark.parametrize("name", MADE)
def test_a_plan_knows_what_is_known(name: str) -> None:
    how = {"budget": 90, "grid": 4}
    expression = MADE[name](F, G)
    F(X).explain(**how)
    F(Y).where(WINDOW).explain(**{**how, "budget": 40})
    steps = expression.steps(**how)
    for _ in range(6):
        next(steps, None)
    steps.close()
    plan = expression.explain_plan(**how)
    assert plan.evaluations == expression.explain(**how).paid


def test_a_plan_of_layers_is_what_is_then_paid() -> None:
    model = fitted(wide(), ["2", "4"])
    how = {"budget": 90, "grid": 4}
    for expression in (
        model(X).select("2").where(WINDOW),
        model(X).select("4").join(model(X).select("2")),
        model(X).select("4").left_join(model(X)),
        model(X).select("2").left_join(model(Y).select("2")),
        model(X),
    ):
        assert expression.explain_plan(**how).evaluations == expression.explain(**how).paid


def test_a_plan_evaluates_no_map(ear: Ear) -> None:
    for make in MADE.values():
        make(F, G).explain_plan(budget=90, grid=4)
    assert not ear.pictures


def test_a_plan_looks_into_the_memory_it_is_given() -> None:
    cache = Cache()
    run(F(X).steps(budget=90, grid=4, cache=cache))
    assert F(X).explain_plan(budget=90, grid=4, cache=cache).evaluations == 0
    assert F(X).explain_plan(budget=90, grid=4).evaluations == 90


def test_parts_count_what_is_known_shared_and_new() -> None:
    F(X).explain(budget=40, grid=4, target=0)
    plan = F(X).join(F(Y)).explain_plan(budget=90, grid=4, target=0)
    assert [(p.cells, p.coalitions) for p in plan.parts] == [(16, 90), (16, 90)]
    one, other = plan.parts
    assert (one.known, one.shared, one.new) == (40, 0, 50)
    assert (other.known, other.shared, other.new) == (1, 0, 89)


def test_both_sides_of_an_anti_join_share_their_pictures() -> None:
    plan = F(X).left_join(F(Y)).explain_plan(budget=90, grid=4)
    assert [(p.known, p.shared, p.new) for p in plan.parts] == [(0, 0, 90), (0, 90, 0)]


def test_printing_a_plan_shows_it() -> None:
    F(X).explain(budget=40, grid=4, target=0)
    plan = F(X).left_join(F(Y)).explain_plan(budget=64, grid=2)
    assert (
        str(plan)
        == repr(plan)
        == (
            "select * from f(x) left join (select * from f(x2))\n"
            "select * from f(x)\n"
            "  4 cells, 16 coalitions: 1 known, 15 to evaluate\n"
            "select * from f(x2)\n"
            "  4 cells, 16 coalitions: 1 known, 15 shared with the above\n"
            "in all 15 evaluations"
        )
    )
    assert str(F(X).explain_plan(budget=1234, grid=6, baseline=0.5)).splitlines() == [
        "select * from f(x)",
        "  36 cells, 1,234 coalitions: 1 known, 1,233 to evaluate",
        "in all 1,233 evaluations",
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"budget": 0}, "budget is 0"),
        ({"budget": 1}, "budget is 1"),
        ({"budget": "many"}, "budget is 'many'"),
        ({"grid": 0}, "grid is 0"),
        ({"target": 9}, "class 9 does not exist"),
        ({"output": "score"}, "output is"),
    ],
    ids=str,
)
def test_a_plan_complains_as_an_explanation_does(wrong: dict, words: str) -> None:
    for ask in (F(X).explain_plan, F(X).explain):
        with pytest.raises(InputError, match=words):
            ask(**wrong)
    with pytest.raises(InputError, match="has no probe"):
        F(X).select("4").explain_plan()


def test_the_limit_in_time_does_not_make_a_plan_long() -> None:
    budget = Budget(max_trial=10**9, max_time=0.1)
    plan = F(X).explain_plan(budget=budget, grid=(2, 5))
    assert plan.evaluations == 1024
