"""Any method behind the operators: what composes, and what a query says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.algebra.helpers import CLASSES, IMAGES, WINDOW, fitted, truncated, wide
from tests.algebra.test_language import joins, terms
from xaiwidgets import Classifier, query
from xaiwidgets.algebra import HAS_BASELINE, ONE_METHOD, Input, Interpretation, Term
from xaiwidgets.errors import (
    CompositionError,
    InputError,
    ModelError,
    QueryCompositionError,
    QueryError,
)
from xaiwidgets.methods import (
    CAM,
    LIME,
    LRP,
    NAMED,
    DeepLift,
    GradCAM,
    Gradient,
    IntegratedGradients,
    Occlusion,
    Shapley,
    SmoothGrad,
    Task,
    read_method,
)
from xaiwidgets.network import Network
from xaiwidgets.probes import probe_of
from xaiwidgets.work import Budget

MODEL = fitted(wide(), ["1", "2"])
OTHER = Classifier(wide(3), classes=CLASSES, name="g")
X, Y = IMAGES[:2]
x, y = MODEL(X), MODEL(Y, "y")
NAMES: dict[str, Any] = {"f": MODEL, "g": OTHER, "x": X, "y": Y, "w": WINDOW}

layers = st.sampled_from(["conv2", 'a "b" \\ c', "from", "é-1", "a\nb", "(", "it's"])
methods = st.one_of(
    st.sampled_from([NAMED[name]() for name in NAMED]),
    st.builds(GradCAM, layer=layers),
    st.builds(CAM, layer=layers),
    st.builds(IntegratedGradients, steps=st.integers(1, 500)),
    st.builds(SmoothGrad, noise=st.floats(1e-9, 1e9), seed=st.integers(0, 9)),
    st.builds(LRP, st.sampled_from(["z+", "gamma"]), gamma=st.floats(0, 1e300)),
    st.builds(Shapley, grid=st.tuples(st.integers(1, 9), st.integers(1, 9)), budget=st.just(64)),
    st.builds(LIME, cells=st.none() | st.integers(1, 9)),
)


@settings(max_examples=100)
@given(terms, methods)
def test_what_is_written_is_read_back_equal(term: Term, method: Any) -> None:
    expression = term.using(method)
    assert query(str(expression), **expression.names) == expression
    assert expression.method == (None if method == Shapley() else method)
    assert expression.using(Shapley()) == term


@settings(max_examples=60)
@given(joins, methods)
def test_a_join_is_written_with_its_method_at_every_side(join: Interpretation, method: Any) -> None:
    expression = join.using(method)
    again = query(str(expression), **expression.names)
    assert again == expression
    assert str(again) == str(expression)
    assert str(expression).count(" using ") == (method != Shapley()) * len(join.terms)


@settings(max_examples=60)
@given(terms, methods)
def test_an_anti_join_is_read_back_equal_or_needs_a_baseline(term: Term, method: Any) -> None:
    side = Term(term.model, term.source, layer=term.layer, function=term.function)
    other = replace(side, source=Input("other", torch.full_like(side.source.tensor, 0.123)))
    expression: Any = side.left_join(other)
    if type(method) in (Shapley, IntegratedGradients, DeepLift, Occlusion, LIME):
        expression = expression.using(method)
        assert query(str(expression), **expression.names) == expression
    else:
        with pytest.raises(CompositionError, match="with a baseline: shapley, ig, deeplift"):
            expression.using(method)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * from f(x) using ig", x.using("ig")),
        ("select * from f(x) USING ig(steps = 9)", x.using(IntegratedGradients(9))),
        ("select 2 from f(x) where w using gradcam ( layer = '0' )",
         x.select("2").where(WINDOW).using(GradCAM("0"))),
        ('select * from f(x) where w for class dog using lrp(convolutions="gamma")',
         x.where(WINDOW).for_class("dog").using(LRP("gamma"))),
        ("select * from f(x) using gradient for class dog",
         x.for_class("dog").using(Gradient())),
        ("select * from f(x) using shapley(grid=(2, 3))", x.using(Shapley(grid=(2, 3)))),
        ("select * from f(x) using shapley", x),
        ("select * from f(x) using ig join (select * from f(y) using ig) weight .25",
         x.using("ig").join(y.using("ig"), 0.25)),
        ("select * from f(x) using ig left join (select * from f(y) using ig)",
         x.left_join(y).using("ig")),
    ],
)  # fmt: skip
def test_queries_mean_what_python_says(text: str, expected: Interpretation) -> None:
    assert query(text, **NAMES) == expected


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("select * from f(x) using", 24, "expected a method, found the end"),
        ("select * from f(x) using 3", 25, "expected a method, found '3'"),
        ("select * from f(x) using gradcamm", 25, "did you mean 'gradcam'"),
        ("select * from f(x) using gradcam(layr='0')", 25, "did you mean 'layer'"),
        ("select * from f(x) using ig(steps=3", 25, "cannot be read"),
        ("select * from f(x) using ig(steps=-3)", 25, "steps is -3"),
        ("select * from f(x) using ig using ig", 28, "expected 'for' or 'join' or 'left join'"),
        ("select * from f(x) for class dog for class cat", 33, "'using'"),
    ],
)
def test_errors_point_at_the_method(text: str, column: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        query(text, **NAMES)
    assert words in caught.value.message
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("select * from f(x) using ig join (select * from f(y))", ONE_METHOD),
        ("select * from f(x) using ig join (select * from f(y) using ig(steps=9))", ONE_METHOD),
        ("select * from f(x) left join (select * from f(y) using ig)", ONE_METHOD),
        ("select * from f(x) using lrp left join (select * from f(y) using lrp)", HAS_BASELINE),
        ("select * from f(x) using gxi left join (select * from g(x) using gxi)", HAS_BASELINE),
    ],
)
def test_compositions_that_a_method_cannot_explain(text: str, rule: str) -> None:
    with pytest.raises(QueryCompositionError) as caught:
        query(text, **NAMES)
    assert caught.value.rule == rule


def test_explain_takes_a_method_by_name_and_without_one_that_of_using() -> None:
    named, by_hand = x.explain("ig", target=1), x.using("ig").explain(target=1)
    assert named == by_hand.__class__.from_json(named.to_json())
    np.testing.assert_array_equal(named.values, by_hand.values)
    assert named.method == by_hand.method == repr(IntegratedGradients())
    assert by_hand.query == "select * from f(x) for class dog using ig"
    # What is given to `explain` counts.
    assert x.using("ig").explain(Gradient()).method == repr(Gradient())
    assert x.using("shapley").explain(budget=20, grid=2).evaluations == 16
    with pytest.raises(InputError, match="give Integrated gradients its own"):
        x.using("ig").explain(budget=20)
    with pytest.raises(InputError, match="did you mean 'gradcam'"):
        x.explain("gradcamm")
    with pytest.raises(InputError, match="for which a query has no text"):
        x.using(Shapley(Budget(max_trial=5)))
    with pytest.raises(CompositionError, match="an anti-join by Gradient"):
        x.left_join(y).explain("gradient")
    with pytest.raises(InputError, match="a plan is of Shapley values"):
        x.using("ig").explain_plan()
    assert x.using(Shapley(64, 2)).explain_plan().evaluations <= 16


def test_a_method_that_is_not_valid_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(ModelError, match="CAM is for networks"):
        x.using("cam").steps()
    with pytest.raises(ModelError, match="nothing in this network attends"):
        x.steps("rollout")


EVERY = [
    "gradient", "gxi", "ig(steps=5)", "smoothgrad(samples=3)", "deeplift", "guided",
    'gradcam(layer="1")', "lrp", "occlusion(window=4)", "lime(cells=3, samples=50)",
]  # fmt: skip


@pytest.mark.parametrize("method", EVERY)
def test_a_join_is_the_weighted_sum_of_the_maps(method: str) -> None:
    joined = x.join(y, 0.3).where(WINDOW).using(method).explain(target=1)
    one, other = (side.where(WINDOW).explain(method, target=1) for side in (x, y))
    np.testing.assert_allclose(joined.values, 0.3 * one.values + 0.7 * other.values, atol=1e-6)
    assert joined.unit == one.unit
    if one.residual is not None:
        residual = 0.3 * one.residual + 0.7 * other.residual
        assert joined.residual == pytest.approx(residual, abs=1e-6)


@pytest.mark.parametrize("method", EVERY)
def test_a_selection_explains_the_truncated_network(method: str) -> None:
    """As if the network that is truncated by hand had been given."""
    layer = "2"
    found = x.select(layer).explain(method, target=1)

    class ByHand(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            probe = probe_of(MODEL, layer)
            self.layers, self.tap = torch.nn.Sequential(*list(wide())[:3]), probe.tap
            self.head = torch.nn.Linear(*probe.weight.T.shape)
            self.head.weight.data, self.head.bias.data = probe.weight, probe.bias
            self.layers.load_state_dict(
                {k: v for k, v in MODEL.net.state_dict().items() if k[0] in "012"}
            )

        def forward(self, batch: torch.Tensor) -> torch.Tensor:
            maps = self.layers(batch)
            return self.head(
                torch.nn.functional.adaptive_avg_pool2d(maps, self.tap.side).flatten(1)
            )

    name = method.replace('"1"', '"layers.1"')
    (expected,) = read_method(name).explain([Task(Network(ByHand()), X, 1)]).run()
    logit = float(truncated(MODEL, layer)(X[None])[0, 1])
    assert found.output == pytest.approx(logit, abs=1e-4)
    np.testing.assert_allclose(found.values, expected.values, atol=1e-5)
    assert found.layer == layer
    assert not np.allclose(found.values, x.explain(method, target=1).values, atol=1e-5)


def test_a_layer_after_the_selected_one_is_refused() -> None:
    with pytest.raises(InputError, match="layer is '2', which comes after the one"):
        x.select("1").explain('gradcam(layer="2")')


@pytest.mark.parametrize("method", ["ig(steps=200)", "deeplift", "occlusion(window=3, stride=3)"])
def test_an_anti_join_has_the_other_input_as_baseline(method: str) -> None:
    compared = x.left_join(y).using(method).explain(target=1)
    one = x.explain(method, baseline=Y, target=1)
    np.testing.assert_allclose(compared.left.values, one.values, atol=1e-6)
    assert compared.left.baseline_output == pytest.approx(
        float(MODEL.logits(Y[None])[0, 1]), abs=1e-4
    )


def test_an_anti_join_of_two_networks_is_the_difference_of_their_maps() -> None:
    compared = x.left_join(OTHER(X)).explain("ig", target=2)
    one, other = (side.explain("ig", target=2) for side in (x, OTHER(X)))
    np.testing.assert_allclose(compared.left.values, one.values - other.values, atol=1e-6)


def test_a_probe_that_is_fitted_anew_makes_another_map() -> None:
    model = fitted(wide(5), ["2"])
    before = model(X).select("2").explain("gradient", target=0)
    model.fit_probes(IMAGES[:30], ["2"]).run()
    after = model(X).select("2").explain("gradient", target=0)
    assert not np.allclose(before.values, after.values)


@pytest.mark.parametrize("method", [Gradient(), IntegratedGradients(steps=7), "gxi"])
def test_a_map_says_by_which_query_it_is_had_again(method: Any) -> None:
    for interpretation in (x, x.where(WINDOW)):
        attribution = interpretation.explain(method=method)
        assert attribution.query == str(interpretation.using(method))
        again = query(attribution.query, **NAMES).explain()
        assert np.array_equal(again.values, attribution.values)
    assert x.explain(method=Shapley(budget=64)).query == x.explain(budget=64).query == str(x)


def test_a_method_of_ones_own_has_no_name_in_a_query() -> None:
    class Own(Gradient):
        pass

    assert x.explain(method=Own()).query == str(x)
