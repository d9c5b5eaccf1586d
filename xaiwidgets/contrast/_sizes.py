"""Networks of the sizes that the paper's generators have, for larger pictures than ours."""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor, nn

PRESETS = {"paper": {"VAE": 400, "AutoEncoder": 400, "GAN": 100}}
"""The sizes that there are by name, with the latents of each kind (Feghahati 2020, 3.2)."""

# The thesis counts the layers (section 3.2.1: four convolutions of a VAE, five sets of transposed
# ones of a GAN), but not their filters: these double from layer to layer, as is usual.
_FILTERS = (32, 64, 128, 256)


class PaperEncoder(nn.Sequential):
    """Four convolutions that halve the sides, then a linear map: to means and to variances."""

    def __init__(self, shape: tuple[int, int, int], outputs: int) -> None:
        channel, height, width = shape
        layers: list[nn.Module] = []
        for before, after in zip((channel, *_FILTERS), _FILTERS, strict=False):
            layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        size = _FILTERS[-1] * _sixteenth(height) * _sixteenth(width)
        # Sides that are no multiples of 16 are padded, so that each convolution halves them.
        padding = nn.ZeroPad2d(
            (0, 16 * _sixteenth(width) - width, 0, 16 * _sixteenth(height) - height)
        )
        # The thesis has two linear layers, of means and of deviations: side by side they are one.
        super().__init__(padding, *layers, nn.Flatten(), nn.Linear(size, outputs))


class PaperDecoder(nn.Module):
    """A linear map and four transposed convolutions with batch norms (Radford et al. 2016).

    A GAN's has a fifth, which keeps the size.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        latent: int,
        limits: tuple[float, float],
        deeper: bool = False,
    ) -> None:
        super().__init__()
        channel, *self.sides = shape
        self.low, self.high = limits
        filters = _FILTERS[::-1]
        self.small = (filters[0], *(_sixteenth(side) for side in self.sides))
        self.spread = nn.Linear(latent, math.prod(self.small))
        layers: list[nn.Module] = [nn.BatchNorm2d(filters[0]), nn.ReLU()]
        if deeper:
            layers += [nn.ConvTranspose2d(filters[0], filters[0], 3, padding=1)]
            layers += [nn.BatchNorm2d(filters[0]), nn.ReLU()]
        for before, after in itertools.pairwise(filters):
            layers += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)]
            layers += [nn.BatchNorm2d(after), nn.ReLU()]
        layers.append(nn.ConvTranspose2d(filters[-1], channel, 4, stride=2, padding=1))
        self.grow = nn.Sequential(*layers)

    def forward(self, latents: Tensor) -> Tensor:
        """Return pictures (B, C, H, W)."""
        x: Tensor = self.grow(self.spread(latents).reshape(-1, *self.small))
        x = x[..., : self.sides[0], : self.sides[1]]
        return self.low + (self.high - self.low) * torch.sigmoid(x)


def _sixteenth(side: int) -> int:
    return -(-side // 16)
