"""Whatever changes a network's answer changes its fingerprint; nothing else does."""

from __future__ import annotations

import copy
import functools
import os
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Network
from xaiwidgets.fingerprint import (
    Traversal,
    fingerprint,
    stamp,
    take_fingerprint,
)

OPTIONS = {"temperature": 1.0}
SCALE = 1.0


@dataclass
class Config:
    factor: float = 1.0
    inner: dict[str, Any] = field(default_factory=lambda: {"shift": [0.0]})


class Net(nn.Module):
    """A network that reads everything that networks read."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.norm = nn.Linear(4, 3), nn.BatchNorm1d(3)
        self.options: dict[str, Any] = {"temperature": 1.0, "nested": [1, {"power": 1.0}]}
        self.config = Config()
        self.shift, self.table = torch.zeros(3), np.zeros(3, np.float32)
        self.prototypes = [torch.zeros(3)]
        self.mode, self.hidden = "plain", [nn.Linear(3, 3)]

    def forward(self, batch: Tensor) -> Tensor:
        scores = self.norm(self.linear(batch)) + self.shift + torch.from_numpy(self.table)
        scores = scores + self.prototypes[0] + self.hidden[0](scores)
        scores = scores * self.config.factor + self.config.inner["shift"][0]
        scores = scores ** self.options["nested"][1]["power"] / self.options["temperature"]
        return helped(scores if self.mode == "plain" else -scores) / OPTIONS["temperature"] * SCALE


def helped(scores: Tensor) -> Tensor:
    return scores + 0


def other_forward(self: Net, batch: Tensor) -> Tensor:
    return 3 * self.linear(batch)


CHANGES: dict[str, Callable[[Net], object]] = {
    "a weight in place": lambda net: net.linear.weight.data.mul_(2),
    "a weight under no_grad": lambda net: nn.init.zeros_(net.linear.bias),
    "weights in another order": lambda net: net.linear.weight.data.copy_(
        net.linear.weight.data.flip(0)
    ),
    "a buffer": lambda net: net.norm.running_mean.add_(1),  # type: ignore[union-attr,operator]
    "a setting": lambda net: setattr(net.norm, "eps", 0.5),
    "an option in a dict": lambda net: net.options.update(temperature=0.1),
    "an option deep inside": lambda net: net.options["nested"][1].update(power=2.0),
    "a configuration object": lambda net: setattr(net.config, "factor", 2.0),
    "a list in a configuration": lambda net: net.config.inner["shift"].append(1.0),
    "a tensor that is no buffer": lambda net: net.shift.add_(2),
    "an array": lambda net: net.table.__setitem__(0, 5),
    "a tensor in a list": lambda net: net.prototypes[0].add_(1),
    "a module in a list": lambda net: net.hidden[0].weight.data.add_(1),
    "a text": lambda net: setattr(net, "mode", "other"),
    "a forward of one object": lambda net: setattr(
        net, "forward", functools.partial(other_forward, net)
    ),
    "a hook": lambda net: net.register_forward_hook(lambda _m, _i, output: -output),
    "a layer": lambda net: setattr(net, "linear", nn.Linear(4, 3)),
    "an activation": lambda net: setattr(net, "norm", nn.Identity()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_the_answer_changes_the_fingerprint(change: Callable[[Net], object]) -> None:
    net = Net()
    before = fingerprint(net)
    assert fingerprint(net) == before
    change(net)
    assert fingerprint(net) != before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_traversal_is_current_as_long_as_it_finds_what_is_there(
    change: Callable[[Net], object],
) -> None:
    net = Net()
    traversal = Traversal(net)
    assert traversal.is_current()
    change(net)
    found = take_fingerprint(net, traversal if traversal.is_current() else None)
    assert found == take_fingerprint(net)


MOVES: dict[str, Callable[[Net], object]] = {
    "an object for its equal": lambda net: setattr(net.norm, "eps", int(net.norm.eps > 0)),
    "a class": lambda net: setattr(net.linear, "__class__", nn.Bilinear),
    "two attributes": lambda net: net.__dict__.update(mode=net.options, options=net.mode),
    "a name": lambda net: net.__dict__.update(other=net.__dict__.pop("mode")),
    "an item of another table": lambda net: net.norm._buffers.update(
        weight=net.linear._parameters.pop("weight")
    ),
    "a method": lambda net: setattr(type(net), "added", other_forward),
    "a true for a one": lambda net: net.options["nested"].__setitem__(0, True),
    "an item of a tuple": lambda net: setattr(net, "config", (net.config, 2)),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_a_traversal_sees_that_other_objects_are_there(move: Callable[[Net], object]) -> None:
    class Own(Net):
        pass

    net = Own()
    traversal = Traversal(net)
    assert traversal.is_current()
    move(net)
    assert not traversal.is_current()


PLACES: dict[str, Callable[[nn.Parameter], object]] = {
    "written to by torch": lambda weight: weight.data.mul_(2),
    "written to by NumPy": lambda weight: weight.detach().numpy().__setitem__((0, 0), 5),
    "elsewhere": lambda weight: setattr(weight, "data", 2 * weight.data),
    "shared between processes": lambda weight: weight.data.share_memory_().mul_(2),
    "read in another order": lambda weight: setattr(weight, "data", weight.data.t()),
    "read as other numbers": lambda weight: setattr(weight, "data", weight.data.view(torch.int32)),
    "of another precision": lambda weight: setattr(weight, "data", weight.data.double()),
}


@pytest.mark.parametrize("move", PLACES.values(), ids=PLACES.keys())
def test_numbers_are_read_where_they_lie(move: Callable[[nn.Parameter], object]) -> None:
    net = nn.Linear(3, 3).requires_grad_(False)
    traversal = Traversal(net)
    before = take_fingerprint(net, traversal)
    assert take_fingerprint(net, traversal) == before
    for _ in range(2):
        move(net.weight)
        assert traversal.is_current()
        assert take_fingerprint(net, traversal) == take_fingerprint(net)
        move = PLACES["written to by torch"]
    assert take_fingerprint(net, traversal) != before


UNSEEN_BY_STAMPS = {"a weight in place", "weights in another order", "a module in a list"}


@pytest.mark.parametrize("name", sorted(CHANGES.keys() - UNSEEN_BY_STAMPS))
def test_the_cheap_stamp_sees_all_but_writes_through_data(name: str) -> None:
    net = Net()
    before = stamp(net)
    assert stamp(net) == before
    CHANGES[name](net)
    assert stamp(net) != before


def test_a_class_that_is_patched_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Net()
    before, traversal = fingerprint(net), Traversal(net)
    monkeypatch.setattr(Net, "forward", other_forward)
    patched = fingerprint(net)
    assert patched != before
    assert not traversal.is_current()
    monkeypatch.undo()
    assert fingerprint(net) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPTIONS", {"temperature": 2.0}), ("SCALE", 3.0), ("helped", lambda scores: scores + 1)],
)
def test_globals_that_forward_reads_count(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = Net()
    before, traversal = fingerprint(net), Traversal(net)
    if name == "helped":
        value.__module__ = __name__
    monkeypatch.setitem(globals(), name, value)
    assert fingerprint(net) != before
    assert not traversal.is_current()


def test_what_a_hook_closes_over_counts() -> None:
    net, state = Net(), {"gain": 1.0}
    net.register_forward_hook(lambda _m, _i, output: output * state["gain"])
    before, traversal = fingerprint(net), Traversal(net)
    state["gain"] = 2.0
    assert fingerprint(net) != before
    assert not traversal.is_current()


def test_what_does_not_change_the_answer_changes_nothing() -> None:
    net = Net()
    before = fingerprint(net), stamp(net)
    net.train()
    net.linear.weight.requires_grad_(False)
    net.register_full_backward_hook(lambda *_: None)
    assert (fingerprint(net), stamp(net)) == before
    assert fingerprint(copy.deepcopy(net)) == before[0]


def test_unusual_tensors_have_a_fingerprint() -> None:
    class Holder(nn.Module):
        def __init__(self, tensor: Tensor) -> None:
            super().__init__()
            self.tensor = tensor

    numbers = torch.arange(6.0).reshape(2, 3)
    quantised = torch.quantize_per_tensor(numbers, 0.5, 0, torch.qint8)
    by_channel = torch.quantize_per_channel(
        numbers, torch.tensor([0.5, 1]), torch.zeros(2), 0, torch.qint8
    )
    kinds = [numbers, numbers.bfloat16(), numbers.to_sparse(), quantised, by_channel]
    prints = {fingerprint(Holder(kind)) for kind in kinds}
    assert len(prints) == len(kinds)
    assert fingerprint(Holder(quantised)) != fingerprint(
        Holder(torch.quantize_per_tensor(numbers, 0.25, 0, torch.qint8))
    )
    fingerprint(Holder(torch.zeros(2, device="meta")))
    with torch.inference_mode():
        inside = Holder(torch.zeros(2))
    assert stamp(inside) == stamp(inside)


def test_packed_weights_count() -> None:
    torch.manual_seed(0)
    nets = [
        torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 3)), dtype=torch.qint8)
        for _ in range(2)
    ]
    assert fingerprint(nets[0]) != fingerprint(nets[1])
    nets[1].load_state_dict(nets[0].state_dict())
    assert fingerprint(nets[0]) == fingerprint(nets[1])


def test_scripted_networks_have_weights_and_code() -> None:
    plain = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
    scripted = torch.jit.script(plain)
    before = fingerprint(scripted)
    next(scripted.parameters()).data.add_(1)
    assert fingerprint(scripted) != before


def test_weights_that_are_shared_are_not_weights_that_are_equal() -> None:
    shared = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])
    equal = copy.deepcopy(shared)
    equal[1].load_state_dict(equal[0].state_dict())
    shared[1].weight, shared[1].bias = shared[0].weight, shared[0].bias
    shared[0].load_state_dict(equal[0].state_dict())
    assert fingerprint(shared) != fingerprint(equal)


class Slotted:
    __slots__ = ("scale",)

    def __init__(self) -> None:
        self.scale = 1.0


class Scaling(nn.Module):
    """Reads a setting of its class, of an object with slots, and of a namespace."""

    shared = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.slotted, self.options = Slotted(), types.SimpleNamespace(scale=1.0)

    @property
    def scale(self) -> float:
        return self.shared * self.slotted.scale * self.options.scale

    def forward(self, batch: Tensor) -> Tensor:
        return self.scale * batch


def test_settings_of_the_class_in_slots_and_namespaces_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net = Scaling()
    codes = [fingerprint(net)]
    net.slotted.scale = 2.0
    codes.append(fingerprint(net))
    net.options.scale = 3.0
    codes.append(fingerprint(net))
    monkeypatch.setattr(Scaling, "shared", 4.0)
    codes.append(fingerprint(net))
    monkeypatch.setattr(Scaling, "scale", property(lambda self: 5.0))
    codes.append(fingerprint(net))
    assert len(set(codes)) == 5
    assert take_fingerprint(net).complete


class SlottedModule(nn.Linear):
    __slots__ = ("scale",)

    def forward(self, batch: Tensor) -> Tensor:
        return self.scale * super().forward(batch)


def test_a_modules_own_slots_are_copied_and_count() -> None:
    net, batch = SlottedModule(3, 2), torch.ones(1, 3)
    net.scale = 2.0
    model = Network(net)
    assert torch.equal(model.logits(batch), net(batch).detach())
    net.scale = 3.0
    assert torch.equal(model.logits(batch), net(batch).detach())


def test_what_reads_the_environment_cannot_be_looked_into() -> None:
    class Reading(nn.Module):
        def forward(self, batch: Tensor) -> Tensor:
            return batch * float(os.environ.get("SCALE", "1"))

    assert not take_fingerprint(Reading()).complete
