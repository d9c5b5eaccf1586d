"""`subtract`: "why A and not B?" from "why A?" and "why B?", the paper's yardstick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.contrast._colour import strongest_change
from xaiwidgets.contrast._direct import (
    FILLS,
    PAIR_METHODS,
    Fill,
    PairQuestion,
    gradient_maps,
    mean_maps,
    occlusion_maps,
    windows_of,
)
from xaiwidgets.contrast._imposing import picture_ranges
from xaiwidgets.contrast._pairs import check_probes, probe_classes
from xaiwidgets.errors import InputError
from xaiwidgets.methods import LIME, LRP, GradCAM, Method, PredictionDifference, Task
from xaiwidgets.network import EXAMPLES, Network, Picture, require_network
from xaiwidgets.optimize import Twin
from xaiwidgets.work import Later, Progress, Steps, relay, work

METHODS_BY_NAME: dict[str, type[GradCAM | LIME | LRP | PredictionDifference]] = {
    "gradcam": GradCAM,
    "lime": LIME,
    "lrp": LRP,
    "pda": PredictionDifference,
}
"""The methods that `subtract` knows by a short name."""

# Section 3.2.1: "from 0.005 to 2 with increments of 0.005". Of whole numbers, because rounding
# decides how many numbers an arange by 0.005 has.
PROBE_WEIGHTS = torch.arange(1, 401, device="cpu") * 0.005
"""Of the probe's map: 0.005 to 2."""


@dataclass(frozen=True, eq=False, repr=False)
class Subtraction:
    """What two single-class maps say about P pairs; the leading axis is the pair.

    Attributes
    ----------
    method : str
        Its name as it was given, or the method as Python.
    true, probe : (P,) ints
        The class predicted for the picture, and that asked about.
    values : (P, H, W) float32
        The average of the differences that were kept, in units of the picture, before clipping.
        Positive (red): to be added. Negative (blue): to be removed. All 0 where none was kept.
    true_map, probe_map : (P, H, W) float32
        The maps of the two classes, each divided by its largest absolute value.
    kept : (P,) ints
        How many of the 400 weights were kept; 0 is no answer. 1 for a method that speaks of the
        pair as a whole ("gradient", "occlusion", "class means"), whose answer is not weighted.
    weights : (P, 2) float32
        The smallest and the largest weight kept; NaN where none was, or nothing was weighted.
    evaluations : (P,) ints
        Of the network; gradients and passes of relevance count as one each.
    in_channels : (P, C, H, W) float32, or None
        For a method that tells channels apart ("gradient", "class means"), the change of each;
        `values` has the one that changes most.
    """

    method: str
    true: NDArray[np.int64]
    probe: NDArray[np.int64]
    values: NDArray[np.float32]
    # Of one scale, which the paper does not ask for: Grad-CAM's sums of feature maps and LIME's
    # coefficients have no common unit, and a weight of 2 would mean something else for each.
    true_map: NDArray[np.float32]
    probe_map: NDArray[np.float32]
    # Section 3.2.1 says that LIME and Grad-CAM were not made for this: 0 is a finding, no failure.
    kept: NDArray[np.int64]
    weights: NDArray[np.float32]
    evaluations: NDArray[np.int64]
    in_channels: NDArray[np.float32] | None = None

    @property
    def change(self) -> NDArray[np.float32]:
        """What is to be changed: (P, C, H, W) where channels are told apart, else (P, H, W)."""
        return self.values if self.in_channels is None else self.in_channels

    def __len__(self) -> int:
        return len(self.probe)

    def __repr__(self) -> str:
        answered = int((self.kept > 0).sum())
        return f"Subtraction({self.method}, {answered} of {len(self)} answered)"


