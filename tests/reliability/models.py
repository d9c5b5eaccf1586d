"""Networks whose conductances are known, or hard to get right; and conductances by brute force."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from tests import models


def seeded(net: type[nn.Module], seed: int = 0) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return net()


class Hand(nn.Module):
    """f0 = 2 relu(x0 + x1 - 1) + 3 relu(x0 - x1), f1 = -relu(x0 + x1 - 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.relu, self.second = nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)
        with torch.no_grad():
            self.first.weight[:] = torch.tensor([[1.0, 1.0], [1.0, -1.0]])
            self.first.bias[:] = torch.tensor([-1.0, 0.0])
            self.second.weight[:] = torch.tensor([[2.0, 3.0], [-1.0, 0.0]])
            self.second.bias[:] = 0

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.relu(self.first(x)))


class Functional(nn.Module):
    """Activations without a module, some of them in place, and a product with a mask."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 5, 3), nn.Conv2d(5, 6, 3)
        self.head = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu_(self.conv1(x))
        x = self.conv2(x)
        x *= (x > 0).float()
        return self.head(F.max_pool2d(x, 2).mean((2, 3)))


class Writing(nn.Module):
    """Calls in-place modules without taking their answers, also on its input and on a view."""

    def __init__(self) -> None:
        super().__init__()
        self.start, self.relu = nn.Hardtanh(0.05, 0.9, inplace=True), nn.ReLU(inplace=True)
        self.conv, self.flat = nn.Conv2d(3, 4, 3), nn.Flatten()
        self.tanh, self.head = nn.ELU(inplace=True), nn.Linear(4 * 36, 3)

    def forward(self, x: Tensor) -> Tensor:
        self.start(x)
        x = self.conv(x)
        self.relu(x)
        x = self.flat(x - 0.1)
        self.tanh(x)
        return self.head(x)


class Polite(Writing):
    """The same, but everybody takes what is returned."""

    def __init__(self) -> None:
        super().__init__()
        self.start.inplace = self.relu.inplace = self.tanh.inplace = False

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv(self.start(x)))
        return self.head(self.tanh(self.flat(x - 0.1)))


class Branches(nn.Module):
    """Two ways to the scores, one through a module that is called on both."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 1)
        self.shared, self.norm = nn.Conv2d(4, 5, 3, padding=1), nn.BatchNorm2d(5)
        self.unused, self.head = nn.Linear(5, 3), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        a = torch.sigmoid(self.shared(self.left(x)))
        b = torch.tanh(self.shared(self.right(x)))
        x = self.norm(a * b + a)
        self.unused(x.mean((2, 3)))
        return self.head(x.amax((2, 3)))


class Tokens(nn.Module):
    """Attention over rows: layers answer with (B, T, D)."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(8, 6)
        self.mix = nn.TransformerEncoderLayer(6, 2, 12, batch_first=True, dropout=0.1)
        self.head = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.mix(self.embed(x[:, 0])).mean(1))


class Attends(nn.Module):
    """A module that answers with a tuple, of which a second one hears the first part."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 8, 4, 4)
        self.attention, self.same = nn.MultiheadAttention(8, 2, batch_first=True), nn.Identity()
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch(x).flatten(2).transpose(1, 2)
        answer, _ = self.attention(x, x, x)
        return self.head((x + self.same(answer)).mean(1))


