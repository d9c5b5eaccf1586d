"""Relevance as a gradient: rules that change what autograd hands back, not what is computed.

Relevance R of a number a is kept as the ratio g = R / a. Then what LRP does to it is what autograd
does to a gradient: a linear operation ``z_j = sum_i a_i w_ij`` shares R_j = z_j g_j out in
proportion to a_i w_ij if g_i = sum_j w_ij g_j, which is plain backpropagation; sums, means, maxima
and reshapes need no rule at all. All others answer with the same numbers, and another gradient
(Samek et al. 2021, section V).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from xaiwidgets.errors import ModelError
from xaiwidgets.methods import _relevance_rules as rules
from xaiwidgets.methods._relevance_rules import LinearRule, dependent
from xaiwidgets.methods._watch import OperationWatch

_LAYERS = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), "convolution"),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), "convolution"),
    "linear": "dense",
}

# Those of which f(0) = 0 is not sure.
_CLAMPS = {"clamp", "clamp_", "clamp_min", "clamp_min_", "clip", "hardtanh", "hardtanh_"}

# f(0) = 0: relevance goes through as it is, R of the input = R of the answer.
_ACTIVATIONS = {
    *("relu", "relu_", "relu6", "leaky_relu", "leaky_relu_", "prelu", "elu", "elu_", "selu"),
    *("celu", "gelu", "silu", "mish", "hardswish", "tanh", "tanh_", "softsign", "softshrink"),
    *("hardshrink", "tanhshrink", "abs", "square", "sqrt"),
    # What divides by something that depends on all of the input: it is held fixed.
    *("rms_norm", "local_response_norm", "normalize"),
}

# Weights of something else, and denominators.
_HELD_FIXED = {
    *("softmax", "softmin", "sigmoid", "sigmoid_", "hardsigmoid", "erf"),
    *("rsqrt", "reciprocal", "__rdiv__", "__rtruediv__", "norm", "vector_norm", "std", "var"),
    *("var_mean", "std_mean", "linalg_vector_norm"),
}

_QUOTIENTS = {"div", "div_", "true_divide", "__truediv__", "__itruediv__"}

# Linear in each operand.
_PRODUCTS = {
    *("mul", "mul_", "multiply", "__mul__", "__rmul__", "__imul__", "matmul", "__matmul__"),
    *("__rmatmul__", "mm", "bmm", "mv", "dot", "einsum", "bilinear", *_LAYERS),
}

# Linear in what they are given.
_MOVED_OR_SUMMED = {
    *("flatten", "unflatten", "view", "view_as", "reshape", "reshape_as", "permute", "transpose"),
    *("transpose_", "swapaxes", "movedim", "moveaxis", "t", "squeeze", "unsqueeze", "expand"),
    *("expand_as", "repeat", "repeat_interleave", "tile", "contiguous", "clone", "to", "type_as"),
    *("type", "float", "double", "half", "bfloat16", "detach", "__getitem__", "__get__", "chunk"),
    *("split", "split_with_sizes", "tensor_split", "unbind", "narrow", "select", "index_select"),
    *("gather", "masked_fill", "masked_fill_", "zero_", "where", "triu", "tril", "diagonal"),
    *("cat", "concat", "concatenate", "stack", "hstack", "vstack", "pad", "roll", "flip", "rot90"),
    *("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "unfold", "fold", "im2col"),
    *("add", "add_", "__add__", "__radd__", "__iadd__", "radd", "sub", "sub_", "__sub__"),
    *("__isub__", "rsub", "__rsub__", "neg", "__neg__", "sum", "mean", "cumsum"),
    *("dropout", "dropout_", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout"),
    *("feature_alpha_dropout", "avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d"),
    *("adaptive_avg_pool2d", "adaptive_avg_pool3d", "interpolate", "upsample"),
}

_LARGEST = {
    # What chooses between versions of a pooling that return indices, too, or not.
    *("boolean_dispatch", "max_pool1d", "max_pool2d", "max_pool3d", "adaptive_max_pool2d"),
    *("max", "amax", "maximum", "min", "amin", "minimum"),
}

# Linear in what they are given, or the largest of it: the gradient is the rule.
_PLAIN = _MOVED_OR_SUMMED | _LARGEST

_OWN: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(_ACTIVATIONS | _CLAMPS, rules.by_ratio),
    **dict.fromkeys(_HELD_FIXED, rules.held_fixed),
    **dict.fromkeys(_QUOTIENTS, rules.with_denominator_fixed),
    **dict.fromkeys(_PRODUCTS, rules.shared_equally),
    **dict.fromkeys(("addmm", "addbmm", "addmv", "baddbmm", "addcmul"), rules.plus_product),
    "glu": rules.gated,
    "layer_norm": rules.layer_norm,
    "group_norm": rules.group_norm,
    "instance_norm": rules.instance_norm,
    "scaled_dot_product_attention": rules.attention,
}
"""By the name of an operation, the rule that it has."""


class Relevance(OperationWatch):
    """While it is entered, the gradient of a logit by the input is relevance over input.

    Parameters
    ----------
    net : nn.Module
        For its modules' names, in messages.
    convolution, dense : LinearRule
    """

    def __init__(self, net: nn.Module, convolution: LinearRule, dense: LinearRule) -> None:
        super().__init__(net)
        self._rules = {"convolution": convolution, "dense": dense}
        self._refused: dict[str, list[str]] = {}

    def check(self) -> None:
        """Raise ModelError if something was computed for which there is no rule."""
        if self._refused:
            parts = [f"{name!r} (in {_listed(at)})" for name, at in self._refused.items()]
            raise ModelError(
                f"LRP has no rule for {', '.join(parts)}, computed from what depends on the "
                "picture; use method 'gradcam', 'lime' or 'pda'"
            )

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", str(func))
        sources = dependent((args, kwargs))
        if not sources:
            return func(*args, **kwargs)  # a constant, or a weight
        answer = self._by_rule(name, sources, func, args, kwargs)
        if answer is None:
            answer = func(*args, **kwargs)
            if dependent(answer) and not _is_plain(name, sources, args, kwargs):
                self._refuse(name)
        return answer

    def _by_rule(self, name: str, sources: int, func: Any, args: Any, kwargs: Any) -> Any:
        """Return an operation's answer by its rule, None if it has none of its own."""
        if sources == 1 and name in _LAYERS:  # its weights do not depend on the picture
            return self._rules[_LAYERS[name]](func, *args, **kwargs)
        if sources == 1 and name in _PRODUCTS:
            return None
        if name == "multi_head_attention_forward":
            return rules.multi_head_attention(func, self._rules["dense"], *args, **kwargs)
        if name in ("pow", "__pow__"):
            exponent = kwargs.get("exponent", args[-1])
            if not isinstance(exponent, int | float):
                return None
            # A power below 0 divides, as the deviation of a norm does.
            rule = rules.by_ratio if exponent > 0 else rules.held_fixed
            return rule(func, *args, **kwargs)
        if name in _CLAMPS and bool(func(args[0].new_zeros(1), *args[1:], **kwargs).any()):
            return None
        return _OWN[name](func, *args, **kwargs) if name in _OWN else None

    def _refuse(self, name: str) -> None:
        layers = self._refused.setdefault(name, [])
        if self.module not in layers:
            layers.append(self.module)


def is_linear(name: str, sources: int, args: Any, kwargs: Any) -> bool:
    """Return whether an operation is linear in what depends on the picture, but for a constant.

    `sources` of its arguments do.
    """
    if name == "batch_norm":
        # Not with the statistics of the batch; as an argument it is the sixth.
        return not (args[5] if len(args) > 5 else kwargs.get("training", False))
    if name in _QUOTIENTS:
        return sources == 1 and bool(args) and dependent(args[0]) == 1
    return name in _MOVED_OR_SUMMED or (sources == 1 and name in _PRODUCTS)


def _is_plain(name: str, sources: int, args: Any, kwargs: Any) -> bool:
    """Return whether the gradient of an operation is its rule."""
    return name in _LARGEST or is_linear(name, sources, args, kwargs)


def _listed(layers: list[str]) -> str:
    """Return some layers' names, and how many there are beyond these."""
    names = ", ".join(f"layer {name!r}" if name else "the network" for name in layers[:3])
    return names if len(layers) <= 3 else f"{names} and {len(layers) - 3} more"
