"""`View`: what a person is shown: a picture, a morph, or a page that a widget has saved."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

from xaiwidgets.algebra import Comparison
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.methods import Attribution
from xaiwidgets.pictures import read_picture
from xaiwidgets.study._map_views import LEAST_SIDE, Bytes, map_over_picture, side_by_side

_CAPTION = 18  # pixels of a line of text
_SLACK = 0.01  # by which what a generator draws may leave 0 to 1


@dataclass(frozen=True, eq=False)
class View:
    """What is shown beside a question, or after its answer.

    Attributes
    ----------
    frames : uint8 array (T, H, W, 3) or None
        A picture, or several that play forth and back; None for a page.
    page : str
        A page of HTML, as ``widget.to_html(path)`` writes one; empty for pictures.
    """

    frames: Bytes | None = None
    page: str = ""

    @property
    def kind(self) -> str:
        """Return "picture", "morph" or "page"."""
        if self.frames is None:
            return "page"
        return "picture" if len(self.frames) == 1 else "morph"


def as_view(source: Any, picture: Bytes | None = None) -> View:
    """Return what any kind of saved view shows.

    Parameters
    ----------
    source : View, Attribution, Comparison, widget, figure, path, HTML, bytes, picture or frames
        A widget is shown as it is now, as ``to_html`` saves it. Paths are of pages (``.html``) or
        pictures; bytes are of a picture's file. Pictures are arrays (H, W) or (H, W, 3), or tensors
        (C, H, W); frames arrays (T, H, W) or (T, H, W, 3), or tensors (T, C, H, W): bytes, or
        floats from 0 to 1. Maps are drawn over their picture without words, which would tell the
        class.
    picture : uint8 array (H, W, 3), optional
        What maps that have no picture are drawn over.

    Raises
    ------
    InputError
        If it is none of these, a file cannot be read, or a widget is still at work.

    Examples
    --------
    >>> as_view(np.zeros((5, 8, 8), np.uint8)).kind, as_view("<p>a page</p>").kind
    ('morph', 'page')
    """
    if isinstance(source, View):
        return source
    if isinstance(source, Attribution):
        return View(map_over_picture(source, picture)[None])
    if isinstance(source, Comparison):
        return View(side_by_side([map_over_picture(each, picture) for each in source.maps])[None])
    if callable(getattr(source, "html", None)):
        return View(page=_page_of_widget(source))
    if isinstance(source, str) and source.lstrip().startswith("<"):
        return View(page=source)
    if isinstance(source, str | Path) and Path(source).suffix.lower() in (".html", ".htm"):
        return View(page=_page(Path(source).expanduser()))
    return View(_frames(source))


def view_tensor(view: View) -> Tensor:
    """Return the frames (T, H, W, 3) of a view, or the bytes (n,) of its page."""
    # A page as its bytes: a file of tensors then holds all of a study.
    page = np.frombuffer(view.page.encode(), np.uint8)
    return torch.from_numpy(np.array(page if view.frames is None else view.frames))


def view_of_tensor(tensor: Tensor) -> View:
    """Return the view of which `view_tensor` has made this."""
    array: Bytes = tensor.numpy()
    # One axis is text, four are frames.
    return View(page=array.tobytes().decode()) if array.ndim == 1 else View(array)


def add_captions(view: View, texts: Sequence[str]) -> View:
    """Return a picture with texts below it, side by side: what each of its parts says.

    A small one is enlarged, so that there is room for them.

    Examples
    --------
    >>> add_captions(as_view(np.zeros((30, 80), np.uint8)), ["cat", "dog"]).frames.shape
    (1, 108, 240, 3)
    """
    if view.frames is None:
        raise InputError("a page has no place for captions; write them into it")
    # Rounded up, so that each caption has the width of a small picture's at least.
    scale = max(1, -(-LEAST_SIDE * len(texts) // view.frames.shape[2]))
    frames = view.frames.repeat(scale, 1).repeat(scale, 2)
    count, _, width, _ = frames.shape
    strip = Image.new("RGB", (width, _CAPTION), "white")
    draw = ImageDraw.Draw(strip)
    for place, text in enumerate(texts):
        draw.text(((place + 0.5) * width / len(texts), _CAPTION / 2), text, "black", anchor="mm")
    below = np.broadcast_to(np.asarray(strip), (count, _CAPTION, width, 3))
    return View(np.concatenate([frames, below], 1))


def _page_of_widget(widget: Any) -> str:
    """Return what a widget shows as a page; of one that is at work, people would see a part."""
    if dict(getattr(widget, "status", {})).get("state") == "running":
        name = type(widget).__name__
        raise InputError(f"the {name} is still at work; wait for it, as by widget.run().wait()")
    page: str = widget.html()
    return page


def _page(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a page: {error}") from error


def _frames(source: Any) -> Bytes:
    if callable(getattr(source, "savefig", None)):
        source = _figure_file(source)
    if isinstance(source, Tensor):
        # In a precision that NumPy has, which bfloat16 is not.
        shown = source.detach().cpu()
        source = _channels_last((shown.float() if shown.is_floating_point() else shown).numpy())
    # PIL lays what is see-through on white.
    if isinstance(source, np.ndarray) and _has_opacity(source):
        source = Image.fromarray(source)
    if isinstance(source, np.ndarray):
        return _of_array(source)
    try:
        pixels = read_picture(source)
    except XaiError as error:
        raise InputError(f"a view is {type(source).__name__}, which is none: {error}") from error
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(np.asarray(pixels))
    return np.asarray(image.convert("RGB"), np.uint8)[None]


def _figure_file(figure: Any) -> bytes:
    """Return the file of a figure of matplotlib's."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _channels_last(array: NDArray[Any]) -> NDArray[Any]:
    """Return a tensor's picture (C, H, W) or frames (T, C, H, W) as arrays have them."""
    # torch puts channels before the pixels; a tensor (H, W) or (T, H, W) has none.
    if array.ndim in (3, 4) and array.shape[-3] in (1, 3):
        array = np.moveaxis(array, -3, -1)
    return array[..., 0] if array.shape[-1:] == (1,) else array


