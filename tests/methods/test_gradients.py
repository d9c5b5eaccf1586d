"""Gradients, and what is made of them, against captum and by hand."""

from __future__ import annotations

from typing import Any

import captum.attr
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from tests.methods.test_methods import Uneasy
from xaiwidgets import Window, datasets, zoo
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods import (
    Cells,
    DeepLift,
    Gradient,
    GradientTimesInput,
    GuidedBackprop,
    IntegratedGradients,
    Shapley,
    SmoothGrad,
    Task,
    _passes,
)
from xaiwidgets.network import Network

PICTURES = torch.rand(3, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def small_network() -> tuple[nn.Module, Network]:
    net = models.small().eval()
    return net, Network(net)


def maps(method: Any, network: Network, **how: Any) -> np.ndarray:
    tasks = [Task(network, picture, target, **how) for target, picture in enumerate(PICTURES)]
    return np.stack([found.values for found in method.explain(tasks).run()])


def in_cells(values: np.ndarray, grid: int) -> np.ndarray:
    cells = Cells.of((8, 8), Window(0, 0, 8, 8), grid)
    rows = np.add.reduceat(values, cells.row_edges[:-1], axis=0)
    return np.add.reduceat(rows, cells.column_edges[:-1], axis=1)


def test_of_a_linear_network_all_that_sum_are_one() -> None:
    network = Network(models.linear())
    baseline = 0.25
    task = Task(network, PICTURES[0], 1, baseline=baseline)
    weight = network.net[1].weight[1].detach().reshape(3, 8, 8)  # type: ignore[index]
    by_hand = (weight * (PICTURES[0] - baseline)).sum(0).numpy()
    for method in (IntegratedGradients(steps=3), DeepLift()):
        (found,) = method.explain([task]).run()
        np.testing.assert_allclose(found.values, by_hand, atol=1e-6)
        assert abs(found.residual) < 1e-5
    (shapley,) = Shapley(budget=600, grid=3).explain([task]).run()
    np.testing.assert_allclose(in_cells(by_hand, 3), shapley.cells, atol=2e-6)
    for method in (Gradient(), SmoothGrad(samples=2)):
        (found,) = method.explain([task]).run()
        np.testing.assert_allclose(found.values, weight.sum(0), atol=1e-6)
        assert found.residual is None
        assert (found.unit, found.score) == ("logit per unit of input", "logit")
    (found,) = GradientTimesInput().explain([task]).run()
    np.testing.assert_allclose(found.values, (weight * PICTURES[0]).sum(0), atol=1e-6)
    assert found.residual is None


@pytest.mark.parametrize("output", ["logit", "probability"])
def test_they_are_captums(output: Any) -> None:
    net, network = small_network()

    def forward(x: Tensor) -> Tensor:
        return net(x) if output == "logit" else net(x).softmax(1)

    targets = torch.arange(3)
    for mine, theirs, how in (
        (Gradient(), captum.attr.Saliency(forward), {"abs": False}),
        (GradientTimesInput(), captum.attr.InputXGradient(forward), {}),
        (
            IntegratedGradients(steps=7),
            captum.attr.IntegratedGradients(forward),
            {"n_steps": 7, "baselines": torch.full_like(PICTURES, 0.5)},
        ),
    ):
        baseline = 0.5 if "baselines" in how else 0.0
        inputs = PICTURES.clone().requires_grad_()
        expected = theirs.attribute(inputs, target=targets, **how).sum(1).detach()
        found = maps(mine, network, output=output, baseline=baseline)
        np.testing.assert_allclose(found, expected, atol=1e-6)
    guided = captum.attr.GuidedBackprop(net).attribute(PICTURES.clone(), target=targets)
    if output == "logit":
        np.testing.assert_allclose(maps(GuidedBackprop(), network), guided.sum(1), atol=1e-6)
        assert not np.allclose(maps(Gradient(), network), guided.sum(1), atol=1e-4)


class TwoRectifiers(nn.Module):
    """relu(relu(x1) - 1 - relu(x2)): captum's BasicModel2, and a class of nothing."""

    def forward(self, x: Tensor) -> Tensor:
        one, other = x.flatten(1).relu().unbind(1)
        score = (one - 1 - other).relu()
        return torch.stack([score, torch.zeros_like(score)], 1)


def test_integrated_gradients_of_the_papers_figure() -> None:
    """Sundararajan et al. (2017), appendix: 1.5 and -0.5 from (0, 0) to (3, 1)."""
    task = Task(Network(TwoRectifiers()), torch.tensor([[[3.0, 1.0]]]), 0)
    (found,) = IntegratedGradients(steps=1000).explain([task]).run()
    np.testing.assert_allclose(found.values, [[1.5, -0.5]], atol=2e-3)
    assert (found.output, found.baseline_output) == (1, 0)


def test_more_steps_miss_less() -> None:
    model = zoo.digits()
    tasks = [Task(model, picture) for picture in model.batch(datasets.digits("test").images[:20])]

    def missed(steps: int) -> float:
        found = IntegratedGradients(steps=steps).explain(tasks).run()
        return float(
            np.mean([abs(one.residual) / abs(one.output - one.baseline_output) for one in found])
        )

    few, some, many = (missed(steps) for steps in (2, 10, 100))
    assert few > 2 * some > 4 * many
    assert many < 0.005


def test_a_window_has_its_own_path() -> None:
    net, network = small_network()
    net[8].weight.data.mul_(100)  # type: ignore[index, operator, union-attr]
    window = Window(2, 3, 4, 4)
    task = Task(network, PICTURES[0], 1, window, baseline="mean")
    (found,) = IntegratedGradients(steps=100).explain([task]).run()
    outside = found.values.copy()
    outside[window.slices] = 0
    assert not outside.any()
    # All of what the window changes is inside: the whole map cropped would not sum to that.
    assert found.residual == pytest.approx(0, abs=0.02)
    (whole,) = IntegratedGradients(steps=100).explain([Task(network, PICTURES[0], 1)]).run()
    cropped = float(whole.values[window.slices].sum())
    assert abs(cropped - float(found.values.sum())) > 0.1


class Company(nn.Module):
    """Its answer to an input depends on those beside it, unless it is alone."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.relu = nn.BatchNorm2d(3, track_running_stats=False), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.norm(x)).square().mean((2, 3))


@pytest.mark.parametrize(
    "method", [Gradient(), IntegratedGradients(steps=4), SmoothGrad(samples=3), GuidedBackprop()]
)
def test_where_company_matters_each_input_is_alone(method: Any) -> None:
    network = Network(Company(), output="logits")
    together = maps(method, network)
    for at, picture in enumerate(PICTURES):
        (alone,) = method.explain([Task(Network(Company(), output="logits"), picture, at)]).run()
        np.testing.assert_allclose(together[at], alone.values, atol=1e-6)
        assert alone.output == pytest.approx(
            float(Company()(picture[None])[0, at].detach()), abs=1e-5
        )
    assert "depend on its company" in str(DeepLift().incompatibility(Task(network, PICTURES[0])))


def test_smoothgrad_is_the_mean_over_its_own_noise() -> None:
    net, network = small_network()
    draw, state = torch.Generator().manual_seed(4), torch.get_rng_state()
    gradients = []
    spread = 0.2 * (PICTURES[1].max() - PICTURES[1].min())
    for _ in range(5):
        noisy = PICTURES[1] + spread * torch.randn(3, 8, 8, generator=draw)
        noisy = noisy[None].requires_grad_()
        gradients.append(torch.autograd.grad(net(noisy)[0, 1], noisy)[0][0].sum(0))
    method = SmoothGrad(samples=5, noise=0.2, seed=4)
    found = maps(method, network)[1]
    np.testing.assert_allclose(found, torch.stack(gradients).mean(0), atol=1e-6)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("method", [SmoothGrad(samples=5), IntegratedGradients(steps=5)])
def test_how_many_are_evaluated_at_once_changes_nothing(
    method: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = maps(method, small_network()[1])
    monkeypatch.setattr(_passes, "NUMBERS_AT_ONCE", 9 * PICTURES[0].numel())
    _, network = small_network()
    work = method.explain([Task(network, picture, at) for at, picture in enumerate(PICTURES)])
    steps = sum(1 for _ in work)
    assert steps >= 3  # 3 places, then 2
    np.testing.assert_allclose(maps(method, network), expected, atol=1e-6)


class Branching(nn.Module):
    """One ReLU, in place, of two branches."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(2)
            self.one, self.other = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 4, 3)
            self.relu, self.head = nn.ReLU(inplace=True), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.one(x)) - self.relu(self.other(x))
        return self.head(self.relu(x).mean((2, 3)))


