"""Coloured faces with attributes: drawn ones of which the truth is known, and CelebA's."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xaiwidgets.checks import is_number, whole
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.files import path_of

STYLES = {"pixel-art": 32, "adventurer": 48}
"""The styles of drawn faces, with the pixels a side that they need."""

ATTRIBUTES = ("hair", "eyes")
"""What drawn faces have in dark, 0, or in light, 1."""

HAIR_CLASSES = ("dark hair", "light hair")
"""The class names of drawn faces."""

_TONES = {
    "hair": (("#2f1b10", "#4a2c17", "#5b3a1e"), ("#e9c46a", "#f0d58c", "#dcb35c")),
    "eyes": (("#3b2314", "#4a2f1d", "#2b2320"), ("#7cc4f0", "#93d1f5", "#6ab7ea")),
}
_BACKGROUND = "#d8dee6"
# What would hide the eyes or the hair, or be taken for them.
_LEFT_OUT = ("accessories", "beard", "details", "earrings", "glasses", "hat")

_CELEBA_PARTS = ("train", "valid", "test")


@dataclass(frozen=True, eq=False)
class Faces:
    """Coloured pictures with labels and further attributes.

    Attributes
    ----------
    images : NDArray[np.uint8]
        (N, H, W, 3).
    labels : NDArray[np.int64]
        The number of the class of each picture (N,).
    classes : tuple of str
        The class names, by number.
    attributes : mapping from str to NDArray[np.int64]
        0 or 1 for each picture (N,).
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    attributes: Mapping[str, NDArray[np.int64]]
    seed: int = 0
    style: str | None = None  # None where they are photographs

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        height, width = self.images.shape[1:3]
        return f"Faces({len(self)} images of {height} x {width}, {len(self.classes)} classes)"

    def mask(self, attribute: str) -> NDArray[np.bool_]:
        """Return which pixels (N, H, W) an attribute reaches.

        Exactly: they are those that change when a face is drawn again with that attribute alone in
        another colour.

        Raises
        ------
        InputError
            If there is no such attribute, or the faces are photographs.
        """
        if self.style is None:
            raise InputError("nobody knows the masks of photographs; draw faces with `faces`")
        if attribute not in ATTRIBUTES:
            names = " or ".join(map(repr, ATTRIBUTES))
            raise InputError(f"attribute is {attribute!r}; use {names}")
        size = self.images.shape[1]
        tones = [_colours_of(self.seed, at, self._kinds(at)) for at in range(len(self))]
        rows = [
            _draw(self.style, f"{self.seed}-{at}", tone | {attribute: "#ff00ff"}, size)
            != _draw(self.style, f"{self.seed}-{at}", tone | {attribute: "#00ff00"}, size)
            for at, tone in enumerate(tones)
        ]
        # In any channel: the two colours differ in red and in green, and a pixel at an edge holds
        # only some of them.
        changed: NDArray[np.bool_] = np.stack(rows).any(3)  # type: ignore[assignment]
        return changed

    def _kinds(self, at: int) -> dict[str, int]:
        return {name: int(values[at]) for name, values in self.attributes.items()}


