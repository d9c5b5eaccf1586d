"""Evaluate a user's network, and leave it as it was found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from xaiwidgets.errors import ModelError
from xaiwidgets.work import Steps, each_step_inside

T = TypeVar("T")

EVALUATING = threading.RLock()
"""One evaluation of any network at a time: a second thread would take the flags that the first has
set for the user's own and restore those, and the first one's hooks would fire for its calls."""


# Whether a network draws random numbers in eval mode. Only then is the random state put back: it
# is global, and another thread may have drawn from it meanwhile.
_DRAWS: WeakKeyDictionary[nn.Module, bool] = WeakKeyDictionary()


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees whether an operation of this thread draws random numbers."""

    is_random = on_cuda = False

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else torch imports its compiler at the first use: seconds, for nothing

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **(kwargs or {}))
        # Attention has the tag for a dropout that it rarely has: the state tells what was drawn.
        before = _random_states(self.on_cuda)
        answer = func(*args, **(kwargs or {}))
        states = zip(before, _random_states(self.on_cuda), strict=True)
        self.is_random = self.is_random or not all(torch.equal(one, other) for one, other in states)
        return answer


def _random_states(on_cuda: bool) -> list[Tensor]:
    """Return the state of the CPU's generator and, where asked for, of each of CUDA's."""
    # Only for a network on CUDA, as to ask for CUDA's random state initialises CUDA.
    return [torch.get_rng_state(), *(torch.cuda.get_rng_state_all() if on_cuda else [])]


@contextmanager
def undisturbed(net: nn.Module) -> Iterator[nn.Module]:
    """Evaluate `net` in eval mode without gradients; flags and random state come back after.

    The flag of each submodule is set and put back by itself, so that mixed train/eval states
    survive and overridden `train` methods are not called.
    """
    drawing = nullcontext() if _DRAWS.get(net) is False else _same_random_state(net)
    with EVALUATING, torch.no_grad(), drawing:
        # A frozen scripted module has no flag.
        flags = [(m, m.training) for m in _modules_of(net) if hasattr(m, "training")]
        try:
            # A module takes long to set anything, and a private copy is in eval mode already.
            for module, training in flags:
                if training:
                    module.training = False
            yield net
        finally:
            for module, training in flags:
                if module.training is not training:
                    module.training = training


def _modules_of(net: nn.Module) -> list[nn.Module]:
    """Return each module of a network once; by torch, which names them, it takes five times."""
    modules, visited = [net], {net}
    for module in modules:
        for part in module._modules.values():
            if part is not None and part not in visited:
                visited.add(part)
                modules.append(part)
    return modules


@contextmanager
def _same_random_state(net: nn.Module) -> Iterator[None]:
    on_cuda = any(p.is_cuda for p in net.parameters())
    cpu, *cuda = _random_states(on_cuda)
    watch = _Watch()  # type: ignore[no-untyped-call]
    watch.on_cuda = on_cuda
    finished = False
    try:
        # Watched once for each network: the mode slows every operation down.
        with nullcontext() if net in _DRAWS else watch:
            yield
        finished = True
    finally:
        # A pass that failed before any draw does not show that the network draws nothing.
        if finished or watch.is_random:
            _DRAWS[net] = _DRAWS.get(net, False) or watch.is_random
        if _DRAWS.get(net):
            torch.set_rng_state(cpu)
            if on_cuda:
                torch.cuda.set_rng_state_all(cuda)


@contextmanager
def as_found(net: nn.Module) -> Iterator[None]:
    """Put back what a `forward` writes to its network: buffers, and plain attributes.

    For networks that cannot be copied. What lies inside lists and dictionaries is not known.
    """
    buffers = [(buffer, buffer.detach().clone()) for buffer in net.buffers()]
    attributes = [(module, dict(vars(module))) for module in net.modules()]
    try:
        yield
    finally:
        for module, before in attributes:
            for name, value in before.items():
                if vars(module).get(name) is not value:
                    vars(module)[name] = value
        with torch.no_grad():
            for buffer, numbers in buffers:
                if not torch.equal(buffer, numbers):
                    buffer.copy_(numbers)


