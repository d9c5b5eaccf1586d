"""One door to evaluations on a crop, for many pictures that differ in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from xaiwidgets.images import Window
from xaiwidgets.optimize import Twin
from xaiwidgets.work import Steps

if TYPE_CHECKING:
    from xaiwidgets.network import Network

# To find out costs up to 45 evaluations (`Game.crop`), and a crop of a third of the side has saved
# .25 to .5 of each (resnet18, vgg11): of fewer than some 200 that is not earned back.
CROPPED_FROM = 256
"""Evaluations from which on it is worth finding out whether they are quicker on a crop."""


def cropped_twin(
    model: Network,
    twin: Twin,
    window: Window,
    background: Tensor,
    examples: Tensor,
    count: int = CROPPED_FROM,
) -> Steps[Twin]:
    """Return what evaluates `count` pictures that are a background (C, H, W) outside of a window.

    The twin itself where there are few, where nothing is outside, and where a crop is not exact or
    not quicker on the first two examples (B, C, H, W) of them.
    """
    if count < CROPPED_FROM or window == Window(0, 0, *background.shape[1:]):
        return twin
    anatomy = model.anatomy(examples[0])
    return (yield from model.copies.crop(twin, anatomy, window, background, examples[:2]))
