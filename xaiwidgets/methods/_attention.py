"""What the tokens of a transformer attend to, and how that adds up from layer to layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from xaiwidgets.anatomy import recording
from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.grids import Grid
from xaiwidgets.methods._attention_weights import (
    NO_ATTENTION,
    different_attention,
    recorded_attention,
)
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._method import Task
from xaiwidgets.methods._passes import Batch, Pass, PixelMaps, pixel_maps, protect, select_scores
from xaiwidgets.methods._truncated import prepared_for
from xaiwidgets.optimize import Opaque, PreparedNetwork, deviation
from xaiwidgets.work import Steps, work


@dataclass(frozen=True)
class AttentionRollout:
    """Attention rollout (Abnar and Zuidema 2020, eq. 1), of transformers.

    Each layer's attention is averaged over its heads, and half of it is the token itself, for the
    connection that skips it: ``A = (mean of heads + I) / 2``. The product over the layers says what
    a token at the end is mixed of. The map is that of the tokens that the scores are read from, or
    of one patch, spread over the patches: shares of 1, of which some belong to tokens that are no
    patch.

    It is the same for every class, and says where information could come from, not what it was
    used for: attention is no importance. Compare it with the Shapley values of the same patches.

    Parameters
    ----------
    layer : int, optional
        Look at what this layer alone attends to, from 1, as it is: nothing is rolled out.
    head : int, optional
        Look at this head only, from 1, instead of the mean of all.
    patch : (row, column), optional
        Ask this patch what it attends to, from (1, 1).

    Raises
    ------
    InputError
        If a number is none, or below 1.
    ModelError
        If the network has no attention from every patch to every patch, or not that layer, head or
        patch (at the call).

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

    layer: int | None = None
    head: int | None = None
    patch: tuple[int, int] | None = None

    label: ClassVar[str] = "Attention rollout"
    needs: ClassVar[frozenset[str]] = frozenset({"attention"})
    has_baseline: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name in ("layer", "head"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, whole(name, getattr(self, name)))
        pair = self.patch
        if pair is None:
            return
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise InputError(f"patch is {pair!r}; use (row, column), from (1, 1)")
        row, column = (
            whole(f"patch {n}", at) for n, at in zip(("row", "column"), pair, strict=True)
        )
        object.__setattr__(self, "patch", (row, column))

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        prepare = partial(_rollouts, self)
        return pixel_maps(self, tasks, cache, prepare, 1, change=_per_patch, unit="attention")

    def incompatibility(self, task: Task) -> str | None:
        """Say so where there is no attention, or not of all patches to all patches."""
        layout = _token_layout(task)
        return layout if isinstance(layout, str) else layout.missing(self)


@dataclass(frozen=True)
class _Tokens:
    """How the tokens of a transformer lie, and which of them (T,) the scores are read from.

    `heads` are those of each layer.
    """

    grid: Grid
    read: Tensor
    heads: tuple[int, ...]

    def missing(self, method: AttentionRollout) -> str | None:
        """Return what there is instead of a layer, head or patch that there is not."""
        layer, head, patch = method.layer, method.head, method.patch
        if layer is not None and layer > len(self.heads):
            return (
                f"layer is {layer}; layers with attention are numbered from 1 to {len(self.heads)}"
            )
        heads = min(self.heads) if layer is None else self.heads[layer - 1]
        if head is not None and head > heads:
            return f"head is {head}; heads are numbered from 1 to {heads}"
        rows, columns = self.grid.rows, self.grid.columns
        if patch is not None and not (patch[0] <= rows and patch[1] <= columns):
            return f"patch is {patch}; patches are numbered from (1, 1) to ({rows}, {columns})"
        return None

    def asking(self, patch: tuple[int, int] | None) -> Tensor:
        """Return which tokens (T,) are asked what they attend to."""
        if patch is None:
            return self.read
        grid = self.grid
        row, column = patch[0] - 1, patch[1] - 1
        place = column * grid.rows + row if grid.transposed else row * grid.columns + column
        return torch.arange(len(self.read), device=self.read.device) == grid.prefix + place


