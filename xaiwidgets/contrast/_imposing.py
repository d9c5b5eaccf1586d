"""What a change does when it is made: in part, too much, in one place, or with as much ink."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from xaiwidgets.checks import numbers
from xaiwidgets.errors import InputError
from xaiwidgets.network import require_network
from xaiwidgets.work import Progress, Steps, relay, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture

_EXAMPLES = 4  # pictures on which a twin is checked
_SLACK = 1e-3  # how far a picture may be outside of its range, as a share of it: rounding
# Eighths, which are exact: 0 is the picture itself, and 1 the whole change, to the last bit.
IMPOSED_STRENGTHS = tuple(np.linspace(-1, 2, 25).tolist())
"""How much of a change is made by default: from its opposite over nothing, 0, to twice."""


@dataclass(frozen=True, eq=False, repr=False)
class Imposed:
    """P pictures with so much of their changes, S times.

    Attributes
    ----------
    strengths : (S,) float64
        0 is the picture itself, 1 the whole change.
    images : Tensor (S, P, C, H, W)
    log_likelihoods : (S, P, K) float32
        Of all classes.
    """

    strengths: NDArray[np.float64]
    images: Tensor
    log_likelihoods: NDArray[np.float32]

    def __repr__(self) -> str:
        count, pairs = self.log_likelihoods.shape[:2]
        return f"Imposed({count} strengths, {pairs} {'picture' if pairs == 1 else 'pictures'})"


@work
def impose(
    model: Network,
    images: Tensor | Sequence[Picture],
    changes: ArrayLike | Tensor,
    masks: ArrayLike | Tensor | None = None,
    *,
    strengths: Sequence[float] = IMPOSED_STRENGTHS,
    limits: tuple[float, float] | None = None,
) -> Steps[Imposed]:
    """Make a change by hand, in a place, and see what the network says (Feghahati 2020, fig. 3.10).

    The test of an explanation: if it is true, the classes change as it says. With a mask of the
    eyes it is a test of what the explanation says of the eyes.

    Parameters
    ----------
    model : Classifier
    images : tensor (P, C, H, W) or sequence of pictures
    changes : (P, C, H, W) or (P, H, W)
        What is added to the pictures; to all channels where it has none.
    masks : (P, H, W) or (H, W) bools, optional
        Where; everywhere by default.
    strengths : sequence of float
        How much of it, each in turn.
    limits : tuple of float, optional
        The darkest and the brightest value of pictures; by default those of each picture, but for
        no change at all.

    Yields
    ------
    Progress
        Evaluations done.

    Raises
    ------
    InputError
        If the changes, masks, strengths or limits do not fit the images.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> digits = datasets.digits("test").images[:2]
    >>> impose(zoo.digits(), digits, np.full((2, 8, 8), 0.5), strengths=[0, 1]).run()
    Imposed(2 strengths, 2 pictures)
    """
    pictures = require_network(model).batch(images)
    whole_change = as_changes(changes, pictures)
    if masks is not None:
        whole_change = whole_change * as_masks(masks, pictures)[:, None]
    shares = np.atleast_1d(numbers("strengths", strengths))
    if shares.ndim != 1 or not len(shares) or not np.isfinite(shares).all():
        raise InputError(f"strengths is {strengths!r}; use one number or more, 1 the whole change")
    return _impose(model, pictures, whole_change, shares.tolist(), picture_ranges(pictures, limits))


def _impose(
    model: Network, pictures: Tensor, change: Tensor, strengths: Sequence[float], ranges: Tensor
) -> Steps[Imposed]:
    model.weights(anew=True)
    low, high = (ranges[:, end, None, None, None] for end in (0, 1))
    images = torch.stack(
        [
            # As it is, also where it is outside of the range that it was given.
            pictures if strength == 0 else (pictures + strength * change).clamp(low, high)
            for strength in strengths
        ]
    )
    flat = images.flatten(0, 1)
    scores = yield from _scores(model, pictures, len(flat), lambda begin, end: flat[begin:end])
    shape = *images.shape[:2], -1
    return Imposed(np.asarray(strengths, float), images, scores.reshape(shape).float().numpy())


@work
def closed(
    model: Network,
    images: Tensor | Sequence[Picture],
    changes: ArrayLike | Tensor,
    true: Any,
    probe: Any,
    ink: ArrayLike | float | None = None,
    *,
    limits: tuple[float, float] | None = None,
) -> Steps[NDArray[np.float64]]:
    """Return which share of the gap between two classes changes close, each with as much ink.

    The gap is log-likelihood(true) - log-likelihood(probe), and ink the sum of absolute changes.
    0: nothing is closed, 1: both are as likely; below 0 the gap has grown. By the network that a
    change was made for it says little; by a judge, another network, whether the change is more
    than a weakness of the first.

    Parameters
    ----------
    model : Classifier
    images : tensor (P, C, H, W) or sequence of pictures
    changes : (P, C, H, W) or (P, H, W)
        As for `impose`.
    true, probe : class, or sequence of P classes
    ink : float or (P,) floats, optional
        Scale each change to have this much; by default it stays as it is. The ink of another
        method's changes makes both comparable.
    limits : tuple of float, optional
        As for `impose`.

    Returns
    -------
    NDArray (P,)
        NaN where the network does not find `true` likelier to begin with: there is no gap.

    Yields
    ------
    Progress
        Evaluations done.

    Raises
    ------
    InputError
        If the changes do not fit the images, a class is unknown, or ink is negative.

    Examples
    --------
    >>> from xaiwidgets import contrast, datasets, steps, zoo
    >>> model, digits = zoo.digits(), datasets.digits("test").images[:2]
    >>> found = steps.run(contrast.explain(model, zoo.generator("digits"), digits, "7"))
    >>> share = closed(model, digits, found.difference, found.true, found.probe, limits=(-1, 2))
    >>> bool((abs(share.run() - 1) < 0.05).all())
    True
    """
    pictures = require_network(model).batch(images)
    change = as_changes(changes, pictures)
    if ink is not None:
        amounts = numbers("ink", ink)
        fits = amounts.shape in ((), (1,), (len(pictures),))
        if not fits or not np.isfinite(amounts).all() or (amounts < 0).any():
            raise InputError(
                f"ink is {ink!r}; use a sum of absolute changes, which is at least 0, or one for "
                f"each of {len(pictures)} pictures"
            )
        change = scaled_to_ink(change, torch.from_numpy(amounts))
    classes = {"true": _plain(true), "probe": _plain(probe)}
    for name, values in classes.items():
        model.class_numbers(values, len(pictures), name=name)
    return _closed(model, pictures, change, classes, picture_ranges(pictures, limits))


def _closed(
    model: Network, pictures: Tensor, change: Tensor, classes: Mapping[str, Any], ranges: Tensor
) -> Steps[NDArray[np.float64]]:
    model.weights(anew=True)
    low, high = (ranges[:, end, None, None, None] for end in (0, 1))
    # As they are before as they are changed: `repeat` and `chunk` below follow that order.
    both = torch.cat([pictures, (pictures + change).clamp(low, high)])
    scores = yield from _scores(model, pictures, len(both), lambda begin, end: both[begin:end])
    # Of classes without names only now is it known how many there are.
    count = scores.shape[1]
    numbers = [model.class_numbers(v, len(pictures), count, name=k) for k, v in classes.items()]
    true, probe = (scores.gather(1, each.repeat(2)[:, None])[:, 0] for each in numbers)
    before, after = (true - probe).chunk(2)
    return torch.where(before > 0, 1 - after / before, torch.nan).numpy()


def _scores(
    model: Network, pictures: Tensor, count: int, compose: Callable[[int, int], Tensor]
) -> Steps[Tensor]:
    """Return the log-likelihoods (count, K), float64, of pictures that are made when needed."""
    twin = yield from relay(
        model.copies.twin(pictures[:_EXAMPLES]), lambda _: Progress(0, count, "preparing")
    )
    logits: Tensor = yield from twin.evaluate(count, compose)
    return model.log_probabilities(logits.double())


def scaled_to_ink(changes: Tensor, ink: Tensor) -> Tensor:
    """Return changes (P, ...) whose absolute values sum to `ink` (P,); nothing stays nothing."""
    sums = changes.flatten(1).double().abs().sum(1).clamp_min(1e-12)
    return changes * (ink / sums).to(changes).reshape(-1, *[1] * (changes.ndim - 1))


def as_changes(changes: Any, pictures: Tensor) -> Tensor:
    """Return changes as a tensor like the pictures (P, C, H, W), or say why they do not fit."""
    tensor = torch.from_numpy(numbers("changes", changes)).to(pictures)
    if tensor.ndim == 3 and pictures.ndim == 4:
        tensor = tensor[:, None].expand(-1, pictures.shape[1], -1, -1)
    if tensor.shape != pictures.shape or not bool(torch.isfinite(tensor).all()):
        raise InputError(
            f"the changes have shape {tuple(tensor.shape)} or numbers that are NaN or infinite; "
            f"use finite ones like the images, {tuple(pictures.shape)}, or without channels"
        )
    return tensor


def as_masks(masks: Any, pictures: Tensor) -> Tensor:
    """Return masks as numbers (P, H, W), 0 or 1, or say why they do not fit."""
    tensor = torch.as_tensor(masks, device="cpu").cpu()
    count, height, width = len(pictures), *pictures.shape[-2:]
    # Bools only: a mask of numbers from 0 to 255 would multiply the change.
    if tensor.dtype != torch.bool or tensor.shape[-2:] != (height, width) or tensor.ndim > 3:
        raise InputError(
            f"the masks are {tensor.dtype} of shape {tuple(tensor.shape)}; use bools of shape "
            f"({height}, {width}), or one for each picture, ({count}, {height}, {width})"
        )
    if tensor.ndim == 3 and len(tensor) != count:
        raise InputError(f"there are {len(tensor)} masks for {count} pictures; give one for each")
    return tensor.to(pictures).expand(count, height, width)


def picture_ranges(pictures: Tensor, limits: tuple[float, float] | None) -> Tensor:
    """Return the darkest and the brightest value (P, 2) of each picture, or those given."""
    if limits is None:
        return torch.stack([pictures.flatten(1).amin(1), pictures.flatten(1).amax(1)], 1)
    pair = isinstance(limits, tuple | list) and len(limits) == 2
    if not pair or not all(isinstance(end, int | float) for end in limits):
        raise InputError(f"limits is {limits!r}; use two numbers, the darkest and the brightest")
    low, high = map(float, limits)
    if not -np.inf < low < high < np.inf:
        raise InputError(f"limits is {limits!r}; the first must be below the second")
    # Clipped to limits that it leaves, a picture would change where nothing is imposed on it.
    least, most = (float(end) for end in pictures.aminmax())
    if least < low - _SLACK * (high - low) or most > high + _SLACK * (high - low):
        raise InputError(
            f"the images go from {least:.3g} to {most:.3g}, but limits is {limits!r}; scale the "
            "images, or give the limits that they have"
        )
    return torch.tensor([low, high], device="cpu").expand(len(pictures), 2)


def _plain(values: Any) -> Any:
    """Return an array of class numbers as a list, which `class_numbers` takes."""
    return values.tolist() if isinstance(values, np.ndarray | Tensor) else values
