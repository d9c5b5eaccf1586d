"""`subtract`: "why A and not B?" from "why A?" and "why B?", the paper's yardstick."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.contrast import saliency
from xaiwidgets.contrast.pairs import count_of, probe_numbers
from xaiwidgets.contrast.pda import batch_of, prediction_difference
from xaiwidgets.errors import InputError
from xaiwidgets.work import Progress, Steps

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture

SETTINGS = {
    "gradcam": ("layer",),
    "lime": ("cells", "samples"),
    "lrp": (),
    "pda": ("window", "stride", "samples", "references"),
}
"""The methods, and the settings that each has of its own."""

WEIGHTS = torch.arange(1, 401) * 0.005
"""Of the probe's map: 0.005 to 2."""

_NUMBERS = 2**17  # numbers in pictures that are evaluated between two reports
_SHOWN = 0.25  # seconds between previews
_SLACK = 1e-3  # how far a picture may be outside of its range, as a share of it: rounding


@dataclass(frozen=True, eq=False, repr=False)
class Subtraction:
    """What two single-class maps say about P pairs; the leading axis is the pair.

    Attributes
    ----------
    method : str
        "gradcam", "lime", "lrp" or "pda".
    true, probe : (P,) ints
        The class predicted for the picture, and that asked about.
    values : (P, H, W) float32
        The average of the differences that were kept, in units of the picture, before clipping.
        Positive (red): to be added. Negative (blue): to be removed. All 0 where none was kept.
    true_map, probe_map : (P, H, W) float32
        The maps of the two classes, each divided by its largest absolute value.
    kept : (P,) ints
        How many of the 400 weights were kept; 0 is no answer.
    weights : (P, 2) float32
        The smallest and the largest weight kept; NaN where none was.
    evaluations : (P,) ints
        Of the network; gradients and passes of relevance count as one each.
    """

    method: str
    true: NDArray[np.int64]
    probe: NDArray[np.int64]
    values: NDArray[np.float32]
    true_map: NDArray[np.float32]
    probe_map: NDArray[np.float32]
    kept: NDArray[np.int64]
    weights: NDArray[np.float32]
    evaluations: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.probe)

    def __repr__(self) -> str:
        answered = int((self.kept > 0).sum())
        return f"Subtraction({self.method}, {answered} of {len(self)} answered)"


def subtract(
    model: Network,
    images: Tensor | Sequence[Picture],
    probes: int | str | Sequence[int | str | None] | None,
    *,
    method: str = "gradcam",
    seed: int = 0,
    limits: tuple[float, float] | None = None,
    layer: str | None = None,
    cells: int | None = None,
    window: int | None = None,
    stride: int | None = None,
    samples: int | None = None,
    references: Tensor | Sequence[Picture] | None = None,
) -> Steps[Subtraction]:
    """Answer "why is this A and not B?" by the difference of two single-class maps.

    What `explain` is compared with (Feghahati 2020, 3.2.1). The maps of the predicted class A and
    of the probe B are divided by their largest absolute values. For each weight w from 0.005 to 2
    by 0.005, the difference ``w * B - A`` times the range of the picture is added to all its
    channels and the sum clipped to that range (the paper leaves open how a map is imposed). A
    difference is kept if that makes A less likely and B more; the answer is the average of those
    kept.

    Parameters
    ----------
    model : Classifier
    images : tensor (P, C, H, W) or sequence of pictures
    probes : class, or sequence of P classes
        By number or name; one for all, or one for each image. None is the runner-up.
    method : str
        "gradcam", "lime", "lrp" (all by captum) or "pda" (`prediction_difference`).
    seed : int
        Draws the samples of LIME and PDA.
    limits : tuple of float, optional
        The darkest and the brightest value of pictures; by default those of each picture.
    layer : str, optional
        Grad-CAM's; by default the last one with feature maps.
    cells : int, optional
        LIME's superpixels are cells x cells parts; by default 7, or as many as give 2 x 2 pixels.
    window, stride : int, optional
        PDA's, see there.
    samples : int, optional
        LIME's evaluations of each picture, 1,000 by default; or PDA's of each window, 8.
    references : tensor or sequence of pictures, optional
        PDA's, see there.

    Yields
    ------
    Progress
        Pairs done; the preview, now and then, is the `Subtraction` of these pairs.

    Raises
    ------
    InputError
        If a probe is the predicted class or unknown, images are outside the range, or a setting is
        unknown or another method's.
    ModelError
        If the network fails, or the method cannot be used with it (LRP knows few layers).

    Examples
    --------
    >>> from xaiwidgets import datasets, steps, zoo
    >>> digits = datasets.digits("test").images[:3]
    >>> len(steps.run(subtract(zoo.digits(), digits, "7", method="lrp")))
    3
    """
    own = {"layer": layer, "cells": cells, "window": window, "stride": stride, "samples": samples,
           "references": references}  # fmt: skip
    _check_settings(method, seed, own)
    pictures = batch_of(model, images)
    ranges = _ranges(pictures, limits)
    scores = model.logits(pictures).double().log_softmax(1)
    true, probe = scores.argmax(1), probe_numbers(model, probes, scores)
    pairs = torch.stack([true, probe], 1)
    maps, evaluations = yield from _maps(model, pictures, pairs, method, seed, own)
    maps = maps / maps.abs().amax((2, 3), keepdim=True).clamp_min(1e-30)
    values: list[Tensor] = []
    kept: list[Tensor] = []
    weights: list[Tensor] = []
    shown = time.perf_counter()

    def so_far() -> Subtraction:
        done = len(values)
        parts: list[Any] = [true, probe, torch.stack(values), maps[:, 0], maps[:, 1]]
        parts += [torch.stack(kept), torch.stack(weights), torch.full((done,), evaluations)]
        return Subtraction(method, *(part[:done].numpy().copy() for part in parts))

    for at, (picture, pair, both) in enumerate(zip(pictures, pairs, maps, strict=True)):
        reached = yield from _imposed(model, picture, both, ranges[at], scores[at, pair], pair)
        one = WEIGHTS[reached]
        mean = one.mean() * both[1] - both[0] if len(one) else torch.zeros_like(both[0])
        values.append(mean * float(ranges[at, 1] - ranges[at, 0]))
        kept.append(reached.sum())
        ends = one.aminmax() if len(one) else (torch.tensor(torch.nan),) * 2
        weights.append(torch.stack(list(ends)))
        preview = None
        if time.perf_counter() - shown > _SHOWN:
            preview, shown = so_far(), time.perf_counter()
        yield Progress(at + 1, len(pictures), "weights", preview)
    return so_far()


