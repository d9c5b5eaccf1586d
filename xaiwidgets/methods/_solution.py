"""What a regression gives: Shapley values, how sure they are, and the surrogate's own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Solution(NamedTuple):
    """Shapley values without bias, their standard errors, and the surrogate's own values.

    A surrogate is `stale` when more than a few pairs came after those that trained it.
    """

    unbiased: Floats
    error: Floats
    smooth: Floats
    exact: bool
    stale: bool = False

    @property
    def values(self) -> Floats:
        """The unbiased values, drawn to the smooth ones as far as both agree within the error.

        The positive-part estimator of James and Stein (1961): nearer on average than the unbiased.
        """
        errors = np.square(self.error).sum()
        if self.stale or not np.isfinite(errors):
            return self.unbiased
        apart = self.unbiased - self.smooth
        # Where they agree to the last digit, either will do.
        weight = max(0.0, 1 - errors / max(float(apart @ apart), 1e-300))
        return np.asarray(self.smooth + weight * apart)
