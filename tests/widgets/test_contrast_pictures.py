"""Pictures of one's own in a ContrastExplorer, and the Python that is copied from it."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

from tests.widgets.contrast_hands import IMAGES, explorer
from tests.widgets.hands import FakeComm, told
from xaiwidgets import ContrastExplorer, datasets, zoo


def test_the_copied_python_gives_the_same_numbers() -> None:
    widget = explorer(index=2, probe=7, margin=0.1, max_steps=30, xgems=True, direct="gradcam")
    widget.run().wait(60)
    names: dict[str, Any] = {
        "model": zoo.digits(),
        "generator": zoo.generator("digits"),
        "images": IMAGES,
    }
    exec(widget.code, names)
    assert widget.result is not None
    assert names["found"].distance[0] == pytest.approx(widget.result.distance[0], rel=1e-5)


def png_of(mode: str, size: tuple[int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, 120).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_file_becomes_a_picture_that_is_asked_about(
    contrast_page: tuple[ContrastExplorer, FakeComm],
) -> None:
    widget, comm = contrast_page
    for expected in ("mine", "mine 2"):
        answer = told(comm, widget, "add", name="mine.png", buffers=[png_of("RGB", (8, 8))])
        assert answer["ok"], answer
        assert answer["name"] == expected
    assert [picture["name"] for picture in widget.pictures][3:] == ["mine", "mine 2"]
    widget.index = answer["index"]
    found = widget.run().wait(30)
    assert found.pair is not None and widget.picture is not None
    # A red of 120 is a grey of 36 (ITU-R 601), which is what the network takes.
    assert np.all(np.frombuffer(widget.picture["data"], np.uint8) == 36)
    names: dict[str, Any] = {
        "model": zoo.digits(),
        "generator": zoo.generator("digits"),
        "images": IMAGES,
        "explorer": widget,
    }
    exec(widget.code, names)
    assert names["found"].distance[0] == pytest.approx(found.pair.contrast.distance[0], rel=1e-5)


def test_small_pictures_cross_when_they_come_into_sight() -> None:
    images = datasets.digits("test").images[:30]
    widget = ContrastExplorer(zoo.digits(), zoo.generator("digits"), images)
    widget.comm = comm = FakeComm()
    sent = [picture["thumbnail"] is not None for picture in widget.pictures]
    assert sent == [True] * 24 + [False] * 6
    answer = told(comm, widget, "thumbnails", names=["x30", "x25"])
    assert answer["ok"] and list(answer["thumbnails"]) == ["x30", "x25"]
    small = answer["thumbnails"]["x30"]
    pixels = np.frombuffer(base64.b64decode(small["data"]), np.uint8)
    shown = pixels.reshape(small["height"], small["width"], 3)
    assert np.array_equal(shown, zoo.digits().picture(widget.images[29]))
    refused = told(comm, widget, "thumbnails", names=["x31"])["error"]["message"]
    assert refused.startswith("no picture is called 'x31'; did you mean")
    widget.cancel()


def test_a_file_that_is_no_picture_is_refused_and_named(
    contrast_page: tuple[ContrastExplorer, FakeComm],
) -> None:
    widget, comm = contrast_page
    answer = told(comm, widget, "add", name="notes.jpg", buffers=[b"dear diary"])
    assert not answer["ok"] and "notes.jpg is no picture" in answer["error"]["message"]
    answer = told(comm, widget, "add", name="empty.png", buffers=[b""])
    assert "0 bytes" in answer["error"]["message"]
    assert len(widget.pictures) == len(widget.images) == 3


def test_the_copied_python_calls_things_as_the_notebook_does() -> None:
    shell = InteractiveShell.instance()
    network, lights, mine = zoo.digits().net, zoo.generator("digits"), {"a": IMAGES[0]}
    try:
        shell.user_ns.update(fm=network, fg=lights, _1=lights)
        widget = ContrastExplorer(network, lights, mine)
        found = widget.run().wait(30)
        assert widget.code.startswith("# assumed: images as ContrastExplorer(...) was given\n")
        shell.user_ns["mine"] = mine
        widget.probe = found.pair.contrast.probe[0]  # type: ignore[union-attr]
        widget.run().wait(30)
        assert "assumed" not in widget.code
        names = {"fm": network, "fg": lights, "mine": mine}
        exec(widget.code, names)
        assert names["found"].distance[0] == pytest.approx(  # type: ignore[attr-defined]
            widget.result.distance[0],
            rel=1e-5,  # type: ignore[union-attr]
        )
    finally:
        InteractiveShell.clear_instance()
