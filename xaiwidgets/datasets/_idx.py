"""Files of MNIST and its kin: found, read and checked."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.errors import DataError

IDX_SIZE = (28, 28)
IDX_CLASSES = 10
"""What MNIST and its kin have: pictures of this size, and so many classes."""

_IDX_OF_BYTES = b"\x00\x00\x08"


def first_files(folders: list[Path], split: str) -> tuple[Path, Path] | None:
    """Return the files of pictures and labels of the first folder that has both."""
    return next((files for folder in folders if (files := files_in(folder, split))), None)


def files_in(folder: Path, split: str) -> tuple[Path, Path] | None:
    """Return the files of pictures and labels in `folder`, unpacked or not, if both are there."""
    prefix = "train" if split == "train" else "t10k"  # LeCun's names, in all of MNIST's kin
    names = (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte")
    images, labels = (
        next((path for end in (".gz", "") if (path := folder / (name + end)).is_file()), None)
        for name in names
    )
    return None if images is None or labels is None else (images, labels)


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Return the bytes of an idx file, packed or not, in the shape that its header says.

    The header is two zeros, the type of the numbers (8: bytes), the number of axes, and the
    length of each axis as four bytes, the first being the highest.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = bytearray(file.read())  # writable, as torch wants its arrays
    except (OSError, EOFError, zlib.error) as error:
        raise corrupt_file(path, str(error)) from error
    if content[:3] != _IDX_OF_BYTES or len(content) < 4:
        raise corrupt_file(path, "it does not begin as an idx file of bytes does")
    start = 4 + 4 * content[3]
    shape = tuple(
        int.from_bytes(content[at : at + 4], "big") for at in range(4, min(start, len(content)), 4)
    )
    # To the byte: a download that stopped early has a header like any other.
    if len(content) != start + math.prod(shape):
        raise corrupt_file(
            path, f"it has {len(content)} bytes, which do not fill the shape {shape}"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def check_pair(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], files: tuple[Path, Path]
) -> None:
    if images.shape[1:] != IDX_SIZE:
        raise corrupt_file(files[0], f"its shape is {images.shape}, not (N, 28, 28)")
    if labels.shape != images.shape[:1]:
        raise corrupt_file(files[1], f"its shape is {labels.shape}, for {len(images)} pictures")
    if len(labels) == 0 or labels.max() >= IDX_CLASSES:
        raise corrupt_file(files[1], "there are no labels, or labels above 9")


def corrupt_file(path: Path, why: str) -> DataError:
    return DataError(f"{path} cannot be used: {why}. Delete it and get it anew")
