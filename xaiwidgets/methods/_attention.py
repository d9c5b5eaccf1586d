"""What the tokens of a transformer attend to, and how that adds up from layer to layer."""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from xaiwidgets.anatomy import recording
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.inference import undisturbed
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._method import Task, check_supported
from xaiwidgets.methods._passes import Batch, Pass, PixelMaps, pixel_maps, protect, select_scores
from xaiwidgets.methods._truncated import prepared_for
from xaiwidgets.network import Network, Picture
from xaiwidgets.optimize import Opaque, PreparedNetwork
from xaiwidgets.work import Progress, Steps, immediate, work


@dataclass(frozen=True)
class AttentionRollout:
    """Attention rollout (Abnar and Zuidema 2020, eq. 1), of transformers.

    Each layer's attention is averaged over its heads, and half of it is the token itself, for the
    connection that skips it: ``A = (mean of heads + I) / 2``. The product over the layers says what
    a token at the end is mixed of. The map is that of the tokens that the scores are read from,
    spread over the patches: shares of 1, of which some belong to tokens that are no patch.

    It is the same for every class, and says where information could come from, not what it was
    used for: attention is no importance. Compare it with the Shapley values of the same patches.

    Raises
    ------
    ModelError
        If the network has no attention from every patch to every patch (at the call).

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from xaiwidgets.methods import AttentionRollout, Task
    >>> from xaiwidgets.network import Network
    >>> class Transformer(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.patches = nn.Conv2d(1, 8, 4, stride=4)
    ...         self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    ...         self.head = nn.Linear(8, 3)
    ...     def forward(self, x):
    ...         return self.head(self.block(self.patches(x).flatten(2).transpose(1, 2)).mean(1))
    >>> task = Task(Network(Transformer()), torch.rand(1, 8, 8))
    >>> total = AttentionRollout().explain([task]).run()[0].values.sum()
    >>> round(float(total), 6)  # all tokens are patches
    1.0
    """

    label: ClassVar[str] = "Attention rollout"
    needs: ClassVar[frozenset[str]] = frozenset({"attention"})
    has_baseline: ClassVar[bool] = False

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        check_supported(self, tasks, "window", "layer", "baseline", "output")
        return pixel_maps(self, tasks, cache, _rollouts, evaluations=1, unit="attention")

    def incompatibility(self, task: Task) -> str | None:
        """Say so where there is no attention, or not of all patches to all patches."""
        layout = _token_layout(task)
        return layout if isinstance(layout, str) else None


@immediate
def attention_weights(model: Network, image: Picture) -> Steps[NDArray[np.float32]]:
    """Return how much each token attends to each other one, in every layer and head.

    Recorded while the network computes what it always does: what it answers is the same.

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
    picture = model.input(image)

    def steps() -> Steps[NDArray[np.float32]]:
        yield Progress(0, 1, "attention")
        prepared = model.copies.private()
        with protect(prepared.net, "recording attention"):
            _, weights = recorded_attention(prepared.net, prepared.prepare(picture[None]))
        if not weights:
            raise ModelError(_NONE)
        shapes = {tuple(each.shape[1:]) for each in weights}
        if len(shapes) > 1 or len(weights[0]) != 1:
            raise ModelError(_different(shapes))
        return torch.cat(weights).float().cpu().numpy()

    return steps()


_NONE = (
    "attention rollout needs a transformer, and nothing in this network attends to anything; use "
    "method 'gradcam' or 'shapley'"
)


def _different(shapes: set[tuple[int, ...]]) -> str:
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
    """Computes the weights of attention beside each call of it: what a call answers stays as it is.

    Fused attention does not tell its weights, and asking it for them would compute it another way.
    """

    def __init__(self) -> None:
        super().__init__()
        self.weights: list[Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == "scaled_dot_product_attention":
            self._keep(_softmax_of_products(*args, **kwargs))
        elif name == "multi_head_attention_forward":
            self._keep(_weights_of_heads(func, *args, **kwargs))
        answer = func(*args, **kwargs)
        if name == "softmax" and kwargs.get("dim", args[-1]) in (-1, answer.ndim - 1):
            self._keep(answer)
        return answer

    def _keep(self, weights: Tensor) -> None:
        # (B, heads, T, T); any other softmax is that of something else.
        if weights.ndim == 4 and weights.shape[2] == weights.shape[3] > 1:
            self.weights.append(weights.detach().clone())


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


def _weights_of_heads(function: Any, *args: Any, **options: Any) -> Tensor:
    """Return the weights (B, heads, T, S) of a call of torch's attention of many heads."""
    call = inspect.signature(function).bind(*args, **options)
    call.apply_defaults()
    call.arguments |= {"need_weights": True, "average_attn_weights": False}
    _, weights = function(*call.args, **call.kwargs)
    tensor: Tensor = weights
    return tensor


