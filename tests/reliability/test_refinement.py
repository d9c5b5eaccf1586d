"""Steps of the path are halved where the score bends: by hand, and on networks with norms."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models as nets
from tests.reliability import models
from tests.reliability.helpers import pictures
from xaiwidgets import Classifier
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import conductance


class Bend(nn.Module):
    """One number, whose score rises from a bend on: f = relu(x - at), and -f."""

    def __init__(self, at: float) -> None:
        super().__init__()
        self.layer, self.at = nn.Identity(), at

    def forward(self, x: Tensor) -> Tensor:
        score = (self.layer(x) - self.at).relu()
        return torch.cat([score, -score], 1)


@pytest.mark.parametrize(
    ("at", "budget", "coarse", "passes"),
    [
        # On the way from 0 to 1, of two steps, [0.5, 1] bends: by trapezoids the score changes by
        # 0.25 there, and not by 0.3.
        (0.7, 2, 0.05, 3),
        # What one halving costs is not there before the second step, which does not bend. One pass
        # more tells the change on the whole path.
        (0.7, 3, 0.05, 4),
        # Of the halves, [0.5, 0.75] says 0.125 for 0.05; the other is exact.
        (0.7, 4, 0.075, 5),
        # [0.625, 0.75]: 0.0625 for 0.05. Then [0.6875, 0.75]: 0.03125 for 0.05.
        (0.7, 6, 0.0125, 6),
        (0.7, 8, 0.01875, 7),
        # [0.6875, 0.71875]: 0.015625 for 0.01875, which is less than a twentieth of 0.3, by step.
        (0.7, 10, 0.003125, 8),
        (0.7, 1000, 0.003125, 8),
        # What the first step spares is there for the second: [0, 0.25], then [0, 0.125], which
        # says 0.0625 for 0.025.
        (0.1, 4, 0.0375, 6),
    ],
)
def test_the_step_that_bends_is_halved(at: float, budget: int, coarse: float, passes: int) -> None:
    found = conductance(
        Classifier(Bend(at)), torch.ones(1, 1), "layer", steps=2, budget=budget, targets=0
    )
    assert found.quadrature_error["layer"][0] * (1 - at) == pytest.approx(coarse, abs=1e-6)
    assert found.passes == passes
    # The mixture of both ends is complete all the same.
    assert found["layer"][0, 0] == pytest.approx(1 - at, abs=1e-6)


def test_each_picture_has_its_own_bends_and_its_own_budget() -> None:
    model = Classifier(Bend(0.7))
    images = torch.tensor([[1.0], [3.0], [0.5], [0.9]])
    together = conductance(model, images, "layer", steps=3, budget=8, targets=0, spatial=True)
    for at, image in enumerate(images):
        alone = conductance(model, image[None], "layer", steps=3, budget=8, targets=0)
        assert together["layer"][at] == pytest.approx(alone["layer"][0], abs=1e-6)
        assert together.quadrature_error["layer"][at] == pytest.approx(
            alone.quadrature_error["layer"][0], abs=1e-6
        )


def test_a_slope_that_changes_on_all_of_the_way_is_followed() -> None:
    class Square(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Identity()

        def forward(self, x: Tensor) -> Tensor:
            return self.layer(x).square() * torch.tensor([[1.0, -1.0]])

    # Trapezoids are exact on a parabola, so that nothing is halved.
    found = conductance(Classifier(Square()), torch.ones(1, 1), "layer", steps=4, targets=0)
    assert found.passes == 6
    assert found["layer"][0, 0] == pytest.approx(1, abs=1e-6)


def normed() -> nn.Module:
    """As ConvNeXt begins: a convolution without bias, a norm of each place, and a block."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(3, 8, 2, 2, bias=False),
            nn.GroupNorm(1, 8, eps=1e-6),
            nn.Conv2d(8, 8, 3, padding=1),
            nn.GELU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(8, 16),
            nn.GELU(),
            nn.Linear(16, 4),
        )


