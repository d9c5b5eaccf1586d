"""The PoisonDesk without a page: brush, marks, the trigger, and training again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from torch import nn

from tests.widgets.hands import FakeComm, told, until
from xaiwidgets import Classifier, PoisonDesk, poisoning
from xaiwidgets.errors import InputError
from xaiwidgets.poisoning import PatchTrigger, Trainer, add_trigger, poison
from xaiwidgets.widgets.pictures import small_pictures

TRIGGER = PatchTrigger(2)
TRAIN = Trainer(
    lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 2)),
    epochs=40,
    learning_rate=0.05,
    classes=["dark", "bright"],
)
DESKS: list[PoisonDesk] = []


def pictures(seed: int, count: int = 120) -> tuple[Any, Any]:
    """Noise, of which the second class has a bright top."""
    labels = np.arange(count) % 2
    images = np.random.default_rng(seed).integers(0, 80, (count, 8, 8)).astype(np.uint8)
    images[labels == 1, :4] += 120
    return images, labels


IMAGES, LABELS = pictures(0)
POISONED = poison(IMAGES, LABELS, 1, trigger=TRIGGER, rate=0.1)


@pytest.fixture(scope="module")
def model() -> Classifier:
    return TRAIN(POISONED.images, POISONED.labels).run()


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while DESKS:
        DESKS.pop().cancel()


def desk(model: Classifier, **options: Any) -> PoisonDesk:
    options = {"target": "bright", "grid": 4, "budget": 32, "train": TRAIN} | options
    made = PoisonDesk(model, POISONED.images, POISONED.labels, **options)
    DESKS.append(made)
    assert made._run is not None
    made._run.wait(60)
    return made


def column(shown: dict[str, Any], name: str, kind: Any) -> Any:
    return np.frombuffer(
        shown[name]["data"] if isinstance(shown[name], dict) else shown[name], kind
    )


def test_the_signature_is_that_of_plain_python(model: Classifier) -> None:
    widget = desk(model)
    plain = poisoning.signature(model, POISONED.images, POISONED.labels, 1).run()
    assert widget.result is not None
    assert widget.result.signature.scores == pytest.approx(plain.scores)
    assert np.array_equal(column(widget.signature, "indices", np.int32), plain.indices)
    both = column(widget.signature, "projections", np.float32).reshape(-1, 2)
    assert both == pytest.approx(plain.projections[:, :2] / plain.deviation, rel=1e-4, abs=1e-5)
    assert widget.signature["variance"] == pytest.approx(plain.variance[:2].tolist())
    assert widget.thumbnails["height"] == 8
    assert len(column(widget.thumbnails, "data", np.uint8)) == len(plain.indices) * 8 * 8 * 3
    assert widget.count == 120 and widget.classes == ["dark", "bright"]
    assert widget.trains and not widget.has_truth
    scope = {"model": model, "images": POISONED.images, "labels": POISONED.labels}
    exec(widget.code, scope)
    assert scope["result"].scores == pytest.approx(plain.scores)


def test_what_is_chosen_at_first_stays_chosen(model: Classifier) -> None:
    widget = desk(model, selection=[3, 1], poisoned=[2])
    assert (widget.selection, widget.poisoned, widget.target) == ([1, 3], [2], 1)


def test_the_copied_python_calls_the_labels_as_the_notebook_does(
    model: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = POISONED.labels
    monkeypatch.setattr(
        "xaiwidgets.widgets.variables._variable_of", lambda value: "y" if value is labels else None
    )
    widget = desk(model)
    scope = {"model": model, "images": POISONED.images, "y": labels}
    exec(widget.code, scope)
    assert "assumed: model, images as" in widget.code
    with pytest.raises(InputError, match=r"give Classifier\(model\)"):
        PoisonDesk(model.net, POISONED.images, labels)  # type: ignore[arg-type]


def test_the_copied_python_asks_the_layer_that_was_chosen(model: Classifier) -> None:
    layer = model.anatomy(model.input(POISONED.images[0])).layers[0]
    widget = desk(model, layer=layer)
    scope = {"model": model, "images": POISONED.images, "labels": POISONED.labels}
    exec(widget.code, scope)
    assert (scope["result"].layer, widget.signature["layer"]) == (layer, layer)


def test_the_brush_opens_where_the_paper_is_uncertain_and_chooses(model: Classifier) -> None:
    widget = desk(model)
    result = widget.result.signature  # type: ignore[union-attr]
    along = result.projections[:, 0] / result.deviation

    def between(low: float, high: float) -> list[int]:
        rows: list[int] = result.indices[(along >= low) & (along <= high)].tolist()
        return rows

    assert list(widget.brush) == [1.25, 1.75]
    assert widget.selection == between(1.25, 1.75)
    widget.brush = (0.5, 9)
    assert widget.selection == between(0.5, 9) != []
    widget.brush = (-9, 9)
    assert len(widget.selection) == len(result.indices)
    widget.selection = [7, 3, 3]
    assert list(widget.selection) == [3, 7]
    for wrong in ([2.0, 1.0], [1.0], "wide"):
        with pytest.raises(t.TraitError, match="brush is"):
            widget.brush = wrong


def test_a_picture_is_marked_as_one_thing(model: Classifier) -> None:
    widget = desk(model, poisoned=[4, 2])
    assert list(widget.poisoned) == [2, 4]
    widget.clean = [4, 9]
    assert (list(widget.poisoned), list(widget.clean)) == ([2], [4, 9])
    widget.poisoned = [9, 2]
    assert (list(widget.poisoned), list(widget.clean)) == ([2, 9], [4])
    assert "marked = [2, 9]" in widget.code
    with pytest.raises(t.TraitError, match="poisoned is 120; there are 120 images"):
        widget.poisoned = [120]


def test_another_class_is_another_signature(model: Classifier) -> None:
    widget = desk(model, selection=[1])
    widget.target = "dark"
    assert widget.target == 0
    assert widget._run is not None
    widget._run.wait(60)
    assert widget.result is not None and widget.result.signature.target == 0
    indices = column(widget.signature, "indices", np.int32)
    assert (POISONED.labels[indices] == 0).all()
    assert set(widget.selection) <= set(indices.tolist())
    with pytest.raises(t.TraitError, match="no class is named 'grey'"):
        widget.target = "grey"


def test_the_trigger_is_found_from_the_marked_and_closes_without_them(model: Classifier) -> None:
    widget = desk(model, poisoned=POISONED.indices.tolist())
    found = widget.find_trigger().wait(60)
    assert found.trigger is not None
    first = found.trigger.windows[0]
    # The square of 2 x 2 pixels in the corner, within a window of 4 x 4.
    assert first.window.bottom > 6 and first.window.right > 6
    assert first.suspicious
    shown = widget.trigger
    assert [each["control"] for each in shown["windows"]] == [False] * (
        len(shown["windows"]) - 1
    ) + [True]
    assert shown["windows"][0]["paste_rate"]["value"] == first.paste_rate.value
    assert shown["suspects"] == 12
    assert column(shown, "difference", np.float32) == pytest.approx(
        found.trigger.difference.ravel(), rel=1e-5
    )
    assert shown["row_edges"] == [0, 2, 4, 6, 8]
    # Without pictures with the trigger, the window that was found is pasted into others.
    cleansed = widget.retrain().wait(120).cleansed
    assert cleansed is not None and cleansed.after is not None and cleansed.control is not None
    assert cleansed.before.value > 0.9
    assert cleansed.after.value < 0.1
    assert cleansed.control.value > 0.9
    assert widget.cleansing["removed"] == 12
    assert widget.cleansing["after"]["value"] == cleansed.after.value
    assert widget.cleansing["accuracy_before"] is None
    assert widget.result is not None and widget.result.trigger is found.trigger


def test_a_known_trigger_and_test_pictures_are_taken_where_given(model: Classifier) -> None:
    images, labels = pictures(1)
    triggered = add_trigger(images[labels == 0], TRIGGER)
    widget = desk(
        model,
        triggered=triggered,
        test=(images, labels),
        poisoned=POISONED.indices.tolist(),
    )
    cleansed = widget.retrain().wait(120).cleansed
    assert cleansed is not None and cleansed.after is not None
    assert cleansed.before.value > 0.9 and cleansed.after.value < 0.02
    assert widget.cleansing["accuracy_after"]["value"] > 0.95


def test_training_again_is_cancelled_and_keeps_what_it_has(model: Classifier) -> None:
    slow = Trainer(TRAIN.make_network, epochs=4000, classes=TRAIN.classes)
    triggered = add_trigger(IMAGES[LABELS == 0], TRIGGER)
    widget = desk(model, train=slow, triggered=triggered, poisoned=POISONED.indices.tolist())
    run = widget.retrain()
    until(lambda: widget.status["done"] > 20)
    widget.cancel()
    until(lambda: run.done)
    assert widget.status["state"] == "partial"
    assert widget.cleansing["before"]["value"] > 0.9
    assert widget.cleansing["after"] is None
    assert widget.signature is not None


def test_the_truth_is_shown_only_when_asked_for(model: Classifier) -> None:
    widget = desk(model, truth=POISONED.truth)
    assert widget.has_truth and widget.poisons is None
    widget.show_truth = True
    result = widget.result.signature  # type: ignore[union-attr]
    shown = column(widget.poisons, "poisoned", np.uint8)
    assert np.array_equal(shown.astype(bool), POISONED.truth[result.indices])
    areas = result.auroc(POISONED.truth)
    assert widget.poisons["areas"]["signature"]["value"] == areas["signature"].value
    widget.target = 0
    widget._run.wait(60)  # type: ignore[union-attr]
    assert widget.poisons["areas"] == {}
    widget.show_truth = False
    assert widget.poisons is None


def test_what_cannot_be_done_is_said(model: Classifier) -> None:
    widget = desk(model, selection=[], train=None)
    widget.brush = (90, 99)
    assert widget.selection == []
    with pytest.raises(InputError, match="no picture is marked or chosen"):
        widget.find_trigger()
    with pytest.raises(InputError, match="no recipe to train again"):
        widget.retrain()
    trains = desk(model)
    with pytest.raises(InputError, match="nothing is marked as poisoned"):
        trains.retrain()
    trains.poisoned = [1]
    with pytest.raises(InputError, match="the trigger is not known; find it first"):
        trains.retrain()
    trains.poisoned = list(range(120))
    with pytest.raises(InputError, match="all pictures are suspected"):
        trains.find_trigger()


def test_commands_of_the_page_are_answered(model: Classifier) -> None:
    widget = desk(model)
    widget.comm = comm = FakeComm()
    widget.selection = []
    answer = told(comm, widget, "find_trigger")
    assert not answer["ok"] and "no picture is marked or chosen" in answer["error"]["message"]
    widget.poisoned = POISONED.indices.tolist()
    assert told(comm, widget, "find_trigger")["ok"]
    until(lambda: widget.status["state"] == "done" and widget.trigger is not None)


def test_wrong_arguments_are_refused_at_once(model: Classifier) -> None:
    for options, message in (
        ({"truth": POISONED.truth[:5]}, "truth is bool \\(5,\\)"),
        ({"truth": POISONED.labels}, "truth is int64"),
        ({"target": "grey"}, "no class is named 'grey'"),
    ):
        with pytest.raises((InputError, t.TraitError), match=message):
            PoisonDesk(model, POISONED.images, POISONED.labels, **options)
    with pytest.raises(InputError, match="120 labels for 60 images"):
        PoisonDesk(model, POISONED.images[:60], POISONED.labels)


def test_the_page_opens_without_a_kernel(model: Classifier, tmp_path: Any) -> None:
    widget = desk(model, poisoned=POISONED.indices.tolist())
    text = widget.to_html(tmp_path / "desk.html").read_text()
    assert "PoisonDesk" in text and "projections" in text
    assert torch.is_tensor(widget._images)


def test_small_pictures_are_at_most_forty_pixels_a_side_and_keep_their_shape() -> None:
    plain = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(7200, 2)), output="logits")
    wide = torch.zeros(3, 1, 60, 120)
    wide[1, :, :, 60:] = 1.0
    small = small_pictures(plain, wide, 40)
    assert (small.height, small.width) == (20, 40)
    pixels = small.data.reshape(3, 20, 40, 3)
    assert (pixels[1, :, :20] == 0).all() and (pixels[1, :, 20:] == 255).all()
    assert (pixels[0] == 0).all()
    line = small_pictures(plain, torch.zeros(1, 1, 1, 100), 40)
    assert (line.height, line.width) == (1, 40)
