"""From a suspicion to a test: what many changes have in common, stamped on other pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from xaiwidgets.checks import numbers
from xaiwidgets.contrast._imposing import as_changes, picture_ranges
from xaiwidgets.derivation import with_steady_weights
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window
from xaiwidgets.intervals import IntervalEstimate, share_interval
from xaiwidgets.network import require_network
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture

_TOGETHER = 128  # pictures that are evaluated together


def mean_change(changes: ArrayLike | Tensor) -> Tensor:
    """Return the mean of changes (P, ...) in which every one counts the same, whatever its ink.

    What one picture's change has of its own averages out; a shortcut that all have stays.

    Examples
    --------
    >>> mean_change([[[4.0, 0.0]], [[0.0, 1.0]]]).tolist()
    [[0.5, 0.5]]
    """
    tensor = torch.from_numpy(numbers("changes", changes)).float()
    if tensor.ndim < 2 or not len(tensor) or not bool(torch.isfinite(tensor).all()):
        raise InputError(
            f"changes has shape {tuple(tensor.shape)} or numbers that are NaN or infinite; give "
            "at least one change, (P, ...)"
        )
    ink = tensor.flatten(1).abs().sum(1).clamp_min(1e-12)
    return (tensor / ink.reshape(-1, *[1] * (tensor.ndim - 1))).mean(0)


@dataclass(frozen=True)
class StampTest:
    """How many other pictures become the probe by a window.

    Attributes
    ----------
    window : Window
    before, after : IntervalEstimate
        The shares called the probe, without and with the stamp.
    control : IntervalEstimate
        The same stamp in a window as large, where the change is least.
    elsewhere : Window
        Where that is.
    count : int
        Pictures.
    """

    window: Window
    before: IntervalEstimate
    after: IntervalEstimate
    # Whatever is drawn over a picture may change its class: only what goes beyond this counts.
    control: IntervalEstimate
    elsewhere: Window
    count: int


@work
def stamp_test(
    model: Network,
    images: Tensor | Sequence[Picture],
    change: ArrayLike | Tensor,
    window: Window,
    probe: int | str,
    *,
    limits: tuple[float, float] | None = None,
) -> Steps[StampTest]:
    """Put what a change adds and removes in a window on other pictures, and count.

    A map is a suspicion; this is the test. In the window, pixels become the brightest value where
    the change adds, and the darkest where it removes; pixels that it leaves stay as they are.

    Parameters
    ----------
    model : Classifier
    images : tensor (N, C, H, W) or sequence of pictures
        Others than those that the change is from, if the shares are to be believed.
    change : (C, H, W) or (H, W)
        `mean_change`, say.
    window : Window
    probe : class
        By number or name.
    limits : tuple of float, optional
        The darkest and the brightest value; by default those of all images.

    Yields
    ------
    Progress
        Pictures done.

    Raises
    ------
    InputError
        If the change or the window does not fit the images, or the class is unknown.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> digits = datasets.digits("test").images[:40]
    >>> stamp_test(zoo.digits(), digits, torch.ones(8, 8), Window(0, 0, 3, 3), "7").run().count
    40
    """
    pictures = require_network(model).batch(images)
    whole_change = as_changes(numbers("change", change)[None], pictures[:1])[0]
    if not isinstance(window, Window):
        raise InputError(f"window is {window!r}; use images.Window(top, left, height, width)")
    window.inside(pictures.shape[1:])
    target = model.index(probe)
    if limits is None:
        # Pictures of one value have no range, and `picture_ranges` asks for one.
        limits = (float(pictures.min()), float(pictures.max()) + 1e-9)
    low, high = picture_ranges(pictures, limits)[0].tolist()
    stamped = _stamp(model, pictures, whole_change, window, target, (low, high))
    return with_steady_weights(stamped)


def _stamp(
    model: Network,
    pictures: Tensor,
    change: Tensor,
    window: Window,
    target: int,
    limits: tuple[float, float],
) -> Steps[StampTest]:
    part = change[(..., *window.slices)]
    elsewhere = _least(change, window)
    shares = []
    for at, place in enumerate((None, window, elsewhere)):
        hits = 0
        for rows in torch.split(pictures, _TOGETHER):
            stamped = rows if place is None else _stamped(rows, part, place, limits)
            hits += int((model.logits(stamped).argmax(1) == target).sum())
            yield Progress(at, 3, "stamping")
        shares.append(share_interval(hits, len(pictures)))
    before, after, control = shares
    return StampTest(window, before, after, control, elsewhere, len(pictures))


def _stamped(pictures: Tensor, part: Tensor, window: Window, limits: tuple[float, float]) -> Tensor:
    stamped = pictures.clone()
    place = (..., *window.slices)
    ends = torch.where(part > 0, limits[1], limits[0]).to(pictures)
    # A change of less than a hundredth of the strongest is none.
    marked = part.abs() > 0.01 * part.abs().max()
    stamped[place] = torch.where(marked, ends, stamped[place])
    return stamped


def _least(change: Tensor, window: Window) -> Window:
    """Return a window as large, apart from this one where it can be, with the least change."""
    size = (window.height, window.width)
    ink = change.abs().sum(0)[None, None]
    # The mean ink of a window at each of its places, (H - h + 1, W - w + 1).
    sums = torch.nn.functional.avg_pool2d(ink, size, stride=1)[0, 0]
    apart = torch.ones_like(sums, dtype=torch.bool)
    # Where windows of this size would overlap it.
    rows = slice(max(0, window.top - window.height + 1), window.bottom)
    columns = slice(max(0, window.left - window.width + 1), window.right)
    apart[rows, columns] = False
    if bool(apart.any()):
        sums = sums.where(apart, torch.inf)
    top, left = divmod(int(sums.argmin()), sums.shape[1])
    return Window(top, left, *size)
