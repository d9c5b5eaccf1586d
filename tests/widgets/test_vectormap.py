"""The VectorMap without a page: points, what is chosen, crosses, noise, and what it opens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t

from tests import models
from tests.widgets.hands import FakeComm, told, until
from xaiwidgets import Classifier, VectorMap, vectors
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.explorer._page import current_input
from xaiwidgets.widgets.vectormap._crosses import FOLLOWED
from xaiwidgets.work import run

COUNT = 60
LABELS = np.arange(COUNT) % 4
X = torch.rand(COUNT, 3, 16, 16, generator=torch.Generator().manual_seed(8))
NAMES = ["cat", "dog", "bird", "fish"]
MAPS: list[VectorMap] = []


@pytest.fixture(scope="module")
def model() -> Classifier:
    return Classifier(models.small(seed=47), classes=NAMES)


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while MAPS:
        MAPS.pop().close()


def made(model: Classifier, *args: Any, **options: Any) -> VectorMap:
    widget = VectorMap(model, X, *(args or (LABELS,)), **options)
    MAPS.append(widget)
    assert widget._run is not None
    widget._run.wait(60)
    return widget


def test_the_points_are_those_of_plain_python(model: Classifier) -> None:
    widget = made(model)
    plain = vectors.project(model, X, labels=LABELS).run()
    np.testing.assert_allclose(widget.plane["points"], plain.points, atol=1e-4)
    assert widget.plane["points"].dtype == np.float32
    assert (widget.plane["layer"], widget.plane["method"]) == ("penultimate", "pca")
    loss = widget.plane["loss"]
    assert loss["trustworthiness"] == pytest.approx(plain.trustworthiness)
    agree = plain.neighbours_agree
    assert loss["agree"]["chance"] == agree.chance
    assert loss["agree"]["plane"]["low"] == pytest.approx(agree.plane.low)
    assert loss["variance"] == pytest.approx(plain.variance)
    assert np.array_equal(widget.predicted, plain.predicted)
    assert np.array_equal(widget.labels, LABELS)
    assert isinstance(widget.result, vectors.Projection)
    # Before the linear layer that it is given to.
    assert widget.layers.index("penultimate") == len(widget.layers) - 2
    assert widget.code.endswith("'penultimate', 'pca', labels=labels).run()")


def test_a_map_of_weights_written_past_torch_is_laid_out_anew() -> None:
    network = models.small(seed=47)
    widget = made(Classifier(network))
    first = widget.result
    assert first is not None
    for weight in network.parameters():
        weight.data.mul_(0.5).add_(0.1)
    widget.run().wait(60)
    assert widget.result is not first
    assert not np.allclose(widget.result.vectors, first.vectors)


def test_ten_thousand_points_cross_as_one_buffer(model: Classifier) -> None:
    widget = made(model)
    widget.publish(plane={**widget.plane, "points": np.zeros((10_000, 2), np.float32)})
    points = widget.get_state("plane")["plane"]["points"]
    assert (points["$array"], points["shape"]) == ("float32", [10_000, 2])
    assert len(points["data"]) == 80_000


def test_another_layer_or_method_is_another_map_and_is_known_again(model: Classifier) -> None:
    widget = made(model)
    first = widget.result
    widget.layer = "2"
    widget._run.wait(60)  # type: ignore[union-attr]
    assert widget.plane["layer"] == "2"
    assert widget.result.vectors.shape != first.vectors.shape
    widget.layer = "penultimate"
    widget._run.wait(60)  # type: ignore[union-attr]
    assert widget.result is first
    widget.method = "tsne"
    widget._run.wait(60)  # type: ignore[union-attr]
    plain = vectors.project(model, X, method="tsne", labels=LABELS).run()
    np.testing.assert_allclose(widget.plane["points"], plain.points, atol=1e-3)
    assert widget.plane["loss"]["variance"] is None
    with pytest.raises(t.TraitError, match="layer is 'conv9'; use one of '0', "):
        widget.layer = "conv9"
    with pytest.raises(t.TraitError, match="method is 'umap'"):
        widget.method = "umap"


def test_colours_selection_and_dimmed_classes_start_nothing(model: Classifier) -> None:
    widget = made(model, scores={"suspicion": [0.5] * 59 + [float("nan")]})
    run = widget._run
    assert widget.colour == "label"
    widget.colour = "suspicion"
    widget.dimmed = [2]
    widget.selection = [9, 3, 3]
    assert list(widget.selection) == [3, 9]
    assert widget._run is run
    assert widget.scores["suspicion"].dtype == np.float32
    with pytest.raises(t.TraitError, match="selection is 60; there are 60 images, from 0"):
        widget.selection = [60]
    with pytest.raises(t.TraitError, match="colour is 'depth'; use one of 'label', 'prediction'"):
        widget.colour = "depth"
    unlabelled = made(model, None)
    assert unlabelled.colour == "prediction" and unlabelled.labels is None
    assert "labels" not in unlabelled.code
    with pytest.raises(t.TraitError, match="colour is 'label'; use one of 'prediction'"):
        unlabelled.colour = "label"


def test_cancel_keeps_the_points_where_they_are(model: Classifier) -> None:
    images = X.repeat(20, 1, 1, 1) + 0.1 * torch.rand(1200, 1, 1, 1)
    widget = VectorMap(model, images, method="tsne")
    MAPS.append(widget)
    until(lambda: widget.plane is not None, 60)
    assert widget.plane["loss"] is None and widget.predicted is not None
    with pytest.raises(InputError, match="the map is not laid out yet"):
        widget.lay_out_noise()
    widget.cancel()
    until(lambda: widget.status["state"] == "partial", 60)
    assert widget.plane["points"].shape == (1200, 2)
    assert isinstance(widget.result, vectors.ProjectionSketch)
    assert widget.projection is None


def test_noise_is_laid_out_alike_and_agrees_by_chance(model: Classifier) -> None:
    widget = made(model)
    assert widget.noise is None
    noise = widget.lay_out_noise().wait(60)
    np.testing.assert_allclose(widget.noise["points"], noise.points, atol=1e-4)
    assert widget.noise["method"] == "pca" and widget.noise["loss"]["variance"] is None
    plain = widget.projection.of_noise().run()  # type: ignore[union-attr]
    assert np.array_equal(plain.points, noise.points)
    widget.seed = 2
    widget._run.wait(60)  # type: ignore[union-attr]
    assert widget.noise is None  # it was of another map


def test_further_pictures_are_crosses_with_where_they_are_from(model: Classifier) -> None:
    widget = made(model)
    job = widget.place(1 - X[:2], of=[0, 1], name="inverted")
    assert job is not None
    shown = job.wait(60)
    assert [(each.name, each.of) for each in shown] == [("inverted 1", 0), ("inverted 2", 1)]
    plain = widget.projection.place(1 - X[:2]).run()  # type: ignore[union-attr]
    np.testing.assert_allclose([[each.x, each.y] for each in shown], plain, atol=1e-5)
    assert [each["x"] for each in widget.crosses] == pytest.approx(plain[:, 0])
    # The same picture again lies on its point; a cross of a name moves.
    widget.place(X[5], name="inverted 1").wait(60)  # type: ignore[union-attr]
    first = widget.crosses[0]
    assert [first["x"], first["y"]] == pytest.approx(widget.plane["points"][5], abs=1e-4)
    assert (first["of"], len(widget.crosses)) == (None, 2)
    # On another map they have other places.
    widget.layer = "2"
    widget._run.wait(60)  # type: ignore[union-attr]
    until(lambda: len(widget.crosses) == 2)
    moved = widget.projection.place(X[5:6]).run()  # type: ignore[union-attr]
    assert widget.crosses[0]["x"] == pytest.approx(moved[0, 0], abs=1e-4)
    widget.clear_crosses()
    assert widget.crosses == []
    for wrong, message in (
        ({"images": X[0, :, :8]}, "become|becomes"),
        ({"images": X[:2], "of": [0]}, "of has 1 numbers for 2 images"),
        ({"images": X[:1], "of": 60}, "of is 60; there are 60 images"),
    ):
        with pytest.raises(InputError, match=message):
            widget.place(**wrong)


def test_an_explorer_that_is_followed_moves_its_cross(model: Classifier) -> None:
    widget = made(model, selection=[7, 4])
    explorer = widget.explore()
    MAPS.append(explorer)  # type: ignore[arg-type]
    assert widget.opened is explorer
    assert [each["name"] for each in explorer.pictures] == ["x4", "x7"]
    until(lambda: len(widget.crosses) == 1)
    cross = widget.crosses[0]
    assert (cross["name"], cross["of"]) == (FOLLOWED, 4)
    assert [cross["x"], cross["y"]] == pytest.approx(widget.plane["points"][4], abs=1e-4)
    explorer.edit("rotate", 90)
    until(lambda: abs(widget.crosses[0]["x"] - cross["x"]) > 1e-3)
    rotated = run(current_input(explorer))
    plain = widget.projection.place(rotated).run()  # type: ignore[union-attr]
    assert widget.crosses[0]["x"] == pytest.approx(plain[0, 0], abs=1e-4)
    explorer.index = 1
    until(lambda: widget.crosses[0]["of"] == 7)
    widget.close_opened()
    assert widget.crosses == [] and widget.opened is None
    explorer.index = 0
    time.sleep(0.1)
    assert widget.crosses == []


def test_chosen_pictures_are_joined(model: Classifier) -> None:
    widget = made(model, selection=[1, 2, 3, 4, 5, 6])
    joined = widget.join()
    MAPS.append(joined)  # type: ignore[arg-type]
    assert joined.query.count("join") == 3 and "x4" in joined.query
    assert widget.join([8, 9]).partners == ["x9"]
    widget.selection = []
    with pytest.raises(InputError, match="no picture is chosen"):
        widget.explore()
    with pytest.raises(InputError, match="a join needs two pictures"):
        widget.join([1])


def test_chosen_pictures_are_disagreed_about_or_profiled(model: Classifier) -> None:
    rival = Classifier(models.small(seed=48), classes=NAMES, name="g")
    widget = made(model, rival=rival, selection=[3, 8, 20, 31])
    desk = widget.disagreements(grid=2, budget=16)
    MAPS.append(desk)  # type: ignore[arg-type]
    desk._run.wait(60)  # type: ignore[union-attr]
    rows = [3, 8, 20, 31]
    both = torch.stack([each.logits(X[rows]).argmax(1) for each in (model, rival)])
    assert sorted(desk.queue.tolist()) == (both[0] != both[1]).nonzero()[:, 0].tolist()
    assert desk.has_truth and widget.opened is desk
    neuron = widget.profile()
    MAPS.append(neuron)  # type: ignore[arg-type]
    until(lambda: neuron.profile is not None, 60)
    assert (list(neuron.selection), list(neuron.examples)) == (rows, rows)
    assert neuron.profile["chosen"]["count"] == 4  # type: ignore[index]
    widget.layer = "2"
    widget._run.wait(60)  # type: ignore[union-attr]
    other = widget.profile([1, 2], unit=1)
    MAPS.append(other)  # type: ignore[arg-type]
    assert (other.layer, other.unit, list(other.selection)) == ("2", 1, [1, 2])
    plain = made(model, selection=[1])
    with pytest.raises(InputError, match="there is no rival to disagree"):
        plain.disagreements()
    assert not plain.has_rival and widget.has_rival


def test_commands_of_the_page_are_answered(model: Classifier) -> None:
    widget = made(model)
    widget.comm = comm = FakeComm()
    answer = told(comm, widget, "thumbnails", names=["3", "59"])
    assert answer["thumbnails"]["59"]["height"] == 16
    assert not told(comm, widget, "thumbnails", names=["60"])["ok"]
    answer = told(comm, widget, "open", what="explorer")
    assert not answer["ok"] and "no picture is chosen" in answer["error"]["message"]
    widget.selection = [3]
    answer = told(comm, widget, "open", what="join")
    assert not answer["ok"] and "two pictures" in answer["error"]["message"]
    answer = told(comm, widget, "open", what="film")
    assert not answer["ok"] and "'disagreements', 'profile'" in answer["error"]["message"]
    assert told(comm, widget, "open", what="explorer")["ok"]
    until(lambda: widget.opened is not None)
    opened = widget.opened
    assert told(comm, widget, "close")["ok"]
    assert widget.opened is None and opened.comm is None
    assert told(comm, widget, "lay_out_noise")["ok"]
    until(lambda: widget.noise is not None)
    assert told(comm, widget, "open", what="explorer")["ok"]
    until(lambda: widget.opened is not None)
    opened = widget.opened
    widget.close()
    until(lambda: opened.comm is None)


def test_wrong_arguments_are_refused_at_once(model: Classifier) -> None:
    for options, message in (
        ({"labels": LABELS[:5]}, "5 labels for 60 images"),
        ({"layer": "conv9"}, "layer is 'conv9'"),
        ({"scores": {"depth": [1.0]}}, r"scores\['depth'\] is \(1,\); give a finite number"),
        ({"scores": {"depth": ["a"] * 60}}, "no array of numbers"),
        ({"scores": {"depth": [float("inf")] * 60}}, "finite"),
        ({"scores": {"label": [1.0] * 60}}, "which is a colouring already"),
        ({"method": "umap"}, "method is 'umap'"),
        ({"selection": [-1]}, "selection"),
        ({"sed": 1}, "no sed"),
    ):
        with pytest.raises((InputError, t.TraitError), match=message):
            VectorMap(model, X, **options)
    with pytest.raises(InputError, match="2 pictures are too few"):
        VectorMap(model, X[:2])


def test_a_saved_page_has_the_chosen_pictures(model: Classifier, tmp_path: Any) -> None:
    widget = made(model, selection=[5])
    text = widget.to_html(tmp_path / "map.html").read_text()
    assert "VectorMap" in text
    assert list(widget.saved) == ["5"]
