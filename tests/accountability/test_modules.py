"""A user's own networks: stacked with torch.func where it agrees, else one after the other."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.accountability.helpers import (
    DIGITS,
    TESTED,
    alike,
    found,
)
from tests.accountability.models import Dropping, Frozen, Narrow, Normed, Plain
from xaiwidgets import accountability
from xaiwidgets.accountability import _modules
from xaiwidgets.accountability._modules import SequentialNetworks, StackedNetworks
from xaiwidgets.accountability._recipe import Recipe
from xaiwidgets.accountability._trial import BASELINE, TrialId
from xaiwidgets.accountability.initializers import NAMES
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.work import Budget, run

X = torch.from_numpy(DIGITS[0][:50]).float() / 255
Y = torch.from_numpy(DIGITS[1][:50])


def recipe(network: type[nn.Module]) -> Recipe:
    zeros = NAMES["zeros"]
    return Recipe((8, 8), 10, (), 50, 0.1, 1, zeros, zeros, "shift", 0, network)


def stacked_networks(network: type[nn.Module]) -> StackedNetworks | SequentialNetworks:
    settings = recipe(network)
    starts = settings.initial_weights([BASELINE, TrialId(0.01, 1), TrialId(0.01, 2)])
    return _modules.stack_networks(settings, starts, torch.device("cpu"), X, Y)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("network", "kind"),
    [
        (Plain, StackedNetworks),
        (Frozen, StackedNetworks),
        (Normed, StackedNetworks),
        (Dropping, SequentialNetworks),
    ],
)
def test_networks_are_stacked_where_it_works(network: type[nn.Module], kind: type) -> None:
    assert type(stacked_networks(network)) is kind


@pytest.mark.parametrize("network", [Plain, Normed, Frozen])
def test_stacked_is_as_one_by_one(network: type[nn.Module]) -> None:
    settings = recipe(network)
    stacked, starts = stacked_networks(network), settings.initial_weights([TrialId(0.01, 2)])
    (net,) = (settings.build_module(),)
    from xaiwidgets.accountability._recipe import load_weights

    single = SequentialNetworks([load_weights(net, starts[0])], settings)
    for _ in range(4):
        stacked.step(X, Y)
        single.step(X, Y)
    assert torch.allclose(stacked.scores(X)[2], single.scores(X)[0], atol=1e-4)
    mine, theirs = stacked.weights(2), single.weights(0)
    assert set(mine) == set(theirs) == set(starts[0])
    for name, value in theirs.items():
        assert torch.allclose(mine[name], value, atol=1e-4), name


@pytest.mark.parametrize("network", [Plain, Normed, Dropping])
def test_a_search_of_a_users_network(network: type[nn.Module]) -> None:
    state = torch.get_rng_state()
    result = found(Budget(max_trial=2), network=network, held_out=TESTED)
    assert torch.equal(state, torch.get_rng_state())
    assert len(result.trials) == 4 and result.best.accuracy > 0.3
    alike(found(Budget(max_trial=2), network=network, held_out=TESTED), result)
    scores = result.network()(torch.from_numpy(TESTED[0]).float() / 255)
    right = float((scores.argmax(1).numpy() == TESTED[1]).mean())
    assert right == pytest.approx(result.best.held_out_accuracy, abs=3e-3)


def test_what_is_frozen_stays() -> None:
    result = found(Budget(max_trial=1), deltas=(0.1,), network=Frozen)
    start = result.recipe.draw_initial_weights()
    shifted = result.recipe.initial_weights([TrialId(0.1, 1)])[0]
    assert torch.equal(start["first.weight"], shifted["first.weight"])
    assert torch.equal(start["first.weight"], result.weights["first.weight"])
    assert torch.allclose(start["second.bias"] + 0.1, shifted["second.bias"])


def test_a_users_network_may_be_drawn_again() -> None:
    result = found(Budget(max_trial=2), network=Plain, strategy="reseed")
    assert len({one.loss for one in result.trials}) == 4
    one = Plain()
    with pytest.raises(InputError, match="same weights"):
        found(network=lambda: one, strategy="reseed")


def test_a_module_that_the_user_holds_is_left_alone() -> None:
    mine = Plain()
    before = {name: value.clone() for name, value in mine.state_dict().items()}
    mine.first.eval()
    found(Budget(max_trial=1), network=lambda: mine)
    assert all(torch.equal(value, before[name]) for name, value in mine.state_dict().items())
    assert not mine.first.training and mine.second.training
    assert all(value.grad is None for value in mine.parameters())


class Few(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(64, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x.flatten(1))


def test_wrong_networks_are_named() -> None:
    with pytest.raises(ModelError, match="raised RuntimeError"):
        found(network=Narrow)
    with pytest.raises(InputError, match="only 4 classes"):
        found(network=Few)
    with pytest.raises(InputError, match="returned a int"):
        found(network=lambda: 3)
    with pytest.raises(InputError, match="without parameters"):
        found(network=nn.Flatten)
    with pytest.raises(ModelError, match="raised ZeroDivisionError"):
        found(network=lambda: 1 / 0)
    with pytest.raises(InputError, match="lazy"):
        found(network=lambda: nn.Sequential(nn.Flatten(), nn.LazyLinear(10)))


class Overwriting(nn.Module):
    """Begins with what overwrites its input."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1)
        x -= 1.0
        return torch.relu_(self.head(x))


def test_a_network_that_overwrites_its_input_leaves_the_data_alone() -> None:
    inputs = torch.rand(200, 8, 8)
    labels = torch.arange(200) % 10
    before = inputs.clone()
    steps = accountability.search(
        (inputs, labels), held_out=(inputs, labels), network=Overwriting,
        budget=Budget(max_trial=2), batch_size=50,
    )  # fmt: skip
    result = run(steps)
    assert torch.equal(inputs, before)
    assert result.baseline.accuracy == pytest.approx(result.baseline.held_out_accuracy)


def test_another_network_is_not_the_search_that_is_resumed() -> None:
    data = torch.rand(100, 12), torch.arange(100) % 3

    def search(*sizes: int, resume: Any = None) -> Any:
        def network() -> nn.Module:
            return nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(sizes)])

        budget = Budget(max_trial=1)
        return accountability.search(data, network=network, budget=budget, resume=resume)

    first = run(search(12, 3))
    assert len(run(search(12, 3, resume=first)).trials) == 2
    with pytest.raises(InputError, match="begin a new one"):
        run(search(12, 5, 3, resume=first))


def test_weights_in_any_order_are_saved(tmp_path: Path) -> None:
    def network() -> nn.Module:
        net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 3))
        return net.to(memory_format=torch.channels_last)

    data = torch.rand(60, 3, 8, 8), torch.arange(60) % 3
    result = run(accountability.search(data, network=network, budget=Budget(max_trial=1)))
    result.save(tmp_path / "best.safetensors")
    assert (tmp_path / "best.safetensors").stat().st_size > 1000
