"""How far layers reach, and how little of a picture is computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.crops import (  # noqa: F401  the fixture
    Same,
    answers,
    chain_of,
    clocks,
    conv,
    game_of,
    head,
    is_exact,
    lively,
)
from xaiwidgets import Window
from xaiwidgets.chain import Paste
from xaiwidgets.crop import Cropped, untapped
from xaiwidgets.optimize import Twin, deviation
from xaiwidgets.work import run


@pytest.mark.parametrize(
    ("layer", "stride", "before", "after"),
    [
        (conv(3), 1, 1, 1),
        (conv(3, 5), 1, 2, 2),
        (conv(3, 7, stride=2), 2, 1, 2),
        (conv(3, 3, stride=2), 2, 0, 1),
        (conv(3, 3, padding=0), 1, 2, 0),
        (conv(3, 3, padding=3, dilation=3), 1, 3, 3),
        (conv(3, 1), 1, 0, 0),
        (conv(3, 4, stride=4, padding=0), 4, 0, 0),
        (Same(3, 8, 3, 2), 2, 1, 0),
        (nn.MaxPool2d(3, 3), 3, 0, 0),
    ],
    ids=str,
)
def test_reach_is_that_of_the_kernel(
    layer: nn.Module, stride: int, before: int, after: int
) -> None:
    net = nn.Sequential(layer, nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, 36, 48))
    found = chain_of(net, (36, 48))
    assert found.layers == ("0",)
    assert found.sizes[0].tolist() == [36, 48]
    for numbers, wanted in ((found.strides, stride), (found.before, before), (found.after, after)):
        assert numbers.tolist() == [[wanted, wanted]]


@pytest.mark.parametrize(
    ("layers", "size", "reach"),
    [
        ([conv(3)], 8, (1, 1)),
        # At an edge it is not known how much further it would go.
        ([conv(3, 7)], 6, (6, 6)),
        ([nn.ZeroPad2d((0, 6, 0, 6)), conv(3, 7, padding=0)], 8, (8, 8)),
        ([nn.ZeroPad2d((6, 0, 6, 0)), conv(3, 7, padding=0)], 8, (8, 8)),
        ([nn.ZeroPad2d((0, 2, 0, 2)), conv(3, 3, padding=0)], 12, (2, 0)),
        ([nn.ZeroPad2d((2, 0, 2, 0)), conv(3, 3, padding=0)], 12, (0, 2)),
        # Answers of one size, whatever they are given.
        ([nn.AdaptiveAvgPool2d(5)], 5, (5, 5)),
        ([nn.Upsample((9, 9)), conv(3, 1)], 9, (9, 9)),
    ],
    ids=str,
)
def test_what_reaches_an_edge_of_a_small_picture_might_reach_further(
    layers: list[nn.Module], size: int, reach: tuple[int, int]
) -> None:
    net = nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, size, size))
    read = chain_of(net, (size, size))
    assert (read.before[-1].tolist(), read.after[-1].tolist()) == ([reach[0]] * 2, [reach[1]] * 2)


class ChannelsLast(nn.Module):
    """A linear layer of the channels of each place, which come last."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.linear(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2))


def test_only_maps_with_channels_first_are_pasted() -> None:
    net = nn.Sequential(conv(3), ChannelsLast(), conv(), *head())
    assert chain_of(net).layers == ("1", "2", "3")
    assert is_exact(game_of(net, Window(12, 10, 6, 6)))


def test_rows_and_columns_are_told_apart() -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, (1, 5), (1, 2), (0, 2)), nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, 20, 31))
    found = chain_of(net, (20, 31))
    assert found.strides.tolist() == [[1, 2]]
    assert found.before.tolist() == [[0, 1]] and found.after.tolist() == [[0, 1]]
    ((layer, *_),) = found.pastes(Window(4, 10, 2, 4), ())[1]
    assert layer == "0"


def test_the_crop_is_as_small_as_it_can_be() -> None:
    net = nn.Sequential(conv(3), nn.ReLU(), conv(stride=2), nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, 32, 32))
    found = chain_of(net, (32, 32))
    assert found.layers == ("1", "2")  # the activation goes place by place
    picture, (one, two) = found.pastes(Window(10, 16, 4, 2), ())
    # Pixels 10 to 13 reach 9 to 14, which follow from 8 to 15; columns likewise.
    assert picture == (..., slice(8, 16), slice(14, 20))
    assert one.source == (..., slice(1, 7), slice(1, 5))
    # In pairs 8 to 15: they reach 4 to 8 after the stride, which look at 7 to 17, in pairs 6 to 17.
    assert one.area == (..., slice(6, 18), slice(12, 22))
    assert one.place == (..., slice(3, 9), slice(3, 7))
    assert one.crop == (..., slice(0, 12), slice(0, 10))
    assert two.area == two.crop == (..., slice(0, 16), slice(0, 16))
    assert two.place == (..., slice(4, 9), slice(7, 11))
    assert two.source == (..., slice(1, 6), slice(1, 5))


def test_all_is_computed_where_little_would_be_left_out() -> None:
    net = nn.Sequential(conv(3), nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, 40, 40))
    found = chain_of(net, (40, 40))
    # With four rows and columns of halo, 37 and 38 of 40 are .86 and .9025 of the picture.
    assert found.pastes(Window(2, 2, 33, 33), ())[1]
    assert found.pastes(Window(2, 2, 34, 34), ()) == ((..., slice(0, 40), slice(0, 40)), [])


