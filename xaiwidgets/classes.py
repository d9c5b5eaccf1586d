"""The one gate for class names, class numbers and labels."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.checks import is_whole, nearest
from xaiwidgets.errors import InputError

Names = tuple[str, ...] | None
"""The names of the classes, in the order of the network's scores; None: only numbers."""


def class_names(value: Any) -> Names:
    """Return class names from whatever holds them, or say why it does not.

    Parameters
    ----------
    value : iterable of str, mapping, or None
        In the order of the scores; a mapping from number to name (``id2label``) or from name to
        number (``class_to_idx``) says the order itself.

    Examples
    --------
    >>> class_names({"dog": 1, "cat": 0})
    ('cat', 'dog')
    >>> class_names({"0": "cat", "1": "dog"})
    ('cat', 'dog')
    """
    if value is None:
        return None
    if isinstance(value, Mapping) or _is_numbered(value):
        value = _in_order(value)
    # Its order is another one in each process: names would change places from run to run.
    if isinstance(value, set | frozenset):
        raise InputError(f"classes is a {type(value).__name__}, which has no order; give a list")
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InputError(f"classes is {value!r}; give a sequence of strings, one per class")
    names = [str(name) if isinstance(name, np.str_) else name for name in value]
    wrong = [name for name in names if not isinstance(name, str)]
    if wrong:
        raise InputError(
            f"classes has {wrong[0]!r}; it must be a sequence of strings, one per class: numbers "
            "would be taken for those of the classes"
        )
    if len(names) < 2:
        raise InputError(f"classes has {len(names)} names; a classifier has at least two")
    return tuple(names)


def _is_numbered(value: Any) -> bool:
    """Return whether a series of pandas has the numbers of its classes as index."""
    index: Any = getattr(value, "index", None)
    if callable(index) or not hasattr(value, "items"):
        return False
    return sorted(map(str, index)) == sorted(map(str, range(len(value))))


def _in_order(value: Mapping[Any, Any]) -> list[Any]:
    by_number = {}
    for key, item in value.items():
        number, name = (item, key) if is_whole(item, None) else (key, item)
        # JSON has only texts as keys.
        number = int(number) if isinstance(number, str) and number.isdecimal() else number
        if not is_whole(number, 0):
            raise InputError(f"classes maps {key!r} to {item!r}; give number and name of each")
        by_number[int(number)] = name
    missing = sorted(set(range(len(value))) - set(by_number))
    if missing:
        raise InputError(f"classes has {len(value)} names, but none for number {missing[0]}")
    return [by_number[number] for number in range(len(value))]


def class_index(target: Any, names: Names, count: int | None = None) -> int:
    """Return the number of a class given by number or name.

    Parameters
    ----------
    target : int, str, or 0-dimensional tensor or array
    count : int, optional
        How many classes there are, needed only where they have no names.

    Raises
    ------
    InputError
        If there is no such class, or several have the name.
    """
    total = len(names) if names is not None else count
    if isinstance(target, str):
        if names is None:
            raise InputError(f"class {target!r}: the classes have no names; give its number")
        places = [number for number, name in enumerate(names) if name == target]
        if not places:
            raise InputError(f"no class is named {target!r}{nearest(target, names)}")
        if len(places) > 1:
            listed = ", ".join(map(str, places[:-1])) + f" and {places[-1]}"
            raise InputError(f"{target!r} is the name of classes {listed}; give the number")
        return places[0]
    if isinstance(target, Tensor | np.ndarray) and target.ndim == 0:
        target = target.item()
    if not is_whole(target, None):
        raise InputError(f"target is {target!r}; it must be a class name or number")
    if target < 0 or (total is not None and target >= total):
        last = "" if total is None else f" to {total - 1}"
        raise InputError(f"class {target} does not exist; numbers go from 0{last}")
    return int(target)


def class_numbers(
    value: Any,
    names: Names,
    count: int,
    classes: int | None = None,
    *,
    name: str = "targets",
    each: bool = False,
) -> Tensor:
    """Return the numbers (count,) of classes given by number or name, one for each input.

    Parameters
    ----------
    value : int, str, or sequence, array, series or tensor of them
        One for each image, or one for all (but not with `each`).

    Raises
    ------
    InputError
        If there are too many or too few, a class does not exist, or they are no numbers of
        classes but rows (one-hot) or columns of them.
    """
    shape = tuple(getattr(value, "shape", ()))
    if len(shape) > 1:
        hint = "take its argmax(1)" if shape[1] > 1 else "flatten it"
        raise InputError(f"{name} has shape {shape}; give one class for each image: {hint}")
    listed = value.tolist() if hasattr(value, "tolist") else value
    single = isinstance(listed, str) or not isinstance(listed, Iterable)
    if listed is None or (single and each):
        raise InputError(f"{name} is {listed!r}; give one for each of the {count} images")
    every = [listed] * count if single else list(listed)
    plain = [_plain(item) for item in every]
    rows = [each for each in plain if isinstance(each, tuple) or not isinstance(each, Hashable)]
    if rows:
        hint = "flatten it" if len(rows[0]) == 1 else "take its argmax"
        raise InputError(f"{name} has {rows[0]!r}; give one class for each image: {hint}")
    if len(every) != count:
        all_alike = "" if each else ", or one for all"
        raise InputError(
            f"there are {len(every)} {name} for {count} images; give one for each{all_alike}"
        )
    # Each different one once: labels of a data set are sixty thousand of ten classes.
    numbers = {key: class_index(key, names, classes) for key in dict.fromkeys(plain)}
    return torch.tensor([numbers[item] for item in plain], dtype=torch.long, device="cpu")


def _plain(value: Any) -> Any:
    """Return a 0-dimensional tensor or array as what it holds: only that is hashed by value."""
    return value.item() if isinstance(value, Tensor | np.ndarray) and value.ndim == 0 else value
