"""An error detector beside the scores of others."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from tests.reliability.test_detector import TRIVIAL, noisy
from xaiwidgets import zoo
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import (
    LARGEST,
    ErrorDetector,
    conformal,
    other_scores,
    temperature,
)


@pytest.fixture(scope="module")
def work() -> dict[str, Any]:
    model, (images, labels) = zoo.digits(), noisy("train", 0)
    training, validation = (images[:300], labels[:300]), (images[300:600], labels[300:600])
    detector = ErrorDetector(model, "conv2").fit(training, validation).run()
    return {
        "model": model,
        "validation": validation,
        "test": noisy("test", 1),
        "detector": detector,
    }


@pytest.mark.slow
def test_scores_of_others_are_rows_of_the_table(work: dict[str, Any]) -> None:
    detector, model, (images, labels) = work["detector"], work["model"], work["test"]
    logits = model.logits(images)
    wrong = logits.argmax(1).numpy() != labels
    energy = -logits.double().logsumexp(1).numpy()
    sizes: list[int] = []

    def by_callable(batch: Tensor) -> Tensor:
        sizes.append(len(batch))
        assert not torch.is_grad_enabled()
        return -model.net(batch).logsumexp(1)

    others = {"energy": energy, "energy again": by_callable}
    table = detector.compare(images, labels, others).run()
    assert {row.name for row in table.rows} == {"conductance", *TRIVIAL, *others}
    assert table["energy"].auroc.value == pytest.approx(roc_auc_score(wrong, energy))
    assert table["energy again"].auroc.value == pytest.approx(table["energy"].auroc.value)
    assert max(sizes) <= 64 and sum(sizes) == len(images)
    own = table[detector.name]
    assert own.auroc.value == pytest.approx(detector.roc(images, labels).area)
    lead = roc_auc_score(wrong, energy) - table[LARGEST].auroc.value
    assert table["energy"].auroc_lead.value == pytest.approx(lead)
    assert table["energy"].auroc_lead.low < lead < table["energy"].auroc_lead.high
    roc = detector.roc(images, labels, {"energy": energy})
    assert roc.beside["energy"].area == pytest.approx(table["energy"].auroc.value)
    risk = detector.risk_coverage(images, labels, {"energy": energy})
    assert risk.name == detector.name
    assert risk.beside["energy"].area.value == pytest.approx(table["energy"].aurc.value)
    assert risk.area.value == pytest.approx(own.aurc.value)


@pytest.mark.slow
def test_scores_of_a_callable_are_reported_and_those_given_are_not(work: dict[str, Any]) -> None:
    model, (images, _) = work["model"], work["test"]
    others = {"given": [0.0] * len(images), "light": lambda batch: batch.mean((1, 2, 3))}
    reports = list(other_scores(model, images, others))
    done = [report.done for report in reports]
    assert done == sorted(set(done)) and len(done) > 1
    assert done[-1] == len(images)
    assert {(report.total, report.note) for report in reports} == {(len(images), "light")}


def test_a_temperature_and_set_sizes_are_others(work: dict[str, Any]) -> None:
    detector, model, (images, labels) = work["detector"], work["model"], work["test"]
    sets = conformal(model, work["validation"]).run()
    warm = temperature(model, work["validation"]).run()
    table = detector.compare(images, labels, {"set size": sets, "temperature": warm}).run()
    assert table["set size"].auroc.value > 0.6
    assert table["temperature"].auroc.value == pytest.approx(table[LARGEST].auroc.value, abs=0.05)


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ([1, 2], "others is a list; give a mapping"),
        ({1: [0.0]}, "others is a dict; give a mapping"),
        ({"entropy": lambda x: x}, "others has 'entropy', which the detector has itself"),
        ({"short": [0.0, 1.0]}, r"short: scores are \(2,\)"),
    ],
)
def test_others_that_are_none_are_refused_at_once(
    work: dict[str, Any], others: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        work["detector"].compare(*work["test"], others)


def test_a_callable_has_to_give_a_score_for_each(work: dict[str, Any]) -> None:
    work_of_it = work["detector"].compare(*work["test"], {"odd": lambda x: x.flatten(1)})
    with pytest.raises(InputError, match="odd: scores are"):
        work_of_it.run()
