"""What a notebook keeps of a widget, and what a page says of a network."""

from __future__ import annotations

import io
import time
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests import models
from tests.widgets.hands import X, explorer, until
from xaiwidgets import Classifier


def test_a_still_picture_stands_in_where_no_widget_can() -> None:
    widget = explorer()
    widget.run().wait(20)
    data, _ = widget._repr_mimebundle_()
    assert data["image/png"][:4] == b"\x89PNG"
    assert widget.prediction is not None
    share = widget.prediction["top"][0]["probability"]
    label = widget.prediction["top"][0]["label"]
    assert data["text/plain"] == f"<Explorer: select * from f(x): {label} {100 * share:.1f} %>"
    assert "application/vnd.jupyter.widget-view+json" in data


def test_while_there_is_no_map_the_picture_stands_in_and_says_so() -> None:
    """What is saved of work under way is not that it runs: nobody may open it while it does."""
    net = models.Answers(lambda x: (time.sleep(0.05 * len(x)), x.mean((2, 3)))[1])
    picture = X.sort(0).values
    widget = explorer(Classifier(net, classes=["a", "b", "c"]), picture, budget=4096, grid=7)
    data, _ = widget._repr_mimebundle_()
    html = widget.html()
    assert widget.status["state"] == "running" and widget.result is None
    assert widget.get_state("status")["status"]["state"] == "unfinished"
    assert '"state": "unfinished"' in html and '"running"' not in html.partition("xai-widget")[0]
    share = float(picture.mean((1, 2)).softmax(0)[2])
    said = f"<Explorer: select * from f(x): c {100 * share:.1f} %; not finished>"
    assert data["text/plain"] == said
    widget.cancel()

    drawn = np.asarray(Image.open(io.BytesIO(data["image/png"])).convert("RGB"))
    pixels = widget._session.pixels(picture)
    for row, column in ((0, 0), (0, 15), (15, 0), (15, 15)):  # enlarged twenty times
        assert np.array_equal(drawn[8 + 20 * row + 10, 8 + 20 * column + 10], pixels[row, column])
    assert (drawn[8 + 320 + 8 :].min(2) < 100).sum() > 50, "there is no text under it"
    until(lambda: widget.status["state"] != "running")
    assert widget.get_state("status")["status"]["state"] == widget.status["state"]


def test_what_a_bare_module_is_assumed_to_take_and_to_mean_is_said() -> None:
    pixels = (X.permute(1, 2, 0) * 255).to(torch.uint8).numpy()

    def notes(net: Any, picture: Any, **settings: Any) -> list[str]:
        return [note["text"] for note in explorer(net, picture, **settings).notes]

    assumed = "no preprocessing given: pixels / 255, uncropped, not normalised"
    assert notes(models.small(), pixels) == [assumed, "scores taken for logits"]
    assert notes(models.small(), X) == [], "a tensor is taken as it is"
    softmax = torch.nn.Sequential(models.small(), torch.nn.Softmax(1))
    with pytest.warns(UserWarning, match="look like probabilities"):
        assert notes(softmax, X) == ["scores taken for probabilities"]
    assert notes(Classifier(softmax, output="probabilities"), pixels) == [assumed]
    known = Classifier(models.small(), preprocess=lambda image: X)
    assert notes(known, pixels) == []
    rival = Classifier(models.small(seed=1), output="logits")
    assert notes(known, {"one": pixels}, rival=rival) == []
    widget = explorer(models.small(), X)
    widget.add_picture("mine", pixels, reference=True)
    assert [note["text"] for note in widget.notes] == [assumed, "scores taken for logits"]
