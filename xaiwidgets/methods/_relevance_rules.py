"""Rules of LRP for single operations: the numbers that they give, with another gradient."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves, tree_map

RelevanceRule = Literal["epsilon", "gamma", "z+"]

Operation = Callable[..., Any]


# Relevance is kept as R = a g, g the gradient. So a rule is a forward pass whose gradient is
# w z / s, s the sum of the contributions that it counts: of R = z g an input then has a w R / s.
class LinearRule(NamedTuple):
    """What a convolution or a linear layer shares relevance out by."""

    kind: RelevanceRule
    gamma: float
    epsilon: float

    def __call__(
        self,
        operation: Callable[..., Tensor],
        inputs: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        *rest: Any,
        **options: Any,
    ) -> Tensor:
        """Answer as the operation does; backwards, share relevance out by the rule."""

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
        if self.kind == "epsilon":
            shared = answer
        elif self.kind == "z+":
            # Of the products a w the positive ones: both are positive, or both negative.
            shared = contributions(up, down, bias_up)
        else:
            g = self.gamma
            bias_down = None if bias is None else bias.clamp(max=0)
            # What has the sign of the answer counts 1 + gamma times, so it never comes near 0.
            higher, lower = (None if b is None or bias is None else bias + g * b
                             for b in (bias_up, bias_down))  # fmt: skip
            above = contributions(weight + g * up, weight + g * down, higher)
            below = contributions(weight + g * down, weight + g * up, lower)
            shared = torch.where(answer > 0, above, below)
        # Of 0 the sign is taken as +: `torch.sign` has 0 there, which would stabilise nothing.
        at_least = torch.where(shared >= 0, self.epsilon, -self.epsilon)
        return with_gradient_of(shared * _ratio(answer, shared + at_least), answer)


def by_ratio(function: Operation, inputs: Tensor, *rest: Any, **options: Any) -> Tensor:
    """Answer as f with f(0) = 0 does; backwards, the slope is f(z) / z: all relevance passes.

    Of a norm without a mean (RMSNorm) this is the rule with the denominator held fixed.
    """
    # A copy, which the function may overwrite: the ratio needs what was there before.
    answer = function(inputs.clone(), *rest, **options)
    return with_gradient_of(inputs * _ratio(answer, inputs), answer)


def held_fixed(function: Operation, *args: Any, **options: Any) -> Any:
    """Answer with constants."""
    return function(*constants(args), **constants(options))


def with_denominator_fixed(
    function: Operation, numerator: Tensor, *rest: Any, **options: Any
) -> Tensor:
    """Answer as a quotient does; backwards, what it is divided by is a constant."""
    answer: Tensor = function(numerator, *constants(rest), **constants(options))
    return answer


def shared_equally(function: Operation, *args: Any, **options: Any) -> Tensor:
    """Answer as a product of signals does; backwards, each has the same share of relevance."""
    # The gradients of the n factors have all of it each.
    first, *others = args
    # A copy, as the product may be written into it.
    first = first.clone() if isinstance(first, Tensor) else first
    answer = function(first, *others, **options)
    return with_gradient_of(answer / dependent((args, options)), answer)


def plus_product(function: Operation, summand: Tensor, *factors: Any, **options: Any) -> Tensor:
    """Answer as a sum with a product does; backwards, only the product's part is shared equally."""
    answer = function(summand, *factors, **options)
    share = 1 / max(1, dependent(factors))
    part = options.get("beta", 1) * (1 - share) * summand
    return with_gradient_of(share * answer + part, answer)


def gated(function: Operation, inputs: Tensor, dim: int = -1) -> Tensor:
    """Answer as a gated linear unit, a * sigmoid(b), does; backwards, the gate is a constant."""
    signal, gate = inputs.chunk(2, dim)
    return with_gradient_of(signal * gate.detach().sigmoid(), function(inputs, dim))


def layer_norm(
    function: Operation,
    inputs: Tensor,
    shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    *rest: Any,
) -> Tensor:
    """Answer as a layer norm does; backwards, the deviation is a constant."""
    answer = function(inputs, shape, weight, bias, eps, *rest)
    linear = _standardised(inputs, tuple(range(-len(shape), 0)), eps)
    return with_gradient_of(_scaled(linear, weight, bias), answer)


def group_norm(
    function: Operation,
    inputs: Tensor,
    groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    *rest: Any,
) -> Tensor:
    """Answer as a group norm does; backwards, the deviations are constants."""
    answer = function(inputs, groups, weight, bias, eps, *rest)
    return with_gradient_of(_by_group(inputs, groups, weight, bias, eps), answer)


