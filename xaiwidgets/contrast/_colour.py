"""How what changes in a coloured picture is read as one map: overall, or of one property."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from xaiwidgets.errors import InputError

READINGS = ("strongest", "brightness", "hue", "red", "green", "blue")
"""What `read_change` can tell of a change."""

_TIE = 1e-3  # as a share of the change: less decides nothing
_LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue look (ITU-R BT.601)


def read_change(before: Tensor, after: Tensor, reading: str = "strongest") -> Tensor:
    """Return a signed change (..., H, W) of pictures (..., C, H, W) as one map.

    Parameters
    ----------
    before, after : Tensor (..., C, H, W)
        Three channels are red, green and blue; of other pictures only "strongest" can be read.
    reading : str
        "strongest": of each pixel the channel that changes most. "brightness": the sum of the
        channels as bright as they look. "red", "green", "blue": one channel. "hue": the angle on
        the colour circle, in half turns from -1 to 1, from red by green to blue, times the lesser
        of both colourfulnesses (0 where either is grey, which has no hue; 1 for pure colours of
        pictures from 0 to 1).

    Raises
    ------
    InputError
        If there is no such reading, or a picture has no three channels to read.

    Examples
    --------
    >>> red, green = (torch.tensor(c).reshape(3, 1, 1) for c in ([1.0, 0, 0], [0.0, 1, 0]))
    >>> [round(float(read_change(red, green, name)), 3) for name in ("strongest", "red", "hue")]
    [1.0, -1.0, 0.667]
    """
    if reading not in READINGS:
        raise InputError(f"reading is {reading!r}; use {', '.join(map(repr, READINGS))}")
    difference = after - before
    if reading == "strongest":
        return strongest_change(difference)
    if difference.ndim < 3 or difference.shape[-3] != 3:
        raise InputError(
            f"pictures of shape {tuple(difference.shape)} have no {reading} to read, as they have "
            "no three channels; use 'strongest'"
        )
    if reading == "brightness":
        weights = torch.tensor(_LUMA, device="cpu").to(difference)[:, None, None]
        return (difference * weights).sum(-3)
    if reading == "hue":
        return _hue_change(before, after)
    return difference[..., ("red", "green", "blue").index(reading), :, :]


def strongest_change(difference: Tensor) -> Tensor:
    """Return of each pixel the change of the channel that changes most.

    Not the mean over channels, which is 0 where only the hue changes: there one channel gains what
    another loses. Such a tie counts as added.

    Parameters
    ----------
    difference : Tensor (..., C, H, W)

    Returns
    -------
    Tensor (..., H, W)
        In units of the picture. Positive: that channel is to be added to, negative: to be
        taken from.

    Examples
    --------
    >>> from_red_to_green = torch.tensor([-0.5, 0.5, 0.0]).reshape(3, 1, 1)
    >>> strongest_change(from_red_to_green).tolist()
    [[0.5]]
    """
    added, removed = difference.amax(-3), -difference.amin(-3)
    # Rounding does not decide between the two: neighbours would differ for nothing.
    return torch.where(added >= removed * (1 - _TIE), added, -removed)


def _hue_change(before: Tensor, after: Tensor) -> Tensor:
    (first, colourful), (second, also) = (_hue(picture) for picture in (before, after))
    # The shorter way round the circle; half a turn is 1, and anticlockwise, from red to green,
    # above 0.
    turn = torch.remainder(second - first + math.pi, 2 * math.pi) - math.pi
    # Grey has no hue: what is grey on either side has not turned.
    return turn / math.pi * torch.minimum(colourful, also)


def _hue(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Return the angle on the colour circle, 0 for red, and how far from grey it is."""
    red, green, blue = picture.unbind(-3)
    towards_red = red - (green + blue) / 2
    towards_green = (green - blue) * math.sqrt(3) / 2
    return torch.atan2(towards_green, towards_red), torch.hypot(towards_green, towards_red)
