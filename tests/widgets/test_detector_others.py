"""Scores of others in the ErrorDetectorPanel: rows with paired leads, and a dial without rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import traitlets as t
from sklearn.metrics import roc_auc_score

from xaiwidgets import datasets, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import LARGEST, ErrorDetector, auroc_difference
from xaiwidgets.widgets.detector import ErrorDetectorPanel


def noisy(seed: int) -> tuple[Any, Any]:
    data = datasets.digits("train")
    noise = np.random.default_rng(seed).integers(0, 200, data.images.shape)
    return ((data.images + noise) // 2).astype(np.uint8), data.labels


@pytest.fixture(scope="module")
def detector() -> ErrorDetector:
    images, labels = noisy(0)
    training, validation = (images[:300], labels[:300]), (images[300:500], labels[300:500])
    return ErrorDetector(zoo.digits(), "conv2").fit(training, validation).run()


def panel(detector: ErrorDetector, others: Any) -> ErrorDetectorPanel:
    images, labels = noisy(1)
    widget = ErrorDetectorPanel(detector, images[:200], labels[:200], others=others)
    widget.run().wait(60)
    return widget


def energy(batch: Any) -> Any:
    return -zoo.digits().logits(batch).logsumexp(1)


@pytest.mark.slow
def test_others_are_rows_with_their_paired_lead(detector: ErrorDetector) -> None:
    random = np.random.default_rng(2).random(200)
    widget = panel(detector, {"energy": energy, "coin": random})
    result = widget.result
    assert result is not None
    assert list(widget.detectors) == ["conductance", "energy", "coin", LARGEST, "entropy"]
    row = widget.detectors["coin"]
    assert row["auroc"] == pytest.approx(roc_auc_score(result.wrong, random))
    lead = auroc_difference(random, result.scores[LARGEST], result.wrong)
    assert (row["lead"], row["lead_error"]) == pytest.approx(lead)
    assert row["validation_auroc"] is None and not row["trivial"]
    assert row["name"] == "coin" and "others" in row["doc"]
    widget.cancel()


@pytest.mark.slow
def test_their_dial_is_set_by_cost_or_by_hand(detector: ErrorDetector) -> None:
    widget = panel(detector, {"energy": energy})
    assert widget.rule == "balanced"
    widget.method = "energy"
    assert widget.rule == "cost"
    result = widget.result
    assert result is not None

    def cost(threshold: float) -> float:
        rejected = result.scores["energy"] >= threshold
        return float(rejected.sum() + 10 * (result.wrong & ~rejected).sum())

    assert cost(widget.threshold) == min(cost(each) for each in [*result.scores["energy"], 1e9])
    widget.rule = "balanced"
    assert widget.rule == "cost"
    widget.threshold = -3.0
    assert (widget.rule, widget.threshold) == ("by_hand", -3.0)
    assert "reliability.other_scores(" in widget.code and "['energy']" in widget.code
    widget.method = "conductance"
    widget.rule = "balanced"
    assert widget.rule == "balanced" and "other_scores" not in widget.code
    widget.cancel()


def test_others_that_are_none_are_refused_at_once(detector: ErrorDetector) -> None:
    images, labels = noisy(1)
    for others, message in (
        ([energy], "others is a list"),
        ({"entropy": energy}, "others has 'entropy', which the detector has itself"),
        ({"short": [1.0]}, "short: scores are"),
    ):
        with pytest.raises(InputError, match=message):
            ErrorDetectorPanel(detector, images[:200], labels[:200], others=others)
    widget = panel(detector, {"energy": energy})
    with pytest.raises(t.TraitError, match="method is 'energie'; use one of conductance"):
        widget.method = "energie"
    widget.cancel()
