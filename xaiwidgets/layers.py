"""Inside a network: which layers there are, in the order of their calls, and what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.errors import ModelError
from xaiwidgets.evaluation import EVALUATING

Rows = NDArray[np.float32]

SILENT = float(torch.finfo(torch.float32).max)
"""What stands for the answer of a layer that was not called."""

FEATURES = 512
"""Numbers a layer is summed up by at most: more would need more images than people have."""


class Tap(NamedTuple):
    """A layer, and how its answer becomes a vector.

    Attributes
    ----------
    layer : str
        The module's name.
    side : int
        Feature maps (B, C, H, W) are averaged to (B, C, side, side); 0 where there are none.
    size : int
        Numbers in the vector.
    """

    layer: str
    side: int
    size: int

    @classmethod
    def of(cls, layer: str, output: Tensor) -> Tap:
        """Choose the finest averaging of at most `FEATURES` numbers."""
        if output.ndim != 4:
            return cls(layer, 0, cls(layer, 0, 0).features(output).shape[1])
        _, channels, height, width = output.shape
        fits = [s for s in range(2, min(height, width) + 1) if channels * s * s <= FEATURES]
        side = max(fits, default=1)
        return cls(layer, side, channels * side * side)

    def features(self, output: Tensor) -> Tensor:
        """Return the vectors (B, F) of a layer's answer."""
        if self.side:
            return functional.adaptive_avg_pool2d(output, self.side).flatten(1)
        # Of tokens (B, T, D), as transformers have them, the mean.
        flat = output.mean(1) if output.ndim == 3 else output.flatten(1)
        if flat.shape[1] <= FEATURES:
            return flat
        return functional.adaptive_avg_pool1d(flat[:, None], FEATURES)[:, 0]


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


@contextmanager
def listening(
    net: nn.Module, layers: Iterable[str], hear: Callable[[str, Tensor], None]
) -> Iterator[None]:
    """Call `hear(name, output)` whenever one of the layers answers with a tensor."""

    def hook(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def heard(_module: nn.Module, _inputs: Any, output: Any) -> None:
            if isinstance(output, Tensor):
                hear(name, output)

        return heard

    handles = []
    try:
        for name in layers:
            handles.append(net.get_submodule(name).register_forward_hook(hook(name)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def called_once(net: nn.Module, ask: Callable[[], object]) -> list[str]:
    """Return the modules that answer once with a tensor while `ask` runs, in that order."""
    calls: list[str] = []
    names = [name for name, _ in net.named_modules() if name]
    with EVALUATING, listening(net, names, lambda name, _: calls.append(name)):
        ask()
    return [name for name in dict.fromkeys(calls) if calls.count(name) == 1]


def taps_of(net: nn.Module, layers: Sequence[str], ask: Callable[[], object]) -> list[Tap]:
    """Return how to tap `layers`, found while `ask` runs; ModelError where that is not possible."""
    outputs: dict[str, Tensor] = {}
    with EVALUATING, listening(net, layers, outputs.__setitem__):
        ask()
    for name, output in outputs.items():
        if output.ndim < 2 or not output.is_floating_point():
            raise ModelError(
                f"layer {name!r} answers with {output.dtype} of shape {tuple(output.shape)}; a "
                "probe needs floats with an axis for the batch and at least one more"
            )
    return [Tap.of(name, outputs[name]) for name in layers]


def classes_in(width: int, taps: Sequence[Tap]) -> int:
    """Return how many of the numbers that a `Tapped` network answers with are logits."""
    return width - sum(tap.size for tap in taps)


def split(rows: Rows, taps: Sequence[Tap]) -> tuple[Rows, list[Rows]]:
    """Return the logits and each tap's vectors from rows of a `Tapped` network."""
    classes = classes_in(rows.shape[1], taps)
    edges = classes + np.cumsum([0, *(tap.size for tap in taps)])
    return rows[:, :classes], [rows[:, a:b] for a, b in pairwise(edges)]
