from __future__ import annotations

import colorsys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.contrast.models import Identity
from xaiwidgets import Classifier, contrast
from xaiwidgets.contrast import READINGS, read_change
from xaiwidgets.errors import InputError
from xaiwidgets.steps import run

channel = st.floats(0, 1, width=32)
colours = st.tuples(channel, channel, channel)


def pixel(colour: tuple[float, ...]) -> Tensor:
    return torch.tensor(colour, dtype=torch.double).reshape(-1, 1, 1)


class RedOrBlue(nn.Module):
    """Logits: the sums of the red and of the blue channel."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x[:, 0].sum((1, 2)), x[:, 2].sum((1, 2))], 1)


def test_a_change_of_hue_is_seen_in_red_and_in_blue() -> None:
    picture = torch.zeros(1, 3, 2, 2)
    picture[:, 0] = 0.8
    found = run(contrast.explain(Classifier(RedOrBlue()), Identity(), picture, 1))
    red, blue = (read_change(found.image, found.boundary, name) for name in ("red", "blue"))
    assert float(red.max()) < -0.25 and float(blue.min()) > 0.25
    # the mean over channels, which was shown once, is empty
    assert float(found.difference.mean(1).abs().max()) < 0.02
    assert float(found.change.abs().min()) > 0.25


@given(colours, colours)
def test_hue_is_the_angle_that_another_library_gives(
    before: tuple[float, ...], after: tuple[float, ...]
) -> None:
    change = float(read_change(pixel(before), pixel(after), "hue"))
    least = min(max(c) - min(c) for c in (before, after))
    assert abs(change) <= 1
    if least < 0.05:  # nearly grey: hardly any hue
        assert abs(change) < 0.06
        return
    turns = [colorsys.rgb_to_hsv(*colour)[0] for colour in (before, after)]
    expected = 2 * ((turns[1] - turns[0] + 0.5) % 1 - 0.5)
    # colorsys walks along a hexagon, which lags the circle by at most 1.12 degrees
    lag = 2 * 1.2 / 180
    scaled = change / ((abs(change) and _colourfulness(before, after)) or 1)
    assert min(abs(scaled - expected), 2 - abs(scaled - expected)) < lag


def _colourfulness(*both: tuple[float, ...]) -> float:
    def of(colour: tuple[float, ...]) -> float:
        r, g, b = colour
        return float(((r - (g + b) / 2) ** 2 + 0.75 * (g - b) ** 2) ** 0.5)

    return min(map(of, both))


@given(colours, colours)
def test_back_again_is_the_opposite(before: tuple[float, ...], after: tuple[float, ...]) -> None:
    for name in ("brightness", "red", "green", "blue"):
        there = read_change(pixel(before), pixel(after), name)
        assert torch.equal(there, -read_change(pixel(after), pixel(before), name))


def test_brightness_of_grey_is_the_grey() -> None:
    grey = read_change(torch.zeros(3, 2, 2), torch.full((3, 2, 2), 0.5), "brightness")
    assert torch.allclose(grey, torch.full((2, 2), 0.5))


def test_what_cannot_be_read() -> None:
    with pytest.raises(InputError, match="reading is 'warmth'; use 'strongest', "):
        read_change(torch.zeros(3, 2, 2), torch.zeros(3, 2, 2), "warmth")
    for name in READINGS[1:]:
        with pytest.raises(InputError, match=f"no {name} to read"):
            read_change(torch.zeros(1, 2, 2), torch.zeros(1, 2, 2), name)
