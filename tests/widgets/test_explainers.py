"""Any explainer in an Explorer, and a second one beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from traitlets import TraitError

from tests.methods.test_attention import Vision
from tests.widgets.hands import CLASSES, MADE, X, Y, explorer, model, until
from xaiwidgets import Classifier, Explorer
from xaiwidgets.errors import CompositionError, ModelError
from xaiwidgets.methods import NAMED, Gradient, attention_weights
from xaiwidgets.widgets.explorer._answer import Answer, skip_first_looks
from xaiwidgets.widgets.explorer._map_sizes import drawable_size, rank_agreement
from xaiwidgets.work import Progress, Steps


def test_an_explainer_is_picked_by_name_and_its_map_is_that_of_python() -> None:
    widget = explorer(method="gradcam")
    widget.run().wait()
    assert widget.query == "select * from f(x) using gradcam"
    plain = model()(X).explain(method="gradcam")
    assert np.allclose(widget.result.values, plain.values, atol=1e-6)
    shown = widget.attribution
    assert (shown["explainer"], shown["adds_up"], shown["first_look"]) == ("Grad-CAM", False, False)
    assert 'explain(method="gradcam"' in widget.code.replace("'", '"')
    assert "budget" not in widget.code
    widget.method = "ig(steps=7)"
    widget.run().wait()
    assert widget.query == "select * from f(x) using ig(steps=7)"
    assert widget.attribution["adds_up"]
    widget.method = "shapley"
    widget.run().wait()
    assert widget.query == "select * from f(x)"
    assert widget.result.samples is not None


def test_the_query_picks_an_explainer_and_undo_takes_it_back() -> None:
    widget = explorer()
    widget.query = "select * from f(x) where [0:8, 0:8] using gradient"
    assert (widget.method, widget.window.height) == ("gradient", 8)
    widget.undo()
    assert (widget.method, widget.window) == ("shapley", None)
    widget.redo()
    assert widget.method == "gradient"


def test_what_cannot_be_explained_so_is_refused_and_loses_nothing() -> None:
    widget = explorer(model(), {"x": X, "y": Y}, method="gradcam")
    widget.run().wait()
    before = widget.result
    with pytest.raises(CompositionError, match="a method with a baseline"):
        widget.compare("left join", "y")
    with pytest.raises(TraitError, match="did you mean 'gradcam'"):
        widget.method = "gradcams"
    with pytest.raises(TraitError, match="has no setting 'layers'; did you mean 'layer'"):
        widget.method = 'gradcam(layers="0")'
    assert (widget.method, widget.operator) == ("gradcam", "")
    assert widget.result is before
    widget.method = "ig"
    widget.compare("left join", "y")
    assert widget.blocked["method:gradcam"].startswith("an anti-join puts another input")
    assert "method:ig" not in widget.blocked
    with pytest.raises(TraitError, match="a method with a baseline"):
        widget.method = "gradcam"


class Functional(nn.Module):
    """Its relu is a function, for which DeepLIFT has no rule; it has no attention either."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4 * 14 * 14, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.relu(self.conv(x)).flatten(1))  # type: ignore[no-any-return]


def wait_for_invalid(widget: Explorer) -> dict[str, str]:
    widget.run().wait()
    until(lambda: bool(widget.invalid_methods))
    return dict(widget.invalid_methods)


def test_what_is_not_valid_for_the_network_is_greyed_with_the_reason() -> None:
    widget = explorer(Classifier(Functional(), classes=["a", "b", "c", "d"]), X)
    reasons = wait_for_invalid(widget)
    assert "relu" in reasons["deeplift"]
    assert {"cam", "rollout"} <= reasons.keys()
    assert not {"shapley", "gradient", "gradcam", "ig", "lime"} & reasons.keys()
    widget.method = "deeplift"
    with pytest.raises(Exception, match="relu"):
        widget.run().wait()
    widget.method = "gradient"
    assert widget.run().wait() is not None


