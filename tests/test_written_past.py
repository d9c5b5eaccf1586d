"""Weights written through `.data`, of which torch tells nothing: jobs look at them anew."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from xaiwidgets import (
    Classifier,
    Window,
    adversarial,
    algebra,
    contrast,
    datasets,
    derivation,
    neurons,
    poisoning,
    reliability,
    surrogate,
    vectors,
    zoo,
)

DIGITS = datasets.digits("test")
X, LABELS = DIGITS.images[:24], DIGITS.labels[:24]
LAYER = "conv1"
ROWS = np.arange(len(X))
MASKS = np.broadcast_to(np.arange(8)[None, :, None] < 4, (6, 8, 8)).copy()


def written(classifier: Classifier) -> Classifier:
    for place, weight in enumerate(classifier.net.parameters()):
        noise = torch.randn(weight.shape, generator=torch.Generator().manual_seed(place))
        weight.data.mul_(0.7).add_(0.02 * noise)
    return classifier


RIVAL = written(zoo.digits())
DIRECTION = neurons.concept(zoo.digits(), LAYER, X[:8], X[8:], 0, X).run()
GENERATOR = zoo.generator("digits")


JOBS: dict[str, Callable[[Any], Any]] = {
    "attack": lambda m: adversarial.attack(m, X[:2], method="pgd", size=0.1).run().images,
    "universal": lambda m: adversarial.universal(m, X[:8], steps=5).run().change,
    "activity": lambda m: neurons.activity(m, LAYER, X).run().values,
    "maximise": lambda m: neurons.maximise(m, LAYER, 0, like=X[0], steps=4).run().image,
    "move": lambda m: neurons.move(m, X[0], DIRECTION, GENERATOR, steps=3).run().image,
    "concept": lambda m: neurons.concept(m, LAYER, X[:8], X[8:], 0, X).run().direction,
    "dissect": lambda m: neurons.dissect(m, LAYER, {"top": (X[:6], MASKS)}).run().thresholds,
    "project": lambda m: vectors.project(m, X).run().vectors,
    "tree": lambda m: surrogate.tree(m, X, depth=2).run().predicted,
    "signature": lambda m: poisoning.signature(m, X, LABELS, int(LABELS[0])).run().scores,
    "latent effects": lambda m: contrast.latent_effects(GENERATOR, X[:4], m).run().scores,
    "disagreements": lambda m: [
        [each.index, each.prediction.probability, each.rival_prediction.probability]
        for each in algebra.disagreements(m, RIVAL, X, grid=2, budget=32).run()
    ],
}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_looks_at_the_weights_as_they_are(name: str) -> None:
    job, model = JOBS[name], zoo.digits()
    before = np.asarray(job(model))
    after = np.asarray(job(written(model)))
    alone = Classifier(copy.deepcopy(model.net), classes=model.classes, preprocess=model.preprocess)
    wanted = np.asarray(job(alone))
    np.testing.assert_allclose(after, wanted, rtol=1e-3, atol=1e-4)
    assert before.shape != wanted.shape or not np.allclose(before, wanted, rtol=1e-3, atol=1e-4)


ASKED_IN_PARTS: dict[str, Callable[[Any], Any]] = {
    "disagreements": JOBS["disagreements"],
    "stamps": lambda m: contrast.stamp_test(m, X, torch.ones(8, 8), Window(0, 0, 3, 3), 7).run(),
    "logits": lambda m: reliability.network_logits(m, m.batch(X)).run(),
}


@pytest.mark.parametrize("name", ASKED_IN_PARTS)
def test_a_job_that_asks_part_by_part_looks_again_only_after_a_while(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, looked, take = zoo.digits(), [], derivation.take_fingerprint
    monkeypatch.setattr(
        derivation, "take_fingerprint", lambda net, *rest: looked.append(net) or take(net, *rest)
    )
    # All happens at one moment: of the clock the fifth of a second is told.
    monkeypatch.setattr(derivation.time, "perf_counter", lambda: 7.0)
    monkeypatch.setattr("xaiwidgets.reliability._inputs.chunks", lambda *_: np.split(ROWS, 4))
    monkeypatch.setattr("xaiwidgets.contrast._stamp._TOGETHER", 5)
    ASKED_IN_PARTS[name](model)
    assert sum(net is model.net for net in looked) == 1
