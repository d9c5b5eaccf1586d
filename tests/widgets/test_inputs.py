"""Pictures under the names that people give them, and what every widget takes besides."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from PIL import Image

from tests import models
from xaiwidgets import (
    Classifier,
    ErrorDetectorPanel,
    Explorer,
    NeuronDesk,
    StudyReport,
    VectorMap,
)
from xaiwidgets.errors import InputError, ModelError

PICTURE = torch.rand(3, 8, 8)
GREY = Image.new("RGB", (8, 8))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"image": PICTURE}, ["image"]),
        ({"img": GREY, "other": GREY}, ["img", "other"]),
        ({"img": PICTURE, "other": PICTURE}, ["img", "other"]),
        ({"image": PICTURE, "label": 3}, ["x"]),
        ({"image": GREY, "label": "cat"}, ["x"]),
        ({"pixel_values": PICTURE[None].repeat(2, 1, 1, 1)}, ["x1", "x2"]),
    ],
)
def test_a_mapping_is_pictures_by_name_or_an_item_of_a_data_set(
    given: Any, names: list[str]
) -> None:
    explorer = Explorer(Classifier(models.small()), given, budget=64, grid=2)
    assert [picture["name"] for picture in explorer.pictures] == names


def test_every_widget_takes_a_layout() -> None:
    explorer = Explorer(
        Classifier(models.small()), PICTURE, budget=64, grid=2, layout={"width": "50%"}
    )
    assert explorer.layout.width == "50%"


def test_a_tensor_is_not_said_to_be_divided_by_255() -> None:
    with pytest.raises(ModelError) as caught:
        Explorer(Classifier(models.small()), torch.rand(1, 8, 8))
    assert "it is a grey picture" in str(caught.value)
    assert "255" not in str(caught.value)


def test_what_is_no_network_is_said_at_once() -> None:
    model, bare = Classifier(models.small()), models.small()
    images = PICTURE.repeat(4, 1, 1, 1)
    for make, words in (
        (lambda: Explorer(model, PICTURE, rival=3), r"rival is a int; give Classifier\(rival\)"),
        (lambda: VectorMap(model, images, rival=bare), "rival is a Sequential"),
        (lambda: NeuronDesk(model, images, judge=bare), "judge is a Sequential"),
        (lambda: VectorMap(model, images, scores=[0.5] * 4), "scores is list; give each by its"),
        (lambda: NeuronDesk(model, {"a": PICTURE}), r"list\(pictures\.values\(\)\)"),
        (lambda: StudyReport(3), "path is 3; give a path"),
        (lambda: ErrorDetectorPanel(model, images, [0] * 4), "detector is a Classifier"),
    ):
        with pytest.raises(InputError, match=words):
            make()
