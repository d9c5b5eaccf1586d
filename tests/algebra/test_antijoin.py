"""Anti-join (eq. 6): what tells inputs, or networks, apart; against brute force."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from tests.algebra.helpers import (
    CLASSES,
    WINDOW,
    Ear,
    brute_force,
    cells_of,
    fitted,
    of_each_class,
    truncated,
    wide,
)
from xaiwidgets import Classifier, Window
from xaiwidgets.algebra import Attribution, Comparison
from xaiwidgets.algebra._combine import _mean_without, joined
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.heatmap import color_limit, map_colors
from xaiwidgets.methods import Samples
from xaiwidgets.work import Progress, Steps, Work

MODEL = Classifier(wide(), classes=CLASSES)
OTHER = Classifier(wide(3), classes=CLASSES, name="g")
X, Y, Z = of_each_class(MODEL)
EXACT = {"budget": 512, "grid": 3, "seed": 0}


def logits(model: Classifier, *pictures: torch.Tensor) -> np.ndarray:
    return model.logits(torch.stack(pictures)).double().numpy()


# Inputs


@pytest.mark.parametrize("window", [None, WINDOW])
def test_each_side_is_brute_force_with_the_other_picture_as_its_baseline(
    window: Window | None,
) -> None:
    expression = MODEL(X).left_join(MODEL(Y))
    expression = expression if window is None else expression.where(window)
    found = expression.explain(**EXACT)
    for side, one, other in ((found.left, X, Y), (found.right, Y, X)):
        target = MODEL.predict(one).index
        cells = cells_of(expression.terms[0], 3)
        expected = brute_force(MODEL.logits, cells, one, other, target)
        assert side.target == target
        np.testing.assert_allclose(side.cells, expected, atol=1e-5)
        assert side.exact
    assert found.left.target != found.right.target


@pytest.mark.parametrize("output", ["logit", "probability"])
def test_each_side_sums_to_its_own_classs_advantage(output: str) -> None:
    found = MODEL(X).left_join(MODEL(Y)).explain(budget=100, grid=5, output=output)
    scores = logits(MODEL, X, Y)
    if output == "probability":
        scores = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    for side, one, other in ((found.left, 0, 1), (found.right, 1, 0)):
        expected = scores[one, side.target] - scores[other, side.target]
        assert side.cells.sum() == pytest.approx(expected, abs=1e-4)
        assert abs(side.residual) < 1e-9


def test_for_one_class_the_sides_are_each_others_negative() -> None:
    found = MODEL(X).left_join(MODEL(Y)).explain(target="bird", **EXACT)
    np.testing.assert_allclose(found.left.cells, -found.right.cells, atol=1e-5)


def test_both_sides_cost_what_one_does(ear: Ear) -> None:
    model = Classifier(wide(), classes=CLASSES)
    found = model(X).left_join(model(Y)).explain(budget=90, grid=4)
    assert [side.evaluations for side in found.maps] == [90, 90]
    assert found.paid == len(ear.pictures) == len(set(ear.pictures)) == 90


def test_in_a_window_every_side_is_asked_for_itself(ear: Ear) -> None:
    model = Classifier(wide(), classes=CLASSES)
    found = model(X).left_join(model(Y)).where(WINDOW).explain(budget=90, grid=4)
    # The window of one picture in the other is not that of the other in the one; and each whole
    # picture, which decides the class, is what its other side shows with nobody present.
    assert found.paid == len(ear.pictures) == len(set(ear.pictures)) == 180


def test_of_three_inputs_each_is_compared_with_the_others_on_average() -> None:
    expression = MODEL(X).left_join(MODEL(Y)).left_join(MODEL(Z))
    found = expression.explain(**EXACT)
    cells = cells_of(expression.terms[0], 3)
    assert len(found.maps) == 3
    pictures = (X, Y, Z)
    for side, one in zip(found.maps, pictures, strict=True):
        target = MODEL.predict(one).index
        against = [
            brute_force(MODEL.logits, cells, one, other, target)
            for other in pictures
            if other is not one
        ]
        np.testing.assert_allclose(side.cells, np.mean(against, 0), atol=1e-5)
        own, *others = logits(MODEL, one, *(p for p in pictures if p is not one))[
            :, target
        ].tolist()
        assert side.cells.sum() == pytest.approx(own - np.mean(others), abs=1e-4)
        assert side.label == MODEL.predict(one).label


def test_three_inputs_cost_three_games(ear: Ear) -> None:
    model = Classifier(wide(), classes=CLASSES)
    how = {"budget": 90, "grid": 4}
    found = model(X).left_join(model(Y)).left_join(model(Z)).explain(**how)
    # Of 3 games of 90 each, the three pictures are in two each.
    assert found.paid == len(ear.pictures) == len(set(ear.pictures)) == 3 * 90 - 3


def test_an_anti_join_of_layers_compares_truncated_networks() -> None:
    model = fitted(wide(), ["2"])
    expression = model(X).left_join(model(Y)).select("2")
    found = expression.explain(target=1, **EXACT)
    cells = cells_of(expression.terms[0], 3)
    expected = brute_force(truncated(model, "2"), cells, X, Y, 1)
    np.testing.assert_allclose(found.left.cells, expected, atol=1e-4)
    assert found.left.layer == found.right.layer == "2"


def test_a_side_may_have_its_own_class() -> None:
    found = MODEL(X).for_class("fish").left_join(MODEL(Y)).explain(**EXACT)
    assert [side.label for side in found.maps] == ["fish", MODEL.predict(Y).label]


def test_the_printed_form_is_for_two_networks() -> None:
    with pytest.raises(InputError, match="printed is for an anti-join of two networks"):
        MODEL(X).left_join(MODEL(Y)).explain(printed=True)


# Networks


@pytest.mark.parametrize("window", [None, WINDOW])
def test_of_two_networks_each_side_is_the_difference_of_the_maps(window: Window | None) -> None:
    expression = MODEL(X).left_join(OTHER(X))
    expression = expression if window is None else expression.where(window)
    found = expression.explain(baseline=0.2, **EXACT)
    cells = cells_of(expression.terms[0], 3)
    absent = torch.full_like(X, 0.2)
    for side, (f, g) in zip(found.maps, [(MODEL, OTHER), (OTHER, MODEL)], strict=True):
        target = f.predict(X).index
        assert side.target == target
        assert side.label == f.predict(X).label
        ours, theirs = (brute_force(m.logits, cells, X, absent, target) for m in (f, g))
        np.testing.assert_allclose(side.cells, ours - theirs, atol=1e-5)
        assert side.exact
    assert found.left.target != found.right.target


def test_of_two_networks_each_side_sums_to_their_difference() -> None:
    found = MODEL(X).left_join(OTHER(X)).explain(budget=100, grid=5)
    for side, (f, g) in zip(found.maps, [(MODEL, OTHER), (OTHER, MODEL)], strict=True):
        apart = logits(f, X, torch.zeros_like(X)) - logits(g, X, torch.zeros_like(X))
        full, empty = apart[:, side.target].tolist()
        assert side.output == pytest.approx(full, abs=1e-4)
        assert side.baseline_output == pytest.approx(empty, abs=1e-4)
        assert side.cells.sum() == pytest.approx(full - empty, abs=1e-4)
        assert abs(side.residual) < 1e-9


def test_two_networks_cost_one_game_each(ear: Ear) -> None:
    f, g = Classifier(wide(), classes=CLASSES), Classifier(wide(3), classes=CLASSES, name="g")
    found = f(X).left_join(g(X)).explain(budget=90, grid=4)
    assert found.paid == len(ear.pictures) == 180
    assert len(set(ear.pictures)) == 90


def test_the_printed_form_is_the_expectation_of_f_with_i_less_the_other_without() -> None:
    expression = MODEL(X).left_join(OTHER(X))
    found = expression.explain(printed=True, **EXACT)
    cells, absent = cells_of(expression.terms[0], 3), torch.zeros_like(X)
    for side, (f, g) in zip(found.maps, [(MODEL, OTHER), (OTHER, MODEL)], strict=True):
        expected = brute_force(g.logits, cells, X, absent, side.target, minuend=f.logits)
        np.testing.assert_allclose(side.cells, expected, atol=1e-5)
        assert not side.standard_error.any()
        apart = logits(f, X, absent) - logits(g, X, absent)
        full, empty = apart[:, side.target].tolist()
        assert side.residual == pytest.approx(full - empty - expected.sum(), abs=1e-4)
        assert abs(side.residual) > 1e-2


def test_the_printed_form_is_estimated_where_not_all_is_asked() -> None:
    expression = MODEL(X).left_join(OTHER(X))
    whole = expression.explain(printed=True, **EXACT)
    some = expression.explain(printed=True, **{**EXACT, "budget": 256})
    for side, exact in zip(some.maps, whole.maps, strict=True):
        far = np.abs(side.cells - exact.cells)
        assert not side.exact
        assert (far <= 4 * side.standard_error + 1e-3).all()


def test_the_printed_forms_error_is_that_of_the_sizes_that_are_partly_known() -> None:
    masks = np.array([[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 1, 1]], bool)
    mean, error = _mean_without(Samples(masks, np.array([1.0, 2.0, 4.0, 7.0])))
    # Without the last player: 1 alone; of size 1 two of three, 2 and 4, with variance 1; the two
    # other sizes are like their neighbour.
    assert mean[3] == pytest.approx((1 + 3 + 3 + 3) / 4)
    assert error[3] == pytest.approx(np.sqrt(1 / 2 * (3 - 2) / (3 - 1)) / 2)


def test_maps_of_different_cells_do_not_add_up() -> None:
    def steps() -> Steps[list[Attribution]]:
        yield Progress(0)
        return [MODEL(X).explain(budget=16, grid=grid) for grid in (2, 3)]

    with pytest.raises(CompositionError, match="only maps of the same cells add up"):
        joined(Work(steps(), "maps"), [0.5, 0.5], "").run()


@pytest.mark.slow
def test_two_layers_of_one_network_can_be_told_apart() -> None:
    model = fitted(wide(), ["2", "4"])
    expression = model(X).select("2").left_join(model(X).select("4"))
    found = expression.explain(target=2, **EXACT)
    cells = cells_of(expression.terms[0], 3)
    ours, theirs = (
        brute_force(truncated(model, layer), cells, X, torch.zeros_like(X), 2)
        for layer in ("2", "4")
    )
    np.testing.assert_allclose(found.left.cells, ours - theirs, atol=1e-4)


# What is not defined


@pytest.mark.parametrize(
    "compose",
    [
        lambda: MODEL(X).left_join(MODEL(X)),
        lambda: MODEL(X).for_class(0).left_join(MODEL(X).for_class(1)),
        lambda: MODEL(X).left_join(OTHER(Y)),
        lambda: MODEL(X).left_join(OTHER(X)).left_join(MODEL(Y)),
        lambda: MODEL(X).left_join(MODEL(Y)).left_join(OTHER(X)),
        lambda: MODEL(X).left_join(OTHER(X)).left_join(Classifier(wide(9), classes=CLASSES)(X)),
        lambda: MODEL(X).select("2").left_join(MODEL(Y).select("4")),
        lambda: MODEL(X).left_join(MODEL(Y).select("4")),
    ],
)
def test_anti_joins_that_are_not_defined_say_the_rule(compose: object) -> None:
    with pytest.raises(CompositionError, match=r"all sides are|both inputs") as caught:
        compose()  # type: ignore[operator]
    assert caught.value.rule.startswith("an anti-join compares several inputs under one network")


def test_what_cannot_be_anti_joined_is_explained() -> None:
    with pytest.raises(InputError, match="anti-join takes an interpretation"):
        MODEL(X).left_join(Y)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="maps of different sizes"):
        MODEL(X).left_join(MODEL(torch.zeros(3, 5, 5)))
    with pytest.raises(InputError, match="different classes"):
        MODEL(X).left_join(Classifier(wide(1), classes=["a", "b", "c", "d"])(X))


# The answer


@pytest.fixture
def found() -> Comparison:
    return MODEL(X).left_join(MODEL(Y)).explain(budget=90, grid=(3, 5))


def test_distance_is_the_mean_evidence_of_the_sides(found: Comparison) -> None:
    expected = (np.abs(found.left.cells).sum() + np.abs(found.right.cells).sum()) / 2
    assert found.distance == pytest.approx(expected, rel=1e-5)


def test_a_comparison_counts_what_both_sides_cost(found: Comparison) -> None:
    assert found.evaluations == 180
    assert found.paid == sum(side.paid for side in found.maps)
    assert found.left is found.maps[0]
    assert found.right is found.maps[1]


def test_a_comparison_and_its_sides_know_their_query(found: Comparison) -> None:
    text = "select * from f(x) left join (select * from f(x2))"
    assert [found.query, *(side.query for side in found.maps)] == [text] * 3


def test_a_comparison_survives_json(found: Comparison) -> None:
    again = Comparison.from_json(found.to_json())
    assert again == found
    assert again.distance == found.distance
    assert np.array_equal(again.right.values, found.right.values)
    assert "picture" not in json.loads(found.to_json())["maps"][0]


@pytest.mark.parametrize(
    "text", ["{}", "nonsense", '{"maps": [{}], "query": ""}', "[1]", '{"maps": 3}']
)
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"not a comparison's JSON|not an attribution's JSON"):
        Comparison.from_json(text)


def test_the_sides_are_drawn_on_one_colour_range(found: Comparison) -> None:
    figure = found.plot()
    pictures = [ax for ax in figure.axes if ax.get_title()]
    assert [ax.get_title().split(":")[0] for ax in pictures] == [m.label for m in found.maps]
    limit = color_limit([side.cells for side in found.maps])
    for ax, side in zip(pictures, found.maps, strict=True):
        corner = map_colors(side.cells, limit, side.standard_error)[0, 0]
        assert (ax.images[-1].get_array()[0, 0] == corner).all()
    assert found._repr_png_().startswith(b"\x89PNG")


def test_previews_are_comparisons() -> None:
    for expression in (MODEL(X).left_join(MODEL(Y)), MODEL(X).left_join(OTHER(X))):
        previews = [s.preview for s in expression.steps(budget=90, grid=4) if s.preview is not None]
        assert previews
        for preview in previews:
            assert isinstance(preview, Comparison)
            assert all(m.first_look or abs(m.residual) < 1e-6 for m in preview.maps)
        assert not previews[-1].maps[0].first_look


class Bent(torch.nn.Module):
    """Computes with a function that is no module: weights and layers do not tell what it does."""

    def __init__(self, bend: object) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.line = torch.nn.Linear(X.numel(), len(CLASSES))
        self.bend = bend

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.line(self.bend(3 * x.flatten(1)))  # type: ignore[operator]


def test_networks_that_differ_in_code_only_are_two_networks() -> None:
    one, other = Classifier(Bent(torch.sin)), Classifier(Bent(lambda x: torch.tanh(x)))
    left = one(X).left_join(other(X)).explain(budget=512, grid=3, target=1).left
    difference = one.logits(X[None]) - other.logits(X[None])
    zeros = torch.zeros_like(X)[None]
    expected = difference - (one.logits(zeros) - other.logits(zeros))
    assert left.cells.sum() == pytest.approx(float(expected[0, 1]), abs=1e-4)
