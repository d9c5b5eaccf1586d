"""The simplest answers to "why A and not B?": what the gap itself says, and what classes look like.

They need no generator and no weighting: each speaks of the pair as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import torch
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.contrast._latent_objective import Likelihoods, gradient
from xaiwidgets.errors import InputError
from xaiwidgets.inference import undisturbed
from xaiwidgets.optimize import Twin
from xaiwidgets.work import Progress, Steps, relay

if TYPE_CHECKING:
    from xaiwidgets.network import Network

PAIR_METHODS = ("gradient", "occlusion", "class means")
"""Methods of `subtract` that speak of the pair as a whole."""

Fill = Literal["dark", "bright", "mean"]
FILLS: tuple[Fill, ...] = ("dark", "bright", "mean")
"""What can be put into a window: the darkest or the brightest value, or the mean of the picture."""

_TOGETHER = 64  # pictures whose gradients are asked for together


@dataclass(frozen=True)
class PairQuestion:
    """What the simplest methods are given, checked.

    Attributes
    ----------
    pictures : Tensor (P, C, H, W)
    pairs : Tensor (P, 2)
        The true class and the probe.
    ranges : Tensor (P, 2)
        The darkest and the brightest value.
    references : Tensor (N, C, H, W) or None
    labels : Tensor (N,) or None
        Their classes.
    """

    pictures: Tensor
    pairs: Tensor
    ranges: Tensor
    references: Tensor | None = None
    labels: Tensor | None = None


# Section 3.1.3 ("why not backprop directly") has this as the answer that cannot be read: pixels
# all over the picture. It is the baseline that a generator has to beat.
def gradient_maps(model: Network, question: PairQuestion) -> Steps[tuple[Tensor, Tensor]]:
    """Return the slopes (P, 2, C, H, W) of both log-likelihoods, and the evaluations."""
    likelihoods = Likelihoods.of(model)
    parts = []
    for rows in torch.split(torch.arange(len(question.pictures), device="cpu"), _TOGETHER):
        with undisturbed(likelihoods.network.net), torch.enable_grad():
            pixels = question.pictures[rows].detach().requires_grad_()
            scores = likelihoods(pixels).gather(
                1, question.pairs[rows].to(likelihoods.network.device)
            )
            slopes = [gradient(scores[:, side].sum(), pixels, keep=True) for side in (0, 1)]
        parts.append(torch.stack([slope.cpu() for slope in slopes], 1))
        yield Progress(int(rows[-1]) + 1, len(question.pictures), "gradient")
    # One pass forth, and one back for each of the two classes.
    return torch.cat(parts), torch.full((len(question.pictures),), 3, device="cpu")


def occlusion_maps(
    model: Network,
    twin: Twin,
    question: PairQuestion,
    window: int | None,
    stride: int | None,
    fill: Fill,
) -> Steps[tuple[Tensor, Tensor]]:
    """Return by how much each window changes both log-likelihoods, and the evaluations.

    As maps (P, 2, 1, H, W), for all channels alike. A pixel has the mean over the windows that
    cover it. The sign is that of a change which is to be made: a window that is made brighter and
    helps says "add", one made darker "take away".
    """
    height, width = question.pictures.shape[-2:]
    places, side = windows_of(height, width, window, stride)
    rows = []
    for at, picture in enumerate(question.pictures):
        value = _filling(picture, question.ranges[at], fill)

        def compose(
            begin: int, end: int, picture: Tensor = picture, value: Tensor = value
        ) -> Tensor:
            inputs = picture.repeat(end - begin, 1, 1, 1)
            for row, number in enumerate(range(begin, end)):
                if number:  # the first is the picture itself
                    top, left = places[number - 1]
                    inputs[row, :, top : top + side, left : left + side] = value
            return inputs

        logits = yield from relay(
            twin.evaluate(1 + len(places), compose),
            lambda _, at=at: Progress(at, len(question.pictures), "occlusion"),  # type: ignore[misc]
        )
        scores = model.log_probabilities(logits.double())[:, question.pairs[at]]
        rows.append(_spread(picture, value, places, side, scores[1:] - scores[0], fill))
    # The picture twice, for its class and among its windows, and each window once.
    paid = torch.full((len(rows),), 2 + len(places), device="cpu")
    return torch.stack(rows)[:, :, None], paid


def windows_of(
    height: int, width: int, window: int | None, stride: int | None
) -> tuple[list[tuple[int, int]], int]:
    side = max(2, min(height, width) // 8) if window is None else whole("window", window)
    if side > min(height, width):
        raise InputError(
            f"window is {side}, but the pictures are {height} x {width}; use a smaller one"
        )
    step = max(1, side // 2) if stride is None else whole("stride", stride)

    def starts(length: int) -> list[int]:
        # The last one ends where the picture does.
        return sorted({*range(0, length - side + 1, step), length - side})

    return [(top, left) for top in starts(height) for left in starts(width)], side


def _filling(picture: Tensor, limits: Tensor, fill: Fill) -> Tensor:
    """Return what is put into a window (C, 1, 1)."""
    if fill == "mean":
        return picture.mean((1, 2), keepdim=True)
    return limits[FILLS.index(fill)].expand(len(picture), 1, 1)


def _spread(
    picture: Tensor,
    value: Tensor,
    places: Sequence[tuple[int, int]],
    side: int,
    effects: Tensor,
    fill: Fill,
) -> Tensor:
    """Return the effects (W, 2) of windows, with the sign of their change, as maps (2, H, W)."""
    maps = torch.zeros(2, *picture.shape[1:], dtype=torch.double, device="cpu")
    covered = torch.zeros(picture.shape[1:], dtype=torch.double, device="cpu")
    for (top, left), effect in zip(places, effects, strict=True):
        window = (..., slice(top, top + side), slice(left, left + side))
        # Where all is as dark already, nothing has changed, and neither has the score.
        brighter = fill == "bright" or (
            fill == "mean" and float(value.mean()) > float(picture[window].mean())
        )
        maps[window] += (effect if brighter else -effect)[:, None, None]
        covered[window] += 1
    # A stride above the side leaves pixels that no window covers: they have 0, not 0 / 0.
    return (maps / covered.clamp_min(1)).float()


def mean_maps(model: Network, question: PairQuestion) -> Steps[tuple[Tensor, Tensor]]:
    """Return the mean pictures (P, 2, C, H, W) of both classes; NaN where one has no references."""
    references = cast(Tensor, question.references)
    labels = question.labels
    if labels is None:
        # Without labels they are what the network takes them for.
        parts = []
        for rows in torch.split(references, _TOGETHER):
            parts.append(model.logits(rows).argmax(1))
            yield Progress(len(parts), None, "classes of the references")
        labels = torch.cat(parts)
    maps = torch.stack(
        [
            torch.stack([references[labels == each].mean(0) for each in pair])
            for pair in question.pairs
        ]
    )
    yield Progress(len(maps), len(maps), "class means")
    # A picture costs the pass that tells its class; the references' are of no one picture.
    return maps, torch.ones(len(maps), dtype=torch.long, device="cpu")
