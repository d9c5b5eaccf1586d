"""Detectors set up by hand in the ErrorDetectorPanel: fitted, compared, refused, stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import traitlets as t

from tests.widgets.hands import FakeComm, told, until
from tests.widgets.test_detector import SHOWN, column, noisy
from xaiwidgets import reliability, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import LARGEST, ErrorDetector, auroc_difference
from xaiwidgets.steps import run
from xaiwidgets.widgets.detector import ErrorDetectorPanel

pytestmark = pytest.mark.slow
MADE: list[ErrorDetectorPanel] = []
FEW = {"new_operator": "GF", "new_rate": 0.02, "new_count": 4, "new_layer": "conv1"}
ROW = "conv1, 4 × GF 2 %, network"


def split() -> dict[str, Any]:
    images, labels = noisy(0)
    return {
        "training": (images[:150], labels[:150]),
        "validation": (images[150:300], labels[150:300]),
    }


@pytest.fixture(scope="module")
def detector() -> ErrorDetector:
    return run(ErrorDetector(zoo.digits(), "conv2").fit(**split()))


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().close()


def panel(detector: ErrorDetector, **settings: Any) -> ErrorDetectorPanel:
    images, labels = noisy(1)
    made = ErrorDetectorPanel(detector, images[:SHOWN], labels[:SHOWN], **{**split(), **settings})
    MADE.append(made)
    made.run().wait(60)
    return made


def fit(widget: ErrorDetectorPanel) -> FakeComm:
    widget.comm = comm = FakeComm()
    answer = told(comm, widget, "fit")
    assert answer["ok"], answer
    assert widget.fit["running"]
    until(lambda: not widget.fit["running"], 60)
    assert widget.error is None, widget.error
    return comm


@pytest.fixture(scope="module")
def fitted(detector: ErrorDetector) -> tuple[ErrorDetectorPanel, list[str], FakeComm]:
    """Return a panel with one more detector, what it had before, and a stand-in for its page."""
    widget = panel(detector, **FEW)
    MADE.remove(widget)
    before = list(widget.detectors)
    return widget, before, fit(widget)


def test_a_detector_set_up_by_hand_is_that_of_plain_python(
    detector: ErrorDetector, fitted: tuple[ErrorDetectorPanel, list[str], FakeComm]
) -> None:
    widget, before, comm = fitted
    assert list(widget.detectors)[: len(before) - 2] == before[:-2], "the old one stays"
    shown = widget.detectors[ROW]
    model, parts = detector.model, split()
    voters = run(reliability.mutants(model, parts["validation"], operator="GF", rate=0.02, count=4))
    own = run(ErrorDetector(model, "conv1", voters).fit(**parts))
    images = noisy(1)[0]
    scores = own.score(images[:SHOWN])
    assert np.allclose(column(shown["values"]), scores, rtol=1e-5)
    assert shown["validation_auroc"] == pytest.approx(own.validation.area)
    wrong = column(widget.wrong, np.uint8).astype(bool)
    result = widget.result
    assert result is not None
    expected = auroc_difference(scores, result.scores[LARGEST], wrong)
    assert (shown["lead"], shown["lead_error"]) == pytest.approx(tuple(expected))
    assert shown["kind"] == "new" and not shown["trivial"]
    notes = {progress["note"] for progress in comm.updates("fit")}
    assert {"drawing mutants", "training images", "scoring the images"} <= notes


def test_the_votes_of_its_copies_are_shown_while_they_come_in(
    detector: ErrorDetector, fitted: tuple[ErrorDetectorPanel, list[str], FakeComm]
) -> None:
    widget, _, comm = fitted
    model, (images, labels) = detector.model, split()["validation"]
    voters = run(reliability.mutants(model, (images, labels), operator="GF", rate=0.02, count=4))
    voted = run(reliability.votes(model, voters, images))
    curve = reliability.vote_curve(voted, voted.predicted != labels)
    assert curve is not None
    ((name, shown),) = widget.votings.items()
    assert name == ROW and shown["pictures"] == len(images)
    assert column(shown["counts"], np.int32).tolist() == [1, 2, 3, 4]
    assert np.allclose(column(shown["aurocs"]), curve.areas, atol=1e-6)
    assert (shown["right"], shown["wrong_spread"]) == pytest.approx(
        (curve.right[0], curve.wrong[1])
    )
    pictures = [v[ROW]["pictures"] for v in comm.updates("votings") if ROW in v]
    assert pictures == sorted(pictures) and pictures[-1] == len(images)


def test_what_a_threshold_does_on_validation_is_told(detector: ErrorDetector) -> None:
    widget = panel(detector)
    fitted = detector.fitted
    for name, values in fitted.scores.items():
        shown = widget.detectors[name]["validation"]
        scores = column(shown["scores"])
        assert (
            shown["count"] == len(values)
            and len(column(shown["rejected"], np.int32)) == len(scores) + 1
        )
        for place in (0, 1, len(scores) // 2, len(scores)):
            rejected = values >= (np.inf if place == 0 else np.unique(values)[-place])
            assert column(shown["rejected"], np.int32)[place] == rejected.sum()
            missed = (fitted.wrong & ~rejected).sum()
            assert column(shown["missed"], np.int32)[place] == missed


def test_the_dial_starts_where_the_validation_says(
    detector: ErrorDetector, fitted: tuple[ErrorDetectorPanel, list[str], FakeComm]
) -> None:
    widget, _, _ = fitted
    widget.method = ROW
    assert widget.rule == "balanced"
    names: dict[str, Any] = {
        "detector": detector, "images": noisy(1)[0][:SHOWN], **split()
    }  # fmt: skip
    exec(widget.code, names)
    assert widget.threshold == pytest.approx(names["new"].threshold())
    shown = column(widget.detectors[ROW]["values"]) >= widget.threshold
    assert np.array_equal(names["rejected"], shown)
    widget.rule = "wrong_recall"
    assert widget.threshold == pytest.approx(names["new"].threshold(wrong_recall=0.9))
    widget.picked = 3
    assert widget.detail is not None and ROW in widget.detail["scores"]
    widget.run().wait(60)
    assert ROW in widget.detectors and widget.method == ROW, "scored anew, it stays"


def test_how_right_copies_are_and_how_many_steps_are_taken_is_set_too(
    detector: ErrorDetector,
) -> None:
    widget = panel(detector, **FEW, new_keep=0.5, new_steps=3)
    fit(widget)
    row = "conv1, 4 × GF 2 %, 50 % as right, 3 steps, network"
    assert row in widget.detectors
    made = widget._fits.detectors[row]
    assert made.steps == 3 and made.mutants is not None and made.mutants.keep == 0.5
    widget.method = row
    assert "keep=0.5" in widget.code and "steps=3" in widget.code
    with pytest.raises(t.TraitError, match="new_keep is 0"):
        widget.new_keep = 0


@pytest.mark.parametrize("kind", ["noise", "pgd"])
def test_detectors_are_tested_on_images_made_harder(detector: ErrorDetector, kind: str) -> None:
    widget = panel(detector, **FEW)
    fit(widget)
    given = column(widget.detectors[ROW]["values"])
    small = column(widget.thumbnails["data"], np.uint8)  # type: ignore[index]
    widget.test_strength = 5
    assert widget.status["state"] != "running", "no strength of nothing"
    widget.method = ROW
    widget.test_set = kind
    widget.run().wait(60)
    assert widget.error is None and widget.method == ROW
    images, labels = noisy(1)[0][:SHOWN], noisy(1)[1][:SHOWN]
    model = detector.model
    harder = run(
        reliability.attacked(model, images, labels, "pgd", 0.16)
        if kind == "pgd"
        else reliability.corrupted(model, images, labels, "noise", 5)
    )
    result = widget.result
    assert result is not None and np.array_equal(result.wrong, harder.wrong)
    assert np.allclose(result.scores[detector.name], detector.score(harder.images), rtol=1e-5)
    before = model.logits(model.batch(images)).argmax(1).numpy() != labels
    assert result.wrong.mean() > before.mean()
    shown = column(widget.detectors[ROW]["values"])
    assert not np.allclose(shown, given)
    assert not np.array_equal(column(widget.thumbnails["data"], np.uint8), small)  # type: ignore[index]
    # What is shown is what its Python says, and opens what was tested.
    widget.rule = "by_hand"
    names: dict[str, Any] = {"detector": detector, "images": images, "labels": labels}
    names |= split()
    exec(widget.code, names)
    assert np.array_equal(names["rejected"], shown >= widget.threshold)
    widget.picked = 3
    assert np.array_equal(widget.open_explorer()._session.pictures["x"].tensor, harder.images[3])
    widget.test_set = "given"
    widget.run().wait(60)
    assert np.allclose(column(widget.detectors[ROW]["values"]), given)


def test_scores_that_are_numbers_are_of_the_images_as_given(detector: ErrorDetector) -> None:
    widget = panel(detector, others={"mine": np.arange(float(SHOWN))})
    with pytest.raises(t.TraitError, match=r"test_set is 'blur'.*others\['mine'\]"):
        widget.test_set = "blur"
    assert widget.test_set == "given" and widget.error is None


def test_profiles_come_from_the_validation_images(detector: ErrorDetector) -> None:
    widget = panel(detector)
    widget.picked = 3
    pattern = widget.detail["pattern"]  # type: ignore[index]
    expected = run(reliability.profiles(detector.model, "conv2", *split()["validation"]))
    predicted = widget.result.predicted[3]  # type: ignore[union-attr]
    assert np.allclose(column(pattern["profile"]), expected.right[predicted], rtol=1e-5)
    own = panel(detector, training=None, validation=None)
    own.picked = 3
    found = column(own.detail["pattern"]["profile"])  # type: ignore[index]
    assert not np.allclose(found, expected.right[predicted])


def test_without_mutants_conductance_stands_alone(detector: ErrorDetector) -> None:
    widget = panel(detector, new_layer="conv2", new_operator="none")
    fit(widget)
    own = column(widget.detectors[detector.name]["values"])
    assert np.allclose(column(widget.detectors["conv2"]["values"]), own, rtol=1e-5)
    widget.method = "conv2"
    assert "mutants" not in widget.code and "new.fit(training, validation)" in widget.code
    widget.new_trivial = True
    fit(widget)
    assert "conv2, free scores, network" in widget.detectors and "conv2" in widget.detectors


def test_a_fit_that_is_stopped_leaves_what_there_was(detector: ErrorDetector) -> None:
    widget = panel(detector, **{**FEW, "new_count": 10_000, "new_rate": 0.01})
    before, threshold = set(widget.detectors), widget.threshold
    widget.comm = comm = FakeComm()
    assert told(comm, widget, "fit")["ok"]
    until(lambda: widget.fit["done"] > 0, 60)
    assert told(comm, widget, "stop_fit")["ok"]
    until(lambda: not widget.fit["running"], 60)
    assert widget.fit["possible"] and widget.error is None
    assert (set(widget.detectors), widget.threshold) == (before, threshold)


def test_without_pictures_to_learn_from_it_says_what_to_pass(detector: ErrorDetector) -> None:
    widget = panel(detector, training=None, validation=None)
    widget.comm = comm = FakeComm()
    assert not widget.fit["possible"]
    answer = told(comm, widget, "fit")
    assert "training=(images, labels), validation=(images, labels)" in answer["error"]["message"]


def test_a_failure_is_said_and_the_old_stays(detector: ErrorDetector) -> None:
    widget = panel(detector, **{**FEW, "new_rate": 1.0})
    before = set(widget.detectors)
    widget.comm = comm = FakeComm()
    told(comm, widget, "fit")
    until(lambda: not widget.fit["running"], 60)
    assert widget.error is not None and "rate" in widget.error["message"]
    assert set(widget.detectors) == before


def test_pictures_that_overlap_or_lack_a_half_are_refused(detector: ErrorDetector) -> None:
    parts = split()
    images, labels = noisy(0)
    late = images[140:300], labels[140:300]
    with pytest.raises(InputError, match="10 of the 160 validation images are among"):
        panel(detector, training=parts["training"], validation=late)
    with pytest.raises(InputError, match="5 of the 10 images are among those of validation"):
        ErrorDetectorPanel(detector, images[295:305], labels[295:305], **parts)
    with pytest.raises(InputError, match="validation is missing"):
        panel(detector, validation=None)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("new_layer", "conv9", "new_layer is 'conv9'; use one of conv1"),
        ("new_operator", "XX", "new_operator is 'XX'"),
        ("new_rate", 0.0, "new_rate is 0.0"),
        ("new_count", 0, "new_count is 0"),
        ("new_combine", "vote", "new_combine is 'vote'"),
    ],
)
def test_settings_that_cannot_be_are_named(
    detector: ErrorDetector, name: str, value: Any, words: str
) -> None:
    widget = panel(detector)
    before = getattr(widget, name)
    with pytest.raises(t.TraitError, match=words):
        setattr(widget, name, value)
    assert getattr(widget, name) == before
