"""Temperatures against the truth that data were drawn with; sets against their promise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from torch import Tensor, nn

from xaiwidgets import Classifier, datasets, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import LARGEST, Conformal, conformal, temperature, trivial_scores


class Logits(nn.Module):
    """A network whose pictures (3, 1, 1) are its logits."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


def drawn(count: int, warmth: float, seed: int = 0) -> tuple[Classifier, Tensor, Any]:
    """Return logits, and labels drawn from what they say when divided by a temperature."""
    random = torch.Generator().manual_seed(seed)
    logits = 4 * torch.randn(count, 3, generator=random)
    labels = torch.multinomial((logits / warmth).softmax(1), 1, generator=random)[:, 0]
    model = Classifier(Logits(), classes=["a", "b", "c"], output="logits")
    return model, logits[:, :, None, None], labels.numpy()


@pytest.mark.parametrize("warmth", [0.5, 1.0, 3.0])
def test_the_temperature_is_that_of_the_data(warmth: float) -> None:
    model, images, labels = drawn(2000, warmth)
    result = temperature(model, (images, labels)).run()
    assert result.value.low < warmth < result.value.high
    assert result.value.high / result.value.low < 1.5
    assert result.loss_after <= result.loss_before + 1e-12
    # The same from first principles.
    logits = images[:, :, 0, 0].double().numpy()

    def loss(value: float) -> float:
        scaled = logits / value
        totals = np.log(np.exp(scaled).sum(1))
        return float((totals - scaled[np.arange(2000), labels]).mean())

    assert result.loss_after == pytest.approx(loss(result.value.value))
    assert result.loss_before == pytest.approx(loss(1.0))
    best = minimize_scalar(loss, bounds=(0.05, 20), method="bounded")
    assert result.value.value == pytest.approx(best.x, rel=1e-3)


def test_the_interval_holds_the_temperature_as_often_as_it_says() -> None:
    held = 0
    for seed in range(80):
        model, images, labels = drawn(150, 2.0, seed)
        value = temperature(model, (images, labels)).run().value
        held += value.low <= 2.0 <= value.high
    assert held >= 71


def test_a_temperature_is_a_score_of_its_own() -> None:
    model, images, labels = drawn(500, 3.0)
    result = temperature(model, (images, labels)).run()
    shares = (images[:, :, 0, 0].double() / result.value.value).softmax(1).numpy()
    assert np.allclose(result.probabilities(images), shares)
    assert np.allclose(result(images), 1 - shares.max(1))
    assert result(images).mean() > trivial_scores(model, images[:, :, 0, 0])[LARGEST].mean()
    assert repr(result).startswith("<Temperature ")


def test_where_all_are_right_there_is_no_temperature() -> None:
    model, images, _ = drawn(50, 1.0)
    logits = images[:, :, 0, 0]
    with pytest.raises(InputError, match="nearly all 50 predictions are right"):
        temperature(model, (images, logits.argmax(1))).run()
    with pytest.raises(InputError, match="nearly all 50 predictions are wrong"):
        temperature(model, (images, logits.argmin(1))).run()


@pytest.mark.parametrize("coverage", [0.6, 0.9])
def test_sets_hold_the_true_class_as_often_as_promised(coverage: float) -> None:
    hits = []
    for seed in range(30):
        model, images, labels = drawn(300, 2.0, seed)
        sets = conformal(model, (images[:100], labels[:100]), coverage=coverage).run()
        members = sets.sets(images[100:])
        hits.append(members[np.arange(200), labels[100:]].mean())
    # On average over calibrations at least that, and no more than 1 / (n + 1) beyond, in theory.
    assert coverage - 0.02 <= np.mean(hits) <= coverage + 0.03


def test_the_threshold_is_the_quantile_of_the_masses() -> None:
    model = Classifier(Logits(), classes=["a", "b", "c"], output="logits")
    shares = torch.tensor([[0.7, 0.2, 0.1], [0.5, 0.4, 0.1], [0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])
    images, labels = shares.log()[:, :, None, None], [1, 0, 0, 2]
    masses = sorted([0.9, 0.5, 1.0, 0.8])
    for coverage, rank in ((0.2, 1), (0.4, 2), (0.6, 3), (0.8, 4), (0.5, 3)):
        sets = conformal(model, (images, labels), coverage=coverage).run()
        assert sets.threshold == pytest.approx(masses[rank - 1])
        assert sets.count == 4
    few = conformal(model, (images, labels), coverage=0.9).run()
    assert few.threshold == math.inf
    assert few(images).tolist() == [3, 3, 3, 3]
    sets = Conformal(model, 0.6, 0.91, 4)
    assert sets.sets(images).tolist() == [
        [True, True, False],
        [True, True, False],
        [False, True, True],
        [True, False, True],
    ]
    assert sets(images).tolist() == [2, 2, 2, 2]
    assert sets.covered(images, labels).value == 0.75


def test_sets_of_a_real_network_are_a_score() -> None:
    test = datasets.digits("test")
    model = zoo.digits()
    noisy = torch.from_numpy(test.images)[:, None].float() / 255
    noise = torch.randn(noisy.shape, generator=torch.Generator().manual_seed(0))
    noisy = (noisy + 0.3 * noise).clamp(0, 1)
    sets = conformal(model, (noisy[:150], test.labels[:150])).run()
    sizes = sets(noisy[150:])
    wrong = model.logits(noisy[150:]).argmax(1).numpy() != test.labels[150:]
    assert sizes[wrong].mean() > sizes[~wrong].mean()
    covered = sets.covered(noisy[150:], test.labels[150:])
    assert covered.low < 0.9 < covered.high + 0.05
    assert repr(sets) == "<Conformal: sets that hold the true class in 90%>"


def test_what_is_not_allowed_is_refused_at_once() -> None:
    model, images, labels = drawn(20, 1.0)
    for coverage in (0, 1, -0.1, True, "most"):
        with pytest.raises(InputError, match=f"coverage is {coverage!r}"):
            conformal(model, (images, labels), coverage=coverage)  # type: ignore[arg-type]
    several = Classifier(Logits(), classes=["a", "b", "c"], output="label logits")
    for function in (temperature, conformal):
        with pytest.raises(InputError, match="several may hold"):
            function(several, (images, labels))
        with pytest.raises(InputError, match="must be a pair"):
            function(model, images)
