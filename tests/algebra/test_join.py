"""Join (eq. 5): the weighted sum of maps, at the cost of its sides."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch

from tests import models
from tests.algebra.helpers import CLASSES, SIDE, WINDOW, Ear, fitted, of_each_class, wide
from xaiwidgets import Attribution, Classifier, Window, query
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.methods import Cache, Shapley
from xaiwidgets.methods._cache import digest
from xaiwidgets.methods._estimation import coalitions
from xaiwidgets.optimize._batching import Batching

MODEL = Classifier(wide(), classes=CLASSES)
OTHER = Classifier(wide(3), classes=CLASSES, name="g")
X, Y, Z = of_each_class(MODEL)
HOW = {"budget": 90, "grid": 4, "seed": 2}


def maps(*pictures: torch.Tensor, **how: object) -> list[Attribution]:
    return [MODEL(p).explain(**{**HOW, **how}) for p in pictures]


def test_a_join_is_the_weighted_sum_of_the_maps() -> None:
    found = MODEL(X).join(MODEL(Y), weight=0.3).explain(**HOW)
    x, y = maps(X, Y)
    np.testing.assert_allclose(found.cells, 0.3 * x.cells + 0.7 * y.cells, atol=1e-6)
    np.testing.assert_allclose(found.values, 0.3 * x.values + 0.7 * y.values, atol=1e-6)
    assert found.output == pytest.approx(0.3 * x.output + 0.7 * y.output)
    assert found.baseline_output == pytest.approx(0.3 * x.baseline_output + 0.7 * y.baseline_output)
    assert found.cells.sum() == pytest.approx(found.output - found.baseline_output, abs=1e-4)
    assert abs(found.residual) < 1e-9


def test_each_input_of_a_join_explains_its_own_class() -> None:
    found = MODEL(X).join(MODEL(Y)).explain(**HOW)
    labels = [MODEL.predict(p).label for p in (X, Y)]
    assert labels[0] != labels[1]
    assert [part.label for part in found.parts] == labels
    assert found.label == " and ".join(labels)


def test_a_join_for_one_class_names_it_once() -> None:
    found = MODEL(X).join(MODEL(Y)).for_class("fish").explain(**HOW)
    assert found.label == "fish"
    assert found.cells == pytest.approx(np.mean([m.cells for m in maps(X, Y, target=3)], 0))


def test_the_class_given_to_explain_is_that_of_both_sides() -> None:
    found = MODEL(X).join(MODEL(Y)).explain(target="dog", **HOW)
    assert [part.target for part in found.parts] == [1, 1]


@pytest.mark.parametrize(
    ("join", "weights"),
    [
        (lambda x, y, z: x.join(y), (1 / 2, 1 / 2)),
        (lambda x, y, z: x.join(y).join(z), (1 / 3, 1 / 3, 1 / 3)),
        (lambda x, y, z: x.join(y.join(z)), (1 / 3, 1 / 3, 1 / 3)),
        (lambda x, y, z: x.join(y).join(z).join(x), (1 / 4,) * 4),
        (lambda x, y, z: x.join(y).join(z.join(x)), (1 / 4,) * 4),
        (lambda x, y, z: x.join(y, weight=1), (1, 0)),
        (lambda x, y, z: x.join(y, weight=0), (0, 1)),
        (lambda x, y, z: x.join(y, weight=0.5), (1 / 2, 1 / 2)),
        (lambda x, y, z: x.join(y).join(z, weight=0.5), (1 / 4, 1 / 4, 1 / 2)),
        (lambda x, y, z: x.join(y, weight=0.9).join(z, weight=0.5), (0.45, 0.05, 0.5)),
        (lambda x, y, z: x.join(y, weight=0.9).join(z), (0.6, 0.2 / 3, 1 / 3)),
        (lambda x, y, z: x.join(y.join(z, weight=0.2), weight=0.4), (0.4, 0.12, 0.48)),
        (lambda x, y, z: x.join(y.join(z, weight=0.2)), (1 / 3, 0.4 / 3, 1.6 / 3)),
        (lambda x, y, z: x.join(y.join(z), weight=0.4), (0.4, 0.3, 0.3)),
        (lambda x, y, z: x.join(y.join(z, weight=0), weight=0), (0, 0, 1)),
        (lambda x, y, z: x.join(y.join(z, weight=1), weight=1), (1, 0, 0)),
        (lambda x, y, z: x.join(y, weight=0).join(z.join(x, weight=0.25), weight=0.2),
         (0, 0.2, 0.2, 0.6)),
    ],
)  # fmt: skip
def test_weights_of_joins_of_joins(join: object, weights: tuple[float, ...]) -> None:
    sides = [MODEL(p, name) for p, name in ((X, "x"), (Y, "y"), (Z, "z"))]
    joined = join(*sides)  # type: ignore[operator]
    assert joined.weights == pytest.approx(weights)
    found = joined.explain(target=1, **HOW)
    every = dict(zip("xyz", maps(X, Y, Z, target=1), strict=True))
    parts = [every[term.source.name].cells for term in joined.terms]
    expected = sum(w * cells for w, cells in zip(weights, parts, strict=True))
    np.testing.assert_allclose(found.cells, expected, atol=1e-5)


def test_the_default_weight_of_two_is_a_half() -> None:
    assert MODEL(X).join(MODEL(Y)) == MODEL(X).join(MODEL(Y), weight=0.5)
    assert MODEL(X).join(MODEL(Y)) != MODEL(X).join(MODEL(Y), weight=0.49)
    assert MODEL(X).join(MODEL(Y)) != MODEL(Y).join(MODEL(X))


def test_the_error_of_a_join_is_never_smaller_than_that_of_errors_that_go_together() -> None:
    found = MODEL(X).join(MODEL(Y), weight=0.25).explain(**HOW)
    x, y = found.parts
    expected = 0.25 * x.standard_error + 0.75 * y.standard_error
    np.testing.assert_allclose(found.standard_error, expected, rtol=1e-5)
    assert found.standard_error.any()


def test_an_unsure_side_without_weight_leaves_no_trace() -> None:
    how = {"budget": 32, "grid": 4, "seed": 0}  # a permutation there and back: no error is known
    assert np.isinf(MODEL(X).explain(**how).standard_error).all()
    found = MODEL(X).join(MODEL(Y), weight=1).explain(**how)
    assert not np.isnan(found.standard_error).any()


def test_a_join_costs_no_more_than_its_sides() -> None:
    one = Classifier(wide(), classes=CLASSES)
    cost = sum(one(p).explain(**HOW).paid for p in (X, Y))
    fresh = Classifier(wide(), classes=CLASSES)
    found = fresh(X).join(fresh(Y)).explain(**HOW)
    # Both sides have the baseline in common.
    assert found.evaluations == 180
    assert found.paid == cost == 179


def test_a_repeated_sub_query_costs_nothing() -> None:
    first = MODEL(X).join(MODEL(X)).explain(**HOW)
    assert first.paid == 90
    assert first.cells == pytest.approx(MODEL(X).explain(**HOW).cells)
    again = MODEL(X).join(MODEL(Y)).explain(**HOW)
    assert again.paid == 89
    assert MODEL(X).join(MODEL(Y)).join(MODEL(X)).explain(**HOW).paid == 0


def test_both_sides_are_asked_in_the_same_batches(ear: Ear) -> None:
    model = Classifier(wide(), classes=CLASSES)
    model.copies.twin(torch.stack([X, Y])).run().made.batching = Batching(10, settled=True)
    found = model(X).join(model(Y)).explain(target=0, **HOW)
    assert found.paid == len(ear.pictures) == len(set(ear.pictures))
    ours = shown_of(X)
    assert all(0 < len(ours & set(batch)) < len(batch) <= 10 for batch in ear.batches)


def shown_of(picture: torch.Tensor) -> set[str]:
    """The pictures of the coalitions of which the sides have a preview after the first."""
    game = Shapley(**HOW).game(MODEL(picture).task(), Cache())
    rows = islice(coalitions(16, budget=HOW["budget"], seed=HOW["seed"]), HOW["budget"])
    return {digest(shown) for shown in game.compose(np.array([*rows])[1:])}


def test_a_join_of_two_networks_is_the_sum_of_their_maps() -> None:
    found = MODEL(X).join(OTHER(X), weight=0.2).explain(target=1, **HOW)
    f, g = (model(X).explain(target=1, **HOW) for model in (MODEL, OTHER))
    np.testing.assert_allclose(found.cells, 0.2 * f.cells + 0.8 * g.cells, atol=1e-6)


def test_a_join_looks_through_a_window_at_a_layer() -> None:
    model = fitted(wide(), ["2"])
    how = {**HOW, "target": 0}
    one = model(X).join(model(Y)).where(WINDOW).select("2").explain(**how)
    other = model(X).where(WINDOW).select("2").join(model(Y).select("2").where(WINDOW))
    parts = [model(p).where(WINDOW).select("2").explain(**how).cells for p in (X, Y)]
    np.testing.assert_allclose(one.cells, np.mean(parts, 0), atol=1e-6)
    assert one.window == WINDOW
    assert np.array_equal(one.cells, other.explain(**how).cells)
    assert one.query == str(other)


def test_previews_of_a_join_are_joins_of_previews() -> None:
    steps = MODEL(X).join(MODEL(Y), weight=0.25).steps(**HOW)
    previews = [step.preview for step in steps if step.preview is not None]
    assert previews
    for preview in previews:
        x, y = preview.parts
        np.testing.assert_allclose(preview.cells, 0.25 * x.cells + 0.75 * y.cells, atol=1e-6)


def test_inputs_that_are_called_alike_get_names_of_their_own() -> None:
    joined = MODEL(X).join(MODEL(Y)).join(MODEL(X)).join(OTHER(Z))
    assert str(joined) == (
        "select * from f(x) join (select * from f(x2)) join (select * from f(x)) "
        "join (select * from g(x3))"
    )
    assert all(torch.equal(joined.names[n], p) for n, p in {"x": X, "x2": Y, "x3": Z}.items())
    alike = MODEL(X).join(Classifier(wide(5), classes=CLASSES)(X))
    assert str(alike) == "select * from f(x) join (select * from f2(x))"


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan"), "half", True, [0.5]])
def test_a_weight_is_a_number_from_0_to_1(weight: object) -> None:
    with pytest.raises(InputError, match="weight is"):
        MODEL(X).join(MODEL(Y), weight=weight)  # type: ignore[arg-type]


def test_what_cannot_be_joined_is_explained() -> None:
    with pytest.raises(InputError, match="join takes an interpretation"):
        MODEL(X).join(Y)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"maps of different sizes"):
        MODEL(X).join(Classifier(models.small())(torch.zeros(3, SIDE, SIDE + 1)))
    with pytest.raises(InputError, match="different classes"):
        MODEL(X).join(Classifier(wide(), classes=["a", "b", "c", "d"])(Y))


@pytest.mark.parametrize("windows", [(None, WINDOW), (Window(0, 0, 2, 2), WINDOW)])
def test_sides_that_look_through_different_windows_cannot_be_joined(windows: tuple) -> None:
    sides = [MODEL(p) if w is None else MODEL(p).where(w) for p, w in zip((X, Y), windows)]  # noqa: B905
    for join in (sides[0].join, sides[0].left_join):
        with pytest.raises(CompositionError) as caught:
            join(sides[1])
        assert caught.value.rule == "the sides of a join look through one window"


def test_joins_and_anti_joins_cannot_be_composed() -> None:
    joined, compared = MODEL(X).join(MODEL(Y)), MODEL(X).left_join(MODEL(Y))
    wrong = [
        lambda: joined.left_join(MODEL(Z)),
        lambda: MODEL(Z).left_join(joined),
        lambda: compared.join(MODEL(Z)),
        lambda: MODEL(Z).join(compared),
        lambda: joined.left_join(compared),
    ]
    for compose in wrong:
        with pytest.raises(CompositionError) as caught:
            compose()
        assert caught.value.rule == "the composition of join and anti-join is undefined"


def test_a_join_of_a_later_layer_is_refused_on_every_side() -> None:
    joined = MODEL(X).select("0").join(MODEL(Y).select("0"))
    with pytest.raises(CompositionError, match="4 comes after 0"):
        joined.select("4")


def test_two_models_of_one_network_share_what_they_evaluate(ear: Ear) -> None:
    one = Classifier(wide(), classes=CLASSES)
    other = Classifier(one.net, classes=CLASSES, name="g")
    found = one(X).join(other(Y)).explain(**HOW)
    assert len(ear.pictures) == len(set(ear.pictures))
    assert found.paid == len(ear.pictures)


def test_a_picture_of_images_may_be_joined_with_an_edit_of_itself() -> None:
    names = {"f": MODEL, "x": X}
    text = "select * from f(x) join (select * from f(erase(x, [0:6, 0:6])))"
    found = query(text, **names).explain(target=0, **HOW)
    erased = X.clone()
    erased[:, :6, :6] = 0
    expected = np.mean([m.cells for m in maps(X, erased, target=0)], 0)
    np.testing.assert_allclose(found.cells, expected, atol=1e-6)