@dataclass(frozen=True)
class _Tokens:
    """How the tokens of a transformer lie, and which of them (T,) the scores are read from."""

    grid: Grid
    read: Tensor


def _token_layout(task: Task) -> _Tokens | str:
    """Return how tokens lie, or a sentence that says why rollout is not valid."""

    def look() -> _Tokens | str:
        prepared, network = prepared_for(task), task.network
        if isinstance(network.copies.private().net, Opaque):
            return "attention cannot be heard in a scripted network; give what it was scripted from"
        inputs = prepared.prepare(task.input[None])
        with torch.inference_mode(False), protect(prepared.net, AttentionRollout.label):
            _, weights = recorded_attention(prepared.net, inputs)
        if not weights:
            return _NONE
        sizes = {(len(each), *each.shape[1:]) for each in weights}
        tokens = weights[0].shape[-1]
        if any(size[0] != 1 or size[2] != tokens for size in sizes):
            return _different({size[1:] for size in sizes})
        return _read_tokens(task, prepared, tokens)

    return task.network.derived("tokens", (tuple(task.input.shape), task.layer), look)


def _read_tokens(task: Task, prepared: PreparedNetwork, tokens: int) -> _Tokens | str:
    """Return which tokens act on the scores in the last layer of the trunk that has them all."""
    anatomy = task.network.anatomy(task.input)
    layers = [
        name
        for name in anatomy.trunk
        if (grid := anatomy.grid(name)).is_spread
        and grid.prefix + grid.rows * grid.columns <= tokens
        and anatomy.outputs[name].numel() == tokens * anatomy.outputs[name].shape[grid.units]
    ]
    with (
        torch.inference_mode(False),
        protect(prepared.net, AttentionRollout.label),
        torch.enable_grad(),
    ):
        with recording(prepared.net, layers) as answers:
            scores = prepared.net(prepared.prepare(task.input[None]).requires_grad_().clone())
        present = [name for name in layers if name in answers]
        if not present:
            return (
                "attention rollout needs tokens that are patches of the picture, and it cannot be "
                "told where this network's lie; use method 'gradcam' or 'shapley'"
            )
        grid = anatomy.grid(present[-1])
        # One class, as all of them may sum to a constant.
        slopes = grid.places(answers[present[-1]].slopes(present[-1], scores[:, 0]))
    read = (slopes != 0).any(1)[0]
    return _Tokens(grid, read if bool(read.any()) else torch.ones_like(read))


def _rollouts(task: Task, prepared: PreparedNetwork, _example: Tensor) -> Pass:
    layout = _token_layout(task)
    if isinstance(layout, str):
        raise InputError(layout)

    def explain(batch: Batch) -> PixelMaps:
        with undisturbed(prepared.net):
            logits, weights = recorded_attention(prepared.net, batch.inputs)
        mixed = rollout([each.float() for each in weights])
        rows = mixed[:, layout.read].mean(1)
        grid = layout.grid
        # As the answer of a layer with one unit lies: (B, T, 1).
        maps = grid._replace(units=2).maps(rows[:, :, None])
        height, width = batch.inputs.shape[-2:]
        share = maps.shape[2] * maps.shape[3] / (height * width)
        values = functional.interpolate(maps, (height, width), mode="nearest")[:, 0] * share
        return PixelMaps(values, select_scores(task.network, logits, batch.targets, batch.output))

    return explain


def rollout(weights: Sequence[Tensor]) -> Tensor:
    """Return what each token (B, T, T) is mixed of after layers that attend so (B, heads, T, T).

    Abnar and Zuidema (2020), eq. 1.

    Examples
    --------
    >>> identity = torch.eye(3).expand(1, 2, 3, 3)
    >>> bool((rollout([identity] * 4) == torch.eye(3)).all())
    True
    """
    mixed = torch.eye(weights[0].shape[-1], device=weights[0].device)[None]
    for layer in weights:
        attended = layer.mean(1)
        mixed = (attended + torch.eye(attended.shape[-1], device=attended.device)) / 2 @ mixed
    return mixed