class Signal(nn.Module):
    """Convolutions along time: layers answer with (B, C, L), and an activation does, too."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.relu = nn.Conv1d(2, 4, 3), nn.ReLU()
        self.pool, self.second = nn.MaxPool1d(2), nn.Conv1d(4, 5, 3)
        self.tanh, self.head = nn.Tanh(), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.relu(self.first(x)))
        return self.head(self.tanh(self.second(x)).mean(2))


class Permute(nn.Module):
    def __init__(self, *dims: int) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.dims)


class ChannelsLast(nn.Module):
    """Patches as (B, H, W, C), as in Swin, then a block as in ConvNeXt, whose end is (B, C, H, W).

    Channels, rows and columns are as many, so that no size tells which is which.
    """

    def __init__(self) -> None:
        super().__init__()
        self.patch, self.norm, self.mix = nn.Conv2d(3, 4, 2, 2), nn.LayerNorm(4), nn.Linear(4, 4)
        self.gelu, self.back = nn.GELU(), Permute(0, 3, 1, 2)
        self.block = nn.Sequential(
            nn.Conv2d(4, 4, 3, padding=1, groups=4), Permute(0, 2, 3, 1), nn.LayerNorm(4),
            nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4), Permute(0, 3, 1, 2),
        )  # fmt: skip
        self.whole, self.head = nn.Identity(), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch(x).permute(0, 2, 3, 1)
        x = self.back(self.gelu(x + self.mix(self.norm(x)).relu()))
        return self.head(self.whole(x + self.block(x)).amax((2, 3)))


class Tied(nn.Module):
    """One weight in two layers that each have a bias, and in an embedding that is called first.

    The batch norm alone reads the first layer, but cannot be merged into a weight that is shared.
    """

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Linear(6, 5)
        self.first, self.second = nn.Linear(5, 5), nn.Linear(5, 5)
        self.table, self.norm, self.head = nn.Embedding(5, 5), nn.BatchNorm1d(5), nn.Linear(5, 3)
        self.second.weight = self.table.weight = self.first.weight
        for _ in range(3):
            self.norm(torch.randn(8, 5) * 2 + 0.5)
        nn.init.normal_(self.norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        x = self.start(x)
        x = x + self.table(x.argmax(1))
        x = self.norm(self.first(x)).relu()
        return self.head(self.second(x).tanh())


AXES = {
    "signal": (Signal, (2, 12), {"first": 1, "relu": 1, "pool": 1, "second": 1, "tanh": 1}),
    "channels last": (
        ChannelsLast, (3, 8, 8),
        {"patch": 1, "norm": 3, "mix": 3, "gelu": 3, "back": 1, "whole": 1, "block": 1,
         "block.1": 3, "block.4": 3, "block.5": 3},
    ),
}  # fmt: skip
"""Networks, the shape of their input, and the axis (B, ...) of the channels of their layers."""

ODD = {
    "hand": (Hand, (2,), ["first", "relu", "second"]),
    "small": (models.small, (3, 8, 8), ["0", "1", "2", "4", "5", "6", "7", "8"]),
    "untidy": (models.Untidy, (3, 8, 8), ["conv1", "bn1", "relu", "relu[1]", "conv2", "head"]),
    "functional": (Functional, (3, 8, 8), ["conv1", "conv2", "head"]),
    "writing": (Writing, (3, 8, 8), ["start", "conv", "relu", "flat", "tanh", "head"]),
    "branches": (Branches, (3, 6, 6), ["left", "right", "shared", "norm", "head"]),
    "tokens": (Tokens, (1, 5, 8), ["embed", "head"]),
}


def brute(
    net: nn.Module,
    layer: str,
    call: int,
    image: Tensor,
    target: int,
    steps: int,
    rule: str = "right",
) -> NDArray[np.float64]:
    """Eq. 5 for one picture and one call of a layer, in double precision, one point at a time.

    By the rule "secant", each step mixes its two ends so that it sums to the change of the score.

    The layer's answer is replaced by itself plus a zero of which the gradient is taken.
    """
    net = net.double().eval()
    values, slopes, scores = [], [], []
    for k in range(steps + 1):
        zero: list[Tensor] = []

        def nudge(_m: nn.Module, _i: object, output: Tensor, zero: list[Tensor] = zero) -> Tensor:
            zero.append(torch.zeros_like(output).requires_grad_())
            if len(zero) - 1 == call:
                values.append(output.detach().clone())
            return output + zero[-1]

        handle = net.get_submodule(layer).register_forward_hook(nudge)
        try:
            score = net((image.double() * k / steps)[None].clone())[0, target]
        finally:
            handle.remove()
        scores.append(float(score.detach()))
        slopes.append(torch.autograd.grad(score, zero[call], allow_unused=True)[0])
    total = torch.zeros_like(values[0])
    for k in range(1, steps + 1):
        change = values[k] - values[k - 1]
        right, left = slopes[k] * change, slopes[k - 1] * change
        share = 1.0
        if rule != "right":
            share = 0.5
        if rule == "secant" and float(right.sum()) != float(left.sum()):
            wanted = scores[k] - scores[k - 1] - float(left.sum())
            share = min(1.0, max(0.0, wanted / float(right.sum() - left.sum())))
        total += share * right + (1 - share) * left
    return total[0].numpy()


def maps(shares: NDArray[np.float64], axis: int | None = None) -> NDArray[np.float64]:
    """Sum over all but the channels: the first axis, or the last of tokens (T, D)."""
    axis = (shares.ndim == 2) if axis is None else axis
    return np.moveaxis(shares, axis, 0).reshape(shares.shape[axis], -1).sum(1)
