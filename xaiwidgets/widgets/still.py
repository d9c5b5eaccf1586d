"""Still pictures of widgets, for places where there is no page to show them.

JupyterLab shows of an output with a page nothing but the page, and nothing at all where it has not
kept its state, which is its default. So a cell has two outputs: a picture, which follows the last
answer, and the page, which hides the picture while it is there.
"""

from __future__ import annotations

import base64
import html
import io
import threading
import uuid
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFont

_SIDE, _MARGIN, _SIZE = 320, 8, 14  # pixels

_REST = 1.0  # seconds without work, after which the picture is drawn anew
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
    draw = None if error else getattr(widget.result, "_repr_png_", None)
    if draw is not None:
        bundle["image/png"] = draw()
    elif getattr(widget, "picture", None) is not None:
        bundle["image/png"] = captioned(widget.picture, predicted, last)
    return bundle


class Still:
    """The picture that the output of a cell keeps of a widget.

    It is sent when the widget is displayed, and again when its work has rested for a second: not at
    each gesture.

    Attributes
    ----------
    id : str
        By which the page knows what to hide.
    """

    def __init__(self, widget: Any) -> None:
        self.id = uuid.uuid4().hex[:12]
        self._widget = widget
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_displayed = False
        self._answers = self._latest = 0  # how many there were, and which the picture has

    @property
    def is_current(self) -> bool:
        """Whether the output has the last answer, and no other is on its way."""
        with self._widget._lock:
            works = self._widget.status["state"] == "running"
            return self._is_displayed and self._latest == self._answers and not works

    def display(self) -> dict[str, Any] | None:
        """Add the picture to the output of the cell that runs, and return it, by kind.

        None outside of a notebook.
        """
        publisher = self._publisher()
        if publisher is None:
            return None
        again = self._is_displayed  # a second time in the notebook: both follow
        bundle = self._bundle()
        publisher.publish(bundle, transient={"display_id": self.id})
        self._is_displayed = True
        if again:
            self.update()
        return bundle

    def hold(self) -> None:
        """Wait, as there is work again."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()

    def soon(self) -> None:
        """Draw the picture anew after a rest."""
        if not self._is_displayed:
            return
        self.hold()
        with self._lock:
            self._answers += 1
            self._timer = threading.Timer(_REST, self.update)
            # A picture that is yet to be drawn must not keep the kernel from ending.
            self._timer.daemon = True
            self._timer.start()

    def update(self) -> None:
        """Replace the picture, wherever it is displayed."""
        self.hold()
        publisher, answers = self._publisher(), self._answers
        if self._is_displayed and publisher is not None:
            display_id = {"display_id": self.id}
            publisher.publish(self._bundle(), transient=display_id, update=True)
            self._latest = answers

    def _publisher(self) -> Any:
        """Return what sends outputs to a notebook; None where there is none."""
        from IPython.core.getipython import get_ipython

        shell: Any = get_ipython()
        return shell.display_pub if hasattr(shell, "kernel") else None

    def _bundle(self) -> dict[str, Any]:
        """Return the picture by kind: a notebook that is not trusted shows no HTML."""
        bundle = stand_in(self._widget)
        text = html.escape(bundle["text/plain"])
        image = ""
        if "image/png" in bundle:
            bundle["image/png"] = small = compact(bundle["image/png"])
            source = base64.b64encode(small).decode()
            image = f'<img alt="{text}" src="data:image/png;base64,{source}">'
        kind = f"xai-still xai-still-{self.id}"
        caption = f"<figcaption>{text}</figcaption>"
        bundle["text/html"] = f'<figure class="{kind}">{image}{caption}</figure>'
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