def test_pda_hides_windows_behind_other_pictures() -> None:
    alone = explorer(model(), X)
    assert "references" in wait_for_invalid(alone)["pda"]
    widget = explorer(model(), {"x": X, "y": Y}, method="pda(samples=2)")
    others = torch.stack([Y])
    plain = model()(X).explain(method="pda(samples=2)", references=others)
    assert np.allclose(widget.run().wait().result.values, plain.values, atol=1e-5)


def test_all_explainers_are_offered_in_words() -> None:
    offered = explorer().methods
    assert [each["name"] for each in offered] == list(NAMED)
    assert all(each["label"] and each["words"].endswith(".") for each in offered)


def test_a_second_explainer_stands_beside_with_colours_of_its_own() -> None:
    widget = explorer(beside="gradient")
    widget.run().wait()
    (figure,) = widget.others
    assert (figure["name"], figure["separate_colors"]) == ("Gradient", True)
    plain = model()(X).explain(method=Gradient(), target=widget.result.target)
    sums = figure["attribution"]["cells"]
    assert np.isclose(np.asarray(sums).sum(), plain.cells.sum(), rtol=1e-4)
    expected = rank_agreement(widget.result, plain)
    agreement = {"correlation": expected.correlation, "parts": 9, "problem": ""}
    assert widget.agreement == agreement
    with pytest.raises(TraitError, match="what explains already"):
        widget.beside = "shapley"
    widget.method = "gradient"  # so that nothing stands beside itself
    assert widget.beside == ""
    widget.run().wait()
    assert (widget.others, widget.agreement) == ([], None)


def test_a_comparison_takes_the_second_explainer_away() -> None:
    widget = explorer(model(), {"x": X, "y": Y}, beside="gradcam")
    widget.compare("join", "y")
    assert widget.beside == ""
    assert "on one picture" in widget.blocked["beside"]
    with pytest.raises(TraitError, match="on one picture"):
        widget.beside = "gradcam"
    widget.query = "select * from f(x)"
    widget.beside = "gradcam"
    widget.query = "select * from f(x) where [0:8, 0:8]"
    assert widget.beside == "gradcam"  # a query says nothing of it


def test_players_are_a_grid_segments_or_finer_where_it_matters() -> None:
    widget = explorer(players="adaptive")
    widget.run().wait()
    assert not widget.result.layout.regular or widget.result.layout.count > 9
    assert "grid='adaptive'" in widget.code
    with pytest.raises(TraitError, match="players"):
        widget.players = "hexagons"


@pytest.mark.parametrize(
    ("changes", "is_seen"),
    [({"seed": 1}, False), ({"budget": 128}, False), ({"baseline": "mean"}, True)],
)
def test_no_first_look_takes_the_place_of_an_estimate(
    changes: dict[str, object], is_seen: bool
) -> None:
    widget = explorer(grid=4)
    widget.run().wait(20)
    former = widget._answer
    assert former is not None and former.after.attribution is not None
    look = replace(former.after.attribution, first_look=True)
    early = replace(former, sides=(replace(former.after, attribution=look),))

    def steps() -> Steps[Answer]:
        yield Progress(0, 2, "", early)
        yield Progress(1, 2, "", former)
        return former

    settings = replace(former.question.settings, **changes)
    question = replace(former.question, settings=settings)
    previews = [step.preview for step in skip_first_looks(former, question, steps())]
    assert previews == [early if is_seen else None, former]
    assert [step.preview for step in skip_first_looks(early, question, steps())] == [early, former]


def test_settings_that_an_explainer_does_not_look_at_are_greyed() -> None:
    widget = explorer()

    def greyed() -> set[str]:
        names = [name.partition(":") for name in widget.blocked]
        return {setting for kind, _, setting in names if kind == "setting"}

    assert greyed() == set()
    widget.method = "gradcam"
    # Not the baseline: a window that is hidden by hand is hidden by it, whatever explains.
    assert greyed() == {"budget", "seed", "grid", "players"}
    assert widget.blocked["setting:grid"].startswith("Grad-CAM is not made of trials")
    widget.method = "ig"
    assert greyed() == {"budget", "seed", "grid", "players"}
    widget.method = "shapley"
    assert greyed() == set()


