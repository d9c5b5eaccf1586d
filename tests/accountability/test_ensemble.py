"""Gradients by hand, against autograd and numbers worked out on paper; together as alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import nn

from tests.accountability.helpers import DIGITS, SMALL, TESTED
from xaiwidgets.accountability._data import check_data
from xaiwidgets.accountability._ensemble import Perceptrons
from xaiwidgets.accountability._recipe import Recipe, Weights, build_perceptron, load_weights
from xaiwidgets.accountability._training import GroupOutcome, train
from xaiwidgets.accountability._trial import BASELINE, TrialId
from xaiwidgets.accountability.initializers import NAMES

CPU = torch.device("cpu")


def recipe(hidden: tuple[int, ...] = (16,), **settings: object) -> Recipe:
    usual = {
        "shape": (8, 8), "classes": 10, "hidden": hidden, "batch_size": 50, "learning_rate": 0.1,
        "epochs": 1, "kernel_initializer": NAMES["glorot_uniform"],
        "bias_initializer": NAMES["zeros"], "strategy": "shift", "seed": 0,
    }  # fmt: skip
    return Recipe(**{**usual, **settings})  # type: ignore[arg-type]


def outcome(settings: Recipe, trials: Sequence[TrialId], tested: bool = True) -> GroupOutcome:
    steps = train(settings, check_data(DIGITS, TESTED if tested else None), trials)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def test_one_step_is_that_worked_out_on_paper() -> None:
    # Two inputs, one hidden unit, two classes. x = (1, 2), label 0, learning rate 0.5.
    # h = relu(1 * 1 + 2 * -0.25 + 0.5) = 1; scores (1, -1) * h = (1, -1); softmax of them
    # p = 1 / (1 + e^-2) for class 0; d = (p - 1, 1 - p); towards h: (p - 1) - (1 - p) = 2 (p - 1).
    start = {
        "1.weight": torch.tensor([[1.0, -0.25]]), "1.bias": torch.tensor([0.5]),
        "3.weight": torch.tensor([[1.0], [-1.0]]), "3.bias": torch.zeros(2),
    }  # fmt: skip
    net = Perceptrons([start], 0.5, CPU)
    net.step(torch.tensor([[1.0, 2.0]]), torch.tensor([0]))
    by = 0.5 * (1 - 1 / (1 + math.exp(-2)))
    ended = net.weights(0)
    assert ended["3.weight"].flatten().tolist() == pytest.approx([1 + by, -1 - by], abs=1e-6)
    assert ended["3.bias"].tolist() == pytest.approx([by, -by], abs=1e-6)
    assert ended["1.weight"].flatten().tolist() == pytest.approx(
        [1 + 2 * by, -0.25 + 4 * by], abs=1e-6
    )
    assert ended["1.bias"].tolist() == pytest.approx([0.5 + 2 * by], abs=1e-6)


@pytest.mark.parametrize("hidden", [(), (7,), (7, 5, 6, 4)])
def test_steps_are_those_of_autograd_and_torch_optim(hidden: tuple[int, ...]) -> None:
    settings = recipe(hidden)
    starts = settings.initial_weights([BASELINE, TrialId(0.01, 3), TrialId(-0.02, 1)])
    together = Perceptrons(starts, 0.1, CPU)
    nets = [load_weights(build_perceptron(64, hidden, 10), start) for start in starts]
    draw = torch.Generator().manual_seed(0)
    for _ in range(5):
        x, y = torch.randn(20, 8, 8, generator=draw), torch.randint(10, (20,), generator=draw)
        scores = together.scores(x)
        together.step(x, y)
        for index, net in enumerate(nets):
            assert torch.allclose(scores[index], net(x), atol=1e-5)
            optimizer = torch.optim.SGD(net.parameters(), 0.1)
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()
    for index, net in enumerate(nets):
        for name, value in net.state_dict().items():
            assert torch.allclose(together.weights(index)[name], value, atol=1e-6), name


def test_a_trial_is_the_same_together_and_alone() -> None:
    settings = recipe((16, 12))
    trials = [BASELINE, *(TrialId(0.003, number) for number in range(1, 12))]
    all_of_them = outcome(settings, trials)
    for place in (0, 5, 11):
        alone = outcome(settings, [trials[place]]).measurements[0]
        mate = all_of_them.measurements[place]
        # The tolerance that is stated; on the machines that we have seen, they are equal.
        assert alone.accuracy == pytest.approx(mate.accuracy, abs=2e-3)
        assert alone.held_out_accuracy == pytest.approx(mate.held_out_accuracy, abs=6e-3)
        assert alone.loss == pytest.approx(mate.loss, rel=1e-4)
    for leader, weights in all_of_them.weights.items():
        for name, value in outcome(settings, [leader]).weights[leader].items():
            assert torch.allclose(value, weights[name], atol=1e-4)


def test_what_is_measured_is_what_the_network_does() -> None:
    ended = outcome(recipe(), [TrialId(0.003, 2)])
    net = load_weights(build_perceptron(64, (16,), 10), ended.weights[TrialId(0.003, 2)])
    one = ended.measurements[0]
    for (images, labels), accuracy in ((DIGITS, one.accuracy), (TESTED, one.held_out_accuracy)):
        scores = net(torch.from_numpy(images).float() / 255)
        assert accuracy == pytest.approx((scores.argmax(1).numpy() == labels).mean(), abs=2e-3)
    scores = net(torch.from_numpy(DIGITS[0]).float() / 255)
    loss = nn.functional.cross_entropy(scores, torch.from_numpy(DIGITS[1]))
    assert one.loss == pytest.approx(float(loss.detach()), rel=1e-5)


def test_starts_are_the_baseline_shifted_by_so_many_deltas() -> None:
    settings = recipe(bias_initializer=NAMES["ones"])
    base, shifted = settings.initial_weights([BASELINE, TrialId(0.0025, 7)])
    assert set(base) == {"1.weight", "1.bias", "3.weight", "3.bias"}
    for name, value in base.items():
        assert torch.allclose(shifted[name], value + 7 * 0.0025)
    limit = math.sqrt(6 / (64 + 16))
    assert float(base["1.weight"].abs().max()) <= limit
    assert bool((base["1.bias"] == 1).all())


def test_re_drawn_starts_depend_on_seed_and_number() -> None:
    def first(seed: int, number: int) -> torch.Tensor:
        settings = recipe(strategy="reseed", seed=seed)
        return settings.initial_weights([TrialId(None, number)])[0]["1.weight"]

    assert torch.equal(first(0, 3), first(0, 3))
    drawn = [first(seed, number) for seed in (0, 1) for number in (1, 2)]
    drawn.append(recipe().initial_weights([BASELINE])[0]["1.weight"])
    assert len({float(value[0, 0]) for value in drawn}) == 5


def test_every_example_is_seen_once_an_epoch() -> None:
    settings = recipe(batch_size=7)
    orders = [settings.example_order(epoch, 23) for epoch in (0, 1)]
    assert all(sorted(order.tolist()) == list(range(23)) for order in orders)
    assert not torch.equal(*orders)
    assert torch.equal(settings.example_order(1, 23), orders[1])


def test_a_last_minibatch_that_is_smaller_counts_by_its_size() -> None:
    images, labels = np.ones((3, 2), np.float32), np.array([0, 1, 0])
    settings = recipe((), shape=(2,), classes=2, batch_size=2)
    net = load_weights(build_perceptron(2, (), 2), settings.draw_initial_weights())
    order = settings.example_order(0, 3)
    for rows in (order[:2], order[2:]):
        loss = nn.functional.cross_entropy(
            net(torch.from_numpy(images)[rows]), torch.tensor(labels)[rows]
        )
        slopes = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for value, slope in zip(net.parameters(), slopes, strict=True):
                value -= 0.1 * slope
    steps = train(settings, check_data((images, labels), None), [BASELINE])
    try:
        while True:
            next(steps)
    except StopIteration as end:
        ended: Weights = end.value.weights[BASELINE]
    for name, value in net.state_dict().items():
        assert torch.allclose(ended[name], value, atol=1e-6)


def test_small_settings_are_those_of_the_recipe() -> None:
    settings = recipe()
    assert (settings.hidden, settings.batch_size, settings.learning_rate) == tuple(
        SMALL[name] for name in ("hidden", "batch_size", "learning_rate")
    )
