"""The NeuronDesk without a page: units, silencing, pictures made, a concept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from torch import Tensor, nn

from tests import models
from tests.widgets.hands import FakeComm, told, until
from xaiwidgets import Classifier, NeuronDesk, Window, neurons
from xaiwidgets.errors import InputError

IMAGES = torch.rand(20, 3, 16, 16, generator=torch.Generator().manual_seed(12))
DESKS: list[NeuronDesk] = []


@pytest.fixture(scope="module")
def model() -> Classifier:
    return Classifier(models.small(seed=41), classes=["a", "b", "c", "d"])


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while DESKS:
        DESKS.pop().close()


def desk(model: Classifier, layer: str | None = "5", **options: Any) -> NeuronDesk:
    made = NeuronDesk(model, IMAGES, layer, **options)
    DESKS.append(made)
    assert made._run is not None
    made._run.wait(60)
    return made


def floats(value: Any) -> Any:
    return np.frombuffer(value["data"] if isinstance(value, dict) else value, np.float32)


def test_units_are_shown_by_the_picture_that_excites_them_most(model: Classifier) -> None:
    widget = desk(model)
    activity = neurons.activity(model, "5", IMAGES).run()
    assert widget.units is not None and widget.favourites is not None
    assert floats(widget.units["values"]) == pytest.approx(activity.values.max(0))
    boxes = floats(widget.units["boxes"]).reshape(-1, 4)
    window = activity.top(3, 1)[0].window
    sides = np.array([window.top, window.left, window.height, window.width])
    assert boxes[3] == pytest.approx(sides / 16)
    size = widget.units["pictures"]["height"] * widget.units["pictures"]["width"] * 3
    pixels = np.frombuffer(widget.units["pictures"]["data"], np.uint8)
    best = activity.top(3, 1)[0].picture
    assert np.array_equal(pixels[3 * size : 4 * size], model.picture(IMAGES[best]).ravel())
    assert widget.layers == [str(layer) for layer in range(9)]
    assert "neurons.top(" in widget.code


def test_another_unit_is_followed_at_once(model: Classifier) -> None:
    widget = desk(model)
    run = widget._run
    widget.unit = 7
    assert widget._run is run  # nothing is evaluated for it
    best = neurons.top(model, "5", 7, IMAGES).run()
    assert widget.favourites is not None
    rows = np.frombuffer(widget.favourites["indices"], np.int32)
    assert rows.tolist() == [each.picture for each in best]
    predicted = model.logits(IMAGES).argmax(1)
    assert widget.favourites["labels"] == [model.label(int(predicted[row])) for row in rows]
    with pytest.raises(t.TraitError, match="unit is 16; there are 16 units at '5'"):
        widget.unit = 16


def test_silencing_shows_what_the_network_is_without(model: Classifier) -> None:
    widget = desk(model, index=4)
    before = model.logits(IMAGES)
    assert widget.watched is not None and widget.watched["after"] is None
    shown = {each["label"]: each["logit"] for each in widget.watched["before"]}
    assert shown == pytest.approx({model.label(c): float(before[4, c]) for c in range(4)}, abs=1e-4)
    activity = widget.result.activity  # type: ignore[union-attr]
    widget.silenced = [3, 1, 3]
    assert list(widget.silenced) == [1, 3]
    until(lambda: widget.watched["after"] is not None)
    after = neurons.silenced(model, "5", [1, 3], IMAGES[0]).logits(IMAGES)
    shown = {each["label"]: each["logit"] for each in widget.watched["after"]}
    assert shown == pytest.approx({model.label(c): float(after[4, c]) for c in range(4)}, abs=1e-4)
    changed = int((before.argmax(1) != after.argmax(1)).sum())
    assert widget.watched["changed"] == changed
    assert widget.result.activity is activity  # type: ignore[union-attr]
    assert "neurons.silenced(" in widget.code
    widget.index = 5
    shown = {each["label"]: each["logit"] for each in widget.watched["after"]}
    assert shown == pytest.approx({model.label(c): float(after[5, c]) for c in range(4)}, abs=1e-4)


def test_another_layer_is_looked_at_with_none_silenced(model: Classifier) -> None:
    widget = desk(model, unit=9, silenced=[2])
    assert (widget.unit, list(widget.silenced)) == (9, [2])
    widget.layer = "8"
    assert (widget.unit, list(widget.silenced)) == (0, [])
    until(lambda: widget.units is not None and widget.units["layer"] == "8")
    assert floats(widget.units["values"]).shape == (4,)
    with pytest.raises(t.TraitError, match="layer is 'nowhere'; use one of 0, 1"):
        widget.layer = "nowhere"


def test_a_network_that_was_trained_on_is_looked_at_anew() -> None:
    net = models.small(seed=42)
    model = Classifier(net)
    widget = desk(model)
    before = floats(widget.units["values"]).copy()
    with torch.no_grad():
        net[4].weight.mul_(2)
        net[4].bias.mul_(2)
    widget.run().wait(60)
    assert floats(widget.units["values"]) == pytest.approx(2 * before, rel=1e-4)


class Pixels(nn.Module):
    def encode(self, images: Tensor) -> Tensor:
        return images.flatten(1) - 0.5

    def decode(self, latents: Tensor) -> Tensor:
        return (latents + 0.5).reshape(-1, 3, 16, 16)


def test_pictures_are_made_with_and_without_a_generator(model: Classifier) -> None:
    judge = Classifier(models.small(seed=43), classes=["a", "b", "c", "d"])
    widget = desk(model, "4", unit=2, generator=Pixels(), judge=judge)
    widget.maximise().wait(120)
    plain = neurons.maximise(model, "4", 2, like=IMAGES[0], judge=judge).run()
    first, second = widget.maximised
    assert first["value"] == pytest.approx(plain.value, rel=1e-4)
    assert (first["label"], first["judged"]) == (
        model.label(plain.predicted),
        model.label(plain.judged or 0),
    )
    assert (first["by_generator"], second["by_generator"]) == (False, True)
    widget.unit = 3
    assert widget.maximised == []
    with widget._lock:  # the compute thread publishes under it
        run = widget.maximise()
        widget.unit = 2
    run.wait(120)
    assert widget.maximised == [], "they are of the unit that was looked at before"
    alone = desk(model, "8")
    alone.maximise().wait(120)
    assert [each["judged"] for each in alone.maximised] == [None]


def test_a_unit_is_looked_at_first_where_no_layer_is_named(model: Classifier) -> None:
    widget = desk(model, None, unit=1, silenced=[2, 0], target="c")
    assert (widget.unit, widget.silenced, widget.target) == (1, [0, 2], 2)


def test_a_concept_has_its_controls_beside_it(model: Classifier) -> None:
    widget = desk(model, examples=[5, 3, 1, 9, 7], target="b")
    assert (list(widget.examples), widget.target) == ([1, 3, 5, 7, 9], 1)
    widget.find_concept().wait(60)
    others = [row for row in range(20) if row not in widget.examples]
    plain = neurons.concept(
        model, "5", IMAGES[list(widget.examples)], IMAGES[others], 1, IMAGES
    ).run()
    assert widget.concept is not None
    assert widget.concept["verdict"] == plain.verdict
    assert widget.concept["random_slopes"] == pytest.approx(plain.random_slopes.tolist())
    assert widget.concept["slope"]["value"] == pytest.approx(plain.slope.value)
    assert (widget.concept["label"], widget.concept["examples"]) == ("b", 5)
    widget.examples = [1, 2, 3]
    with pytest.raises(InputError, match="examples has 3 pictures"):
        widget.find_concept()
    # What is known stays.
    assert widget.concept["examples"] == 5


def test_the_layer_that_is_looked_at_first_is_the_last_with_maps(model: Classifier) -> None:
    widget = desk(model, None)
    assert widget.layer == "5"
    assert repr(widget.result).startswith("<UnitFindings: <UnitActivity of 16 units at '5'")
    with pytest.raises(t.TraitError, match="layer is 'x'"):
        NeuronDesk(model, IMAGES, "x")
    with pytest.raises(t.TraitError, match="index is 20; there are 20 images"):
        NeuronDesk(model, IMAGES, "5", index=20)


# --- painted by hand, moved, profiled, chosen ---------------------------------------------------


def test_what_is_painted_is_dissected_as_in_plain_python(model: Classifier) -> None:
    widget = desk(model, quantile=0.1)
    with pytest.raises(InputError, match="nothing is painted yet"):
        widget.dissect()
    masks = torch.zeros(20, 16, 16, dtype=torch.bool)
    for picture in range(8):
        masks[picture, 2:8, 3:12] = True
        widget.draw(picture, masks[picture].numpy())
    assert [each["picture"] for each in widget.paintings] == list(range(8))
    assert widget.paintings[0]["cells"].tolist() == [
        16 * row + column for row in range(2, 8) for column in range(3, 12)
    ]
    found = widget.dissect().wait(60).dissection
    plain = neurons.dissect(
        model, "5", {"hand": (IMAGES[:8], masks[:8])}, quantile=0.1, others=IMAGES[8:]
    ).run()
    assert found is not None
    np.testing.assert_allclose(found.iou, plain.iou)
    shown = widget.dissection
    assert shown is not None
    assert (shown["unit"], shown["pictures"], shown["quantile"]) == (0, 8, 0.1)
    assert floats(shown["iou"]) == pytest.approx(plain.iou[:, 0], abs=1e-6)
    assert shown["estimate"]["value"] == pytest.approx(plain.iou[0, 0])
    assert shown["best"] == plain.best("hand")
    # Another unit is said at once; another painting takes the answer away.
    widget.unit = 3
    assert widget.dissection["unit"] == 3  # type: ignore[index]
    assert widget.dissection["chance"] == pytest.approx(plain.chance[3, 0])  # type: ignore[index]
    widget.draw(2, None)
    assert widget.dissection is None and len(widget.paintings) == 7
    widget.unit = 4
    assert widget.dissection is None  # of masks that are others now


def test_a_page_paints_cells_and_python_a_window(model: Classifier) -> None:
    widget = desk(model)
    widget.comm = comm = FakeComm()
    assert told(comm, widget, "draw", picture=3, cells=[0, 17, 17])["ok"]
    assert widget.paintings[0]["cells"].tolist() == [0, 17]
    answer = told(comm, widget, "draw", picture=3, cells=[256])
    assert not answer["ok"] and "there are 256 cells" in answer["error"]["message"]
    answer = told(comm, widget, "draw", picture=20, cells=[0])
    assert not answer["ok"] and "there are 20 images" in answer["error"]["message"]
    assert told(comm, widget, "draw", picture=3, cells=[])["ok"] and widget.paintings == []
    widget.draw(5, Window(0, 0, 2, 1))
    assert widget.paintings[0]["cells"].tolist() == [0, 16]
    for mask, words in (
        (np.zeros((8, 8), bool), "use bools"),
        (np.zeros((16, 16)), "the mask is float64"),
        (Window(0, 0, 17, 1), "17"),
    ):
        with pytest.raises(InputError, match=words):
            widget.draw(5, mask)
    with pytest.raises(t.TraitError, match=r"quantile is 0; use a number from 0\.001"):
        widget.quantile = 0


def test_of_a_layer_without_places_nothing_is_dissected(model: Classifier) -> None:
    widget = desk(model, "8")
    widget.draw(0, Window(0, 0, 4, 4))
    with pytest.raises(InputError, match="has no feature maps"):
        widget.dissect()


def test_the_watched_picture_is_moved_along_the_concept(model: Classifier) -> None:
    widget = desk(model, generator=Pixels(), judge=model, examples=[0, 1, 2, 3, 4], index=6)
    with pytest.raises(InputError, match="there is no concept yet"):
        widget.move()
    widget.find_concept().wait(60)
    found = widget.move().wait(60).moved
    assert found is not None and widget.moved is not None
    plain = neurons.move_with_controls(
        model,
        IMAGES[6],
        widget.result.concept,
        Pixels(),
        judge=model,  # type: ignore[union-attr, arg-type]
    ).run()
    np.testing.assert_allclose(found.logits, plain.logits, atol=1e-5)
    shown = widget.moved
    assert (shown["index"], shown["target"], shown["label"]) == (6, 0, "a")
    assert floats(shown["logits"]) == pytest.approx(plain.logits[:, 0], abs=1e-4)
    assert np.shape(shown["random_logits"]) == (10, 17)
    assert np.asarray(shown["probabilities"]).sum(1) == pytest.approx(1, abs=1e-5)
    pixels = np.asarray(shown["pictures"]["data"])
    assert np.array_equal(pixels[0], model.picture(plain.moved.path[0]))
    assert shown["judged"] == model.label(int(plain.logits[-1].argmax()))
    assert shown["is_beyond"] == plain.verdict.startswith("beyond")
    # Another concept takes it away.
    widget.examples = [5, 6, 7, 8]
    widget.find_concept().wait(60)
    assert widget.moved is None
    plain_desk = desk(model)
    with pytest.raises(InputError, match="there is no generator"):
        plain_desk.move()


def test_conductances_are_shown_by_class_with_the_chosen_as_one_more(model: Classifier) -> None:
    widget = desk(model, unit=4)
    widget.find_profile().wait(60)
    plain = neurons.profile(model, "5", IMAGES).run()
    shown = widget.profile
    assert shown is not None
    assert (shown["pictures"], shown["chosen"], shown["specific"]) == (20, None, [])
    by_name = {each["name"]: each["estimate"]["value"] for each in shown["classes"]}
    wanted = {model.label(c): e.value for c, e in plain.of(4).items()}
    assert by_name == pytest.approx(wanted, abs=1e-5)
    assert sum(each["count"] for each in shown["classes"]) == 20
    widget.selection = [3, 9, 2]
    widget.find_profile().wait(60)
    best = plain.specific([2, 3, 9])
    assert [each["unit"] for each in widget.profile["specific"]] == [each.unit for each in best]  # type: ignore[index]
    assert widget.profile["chosen"]["count"] == 3  # type: ignore[index]
    widget.unit = 5
    assert widget.profile["unit"] == 5  # type: ignore[index]
    widget.layer = "8"
    # Outputs are set one after the other, on another thread.
    until(lambda: widget.units["layer"] == "8" and widget.profile is None)  # type: ignore[index]
    at_once = desk(model, profiled=True, selection=[1])
    until(lambda: at_once.profile is not None)
    assert at_once.profile["chosen"]["count"] == 1  # type: ignore[index]
