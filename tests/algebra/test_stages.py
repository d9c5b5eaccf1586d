"""What each truncated network predicts, and layers by their numbers."""

from __future__ import annotations

import pytest
import torch

from tests.algebra.helpers import CLASSES, IMAGES, Ear, Named, fitted, truncated, wide
from xaiwidgets import Classifier, Window, query
from xaiwidgets.errors import CompositionError, InputError, QueryError

X = IMAGES[0]


@pytest.fixture
def model() -> Classifier:
    return fitted(wide(), ["0", "2", "4"])


def test_every_score_is_that_of_a_map_at_the_layer(model: Classifier) -> None:
    stages = model.stages(X)
    assert list(stages) == ["0", "2", "4", "*"]
    for layer, prediction in stages.items():
        term = model(X) if layer == "*" else model(X).select(layer)
        assert {score.label for score in prediction.top} == set(CLASSES)
        for score in prediction.top:
            map_of_one = term.explain(grid=1, budget=2, target=score.index)
            assert score.logit == pytest.approx(map_of_one.output, abs=1e-5)


def test_scores_are_those_of_the_probes_by_hand(model: Classifier) -> None:
    stages = model.stages(X)
    for layer in ("0", "2", "4"):
        wanted = truncated(model, layer)(X[None])[0]
        assert stages[layer].index == int(wanted.argmax())
        for score in stages[layer].top:
            assert score.logit == pytest.approx(float(wanted[score.index]), abs=1e-4)


def test_the_last_is_the_whole_network(model: Classifier) -> None:
    last = [*model.stages(X).values()][-1]
    logits = model.logits(X[None])[0]
    assert [score.index for score in last.top] == logits.argsort(descending=True).tolist()
    for score in last.top:
        assert score.logit == pytest.approx(float(logits[score.index]), abs=1e-5)
    assert last.probability == pytest.approx(float(logits.softmax(0).max()), abs=1e-5)


def test_after_a_map_nothing_is_evaluated_and_before_it_one_picture(
    model: Classifier, ear: Ear
) -> None:
    model.stages(X)
    assert len(ear.pictures) == 1
    model.stages(X)
    assert len(ear.pictures) == 1
    model(IMAGES[1]).explain(budget=16, grid=2)
    before = len(ear.pictures)
    model.stages(IMAGES[1])
    assert len(ear.pictures) == before


def test_a_probe_that_is_wrong_by_construction_says_another_class() -> None:
    labels = (Classifier(wide()).logits(IMAGES).argmax(1) + 1) % 4
    model = fitted(wide(), ["4"], labels=labels)
    stages = model.stages(X)
    assert stages["4"].index != stages["*"].index


def test_without_probes_there_is_the_whole_only() -> None:
    assert list(Classifier(wide(seed=7)).stages(X)) == ["*"]


def test_a_layer_that_is_not_called_is_left_out() -> None:
    class Exit(torch.nn.Module):
        """Dark pictures leave early."""

        def __init__(self) -> None:
            super().__init__()
            self.body, self.first, self.second = (
                torch.nn.Flatten(),
                *(torch.nn.Linear(432, 4) for _ in range(2)),
            )

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            flat = self.body(x)
            return self.first(flat) if float(x.detach().mean()) < -5 else self.second(flat)

    model = fitted(Exit(), ["body", "second"])
    assert list(model.stages(X)) == ["body", "second", "*"]
    assert list(model.stages(X - 100)) == ["body", "*"]


def test_predictions_list_as_many_classes_as_are_asked_for(model: Classifier) -> None:
    assert {len(one.top) for one in model.stages(X, top=2).values()} == {2}
    with pytest.raises(InputError, match="top is 0"):
        model.stages(X, top=0)


# --- layers by number --------------------------------------------------------------------------


@pytest.fixture
def named() -> Classifier:
    return fitted(Named(), ["stage one", "select", "x"])


def test_a_number_counts_the_fitted_layers(named: Classifier) -> None:
    for number, layer in enumerate(["stage one", "select", "x"], start=1):
        assert named(X).select(number).layer == layer
        assert query(f"select {number} from f(x)", f=named, x=X) == named(X).select(layer)
        bound = query("select which from f(x) where w", f=named, x=X, which=number,
                      w=Window(0, 0, 3, 3))  # fmt: skip
        assert bound.layer == layer  # type: ignore[attr-defined]
    assert str(named(X).select(3)) == "select x from f(x)"


def test_a_module_of_that_name_comes_first(model: Classifier) -> None:
    assert model(X).select(2).layer == model(X).select("2").layer == "2"
    assert query("select 2 from f(x)", f=model, x=X).layer == "2"  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", [0, 4, -1, "³"])
def test_numbers_that_count_no_layer_are_refused(named: Classifier, number: int | str) -> None:
    with pytest.raises(InputError, match="there is no layer"):
        named(X).select(number)


def test_a_number_in_a_query_that_counts_no_layer_is_pointed_at(named: Classifier) -> None:
    with pytest.raises(QueryError, match="there is no layer '9'") as caught:
        query("select 9 from f(x)", f=named, x=X)
    assert caught.value.column == 7


def test_a_number_is_composed_as_its_layer(named: Classifier) -> None:
    assert named(X).select(3).select(1).layer == "stage one"
    with pytest.raises(CompositionError, match="x comes after stage one"):
        named(X).select(1).select(3)