def no_inference_mode() -> AbstractContextManager[object]:
    """Return the context of what needs gradients, although its caller may be in inference mode."""
    # To enter torch's takes longer than a small network's layer.
    return torch.inference_mode(False) if torch.is_inference_mode_enabled() else nullcontext()


def outside_inference_mode(steps: Steps[T]) -> Steps[T]:
    """Do steps that need gradients, although their caller may be in inference mode."""
    return each_step_inside(steps, no_inference_mode)


def no_gradient(start: str, advice: str) -> ModelError:
    """Return the error of something that does not act on the scores, as far as gradients tell."""
    return ModelError(
        f"no gradient reaches the class scores from {start}: what it gives is not used, or is cut "
        "off (quantised layers, detach, no_grad, inference_mode, rounding or NumPy on the way); "
        f"{advice}"
    )


def gradient_reaches(net: nn.Module, batch: Tensor) -> bool:
    """Return whether a network's answer has a gradient by its input."""
    begin = batch.detach().requires_grad_()
    with undisturbed(net), torch.enable_grad():
        # A clone, because a network may overwrite its input, which a leaf forbids.
        scores = net(begin.clone())
        if not scores.requires_grad:
            return False
        return torch.autograd.grad(scores.sum(), begin, allow_unused=True)[0] is not None


_LINEAR = {"AddmmBackward0", "MmBackward0", "BmmBackward0", "LinearBackward0"}
_LINEAR |= {"ConvolutionBackward0", "MkldnnConvolutionBackward0"}
_VIEWS = {"ViewBackward0", "UnsafeViewBackward0", "SqueezeBackward0", "SqueezeBackward1"}
_VIEWS |= {"SqueezeBackward2", "UnsqueezeBackward0", "SelectBackward0", "ToCopyBackward0"}


def ends_linearly(net: nn.Module, batch: Tensor) -> bool:
    """Return whether a network's answer is known to be what a linear layer gives, as it is."""
    with undisturbed(net), torch.inference_mode(False), torch.enable_grad():
        try:
            answer = net(batch.clone().requires_grad_())
        except Exception:  # it answers, but not with gradients
            return False
    node = answer.grad_fn if isinstance(answer, Tensor) else None
    while node is not None and node.name() in _VIEWS:
        node = node.next_functions[0][0]
    return node is not None and node.name() in _LINEAR


def evaluate(net: nn.Module, batch: Tensor, classes: int | None = None) -> Tensor:
    """Return the logits (B, K) of a network in eval mode, or say what is wrong with its answer.

    Raises
    ------
    ModelError
        If the network raises, or does not return finite logits (B, K), K > 1 (K = `classes`).
    """
    try:
        with undisturbed(net):
            output = net(batch)
    except ModelError:
        raise  # said already: its answer cannot be read
    except Exception as error:
        raise ModelError(
            f"the network raised {type(error).__name__} for inputs of shape "
            f"{tuple(batch.shape)}: {error}"
        ) from error
    if not isinstance(output, Tensor):
        raise ModelError(
            f"the network returned a {type(output).__name__}; wrap it in a module whose forward "
            "returns only the tensor of logits (B, K)"
        )
    if output.ndim != 2 or output.shape[0] != len(batch) or output.shape[1] < 2:
        raise ModelError(
            f"the network returned shape {tuple(output.shape)} for {len(batch)} inputs; explainers "
            f"need logits ({len(batch)}, K) with K > 1{_advice(output, len(batch))}"
        )
    if classes is not None and output.shape[1] != classes:
        raise ModelError(
            f"the network has {output.shape[1]} classes, but {classes} class names were given"
        )
    # Minus infinity is a class that is impossible, as masked ones are; a probability of 0.
    if bool((output.isnan() | (output == torch.inf)).any()):
        raise ModelError("the network's logits are NaN or infinite for this input")
    return output


def _advice(output: Tensor, batch: int) -> str:
    if output.numel() == batch:
        return ". For one score s, wrap it to return (0, s), or say output='one logit'"
    if output.ndim > 2 and output[0].numel() == output.shape[1]:
        return ". Flatten its answer: .flatten(1)"
    return ""
