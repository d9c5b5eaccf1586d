"""Detectors of pytorch-ood stand beside ours as they are; where it is installed."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from xaiwidgets import datasets, zoo
from xaiwidgets.reliability import LARGEST, compare_scores, other_scores, trivial_scores


@pytest.fixture
def detectors() -> ModuleType:
    """Return its detectors: not on collection, since it loads torchvision and torch's compiler."""
    module: ModuleType = pytest.importorskip("pytorch_ood.detector")
    return module


def test_energy_and_max_logit_are_those_of_the_logits(detectors: ModuleType) -> None:
    model, test = zoo.digits(), datasets.digits("test")
    batch = model.batch(test.images)
    batch = batch + 0.4 * torch.randn(batch.shape, generator=torch.Generator().manual_seed(0))
    logits = model.logits(batch)
    net = model.net.eval()
    others = {"energy": detectors.EnergyBased(net), "max logit": detectors.MaxLogit(net)}
    scores = other_scores(model, batch, others).run()
    assert torch.allclose(
        torch.from_numpy(scores["energy"]).float(), -logits.logsumexp(1), atol=1e-4
    )
    assert torch.allclose(torch.from_numpy(scores["max logit"]).float(), -logits.amax(1), atol=1e-4)
    wrong = logits.argmax(1).numpy() != test.labels
    table = compare_scores(trivial_scores(model, logits) | scores, wrong)
    assert {row.name for row in table.rows} == {LARGEST, "entropy", "energy", "max logit"}
    assert all(row.auroc.low > 0.5 for row in table.rows)
