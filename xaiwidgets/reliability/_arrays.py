"""The kinds of arrays that the room computes with, each with one meaning."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import numbers
from xaiwidgets.errors import InputError

Singles: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


def finite_scores(name: str, scores: Any, count: int) -> Doubles:
    """Return scores (count,), or raise InputError."""
    values = numbers(name, scores)
    if values.shape != (count,) or not np.isfinite(values).all():
        raise InputError(
            f"{name}: scores are {values.shape}; give a finite one for each of {count} predictions"
        )
    if count == 0:
        raise InputError(f"{name}: there is no prediction; give the scores of some")
    return values


def wrong_flags(wrong: Any) -> Flags:
    """Return which predictions (B,) are wrong; InputError if these are no bools, or 0 and 1.

    Numbers of classes would count as wrong wherever they are not 0, without a word.

    Examples
    --------
    >>> wrong_flags([0, 1, 1]).tolist()
    [False, True, True]
    """
    flags = numbers("wrong", wrong)
    if flags.ndim != 1 or not np.isin(flags, (0, 1)).all():
        raise InputError(
            f"wrong is {flags.tolist()!r:.40}; give one bool for each prediction, such as "
            "predicted != labels"
        )
    return flags.astype(bool)