def attention_heads(task: Task) -> tuple[tuple[int, ...], tuple[int, int]] | None:
    """Return how many heads each layer of a transformer has, and its rows and columns of patches.

    None where attention rollout is not valid.
    """
    layout = _token_layout(task)
    return None if isinstance(layout, str) else (layout.heads, layout.grid[1:3])


def _token_layout(task: Task) -> _Tokens | str:
    """Return how tokens lie, or a sentence that says why rollout is not valid."""

    def look() -> _Tokens | str:
        prepared, network = prepared_for(task), task.network
        if isinstance(network.copies.private().net, Opaque):
            return "attention cannot be heard in a scripted network; give what it was scripted from"
        inputs = prepared.prepare(task.input[None])
        with torch.inference_mode(False), protect(prepared.net, AttentionRollout.label):
            answer, weights = recorded_attention(prepared.net, inputs)
            expected = prepared.net(inputs.clone())
        if not weights:
            return NO_ATTENTION
        if deviation(answer, expected) > _ROUNDING:
            return (
                "attention rollout cannot hear this network's attention: its answer is another one "
                "while it is listened to; use method 'gradcam' or 'shapley'"
            )
        sizes = {(len(each), *each.shape[1:]) for each in weights}
        tokens = weights[0].shape[-1]
        if any(size[0] != 1 or size[2] != tokens for size in sizes):
            return different_attention({size[1:] for size in sizes})
        heads = tuple(each.shape[1] for each in weights)
        return _read_tokens(task, prepared, tokens, heads)

    return task.network.derived("tokens", (tuple(task.input.shape), task.layer), look)


_ROUNDING = 0.05
"""By which share of their range logits may differ by rounding alone, in half precision, too."""


def _read_tokens(
    task: Task, prepared: PreparedNetwork, tokens: int, heads: tuple[int, ...]
) -> _Tokens | str:
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
    return _Tokens(grid, read if bool(read.any()) else torch.ones_like(read), heads)


def _per_patch(attribution: Attribution, task: Task) -> Attribution:
    """Return a map with the patches as its cells, but for that of a window, which cuts some."""
    layout, window = _token_layout(task), attribution.window
    if isinstance(layout, str) or (window.height, window.width) != tuple(task.input.shape[-2:]):
        return attribution
    rows, columns = layout.grid.rows, layout.grid.columns
    patches = Cells.of((window.height, window.width), window, (rows, columns))
    cells = patches.sums(attribution.cells).reshape(rows, columns).astype(np.float32)
    return replace(attribution, cells=cells, layout=patches)


def _rollouts(
    method: AttentionRollout, task: Task, prepared: PreparedNetwork, _example: Tensor
) -> Pass:
    layout = _token_layout(task)
    if isinstance(layout, str):
        raise InputError(layout)

    def explain(batch: Batch) -> PixelMaps:
        with torch.no_grad():
            logits, weights = recorded_attention(prepared.net, batch.inputs)
        heads = slice(None) if method.head is None else slice(method.head - 1, method.head)
        if method.layer is None:
            mixed = rollout([each[:, heads].float() for each in weights])
        else:
            mixed = weights[method.layer - 1][:, heads].float().mean(1)
        rows = mixed[:, layout.asking(method.patch)].mean(1)
        # As the answer of a layer with one unit lies: (B, T, 1).
        maps = layout.grid._replace(units=2).maps(rows[:, :, None])
        height, width = batch.inputs.shape[-2:]
        # A patch's share is spread over its pixels, so that the map sums to what all patches have.
        share = maps.shape[2] * maps.shape[3] / (height * width)
        values = functional.interpolate(maps, (height, width), mode="nearest")[:, 0] * share
        return PixelMaps(values, select_scores(task.network, logits, batch.targets, batch.output))

    return explain


# The mean over heads is Abnar and Zuidema's choice, not the only one: a head that attends
# elsewhere than the others is lost in it; `AttentionRollout.head` shows it by itself.
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
        # Half for the residual connection around the attention (eq. 1): 0.5 A + 0.5 I.
        mixed = (attended + torch.eye(attended.shape[-1], device=attended.device)) / 2 @ mixed
    return mixed
