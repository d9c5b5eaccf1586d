"""What layers give during one pass, and the gradients of class scores with respect to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import get_gradient_edge

from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.inference import no_gradient
from xaiwidgets.layers import first_tensor, is_recomputed
from xaiwidgets.reliability._inputs import split_call


@dataclass
class TracedCall:
    """One call of a layer: what it gave, and where the gradient with respect to it is asked."""

    value: Tensor
    edge: Any  # a GradientEdge, or None where no gradient is wanted


class Trace:
    """Hears some layers of a network during its passes.

    The graph begins at the network's input if that wants a gradient, else at the first of the
    layers: then nothing before it is recorded, and only the part of the network after it costs
    memory and time. Either way a layer's output is kept as it was, whatever others write into it.
    """

    def __init__(self, net: nn.Module, layers: Sequence[str]) -> None:
        self.net, self.layers = net, tuple(layers)
        names = [name for name, _ in net.named_modules()]
        self._wanted = {layer: split_call(layer, names) for layer in layers}
        self._calls: dict[str, list[TracedCall]] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear what the layers give while this is open; the hooks are gone afterwards."""
        self._calls = {name: [] for name, _ in self._wanted.values()}
        handles = []
        try:
            for name in self._calls:
                module = self.net.get_submodule(name)
                handles.append(module.register_forward_hook(self._hook(self._calls[name])))
            yield
        finally:
            for handle in handles:
                handle.remove()

    def calls(self, layer: str) -> list[TracedCall]:
        """Return the calls of a layer in the last pass, or say that there were none."""
        name, number = self._wanted[layer]
        calls = self._calls[name]
        if not calls:
            raise InputError(
                f"layer {layer!r} does not answer with a tensor of floats (B, C, ...) for these "
                "images, or is not called; name another layer"
            )
        if number is not None and number >= len(calls):
            raise InputError(f"layer {layer!r}: {name!r} is called {len(calls)} times only")
        chosen = calls if number is None else [calls[number]]
        if len({call.value.shape[1:] for call in chosen}) > 1:
            raise InputError(
                f"layer {name!r} is called {len(calls)} times, with outputs of different shapes; "
                f"name one of its calls, such as '{name}[0]'"
            )
        return chosen

    def _hook(self, passed: list[TracedCall]) -> Any:
        def heard(_module: nn.Module, _inputs: Any, output: Any) -> Tensor | None:
            answer = first_tensor(output)
            if answer is None or answer.ndim < 2 or not answer.is_floating_point():
                return None
            # Asked again by a backward pass it has to do the same, but that is no call.
            calls = [] if is_recomputed() else passed
            alone = answer is output  # not in a tuple, whose other parts the network wants, too
            if not torch.is_grad_enabled() or not (answer.requires_grad or alone):
                calls.append(TracedCall(answer.detach().clone(), None))
                return None
            if not answer.requires_grad:
                leaf = answer.detach().requires_grad_()
                calls.append(TracedCall(leaf.detach(), get_gradient_edge(leaf)))
                # A copy, because what comes after may overwrite it, which a leaf forbids.
                return leaf.clone()
            # The edge of now: after an activation in place, `answer` would name the step behind
            # that.
            calls.append(TracedCall(answer.detach().clone(), get_gradient_edge(answer)))
            # Writing into a view takes it out of the graph, so that it is not the view any more.
            return answer.clone() if alone and answer._is_view() else None

        return heard


def gradients(scores: Tensor, calls: Sequence[TracedCall]) -> list[Tensor | None]:
    """Return the gradients of the sum of `scores` with respect to what each call gave.

    None for a call from which no gradient reaches the scores. Nothing of the network is changed.
    """
    reached = [call.edge for call in calls if call.edge is not None]
    if not reached or not scores.requires_grad:
        return [None] * len(calls)
    # The graph is kept, because an analysis asks about one layer after the other.
    # A sum, because `grad` given weights of its own loads half of torch first: a second.
    gradient = iter(
        torch.autograd.grad(scores.sum(), reached, retain_graph=True, allow_unused=True)
    )
    return [None if call.edge is None else next(gradient) for call in calls]


def no_path(layer: str) -> ModelError:
    """Return the error of a layer from which no gradient reaches the scores."""
    return no_gradient(f"layer {layer!r}", "name another layer")


_LINEAR = {
    "torch::autograd::AccumulateGrad", "AddBackward0", "SubBackward0", "NegBackward0",
    "MeanBackward0", "MeanBackward1", "SumBackward0", "SumBackward1", "ViewBackward0",
    "UnsafeViewBackward0", "ReshapeAliasBackward0", "AsStridedBackward0", "AsStridedBackward1",
    "SqueezeBackward0", "SqueezeBackward1", "SqueezeBackward2", "UnsqueezeBackward0", "TBackward0",
    "TransposeBackward0", "PermuteBackward0", "ExpandBackward0", "CloneBackward0", "CatBackward0",
    "StackBackward0", "SplitBackward0", "SelectBackward0", "SliceBackward0", "AliasBackward0",
    "ToCopyBackward0", "ConstantPadNdBackward0", "AvgPool2DBackward0",
    "AdaptiveAvgPool1DBackward0", "AdaptiveAvgPool2DBackward0",
}  # fmt: skip
"""Steps of a graph that are linear in all that they are given."""

_FIXED = {"AddmmBackward0", "MmBackward0", "BmmBackward0", "ConvolutionBackward0",
          "NativeBatchNormBackward0", "CudnnBatchNormBackward0"}  # fmt: skip
"""Steps that are linear in one of their inputs while the others are constants. Products are not
among them: of x * (x > 0) the graph does not tell where the second factor is from."""


def linear_from_here(scores: Tensor) -> bool:
    """Return whether scores (B, K) are linear in all that the graph begins with.

    Then their gradient is the same everywhere on the path, as after global average pooling.
    """
    return all(_is_linear(node) for node in _back([scores.grad_fn], set()))


def _is_linear(node: Any) -> bool:
    if node.name() in _LINEAR:
        return True
    # Two inputs that lead back to the layers make a product, as of queries and keys; a batch norm
    # in training divides by a deviation that depends on the picture.
    alone = sum(step is not None for step, _ in node.next_functions) == 1
    return node.name() in _FIXED and alone and not getattr(node, "_saved_training", False)


def carries_all(scores: Tensor, calls: Sequence[TracedCall], begin: Tensor) -> bool:
    """Return whether every way from `begin`, a leaf, to the scores leads through exactly one call.

    Only then do a layer's conductances sum to the change of the score.
    """
    stops = {call.edge.node for call in calls if call.edge is not None}
    around = _back([scores.grad_fn], stops)
    if any(getattr(node, "variable", None) is begin for node in around):
        return False
    # One call after the other would count the score twice.
    earlier = [_back([node for node, _ in stop.next_functions], stops) for stop in stops]
    return not any(steps & stops for steps in earlier)


def _back(ahead: list[Any], stops: set[Any]) -> set[Any]:
    """Return all steps of a graph from `ahead` backwards, as far as the first of `stops`."""
    visited: set[Any] = set()
    while ahead:
        node = ahead.pop()
        if node is not None and node not in visited:
            visited.add(node)
            ahead += [] if node in stops else [before for before, _ in node.next_functions]
    return visited
