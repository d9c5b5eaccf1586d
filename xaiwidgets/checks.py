"""Checks of input that several rooms need."""

from __future__ import annotations

from typing import TypeGuard

import numpy as np


def is_whole(value: object, least: int | None = 0) -> TypeGuard[int]:
    """Return whether `value` is a whole number, Python's or NumPy's, of at least `least`."""
    number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return number and (least is None or bool(value >= least))  # type: ignore[operator]
