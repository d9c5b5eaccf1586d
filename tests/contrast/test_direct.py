"""The simplest direct methods: what the gap itself says, and what classes look like."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import Occlusion as CaptumOcclusion
from torch import Tensor, nn

from xaiwidgets import Classifier, contrast, datasets, zoo
from xaiwidgets.contrast import Subtraction
from xaiwidgets.errors import InputError
from xaiwidgets.steps import run


def ask(*args: Any, **kwargs: Any) -> Subtraction:
    return run(contrast.subtract(*args, **kwargs))


class Bright(nn.Module):
    """Class 1 gains by a bright corner, class 0 by a bright middle row."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x[:, 0, 2].sum(1), 4 * x[:, 0, :2, :2].sum((1, 2)) - 1], 1)


def row(side: int = 6) -> Tensor:
    image = torch.zeros(1, 1, side, side)
    image[0, 0, 2] = 1
    return image


def test_the_gradient_is_that_of_the_gap() -> None:
    result = ask(Classifier(Bright()), row(), 1, method="gradient")
    expected = torch.zeros(6, 6)
    expected[:2, :2], expected[2] = 1, -0.25
    assert torch.allclose(torch.from_numpy(result.values[0]), expected, atol=1e-6)
    assert (result.kept[0], result.method) == (1, "gradient") and np.isnan(result.weights).all()


def test_a_dark_window_cannot_tell_what_is_missing_and_a_bright_one_can() -> None:
    model = Classifier(Bright())
    dark, bright = (
        ask(model, row(), 1, method="occlusion", window=2, stride=1, fill=fill).values[0]
        for fill in ("dark", "bright")
    )
    assert not dark[:2, :2][0].any() and dark[2].max() < 0, "the row is to be taken away"
    assert np.unravel_index(bright.argmax(), bright.shape) == (0, 0)
    mean = ask(model, row(), 1, method="occlusion", window=2, stride=1, fill="mean").values[0]
    assert mean[0, 0] > 0 > mean[2, 3]


def test_occlusion_is_that_of_captum() -> None:
    model = zoo.digits()
    images = torch.from_numpy(datasets.digits("test").images[:2])[:, None].float() / 255
    result = ask(model, images, None, method="occlusion", window=2, stride=2, limits=(0, 1))

    def gap(x: Tensor) -> Tensor:
        scores = model.net(x).double().log_softmax(1)
        return scores[:, int(result.probe[at])] - scores[:, int(result.true[at])]

    for at in range(2):
        with torch.no_grad():
            lost = CaptumOcclusion(gap).attribute(
                images[at : at + 1], (1, 2, 2), strides=(1, 2, 2), baselines=0
            )
        theirs = (lost / lost.abs().max())[0, 0].float()
        assert torch.allclose(torch.from_numpy(result.values[at]), theirs, atol=1e-4)


def test_class_means_are_those_of_the_references() -> None:
    train, test = datasets.digits(), datasets.digits("test")
    x, y = torch.from_numpy(train.images)[:, None].float() / 255, train.labels
    found = ask(
        zoo.digits(), test.images[:3], "7", method="class means", references=x, labels=y.tolist()
    )
    means = np.stack([x[y == each].mean((0, 1)) for each in range(10)])
    for at in range(3):
        expected = means[7] - means[found.true[at]]
        expected = expected / np.abs(expected).max() * (test.images[at].max() / 255)
        assert np.allclose(found.values[at], expected, atol=1e-5)
    # Without labels they are what the network takes them for.
    seen = ask(zoo.digits(), test.images[:3], "7", method="class means", references=x[:400])
    assert (seen.kept == 1).all()
    # Of a class that has none there is no mean.
    none = ask(zoo.digits(), test.images[:1], "7", method="class means", references=x[y == 3][:5])
    assert none.kept[0] == 0 and not none.values.any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "gradient", "window": 2}, "'gradient' has no window"),
        ({"method": "gradient", "fill": "dark"}, "'gradient' has no fill"),
        ({"method": "gradient", "references": row()}, "needs neither"),
        ({"method": "class means"}, "needs references"),
        ({"method": "occlusion", "cells": 3}, "'occlusion' has no cells"),
        ({"method": "occlusion", "fill": "pink"}, "fill is 'pink'; use 'dark' or 'bright' or"),
        ({"method": "occlusion", "window": 7}, "window is 7, but the pictures are 6 x 6"),
        ({"method": "lime", "fill": "dark"}, "fill is for method 'occlusion'"),
        ({"method": "guess"}, "or 'pda' or 'gradient' or 'occlusion' or"),
    ],
)
def test_what_they_do_not_take(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        contrast.subtract(Classifier(Bright()), row(), 1, **options)


class RedNotBlue(nn.Module):
    """Logits: red less blue, and the opposite."""

    def forward(self, x: Tensor) -> Tensor:
        warm = (x[:, 0] - x[:, 2]).mean((1, 2))
        return torch.stack([warm, -warm], 1)


def test_of_colours_each_channel_has_its_own_change() -> None:
    picture = torch.full((1, 3, 4, 4), 0.5)
    picture[:, 0], picture[0, 1, 0, 0] = 0.9, 0.1
    result = ask(Classifier(RedNotBlue()), picture, 1, method="gradient")
    assert result.kept[0] == 1 and result.in_channels is not None
    assert result.in_channels[0, :, 1, 1] == pytest.approx([-0.8, 0, 0.8])
    assert np.abs(result.values).min() == pytest.approx(0.8), "their sum would be nothing"
    assert result.change is result.in_channels
    plain = ask(Classifier(RedNotBlue()), picture, 1, method="occlusion", fill="dark")
    assert plain.change.shape == (1, 3, 4, 4)
