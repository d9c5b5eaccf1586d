"""Networks whose layers are local, games on windows of them, and clocks that decide."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets import Network, Window, crop
from xaiwidgets.chain import Chain, read_chain
from xaiwidgets.crop import Cropped
from xaiwidgets.methods import Cache, Cells
from xaiwidgets.methods._game import Game
from xaiwidgets.optimize import _measuring, deviation
from xaiwidgets.work import run


class Clock:
    """A clock by which every evaluation takes less than the one before, or more."""

    def __init__(self, faster: bool = True) -> None:
        self.now, self.faster, self.steps = 0.0, faster, count(1)

    def perf_counter(self) -> float:
        step = next(self.steps)
        self.now += 0.001 / step if self.faster else 0.0001 * step
        return self.now

    thread_time = perf_counter


class Even:
    """A clock that goes on by one whenever it is looked at, and by `last` at that look."""

    def __init__(self, last: int = 0, pause: float = 0.0) -> None:
        self.now, self.looks, self.last, self.pause = 0.0, 0, last, pause

    def thread_time(self) -> float:
        self.looks += 1
        self.now += self.pause if self.looks == self.last else 1.0
        return self.now


@pytest.fixture(autouse=True)
def clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_measuring, "time", Clock())
    monkeypatch.setattr(crop, "time", Even())
    torch.manual_seed(0)


def lively(net: nn.Module) -> nn.Module:
    """Random statistics, so that a norm in the wrong mode would show."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    return net.eval()


def head(channels: int = 8) -> list[nn.Module]:
    return [nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * channels, 5)]


def conv(inputs: int = 8, kernel: int = 3, **options: Any) -> nn.Conv2d:
    return nn.Conv2d(inputs, 8, kernel, **{"padding": kernel // 2, **options})


def plain() -> nn.Module:
    return nn.Sequential(conv(3), nn.ReLU(), conv(), nn.SiLU(), conv(stride=2), *head())


def normed() -> nn.Module:
    return nn.Sequential(
        conv(3, bias=False), nn.BatchNorm2d(8), nn.ReLU6(), conv(stride=2), nn.BatchNorm2d(8),
        nn.ReLU(), *head(),
    )  # fmt: skip


class Block(nn.Module):
    def __init__(self, stride: int = 1, squeeze: bool = False) -> None:
        super().__init__()
        self.one, self.other = conv(stride=stride), conv()
        self.beside = conv(kernel=1, stride=stride) if stride > 1 else nn.Identity()
        self.squeeze = squeeze

    def forward(self, x: Tensor) -> Tensor:
        y = self.other(self.one(x).relu())
        if self.squeeze:
            y = y * y.mean((2, 3), keepdim=True).sigmoid()
        return torch.relu(y + self.beside(x))


def residual() -> nn.Module:
    return nn.Sequential(conv(3), Block(), nn.MaxPool2d(3, 2, 1), Block(2), *head())


def dilated() -> nn.Module:
    return nn.Sequential(
        conv(3, padding=2, dilation=2), nn.ReLU(), conv(), nn.AvgPool2d(2), *head()
    )


class Same(nn.Conv2d):
    """Pads as TensorFlow does: by the size of what is given, one more below and to the right."""

    def forward(self, x: Tensor) -> Tensor:
        pads = []
        for size, stride, kernel in zip(x.shape[2:], self.stride, self.kernel_size, strict=True):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads = [total // 2, total - total // 2, *pads]
        return functional.conv2d(
            functional.pad(x, pads), self.weight, self.bias, self.stride, groups=self.groups
        )


def same() -> nn.Module:
    return nn.Sequential(
        Same(3, 8, 3, 2),
        nn.ReLU6(),
        Same(8, 8, 5, 2, groups=8),
        nn.ReLU6(),
        conv(kernel=1),
        *head(),
    )


def valid() -> nn.Module:
    return nn.Sequential(conv(3, 5, padding=0), nn.ReLU(), conv(padding=0, stride=2), *head())


LOCAL = [plain, normed, residual, dilated, same, valid]


def squeezed() -> nn.Module:
    return nn.Sequential(Block(squeeze=True), *head())


class Wide(nn.Module):
    """A network of eight channels, whose first layer is another one."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.widen, self.inner = conv(3, 1), inner

    def forward(self, x: Tensor) -> Any:
        return self.inner(self.widen(x))


def game_of(
    net: nn.Module, window: Window, size: tuple[int, int] = (33, 30), seed: int = 0
) -> Game:
    picture, absent = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(seed))
    cells = Cells.of(size, window, 3)
    return Game(Network(net, output="logits"), picture, absent, cells, Cache())


def answers(game: Game) -> tuple[Tensor, Tensor]:
    """Return what coalitions are answered with, and what the twin answers."""
    masks = np.random.default_rng(1).random((6, game.players)) < 0.5
    pictures = game.compose(masks)
    return game.evaluator(pictures), game.twin(pictures)


def is_exact(game: Game) -> bool:
    run(game.crop())
    on_crop, whole = answers(game)
    return deviation(on_crop, whole) <= 1e-5


def is_cropped(game: Game) -> bool:
    return any(isinstance(m, Cropped) for m in game.evaluator.network.net.modules())


def chain_of(net: nn.Module, size: tuple[int, int] = (33, 30), **heard: Any) -> Chain:
    network, picture = Network(net, output="logits"), torch.randn(3, *size)
    names = {name for name, _ in net.named_modules()}
    anatomy = network.anatomy(picture)
    return run(read_chain(network.copies.private(), anatomy, picture, names, heard))
