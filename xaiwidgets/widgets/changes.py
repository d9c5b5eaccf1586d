"""Signed changes of pictures as they cross to the page: small, and in colours if there are any."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.contrast import strongest_change

Pixels = Callable[[Tensor], NDArray[np.uint8]]
"""From inputs (B, C, H, W) to pictures (B, H, W, 3) as people see them."""


def coloured_change(difference: Tensor) -> Tensor:
    """Return a change (B, C, H, W) as it crosses: (B, H, W, 3) in colours, else (B, H, W, 1)."""
    if difference.shape[1] == 3:
        # Channels last, as a canvas has them: the page reorders nothing.
        return difference.permute(0, 2, 3, 1)
    return strongest_change(difference)[..., None]


def quantised(values: Tensor) -> tuple[NDArray[np.int8], float]:
    """Return numbers as int8 and what one of its steps is worth: finer than a screen shows."""
    # Where nothing changes there is no scale to divide by.
    scale = max(float(values.abs().max()), 1e-12) / 127
    return (values / scale).round().to(torch.int8).contiguous().numpy(), scale
