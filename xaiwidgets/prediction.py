"""What a network says of one input, and how its classes are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.checks import is_whole, nearest
from xaiwidgets.errors import InputError


@dataclass(frozen=True)
class Score:
    """One class of a prediction."""

    index: int
    label: str
    probability: float
    logit: float


@dataclass(frozen=True)
class Prediction:
    """The network's answer to one input: its best class, and the first few.

    Attributes
    ----------
    index, label, probability : int, str, float
        The class with the largest score.
    top : tuple of Score
        The best classes, best first.
    """

    index: int
    label: str
    probability: float
    top: tuple[Score, ...]


Names = tuple[str, ...] | None
"""Of all classes; None where they are only numbered."""


def checked_classes(classes: Any) -> Names:
    """Return class names as a tuple; InputError if they are none."""
    if classes is None:
        return None
    listed = not isinstance(classes, str) and isinstance(classes, Sequence | np.ndarray)
    if not listed or not all(isinstance(name, str) for name in classes):
        raise InputError("classes must be a sequence of strings, one per class")
    if len(classes) < 2:
        raise InputError(f"classes has {len(classes)} names; a classifier has at least two")
    return tuple(classes)


def class_index(names: Names, target: Any, count: int | None = None) -> int:
    """Return the number of a class given by number or name; see `Network.index`."""
    total = len(names) if names is not None else count
    if isinstance(target, str):
        if names is None:
            raise InputError(f"class {target!r}: the classes have no names; give its number")
        if target not in names:
            raise InputError(f"no class is named {target!r}{nearest(target, names)}")
        return names.index(target)
    if not is_whole(target, None):
        raise InputError(f"target is {target!r}; it must be a class name or number")
    if target < 0 or (total is not None and target >= total):
        last = "" if total is None else f" to {total - 1}"
        raise InputError(f"class {target} does not exist; numbers go from 0{last}")
    return int(target)


def class_numbers(
    names: Names, given: Any, count: int, classes: int | None, *, name: str, each: bool
) -> Tensor:
    """Return the numbers (count,) of classes; see `Network.class_numbers`."""
    # Plain Python numbers, so that 3 from a list, an array or a tensor is one and the same class.
    listed = given.tolist() if isinstance(given, Tensor | np.ndarray) else given
    single = isinstance(listed, str) or not isinstance(listed, Iterable)
    if single and each:
        raise InputError(f"{name} is {listed!r}; give one for each of the {count} images")
    every: list[Any] = [listed] * count if single else list(listed)
    if len(every) != count:
        all_alike = "" if each else ", or one for all"
        raise InputError(
            f"there are {len(every)} {name} for {count} images; give one for each{all_alike}"
        )
    # Before they are keys of a dictionary, which lists cannot be.
    if any(isinstance(one, list | tuple) for one in every):
        raise InputError(
            f"{name} has shape {np.shape(listed)}; give the number or name of one class for each "
            "image, not a row"
        )
    numbers = {one: class_index(names, one, classes) for one in dict.fromkeys(every)}
    return torch.tensor([numbers[one] for one in every])
