"""MNIST and Fashion-MNIST."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from xaiwidgets.datasets._dataset import SYSTEM_SHARES, Dataset, check_split
from xaiwidgets.datasets._idx import check_pair, files_in, first_files, read_idx
from xaiwidgets.errors import DataError
from xaiwidgets.files import path_of

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
"""Fashion-MNIST's class names, in the order of its labels."""


def fashion_mnist(
    split: str = "train", *, root: str | Path | None = None, download: bool = False
) -> Dataset:
    """Return Fashion-MNIST: 60,000 pictures of clothes to train on, or 10,000 to test.

    Its files are looked for in `root`, then in the folder of Debian's package
    ``dataset-fashion-mnist``, then in ``data``, where torchvision's tutorials put it.

    Parameters
    ----------
    split : str
        "train" or "test".
    root : str or Path, optional
        A folder with the four files ``*-ubyte`` or ``*-ubyte.gz``, or torchvision's root, which
        has them in ``FashionMNIST/raw``.
    download : bool
        Whether torchvision may download the files (30 MB) into `root`, by default ``data``, if
        they are nowhere.

    Raises
    ------
    InputError
        If there is no such split.
    DataError
        If the files are not here, cannot be downloaded, or are not what they should be.

    Examples
    --------
    >>> fashion_mnist("test")
    Dataset(10000 images of 28 x 28, 10 classes)
    """
    check_split(split)
    folders = list(dict.fromkeys(_fashion_folders(root)))
    files = first_files(folders, split)
    if files is None:
        if not download:
            raise DataError(_missing_fashion(folders))
        files = _download_fashion(Path("data" if root is None else root).expanduser(), split)
    images, labels = (read_idx(path) for path in files)
    check_pair(images, labels, files)
    return Dataset(images, labels.astype(np.int64), FASHION_CLASSES)


def mnist(split: str = "train", *, root: str | Path | None = None) -> Dataset:
    """Return MNIST, where it is on this machine: 60,000 digits to train on, or 10,000 to test.

    Its files, ``*-ubyte`` or ``*-ubyte.gz``, are looked for in `root` and in its ``MNIST/raw``,
    then in ``data/MNIST/raw``, where torchvision's tutorials put them.

    Raises
    ------
    InputError
        If there is no such split.
    DataError
        If the files are not here, or are not what they should be.
    """
    check_split(split)
    roots = [Path("data")] if root is None else [path_of("root", root), Path("data")]
    folders = [folder for base in roots for folder in (base, base / "MNIST" / "raw")]
    files = first_files(folders, split)
    if files is None:
        raise DataError(
            "MNIST is not on this machine. Get it with torchvision.datasets.MNIST('data', "
            "download=True), or give the folder that has it as root. Searched: "
            f"{', '.join(map(str, folders))}"
        )
    images, labels = (read_idx(path) for path in files)
    check_pair(images, labels, files)
    return Dataset(images, labels.astype(np.int64), tuple("0123456789"))


def _fashion_folders(root: str | Path | None) -> Iterator[Path]:
    """Yield the folders where Fashion-MNIST may be, those that the user names first."""
    if root is not None:
        yield Path(root).expanduser()
        yield Path(root).expanduser() / "FashionMNIST" / "raw"
    # Where the desktops' standard says that shared data may be.
    shares = os.environ.get("XDG_DATA_DIRS", "").split(os.pathsep)
    for share in (*filter(None, shares), *SYSTEM_SHARES):
        yield Path(share) / "datasets" / "fashion-mnist"
    yield Path("data") / "FashionMNIST" / "raw"


def _missing_fashion(folders: list[Path]) -> str:
    return (
        "Fashion-MNIST is not on this machine. Install it with `apt install "
        "dataset-fashion-mnist`, or call fashion_mnist(..., download=True), or give the folder "
        f"that has it as root. Searched: {', '.join(map(str, folders))}"
    )


def _download_fashion(root: Path, split: str) -> tuple[Path, Path]:
    """Let torchvision download Fashion-MNIST into `root`, and return its files."""
    try:
        from torchvision.datasets import FashionMNIST
    except ImportError as error:
        raise DataError(
            "downloading Fashion-MNIST needs torchvision; run: pip install torchvision"
        ) from error
    try:
        folder = Path(FashionMNIST(root, download=True).raw_folder)
    except Exception as error:  # of the network, the disk or the server: many kinds
        raise DataError(
            f"Fashion-MNIST could not be downloaded into {root}: {error}. Try again, or install "
            "it with `apt install dataset-fashion-mnist`"
        ) from error
    files = files_in(folder, split)
    if files is None:
        raise DataError(f"torchvision's download left no files in {folder}; try again")
    return files
