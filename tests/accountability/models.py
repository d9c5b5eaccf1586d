"""Networks as users write them, in a module that a worker has loaded quickly."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


class Plain(nn.Module):
    """The network of `SMALL`, as a user writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(64, 16), nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x.flatten(1)).relu())


class Normed(nn.Module):
    """Batch norms count what they see."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm = nn.Linear(64, 16), nn.BatchNorm1d(16)
        self.second = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.norm(self.first(x.flatten(1))).relu())


class Dropping(Plain):
    """Draws random numbers while it is trained."""

    def forward(self, x: Tensor) -> Tensor:
        return self.second(
            nn.functional.dropout(self.first(x.flatten(1)).relu(), 0.2, self.training)
        )


class Frozen(Plain):
    """One layer is not trained, and not shifted."""

    def __init__(self) -> None:
        super().__init__()
        self.first.requires_grad_(False)


class Floats:
    """Not a module, where it is called."""

    def __new__(cls) -> Any:
        return 3.0


class Narrow(nn.Module):
    """Takes three numbers, which the digits are not; seen only when it is trained."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)
