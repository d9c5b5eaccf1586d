"""Pictures that are alike outside of one window: local layers are evaluated on a crop around it.

Outside of its window every coalition shows the baseline (i-Algebra, eq. 3). Layers of local
operations answer there as they do to the baseline alone, but where the window lies in their
receptive fields. So that is computed once, and of each coalition only a crop, which grows from
layer to layer: the answer to it is pasted into the answer to the baseline, of which the next layers
are given as much as they need, and at last all.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from xaiwidgets.chain import Chain, Paste
from xaiwidgets.errors import ModelError
from xaiwidgets.images import Window
from xaiwidgets.inference import EVALUATING
from xaiwidgets.layers import Tap, Tapped, forward_hooks, listening
from xaiwidgets.optimize import Batching, PreparedNetwork, Twin, deviation, evaluate_timed
from xaiwidgets.work import Progress, Steps

_TOLERANCE = 1e-5  # share of their range by which logits may differ from the whole evaluation's
_LEAST = 0.1  # share of an evaluation's time that has to be spent where there is a crop
_TRIALS = 4  # from the second on it is used if it is quicker; else other work may have come between
_NOTE = "preparing the window"


class Cropped(nn.Module):
    """A network that is asked about pictures which are alike outside of a window.

    It is given crops of them. It is shared, not copied, and has hooks only while it computes.
    `backgrounds` are the area of each paste, as it is for what is outside of the window:
    (1, C, h, w).
    """

    def __init__(
        self, net: nn.Module, pastes: Sequence[Paste], backgrounds: Sequence[Tensor]
    ) -> None:
        super().__init__()
        self.net, self.pastes, self.backgrounds = net, pastes, backgrounds
        self.training = net.training

    def get_submodule(self, target: str) -> nn.Module:
        """Return the network's own layer."""
        return self.net.get_submodule(target)

    def forward(self, batch: Tensor) -> Any:
        """Return what the network answers to the pictures of a batch of crops (B, C, h, w)."""
        pairs = list(zip(self.pastes, self.backgrounds, strict=True))
        with (
            # Pasted before anybody else hears the layer, and cut after that.
            forward_hooks(self.net, [(p.layer, partial(p.into, b)) for p, b in pairs], first=True),
            forward_hooks(self.net, [(paste.layer, paste.cut) for paste, _ in pairs]),
        ):
            return self.net(batch)


def crop_twin(
    twin: Twin, chain: Chain, window: Window, background: Tensor, examples: Tensor
) -> Steps[Twin]:
    """Return a twin for pictures that are a background (C, H, W) outside of a window.

    It is held to the one that is given on examples (B, C, H, W) of them. That one is returned where
    it answers otherwise, or no quicker. Every evaluation is a step.
    """
    net, taps = untapped(twin.network.net)
    crop, pastes = chain.pastes(window, taps)
    if not pastes:
        return twin
    backgrounds, share = _backgrounds(twin.network, net, pastes, background)
    yield Progress(0, None, _NOTE)
    if share < _LEAST:
        return twin
    inside = Cropped(net, pastes, backgrounds)
    network = replace(
        twin.network,
        net=Tapped(inside, [*taps.values()]) if taps else inside,
        steps=(*twin.network.steps, "windows on a crop"),
        crop=crop,
    )
    trials: list[tuple[float, float]] = []
    for _ in range(_TRIALS):
        whole, cost = yield from _evaluated(twin.network, examples, twin.batch)
        try:
            part, cost_on_crop = yield from _evaluated(network, examples, twin.batch)
        except ModelError:  # of a network that takes pictures of one size only, say
            return twin
        if deviation(part, whole, [tap.size for tap in taps.values()]) > _TOLERANCE:
            return twin
        trials.append((cost, cost_on_crop))
        least, least_on_crop = map(min, zip(*trials, strict=True))
        # The first one pays for memory, and for what torch prepares for a size.
        if len(trials) > 1 and least_on_crop < least:
            batching = Batching(twin.batch)
            return Twin(network, examples.shape[1:], twin.width, batching, twin.deviation)
    return twin


def _evaluated(
    network: PreparedNetwork, examples: Tensor, size: int
) -> Steps[tuple[Tensor, float]]:
    """Return the answers to examples, and their seconds, in batches that are steps."""
    answers, seconds = [], 0.0
    for batch in torch.split(examples, size):
        logits, cost, _ = evaluate_timed(network, batch)
        answers.append(logits)
        seconds += cost
        yield Progress(0, None, _NOTE)
    return torch.cat(answers), seconds


def untapped(net: nn.Module) -> tuple[nn.Module, dict[str, Tap]]:
    """Return the network inside a `Tapped` one, and the taps by their layers."""
    taps = net.taps if isinstance(net, Tapped) else ()
    return (net.net if isinstance(net, Tapped) else net), {tap.layer: tap for tap in taps}


def _backgrounds(
    network: PreparedNetwork, net: nn.Module, pastes: Sequence[Paste], background: Tensor
) -> tuple[list[Tensor], float]:
    """Return the area of each paste for a background, and the share of time until the last one."""
    areas = {paste.layer: paste.area for paste in pastes}
    answers: dict[str, Tensor] = {}
    times = [time.thread_time()]

    def hear(layer: str, output: Tensor) -> None:
        answers[layer] = output[areas[layer]].clone()
        times.append(time.thread_time())

    with EVALUATING, listening(net, areas, hear):
        network(background[None])
    share = (times[-1] - times[0]) / (time.thread_time() - times[0])
    return [answers[paste.layer] for paste in pastes], share