def instance_norm(
    function: Operation,
    inputs: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
    *rest: Any,
) -> Tensor:
    """Answer as an instance norm does; backwards, the deviations are constants."""
    answer: Tensor = function(
        inputs, running_mean, running_var, weight, bias, use_input_stats, momentum, eps, *rest
    )
    if not use_input_stats:
        return answer  # linear
    return with_gradient_of(_by_group(inputs, inputs.shape[1], weight, bias, eps), answer)


def attention(
    function: Operation, query: Tensor, key: Tensor, value: Tensor, *rest: Any, **options: Any
) -> Tensor:
    """Answer as attention does; backwards, how much each token attends to others is a constant."""
    answer: Tensor = function(
        constants(query), constants(key), value, *constants(rest), **constants(options)
    )
    return answer


def multi_head_attention(
    function: Operation, rule: LinearRule, *args: Any, **options: Any
) -> tuple[Tensor, Tensor | None] | None:
    """Answer as `torch.nn.MultiheadAttention` does, with the same constant; None without a rule.

    The projections of the values and of the answer share relevance out by the rule.
    """
    call = inspect.signature(function).bind(*args, **options)
    call.apply_defaults()
    named = call.arguments
    if named["bias_k"] is not None or named["static_v"] is not None or named["add_zero_attn"]:
        return None  # tokens that are no part of the input
    wants_weights, averaged = named["need_weights"], named["average_attn_weights"]
    value, width = named["value"], named["embed_dim_to_check"]
    named["need_weights"], named["average_attn_weights"] = True, False
    answer, weights = function(*constants(call.args), **constants(call.kwargs))
    weights = weights.detach()
    bias, separate = named["in_proj_bias"], named["use_separate_proj_weight"]
    projection = named["v_proj_weight"] if separate else named["in_proj_weight"][-width:]
    projected = rule(
        nn.functional.linear, value, projection, None if bias is None else bias[-width:]
    )
    # Tokens s by heads h become tokens t: (S, ..., H D) and (..., H, T, S) give (T, ..., H D).
    heads = projected.reshape(*projected.shape[:-1], named["num_heads"], -1)
    mixed = torch.einsum("...hts,s...hd->t...hd", weights, heads).flatten(-2)
    shared = rule(nn.functional.linear, mixed, named["out_proj_weight"], named["out_proj_bias"])
    if not wants_weights:
        return with_gradient_of(shared, answer), None
    return with_gradient_of(shared, answer), weights.mean(-3) if averaged else weights


def with_gradient_of(other: Tensor, answer: Tensor) -> Tensor:
    """Return the numbers of `answer`, exactly, whose gradient is that of `other`."""
    # In the precision of the answer: a stabiliser may have made single of half.
    return answer.detach() + (other - other.detach()).to(answer.dtype)


def constants(tree: Any) -> Any:
    """Return copies, which may be overwritten, of the tensors in arguments that have a gradient."""
    return tree_map(
        lambda leaf: leaf.detach().clone() if dependent(leaf) else leaf,
        tree,
    )


def dependent(tree: Any) -> int:
    """Return how many tensors depend on the input; parameters do not."""
    return sum(
        isinstance(leaf, Tensor) and leaf.requires_grad and not isinstance(leaf, nn.Parameter)
        for leaf in tree_leaves(tree)
    )


def _by_group(
    inputs: Tensor, groups: int, weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor:
    rows = _standardised(inputs.reshape(len(inputs), groups, -1), (-1,), eps)
    per_channel = (-1, *[1] * (inputs.ndim - 2))
    return _scaled(
        rows.reshape(inputs.shape),
        None if weight is None else weight.reshape(per_channel),
        None if bias is None else bias.reshape(per_channel),
    )


def _standardised(inputs: Tensor, dims: tuple[int, ...], eps: float) -> Tensor:
    """Return the distance to the mean over axes, in deviations, which are constants."""
    centred = inputs - inputs.mean(dims, keepdim=True)
    return centred / (centred.detach().square().mean(dims, keepdim=True) + eps).sqrt()


def _scaled(inputs: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    inputs = inputs if weight is None else inputs * weight
    return inputs if bias is None else inputs + bias


def _ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    """Return a quotient that is taken as a constant, 0 where there is none."""
    quotient = numerator.detach() / denominator.detach()
    return torch.where(denominator.detach() == 0, 0.0, quotient)
