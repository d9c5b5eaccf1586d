"""What was evaluated once is not evaluated again, whoever asks."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest
import torch

from tests.algebra.helpers import CLASSES, IMAGES, WINDOW, Ear, fitted, of_each_class, wide
from xaiwidgets import Classifier, Window
from xaiwidgets.methods import Cache
from xaiwidgets.methods._cache import ANSWERS, OVERHEAD, cache_of, digest
from xaiwidgets.steps import run

MODEL = Classifier(wide(), classes=CLASSES)
OTHER = Classifier(wide(3), classes=CLASSES, name="g")
X, Y, Z = of_each_class(MODEL)
HOW = {"budget": 60, "grid": 4}

EXPRESSIONS: dict[str, Callable[[], object]] = {
    "identity": lambda: MODEL(X),
    "class": lambda: MODEL(X).for_class(1),
    "window": lambda: MODEL(X).where(WINDOW),
    "column": lambda: MODEL(X).where(Window(0, 3, 12, 1)),
    "join": lambda: MODEL(X).join(MODEL(Y)),
    "join of windows": lambda: MODEL(X).where(WINDOW).join(MODEL(Y).where(WINDOW)),
    "join of classes": lambda: MODEL(X).for_class(0).join(MODEL(X).for_class(1)),
    "join with itself": lambda: MODEL(X).join(MODEL(X)),
    "join of networks": lambda: MODEL(X).join(OTHER(X)),
    "anti-join": lambda: MODEL(X).left_join(MODEL(Y)),
    "anti-join in a window": lambda: MODEL(X).left_join(MODEL(Y)).where(WINDOW),
    "anti-join of three": lambda: MODEL(X).left_join(MODEL(Y)).left_join(MODEL(Z)),
    "anti-join of networks": lambda: MODEL(X).left_join(OTHER(X)),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize("budget", [60, 32])
def test_no_picture_is_shown_to_a_network_twice(name: str, budget: int, ear: Ear) -> None:
    expression = EXPRESSIONS[name]()
    first = expression.explain(budget=budget, grid=4)  # type: ignore[attr-defined]
    assert len(ear.shown) == len(set(ear.shown)) == first.paid > 0
    again = expression.explain(budget=budget, grid=4)  # type: ignore[attr-defined]
    assert again.paid == 0
    assert len(ear.shown) == first.paid
    changes = ({"output": "probability"}, {"target": 2}, {"budget": budget + 40}, {"grid": 3})
    paid = first.paid
    for change in changes:
        paid += expression.explain(**{"budget": budget, "grid": 4, **change}).paid  # type: ignore[attr-defined]
    assert len(ear.shown) == len(set(ear.shown)) == paid


def test_two_explanations_in_a_row_share_all_they_can(ear: Ear) -> None:
    paid = 0
    for expression in EXPRESSIONS.values():
        paid += expression().explain(**HOW).paid  # type: ignore[attr-defined]
    assert len(ear.shown) == len(set(ear.shown)) == paid


def test_layers_are_heard_in_the_same_passes(ear: Ear) -> None:
    model = fitted(wide(), ["2", "4"])
    ear.batches.clear()
    join = model(X).select("2").join(model(Y).select("2"))
    paid = join.explain(**HOW).paid
    for expression in (model(X).select("4"), model(Y), model(X).select("4").left_join(model(X))):
        assert expression.explain(**HOW).paid == 0
    assert len(ear.pictures) == len(set(ear.pictures)) == paid == 119


def test_another_class_score_or_smaller_budget_costs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = MODEL(X).explain(budget=300, grid=6, target=0)
    assert first.paid == first.evaluations == 300
    monkeypatch.setattr(type(MODEL.copies), "twin", None)  # nor is a copy checked
    for change in ({"target": 1}, {"output": "probability"}, {"budget": 150}):
        assert MODEL(X).explain(**{"budget": 300, "grid": 6, **change}).paid == 0  # type: ignore[arg-type]


def test_a_larger_budget_costs_the_difference_and_gives_the_map_of_a_fresh_one() -> None:
    MODEL(X).explain(budget=300, grid=6, target=0)
    more = MODEL(X).explain(budget=400, grid=6, target=0)
    assert more.paid == 100
    fresh = run(MODEL(X).steps(budget=400, grid=6, target=0, cache=Cache()))
    assert fresh.paid == 400
    np.testing.assert_allclose(more.cells, fresh.cells, atol=1e-5)


def test_a_window_shares_the_empty_picture_only() -> None:
    MODEL(X).explain(budget=300, grid=6, target=0)
    assert MODEL(X).where(WINDOW).explain(budget=300, grid=6, target=0).paid == 299


def test_another_baseline_shares_the_whole_picture_only() -> None:
    MODEL(X).explain(target=0, **HOW)
    assert MODEL(X).explain(target=0, baseline=0.5, **HOW).paid == 59


def test_the_picture_as_its_own_baseline_is_shown_once() -> None:
    assert MODEL(X).explain(baseline=X, **HOW).paid <= 60
    assert MODEL(X).explain(baseline=X, **HOW).cells == pytest.approx(0)


def test_a_cancelled_explanation_is_continued_where_it_was(ear: Ear) -> None:
    steps = MODEL(X).steps(**HOW)
    while not ear.pictures or len(ear.pictures) < 20:
        next(steps)
    steps.close()
    heard = len(ear.pictures)
    assert MODEL(X).explain(**HOW).paid == 60 - heard
    assert len(ear.pictures) == len(set(ear.pictures)) == 60


def test_an_equal_network_does_not_find_what_another_was_asked_before() -> None:
    MODEL(X).explain(**HOW)
    assert Classifier(MODEL.net)(X).explain(**HOW).paid == 60


def test_changed_weights_are_asked_anew() -> None:
    model = Classifier(wide())
    model(X).explain(target=0, **HOW)
    with torch.no_grad():
        model.net[-1].bias.add_(torch.arange(4))
    changed = model(X).explain(target=3, **HOW)
    assert changed.paid == 60
    assert changed.output == pytest.approx(float(model.logits(X[None])[0, 3]), abs=1e-4)


def test_a_cache_of_ones_own_is_used_instead_of_the_models() -> None:
    cache = Cache()
    assert run(MODEL(X).steps(cache=cache, **HOW)).paid == 60
    assert run(MODEL(X).steps(cache=cache, **HOW)).paid == 0
    assert MODEL(X).explain(**HOW).paid == 60


def test_an_emptied_cache_starts_afresh() -> None:
    MODEL(X).explain(**HOW)
    cache_of(MODEL).clear()
    assert MODEL(X).explain(**HOW).paid == 60


def test_a_small_cache_still_gives_the_right_map() -> None:
    tiny = run(MODEL(X).join(MODEL(Y)).steps(cache=Cache(limit=300), **HOW))
    whole = MODEL(X).join(MODEL(Y)).explain(**HOW)
    np.testing.assert_allclose(tiny.cells, whole.cells, atol=1e-5)


def test_rows_stay_within_the_limit_and_the_oldest_games_go() -> None:
    cache = Cache(limit=24_000)
    for game in range(5):
        for coalition in range(40):
            cache.add(game, bytes([coalition]), np.zeros(10, np.float32))
    rows = [row for game in range(5) for row in cache.rows(game).values()]
    held = sum(row.nbytes + OVERHEAD for row in rows)
    assert 12_000 <= held <= 24_000
    assert len(cache.rows(4)) == 40
    assert not cache.rows(0)


def test_the_oldest_answers_are_forgotten() -> None:
    cache = Cache()
    for number in range(ANSWERS + 5):
        assert cache.keep(number, str(number)) == str(number)
    assert cache.get(4) is None
    assert cache.get(5) == "5"


def test_a_model_that_is_gone_takes_its_cache_with_it() -> None:
    model = Classifier(wide())
    model(X).explain(budget=16, grid=2)
    gone = weakref.ref(cache_of(model))
    del model
    gc.collect()
    assert gone() is None


def test_a_digest_is_that_of_numbers_and_shape() -> None:
    assert digest(IMAGES[0]) == digest(IMAGES[0].clone())
    assert digest(IMAGES[0]) != digest(IMAGES[1])
    assert digest(IMAGES[0]) != digest(IMAGES[0].flatten())
    assert digest(IMAGES[0].flip(2)) == digest(IMAGES[0].flip(2).contiguous())


def test_a_join_is_paid_once_also_where_the_cache_is_small() -> None:
    join = MODEL(X).join(MODEL(Y))
    small = run(join.steps(cache=Cache(8000), budget=200, grid=5))
    assert small.paid <= 2 * 200
