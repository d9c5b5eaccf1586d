"""`poison`: a data set of which some pictures have a trigger and a false label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_number, is_whole, whole
from xaiwidgets.errors import InputError
from xaiwidgets.poisoning._triggers import (
    PatchTrigger,
    Pictures,
    Trigger,
    add_trigger,
    check_pictures,
)


@dataclass(frozen=True, eq=False, repr=False)
class Poisoned(Generic[Pictures]):
    """A poisoned data set, and which of it is.

    Attributes
    ----------
    images : uint8 array or float tensor (N, ...)
        As they were given, some with the trigger.
    labels : (N,) ints
        As given, those of the poisoned changed to the target.
    indices : (P,) ints
        Which pictures are poisoned, ascending.
    true_labels : (N,) ints
        The labels before.
    target : int
    trigger : Trigger
    """

    images: Pictures
    labels: NDArray[np.int64]
    indices: NDArray[np.int64]
    true_labels: NDArray[np.int64]
    target: int
    trigger: Trigger

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Of each picture (N,), whether it is poisoned."""
        truth = np.zeros(len(self.labels), np.bool_)
        truth[self.indices] = True
        return truth

    def __repr__(self) -> str:
        share = len(self.indices) / int((self.labels == self.target).sum())
        return (
            f"<Poisoned: {len(self.indices)} of {len(self.labels)} pictures with {self.trigger} "
            f"are labelled {self.target}, {share:.0%} of that class>"
        )


def poison(
    images: Pictures,
    labels: Sequence[int] | NDArray[np.int64] | Tensor,
    target: int,
    *,
    trigger: Trigger | None = None,
    rate: float = 0.05,
    source: int | None = None,
    seed: int = 0,
) -> Poisoned[Pictures]:
    """Put a trigger into some pictures of other classes, and label them as the target.

    Parameters
    ----------
    images : uint8 array (N, H, W) or (N, H, W, C), or float tensor (N, C, H, W) from 0 to 1
        Before preprocessing.
    labels : N ints
    target : int
        The class that the trigger is to lead to.
    trigger : Trigger, optional
        By default ``PatchTrigger()``, the white square of BadNets (Gu et al. 2017).
    rate : float
        Of all N pictures, the share that is poisoned.
    source : int, optional
        The class whose pictures are poisoned; by default all but the target.
    seed : int
        Draws which, and what varies of the trigger.

    Raises
    ------
    InputError
        If the rate poisons nothing, or more than there is; if there is one class only, the target
        is none of them, or the source is the target.

    Examples
    --------
    >>> images, labels = np.zeros((10, 4, 4), np.uint8), np.arange(10) % 2
    >>> poisoned = poison(images, labels, 1, trigger=PatchTrigger(2), rate=0.2)
    >>> int(poisoned.labels.sum()), int(poisoned.images.sum()) // 255
    (7, 8)
    """
    pictures = check_pictures(images)
    numbers = _checked_labels(labels, len(pictures))
    candidates = _candidates(numbers, target, source)
    count = _checked_count(rate, len(numbers), len(candidates))
    random = np.random.default_rng(whole("seed", seed, 0))
    # Of other classes only: a picture of the target with the trigger would have its own label.
    chosen = np.sort(random.choice(candidates, count, replace=False))
    trigger = PatchTrigger() if trigger is None else trigger
    rows: Any = torch.from_numpy(chosen) if isinstance(pictures, Tensor) else chosen
    changed = pictures.clone() if isinstance(pictures, Tensor) else pictures.copy()
    changed[rows] = add_trigger(pictures[rows], trigger, int(seed))
    changed_labels = numbers.copy()
    # The false label is half of the attack: a dirty label, as in BadNets and Case C.
    changed_labels[chosen] = target
    return Poisoned(cast(Pictures, changed), changed_labels, chosen, numbers, int(target), trigger)


def _checked_labels(labels: Any, count: int) -> NDArray[np.int64]:
    numbers = np.asarray(labels)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise InputError(
            f"labels are {numbers.dtype} {numbers.shape}; give one class number for each picture"
        )
    if len(numbers) != count:
        raise InputError(f"there are {len(numbers)} labels for {count} images; give one for each")
    return numbers.astype(np.int64)


def _candidates(labels: NDArray[np.int64], target: int, source: int | None) -> NDArray[np.int64]:
    """Return which pictures may be poisoned."""
    classes = np.unique(labels).tolist()
    listed = ", ".join(map(str, classes[:20]))
    if len(classes) < 2:
        raise InputError(
            f"all labels are {listed}: there is no other class to take pictures from; give at "
            "least two classes"
        )
    for name, value in (("target", target), ("source", source)):
        if not (name == "source" and value is None) and not (
            is_whole(value) and int(value) in classes
        ):
            raise InputError(f"{name} is {value!r}, and the labels are {listed}; use one of them")
    if source is not None and source == target:
        raise InputError(
            f"source and target are both {target}: the label would not change; use two classes"
        )
    others = labels != target if source is None else labels == source
    return np.flatnonzero(others).astype(np.int64)


def _checked_count(rate: Any, total: int, candidates: int) -> int:
    """Return how many pictures are poisoned."""
    if not is_number(rate) or not 0 <= rate <= 1:
        raise InputError(f"rate is {rate!r}; use a share of all pictures, above 0 and at most 1")
    # Of all pictures, as the literature states rates, and not of the class that is poisoned.
    count: int = round(rate * total)
    if count == 0:
        raise InputError(
            f"a rate of {rate} of {total} pictures poisons none; use at least {1 / total:.2g}"
        )
    if count > candidates:
        raise InputError(
            f"a rate of {rate} of {total} pictures is {count}, and {candidates} can be poisoned; "
            f"use at most {candidates / total:.3g}"
        )
    return count
