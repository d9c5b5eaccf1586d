"""Labelled pictures and sentences that are on this machine: real data, without a download."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import whole
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.faces import celeba, faces
from xaiwidgets.glyphs import Grey, distort, draw_character, draw_strokes, stroke_pair
from xaiwidgets.rated_sentences import RatedSentences, reviews
from xaiwidgets.unpickling import read_pickled_arrays

__all__ = [
    "FASHION_CLASSES",
    "SPLITS",
    "Dataset",
    "RatedSentences",
    "Symbols",
    "celeba",
    "cifar10",
    "digits",
    "faces",
    "fashion_mnist",
    "mnist",
    "reviews",
    "symbols",
]

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

SPLITS = ("train", "test")
"""What `split` can be."""

_FASHION_SIZE = (28, 28)
# Debian's packages install here, whatever a desktop has put into XDG_DATA_DIRS.
_SYSTEM_SHARES = ("/usr/local/share", "/usr/share")
_IDX_OF_BYTES = b"\x00\x00\x08"
_DIGITS_SEED, _DIGITS_TEST = 0, 360

SYMBOLS = ("strokes", "kannada")
"""What kinds of `symbols` there are."""

# Debian's fonts-knda: a book face, and two as by hand.
_KANNADA_FONTS = ("Lohit-Kannada.ttf", "Gubbi.ttf", "Navilu.ttf")
_KANNADA_ZERO = 0x0CE6
_SYMBOL_SIZE = 28


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

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        height, width = self.images.shape[1:3]
        size = f"{len(self)} images of {height} x {width}, {len(self.classes)} classes"
        return f"{type(self).__name__}({size})"


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
    _check_split(split)
    folders = list(dict.fromkeys(_fashion_folders(root)))
    files = _first_files(folders, split)
    if files is None:
        if not download:
            raise DataError(_missing_fashion(folders))
        files = _download_fashion(Path("data" if root is None else root).expanduser(), split)
    images, labels = (_read_idx(path) for path in files)
    _check_pair(images, labels, files)
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
    _check_split(split)
    roots = [Path("data")] if root is None else [Path(root).expanduser(), Path("data")]
    folders = [folder for base in roots for folder in (base, base / "MNIST" / "raw")]
    files = _first_files(folders, split)
    if files is None:
        raise DataError(
            "MNIST is not on this machine. Get it with torchvision.datasets.MNIST('data', "
            "download=True), or give the folder that has it as root. Searched: "
            f"{', '.join(map(str, folders))}"
        )
    images, labels = (_read_idx(path) for path in files)
    _check_pair(images, labels, files)
    return Dataset(images, labels.astype(np.int64), tuple("0123456789"))


def cifar10(root: str | Path = "data", split: str = "train") -> Dataset:
    """Return CIFAR-10, where it is on this machine: 50,000 colour pictures, or 10,000 to test.

    Its files are looked for in `root` and in its ``cifar-10-batches-py``, where torchvision puts
    them. They are pickles, of which nothing but arrays is read.

    Parameters
    ----------
    root : str or Path
        torchvision's root, or the folder of the files themselves.
    split : str
        "train" or "test".

    Raises
    ------
    InputError
        If there is no such split.
    DataError
        If the files are not here, or are not what they should be.
    """
    _check_split(split)
    base = Path(root).expanduser()
    names = [f"data_batch_{n}" for n in range(1, 6)] if split == "train" else ["test_batch"]
    folders = [base / "cifar-10-batches-py", base]
    folder = next((f for f in folders if all((f / name).is_file() for name in names)), None)
    if folder is None:
        raise DataError(
            f"CIFAR-10 is not in {base}: {', '.join(names)} must be in it or in its "
            "cifar-10-batches-py. Get it with torchvision.datasets.CIFAR10('data', "
            "download=True), and give that folder as root"
        )
    images, labels = zip(*(_read_cifar_batch(folder / name) for name in names), strict=True)
    return Dataset(np.concatenate(images), np.concatenate(labels), CIFAR10_CLASSES)


def digits(split: str = "train") -> Dataset:
    """Return scikit-learn's handwritten digits: 1,437 pictures to train on, or 360 to test.

    The split is ours: stratified by class, always the same (seed 0). The pictures' 17 greys
    (0 to 16) are spread over 0 to 255.

    Examples
    --------
    >>> digits("test")
    Dataset(360 images of 8 x 8, 10 classes)
    """
    _check_split(split)
    # Only here: scikit-learn takes a second to import.
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    bunch = load_digits()
    parts = train_test_split(
        np.arange(len(bunch.target)),
        test_size=_DIGITS_TEST,
        stratify=bunch.target,
        random_state=_DIGITS_SEED,
    )
    rows = np.sort(parts[SPLITS.index(split)])
    images = np.rint(bunch.images[rows] * (255 / 16)).astype(np.uint8)
    return Dataset(images, bunch.target[rows].astype(np.int64), tuple("0123456789"))


@dataclass(frozen=True, eq=False, repr=False)
class Symbols(Dataset):
    """Pictures of symbols that nobody knows.

    Attributes
    ----------
    stroke : (N, H, W) bools or None
        Where each picture has the one stroke that tells the two glyphs apart, in either of its
        forms; None where there is no single one.
    """

    stroke: NDArray[np.bool_] | None = None


def symbols(kind: str = "strokes", seed: int = 0, *, count: int = 400) -> Symbols:
    """Return symbols that nobody knows, to see what people learn of a network (CDeepEx, chapter 5).

    Parameters
    ----------
    kind : str
        "strokes": two made-up glyphs, drawn from the seed, that differ in one stroke, which leans
        to the right or to the left. "kannada": the ten digits of that script, in three hands, from
        Debian's package ``fonts-knda``.
    seed : int
        Of the glyphs, and of how each picture is distorted.
    count : int
        Of pictures; the classes take turns.

    Raises
    ------
    InputError
        If there is no such kind.
    DataError
        If the fonts are not on this machine.

    Examples
    --------
    >>> symbols(seed=1)
    Symbols(400 images of 28 x 28, 2 classes)
    """
    if kind not in SYMBOLS:
        raise InputError(f"kind is {kind!r}; use one of {list(SYMBOLS)}")
    generator = np.random.default_rng([whole("seed", seed, 0), 1])
    whole("count", count)
    if kind == "kannada":
        return _kannada(count, generator)
    common, last = stroke_pair(seed)
    glyphs = [draw_strokes([*common, stroke], _SYMBOL_SIZE) for stroke in last]
    place = draw_strokes(last, _SYMBOL_SIZE)
    labels = np.arange(count) % 2
    pairs = [distort([glyphs[label], place], generator) for label in labels]
    images, strokes = (np.stack(column) for column in zip(*pairs, strict=True))
    return Symbols(_bytes(images), labels, ("Ternal", "Peat"), strokes > 0)


def _kannada(count: int, generator: np.random.Generator) -> Symbols:
    fonts = [_font(name) for name in _KANNADA_FONTS]
    digits = [
        [draw_character(chr(_KANNADA_ZERO + digit), font, _SYMBOL_SIZE) for digit in range(10)]
        for font in fonts
    ]
    labels = np.arange(count) % 10
    hands = generator.integers(len(fonts), size=count)
    images = [
        distort([digits[hand][label]], generator)[0]
        for hand, label in zip(hands, labels, strict=True)
    ]
    return Symbols(_bytes(np.stack(images)), labels, tuple("0123456789"))


def _font(name: str) -> Path:
    folders = [Path(share) / "fonts" for share in _SYSTEM_SHARES]
    path = next((path for each in folders for path in sorted(each.rglob(name))), None)
    if path is None:
        raise DataError(
            f"the font {name} is not on this machine. Install it with `apt install fonts-knda`, or "
            f"use symbols('strokes'), which needs no font. Searched: {', '.join(map(str, folders))}"
        )
    return path


def _bytes(images: Grey) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = np.rint(255 * images).astype(np.uint8)
    return pixels


def _check_split(split: str) -> None:
    if split not in SPLITS:
        raise InputError(f"split is {split!r}; it must be 'train' or 'test'")


def _fashion_folders(root: str | Path | None) -> Iterator[Path]:
    """Yield the folders where Fashion-MNIST may be, those that the user names first."""
    if root is not None:
        yield Path(root).expanduser()
        yield Path(root).expanduser() / "FashionMNIST" / "raw"
    shares = os.environ.get("XDG_DATA_DIRS", "").split(os.pathsep)
    for share in (*filter(None, shares), *_SYSTEM_SHARES):
        yield Path(share) / "datasets" / "fashion-mnist"
    yield Path("data") / "FashionMNIST" / "raw"


def _first_files(folders: list[Path], split: str) -> tuple[Path, Path] | None:
    """Return the files of pictures and labels of the first folder that has both."""
    return next((files for folder in folders if (files := _files_in(folder, split))), None)


def _files_in(folder: Path, split: str) -> tuple[Path, Path] | None:
    """Return the files of pictures and labels in `folder`, unpacked or not, if both are there."""
    prefix = "train" if split == "train" else "t10k"  # LeCun's names, in all of MNIST's kin
    names = (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte")
    images, labels = (
        next((path for end in (".gz", "") if (path := folder / (name + end)).is_file()), None)
        for name in names
    )
    return None if images is None or labels is None else (images, labels)


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
    files = _files_in(folder, split)
    if files is None:
        raise DataError(f"torchvision's download left no files in {folder}; try again")
    return files


def _read_idx(path: Path) -> NDArray[np.uint8]:
    """Return the bytes of an idx file, packed or not, in the shape that its header says.

    The header is two zeros, the type of the numbers (8: bytes), the number of axes, and the
    length of each axis as four bytes, the first being the highest.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = bytearray(file.read())  # writable, as torch wants its arrays
    except (OSError, EOFError, zlib.error) as error:
        raise _corrupt(path, str(error)) from error
    if content[:3] != _IDX_OF_BYTES or len(content) < 4:
        raise _corrupt(path, "it does not begin as an idx file of bytes does")
    start = 4 + 4 * content[3]
    shape = tuple(
        int.from_bytes(content[at : at + 4], "big") for at in range(4, min(start, len(content)), 4)
    )
    if len(content) != start + math.prod(shape):
        raise _corrupt(path, f"it has {len(content)} bytes, which do not fill the shape {shape}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _read_cifar_batch(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the pictures (N, 32, 32, 3) and labels (N,) of one of CIFAR-10's files."""
    content = read_pickled_arrays(path)
    rows, labels = np.asarray(content.get("data")), np.asarray(content.get("labels"))
    if rows.dtype != np.uint8 or rows.shape[1:] != (3 * 32 * 32,):
        raise _corrupt(path, f"its data is {rows.dtype} {rows.shape}, not uint8 (N, 3072)")
    if labels.dtype.kind not in "iu" or labels.shape != rows.shape[:1] or not len(labels):
        raise _corrupt(path, f"its labels are not one number for each of {len(rows)} pictures")
    if labels.min() < 0 or labels.max() >= len(CIFAR10_CLASSES):
        raise _corrupt(path, "there are labels below 0 or above 9")
    # Of each picture all red, then all green, then all blue.
    colours = rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(colours), labels.astype(np.int64)


def _check_pair(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], files: tuple[Path, Path]
) -> None:
    if images.shape[1:] != _FASHION_SIZE:
        raise _corrupt(files[0], f"its shape is {images.shape}, not (N, 28, 28)")
    if labels.shape != images.shape[:1]:
        raise _corrupt(files[1], f"its shape is {labels.shape}, for {len(images)} pictures")
    if len(labels) == 0 or labels.max() >= len(FASHION_CLASSES):
        raise _corrupt(files[1], "there are no labels, or labels above 9")


def _corrupt(path: Path, why: str) -> DataError:
    return DataError(f"{path} cannot be used: {why}. Delete it and get it anew")
