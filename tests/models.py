"""Small networks for the tests, each with one awkward habit."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def linear(classes: int = 3, side: int = 8, seed: int = 0) -> nn.Module:
    """A linear network: the Shapley value of a cell is its own share, worked out by hand."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Flatten(), nn.Linear(3 * side * side, classes))


def small(classes: int = 4, seed: int = 0) -> nn.Module:
    """A small convolutional network with batch norm and dropout."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(16, classes),
        )
        for _ in range(3):  # so that the running statistics are not those of a new network
            net(torch.randn(8, 3, 16, 16))
    return net


class Untidy(nn.Module):
    """Reuses one in-place ReLU, drops out, and has batch norms in different modes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1)
        self.bn1, self.bn2 = nn.BatchNorm2d(6), nn.BatchNorm2d(6)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(6, 4)
        self.train()
        self.bn1.eval()
        self.conv2.weight.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)) + x)
        return self.head(self.dropout(x.mean((2, 3))))


class Restless(nn.Module):
    """Drops out whatever its mode, and so draws from the global random state."""

    def __init__(self) -> None:
        super().__init__()
        self.body = small()

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(self.body(x), 0.1, training=True)


class Failing(nn.Module):
    """Throws at the call of a given number."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.body, self.at = small(), at
        # Not a number or a buffer, which would be put back where the network is evaluated in place.
        self.calls = itertools.count(1)

    def forward(self, x: Tensor) -> Tensor:
        if next(self.calls) >= self.at:
            raise RuntimeError("the sensor is unplugged")
        return self.body(x)


class Answers(nn.Module):
    """Answers with whatever `make` turns a batch into."""

    def __init__(self, make: object) -> None:
        super().__init__()
        self.make = make

    def forward(self, x: Tensor) -> object:
        return self.make(x)  # type: ignore[operator]


def condition(net: nn.Module) -> dict[str, object]:
    """All that must be after a call as before it, in a form that can be compared."""
    return {
        "training": [m.training for m in net.modules()],
        "hooks": [
            (len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks))
            for m in net.modules()
        ],
        "requires_grad": [p.requires_grad for p in net.parameters()],
        "grad": [None if p.grad is None else _bits(p.grad) for p in net.parameters()],
        "weights": {k: _bits(v) for k, v in net.state_dict().items()},
        "random": _bits(torch.get_rng_state()),
        "grad_mode": torch.is_grad_enabled(),
    }


def _bits(tensor: Tensor) -> tuple[tuple[int, ...], torch.dtype, bytes]:
    """All of a tensor; a list of its numbers would take seconds for a network of millions."""
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    return tuple(tensor.shape), tensor.dtype, flat.view(torch.uint8).numpy().tobytes()