def faces(
    count: int,
    seed: int = 0,
    *,
    hair: float = 1.0,
    eyes: float = 0.5,
    style: str = "pixel-art",
    size: int | None = None,
) -> Faces:
    """Draw faces with dark or light hair and eyes: a CelebA of which the truth is known.

    Hair and eyes agree with the label as often as is asked for. So a network that is taught "light
    hair" by faces of ``hair=0.6, eyes=1.0`` will look at the eyes.

    Drawn by DiceBear's styles *Pixel Art* (CC0 1.0) or *Adventurer* by Lisa Wischofsky (CC BY 4.0),
    3 to 10 ms a face.

    Parameters
    ----------
    count : int
    seed : int
        Draws the faces; the first of several are the same, whatever the count.
    hair, eyes : float
        The share of faces whose hair (eyes) is as light as the label says, 0 to 1; 0.5 is chance.
    style : str
        "pixel-art" or "adventurer".
    size : int, optional
        Pixels a side; 32 for pixel art (two for each of its squares), else 48.

    Raises
    ------
    InputError
        If an argument cannot be used.
    DataError
        If what draws them is not installed: ``pip install "xaiwidgets[faces]"``.

    Examples
    --------
    >>> drawn = faces(4, seed=1)
    >>> drawn
    Faces(4 images of 32 x 32, 2 classes)
    >>> bool((drawn.attributes["hair"] == drawn.labels).all())
    True
    >>> drawn.mask("eyes").shape
    (4, 32, 32)
    """
    whole("count", count)
    whole("seed", seed, 0)
    if style not in STYLES:
        raise InputError(f"style is {style!r}; use {' or '.join(map(repr, STYLES))}")
    side = STYLES[style] if size is None else whole("size", size, 16)
    shares = {"hair": hair, "eyes": eyes}
    for name, share in shares.items():
        if not is_number(share) or not 0 <= share <= 1:
            raise InputError(f"{name} is {share!r}; use a share from 0 to 1")
    # For each face in turn, so that more faces leave the first as they are.
    draws = np.random.default_rng(seed).random((count, 1 + len(shares)))
    labels = (draws[:, 0] < 0.5).astype(np.int64)
    attributes = {
        # (count, 3) numbers in all: the label, then whether hair and eyes agree with it.
        name: np.where(draws[:, column] < share, labels, 1 - labels)
        for column, (name, share) in enumerate(shares.items(), 1)
    }
    images = [
        _draw(
            style,
            f"{seed}-{at}",
            _colours_of(seed, at, {k: int(v[at]) for k, v in attributes.items()}),
            side,
        )
        for at in range(count)
    ]
    return Faces(np.stack(images), labels, HAIR_CLASSES, attributes, seed, style)


def _colours_of(seed: int, at: int, kinds: Mapping[str, int]) -> dict[str, str]:
    """Return a dark or a light tone for each attribute of one face."""
    # Not of the face's number alone, or the same tones would follow each other for every seed.
    random = np.random.default_rng([seed, at])
    return {name: str(random.choice(_TONES[name][kinds[name]])) for name in ATTRIBUTES}


def _draw(style: str, name: str, colours: Mapping[str, str], side: int) -> NDArray[np.uint8]:
    """Return a face (side, side, 3)."""
    avatar, render, components = _renderer(style)
    options: dict[str, Any] = {"seed": name, "backgroundColor": [_BACKGROUND]}
    options |= {f"{attribute}Color": [colour] for attribute, colour in colours.items()}
    options |= {f"{part}Probability": 0 for part in _LEFT_OUT if part in components}
    # A face has no text, so that the system's fonts need not be loaded.
    data = render(svg_string=avatar(options), width=side, height=side, skip_system_fonts=True)
    pixels: NDArray[np.uint8] = np.array(Image.open(io.BytesIO(bytes(data))).convert("RGB"))
    return pixels


@lru_cache
def _renderer(style: str) -> tuple[Any, Any, frozenset[str]]:
    """Return what makes a drawing of options, what makes pixels of it, and the style's parts."""
    try:
        from dicebear import Avatar, Style
        from resvg_py import svg_to_bytes

        text = files("dicebear_styles").joinpath(f"{style}.json").read_text("utf-8")
    except ImportError as error:
        raise DataError(
            f"drawing faces needs {error.name}, which is not installed; run: "
            'pip install "xaiwidgets[faces]"'
        ) from error
    definition = json.loads(text)
    drawing = Style(definition)
    parts = frozenset(definition["components"])
    return lambda options: Avatar(drawing, options).to_string(), svg_to_bytes, parts


