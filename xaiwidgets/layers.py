"""Inside a network: which layers there are, in the order of their calls, and what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.errors import ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.inference import EVALUATING

Rows = NDArray[np.float32]
Hook = Callable[[nn.Module, Any, Any], Any]

# Finite, as answers that are not are refused, and larger than any layer gives.
SILENT = float(torch.finfo(torch.float32).max)
"""What stands for the answer of a layer that was not called."""

FEATURES = 512
"""Numbers a layer is summed up by at most: more would need more images than people have."""


class Tap(NamedTuple):
    """A layer, and how its answer becomes a vector: averaged over places, each unit by itself.

    Attributes
    ----------
    layer : str
        The module's name.
    grid : Grid
        How the answer is laid out.
    side : int
        Places on the picture are averaged to a square of `side` rows; 0 where there are none.
    size : int
        Numbers in the vector. Tokens before the places come first, each by itself.
    """

    layer: str
    grid: Grid
    side: int
    size: int

    @classmethod
    def of(cls, layer: str, grid: Grid, output: Tensor) -> Tap:
        """Choose the finest averaging of at most `FEATURES` numbers."""
        units, most = output.shape[grid.units], min(grid.rows, grid.columns)
        # Square, also of a wide picture: as many rows as columns are worth the same to a probe.
        fits = [s for s in range(2, most + 1) if units * s * s <= FEATURES]
        side = 0 if output.ndim == 2 or most == 0 else max(fits, default=1)
        return cls(layer, grid, side, cls(layer, grid, side, 0).features(output).shape[1])

    def features(self, output: Tensor) -> Tensor:
        """Return the vectors (B, F) of a layer's answer."""
        if self.side:
            # Where something is matters to the class; where exactly does not.
            maps = functional.adaptive_avg_pool2d(self.grid.maps(output), self.side).flatten(1)
            if not self.grid.prefix:
                return maps
            prefix = self.grid.places(output)[..., : self.grid.prefix]
            return torch.cat([prefix.transpose(1, 2).flatten(1), maps], 1)
        if output.ndim > 2:
            return self.grid.places(output).mean(2)
        if output.shape[1] <= FEATURES:
            return output
        # Neighbours averaged: of a flattened map, places that follow each other.
        return functional.adaptive_avg_pool1d(output[:, None], FEATURES)[:, 0]


class Tapped(nn.Module):
    """A network that also answers with what its layers give: (B, K + features).

    One pass serves the network and all its truncations. The network is shared, not copied, and has
    hooks only while it computes.
    """

    def __init__(self, net: nn.Module, taps: Sequence[Tap]) -> None:
        super().__init__()
        self.net, self.taps = net, tuple(taps)
        self.training = net.training

    def forward(self, batch: Tensor) -> Tensor:
        """Return logits, and the features of each tap after them."""
        features: dict[str, Tensor] = {}
        taps = {tap.layer: tap for tap in self.taps}

        def keep(name: str, output: Tensor) -> None:
            # Now, because a later layer may overwrite it.
            features[name] = taps[name].features(output).clone()

        with listening(self.net, taps, keep):
            logits = self.net(batch)
        # An early exit, say: only a question about that layer has to know.
        silent = logits.new_full((len(logits), 1), SILENT, dtype=torch.float32)
        parts = [
            features[tap.layer] if tap.layer in features else silent.expand(-1, tap.size)
            for tap in self.taps
        ]
        # In single precision: half has no room for what stands for silence.
        return torch.cat([part.float() for part in (logits, *parts)], 1)


def first_tensor(answer: Any) -> Tensor | None:
    """Return a tensor as it is, or the first of floats in a tuple, list or mapping of some."""
    if isinstance(answer, Tensor):
        return answer
    several = answer.values() if isinstance(answer, Mapping) else answer
    if not isinstance(answer, tuple | list | Mapping):
        return None
    return next((t for t in several if isinstance(t, Tensor) and t.is_floating_point()), None)


def is_recomputed() -> bool:
    """Return whether a layer is called by a backward pass: gradient checkpointing asks again."""
    return bool(torch._C._current_graph_task_id() != -1)


@contextmanager
def listening(
    net: nn.Module, layers: Iterable[str], hear: Callable[[str, Tensor], None]
) -> Iterator[None]:
    """Call `hear(name, output)` whenever one of the layers answers; see `first_tensor`."""

    def hook(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def heard(_module: nn.Module, _inputs: Any, output: Any) -> None:
            tensor = first_tensor(output)
            if tensor is not None and not is_recomputed():
                hear(name, tensor)

        return heard

    with forward_hooks(net, [(name, hook(name)) for name in layers]):
        yield


@contextmanager
def forward_hooks(
    net: nn.Module, hooks: Iterable[tuple[str, Hook]], *, first: bool = False
) -> Iterator[None]:
    """Have layers call hooks, which may return another answer; `first` before those they have."""
    handles = []
    try:
        for name, hook in hooks:
            module = net.get_submodule(name)
            handles.append(module.register_forward_hook(hook, prepend=first))
        yield
    finally:
        for handle in handles:
            handle.remove()


def called_once(net: nn.Module, ask: Callable[[int], object]) -> tuple[str, ...]:
    """Return the modules that answer once, with a row for each input, in the order of the calls.

    Weights that are computed at each call, position biases and windows of a picture have no axis
    for the batch, which shows when there is one input more.

    Parameters
    ----------
    ask : callable
        Evaluates the network for as many inputs as it is called with.
    """
    names = [name for name, _ in net.named_modules() if name]

    def rows(count: int) -> dict[str, list[int]]:
        calls: dict[str, list[int]] = {}

        def hear(name: str, output: Tensor) -> None:
            calls.setdefault(name, []).append(len(output) if output.ndim else 0)

        # Under the lock: calls of another thread would be heard as this one's.
        with EVALUATING, listening(net, names, hear):
            ask(count)
        return calls

    alone = rows(1)
    try:
        pair = rows(2)
    except ModelError:  # it takes one input at a time, which it has just shown
        pair = {name: [2] for name in alone}
    return tuple(name for name, calls in alone.items() if calls == [1] and pair.get(name) == [2])


def classes_in(width: int, taps: Sequence[Tap]) -> int:
    """Return how many of the numbers that a `Tapped` network answers with are logits."""
    return width - sum(tap.size for tap in taps)


def split(rows: Rows, taps: Sequence[Tap]) -> tuple[Rows, list[Rows]]:
    """Return the logits and each tap's vectors from rows of a `Tapped` network."""
    classes = classes_in(rows.shape[1], taps)
    edges = classes + np.cumsum([0, *(tap.size for tap in taps)])
    return rows[:, :classes], [rows[:, a:b] for a, b in pairwise(edges)]
