"""What the tokens of a transformer attend to, recorded while it computes what it always does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from xaiwidgets.errors import ModelError
from xaiwidgets.methods._passes import protect
from xaiwidgets.network import Network, Picture, require_network
from xaiwidgets.work import Progress, Steps, immediate


@immediate
def attention_weights(model: Network, image: Picture) -> Steps[NDArray[np.float32]]:
    """Return how much each token attends to each other one, in every layer and head.

    Recorded while the network computes what it always does.

    Parameters
    ----------
    model : Network
        A transformer of whatever library.
    image : picture

    Returns
    -------
    array (layers, heads, T, T)
        Each row, of a token that asks, sums to 1.

    Raises
    ------
    ModelError
        If the network has no attention, or its layers differ in heads or tokens.
    """
    picture = require_network(model).input(image)

    def steps() -> Steps[NDArray[np.float32]]:
        yield Progress(0, 1, "attention")
        prepared = model.copies.private()
        with protect(prepared.net, "recording attention"):
            _, weights = recorded_attention(prepared.net, prepared.prepare(picture[None]))
        if not weights:
            raise ModelError(NO_ATTENTION)
        shapes = {tuple(each.shape[1:]) for each in weights}
        if len(shapes) > 1 or len(weights[0]) != 1:
            raise ModelError(different_attention(shapes))
        return torch.cat(weights).float().cpu().numpy()

    return steps()


NO_ATTENTION = (
    "attention rollout needs a transformer, and nothing in this network attends to anything; use "
    "method 'gradcam' or 'shapley'"
)


def different_attention(shapes: set[tuple[int, ...]]) -> str:
    """Return why layers of these (heads, tokens, tokens) have no common attention."""
    listed = ", ".join(map(str, sorted(shapes)))
    return (
        "attention rollout needs every token to attend to all, in every layer to the same ones; "
        f"here (heads, tokens, tokens) are {listed}, maybe in windows; use method 'gradcam'"
    )


def recorded_attention(net: nn.Module, inputs: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Return a network's answer, and what it attended to, (B, heads, T, T) of each layer."""
    with _AttentionWatch() as watch:
        answer: Tensor = net(inputs)
    return answer, watch.weights


class _AttentionWatch(TorchFunctionMode):
    """Keeps the weights of each call of attention, which answers what it does but for rounding.

    Fused attention does not tell its weights. Torch's layer of many heads does, and is asked once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.weights: list[Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == "multi_head_attention_forward":
            answer, weights, shown = _with_weights_of_heads(func, args, kwargs)
            self._keep(weights)
            return answer, shown
        if name == "scaled_dot_product_attention":
            self._keep(_softmax_of_products(*args, **kwargs))
        answer = func(*args, **kwargs)
        if name == "softmax" and kwargs.get("dim", args[-1]) in (-1, answer.ndim - 1):
            self._keep(answer)
        return answer

    def _keep(self, weights: Tensor) -> None:
        # (B, heads, T, T); any other softmax is that of something else.
        if weights.ndim == 4 and weights.shape[2] == weights.shape[3] > 1:
            # A copy, as a network may mask or drop its weights in place.
            self.weights.append(weights.detach().clone())


# As torch documents its fused operation. Without `dropout_p`: networks are asked in eval mode.
def _softmax_of_products(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Return the weights (B, heads, T, S) that a call of fused attention computes with."""
    # Grouped heads: several of the query share one of the key.
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    products = query @ key.transpose(-2, -1)
    products = products * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if is_causal:
        allowed = torch.ones(products.shape[-2:], dtype=torch.bool, device=query.device).tril()
        products = products.masked_fill(~allowed, -math.inf)
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        products = products.masked_fill(~attn_mask, -math.inf)
    elif attn_mask is not None:
        products = products + attn_mask
    return products.softmax(-1)


def _with_weights_of_heads(
    function: Any, args: Any, options: dict[str, Any]
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Return what torch's attention of many heads answers, and its weights (B, heads, T, S).

    Last those of them that were asked for. Asked for weights it computes without the fused
    operation, which is the same but for rounding.
    """
    options = {"need_weights": True, "average_attn_weights": True, **options}
    with_weights = {**options, "need_weights": True, "average_attn_weights": False}
    answer, weights = function(*args, **with_weights)
    if not options["need_weights"]:
        return answer, weights, None
    return answer, weights, weights.mean(-3) if options["average_attn_weights"] else weights