def _imposed(
    model: Network, picture: Tensor, maps: Tensor, limits: Tensor, before: Tensor, pair: Tensor
) -> Steps[Tensor]:
    """Return for which weights the difference takes the picture from A towards B."""
    low, high = limits.tolist()
    kept = []
    for some in torch.split(WEIGHTS, max(1, _NUMBERS // picture.numel())):
        difference = (some[:, None, None] * maps[1] - maps[0]) * (high - low)
        changed = (picture + difference[:, None]).clamp(low, high)
        after = model.logits(changed).double().log_softmax(1)[:, pair]
        # What leaves the picture as it is changes likelihoods by rounding at most.
        other = (changed != picture).flatten(1).any(1)
        kept.append(other & (after[:, 0] < before[0]) & (after[:, 1] > before[1]))
        yield Progress(0, None, "weights")
    return torch.cat(kept)


def _maps(
    model: Network,
    pictures: Tensor,
    pairs: Tensor,
    method: str,
    seed: int,
    own: dict[str, Any],
) -> Steps[tuple[Tensor, int]]:
    """Return the maps (P, 2, H, W) of both classes, and what all took of a pair's evaluations."""
    evaluations = 1 + len(WEIGHTS)
    if method == "gradcam":
        maps = yield from saliency.gradcam(model, pictures, pairs, own["layer"])
        return maps, evaluations + 4
    if method == "lrp":
        maps = yield from saliency.lrp(model, pictures, pairs)
        return maps, evaluations + 6
    if method == "lime":
        side = int(min(pictures.shape[-2:]))
        cells = count_of("cells", own["cells"], min(7, max(1, side // 2)))
        if cells > side:
            raise InputError(f"cells is {cells}; the pictures' shorter side has {side} pixels")
        samples = count_of("samples", own["samples"], 1000)
        maps = yield from saliency.lime(model, pictures, pairs, cells, samples, seed)
        return maps, evaluations + samples
    found = yield from prediction_difference(
        model,
        pictures,
        window=own["window"],
        stride=own["stride"],
        samples=count_of("samples", own["samples"], 8),
        references=own["references"],
        seed=seed,
    )
    maps = torch.empty(len(pairs), 2, *pictures.shape[-2:])
    for target in torch.unique(pairs).tolist():
        of_target = torch.from_numpy(found.of(target))[:, None].expand_as(maps)
        maps = torch.where((pairs == target)[:, :, None, None], of_target, maps)
    return maps, evaluations + int(found.evaluations[0])


def _ranges(pictures: Tensor, limits: tuple[float, float] | None) -> Tensor:
    """Return the darkest and the brightest value (P, 2) of each picture, or those given."""
    if limits is None:
        return torch.stack([pictures.flatten(1).amin(1), pictures.flatten(1).amax(1)], 1)
    pair = isinstance(limits, tuple | list) and len(limits) == 2
    if not pair or not all(isinstance(end, int | float) for end in limits):
        raise InputError(f"limits is {limits!r}; use two numbers, the darkest and the brightest")
    low, high = map(float, limits)
    if not -np.inf < low < high < np.inf:
        raise InputError(f"limits is {limits!r}; the first must be below the second")
    least, most = (float(end) for end in pictures.aminmax())
    if least < low - _SLACK * (high - low) or most > high + _SLACK * (high - low):
        raise InputError(
            f"the images go from {least:.3g} to {most:.3g}, but limits is {limits!r}; scale the "
            "images, or give the limits that they have"
        )
    return torch.tensor([low, high]).expand(len(pictures), 2)


def _check_settings(method: str, seed: int, own: dict[str, Any]) -> None:
    if method not in SETTINGS:
        raise InputError(f"method is {method!r}; use {' or '.join(map(repr, SETTINGS))}")
    for name, value in own.items():
        if value is not None and name not in SETTINGS[method]:
            meant = [repr(one) for one, names in SETTINGS.items() if name in names]
            raise InputError(
                f"{name} is for method {' or '.join(meant)}, not {method!r}; leave it out"
            )
    whole("seed", seed, 0)