def test_guided_backpropagation_of_a_shared_relu_by_hand() -> None:
    net = Branching()
    x = PICTURES[:1].clone().requires_grad_()
    one, other = net.one(x), net.other(x)
    difference = one.relu() - other.relu()
    places = difference.shape[2] * difference.shape[3]
    slopes = (net.head.weight[1] / places)[None, :, None, None].expand_as(difference)
    slopes = slopes.clamp(min=0) * (difference > 0)
    before = slopes.clamp(min=0) * (one > 0), (-slopes).clamp(min=0) * (other > 0)
    (expected,) = torch.autograd.grad((one, other), x, before)
    (found,) = GuidedBackprop().explain([Task(Network(net), PICTURES[0], 1)]).run()
    np.testing.assert_allclose(found.values, expected[0].sum(0), atol=1e-6)


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (TwoRectifiers(), "the network's forward calls 'relu' instead"),
        (models.linear(), "the network has none"),
        (nn.Sequential(nn.Flatten(), nn.Linear(192, 5), nn.ReLU6(), nn.Linear(5, 2)), "'2' calls"),
    ],
)
def test_guided_backpropagation_of_other_rectifiers_is_refused(net: nn.Module, words: str) -> None:
    side = (1, 1, 2) if isinstance(net, TwoRectifiers) else (3, 8, 8)
    task = Task(Network(net), torch.ones(side), 0)
    assert words in str(GuidedBackprop().incompatibility(task))
    with pytest.raises(ModelError, match="guided backpropagation changes"):
        GuidedBackprop().explain([task])


