"""Still pictures of widgets, for places where there is no page to show them.

JupyterLab shows of an output with a page nothing but the page, and nothing at all where it has not
kept its state, which is its default. So a cell has two outputs: a picture, which follows the last
answer, and the page, which hides the picture while it is there.
"""

from __future__ import annotations

import base64
import html
import threading
import uuid
from typing import Any

from xaiwidgets.widgets.stand_in import compact, stand_in

# Between two gestures there is often more than one second: after one, it was drawn for each.
_REST = 2.0  # seconds without work, after which the picture is drawn anew


class Still:
    """The picture that the output of a cell keeps of a widget.

    It is sent when the widget is displayed, and again when its work has rested for a while: not at
    each gesture.

    Attributes
    ----------
    id : str
        By which the page knows what to hide.
    """

    def __init__(self, widget: Any) -> None:
        self.id = uuid.uuid4().hex[:12]
        self._widget = widget
        # Of the timer, which is set under the widget's lock and ends on a thread of its own.
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

    def end(self, seconds: float) -> None:
        """Draw no more, and wait so long at most until the timer has let go of the widget."""
        self.hold()
        timer = self._timer
        if timer is not None and timer is not threading.current_thread():
            timer.join(seconds)

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
            # By the id that the output was shown with, so that it is replaced where it stands, also
            # when another cell is running.
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
            # It is kept twice, as the image and within HTML: every byte of it is in the notebook's
            # file.
            bundle["image/png"] = small = compact(bundle["image/png"])
            source = base64.b64encode(small).decode()
            image = f'<img alt="{text}" src="data:image/png;base64,{source}">'
        kind = f"xai-still xai-still-{self.id}"
        caption = f"<figcaption>{text}</figcaption>"
        bundle["text/html"] = f'<figure class="{kind}">{image}{caption}</figure>'
        return bundle
