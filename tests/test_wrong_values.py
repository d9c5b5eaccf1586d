"""Values that cannot be used are refused by name, in every room; NumPy's numbers can be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from tests import models
from xaiwidgets import (
    Classifier,
    accountability,
    adversarial,
    contrast,
    datasets,
    evaluation,
    methods,
    neurons,
    reliability,
    study,
    vectors,
)
from xaiwidgets.errors import InputError
from xaiwidgets.methods import GradCAM, Task

MODEL = Classifier(models.small())
X = torch.rand(8, 3, 8, 8)
LABELS = [0, 1] * 4
SCORES, WRONG = np.arange(8.0), np.arange(8) % 2 == 0

WRONG_VALUES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "attack seed": ("seed", lambda v: adversarial.universal(MODEL, X, seed=v)),
    "exact seed": ("seed", lambda v: evaluation.against_exact(MODEL, X[0], "gradcam", seed=v)),
    "score seed": ("seed", lambda v: reliability.risk_coverage_of("u", SCORES, WRONG, seed=v)),
    "shuffled seed": ("seed", lambda v: vectors.shuffled(SCORES[:, None], v)),
    "infidelity": ("share", lambda v: evaluation.infidelity(MODEL, X[0], "gradcam", share=v)),
    "substitute": ("share", lambda v: evaluation.substitute(MODEL, X, LABELS, share=v)),
    "sensitivity": ("radius", lambda v: evaluation.sensitivity(MODEL, X[0], "gxi", radius=v)),
    "bias": ("level", lambda v: evaluation.bias(MODEL, X, LABELS, lambda x: x, level=v)),
    "bias labels": ("labels", lambda v: evaluation.bias(MODEL, X, v, lambda x: x)),
    "bias edit": ("edit", lambda v: evaluation.bias(MODEL, X, LABELS, v)),
    "methods": ("methods", lambda v: evaluation.compare(MODEL, X, v)),
    "margin": ("margin", lambda v: contrast.explain(MODEL, contrast.PCA(2), X, 1, margin=v)),
    "gamma": ("gamma", lambda v: methods.LRP(gamma=v)),
    "first only": ("first_only", lambda v: study.mcnemar(v, 2)),
    "power": ("power", lambda v: study.needed_people(0.5, (1, 1), power=v)),
    "deviations": ("deviation", lambda v: study.power_of(0.5, v, 20)),
    "precision": ("precision", lambda v: study.f1_of(v, 0.5)),
    "summary": ("summary|a is|mean", lambda v: study.welch(v, (1.0, 1.0, 9))),
    "pvalues": ("pvalues", lambda v: study.holm(v)),
    "items": ("items", lambda v: study.judgement_study(v, LABELS, {"a": None}, "?", ("a", "b"))),
    "arms": ("arms", lambda v: study.judgement_study(X, LABELS, v, "?", ("a", "b"))),
    "feedback": ("feedback", lambda v: study.learning_study(X, LABELS, v)),
    "answers": ("the answers", lambda v: study.read_answers(v)),
    "root": ("root", lambda v: datasets.cifar10(v)),
    "trial": ("path", lambda v: accountability.load(v)),
    "window": ("window", lambda v: Task(MODEL, X[0], window=v or "")),
    "input": ("input", lambda v: Task(MODEL, v)),
    "tasks": ("tasks", lambda v: GradCAM().explain(v)),
    "wrong": ("wrong", lambda v: reliability.aurc(SCORES, v)),
    "scores": ("scores", lambda v: reliability.aurc(v, WRONG)),
    "table": ("scores", lambda v: reliability.compare_scores(v, WRONG)),
}


@pytest.mark.parametrize("value", [None, object(), -1.5])
@pytest.mark.parametrize("question", WRONG_VALUES)
def test_what_cannot_be_used_is_refused_by_name(question: str, value: Any) -> None:
    name, ask = WRONG_VALUES[question]
    if (question, value) in {("methods", None), ("bias labels", None)}:
        value = 3
    with pytest.raises(InputError, match=name):
        ask(value)


def test_a_task_alone_is_told_to_be_listed() -> None:
    with pytest.raises(InputError, match=r"tasks is a Task; give a list"):
        GradCAM().explain(Task(MODEL, X[0]))  # type: ignore[arg-type]


@pytest.mark.parametrize("labels", [np.arange(8), np.full(8, 0.5), [["a"]] * 8])
def test_classes_are_not_taken_for_which_predictions_are_wrong(labels: Any) -> None:
    for ask in (reliability.aurc, lambda s, w: reliability.roc_of("u", s, w)):
        with pytest.raises(InputError, match="wrong is"):
            ask(SCORES, labels)


def test_zeros_and_ones_say_which_predictions_are_wrong_as_bools_do() -> None:
    whole = WRONG.astype(np.int64)
    assert reliability.aurc(SCORES, whole) == reliability.aurc(torch.from_numpy(SCORES), WRONG)
    by_bools = reliability.auroc_difference(SCORES, SCORES[::-1], WRONG)
    assert reliability.auroc_difference(SCORES, SCORES[::-1], whole) == by_bools


def test_others_are_enough_for_random_sets_of_them() -> None:
    with pytest.raises(InputError, match="others has 5 pictures; give at least 6"):
        neurons.concept(MODEL, "0", X[:4], X[:5], 0, X)
    assert neurons.concept(MODEL, "0", X[:4], 1 - X[:6], 0, X, controls=2).run().layer == "0"


SEED = np.int64(3)
DRAWN: dict[str, Callable[[Any], Any]] = {
    "universal": lambda s: adversarial.universal(MODEL, X, steps=2, seed=s).run().change,
    "sensitivity": lambda s: evaluation.sensitivity(
        MODEL, X[0], "gxi", samples=2, seed=s).run().distances,
    "randomised": lambda s: evaluation.randomised(
        MODEL, X[:1], "gxi", stages=2, draws=1, seed=s).run().rank,
    "lime": lambda s: MODEL(X[0]).explain(method=methods.LIME(2, 40, s)).values,
    "maximise": lambda s: neurons.maximise(MODEL, "0", 1, like=X[0], steps=2, seed=s).run().image,
    "vae": lambda s: contrast.VAE((3, 8, 8), 2, channels=(2, 2), seed=s).sample(3, s),
}  # fmt: skip


@pytest.mark.parametrize("question", DRAWN)
def test_a_seed_of_numpy_is_the_same_seed(question: str) -> None:
    one, other = DRAWN[question](SEED), DRAWN[question](3)
    assert np.array_equal(np.asarray(one), np.asarray(other))


@pytest.mark.parametrize(
    "method",
    [
        methods.LIME(np.int64(2), np.int64(20), SEED),  # type: ignore[arg-type]
        methods.SmoothGrad(np.int64(2), np.float32(0.25), SEED),  # type: ignore[arg-type]
        methods.LRP(gamma=np.float32(0.25)),  # type: ignore[arg-type]
        methods.PredictionDifference(np.int64(4), np.int64(4), np.int64(2), seed=SEED),  # type: ignore[arg-type]
    ],
)
def test_methods_keep_pythons_numbers_of_numpys(method: methods.Method) -> None:
    assert "np." not in repr(method)
    assert methods.read_method(methods.method_text(method)) == method
