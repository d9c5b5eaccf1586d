"""What preparing a twin costs, when it is not made, and what it may not hide."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Network
from xaiwidgets.errors import InputError
from xaiwidgets.methods import LIME, Shapley, Task
from xaiwidgets.optimize import Twin, _measuring, accelerate
from xaiwidgets.reliability import conductance

CPU = torch.device("cpu")


class Clock:
    """A clock that only the networks of these tests move on."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now

    thread_time = perf_counter


CLOCK = Clock()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_measuring, "time", CLOCK)
    torch.manual_seed(0)


class Timed(nn.Module):
    """Takes its time for every input, and counts what it was asked."""

    asked: list[int]

    def __init__(self, seconds: float, rewritten: float | None = None) -> None:
        super().__init__()
        self.body = models.small()
        self.seconds, self.rewritten = seconds, rewritten
        type(self).asked = []

    def forward(self, x: Tensor) -> Tensor:
        self.asked.append(len(x))
        is_rewritten = not isinstance(self.body[1], nn.BatchNorm2d)
        each = self.rewritten if is_rewritten and self.rewritten is not None else self.seconds
        CLOCK.now += each * len(x)
        return self.body(x)


def pictures(count: int = 4) -> Tensor:
    return torch.rand(count, 3, 16, 16, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize(("seconds", "least"), [(0.001, 1), (0.1, 1), (2.0, 1)])
def test_every_evaluation_is_a_step(seconds: float, least: int) -> None:
    net = Timed(seconds)
    before = 0
    for _ in accelerate(net, pictures(), device=CPU):
        # An evaluation, or the pass that a rewrite watches: of one input, or of a batch that fits.
        assert len(net.asked) - before <= least
        before = len(net.asked)


def test_less_is_tried_of_a_network_that_takes_long() -> None:
    quick, slow = Timed(0.001), Timed(2.0)
    asked = []
    for net in (quick, slow):
        type(net).asked = []
        accelerate(net, pictures(), device=CPU).run()
        asked.append(sum(net.asked))
    assert asked[1] < asked[0] / 2
    assert max(slow.asked) == 1, "two would take longer than Cancel may"
    assert asked[1] <= 10


@pytest.mark.parametrize("seconds", [0.001, 0.1, 2.0])
def test_a_rung_that_is_slower_than_the_plain_network_is_dropped(seconds: float) -> None:
    slower, quicker = Timed(seconds, 1.5 * seconds), Timed(seconds, 0.5 * seconds)
    assert "folded" not in accelerate(slower, pictures(), device=CPU).run().description
    assert "folded" in accelerate(quicker, pictures(), device=CPU).run().description


def test_the_batch_is_learned_from_what_is_played() -> None:
    class Launched(nn.Module):
        """Each call costs the same, however many inputs it is given."""

        def forward(self, x: Tensor) -> Tensor:
            CLOCK.now += 0.01
            return x.flatten(1)[:, :3]

    twin = accelerate(Launched(), pictures(), device=CPU).run()
    assert twin.batch == 4
    batch = pictures(1000)
    assert torch.equal(twin(batch), batch.flatten(1)[:, :3])
    assert twin.batch == 128
    assert "batches of 128" in twin.description


def test_batches_become_smaller_when_memory_runs_out() -> None:
    class Hungry(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            if len(x) > 10:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            CLOCK.now += 0.01
            return x.flatten(1)[:, :3]

    twin = accelerate(Hungry(), pictures(), device=CPU).run()
    batch = pictures(300)
    assert torch.equal(twin(batch), batch.flatten(1)[:, :3])
    assert twin.batch == 8 and twin.batching.settled


# --- company ----------------------------------------------------------------------------------


class Loudest(nn.Module):
    """Scales by the largest number of the batch, as dynamic quantisation does."""

    def forward(self, x: Tensor) -> Tensor:
        return (x / x.abs().amax()).flatten(1)[:, :3]


class Placed(nn.Module):
    """Knows where in its batch an input is."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)[:, :3] + torch.arange(len(x))[:, None] // 3


def alone(net: nn.Module, batch: Tensor) -> Tensor:
    return torch.cat([net(one) for one in torch.split(batch, 1)])


@pytest.mark.parametrize("net", [Loudest(), Placed()], ids=["loudest", "placed"])
def test_dependence_on_company_is_noticed_with_any_of_the_examples(net: nn.Module) -> None:
    batch = pictures(6)
    # The first two are alike in what matters; only the others tell.
    batch[:2, 0, 0, 0], batch[3, 0, 0, 0] = 1.0, 9.0
    twin = accelerate(net, batch, device=CPU).run()
    assert not twin.divisible and twin.batch == 1
    assert torch.allclose(twin(batch), alone(net, batch))


def test_a_network_that_takes_one_at_a_time_is_given_one() -> None:
    class Single(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            if len(x) > 1:
                raise ValueError("one picture, please")
            return x.flatten(1)[:, :3]

    twin = accelerate(Single(), pictures(), device=CPU).run()
    assert torch.equal(twin(pictures(5)), pictures(5).flatten(1)[:, :3])


@pytest.mark.parametrize("net", [Loudest(), Placed()], ids=["loudest", "placed"])
def test_logits_of_several_are_those_of_each_alone(net: nn.Module) -> None:
    batch = pictures(6)
    batch[3, 0, 0, 0] = 9.0
    assert torch.allclose(Network(net, output="logits").logits(batch), alone(net, batch))


# --- impossible classes -----------------------------------------------------------------------


class Masked(nn.Module):
    """The third class is impossible, and the second for dark pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.body = models.small()

    def forward(self, x: Tensor) -> Tensor:
        logits = self.body(x)
        dark = (x.mean((1, 2, 3)) < 0.2)[:, None] & torch.tensor([False, True, False, False])
        return logits.masked_fill(dark | torch.tensor([False, False, True, False]), -torch.inf)


def test_impossible_classes_pass_the_check() -> None:
    batch = torch.cat([pictures(3), torch.zeros(1, 3, 16, 16)])
    twin = accelerate(Masked(), batch, device=CPU).run()
    assert "folded" in twin.description
    assert twin.deviation < 1e-4
    logits = twin(batch)
    assert logits[:, 2].isneginf().all() and bool(logits[3, 1].isneginf())
    assert twin.agrees(batch, logits)
    other = logits.clone()
    other[0, 2] = 0
    assert not twin.agrees(batch, other)


def test_maps_of_a_network_with_impossible_classes() -> None:
    model = Network(Masked(), output="logits")
    picture = pictures()[0]
    for method in (Shapley(grid=2, budget=16), LIME(samples=30, cells=2)):
        (found,) = method.explain([Task(model, picture, 0)]).run()
        assert bool(torch.isfinite(torch.from_numpy(found.cells)).all())
        (nothing,) = method.explain([Task(model, picture, 2, output="probability")]).run()
        assert not nothing.cells.any() and nothing.output == 0
        with pytest.raises(InputError, match="class 2 is impossible"):
            method.explain([Task(model, picture, 2)]).run()


def test_conductance_of_a_network_with_impossible_classes() -> None:
    model = Network(Masked(), output="logits")
    found = conductance(model, pictures(), "body.4", targets=0)
    assert all(bool(torch.isfinite(torch.from_numpy(value)).all()) for value in found.values())


# --- what a network keeps ---------------------------------------------------------------------


def test_a_twin_of_weights_that_changed_meanwhile_is_not_kept() -> None:
    model = Network(models.small())
    batch = pictures()
    making = model.copies.twin(batch)
    next(making)
    with torch.no_grad():
        model.net[-1].weight.mul_(3)
    stale = making.run()
    fresh = model.copies.twin(batch).run()
    assert fresh is not stale
    assert fresh.agrees(batch, model.logits(batch)) and not stale.agrees(batch, model.logits(batch))


def test_weights_are_looked_at_once_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    from xaiwidgets import derivation

    looks: list[int] = []
    stamp = derivation.stamp
    monkeypatch.setattr(derivation, "stamp", lambda *given: looks.append(1) or stamp(*given))
    model = Network(models.small())
    for _ in range(2):
        looks.clear()
        assert isinstance(model.copies.twin(pictures()).run(), Twin)
        assert len(looks) == 1


def test_the_copy_that_was_looked_at_is_the_one_that_is_kept() -> None:
    class Counted(nn.Module):
        copies = 0

        def forward(self, x: Tensor) -> Tensor:
            return x.flatten(1)[:, :3]

        def __deepcopy__(self, memo: Any) -> nn.Module:
            type(self).copies += 1
            return type(self)()

    model = Network(Counted())
    model.predict(pictures()[0])
    assert Counted.copies == 1
    assert model.output == "logits"