def test_the_first_look_is_marked_on_the_page() -> None:
    widget = explorer(budget=4096)
    looks = []
    widget.observe(lambda change: looks.append(change["new"]["first_look"]), "attribution")
    widget.run().wait()
    assert looks[-1] is False


def test_a_map_of_pixels_crosses_in_cells_that_a_screen_shows() -> None:
    large = torch.rand(3, 120, 100, generator=torch.Generator().manual_seed(0))
    net = nn.Sequential(nn.Conv2d(3, 2, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    attribution = Classifier(net)(large).explain(method="gxi")
    shown = drawable_size(attribution)
    assert shown.cells.shape == (40, 50)
    assert shown.row_edges[:3] == (0, 3, 6) and shown.row_edges[-1] == 120
    assert np.allclose(shown.cells[0, 0], attribution.cells[:3, :2].sum(), atol=1e-6)
    assert np.isclose(shown.cells.sum(), attribution.cells.sum(), atol=1e-4)
    assert drawable_size(shown) is shown


def test_rank_agreement_is_that_of_the_coarser_cells() -> None:
    one = model()(X).explain(grid=2, budget=16)
    other = model()(X).explain(grid=4, budget=64)
    sums = other.sums(one.layout)
    blocks = other.cells.reshape(2, 2, 2, 2).sum((1, 3)).ravel()
    assert np.allclose(sums, blocks, atol=1e-5)
    order = [np.argsort(np.argsort(each)) for each in (one.cells.ravel(), blocks)]
    by_hand = 1 - 6 * float(((order[0] - order[1]) ** 2).sum()) / (4 * 15)
    agreement = rank_agreement(one, other)
    assert agreement.correlation == pytest.approx(by_hand)
    assert agreement.parts == 4
    flat = replace(one, cells=np.zeros_like(one.cells))
    assert rank_agreement(flat, other).correlation is None


def test_attention_is_asked_by_layer_head_and_patch_beside_shapley_values() -> None:
    network = Classifier(Vision(), classes=CLASSES[:3])
    picture = torch.rand(3, 12, 12, generator=torch.Generator().manual_seed(1))
    widget = Explorer(network, picture, method="rollout", beside="shapley", budget=512, grid=2)
    MADE.append(widget)
    answer = widget.run().wait(20)
    until(lambda: widget.attention is not None)
    assert widget.attention == {"heads": [2, 2], "rows": 3, "columns": 3}
    assert answer.beside is not None and answer.beside.exact
    assert answer.beside.layout == answer.result.layout, "of the same patches"
    assert widget.agreement["parts"] == 9  # type: ignore[index]
    scope = {"model": network, "pictures": picture}
    exec(widget.code, scope)
    assert np.allclose(scope["beside"].cells, answer.beside.cells, atol=1e-5)  # type: ignore[attr-defined]
    text = "rollout(layer=2, head=1, patch=(2, 3))"
    widget.method = text
    assert widget.query == f"select * from f(x) using {text}"
    asked = widget.run().wait(20).result
    weights = attention_weights(network, picture)
    assert np.allclose(asked.cells.ravel(), weights[1, 0, 1 + 5, 1:], atol=1e-6)
    assert widget.beside == "shapley"
    aside = ", by Attention rollout (layer=2, head=1, patch=(2, 3)), beside it Shapley values?"
    assert widget.history.entries[-1].title.endswith(aside)
    with pytest.raises(ModelError, match="layer is 3"):
        widget.method = "rollout(layer=3)"
        widget.run().wait(20)
    other = explorer()
    other.run().wait(20)
    until(lambda: bool(other.invalid_methods))
    assert other.attention is None
