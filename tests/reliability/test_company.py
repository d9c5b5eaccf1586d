"""A network whose answer depends on its company is asked about one picture at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, contrast, reliability
from xaiwidgets.methods import LIME
from xaiwidgets.reliability import conductance

IMAGES = torch.randn(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def model() -> Classifier:
    """Batch norms without running statistics: those of the batch are taken."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, track_running_stats=False), nn.ReLU(),
        nn.Conv2d(4, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3),
    )  # fmt: skip
    return Classifier(net, output="logits")


def test_company_does_matter_to_this_network(model: Classifier) -> None:
    with torch.no_grad():
        together = model.net(IMAGES)
        alone = torch.cat([model.net(one) for one in torch.split(IMAGES, 1)])
    assert not torch.allclose(together, alone, atol=1e-2)
    assert torch.allclose(model.logits(IMAGES), alone, atol=1e-5)
    assert not model.copies.private(IMAGES).divisible


@pytest.mark.parametrize("rule", ["secant", "trapezoid", "right"])
def test_conductance_is_that_of_each_picture_alone(model: Classifier, rule: str) -> None:
    together = conductance(model, IMAGES, "3", rule=rule)
    for number, image in enumerate(IMAGES):
        fresh = Classifier(model.net, output="logits")
        alone = conductance(fresh, image[None], "3", rule=rule)
        np.testing.assert_allclose(together["3"][number], alone["3"][0], rtol=1e-4, atol=1e-5)
        own = model.logits(image[None])[0, together.targets[number]]
        assert together.scores[number] == pytest.approx(float(own), abs=1e-5)
        at_zero = model.logits(torch.zeros(1, 3, 8, 8))[0, together.targets[number]]
        assert together.baseline_scores[number] == pytest.approx(float(at_zero), abs=1e-5)


def test_votes_are_those_on_each_picture_alone(model: Classifier) -> None:
    data = torch.randn(20, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    labels = model.logits(data).argmax(1)
    mutants = reliability.mutants(model, (data, labels), rate=0.3, count=6, keep=0.1).run()
    voted = reliability.votes(model, mutants, IMAGES).run()
    for at in range(len(mutants)):
        mutant = mutants.network(model, at)
        alone = torch.cat([mutant(one) for one in torch.split(IMAGES, 1)])
        np.testing.assert_array_equal(voted.labels[at], alone.argmax(1).numpy())
    np.testing.assert_array_equal(voted.predicted, model.logits(IMAGES).argmax(1).numpy())


def test_subtraction_asks_about_each_picture_alone(model: Classifier) -> None:
    method = LIME(cells=2, samples=40)
    images = IMAGES[:3]
    together = contrast.subtract(model, images, None, method=method).run()
    for number, image in enumerate(images):
        fresh = Classifier(model.net, output="logits")
        alone = contrast.subtract(fresh, image[None], None, method=method).run()
        assert (together.true[number], together.probe[number]) == (alone.true[0], alone.probe[0])
        np.testing.assert_allclose(together.probe_map[number], alone.probe_map[0], atol=1e-4)


def test_a_network_without_such_layers_is_asked_in_batches() -> None:
    class Counting(nn.Module):
        sizes: list[int] = []  # noqa: RUF012  shared by all copies

        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(nn.Flatten(), nn.Linear(192, 3))

        def forward(self, x: Tensor) -> Tensor:
            self.sizes.append(len(x))
            return self.body(x)

    model = Classifier(Counting(), output="logits")
    assert model.copies.private(IMAGES).divisible
    Counting.sizes.clear()
    model.logits(IMAGES)
    assert Counting.sizes == [6]