@work
def subtract(
    model: Network,
    images: Tensor | Sequence[Picture],
    probes: int | str | Sequence[int | str | None] | None,
    *,
    method: str | Method = "gradcam",
    seed: int = 0,
    limits: tuple[float, float] | None = None,
    layer: str | None = None,
    cells: int | None = None,
    window: int | None = None,
    stride: int | None = None,
    samples: int | None = None,
    fill: Fill | None = None,
    references: Tensor | Sequence[Picture] | None = None,
    labels: Any = None,
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
    method : Method or str
        Any method of `xaiwidgets.methods`, such as ``LRP(convolutions="gamma")``; or "gradcam",
        "lime", "lrp" or "pda" (`PredictionDifference`), with the settings below. Or one of the
        simplest, which speak of the pair as a whole, and are neither weighted nor kept: "gradient"
        of the gap; "occlusion", what hiding each window does to the gap; "class means", what B's
        pictures look like less what A's do. They are scaled to the range of the picture.
    seed : int
        Draws the samples of a method given by name.
    limits : tuple of float, optional
        The darkest and the brightest value of pictures; by default those of each picture.
    layer, cells, window, stride, samples : optional
        Settings of the method given by name, see there.
    fill : "dark", "bright" or "mean"
        What occlusion puts into a window: dark by default, which tells what to keep. What is
        missing, a window tells only where it is filled with something.
    references : tensor or sequence of pictures, optional
        Pictures like these, for a method that needs them, as "class means" does.
    labels : sequence of classes, optional
        Of the references, for "class means"; by default what the network takes them for.

    Yields
    ------
    Progress
        Pairs done; the preview is the `Subtraction` of these pairs.

    Raises
    ------
    InputError
        If a probe is the predicted class or unknown, images are outside the range, or a setting is
        unknown or another method's.
    ModelError
        If the network fails, or the method cannot be used with it.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> digits = datasets.digits("test").images[:3]
    >>> subtract(zoo.digits(), digits, "7", method="lrp").run()
    Subtraction(lrp, 3 of 3 answered)
    """
    if method in PAIR_METHODS:
        others = {"layer": layer, "cells": cells, "samples": samples}
        if method != "occlusion":
            others |= {"window": window, "stride": stride, "fill": fill}
        return _subtract_pairs(
            model, images, probes, str(method), limits, others, (window, stride, fill or "dark"),
            references, labels,
        )  # fmt: skip
    if fill is not None or labels is not None:
        raise InputError("fill is for method 'occlusion', labels for 'class means'; leave them out")
    settings = {"layer": layer, "cells": cells, "window": window, "stride": stride,
                "samples": samples}  # fmt: skip
    resolved = _method(method, seed, {k: v for k, v in settings.items() if v is not None})
    if references is not None and "references" not in resolved.needs:
        raise InputError(f"{resolved.label} needs no references; leave them out")
    pictures = require_network(model).batch(images)
    check_probes(model, probes, len(pictures))
    pool = None if references is None else model.batch(references, pictures.shape[1:], "references")
    # Not to be done, only to be checked: the classes are not known yet.
    resolved.explain([Task(model, picture, references=pool) for picture in pictures])
    name = method if isinstance(method, str) else repr(method)
    return _subtract(
        model, pictures, probes, resolved, name, pool, picture_ranges(pictures, limits)
    )


def _subtract(
    model: Network,
    pictures: Tensor,
    probes: Any,
    method: Method,
    name: str,
    references: Tensor | None,
    ranges: Tensor,
) -> Steps[Subtraction]:
    model.weights(anew=True)
    # Nothing here needs gradients. One network for all scores, as they are compared.
    twin = yield from model.copies.twin(pictures[:EXAMPLES])
    logits = yield from twin.evaluate(len(pictures), lambda begin, end: pictures[begin:end])
    scores = model.log_probabilities(logits.double())
    true, probe = scores.argmax(1), probe_classes(model, probes, scores)
    pairs = torch.stack([true, probe], 1)
    maps, evaluations = yield from _maps(model, pictures, pairs, method, references)
    # Each method has units of its own, and the weights are for maps of one scale.
    maps = maps / maps.abs().amax((2, 3), keepdim=True).clamp_min(1e-30)
    rows: list[tuple[Tensor, Tensor, Tensor]] = []

    def so_far(rows: Sequence[tuple[Tensor, Tensor, Tensor]]) -> Subtraction:
        values, kept, weights = (torch.stack(list(column)) for column in zip(*rows, strict=True))
        parts = [true, probe, values, maps[:, 0], maps[:, 1], kept, weights, evaluations]
        return Subtraction(name, *(part[: len(rows)].numpy().copy() for part in parts))

    for at, (picture, pair, both) in enumerate(zip(pictures, pairs, maps, strict=True)):
        logits, is_other = yield from _apply_weights(twin, picture, both, ranges[at])
        before, after = scores[at, pair], model.log_probabilities(logits.double())[:, pair]
        # Section 3.2.1: kept is what makes the true class less and the probe class more likely.
        accepted = is_other & (after[:, 0] < before[0]) & (after[:, 1] > before[1])
        mean, ends = _mean_difference(both, PROBE_WEIGHTS[accepted])
        rows.append((mean * float(ranges[at, 1] - ranges[at, 0]), accepted.sum(), ends))
        yield Progress(at + 1, len(pictures), "weights", Later(so_far, tuple(rows)))
    return so_far(rows)


def _mean_difference(both: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean (H, W) of w * B - A over the weights w, and the least and most of these.

    Without weights it is nothing, between NaN and NaN.
    """
    if len(weights) == 0:
        return torch.zeros_like(both[0]), torch.full((2,), torch.nan, device="cpu")
    # That of the mean weight, because the weight enters each difference linearly.
    return weights.mean() * both[1] - both[0], torch.stack(list(weights.aminmax()))


def _subtract_pairs(
    model: Network,
    images: Any,
    probes: Any,
    method: str,
    limits: tuple[float, float] | None,
    others: dict[str, Any],
    window: tuple[int | None, int | None, Fill],
    references: Any,
    labels: Any,
) -> Steps[Subtraction]:
    """Check what one of the simplest methods is given, and return its work."""
    strangers = [name for name, value in others.items() if value is not None]
    if strangers:
        raise InputError(f"method {method!r} has no {', '.join(strangers)}; leave it out")
    if window[2] not in FILLS:
        raise InputError(f"fill is {window[2]!r}; use {' or '.join(map(repr, FILLS))}")
    pictures = model.batch(images)
    check_probes(model, probes, len(pictures))
    needs = method == "class means"
    if needs != (references is not None) or (labels is not None and not needs):
        means = "needs references, and takes their labels" if needs else "needs neither"
        raise InputError(f"method {method!r} {means}; references or labels are there or missing")
    if method == "occlusion":
        height, width = pictures.shape[-2:]
        windows_of(height, width, window[0], window[1])  # checks the sizes
    pool = model.batch(references, pictures.shape[1:], "references") if needs else None
    numbers = None
    if labels is not None and pool is not None:
        numbers = model.class_numbers(labels, len(pool), name="labels", each=True)
    ranges = picture_ranges(pictures, limits)
    return _answer_pairs(model, pictures, probes, method, ranges, window, pool, numbers)


def _answer_pairs(
    model: Network,
    pictures: Tensor,
    probes: Any,
    method: str,
    ranges: Tensor,
    window: tuple[int | None, int | None, Fill],
    references: Tensor | None,
    labels: Tensor | None,
) -> Steps[Subtraction]:
    model.weights(anew=True)
    twin = yield from model.copies.twin(pictures[:EXAMPLES])
    logits = yield from twin.evaluate(len(pictures), lambda begin, end: pictures[begin:end])
    scores = model.log_probabilities(logits.double())
    pairs = torch.stack([scores.argmax(1), probe_classes(model, probes, scores)], 1)
    question = PairQuestion(pictures, pairs, ranges, references, labels)
    if method == "gradient":
        maps, evaluations = yield from gradient_maps(model, question)
    elif method == "occlusion":
        maps, evaluations = yield from occlusion_maps(model, twin, question, *window)
    else:
        maps, evaluations = yield from mean_maps(model, question)
    have_means = maps.isfinite().flatten(1).all(1)
    maps = maps.where(have_means[:, None, None, None, None], 0)
    changes = maps[:, 1] - maps[:, 0]
    spans = (ranges[:, 1] - ranges[:, 0])[:, None, None, None]
    changes = changes / changes.abs().amax((1, 2, 3), keepdim=True).clamp_min(1e-30) * spans
    # One map of each pixel: the channel that changes most, as the sum of all may be nothing.
    maps = strongest_change(maps)
    maps = maps / maps.abs().amax((2, 3), keepdim=True).clamp_min(1e-30)
    answered = have_means & (changes != 0).flatten(1).any(1)
    parts = [*pairs.T, strongest_change(changes), *maps.unbind(1), answered.long()]
    weights = torch.full((len(pictures), 2), torch.nan, device="cpu")
    in_channels = changes.expand(-1, pictures.shape[1], -1, -1)
    arrays = [part.numpy().copy() for part in (*parts, weights, evaluations, in_channels)]
    return Subtraction(method, *arrays)


def _apply_weights(
    twin: Twin, picture: Tensor, maps: Tensor, limits: Tensor
) -> Steps[tuple[Tensor, Tensor]]:
    """Return the logits (W, K) of the picture changed by each weighting, and whether it is."""
    low, high = limits.tolist()
    changes: list[Tensor] = []

    def compose(begin: int, end: int) -> Tensor:
        weights = PROBE_WEIGHTS[begin:end, None, None]
        difference = (weights * maps[1] - maps[0]) * (high - low)
        changed: Tensor = (picture + difference[:, None]).clamp(low, high)
        # What leaves the picture as it is changes likelihoods by rounding at most.
        changes.append((changed != picture).flatten(1).any(1))
        return changed

    logits = yield from relay(
        twin.evaluate(len(PROBE_WEIGHTS), compose), lambda _: Progress(0, None, "weights")
    )
    return logits, torch.cat(changes)


def _maps(
    model: Network, pictures: Tensor, pairs: Tensor, method: Method, references: Tensor | None
) -> Steps[tuple[Tensor, Tensor]]:
    """Return the maps (P, 2, H, W) of both classes, and the evaluations of each pair (P,)."""
    tasks = [
        Task(model, picture, target, references=references)
        for picture, pair in zip(pictures, pairs.tolist(), strict=True)
        for target in pair
    ]
    attributions = yield from relay(method.explain(tasks), Progress.without_preview)
    maps = torch.stack([torch.from_numpy(attribution.values) for attribution in attributions])
    paid = (
        torch.tensor([attribution.paid for attribution in attributions], device="cpu")
        .reshape(-1, 2)
        .sum(1)
    )
    # Two tasks for each pair, one after the other: (2 P, H, W) is (P, 2, H, W), true before probe.
    return maps.reshape(len(pairs), 2, *maps.shape[1:]), 1 + len(PROBE_WEIGHTS) + paid


def _method(method: str | Method, seed: int, settings: dict[str, Any]) -> Method:
    """Return a method as it is, or that of a name with its settings."""
    whole("seed", seed, 0)
    if not isinstance(method, str):
        if not isinstance(method, Method) or isinstance(method, type):
            names = " or ".join(map(repr, METHODS_BY_NAME))
            raise InputError(f"method is {method!r}; use a Method, or {names}")
        if settings:
            raise InputError(f"{method!r} has its own {', '.join(settings)}; set them there")
        return method
    if method not in METHODS_BY_NAME:
        names = " or ".join(map(repr, (*METHODS_BY_NAME, *PAIR_METHODS)))
        raise InputError(f"method is {method!r}; use {names}")
    settings_of = {
        name: {field.name for field in fields(kind)} for name, kind in METHODS_BY_NAME.items()
    }
    for setting in settings:
        if setting not in settings_of[method]:
            meant = [repr(name) for name, names in settings_of.items() if setting in names]
            raise InputError(
                f"{setting} is for method {' or '.join(meant)}, not {method!r}; leave it out"
            )
    if "seed" in settings_of[method]:
        settings = {**settings, "seed": seed}
    return METHODS_BY_NAME[method](**settings)