def _has_opacity(array: NDArray[Any]) -> bool:
    """Return whether it is one picture (H, W, 4), which is shown on white, and not tiny frames."""
    large = array.ndim == 3 and min(array.shape[:2]) > 4
    return large and array.shape[-1] == 4 and array.dtype == np.uint8


def _of_array(array: NDArray[Any]) -> Bytes:
    """Return bytes (T, H, W, 3) of one picture or of several, grey or in colours."""
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise InputError("a view has numbers that are not finite")
        # Cut off without a word, normalised inputs would be shown to people as other pictures.
        low, high = float(array.min(initial=0)), float(array.max(initial=0))
        if low < -_SLACK or high > 1 + _SLACK:
            raise InputError(
                f"a view has numbers from {low:.3g} to {high:.3g}; use floats from 0 to 1, or "
                "bytes. What was made ready for a network is shown by model.picture(x)"
            )
        array = np.rint(255 * np.clip(array, 0, 1)).astype(np.uint8)
    if array.dtype != np.uint8:
        raise InputError(f"a view is of {array.dtype}; use bytes, or floats from 0 to 1")
    if array.ndim == 2 or (array.ndim == 3 and array.shape[-1] == 3):
        array = array[None]
    if array.ndim == 3:
        array = np.repeat(array[..., None], 3, -1)
    if array.ndim != 4 or array.shape[-1] != 3 or 0 in array.shape:
        raise InputError(
            f"a view has the shape {array.shape}; use (H, W), (H, W, 3), (T, H, W) or (T, H, W, 3)"
        )
    frames: Bytes = np.ascontiguousarray(array)
    return frames
