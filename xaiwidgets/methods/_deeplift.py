"""DeepLIFT: what each pixel's difference from a baseline did to the score."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.errors import ModelError
from xaiwidgets.inference import evaluate
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._method import Task
from xaiwidgets.methods._operations import called_operations
from xaiwidgets.methods._passes import (
    Batch,
    Pass,
    PixelMaps,
    cut_off,
    divisible,
    gradients_of,
    pixel_maps,
    scores_of,
)
from xaiwidgets.methods._relevance_rules import with_gradient_of
from xaiwidgets.optimize import Opaque, PreparedNetwork
from xaiwidgets.work import Steps, work

EPSILON = 1e-10
"""Larger differences are some: of others the slope is the gradient. As in captum; 0 in half."""

MISSED = 0.01
"""What a map may miss, as a share of all that it hands out: rounding is a thousandth of it."""


@dataclass(frozen=True)
class DeepLift:
    """DeepLIFT with the rescale rule (Shrikumar et al. 2017, section 3.5.1).

    Two passes are compared, of the input and of the baseline. What an activation adds to the
    difference is handed back as ``difference out / difference in``, in place of its slope; of a max
    pooling the input and the baseline have their parts. The map, summed over the channels, sums to
    the score less that of the baseline.

    Raises
    ------
    ModelError
        If an activation is computed by a function, or there is no rule for it (at the call); or if
        the map does not sum to what it should.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import DeepLift, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> abs(DeepLift().explain([task]).run()[0].residual) < 1e-4
    True
    """

    label: ClassVar[str] = "DeepLIFT"
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = True

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; outside of a window there is no difference, and all is 0."""
        supported = ("window", "layer", "baseline")
        return pixel_maps(self, tasks, cache, _differences, 4, supported)

    def incompatibility(self, task: Task) -> str | None:
        """Say what is no module of its own, or has no rule."""
        if isinstance(task.network.copies.private().net, Opaque):
            return (
                "DeepLIFT has a rule for each layer, and those of a scripted network cannot be "
                "told; give the network that it was scripted from"
            )
        if (reason := cut_off(task)) is not None:
            return reason
        if not divisible(task):
            prepared = task.network.copies.private()
            # Where it fails for two inputs, it says so itself.
            evaluate(prepared.net, prepared.prepare(torch.stack([task.input] * 2)))
            return (
                "DeepLIFT has no rule for what makes this network's answer depend on its company "
                "in a batch (a batch norm without running statistics, say); use method 'ig'"
            )
        for each in called_operations(task):
            if not each.linear and each.kind not in _RULES:
                return (
                    f"DeepLIFT knows the activations {', '.join(kind.__name__ for kind in _RULES)} "
                    f"as modules, and {each.place} calls {each.name!r}, of which it would take the "
                    "plain gradient; make it such a module, or use method 'ig'"
                )
        return None


def _differences(task: Task, prepared: PreparedNetwork, _example: Tensor) -> Pass:
    def explain(batch: Batch) -> PixelMaps:
        network, net, absent = task.network, prepared.net, batch.absent()
        with _remembered(net) as references:
            absent_score = scores_of(network, net, batch, absent)
        with _rescaled(net, references):
            multipliers, score = gradients_of(network, net, batch)
        shares = multipliers * (batch.inputs - absent)
        _check_sum(shares.flatten(1), score - absent_score)
        return PixelMaps(shares.sum(1), score, absent_score)

    return explain


def _check_sum(shares: Tensor, change: Tensor) -> None:
    """Raise ModelError where something has escaped the rules, so that maps miss a part."""
    missed = (shares.sum(1) - change).abs()
    allowed = MISSED * torch.maximum(shares.abs().sum(1), change.abs()) + 1e-4
    if bool((missed > allowed).any()):
        worst = int((missed - allowed).argmax())
        raise ModelError(
            f"DeepLIFT's map misses {float(missed[worst]):.3g} of a difference of "
            f"{float(change[worst]):.3g}: the network computes something nonlinear for which there "
            "is no rule; use method 'ig'"
        )


class _Reference(NamedTuple):
    """What goes into a layer, and comes out of it, when all is at the baseline."""

    inputs: Tensor
    answer: Tensor


References = dict[nn.Module, deque[_Reference]]
"""Of each layer that has a rule, one for each of its calls, in their order."""


@contextmanager
def _remembered(net: nn.Module) -> Iterator[References]:
    """Collect what the layers with a rule are given and answer, in a pass of baselines."""
    references: References = defaultdict(deque)
    with _watched(net, lambda *call: references[call[0]].append(_copied(*call[1:]))):
        yield references