def test_a_network_without_gradients_is_refused_at_once() -> None:
    class Cut(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.flatten(1).detach()

    task = Task(Network(Cut()), PICTURES[0], 1)
    for method in (Gradient(), GradientTimesInput(), IntegratedGradients(), SmoothGrad()):
        assert "no gradient reaches" in str(method.incompatibility(task))
        with pytest.raises(ModelError, match="no gradient reaches the class scores"):
            method.explain([task])
    assert Gradient().incompatibility(Task(Network(Uneasy()), torch.ones(3, 12, 12))) is None


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        (IntegratedGradients, {"steps": 0}, "steps is 0"),
        (SmoothGrad, {"samples": 0}, "samples is 0"),
        (SmoothGrad, {"noise": 0}, "noise is 0"),
        (SmoothGrad, {"noise": float("inf")}, "noise is inf"),
        (SmoothGrad, {"noise": True}, "noise is True"),
        (SmoothGrad, {"seed": -1}, "seed is -1"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(
    kind: Any, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        kind(**settings)


@pytest.mark.parametrize(
    ("method", "evaluations", "exact"),
    [
        (Gradient(), 2, True),
        (GradientTimesInput(), 2, True),
        (IntegratedGradients(steps=3), 8, False),
        (SmoothGrad(samples=3), 7, False),
    ],
    ids=lambda value: value.label if hasattr(value, "label") else "",
)
def test_a_map_says_what_it_took(method: Any, evaluations: int, exact: bool) -> None:
    (found,) = method.explain([Task(small_network()[1], PICTURES[0], 1)]).run()
    assert (found.evaluations, found.paid, found.exact) == (evaluations, evaluations, exact)
