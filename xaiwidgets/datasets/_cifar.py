"""CIFAR-10."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.datasets._dataset import Dataset, check_split
from xaiwidgets.datasets._idx import corrupt_file
from xaiwidgets.datasets._unpickling import read_pickled_arrays
from xaiwidgets.errors import DataError
from xaiwidgets.files import path_of

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
"""CIFAR-10's class names, in the order of its labels."""


def cifar10(root: str | Path = "data", split: str = "train") -> Dataset:
    """Return CIFAR-10, where it is on this machine: 50,000 colour pictures, or 10,000 to test.

    Its files are looked for in `root` and in its ``cifar-10-batches-py``, where torchvision puts
    them. They are pickles, of which nothing but arrays is read.

    Parameters
    ----------
    root : str or Path
        The root of torchvision, or the folder of the files themselves.
    split : str
        "train" or "test".

    Raises
    ------
    InputError
        If there is no such split.
    DataError
        If the files are not here, or are not what they should be.
    """
    check_split(split)
    base = path_of("root", root)
    names = [f"data_batch_{n}" for n in range(1, 6)] if split == "train" else ["test_batch"]
    # torchvision's own place first; a folder that is handed in as it is comes second.
    folders = [base / "cifar-10-batches-py", base]
    folder = next((f for f in folders if all((f / name).is_file() for name in names)), None)
    if folder is None:
        raise DataError(
            f"CIFAR-10 is not in {base}: {', '.join(names)} must be in it or in its "
            "cifar-10-batches-py. Get it with torchvision.datasets.CIFAR10('data', "
            "download=True), and give that folder as root"
        )
    # Five files of 10,000 pictures each, put one after the other as torchvision does.
    images, labels = zip(*(_read_cifar_batch(folder / name) for name in names), strict=True)
    return Dataset(np.concatenate(images), np.concatenate(labels), CIFAR10_CLASSES)


def _read_cifar_batch(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the pictures (N, 32, 32, 3) and labels (N,) of one of CIFAR-10's files."""
    content = read_pickled_arrays(path)
    rows, labels = np.asarray(content.get("data")), np.asarray(content.get("labels"))
    if rows.dtype != np.uint8 or rows.shape[1:] != (3 * 32 * 32,):
        raise corrupt_file(path, f"its data is {rows.dtype} {rows.shape}, not uint8 (N, 3072)")
    if labels.dtype.kind not in "iu" or labels.shape != rows.shape[:1] or not len(labels):
        raise corrupt_file(path, f"its labels are not one number for each of {len(rows)} pictures")
    if labels.min() < 0 or labels.max() >= len(CIFAR10_CLASSES):
        raise corrupt_file(path, "there are labels below 0 or above 9")
    # Of each picture all red, then all green, then all blue.
    colours = rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(colours), labels.astype(np.int64)
