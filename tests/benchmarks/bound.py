"""The least that an evaluation inside a window could cost, by how far the layers reach."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from xaiwidgets.layers import forward_hooks


def least_share(net: nn.Module, pictures: Tensor, rounds: int = 5) -> float:
    """Return the share of the layers' time that is spent where answers depend on a window.

    Parameters
    ----------
    net : nn.Module
        A network with layers of channels first.
    pictures : Tensor (B, C, H, W)
        Some that differ only there.
    """
    shares: dict[str, float] = {}
    times: defaultdict[str, list[float]] = defaultdict(list)

    def begin(layer: str, _module: nn.Module, _inputs: Any) -> None:
        times[layer].append(-time.thread_time())

    def end(layer: str, _module: nn.Module, _inputs: Any, output: Tensor) -> None:
        times[layer][-1] += time.thread_time()
        if layer not in shares:
            differ = (output != output[:1]).flatten(0, 1).any(0)
            shares[layer] = _boxed(differ) if differ.dim() == 2 else 1.0

    layers = {name: m for name, m in net.named_modules() if not any(True for _ in m.children())}
    befores = [m.register_forward_pre_hook(partial(begin, name)) for name, m in layers.items()]
    with torch.no_grad(), forward_hooks(net, [(name, partial(end, name)) for name in layers]):
        for _ in range(rounds):
            net(pictures.clone())
    for handle in befores:
        handle.remove()
    seconds = {layer: min(each) for layer, each in times.items()}
    return sum(seconds[each] * shares[each] for each in seconds) / sum(seconds.values())


def _boxed(differ: Tensor) -> float:
    """Return the share of the smallest rectangle around the places that differ."""
    sides = [differ.any(axis).nonzero() for axis in (0, 1)]
    return (
        float(torch.stack([side.max() - side.min() + 1 for side in sides]).prod()) / differ.numel()
    )
