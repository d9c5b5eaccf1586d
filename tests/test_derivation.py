"""What is remembered of a network is forgotten when it answers anew, whatever changed it."""

from __future__ import annotations

import ctypes
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier, Network, derivation, zoo
from xaiwidgets.derivation import steady_weights, with_steady_weights
from xaiwidgets.fingerprint import fingerprint, take_fingerprint
from xaiwidgets.methods import LIME, Cache, Gradient, Shapley, Task
from xaiwidgets.work import Progress, Steps, run

PICTURE = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(2))
HOW: dict[str, Any] = {"target": 0, "budget": 16, "grid": 2}


class Reading(nn.Module):
    """Reads how much it amplifies from a file, at every call."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.body, self.path = models.linear(), str(path)
        self.calls = Calls()

    def forward(self, x: Tensor) -> Tensor:
        self.calls.count += len(x)
        return float(Path(self.path).read_text()) * self.body(x)


class Calls:
    """Counts, and is shared by all copies of a network."""

    count = 0

    def __deepcopy__(self, memo: Any) -> Calls:
        return self

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        raise AttributeError("nothing to see: it is no part of what the network computes with")


class Held:
    """A number that nothing but a call gives back, as that of an object of C."""

    def __init__(self, number: float) -> None:
        self._number: ContextVar[float] = ContextVar("number")
        self._number.set(number)

    def get(self) -> float:
        return self._number.get()

    def set(self, number: float) -> None:
        self._number.set(number)

    def __deepcopy__(self, memo: object) -> Held:
        return Held(self.get())


class Holding(nn.Module):
    """Amplifies by what an opaque object holds."""

    def __init__(self, held: Any) -> None:
        super().__init__()
        self.body, self.held = models.linear(), held

    def forward(self, x: Tensor) -> Tensor:
        return self.held.get() * self.body(x)


class Buffered(nn.Module):
    """Amplifies by a number in a buffer of ctypes."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.numbers = models.linear(), (ctypes.c_float * 1)(1.0)

    def forward(self, x: Tensor) -> Tensor:
        return float(self.numbers[0]) * self.body(x)


def reading(path: Path) -> tuple[nn.Module, Any]:
    path.write_text("1.0")
    return Reading(path), lambda: path.write_text("3.0")


def holding(path: Path) -> tuple[nn.Module, Any]:
    held = Held(1.0)
    return Holding(held), lambda: held.set(3.0)


def buffered(path: Path) -> tuple[nn.Module, Any]:
    net = Buffered()
    return net, lambda: net.numbers.__setitem__(0, 3.0)


@pytest.mark.parametrize("make", [reading, holding, buffered])
def test_a_network_that_changes_unseen_answers_anew(make: Any, tmp_path: Path) -> None:
    net, change = make(tmp_path / "gain")
    model = Classifier(net)
    before = model(PICTURE).explain(**HOW)
    lime = LIME(samples=20)
    (other,) = lime.explain([Task(model, PICTURE, 0)]).run()
    assert model(PICTURE).explain(**HOW).paid == 0
    change()
    truth = float(net(PICTURE[None])[0, 0])
    after = model(PICTURE).explain(**HOW)
    assert after.output == pytest.approx(truth, abs=1e-5)
    np.testing.assert_allclose(after.cells, 3 * before.cells, rtol=1e-4)
    assert after.paid == 16
    assert model.predict(PICTURE).top[0].logit == pytest.approx(float(net(PICTURE[None]).max()))
    (again,) = lime.explain([Task(model, PICTURE, 0)]).run()
    assert again.output == pytest.approx(3 * other.output, rel=1e-4)


def test_one_evaluation_a_job_tells(tmp_path: Path) -> None:
    net, _ = reading(tmp_path / "gain")
    model = Classifier(net)
    model(PICTURE).explain(**HOW)
    assert isinstance(net, Reading)
    before = net.calls.count
    assert model(PICTURE).explain(**HOW).paid == 0
    assert net.calls.count == before + 1


def test_where_the_fingerprint_is_complete_nothing_is_evaluated() -> None:
    class Counting(nn.Module):
        counts: list[int] = []  # noqa: RUF012  shared by all copies

        def __init__(self) -> None:
            super().__init__()
            self.body = models.linear()

        def forward(self, x: Tensor) -> Tensor:
            self.counts.append(len(x))
            return self.body(x)

    net = Counting()
    assert take_fingerprint(net).complete
    model = Classifier(net)
    model(PICTURE).explain(**HOW)
    Counting.counts.clear()
    assert model(PICTURE).explain(**HOW).paid == 0
    assert Counting.counts == []


