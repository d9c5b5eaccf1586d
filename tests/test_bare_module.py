"""A bare module in the place of a classifier is refused by name, by whatever takes a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from tests import models
from xaiwidgets import (
    Classifier,
    adversarial,
    algebra,
    contrast,
    evaluation,
    methods,
    neurons,
    poisoning,
    reliability,
    surrogate,
    vectors,
)
from xaiwidgets.errors import InputError

X = torch.rand(8, 3, 8, 8)
LABELS = [0, 1] * 4
CHANGES = torch.zeros(8, 3, 8, 8)

QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "attack": lambda f: adversarial.attack(f, X),
    "universal": lambda f: adversarial.universal(f, X),
    "disagreements": lambda f: algebra.disagreements(f, f, X),
    "rival": lambda f: algebra.disagreements(Classifier(models.small()), f, X),
    "explain_all": lambda f: algebra.explain_all(f, X),
    "fit_probes": lambda f: algebra.fit_probes(f, X),
    "fittable_layers": lambda f: algebra.fittable_layers(f, X[0]),
    "contrast": lambda f: contrast.explain(f, contrast.PCA(2), X, 1),
    "subtract": lambda f: contrast.subtract(f, X, 1),
    "impose": lambda f: contrast.impose(f, X, CHANGES),
    "closed": lambda f: contrast.closed(f, X, CHANGES, 0, 1),
    "stamp_test": lambda f: contrast.stamp_test(f, X, CHANGES[0], None, 1),  # type: ignore[arg-type]
    "encode": lambda f: contrast.encode(f, contrast.PCA(2), X),
    "latent_effects": lambda f: contrast.latent_effects(contrast.PCA(2), X, f),
    "prediction_difference": lambda f: contrast.prediction_difference(f, X),
    "attention_weights": lambda f: methods.attention_weights(f, X[0]),
    "deletion": lambda f: evaluation.deletion(f, X[0], "gradcam"),
    "bias": lambda f: evaluation.bias(f, X, LABELS, lambda x: x),
    "activity": lambda f: neurons.activity(f, "0", X),
    "maximise": lambda f: neurons.maximise(f, "0", 0),
    "silenced": lambda f: neurons.silenced(f, "0", 0, X[0]),
    "signature": lambda f: poisoning.signature(f, X, LABELS, 0),
    "conductance": lambda f: reliability.conductance(f, X, "0"),
    "mutants": lambda f: reliability.mutants(f, (X, LABELS)),
    "temperature": lambda f: reliability.temperature(f, (X, LABELS)),
    "profiles": lambda f: reliability.profiles(f, "0", X, LABELS),
    "other_scores": lambda f: reliability.other_scores(f, X, {}),
    "ErrorDetector": lambda f: reliability.ErrorDetector(f, "0"),
    "tree": lambda f: surrogate.tree(f, X),
    "project": lambda f: vectors.project(f, X),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_bare_module_is_no_network(question: str) -> None:
    with pytest.raises(InputError, match=r"is a Sequential; give Classifier\(\w+\)"):
        QUESTIONS[question](models.small())


@pytest.mark.parametrize("images", [3, None, lambda: X])
def test_probes_say_what_is_no_set_of_pictures(images: Any) -> None:
    with pytest.raises(InputError, match="pictures are a list, a tensor"):
        algebra.fit_probes(Classifier(models.small()), images)


def test_probes_take_a_loaders_batch() -> None:
    batch, labels = torch.rand(12, 3, 8, 8), torch.arange(12)
    model = Classifier(models.small())
    assert algebra.fit_probes(model, [batch, labels], ["0"]).run()["0"].images == 10  # 2 held out


@pytest.mark.parametrize("layers", [3, [], [None], "0"])
def test_probes_say_what_are_no_names_of_layers(layers: Any) -> None:
    with pytest.raises(InputError, match=r"give a list of names from model\.layers"):
        algebra.fit_probes(Classifier(models.small()), torch.rand(12, 3, 8, 8), layers)