def _copied(inputs: Tensor, answer: Tensor) -> _Reference:
    # The next layer may overwrite the answer.
    return _Reference(inputs, answer.clone())


@contextmanager
def _rescaled(net: nn.Module, references: References) -> Iterator[None]:
    """Hand differences back, in a pass of inputs."""

    def rescale(module: nn.Module, inputs: Tensor, answer: Tensor) -> Tensor:
        return _RULES[type(module)](module, inputs, answer, references[module].popleft())

    with _watched(net, rescale):
        yield


@contextmanager
def _watched(net: nn.Module, see: Callable[[nn.Module, Tensor, Tensor], Any]) -> Iterator[None]:
    """Call with each layer that has a rule, what went in and what came out of it.

    What it returns is the answer, if it returns anything.
    """
    handles: list[Any] = []
    # What goes in is remembered before the call, as a layer may overwrite it.
    before: dict[nn.Module, Tensor] = {}

    def enter(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        before[module] = inputs[0].clone()

    def leave(module: nn.Module, _inputs: Any, answer: Tensor) -> Any:
        return see(module, before.pop(module), answer)

    for module in net.modules():
        if type(module) in _RULES:
            handles.append(module.register_forward_pre_hook(enter))
            handles.append(module.register_forward_hook(leave))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _rescale(_module: nn.Module, inputs: Tensor, answer: Tensor, reference: _Reference) -> Tensor:
    """Answer as an activation does; backwards, the slope is difference out / difference in."""
    # Into the memory of the reference, which is not needed any more.
    change = torch.sub(inputs.detach(), reference.inputs, out=reference.inputs)
    # 1 where nothing differs, and 0 elsewhere: booleans take three times as long to compute with.
    same = change.abs().le_(EPSILON)
    # Where nothing differs in, nothing does out: 0 / (0 + 1).
    multiplier = torch.sub(answer.detach(), reference.answer, out=reference.answer)
    multiplier.div_(change.add_(same))
    rescaled: Tensor = _Rescaled.apply(inputs, answer, multiplier, same)
    return rescaled


class _Rescaled(torch.autograd.Function):
    """Answers as an activation does, with multipliers as its slope; its own one where they are 0/0.

    One function, as the dozen operations that it is made of take as long as the network's own.
    """

    @staticmethod
    def forward(ctx: Any, _inputs: Tensor, answer: Tensor, multiplier: Tensor, same: Tensor) -> Any:
        ctx.save_for_backward(multiplier, same)
        return answer.clone()

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        multiplier, same = ctx.saved_tensors
        # Where nothing differs the gradient is the limit.
        return slopes[0] * multiplier, slopes[0] * same, None, None


def _rescale_maximum(
    module: nn.Module, inputs: Tensor, answer: Tensor, reference: _Reference
) -> Tensor:
    """Answer as a max pooling does; backwards, the largest places of both have their parts.

    From the baseline's answer up to the larger of both is the input's part, the rest the other's.
    """
    settings = {name: getattr(module, name) for name in ("kernel_size", "stride", "padding")}
    settings |= {"dilation": module.dilation, "ceil_mode": module.ceil_mode}
    present, absent = answer.detach(), reference.answer
    larger = torch.maximum(present, absent)
    parts: Any = 0
    sides = (inputs.detach(), larger - absent), (reference.inputs, present - larger)
    for side, change in sides:
        _, places = functional.max_pool2d(side, **settings, return_indices=True)
        flat = places.flatten(2)
        chosen, other = (each.flatten(2).gather(2, flat) for each in (inputs, reference.inputs))
        difference = (chosen - other).detach()
        # 0 / 0: a place with the same number in both cannot have changed the maximum.
        share = torch.where(difference.abs() <= EPSILON, 0.0, change.flatten(2) / difference)
        parts = parts + (chosen * share).view_as(answer)
    return with_gradient_of(parts, answer)


# But for the last, functions of one number: difference out / difference in hands on all of it. A
# softmax or a layer norm mixes numbers, and is refused, as it would need a rule of its own.
_RULES: dict[type[nn.Module], Callable[[nn.Module, Tensor, Tensor, _Reference], Tensor]] = {
    **dict.fromkeys((nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU), _rescale),
    **dict.fromkeys((nn.GELU, nn.SiLU, nn.Mish, nn.Hardswish), _rescale),
    **dict.fromkeys((nn.Sigmoid, nn.Hardsigmoid, nn.Tanh, nn.Softplus, nn.Softsign), _rescale),
    nn.MaxPool2d: _rescale_maximum,
}
"""By the kind of module, its rule."""