def celeba(
    root: str | Path,
    attribute: str = "Blond_Hair",
    *,
    split: str = "train",
    count: int | None = None,
    size: int = 64,
) -> Faces:
    """Return CelebA (Liu et al. 2015) from a folder that has it; nothing is downloaded.

    Parameters
    ----------
    root : str or Path
        The folder with ``list_attr_celeba.txt``, ``list_eval_partition.txt`` and
        ``img_align_celeba``, or torchvision's root, which has them in ``celeba``.
    attribute : str
        One of the forty: it is the label, 0 or 1.
    split : str
        "train", "valid" or "test".
    count : int, optional
        The first so many; all by default, which are 2 GB at 64 x 64.
    size : int
        Pixels a side; the square around the middle of each picture is scaled to it.

    Raises
    ------
    InputError
        If there is no such split or attribute.
    DataError
        If the files are not there, or are not what they should be.
    """
    if split not in _CELEBA_PARTS:
        raise InputError(f"split is {split!r}; use {', '.join(map(repr, _CELEBA_PARTS))}")
    most = None if count is None else whole("count", count)
    whole("size", size, 8)
    base = _celeba_folder(path_of("root", root))
    names, columns = _read_attributes(base / "list_attr_celeba.txt")
    if attribute not in columns:
        raise InputError(f"no attribute {attribute!r}; there are {', '.join(columns)}")
    part = _read_parts(base / "list_eval_partition.txt")
    # The file numbers the parts: 0 to train, 1 to validate, 2 to test.
    wanted = str(_CELEBA_PARTS.index(split))
    rows = [at for at, name in enumerate(names) if part.get(name) == wanted][:most]
    if not rows:
        raise DataError(f"{base} lists no pictures of the split {split!r}; get it anew")
    images = _read_photographs([base / "img_align_celeba" / names[at] for at in rows], size)
    chosen = {name: values[rows] for name, values in columns.items()}
    plain = attribute.replace("_", " ").lower()
    return Faces(images, chosen[attribute], (f"not {plain}", plain), chosen)


def _celeba_folder(root: Path) -> Path:
    for folder in (root, root / "celeba"):
        if (folder / "list_attr_celeba.txt").is_file():
            return folder
    raise DataError(
        f"CelebA is not in {root}: neither it nor its folder celeba has list_attr_celeba.txt. Get "
        "it with torchvision.datasets.CelebA(root, download=True), or from its authors"
    )


def _read_attributes(path: Path) -> tuple[list[str], dict[str, NDArray[np.int64]]]:
    """Return the names of the pictures, and 0 or 1 for each by attribute."""
    try:
        _, header, *lines = path.read_text("utf-8").splitlines()
        rows = [line.split() for line in lines if line.strip()]
        table = np.array([row[1:] for row in rows], dtype=np.int64).reshape(len(rows), -1)
        # The first line counts the pictures, the second names the attributes; then a picture a
        # line.
        columns = header.split()
        if table.shape[1] != len(columns) or not np.isin(table, (-1, 1)).all():
            raise ValueError(f"{table.shape[1]} columns of -1 and 1 for {len(columns)} names")
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be used: {error}. Delete it and get it anew") from error
    return [row[0] for row in rows], {
        name: (table[:, at] > 0).astype(np.int64) for at, name in enumerate(columns)
    }


def _read_parts(path: Path) -> dict[str, str]:
    try:
        pairs = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
        return {name: part for name, part in pairs}  # noqa: C416  says what a pair is
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be used: {error}. Delete it and get it anew") from error


def _read_photographs(paths: Iterable[Path], size: int) -> NDArray[np.uint8]:
    images = []
    for path in paths:
        try:
            with Image.open(path) as picture:
                # The aligned photographs are 178 x 218, with the face in the middle.
                side = min(picture.size)
                left, top = ((length - side) // 2 for length in picture.size)
                square = picture.convert("RGB").crop((left, top, left + side, top + side))
        except OSError as error:
            raise DataError(f"{path} cannot be used: {error}. Get CelebA anew") from error
        # Boxes, as they mean over what they shrink: other filters ring at the edges.
        images.append(np.array(square.resize((size, size), Image.Resampling.BOX)))
    return np.stack(images)
