"""The ErrorDetectorPanel without a page: the dial and its rules, details, other widgets."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from PIL import Image
from sklearn.metrics import roc_auc_score

from tests.widgets.hands import FakeComm, told, until
from xaiwidgets import ContrastExplorer, Explorer, datasets, reliability, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import LARGEST, ErrorDetector, auroc_difference
from xaiwidgets.steps import run
from xaiwidgets.widgets.detector import ErrorDetectorPanel
from xaiwidgets.widgets.detector._result import examine

MADE: list[ErrorDetectorPanel] = []
Data = tuple[Any, Any]
SHOWN = 100
"""Pictures in a panel: the work of nearly every test grows with them."""


def noisy(seed: int) -> Data:
    """Digits under so much noise that some are mistaken."""
    data = datasets.digits("train")
    noise = np.random.default_rng(seed).integers(0, 200, data.images.shape)
    return ((data.images + noise) // 2).astype(np.uint8), data.labels


@pytest.fixture(scope="module")
def detector() -> ErrorDetector:
    model, (images, labels) = zoo.digits(), noisy(0)
    clean = datasets.digits("train")
    few = clean.images[:300], clean.labels[:300]
    mutants = run(reliability.mutants(model, few, rate=0.02, count=6))
    made = ErrorDetector(model, "conv2", mutants)
    return run(made.fit((images[:300], labels[:300]), (images[300:500], labels[300:500])))


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().cancel()


def panel(detector: ErrorDetector, **traits: Any) -> ErrorDetectorPanel:
    images, labels = noisy(1)
    made = ErrorDetectorPanel(detector, images[:SHOWN], labels[:SHOWN], **traits)
    MADE.append(made)
    made.run().wait(60)
    return made


def file_of(pixels: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


@pytest.mark.slow
def test_a_file_is_scored_beside_the_others(detector: ErrorDetector) -> None:
    widget = panel(detector)
    widget.comm = comm = FakeComm()
    pixels = noisy(2)[0][5]
    answer = told(comm, widget, "add", name="mine.png", buffers=[file_of(pixels)])
    assert (answer["ok"], answer["name"]) == (True, "mine"), answer
    until(lambda: widget.upload is not None)
    assert widget.upload["name"] == "mine"
    wanted = run(detector.examine(pixels[None])).scores
    assert widget.upload["scores"] == pytest.approx({n: v[0] for n, v in wanted.items()}, rel=1e-5)
    probabilities = zoo.digits().logits(detector.model.batch(pixels[None], detector.shape))[0]
    assert widget.upload["top"][0]["index"] == int(probabilities.argmax())
    assert widget.status["state"] == "done" and widget.picked is None
    answer = told(comm, widget, "add", name="notes.jpg", buffers=[b"dear diary"])
    assert "notes.jpg is no picture" in answer["error"]["message"]
    with pytest.raises(InputError, match=r"flat becomes an input of \(1, 4, 8\), not \(1, 8, 8\)"):
        widget.score_picture("flat", torch.zeros(1, 4, 8))
    assert widget.upload["name"] == "mine"


def column(value: bytes, kind: Any = np.float32) -> Any:
    return np.frombuffer(value, kind)


def test_scores_areas_and_errors_are_those_of_plain_python(detector: ErrorDetector) -> None:
    widget = panel(detector)
    images, labels = noisy(1)
    predicted = detector.model.logits(detector.model.batch(images[:SHOWN])).argmax(1).numpy()
    wrong = predicted != labels[:SHOWN]
    assert np.array_equal(column(widget.wrong, np.uint8), wrong)
    assert np.array_equal(column(widget.predicted, np.int32), predicted)
    assert np.array_equal(column(widget.labels, np.int32), labels[:SHOWN])
    own = widget.detectors[detector.name]
    assert np.allclose(column(own["values"]), detector.score(images[:SHOWN]), rtol=1e-5)
    for shown in widget.detectors.values():
        assert shown["auroc"] == pytest.approx(roc_auc_score(wrong, column(shown["values"])))
    trivial = [name for name, shown in widget.detectors.items() if shown["trivial"]]
    assert trivial == ["1 - largest probability", "entropy"]
    assert next(iter(widget.detectors)) == detector.name


def test_the_lead_on_the_free_score_is_that_of_paired_predictions(detector: ErrorDetector) -> None:
    widget = panel(detector)
    result = widget.run().wait(60)
    for name, shown in widget.detectors.items():
        expected = auroc_difference(result.scores[name], result.scores[LARGEST], result.wrong)
        assert (shown["lead"], shown["lead_error"]) == pytest.approx(tuple(expected))
    assert widget.detectors[LARGEST]["lead"] == widget.detectors[LARGEST]["lead_error"] == 0


def test_the_copied_python_rejects_what_the_dial_rejects(detector: ErrorDetector) -> None:
    widget = panel(detector)
    images = noisy(1)[0][:SHOWN]
    for method in (detector.name, "entropy"):
        widget.method = method
        names: dict[str, Any] = {"detector": detector, "images": images}
        exec(widget.code, names)
        shown = column(widget.detectors[method]["values"]) >= widget.threshold
        assert np.array_equal(names["rejected"], shown)


def test_rules_set_the_threshold_on_the_validation_images(detector: ErrorDetector) -> None:
    widget = panel(detector)
    assert widget.threshold == detector.threshold()
    widget.rule = "wrong_recall"
    assert widget.threshold == detector.threshold(wrong_recall=0.9)
    widget.recall = 0.7
    assert widget.threshold == detector.threshold(wrong_recall=0.7)
    widget.rule = "correct_recall"
    assert widget.threshold == detector.threshold(correct_recall=0.7)
    widget.method = "entropy"
    wanted = detector.validation.beside["entropy"].threshold(correct_recall=0.7)
    assert widget.threshold == wanted


def test_a_threshold_by_hand_is_kept_for_each_method(detector: ErrorDetector) -> None:
    widget = panel(detector)
    widget.threshold = 0.123
    assert widget.rule == "by_hand"
    widget.method = "entropy"
    assert widget.threshold == detector.validation.beside["entropy"].threshold()
    widget.threshold = 0.5
    widget.method = detector.name
    assert widget.threshold == 0.123
    widget.method = "entropy"
    assert widget.threshold == 0.5


@pytest.mark.parametrize(("check", "miss"), [(1.0, 10.0), (1.0, 2.5), (0.0, 1.0), (5.0, 1.0)])
def test_the_cheapest_threshold_is_cheapest(
    detector: ErrorDetector, check: float, miss: float
) -> None:
    widget = panel(detector, rule="cost", cost_check=check, cost_miss=miss)
    scores = column(widget.detectors[widget.method]["values"]).astype(float)
    wrong = column(widget.wrong, np.uint8).astype(bool)

    def cost(threshold: float) -> float:
        rejected = scores >= threshold
        return float(check * rejected.sum() + miss * (wrong & ~rejected).sum())

    every = [cost(threshold) for threshold in [*np.unique(scores), scores.max() + 1]]
    assert cost(widget.threshold) == pytest.approx(min(every))


def test_a_picked_picture_is_shown_with_pattern_and_votes(detector: ErrorDetector) -> None:
    widget = panel(detector)
    wrong = int(np.flatnonzero(column(widget.wrong, np.uint8))[0])
    widget.picked = wrong
    shown, found = widget.detail, widget.result
    assert shown is not None and found is not None and found.evidence is not None
    assert not shown["right"] and shown["label"] != shown["predicted"]
    assert shown["top"][0]["label"] == shown["predicted"]
    values = column(shown["pattern"]["values"])
    assert np.allclose(values, found.evidence.conductances[wrong])
    low = column(shown["pattern"]["low"])
    for silent in shown["pattern"]["silent"]:
        assert silent in shown["pattern"]["specific"] and values[silent] < low[silent]
    votes = column(shown["votes"]["classes"], np.int16)
    assert len(votes) == shown["votes"]["count"] == shown["votes"]["done"] == 6
    predicted = column(widget.predicted, np.int32)[wrong]
    assert shown["votes"]["changed"] == pytest.approx(float((votes != predicted).mean()))
    scores = column(widget.detectors["entropy"]["values"])
    assert shown["rank"]["entropy"] == pytest.approx(float((scores < scores[wrong]).mean()))
    widget.picked = None
    assert widget.detail is None


def test_the_wall_fills_in_while_mutants_vote(detector: ErrorDetector) -> None:
    images, labels = noisy(1)
    widget = ErrorDetectorPanel(detector, images[:300], labels[:300], picked=250)
    MADE.append(widget)
    comm = FakeComm()
    widget.comm = comm
    widget.run().wait(60)
    asked = [shown["votes"]["done"] for shown in comm.updates("detail") if shown and shown["votes"]]
    assert asked == sorted(asked) and asked[-1] == 6
    assert widget.detail is not None and widget.detail["pattern"] is not None


def test_cancel_loses_no_score(detector: ErrorDetector) -> None:
    widget = panel(detector)
    scores = set(widget.detectors)
    widget.run()
    widget.cancel()
    until(lambda: widget.status["state"] != "running", 20)
    assert set(widget.detectors) == scores
    assert widget.result is not None and widget.result.evidence is not None


def test_a_backup_network_is_asked(detector: ErrorDetector) -> None:
    other = zoo.digits(called="other")
    widget = panel(detector, backup=other)
    assert widget.backup is not None and widget.backup["name"] == "other"
    right = column(widget.backup["right"], np.uint8)
    assert np.array_equal(right, 1 - column(widget.wrong, np.uint8)), "it is the same network"


def test_small_pictures_are_those_of_the_network(detector: ErrorDetector) -> None:
    widget = panel(detector)
    assert widget.thumbnails is not None
    shown = column(widget.thumbnails["data"], np.uint8).reshape(SHOWN, 8, 8, 3)
    assert np.array_equal(shown[5, :, :, 0], noisy(1)[0][5])


def test_one_opens_in_the_explorer_or_is_asked_about(detector: ErrorDetector) -> None:
    widget = panel(detector, generator=zoo.generator("digits"))
    comm = FakeComm()
    widget.comm = comm
    assert "pick one" in told(comm, widget, "open", what="explorer")["error"]["message"]
    widget.picked = int(np.flatnonzero(column(widget.wrong, np.uint8))[0])
    assert told(comm, widget, "open", what="explorer")["ok"]
    until(lambda: isinstance(widget.opened, Explorer), 30)
    with widget._lock:  # which is held until it is sent, too
        reference = comm.updates("opened")[-1]
    assert reference == f"IPY_MODEL_{widget.opened.model_id}"  # type: ignore[union-attr]
    assert told(comm, widget, "open", what="contrast")["ok"]
    until(lambda: isinstance(widget.opened, ContrastExplorer), 30)
    asked = widget.opened
    assert isinstance(asked, ContrastExplorer)
    assert asked.classes[asked.probe] == widget.detail["label"]  # type: ignore[index]
    assert told(comm, widget, "close")["ok"]
    assert widget.opened is None
    assert "explorer" in told(comm, widget, "open", what="magic")["error"]["message"]


def test_without_a_generator_nothing_contrastive_is_offered(detector: ErrorDetector) -> None:
    widget = panel(detector, picked=3)
    assert widget.explorers == {"explorer": True, "contrast": False}
    with pytest.raises(InputError, match="there is no generator"):
        widget.open_contrast()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("method", "luck", "method is 'luck'; use one of network"),
        ("rule", "luck", "rule"),
        ("picked", SHOWN, "picked is 100; there are 100 images"),
        ("selection", [SHOWN], "selection is 100; there are 100 images"),
        ("recall", 1.5, "recall"),
        ("cost_miss", -1.0, "cost_miss"),
        ("part", "lost", "part"),
    ],
)
def test_wrong_values_are_named_and_change_nothing(
    detector: ErrorDetector, name: str, value: Any, words: str
) -> None:
    widget = panel(detector)
    before = getattr(widget, name), widget.threshold
    with pytest.raises(t.TraitError, match=words):
        setattr(widget, name, value)
    assert (getattr(widget, name), widget.threshold) == before


def test_what_does_not_fit_is_said_at_once(detector: ErrorDetector) -> None:
    images, labels = noisy(1)
    fresh = ErrorDetector(detector.model, "conv2")
    with pytest.raises(InputError, match="learnt nothing"):
        ErrorDetectorPanel(fresh, images[:50], labels[:50])
    with pytest.raises(InputError, match="labels"):
        ErrorDetectorPanel(detector, images[:50], labels[:49])
    with pytest.raises(InputError, match="shape"):
        ErrorDetectorPanel(detector, torch.rand(5, 1, 9, 9), labels[:5])
    with pytest.raises(InputError, match="has no colour"):
        ErrorDetectorPanel(detector, images[:50], labels[:50], colour="red")


def test_pictures_that_are_all_right_are_refused(detector: ErrorDetector) -> None:
    clean = datasets.digits("train")
    widget = ErrorDetectorPanel(detector, clean.images[:20], clean.labels[:20])
    MADE.append(widget)
    with pytest.raises(InputError, match="all 20 predictions are right"):
        widget.run().wait(30)
    assert widget.error is not None and "all 20" in widget.error["message"]


def test_a_page_without_a_kernel_has_all_scores(detector: ErrorDetector) -> None:
    widget = panel(detector, picked=0)
    html = widget.html()
    for shown in widget.detectors.values():
        assert base64.b64encode(shown["values"]).decode() in html
    assert widget._repr_mimebundle_()[0]["image/png"].startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_detector_that_is_fitted_again_brings_its_thresholds(detector: ErrorDetector) -> None:
    own = ErrorDetector(detector.model, "conv2")
    images, labels = noisy(0)
    run(own.fit((images[:150], labels[:150]), (images[150:300], labels[150:300])))
    widget = panel(own)
    before = widget.threshold
    images, labels = noisy(2)
    run(own.fit((images[:100], labels[:100]), (images[100:300], labels[100:300])))
    widget.run().wait(60)
    assert widget.threshold == own.threshold() != before
    area = widget.detectors[own.name]["validation_auroc"]
    assert area == pytest.approx(own.validation.area)


def test_a_threshold_set_by_hand_under_the_cheapest_rule_stays(detector: ErrorDetector) -> None:
    widget = panel(detector, rule="cost")
    widget.threshold = 99.0
    assert widget.rule == "by_hand"
    widget.run().wait(60)
    assert widget.threshold == 99.0


def test_what_the_page_opens_is_closed_when_another_is_opened(detector: ErrorDetector) -> None:
    widget = panel(detector, picked=3)
    comm = FakeComm()
    widget.comm = comm
    told(comm, widget, "open", what="explorer")
    until(lambda: widget.opened is not None, 30)
    first = widget.opened
    told(comm, widget, "open", what="explorer")
    until(lambda: widget.opened is not first, 30)
    until(lambda: first is not None and first.comm is None, 30)
    mine = widget.open_explorer()
    told(comm, widget, "close")
    assert mine.comm is not None or widget.opened is None


def test_the_rate_of_changes_is_a_score_while_the_votes_come_in(detector: ErrorDetector) -> None:
    images, labels = noisy(1)
    batch, found = detector.model.batch(images[:SHOWN]), []
    final = run(
        examine(detector, batch, labels[:SHOWN]),
        lambda progress: found.append(progress.preview),
    )
    rates = [p for p in found if p is not None and reliability.LCR in p.scores]
    counts = [int(p.votes.evaluated.sum()) for p in rates]
    assert len(rates) > 1 and counts == sorted(counts)
    last = rates[-1]
    assert np.allclose(last.scores[reliability.LCR], last.votes.rate)
    assert np.allclose(last.scores[reliability.LCR], final.scores[reliability.LCR])