def test_pasted_is_where_there_are_fewest_channels_and_as_late_as_can_be() -> None:
    net = nn.Sequential(
        conv(3), nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 8, 1), conv(stride=2), *head()
    )
    assert chain_of(net).layers == ("2", "4", "5")
    # What is heard has to be whole there.
    assert chain_of(net, **{"3": ""}).layers == ("3", "4", "5")
    assert chain_of(net, **{"0": ""}).layers == ("0", "2", "4", "5")
    assert is_exact(game_of(lively(net), Window(12, 10, 6, 6)))


class Counting(nn.Module):
    """Counts the places of its input, of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[tuple[int, ...]] = []
        self.conv = conv()

    def forward(self, x: Tensor) -> Tensor:
        self.places.append(tuple(x.shape[2:]))
        answer: Tensor = self.conv(x)
        return answer


def test_only_the_crop_is_computed() -> None:
    net = nn.Sequential(conv(3), nn.ReLU(), Counting(), nn.ReLU(), conv(stride=2), *head())
    game = game_of(lively(net), Window(12, 10, 6, 6))
    assert is_exact(game)
    (counting,) = (m for m in game.evaluator.network.net.modules() if isinstance(m, Counting))
    counting.places.clear()
    answers(game)
    # The window, one on each side that it reaches, one that these reach, and one to be looked at.
    assert set(counting.places) == {(12, 12), (33, 30)}


# --- layers whose features are heard -------------------------------------------------------------


def heard_twin(net: nn.Module, layers: list[str], window: Window) -> tuple[Twin, Twin, Tensor]:
    game = game_of(net, window)
    network, picture = game.model, game._picture
    anatomy = network.anatomy(picture)
    taps = [anatomy.tap(layer) for layer in layers]
    pictures = game.compose(np.random.default_rng(0).random((4, game.players)) < 0.5)
    twin = run(network.copies.twin(pictures, taps))
    on_crop = run(network.copies.crop(twin, anatomy, window, game._absent, pictures))
    return twin, on_crop, pictures


@pytest.mark.parametrize("layers", [["1"], ["4"], ["0", "4"], ["6"]], ids=str)
def test_layers_are_heard_whole(layers: list[str]) -> None:
    net = nn.Sequential(
        conv(3), nn.ReLU(), conv(kernel=1), nn.SiLU(), conv(), nn.ReLU(), conv(stride=2), *head()
    )
    twin, on_crop, pictures = heard_twin(lively(net), layers, Window(12, 10, 6, 6))
    assert on_crop is not twin
    sizes = [tap.size for tap in untapped(twin.network.net)[1].values()]
    assert sizes and twin.width == 5 + sum(sizes)
    assert deviation(on_crop(pictures), twin(pictures), sizes) <= 1e-5


class Aside(nn.Module):
    """A network one of whose layers is not on the way of all."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.one, self.other, self.last = conv(3), conv(), conv(), conv()
        self.head = nn.Sequential(*head())

    def forward(self, x: Tensor) -> Any:
        x = self.first(x).relu()
        return self.head(self.last((self.one(x).relu() + self.other(x)).relu()))


def test_nothing_is_pasted_after_a_layer_that_is_heard_aside() -> None:
    net = Aside()
    assert chain_of(net).layers == ("first", "last", "head.0")
    assert chain_of(net, one="").layers == ("first",)
    assert chain_of(net, missing="").layers == ()
    twin, on_crop, pictures = heard_twin(net, ["one"], Window(12, 10, 6, 6))
    assert on_crop is not twin
    sizes = [tap.size for tap in untapped(twin.network.net)[1].values()]
    assert deviation(on_crop(pictures), twin(pictures), sizes) <= 1e-5


class Ending(nn.Sequential):
    """A block that ends with a norm, so that its last layer that computes is another one."""

    def __init__(self) -> None:
        super().__init__(conv(), nn.BatchNorm2d(8))


@pytest.mark.parametrize("layers", [["2"], ["2", "4"]], ids=str)
def test_a_block_that_ends_with_a_norm_is_heard_whole(layers: list[str]) -> None:
    net = nn.Sequential(conv(3), nn.ReLU(), Ending(), nn.ReLU(), conv(stride=2), *head())
    assert chain_of(net).layers == ("1", "3", "4", "5")
    assert chain_of(net, **dict.fromkeys(layers, "")).layers == ("1", "2", "3", "4", "5")
    twin, on_crop, pictures = heard_twin(lively(net), layers, Window(12, 10, 6, 6))
    # Up to the stride: the layer after it would be none if nothing were pasted after the block.
    assert [p.layer for p in pastes_of(on_crop)] == ["1", "2", "3", "4"]
    sizes = [tap.size for tap in untapped(twin.network.net)[1].values()]
    assert deviation(on_crop(pictures), twin(pictures), sizes) <= 1e-5


def pastes_of(twin: Twin) -> list[Paste]:
    (cropped,) = (m for m in twin.network.net.modules() if isinstance(m, Cropped))
    return list(cropped.pastes)
