"""Checks of input that several rooms need."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from operator import ge, gt, le, lt
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.errors import InputError


def is_number(value: object) -> TypeGuard[float]:
    """Return whether `value` is a number, Python's or NumPy's, and not NaN.

    Examples
    --------
    >>> is_number(3), is_number(np.float32(0.5)), is_number(True), is_number(float("nan"))
    (True, True, False, False)
    """
    kinds = int | float | np.integer | np.floating
    return isinstance(value, kinds) and not isinstance(value, bool) and bool(value == value)


def is_finite(value: object) -> TypeGuard[float]:
    """Return whether `value` is a number that a double can hold.

    Examples
    --------
    >>> is_finite(3), is_finite(np.float32("inf")), is_finite(10**400)
    (True, False, False)
    """
    plain = value.item() if isinstance(value, np.generic) else value
    # Compared, as `math.isfinite` raises of whole numbers that no double holds.
    return is_number(plain) and abs(plain) <= sys.float_info.max


def is_whole(value: object, least: int | None = 0) -> TypeGuard[int]:
    """Return whether `value` is a whole number, Python's or NumPy's, of at least `least`.

    Examples
    --------
    >>> is_whole(3), is_whole(3.0), is_whole(True), is_whole(-1), is_whole(-1, least=None)
    (True, False, False, False, True)
    """
    # A bool is an int in Python, but True is no count.
    number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return number and (least is None or bool(value >= least))  # type: ignore[operator]


def whole(name: str, value: object, least: int = 1) -> int:
    """Return a whole number of at least `least`; InputError, which says its name, if it is none.

    Examples
    --------
    >>> whole("steps", np.int64(3))
    3
    """
    if not is_whole(value, least):
        raise InputError(f"{name} is {value!r}; use a whole number of at least {least}")
    # No index of NumPy's or torch's: they would raise an OverflowError far from here.
    if value > sys.maxsize:
        raise InputError(f"{name} is {value!r}; use a whole number of at most {sys.maxsize}")
    return int(value)


def number(
    name: str,
    value: object,
    *,
    above: float | None = None,
    least: float | None = None,
    below: float | None = None,
    most: float | None = None,
    note: str = "",
) -> float:
    """Return a finite number between two ends; InputError, which says its name, if it is none.

    Examples
    --------
    >>> number("share", np.float32(0.5), above=0, below=1)
    0.5
    """
    ends = ((above, gt, "above"), (least, ge, "of at least"), (below, lt, "below"),
            (most, le, "at most"))  # fmt: skip
    bounds = [(end, holds, words) for end, holds, words in ends if end is not None]
    if not is_finite(value) or not all(holds(value, end) for end, holds, _ in bounds):
        allowed = " and ".join(f"{words} {end:g}" for end, _, words in bounds)
        raise InputError(f"{name} is {value!r}; use a number {allowed}{note}")
    return float(value)


def numbers(name: str, values: Any) -> NDArray[np.float64]:
    """Return the numbers of a list, an array or a tensor, in a row of memory; InputError if none.

    Examples
    --------
    >>> numbers("ink", [1, 2.5]).tolist()
    [1.0, 2.5]
    """
    try:
        # a tensor of any precision, which may have a gradient and be on a GPU
        plain = values.detach().cpu().double() if hasattr(values, "detach") else values
        # Of a single number `ascontiguousarray` makes a row.
        return np.ascontiguousarray(np.asarray(plain, np.float64)).reshape(np.shape(plain))
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is no array of numbers: {error}") from error


def listed(name: str, values: Any) -> list[Any]:
    """Return what is in a list, an array or a tensor, one by one; InputError if it is no such.

    Examples
    --------
    >>> listed("names", ("a", "b"))
    ['a', 'b']
    """
    several = isinstance(values, Iterable) and getattr(values, "ndim", 1) > 0
    if isinstance(values, str | bytes) or not several:
        raise InputError(f"{name} is {values!r}; give a list")
    return list(values)


def nearest(target: str, names: Sequence[str]) -> str:
    """Return a suggestion of the names that are like `target`, or nothing.

    Examples
    --------
    >>> nearest("conv", ["conv1", "relu", "conv2"])
    "; did you mean 'conv1', 'conv2'?"
    """
    if not isinstance(target, str):
        return ""
    # Parts of names first: for `conv` people mean `layer1.0.conv1`, which is far by edits.
    containing = [name for name in names if target.lower() in name.lower()]
    similar = (containing or difflib.get_close_matches(target, names, 3, 0.5))[:3]
    return f"; did you mean {', '.join(map(repr, similar))}?" if similar else ""


def is_name(name: object) -> bool:
    """Return whether queries can call something by `name`.

    Examples
    --------
    >>> is_name("f_2"), is_name("x'"), is_name("2f"), is_name("größe")
    (True, True, False, False)
    """
    return isinstance(name, str) and re.fullmatch(r"[A-Za-z_]\w*'*", name, re.ASCII) is not None
