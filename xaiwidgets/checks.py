"""Checks of input that several rooms need."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import TypeGuard

import numpy as np

from xaiwidgets.errors import InputError


def is_whole(value: object, least: int | None = 0) -> TypeGuard[int]:
    """Return whether `value` is a whole number, Python's or NumPy's, of at least `least`."""
    number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return number and (least is None or bool(value >= least))  # type: ignore[operator]


def whole(name: str, value: object, least: int = 1) -> int:
    """Return a whole number of at least `least`; InputError, which says its name, if it is none."""
    if not is_whole(value, least):
        raise InputError(f"{name} is {value!r}; use a whole number of at least {least}")
    return int(value)


def nearest(target: str, names: Sequence[str]) -> str:
    """Return a suggestion of the names that are like `target`, or nothing."""
    inside = [name for name in names if target.lower() in name.lower()]
    found = (inside or difflib.get_close_matches(target, names, 3, 0.5))[:3]
    return f"; did you mean {', '.join(map(repr, found))}?" if found else ""


def is_name(name: object) -> bool:
    """Return whether queries can call something by `name`."""
    return isinstance(name, str) and re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) is not None