def test_networks_of_packages_are_looked_into(tmp_path: Path) -> None:
    torchvision = pytest.importorskip("torchvision.models")
    for net in (zoo.digits().net, zoo.fashion_mnist().net, models.small(), models.Untidy()):
        assert take_fingerprint(net).complete
    for name in ("resnet18", "vit_b_32", "swin_t"):
        with torch.device("meta"):
            net = torchvision.get_model(name, weights=None)
        assert take_fingerprint(net).complete, name
    assert not take_fingerprint(reading(tmp_path / "gain")[0]).complete
    assert not take_fingerprint(holding(tmp_path)[0]).complete


def test_memory_that_an_object_shows_counts() -> None:
    net = Buffered()
    before = fingerprint(net)
    net.numbers[0] = 2.0
    assert fingerprint(net) != before
    assert take_fingerprint(net).complete


def test_what_an_inner_function_reads_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    class Inner(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([part * GAIN for part in (lambda: x.split(1))()])

    net = Inner()
    before = fingerprint(net)
    monkeypatch.setitem(globals(), "GAIN", 2.0)
    assert fingerprint(net) != before


GAIN = 1.0


def test_a_rounding_is_no_change_and_a_picture_is_compared_with_itself() -> None:
    held = Held(1.0)
    model = Network(Holding(held), output="logits")
    model.input(PICTURE)
    codes = [model.weights(anew=True)]
    held.set(1.0 + 1e-7)
    codes.append(model.weights(anew=True))
    model.input(torch.rand(3, 8, 8))  # of the same shape: the first is kept
    codes.append(model.weights(anew=True))
    assert len(set(codes)) == 1
    held.set(2.0)
    assert model.weights(anew=True) != codes[0]


def stamped(monkeypatch: pytest.MonkeyPatch) -> list[nn.Module]:
    """Return the networks that are looked at from now on."""
    looked: list[nn.Module] = []
    stamp = derivation.stamp
    monkeypatch.setattr(
        derivation, "stamp", lambda net, seen: looked.append(net) or stamp(net, seen)
    )
    return looked


def test_weights_are_looked_at_once_where_they_are_steady(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(nn.Linear(2, 2))
    before, looked = network.weights(), stamped(monkeypatch)
    with steady_weights():
        assert {network.weights() for _ in range(5)} == {before}
        assert len(looked) == 1
        with torch.no_grad():
            network.net.weight.mul_(2)
        assert network.weights() == before, "what changes meanwhile is seen later"
    assert network.weights() != before
    with steady_weights():
        assert network.weights() != before, "another piece of work looks anew"


def test_weights_are_looked_at_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(nn.Linear(2, 2))
    now = 0.0
    monkeypatch.setattr(derivation.time, "perf_counter", lambda: now)
    looked = stamped(monkeypatch)

    def work() -> Steps[list[int]]:
        nonlocal now
        seen = []
        for _ in range(3):
            seen.append(network.weights())
            yield Progress(len(seen))
            now += 0.15
        return seen

    assert len(set(run(with_steady_weights(work())))) == 1
    assert len(looked) == 2, "at 0 and 0.3 s"


def test_a_map_of_one_pass_looks_at_the_network_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Network(models.small())
    task, cache = Task(model, PICTURE, 0), Cache()
    before = Gradient().explain([task], cache).run()[0]
    looked = stamped(monkeypatch)
    assert Gradient().explain([task], cache).run()[0].paid == 0
    assert len(looked) == 1
    for weight in model.net.parameters():
        weight.data.mul_(2)
    (after,) = Gradient().explain([task], cache).run()
    assert len(looked) == 2
    assert after.paid == 2
    assert not np.allclose(after.values, before.values)


def test_a_first_look_is_of_the_weights_that_its_map_has_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Network(models.small())
    looked = stamped(monkeypatch)
    work = Shapley(64, 2).explain([Task(model, PICTURE, 0)], Cache())
    report = next(each for each in work if each.has_preview)
    before = len(looked)
    (look,) = report.preview
    assert look.first_look
    assert len(looked) == before
    work.close()


def test_a_glance_is_no_thorough_look() -> None:
    network = Network(nn.Linear(2, 2))
    with steady_weights():
        before = network.weights()
        network.net.weight.data.mul_(2)  # which leaves no trace that is cheap to see
        assert network.weights() == before
        assert network.weights(anew=True) != before
        network.net.weight.data.mul_(2)
        assert network.weights(anew=True) == network.weights() != before


def test_steady_work_ends_and_fails_as_the_work_does() -> None:
    ended: list[str] = []

    def failing() -> Steps[None]:
        try:
            yield Progress(1)
            raise ValueError("no more")
        finally:
            ended.append("it")

    with pytest.raises(ValueError, match="no more"):
        run(with_steady_weights(failing()))
    steps = with_steady_weights(failing())
    next(steps)
    steps.close()
    assert ended == ["it", "it"]
