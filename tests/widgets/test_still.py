"""The picture that a notebook keeps of a widget, in a real kernel and as files made of it."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from html import escape
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

from tests.widgets.hands import explorer, until
from xaiwidgets.widgets.stand_in import compact
from xaiwidgets.widgets.still import Still

SETUP = """
import time, torch
from xaiwidgets import AccuracySearch, Classifier, Explorer
class Corner(torch.nn.Module):
    delay = 0
    def forward(self, x):
        time.sleep(self.delay * len(x))
        return torch.stack([x[:, 0, :8].mean((1, 2)), x[:, 1, 8:].mean((1, 2))], 1) * 9
net = Classifier(Corner(), classes=["<north>", "south"])
x = torch.linspace(0, 1, 16).view(16, 1).expand(3, 16, 16)
"""
SHOWN = "w = Explorer(net, x, budget=64, grid=4)\nw"
LAST = "<Explorer: select * from f(x): south 99.2 %>"
SLOW = "Corner.delay = 0.02\nw = Explorer(net, x, budget=4096, grid=7)\nw"


def executed(folder: Path, *cells: str) -> Path:
    """Return a notebook of these cells after nbconvert has run it."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    book.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(book, folder / "a.ipynb")
    return converted(folder / "a.ipynb", "--execute", "--to", "notebook", "--output", "b.ipynb")


def converted(file: Path, *options: str) -> Path:
    command = [sys.executable, "-m", "jupyter", "nbconvert", *options, str(file)]
    subprocess.run(command, check=True, capture_output=True, cwd=file.parent)
    return file.with_name("b.ipynb" if "notebook" in options else f"{file.stem}.html")


def outputs(file: Path, cell: int) -> list[dict[str, str]]:
    book = nbformat.read(file, as_version=4)
    return [output.data for output in book.cells[cell].outputs if "data" in output]


@pytest.mark.notebook
def test_a_notebook_keeps_the_last_map_without_any_page(tmp_path: Path) -> None:
    """Of a run that ends after its cell, of one that `wait` ends, and of one that does not end."""
    rest = "while not w._still.is_current: time.sleep(0.05)"
    wait = "v = Explorer(net, x, budget=64, grid=4)\ndisplay(v)\n_ = v.run().wait()"
    file = executed(tmp_path, SETUP, SHOWN, rest, wait, SLOW)
    still, page = outputs(file, 1)
    assert list(page) == ["application/vnd.jupyter.widget-view+json", "text/plain"]
    assert still["text/plain"] == LAST == outputs(file, 3)[0]["text/plain"]
    assert "&lt;Explorer" in still["text/html"]
    drawn = Image.open(io.BytesIO(base64.b64decode(still["image/png"])))
    assert drawn.width >= 400, "it is the map, and not the picture of 336 pixels before it"
    unfinished = outputs(file, 4)[0]
    assert unfinished["text/plain"].endswith("; not finished>") and "image/png" in unfinished

    book = nbformat.read(file, as_version=4)
    book.metadata.pop("widgets")  # as JupyterLab saves it by default
    nbformat.write(book, tmp_path / "c.ipynb")
    html = converted(tmp_path / "c.ipynb", "--to", "html").read_text()
    kept = re.findall(r'<img alt="([^"]*)" src="data:image/png;base64,', html)
    assert kept == [escape(text) for text in (LAST, LAST, unfinished["text/plain"])]


def test_nothing_is_drawn_where_there_is_no_notebook() -> None:
    widget = explorer()
    widget.run().wait(20)
    assert not widget._still.is_current
    widget._still.soon()
    assert widget._still._timer is None
    until(lambda: widget.status["state"] == "done")


@pytest.mark.slow
def test_a_gesture_holds_the_picture_back_until_there_is_rest() -> None:
    class Sent:
        def __init__(self) -> None:
            self.texts: list[str] = []

        def publish(self, data: dict[str, str], **options: object) -> None:
            self.texts.append(data["text/plain"])

    widget, sent = explorer(), Sent()
    widget.run().wait(20)
    still = Still(widget)
    still._publisher = lambda: sent  # type: ignore[method-assign]
    still.display()
    assert still.is_current
    for _ in range(3):
        still.soon()
        assert not still.is_current
        still.hold()
    still.soon()
    until(lambda: still.is_current)
    assert len(sent.texts) == 2


def test_a_picture_in_few_colours_is_the_same_to_the_eye() -> None:
    buffer = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(buffer, "PNG")
    small = Image.open(io.BytesIO(compact(buffer.getvalue()))).convert("L")
    whole = Image.linear_gradient("L")
    assert np.abs(np.asarray(small, int) - np.asarray(whole, int)).max() <= 4
