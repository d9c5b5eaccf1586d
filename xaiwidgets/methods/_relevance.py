"""Relevance as a gradient: rules that change what autograd hands back, not what is computed.

Relevance R of a number a is kept as the ratio g = R / a. Then what LRP does to it is what autograd
does to a gradient: a linear operation ``z_j = sum_i a_i w_ij`` shares R_j = z_j g_j out in
proportion to a_i w_ij if g_i = sum_j w_ij g_j, which is plain backpropagation; sums, means, maxima
and reshapes need no rule at all. Only layers with a rule of their own and activations answer with
something else: the same numbers, with another gradient (Samek et al. 2021, section V).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from xaiwidgets.errors import ModelError

RelevanceRule = Literal["epsilon", "gamma", "z+"]

_LAYERS = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), "convolution"),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), "convolution"),
    "linear": "dense",
}

# f(0) = 0: relevance goes through as it is, R of the input = R of the answer.
_ACTIVATIONS = {
    *("relu", "relu_", "relu6", "leaky_relu", "leaky_relu_", "prelu", "elu", "elu_", "selu"),
    *("celu", "gelu", "silu", "mish", "hardswish", "hardtanh", "hardtanh_", "tanh", "softsign"),
    *("clamp", "clamp_", "clamp_min", "clamp_min_", "clip"),
}

# Linear in what they are given, or the largest of it: the gradient is the rule.
_PLAIN = {
    *("flatten", "view", "reshape", "permute", "transpose", "swapaxes", "movedim", "t", "squeeze"),
    *("unsqueeze", "expand", "expand_as", "repeat", "contiguous", "clone", "to", "type_as"),
    *("float", "double", "detach", "__getitem__", "__get__", "chunk", "split", "unbind"),
    *("narrow", "select"),
    *("cat", "concat", "stack", "pad", "roll", "flip", "pixel_shuffle", "channel_shuffle"),
    *("add", "add_", "__iadd__", "radd", "sub", "sub_", "rsub", "__rsub__", "neg", "sum", "mean"),
    *("batch_norm", "dropout", "dropout_", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout"),
    *("feature_alpha_dropout", "avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d"),
    *("adaptive_avg_pool2d", "adaptive_avg_pool3d", "interpolate", "masked_fill", "where"),
    # What chooses between versions of a pooling that return indices, too, or not.
    *("boolean_dispatch", "max_pool1d", "max_pool2d", "max_pool3d", "adaptive_max_pool2d"),
    *("max", "amax", "maximum"),
}

# Linear in each operand: if only one of them depends on the picture.
_PRODUCTS = {
    *("mul", "mul_", "__mul__", "__rmul__", "__imul__", "div", "div_", "true_divide"),
    *("__truediv__", "matmul", "__matmul__", "mm", "bmm", "addmm", "einsum", "bilinear"),
}


class Relevance(TorchFunctionMode):
    """While it is entered, the gradient of a logit by the input is relevance over input.

    Parameters
    ----------
    net : nn.Module
        For its modules' names, in messages.
    rules : mapping from "convolution" and "dense" to rule
    gamma, epsilon : float
    """

    def __init__(
        self, net: nn.Module, rules: Mapping[str, RelevanceRule], gamma: float, epsilon: float
    ) -> None:
        super().__init__()
        self._net, self._rules, self._gamma, self._epsilon = net, rules, gamma, epsilon
        self._inside: list[str] = []  # the names of the modules that are at work
        self._handles: list[Any] = []

    def __enter__(self) -> Relevance:
        for name, module in self._net.named_modules():
            enter = module.register_forward_pre_hook(self._noting(name))
            leave = module.register_forward_hook(self._leaving, always_call=True)
            self._handles += [enter, leave]
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        for handle in self._handles:
            handle.remove()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", str(func))
        sources = _dependent((args, kwargs))
        if not sources:
            return func(*args, **kwargs)  # a constant, or a weight
        if name in _LAYERS and sources == 1:  # its weights do not depend on the picture
            return self._layer(func, self._rules[_LAYERS[name]], *args, **kwargs)
        if name in _ACTIVATIONS:
            return _activation(func, *args, **kwargs)
        answer = func(*args, **kwargs)
        allowed = name in _PLAIN or (name in _PRODUCTS and sources == 1)
        if _dependent(answer) and not allowed:
            raise self._refusal(name, self._inside[-1] if self._inside else "")
        return answer

    def _layer(
        self,
        operation: Callable[..., Tensor],
        rule: RelevanceRule,
        inputs: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        *rest: Any,
        **options: Any,
    ) -> Tensor:
        """Answer as a layer does; backwards, share relevance out by its rule."""

        def contributions(positive: Tensor, negative: Tensor, shift: Tensor | None) -> Tensor:
            """Return the sum over positive inputs by one weight, over negative by another."""
            total = operation(inputs.clamp(min=0), positive, shift, *rest, **options)
            # After a ReLU there are no negative inputs: half of the work is saved.
            if bool((inputs < 0).any()):
                total = total + operation(inputs.clamp(max=0), negative, None, *rest, **options)
            return total

        answer = operation(inputs, weight, bias, *rest, **options)
        up, down = weight.clamp(min=0), weight.clamp(max=0)
        bias_up = None if bias is None else bias.clamp(min=0)
        if rule == "epsilon":
            shared = answer
        elif rule == "z+":
            # Of the products a w the positive ones: both are positive, or both negative.
            shared = contributions(up, down, bias_up)
        else:
            g = self._gamma
            bias_down = None if bias is None else bias.clamp(max=0)
            # What has the sign of the answer counts 1 + gamma times, so it never comes near 0.
            higher, lower = (None if b is None or bias is None else bias + g * b
                             for b in (bias_up, bias_down))  # fmt: skip
            above = contributions(weight + g * up, weight + g * down, higher)
            below = contributions(weight + g * down, weight + g * up, lower)
            shared = torch.where(answer > 0, above, below)
        at_least = torch.where(shared >= 0, self._epsilon, -self._epsilon)
        return _with_gradient_of(shared * _ratio(answer, shared + at_least), answer)

    def _noting(self, name: str) -> Callable[..., None]:
        def enter(_module: nn.Module, _inputs: Any) -> None:
            self._inside.append(name)

        return enter

    def _leaving(self, _module: nn.Module, _inputs: Any, _answer: Any) -> None:
        self._inside.pop()

    def _refusal(self, what: str, name: str) -> ModelError:
        where = f"layer {name!r}" if name else "the network"
        return ModelError(
            f"LRP has no rule for {what!r}, which {where} computes from what depends on the "
            "picture; use method 'gradcam', 'lime' or 'pda'"
        )


def _activation(
    function: Callable[..., Tensor], inputs: Tensor, *rest: Any, **options: Any
) -> Tensor:
    """Answer as an activation does; backwards, the ratio of answer and input is its slope."""
    # A copy, which the function may overwrite: the ratio needs what was there before.
    answer = function(inputs.clone(), *rest, **options)
    return _with_gradient_of(inputs * _ratio(answer, inputs), answer)


def _ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    """Return a quotient that is taken as a constant, 0 where there is none."""
    quotient = numerator.detach() / denominator.detach()
    return torch.where(denominator.detach() == 0, 0.0, quotient)


def _with_gradient_of(other: Tensor, answer: Tensor) -> Tensor:
    """Return the numbers of `answer`, exactly, whose gradient is that of `other`."""
    return answer.detach() + (other - other.detach())


def _dependent(tree: Any) -> int:
    """Return how many tensors depend on the input."""
    return sum(isinstance(leaf, Tensor) and leaf.requires_grad for leaf in tree_leaves(tree))
