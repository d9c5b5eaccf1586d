"""The copy for gradients has the network's own, and is taken only where that is so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.gradients import differentiable_copy, own_gradients
from tests.test_optimize import Net, conv, head, images, lively, plain_net, state
from xaiwidgets.adversarial import _gradient, attack
from xaiwidgets.errors import ModelError
from xaiwidgets.methods import (
    Cache,
    IntegratedGradients,
    Shapley,
    SmoothGrad,
    Task,
    _gradients,
)
from xaiwidgets.network import Network
from xaiwidgets.steps import run

MANY = IntegratedGradients(steps=16), SmoothGrad(samples=16)
"""Methods that take as many gradients as make a copy worth it."""


@pytest.fixture(autouse=True)
def seeded() -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def test_batch_norms_are_merged_and_activations_stay() -> None:
    net, batch = plain_net().train(), images()
    before = state(net)
    prepared = differentiable_copy(net, batch)
    assert prepared.steps == ("batch norm folded", "channels last")
    assert not any(isinstance(module, nn.BatchNorm2d) for module in prepared.net.modules())
    assert isinstance(prepared.net[2], nn.ReLU6)  # type: ignore[index]
    assert state(net) == before


def test_an_answer_that_is_viewed_keeps_its_layout() -> None:
    # `view` refuses channels last, by which the plain network is never evaluated.
    def forward(m: Any, x: Tensor) -> Tensor:
        return m.last(m.b1(m.c1(x)).view(len(x), -1))

    modules = {"c1": conv(), "b1": nn.BatchNorm2d(8), "last": nn.Linear(8 * 144, 5)}
    net = lively(Net(forward, **modules))
    assert differentiable_copy(net, images()).steps == ()
    task = Task(Network(net), images()[0], 1)
    for method in MANY:
        assert method.explain([task]).run()[0].values.any()


def test_what_cannot_be_copied_is_taken_itself() -> None:
    class Lonely(nn.Sequential):
        def __deepcopy__(self, memo: object) -> None:
            raise TypeError("there is only one")

    net = Lonely(conv(), nn.BatchNorm2d(8), *head(8)).eval()
    task = Task(Network(net), images()[0], 1)
    assert IntegratedGradients(steps=16).explain([task]).run()[0].values.any()
    assert isinstance(net[1], nn.BatchNorm2d)


class Turning(nn.Module):
    """Normalises what its convolution answers to bright pictures, and not to dark ones."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = conv(), lively(nn.BatchNorm2d(8))
        self.end = nn.Sequential(nn.ReLU(), *head(8))

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        return self.end(self.norm(y) if float(x.detach().mean()) > 0 else y)


@pytest.mark.parametrize("baseline", [0.1, -0.01], ids=["bright", "dark"])
@pytest.mark.parametrize("method", MANY, ids=lambda method: type(method).__name__)
def test_another_way_through_the_network_is_taken_as_it_is(
    method: Any, baseline: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, bright = Network(Turning()), torch.rand(3, 12, 12)
    for picture in (bright, -bright):
        task = Task(network, picture, 1, baseline=baseline)
        (found,) = method.explain([task], Cache()).run()
        with monkeypatch.context() as patch:
            patch.setattr(_gradients, "MANY_GRADIENTS", 1000)
            (plain,) = method.explain([task], Cache()).run()
        np.testing.assert_allclose(found.values, plain.values, atol=1e-5)


@pytest.mark.parametrize(("steps", "is_made"), [(15, False), (16, True)])
def test_it_is_made_where_many_gradients_are_needed(steps: int, is_made: bool) -> None:
    network = Network(plain_net())
    task = Task(network, images()[0], 1)
    run(IntegratedGradients(steps=steps).explain([task]))
    quick = network.copies.for_one_gradient(task.input[None])
    assert (quick is not network.copies.private()) == is_made
    passes: list[object] = []
    with quick.net.register_forward_hook(lambda *_: passes.append(None)):
        (found,) = IntegratedGradients(steps=steps).explain([task], Cache()).run()
    assert found.evaluations == found.paid == 2 * steps + 2
    # All places in one batch, and the ends are those of the network itself; or a look at both.
    assert len(passes) == (2 if is_made else 1 + 2)
    # Of another shape, it is another one.
    assert network.copies.for_one_gradient(images(size=16)[:1]) is network.copies.private()
    with torch.no_grad():
        next(network.net.parameters()).mul_(2)
    assert network.copies.for_one_gradient(task.input[None]) is network.copies.private()


@pytest.mark.parametrize("is_looked_at", [True, False])
def test_who_looks_once_has_the_next_first_look_sooner(is_looked_at: bool) -> None:
    network = Network(plain_net())
    work = Shapley(16, grid=2).explain([Task(network, images()[0], 1)], Cache())
    for progress in work:
        if is_looked_at and progress.has_preview:
            assert progress.preview
    quick = network.copies.for_one_gradient(images()[:1])
    assert (quick is not network.copies.private()) == is_looked_at
    if not is_looked_at:
        return
    task = Task(network, images()[1], 1)
    work = Shapley(16, grid=2).explain([task], Cache())
    (look,) = next(progress.preview for progress in work if progress.has_preview)
    slopes = own_gradients(network.net, task.input[None])[0]
    expected = (slopes * (task.input - task.absent)).sum(0)
    assert look.first_look
    np.testing.assert_allclose(
        look.cells, look.layout.sums(expected.numpy()).reshape(2, 2), atol=1e-4
    )


def test_in_inference_mode_it_has_gradients_afterwards() -> None:
    network = Network(plain_net())
    task = Task(network, images()[0], 1)
    with torch.inference_mode():
        (inside,) = IntegratedGradients(steps=16).explain([task], Cache()).run()
    (outside,) = IntegratedGradients(steps=16).explain([task], Cache()).run()
    np.testing.assert_array_equal(inside.values, outside.values)


def test_a_network_that_cuts_its_input_off_says_so() -> None:
    net = nn.Sequential(conv(), nn.BatchNorm2d(8), Net(lambda _m, x: x.detach()), *head(8))
    with pytest.raises(ModelError, match="no gradient reaches"):
        IntegratedGradients(steps=16).explain([Task(Network(net), images()[0], 1)]).run()


@pytest.mark.parametrize(("steps", "is_made"), [(15, False), (16, True)])
def test_an_attack_of_many_steps_goes_the_same_way(
    steps: int, is_made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, pictures = Network(plain_net()), images()[:2]
    quick = attack(network, pictures, steps=steps, size=0.5).run()
    made = network.copies.for_one_gradient(pictures[:1])
    assert (made is not network.copies.private()) == is_made
    monkeypatch.setattr(_gradient, "MANY_GRADIENTS", 1000)
    plain = attack(network, pictures, steps=steps, size=0.5).run()
    np.testing.assert_allclose(quick.images, plain.images, atol=1e-5)
    assert quick.evaluations == plain.evaluations == 2 * steps
