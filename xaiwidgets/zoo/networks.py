"""The architectures of the networks that we train ourselves.

Each module is called once in a forward pass and has a name to read, so that people can select it.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention


class ConvNet(nn.Module):
    """Two convolutions and two linear layers after LeNet, for pictures (B, 1, 28, 28).

    No batch norm and no shortcut: what a layer sees is what the layer before it says.
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 5, padding=2)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(16, 32, 5, padding=2)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(32 * 7 * 7, 64)
        self.relu3 = nn.ReLU()
        self.fc2 = nn.Linear(64, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (B, classes)."""
        x = self.pool1(self.relu1(self.conv1(x)))
        x = self.pool2(self.relu2(self.conv2(x)))
        return cast(Tensor, self.fc2(self.relu3(self.fc1(x.flatten(1)))))


class Residual(nn.Module):
    """Two convolutions with batch norm, added to their input or to a projection of it."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        # Batch norm subtracts the mean, so that a bias before it would have no effect.
        self.conv1 = nn.Conv2d(before, after, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)
        same = before == after and stride == 1
        self.shortcut = nn.Identity() if same else nn.Conv2d(before, after, 1, stride)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return the next feature maps, of the same size or `stride` times smaller."""
        change = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        return cast(Tensor, self.relu2(change + self.shortcut(x)))


class ResNet(nn.Module):
    """A small residual network with a global average pool, for grey pictures (B, 1, H, W).

    Its feature maps of a picture of 28 x 28 are 14 x 14, then 7 x 7, then 4 x 4.
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Sequential()
        self.stem.conv = nn.Conv2d(1, 24, 3, stride=2, padding=1, bias=False)
        self.stem.norm = nn.BatchNorm2d(24)
        self.stem.relu = nn.ReLU()
        self.stage1 = Residual(24, 24)
        self.stage2 = Residual(24, 48, stride=2)
        self.stage3 = Residual(48, 64, stride=2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(64, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (B, classes)."""
        x = self.stage3(self.stage2(self.stage1(self.stem(x))))
        return cast(Tensor, self.head(self.pool(x).flatten(1)))


class ResNet20(nn.Module):
    """He et al. (2016), section 4.2, with n = 3, for colour pictures (B, 3, 32, 32).

    Its feature maps are 32 x 32, 16 x 16, then 8 x 8; where their number changes, the shortcut is
    a projection. `scripts/train_resnet20.py` trains it.
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Sequential()
        self.stem.conv = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.stem.norm = nn.BatchNorm2d(16)
        self.stem.relu = nn.ReLU()
        self.stage1 = nn.Sequential(*(Residual(16, 16) for _ in range(3)))
        self.stage2 = nn.Sequential(Residual(16, 32, 2), Residual(32, 32), Residual(32, 32))
        self.stage3 = nn.Sequential(Residual(32, 64, 2), Residual(64, 64), Residual(64, 64))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(64, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (B, classes)."""
        x = self.stage3(self.stage2(self.stage1(self.stem(x))))
        return cast(Tensor, self.head(self.pool(x).flatten(1)))


class Attention(nn.Module):
    """Every token attends to all, in several ways at once (Vaswani et al. 2017)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.into = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return tokens (B, T, width), each a mixture of all."""
        # (B, T, 3 width) to (3, B, heads, T, width / heads).
        qkv = self.into(tokens).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
        return cast(Tensor, self.out(mixed.transpose(1, 2).flatten(2)))


class TransformerBlock(nn.Module):
    """Attention, then each token by itself, both added to what came in."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return as many tokens."""
        # Norms inside the branches ("pre-norm"), so that what skips them reaches the head
        # unchanged.
        tokens = tokens + self.attention(self.norm1(tokens))
        return cast(Tensor, tokens + self.mlp(self.norm2(tokens)))


class ViT(nn.Module):
    """A small vision transformer (Dosovitskiy et al. 2021) for pictures (B, 1, 28, 28).

    Its 7 x 7 patches and a class token, from which the answer is read, pass two blocks of four
    heads.
    """

    def __init__(self, classes: int = 10, width: int = 48, depth: int = 2, heads: int = 4) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, width, 4, stride=4)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        # The 49 patches and the class token.
        self.places = nn.Parameter(0.02 * torch.randn(1, 50, width))
        self.blocks = nn.Sequential(*(TransformerBlock(width, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (B, classes)."""
        # (B, width, 7, 7) to (B, 49, width).
        patches = self.patches(x).flatten(2).transpose(1, 2)
        # The class token first: it is where the answer is read, and what rollout looks from.
        tokens = torch.cat([self.token.expand(len(x), -1, -1), patches], 1) + self.places
        return cast(Tensor, self.head(self.norm(self.blocks(tokens))[:, 0]))
