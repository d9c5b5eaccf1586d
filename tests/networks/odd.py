"""Small networks of our own, each odd in one way."""

from __future__ import annotations

import importlib
from typing import Any

import torch
from torch import Tensor, nn

CLASSES = 5


def chain(*last: nn.Module) -> nn.Sequential:
    """Return a small convolutional network with batch norms; `last` follows its scores."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(64, CLASSES),
        *last,
    )


def series() -> nn.Module:
    """Return a network of series (B, channels, time)."""
    return nn.Sequential(
        nn.Conv1d(2, 8, 5, padding=2),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Conv1d(8, 12, 5, padding=2),
        nn.ReLU(),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(12, CLASSES),
    )


class Rows(nn.Module):
    """A recurrent network that reads a picture row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.recurrent = nn.GRU(3 * 16, 16, batch_first=True)
        self.head = nn.Linear(16, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        answers, _ = self.recurrent(x.permute(0, 2, 1, 3).flatten(2))
        scores: Tensor = self.head(answers[:, -1])
        return scores


class Reused(nn.Module):
    """Calls one block and one ReLU several times, the ReLU in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.block = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
        self.relu, self.head = nn.ReLU(inplace=True), nn.Linear(8, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.stem(x))
        for _ in range(2):
            x = x + self.relu(self.block(x))
        scores: Tensor = self.head(x.mean((2, 3)))
        return scores


class Answering(nn.Module):
    """Answers with a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.body = chain()

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"features": x, "logits": self.body(x)}


def without_statistics() -> nn.Module:
    """Return a network whose answer depends on the other pictures of its batch."""
    net = chain()
    for place in (1, 5):
        net[place] = nn.BatchNorm2d(net[place].num_features, track_running_stats=False)
    return net


def weight_normed() -> nn.Module:
    """Return a network whose weights are computed at each call."""
    net = chain()
    norm: Any = nn.utils.parametrizations.weight_norm
    for place in (0, 4, 9):
        net[place] = norm(net[place])
    return net


def quantised(net: nn.Module) -> nn.Module:
    """Return a network with linear layers in 8 bits, scaled by each batch."""
    quantization: Any = importlib.import_module("torch.ao.quantization")
    return quantization.quantize_dynamic(net.eval(), {nn.Linear}, dtype=torch.qint8).train()  # type: ignore[no-any-return]


def uncopyable(net: nn.Module) -> nn.Module:
    """Return a network that cannot be copied."""
    net.__deepcopy__ = lambda memo: net  # type: ignore[assignment]
    return net
