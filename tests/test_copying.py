"""A copy of a network is its own, but for what there can be only once."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier
from xaiwidgets.inference import EVALUATING
from xaiwidgets.layers import listening
from xaiwidgets.methods import Gradient, Task
from xaiwidgets.optimize import copied


class Held(nn.Module):
    """Keeps what there is once, and its last answer."""

    def __init__(self, handle: object) -> None:
        super().__init__()
        self.body, self.handle, self.answers = models.small(), handle, {"last": None}

    def forward(self, batch: Tensor) -> Tensor:
        scores: Tensor = self.body(batch)
        self.answers["last"] = scores
        return scores


@pytest.mark.parametrize("make", [threading.Lock, threading.Event, lambda: iter_once(), io.BytesIO])
def test_a_copy_shares_locks_files_and_generators(make: Callable[[], object]) -> None:
    net = Held(make())
    net(torch.rand(1, 3, 8, 8))
    twin = copied(net)
    assert twin is not None and twin.handle is net.handle
    assert twin.answers["last"] is not net.answers["last"]
    assert twin.body is not net.body


def iter_once() -> Iterator[int]:
    yield 1


def test_a_compiled_forward_is_left_out_of_a_copy() -> None:
    net = models.small()
    net.forward = torch.compile(net.forward, backend="eager")
    twin = copied(net)
    assert twin is not None and "forward" not in vars(twin) and "forward" in vars(net)


def test_hooks_of_gradients_stay_the_users() -> None:
    net, fired = models.small(), []
    layer = next(module for module in net.modules() if isinstance(module, nn.Linear))
    layer.register_full_backward_hook(lambda *_: fired.append(1))
    Gradient().explain([Task(Classifier(net), torch.rand(3, 8, 8))]).run()
    assert not fired and layer._backward_hooks


def test_a_copy_has_no_hooks_of_an_evaluation_on_another_thread() -> None:
    net = models.small()
    listens, ends = threading.Event(), threading.Event()

    def listen() -> None:
        with EVALUATING, listening(net, ["0"], lambda _name, _output: None):
            listens.set()
            ends.wait(10)

    copies: list[nn.Module | None] = []
    listener = threading.Thread(target=listen)
    copier = threading.Thread(target=lambda: copies.append(copied(net)))
    listener.start()
    assert listens.wait(10)
    copier.start()
    copier.join(0.1)
    ends.set()
    copier.join(10)
    listener.join(10)
    assert copies[0] is not None
    assert not any(module._forward_hooks for module in copies[0].modules())