def test_a_norm_lets_all_happen_beside_the_baseline() -> None:
    model = Classifier(normed())
    images = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    with pytest.warns(UserWarning, match=r"layer '0' miss more than 10% .* use more steps"):
        even = conductance(model, images, "0", budget=10)
    found = conductance(model, images, "0")
    assert np.median(even.quadrature_error["0"]) > 10
    assert found.completeness["0"].max() < 0.01
    assert np.median(found.quadrature_error["0"]) < 0.05
    assert found.passes <= 6 * 41 + 1


def test_what_does_not_change_is_complete() -> None:
    images = torch.zeros(2, 3, 8, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rule in ("secant", "right", "trapezoid"):
            found = conductance(Classifier(nets.small()), images, "0", rule=rule)
            assert found.completeness["0"].tolist() == [0, 0]
            assert found.quadrature_error["0"].tolist() == [0, 0]


def test_gaps_are_told_where_a_layer_carries_all() -> None:
    model, image = Classifier(Bend(0.5)), torch.ones(1, 1)
    words = "miss more than 10% of the change of the score for 1 of 1 pictures, 100% at worst"
    with pytest.warns(UserWarning, match=words) as caught:
        conductance(model, image, "layer", steps=1, rule="right", targets=0)
    assert caught[0].filename == __file__
    many = torch.cat([torch.full((39, 1), 100.0), image])  # one in forty is not told
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = conductance(model, many, "layer", steps=1, rule="right", targets=0)
        assert (found.completeness["layer"] > 0.1).sum() == 1
        conductance(model, image, "layer", targets=0)


def test_no_more_is_evaluated_at_once_for_a_larger_budget() -> None:
    sizes: list[int] = []

    class Counting(Bend):
        def forward(self, x: Tensor) -> Tensor:
            sizes.append(len(x))
            return super().forward(x)

    for budget in (40, 4000):
        sizes.clear()
        found = conductance(
            Classifier(Counting(0.7)), torch.rand(40, 1) + 0.5, "layer", budget=budget, targets=0
        )
        assert found.passes > 40 * 11
        assert max(sizes) <= 65


def test_a_budget_is_at_least_the_steps() -> None:
    with pytest.raises(InputError, match="budget is 9; use a whole number of at least 10"):
        conductance(Classifier(nets.small()), torch.zeros(1, 3, 8, 8), "0", budget=9)


@pytest.mark.parametrize("rule", ["secant", "right"])
def test_a_network_that_depends_on_the_batch_is_asked_one_at_a_time(rule: str) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, track_running_stats=False), nn.Tanh(),
            nn.Flatten(), nn.Linear(144, 8), nn.ReLU(), nn.Linear(8, 3),
        )  # fmt: skip
        images = torch.rand(3, 3, 8, 8) * torch.tensor([1.0, 3, 9]).reshape(3, 1, 1, 1)
    model = Classifier(net)
    together = conductance(model, images, "2", rule=rule, targets=0)
    for at in range(3):
        alone = conductance(model, images[at : at + 1], "2", rule=rule, targets=0)
        assert np.allclose(together["2"][at], alone["2"][0], atol=1e-6)
        assert together.scores[at] == pytest.approx(
            float(model.copies.private().net(images[at : at + 1])[0, 0]), abs=1e-5
        )


def test_no_more_is_evaluated_at_once_for_more_steps() -> None:
    sizes: list[int] = []

    class Counting(models.Hand):
        def forward(self, x: Tensor) -> Tensor:
            sizes.append(len(x))
            return super().forward(x)

    for steps in (10, 1000):
        sizes.clear()
        found = conductance(
            Classifier(Counting()), pictures(3, (2,)), "first", steps=steps, rule="right"
        )
        assert found.passes == 3 * steps + 1
        assert max(sizes) <= 65
