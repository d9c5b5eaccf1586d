"""Networks and generators whose boundaries are known by hand."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from xaiwidgets import Classifier


class Toy(nn.Module):
    """Logits (z0, z1, 1.5): the ends of both methods are worked out by hand in `test_explain`."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x[:, 0], x[:, 1], torch.full_like(x[:, 0], 1.5)], 1)


class Circle(nn.Module):
    """Logits (1 - |x|^2, 0): inside or outside of the unit circle."""

    def forward(self, x: Tensor) -> Tensor:
        inside = 1 - x.square().sum(1)
        return torch.stack([inside, torch.zeros_like(inside)], 1)


class Identity:
    """Latents are pictures."""

    def encode(self, images: Tensor) -> Tensor:
        return images

    def decode(self, latents: Tensor) -> Tensor:
        return latents


class Coarse(Identity):
    """Half of each number is lost when it is encoded: the rest is residual."""

    def encode(self, images: Tensor) -> Tensor:
        return images / 2


def toy() -> Classifier:
    return Classifier(Toy(), classes=["a", "b", "c"])


def pictures(count: int = 48, side: int = 8, seed: int = 0) -> Tensor:
    """Soft blobs in one of the four corners (N, 1, side, side)."""
    generator = torch.Generator().manual_seed(seed)
    corner = torch.arange(count) % 4
    grid = torch.arange(side).float()
    centre = torch.stack([corner // 2, corner % 2], 1) * (side - 4) + 1.5
    centre = centre + 0.6 * torch.randn(count, 2, generator=generator)
    down = (grid[None, :, None] - centre[:, 0, None, None]).square()
    right = (grid[None, None, :] - centre[:, 1, None, None]).square()
    return torch.exp(-(down + right) / 4)[:, None].clamp(0, 1)


class Corners(nn.Module):
    """Which corner is brightest? Four classes, with a dropout and a batch norm to disturb."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(1)
        self.drop = nn.Dropout(0.5)
        self.scale = nn.Parameter(torch.tensor(1.0))

    def forward(self, x: Tensor) -> Tensor:
        half = x.shape[-1] // 2
        x = self.drop(self.norm(x))
        parts = [x[..., :half, :half], x[..., :half, half:], x[..., half:, :half],
                 x[..., half:, half:]]  # fmt: skip
        return self.scale * torch.stack([part.sum((1, 2, 3)) for part in parts], 1)
