"""What combines scores, against a plain training loop and Gaussians worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional as F

from xaiwidgets.reliability._discriminant import Discriminant
from xaiwidgets.reliability._forest import Forest
from xaiwidgets.reliability._mlp import MLP
from xaiwidgets.work import Progress, run

Data = tuple[NDArray[np.float64], NDArray[np.bool_]]


def data(count: int, seed: int, apart: float) -> Data:
    random = np.random.default_rng(seed)
    wrong = random.random(count) < 0.3
    features = random.normal(size=(count, 3)) * (1, 5, 0) + (0, 3, 2)
    return features + apart * wrong[:, None] * (1, 0, 0), wrong


def trained(rows: Data, aside: Data, hidden: int, epochs: int, seed: int) -> tuple[Tensor, int]:
    """Return the logits of those set aside, and how many epochs there were."""
    x, y = torch.tensor(rows[0]).float(), torch.tensor(rows[1]).float()
    mean, scale = x.mean(0), x.std(0, correction=0)
    scale[2] = 1.0  # does not vary
    x, other = (x - mean) / scale, (torch.tensor(aside[0]).float() - mean) / scale
    random = torch.Generator().manual_seed(seed)
    first = torch.randn(hidden, 3, generator=random) * math.sqrt(2 / 3)
    second = torch.randn(1, hidden, generator=random) * math.sqrt(2 / hidden)
    layers = [first, torch.zeros(hidden), second, torch.zeros(1)]
    for layer in layers:
        layer.requires_grad_()

    def forward(x: Tensor) -> Tensor:
        return F.linear(F.linear(x, layers[0], layers[1]).relu(), layers[2], layers[3])[:, 0]

    optimizer = torch.optim.AdamW(layers, 1e-3, weight_decay=1e-2)
    best, answer, last = -1.0, torch.zeros(0), 0
    for epoch in range(epochs):
        for batch in torch.split(torch.randperm(len(x), generator=random), min(256, len(x) // 8)):
            losses = F.binary_cross_entropy_with_logits(
                forward(x[batch]), y[batch], reduction="none"
            )
            share = y.mean()
            weights = torch.where(y[batch] == 1, 1 / (2 * share), 1 / (2 * (1 - share)))
            optimizer.zero_grad()
            (losses * weights).mean().backward()
            optimizer.step()
        logits = forward(other).detach()
        area = float(roc_auc_score(aside[1], logits))
        if area > best + 1e-12:
            best, answer, last = area, logits, epoch
        if epoch - last >= 8:
            return answer, epoch + 1
    return answer, epochs


@pytest.mark.parametrize(
    ("count", "apart", "epochs", "hidden"),
    [(120, 2.0, 6, 5), (2400, 0.5, 3, 4), (60, -2.0, 60, 3), (7, 3.0, 2, 2)],
)
def test_the_network_is_trained_as_in_a_plain_loop(
    count: int, apart: float, epochs: int, hidden: int
) -> None:
    rows, aside = data(count, 1, apart), data(200, 2, apart)
    if apart < 0:  # what is learnt is wrong of those set aside
        rows = data(count, 1, -apart)
    if count == 7:
        rows[1][:] = [True, False, False, True, False, False, False]
    mlp, reports = MLP((hidden,), epochs=epochs, seed=3), list[Progress]()
    with torch.no_grad():  # whoever drives the steps may have turned gradients off
        run(mlp.fit(*rows, aside), reports.append)
    if count == 7:  # of so few, a batch is one picture
        assert len(reports) == 14
        return
    expected, number = trained(rows, aside, hidden, epochs, 3)
    assert np.allclose(mlp.score(aside[0]), expected.numpy(), atol=1e-4)
    assert reports[-1].done == number - 1
    assert reports[-1].total == epochs
    assert apart > 0 or number < epochs / 2  # it ends early
    again = MLP((hidden,)).restore(mlp.arrays())
    assert np.array_equal(again.score(aside[0]), mlp.score(aside[0]))


@pytest.mark.parametrize("quadratic", [False, True])
def test_odds_of_gaussians_by_hand(quadratic: bool) -> None:
    # Right are 0, 1 and 2: mean 1, variance 1. Wrong are 4 and 8: mean 6, variance 8.
    features = np.array([[0.0], [4.0], [1.0], [8.0], [2.0]])
    wrong = np.array([False, True, False, True, False])
    ours = run(Discriminant(quadratic).fit(features, wrong, (features, wrong)))
    pooled = 0.6 * 1 + 0.4 * 8
    variances = (1, 8) if quadratic else (pooled, pooled)
    for x in (-1.0, 3.0, 5.0):
        densities = [
            share * math.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(variance)
            for share, mean, variance in zip((0.6, 0.4), (1, 6), variances, strict=True)
        ]
        odds = ours.score(np.array([[x]]))[0]
        assert odds == pytest.approx(math.log(densities[1] / densities[0]), abs=1e-4)


def test_a_feature_that_does_not_vary_does_not_count() -> None:
    features = np.array([[0.0, 3], [4, 3], [1, 3], [8, 3], [2, 3]])
    wrong = np.array([False, True, False, True, False])
    both = run(Discriminant(True).fit(features, wrong, (features, wrong)))
    alone = run(Discriminant(True).fit(features[:, :1], wrong, (features[:, :1], wrong)))
    assert np.allclose(both.score(features), alone.score(features[:, :1]), atol=1e-4)


@pytest.mark.parametrize(("count", "leaf"), [(17, 3), (3, 1), (90, 18), (150, 20)])
def test_leaves_of_the_forest_are_small_where_few_are_wrong(count: int, leaf: int) -> None:
    features = np.random.default_rng(0).normal(size=(300, 2))
    wrong = np.arange(300) < count
    ours = run(Forest(seed=3, trees=5).fit(features, wrong, (features, wrong)))
    theirs = RandomForestClassifier(
        5, min_samples_leaf=leaf, class_weight="balanced", random_state=3
    ).fit(features, wrong)
    assert np.allclose(ours.score(features), theirs.predict_proba(features)[:, 1])
