"""Selection (eq. 4): the map of a truncated network, against brute force by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests import models
from tests.algebra.helpers import (
    IMAGES,
    WINDOW,
    Ear,
    Named,
    Tokens,
    brute_force,
    cells_of,
    fitted,
    game_of,
    truncated,
    wide,
)
from xaiwidgets import Classifier, Window
from xaiwidgets.errors import CompositionError, InputError

X = IMAGES[0]
LAYERS = ["0", "2", "4", "5"]


@pytest.fixture(scope="module")
def model() -> Classifier:
    return fitted(wide(), LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_truncated_logits_are_the_probe_times_what_a_hook_catches(
    model: Classifier, layer: str
) -> None:
    game = game_of(model(X).select(layer), 3)
    masks = np.random.default_rng(0).random((40, 9)) < 0.5
    by_hand = truncated(model, layer)(game.compose(masks))
    np.testing.assert_allclose(game.logits(masks, layer), by_hand, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("layer", ["0", "1", "2", "3", "4", "5", "6"])
def test_every_layer_is_heard_whatever_the_twin_has_melted_together(layer: str) -> None:
    model = fitted(models.small().train(), [layer])
    game = game_of(model(X), 4)
    masks = np.random.default_rng(1).random((20, 16)) < 0.6
    by_hand = truncated(model, layer)(game.compose(masks))
    np.testing.assert_allclose(game.logits(masks, layer), by_hand, atol=2e-4, rtol=1e-3)


@pytest.mark.parametrize("window", [None, WINDOW])
@pytest.mark.parametrize("layer", ["0", "4"])
def test_the_map_of_a_layer_is_brute_force_on_the_truncated_network(
    model: Classifier, layer: str, window: Window | None
) -> None:
    expression = model(X).select(layer)
    expression = expression if window is None else expression.where(window)
    found = expression.explain(budget=512, grid=3, target="bird")
    cells = cells_of(expression, 3)
    expected = brute_force(truncated(model, layer), cells, X, torch.zeros_like(X), 2)
    np.testing.assert_allclose(found.cells, expected, atol=1e-4)
    assert found.exact
    assert found.layer == layer


@pytest.mark.parametrize("output", ["logit", "probability"])
def test_the_map_of_a_layer_sums_to_what_the_truncated_network_says(
    model: Classifier, output: str
) -> None:
    found = model(X).select("4").explain(budget=90, grid=5, baseline=0.3, output=output)
    scores = truncated(model, "4")(torch.stack([X, torch.full_like(X, 0.3)])).double()
    scores = scores.softmax(1) if output == "probability" else scores
    full, empty = scores[:, found.target].tolist()
    assert found.output == pytest.approx(full, abs=1e-4)
    assert found.baseline_output == pytest.approx(empty, abs=1e-4)
    assert found.cells.sum() == pytest.approx(full - empty, abs=1e-4)


def test_the_class_of_a_layers_map_is_the_whole_networks() -> None:
    model = fitted(wide(), ["0"])
    for picture in IMAGES[:8]:
        found = model(picture).select("0").explain(budget=16, grid=2)
        assert found.target == model.predict(picture).index


def test_selection_and_projection_commute(model: Classifier) -> None:
    one, other = model(X).select("2").where(WINDOW), model(X).where(WINDOW).select("2")
    assert one == other
    assert str(one) == str(other) == "select 2 from f(x) where [2:10, 3:9]"
    first, second = (e.explain(budget=120, grid=4, seed=3) for e in (one, other))
    assert np.array_equal(first.cells, second.cells)
    assert first.paid > 0
    assert second.paid == 0


def test_one_pass_serves_all_layers_and_the_whole_network(model: Classifier, ear: Ear) -> None:
    how = {"budget": 100, "grid": 4, "seed": 0}
    assert model(X).select("5").explain(**how).paid == 100
    heard = len(ear.pictures)
    for expression in (model(X).select("0"), model(X).select("2"), model(X)):
        assert expression.explain(**how).paid == 0
    assert len(ear.pictures) == heard == 100


def test_the_whole_network_answers_as_without_probes() -> None:
    plain = Classifier(wide(seed=5))(X).explain(budget=90, grid=4, target=1)
    tapped = fitted(wide(seed=5), ["0", "4"])(X).explain(budget=90, grid=4, target=1)
    np.testing.assert_allclose(tapped.cells, plain.cells, atol=1e-5)


def test_a_selection_of_a_selection_is_the_earlier_layer(model: Classifier) -> None:
    assert model(X).select("4").select("0") == model(X).select("0")
    assert model(X).select("4").select("4") == model(X).select("4")


def test_selecting_a_later_layer_last_is_not_defined(model: Classifier) -> None:
    with pytest.raises(CompositionError, match="4 comes after 0") as caught:
        model(X).select("0").select("4")
    assert "earlier layer" in caught.value.rule


def test_the_order_of_layers_is_that_of_their_calls_not_of_their_names() -> None:
    class Backwards(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.late, self.early = torch.nn.Linear(8, 3), torch.nn.Linear(432, 8)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.late(self.early(x.flatten(1)))

    term = Classifier(Backwards())(X)
    assert term.select("late").select("early").layer == "early"
    with pytest.raises(CompositionError, match="late comes after early"):
        term.select("early").select("late")


def test_a_layer_that_answers_twice_cannot_be_selected() -> None:
    with pytest.raises(InputError, match=r"no layer 'relu'.*answers once"):
        Classifier(models.Untidy())(X).select("relu")


def test_an_unknown_layer_is_refused_when_it_is_written(model: Classifier) -> None:
    with pytest.raises(InputError, match="no layer 'conv9'"):
        model(X).select("conv9")


def test_a_layer_without_a_probe_says_what_to_run(model: Classifier) -> None:
    with pytest.raises(InputError, match=r"'3' has no probe.*fit_probes\(images, \['3'\]\)"):
        model(X).select("3").explain()


def test_layers_whose_names_need_quotes_are_explained() -> None:
    model = fitted(Named(), Named.NAMES)
    for layer in Named.NAMES:
        found = model(X).select(layer).explain(budget=16, grid=2, target=1)
        assert found.layer == layer
        full = float(truncated(model, layer)(X[None])[0, 1])
        assert found.output == pytest.approx(full, abs=1e-4)


@pytest.mark.parametrize("layer", ["patches", "embed", "mix", "head"])
def test_tokens_and_vectors_have_maps(layer: str) -> None:
    model = fitted(Tokens(), [layer])
    found = model(X).select(layer).explain(budget=16, grid=2, target=1)
    cells = cells_of(model(X), 2)
    expected = brute_force(truncated(model, layer), cells, X, torch.zeros_like(X), 1)
    np.testing.assert_allclose(found.cells, expected, atol=1e-4)


def test_maps_of_a_layer_are_made_anew_when_its_probe_is() -> None:
    model = fitted(wide(), ["4"])
    first = model(X).select("4").explain(budget=16, grid=2, target=1)
    model = fitted(model.net, ["4"], images=IMAGES * 2)
    second = model(X).select("4").explain(budget=16, grid=2, target=1)
    assert second.output == pytest.approx(float(truncated(model, "4")(X[None])[0, 1]), abs=1e-4)
    assert second.output != pytest.approx(first.output, abs=1e-4)


def test_refitting_replaces_maps_of_the_same_model() -> None:
    from xaiwidgets.steps import run

    model = fitted(wide(), ["4"])
    first = model(X).select("4").explain(budget=16, grid=2, target=1)
    run(model.fit_probes(IMAGES[:20] * 3, ["4"]))
    second = model(X).select("4").explain(budget=16, grid=2, target=1)
    assert second.output == pytest.approx(float(truncated(model, "4")(X[None])[0, 1]), abs=1e-4)
    assert not np.array_equal(second.cells, first.cells)


def test_probes_serve_pictures_of_another_size() -> None:
    other = Classifier(models.small())
    pictures = torch.rand(20, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    other.fit_probes(pictures, ["0", "4"]).run()
    small = pictures[0, :, :12, :10].contiguous()
    for layer in ("0", "4"):
        found = other(small).select(layer).explain(budget=16, grid=2)
        assert abs(found.residual or 0) < 1e-5
