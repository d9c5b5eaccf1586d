"""What stands in place of a widget's page: a line of text, and a picture with it under it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFont

_SIDE, _MARGIN, _SIZE = 320, 8, 14  # pixels
_COLOURS = 128  # of the picture that is kept
_UNFINISHED = {"idle": "not run yet", "running": "not finished", "partial": "stopped early"}


def stand_in(widget: Any) -> dict[str, Any]:
    """Return what is shown in place of a widget's page, by kind: a line of text, and a picture.

    While there is no result, the picture is what the widget is about, with its prediction.
    """
    error = widget._error
    last = str(error) if error else _UNFINISHED.get(widget.status["state"], "")
    predicted = prediction_text(getattr(widget, "prediction", None))
    about = [type(widget).__name__, getattr(widget, "query", ""), predicted]
    text = ": ".join(filter(None, about))
    bundle: dict[str, Any] = {"text/plain": f"<{'; '.join(filter(None, [text, last]))}>"}
    # After an error `result` would raise it again.
    draw = None if error else getattr(widget.result, "_repr_png_", None)
    if draw is not None:
        bundle["image/png"] = draw()
    elif getattr(widget, "picture", None) is not None:
        bundle["image/png"] = captioned(widget.picture, predicted, last)
    return bundle


def compact(png: bytes) -> bytes:
    """Return a PNG in few colours, which has a third of the bytes."""
    buffer = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(_COLOURS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def prediction_text(prediction: Mapping[str, Any] | None) -> str:
    """Return the likeliest class of a `Ranking` in words; nothing while there is none.

    Examples
    --------
    >>> prediction_text({"top": [{"label": "cat", "probability": 0.385}]})
    'cat 38.5 %'
    """
    if prediction is None:
        return ""
    first = prediction["top"][0]
    return f"{first['label']} {100 * first['probability']:.1f} %"


def captioned(picture: Mapping[str, Any], *lines: str) -> bytes:
    """Return a `ShownPicture` with lines of text under it as PNG.

    Drawn by Pillow, as matplotlib takes a second to load, and a widget is shown at once.
    """
    shown = Image.fromarray(picture["data"])
    scale = _SIDE / max(shown.size)
    size = (max(1, round(shown.width * scale)), max(1, round(shown.height * scale)))
    # Enlarged pixels stay pixels: an input of 8 x 8 is to be seen as what the network got.
    shown = shown.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX)
    font = ImageFont.load_default(_SIZE)
    # The font that comes with Pillow has no other signs.
    text = "\n".join(filter(None, lines)).encode("latin-1", "replace").decode("latin-1")
    _, _, wide, high = ImageDraw.Draw(shown).multiline_textbbox((0, 0), text, font=font)
    width, height = max(shown.width, round(wide)), shown.height + round(high)
    canvas = Image.new("RGB", (width + 2 * _MARGIN, height + 3 * _MARGIN), "white")
    canvas.paste(shown, (_MARGIN, _MARGIN))
    place = (_MARGIN, shown.height + 2 * _MARGIN)
    ImageDraw.Draw(canvas).multiline_text(place, text, fill="black", font=font)
    buffer = io.BytesIO()
    canvas.save(buffer, "PNG")
    return buffer.getvalue()
