"""Labelled pictures, and their parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.errors import InputError

SPLITS = ("train", "test")
"""What `split` can be."""

SYSTEM_SHARES = ("/usr/local/share", "/usr/share")
"""Where Debian's packages install, whatever a desktop has put into XDG_DATA_DIRS."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures with labels.

    Attributes
    ----------
    images : NDArray[np.uint8]
        Grey pictures (N, H, W), 0 black to 255 white, or colour pictures (N, H, W, 3).
    labels : NDArray[np.int64]
        The number of the class of each picture (N,).
    classes : tuple of str
        The class names, by number.
    """

    # Bytes, as they are kept and shown: a preprocessing makes floats of them, a batch at a time.
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        height, width = self.images.shape[1:3]
        size = f"{len(self)} images of {height} x {width}, {len(self.classes)} classes"
        return f"{type(self).__name__}({size})"


def check_split(split: str) -> None:
    if split not in SPLITS:
        raise InputError(f"split is {split!r}; it must be 'train' or 'test'")
