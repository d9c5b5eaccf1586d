"""`attacked` and `corrupted`: pictures that are harder for a network, to test detectors on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from xaiwidgets.adversarial import attack
from xaiwidgets.checks import is_whole, nearest, whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import check_picture
from xaiwidgets.intervals import IntervalEstimate, share_interval
from xaiwidgets.pixels import pixel_scale
from xaiwidgets.reliability._arrays import Doubles, Flags, Integers
from xaiwidgets.reliability._inputs import (
    ClassNames,
    Images,
    labelled_images,
    network_logits,
    share_of,
)
from xaiwidgets.work import Progress, Steps, relay, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network

LEVELS = 5
"""Of corruptions, from 1 to this, as in Hendrycks and Dietterich 2019."""

STATED_SIDE = 28
"""Pixels of a side for which lengths are stated; in a larger picture they are longer."""

_NOISE = (0.08, 0.12, 0.18, 0.26, 0.38)  # theirs: standard deviations, black to white is 1
_CONTRAST = (0.4, 0.3, 0.2, 0.1, 0.05)  # theirs: shares of the contrast that are left


@dataclass(frozen=True, eq=False, repr=False)
class TestSet:
    """Pictures that were made harder, with their labels: ``detector.roc(*test_set)``.

    Attributes
    ----------
    images : Tensor (N, C, H, W)
        Inputs of the network.
    labels : (N,) ints
        The true classes.
    predicted : (N,) ints
    changed : (N,) bools
        Which pictures were changed at all.
    name : str
        What was done.
    """

    __test__ = False  # it is no test of pytest's

    images: Tensor
    labels: Integers
    predicted: Integers
    changed: Flags
    name: str

    def __iter__(self) -> Iterator[Any]:
        return iter((self.images, self.labels))

    @property
    def wrong(self) -> Flags:
        """Which predictions are wrong, (N,)."""
        wrong: Flags = self.predicted != self.labels
        return wrong

    @property
    def accuracy(self) -> IntervalEstimate:
        """The share of right predictions."""
        return share_interval(int((~self.wrong).sum()), len(self.labels))

    def __repr__(self) -> str:
        return (
            f"<TestSet: {len(self.labels)} pictures, {int(self.changed.sum())} of them by "
            f"{self.name}; accuracy {self.accuracy}>"
        )


@work
def attacked(
    model: Network,
    images: Images,
    labels: ClassNames,
    method: str = "pgd",
    size: float = 0.03,
    *,
    share: float = 0.5,
    seed: int = 0,
    **options: Any,
) -> Steps[TestSet]:
    """Attack some of the pictures that the network is right about, as a test set for detectors.

    Parameters
    ----------
    model : Network
    images : tensor (N, C, H, W) or sequence of pictures
    labels : N classes
    method, size
        As of `adversarial.attack`; the size in pixels, black to white is 1.
    share : float
        Of the pictures that are predicted rightly, how many are attacked; the others stay as they
        are, so that there are right predictions, too.
    seed : int
        Draws them.
    **options
        Of `adversarial.attack`.

    Raises
    ------
    InputError
        If a setting is not allowed, or nothing is predicted rightly; at the end, if no prediction
        is wrong, so that there is nothing to detect.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> test = datasets.digits("test")
    >>> result = attacked(zoo.digits(), test.images[:40], test.labels[:40], "fgsm", 0.3).run()
    >>> bool(result.wrong[result.changed].mean() > result.wrong[~result.changed].mean())
    True
    """
    batch, numbers = labelled_images(model, "images", (images, labels))
    check_picture(batch[0])
    share_of("share", share)
    whole("seed", seed, 0)
    if "target" in options:
        raise InputError(
            f"target is {options['target']!r}, but each picture is led away from its true class; "
            "leave it out, or use adversarial.attack"
        )
    options |= {"method": method, "size": size}
    # On one picture, as nothing is computed: all that is wrong with the settings is said before the
    # network is asked.
    attack(model, batch[:1], **options).close()  # checks its arguments at once
    return _attacked(model, batch, numbers, options, share, seed)


def _attacked(
    model: Network,
    batch: Tensor,
    labels: Integers,
    options: dict[str, Any],
    share: float,
    seed: int,
) -> Steps[TestSet]:
    before = (yield from network_logits(model, batch)).argmax(1).numpy()
    right = np.flatnonzero(before == labels)
    if len(right) == 0:
        raise InputError("no prediction is right, so that an attack can take none away")
    random = np.random.default_rng(seed)
    # Of right predictions only: a picture that is taken wrongly already needs no attack to be hard.
    rows = np.sort(random.choice(right, max(1, round(share * len(right))), replace=False))
    changed = np.zeros(len(labels), np.bool_)
    changed[rows] = True
    places = torch.from_numpy(rows)
    name = f"{options['method']}, size {options['size']:g}"

    def test_set(images: Tensor, predicted: Tensor) -> TestSet:
        every, classes = batch.clone(), before.copy()
        every[places], classes[rows] = images, predicted.numpy()
        return TestSet(every, labels, classes, changed, name)

    attacking = attack(model, batch[places], **options)
    result = yield from relay(
        attacking, lambda p: p.map(lambda preview: test_set(preview.images, preview.predicted))
    )
    harder = test_set(result.images, result.predicted)
    if not harder.wrong.any():
        raise InputError(
            f"{name}, has failed: none of {len(labels)} predictions is wrong, so that there is "
            "nothing to detect; use a larger size"
        )
    return harder


@work
def corrupted(
    model: Network,
    images: Images,
    labels: ClassNames,
    kind: str = "noise",
    strength: int = 3,
    *,
    seed: int = 0,
) -> Steps[TestSet]:
    """Corrupt pictures as cameras and hands do, as a test set for detectors.

    Parameters
    ----------
    model : Network
    images : tensor (N, C, H, W) or sequence of pictures
    labels : N classes
    kind : str
        "noise" and "contrast" as in Hendrycks and Dietterich 2019; "blur"; "shift", by some pixels
        in a direction that is drawn; "rotation", to a side that is drawn.
    strength : int
        From 1 to 5.
    seed : int

    Raises
    ------
    InputError
        If there is no such corruption, or the preprocessing does not tell black and white.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> test, model = datasets.digits("test"), zoo.digits()
    >>> weak, strong = (corrupted(model, *(test.images, test.labels), strength=s).run()
    ...                 for s in (1, 5))
    >>> weak.accuracy.value > strong.accuracy.value
    True
    """
    batch, numbers = labelled_images(model, "images", (images, labels))
    check_picture(batch[0])
    if kind not in CORRUPTIONS:
        raise InputError(
            f"kind is {kind!r}; use one of {', '.join(CORRUPTIONS)}"
            f"{nearest(str(kind), [*CORRUPTIONS])}"
        )
    if not is_whole(strength, 1) or strength > LEVELS:
        raise InputError(f"strength is {strength!r}; use a whole number from 1 to {LEVELS}")
    whole("seed", seed, 0)
    scale = pixel_scale(model.preprocess, batch.shape[1])
    return _corrupted(model, batch, numbers, kind, int(strength), seed, scale)


def _corrupted(
    model: Network,
    batch: Tensor,
    labels: Integers,
    kind: str,
    strength: int,
    seed: int,
    scale: tuple[Tensor, Tensor],
) -> Steps[TestSet]:
    black, unit = scale
    random, corrupt = np.random.default_rng(seed), CORRUPTIONS[kind]
    changed = torch.empty_like(batch)
    for row, picture in enumerate(batch):
        # Corruptions are stated in brightness, black 0 and white 1; the network's inputs are
        # standardised.
        pixels = ((picture - black[0]) / unit[0]).double().numpy()
        harder = np.clip(corrupt(pixels, strength, random), 0, 1)
        changed[row] = black[0] + unit[0] * torch.from_numpy(harder).to(batch)
        if row % 64 == 63:
            yield Progress(row + 1, len(batch), kind)
    predicted = (yield from network_logits(model, changed)).argmax(1).numpy()
    every = np.ones(len(labels), np.bool_)
    return TestSet(changed, labels, predicted, every, f"{kind} of strength {strength}")


def _noisy(pixels: Doubles, strength: int, random: np.random.Generator) -> Doubles:
    return pixels + random.normal(0, _NOISE[strength - 1], pixels.shape)


def _blurred(pixels: Doubles, strength: int, _random: np.random.Generator) -> Doubles:
    sigma = 0.4 * strength * max(1.0, max(pixels.shape[1:]) / STATED_SIDE)
    # Edges are continued: a dark rim would be a corruption of its own.
    blurred: Doubles = ndimage.gaussian_filter(pixels, (0, sigma, sigma), mode="nearest")
    return blurred


def _flattened(pixels: Doubles, strength: int, _random: np.random.Generator) -> Doubles:
    # Around each channel's own mean, so that brightness and hue stay.
    mean = pixels.mean((1, 2), keepdims=True)
    flattened: Doubles = mean + _CONTRAST[strength - 1] * (pixels - mean)
    return flattened


def _shifted(pixels: Doubles, strength: int, random: np.random.Generator) -> Doubles:
    length = max(1.0, strength * max(pixels.shape[1:]) / STATED_SIDE)
    angle = random.uniform(0, 2 * np.pi)
    # In whole pixels: between them a shift would blur, which is another corruption.
    move = (0, round(length * np.sin(angle)), round(length * np.cos(angle)))
    shifted: Doubles = ndimage.shift(pixels, move, order=0, mode="nearest")
    return shifted


def _rotated(pixels: Doubles, strength: int, random: np.random.Generator) -> Doubles:
    degrees = 12 * strength * random.choice([-1, 1])
    rotated: Doubles = ndimage.rotate(
        pixels, degrees, axes=(2, 1), reshape=False, order=1, mode="nearest"
    )
    return rotated


CORRUPTIONS: dict[str, Callable[[Doubles, int, np.random.Generator], Doubles]] = {
    "noise": _noisy,
    "blur": _blurred,
    "contrast": _flattened,
    "shift": _shifted,
    "rotation": _rotated,
}
"""What becomes of pixels (C, H, W), black 0 and white 1, at a strength from 1 to 5."""
