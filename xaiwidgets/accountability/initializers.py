"""Keras's initialisers, by Keras's names and formulas (ADNN, section 5.1).

Each is called with a shape and a `torch.Generator` and returns float32 on the CPU, so that one
seed gives the same weights everywhere. Kernels have Keras's shape (inputs, outputs).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError

Initializer = Callable[[tuple[int, ...], torch.Generator], Tensor]
"""Draws numbers of a shape."""

CUT = 2.0
"""Standard deviations beyond which a truncated normal draws again."""

CUT_DEVIATION = 0.87962566103423978
"""Standard deviation of the standard normal that is cut there, as Keras writes it."""


@dataclass(frozen=True)
class Constant:
    """The same number everywhere."""

    value: float = 0.0

    def __call__(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw numbers of a shape."""
        return torch.full(shape, float(self.value), dtype=torch.float32, device="cpu")


@dataclass(frozen=True)
class RandomNormal:
    """A normal distribution."""

    mean: float = 0.0
    stddev: float = 0.05

    def __call__(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw numbers of a shape."""
        drawn = torch.randn(shape, generator=generator, dtype=torch.float32, device="cpu")
        return drawn.mul_(self.stddev).add_(self.mean)


@dataclass(frozen=True)
class RandomUniform:
    """A uniform distribution."""

    minval: float = -0.05
    maxval: float = 0.05

    def __call__(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw numbers of a shape."""
        drawn = torch.rand(shape, generator=generator, dtype=torch.float32, device="cpu")
        return drawn.mul_(self.maxval - self.minval).add_(self.minval)


@dataclass(frozen=True)
class TruncatedNormal:
    """A normal distribution; what is more than two standard deviations away is drawn again.

    Drawn through the inverse of its distribution function, which is the same, in one go.
    """

    mean: float = 0.0
    stddev: float = 0.05

    def __call__(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw numbers of a shape."""
        drawn = torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu")
        inside = math.erf(CUT / math.sqrt(2))
        drawn.mul_(2).sub_(1).mul_(inside).erfinv_().mul_(math.sqrt(2)).clamp_(-CUT, CUT)
        return drawn.mul_(self.stddev).add_(self.mean).float()


@dataclass(frozen=True)
class VarianceScaling:
    """A variance of `scale` divided by the number of inputs, or of inputs and outputs.

    Attributes
    ----------
    scale : float
    mode : str
        "fan_in", "fan_out" or "fan_avg".
    distribution : str
        "truncated_normal", whose deviation is corrected for the cut, or "uniform".
    """

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "truncated_normal"

    def __call__(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw numbers of a shape."""
        inputs, outputs = fans(shape)
        fan = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return RandomUniform(-limit, limit)(shape, generator)
        return TruncatedNormal(0.0, math.sqrt(variance) / CUT_DEVIATION)(shape, generator)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the numbers of inputs and outputs that Keras counts for a shape.

    Examples
    --------
    >>> fans((784, 256)), fans((10,))
    ((784, 256), (10, 10))
    """
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


NAMES: dict[str, Initializer] = {
    "zeros": Constant(0.0),
    "ones": Constant(1.0),
    "constant": Constant(),
    "random_normal": RandomNormal(),
    "random_uniform": RandomUniform(),
    "truncated_normal": TruncatedNormal(),
    "lecun_normal": VarianceScaling(1.0, "fan_in"),
    "lecun_uniform": VarianceScaling(1.0, "fan_in", "uniform"),
    "glorot_normal": VarianceScaling(1.0, "fan_avg"),
    "glorot_uniform": VarianceScaling(1.0, "fan_avg", "uniform"),
    "he_normal": VarianceScaling(2.0, "fan_in"),
    "he_uniform": VarianceScaling(2.0, "fan_in", "uniform"),
}
"""Keras's names, with Keras's defaults."""


def get(given: str | Initializer) -> Initializer:
    """Return the initialiser of a name; one that is given is returned as it is.

    Examples
    --------
    >>> get("he_uniform")
    VarianceScaling(scale=2.0, mode='fan_in', distribution='uniform')
    >>> draw = torch.Generator().manual_seed(0)
    >>> tuple(get(RandomNormal(stddev=0.1))((784, 256), draw).shape)
    (784, 256)
    """
    if isinstance(given, str):
        if given not in NAMES:
            raise InputError(
                f"no initializer is named {given!r}{nearest(given, list(NAMES))}; "
                f"use one of {', '.join(NAMES)}"
            )
        return NAMES[given]
    if not callable(given):
        raise InputError(f"initializer is {given!r}; use a name, such as 'glorot_uniform'")
    return given


def drawn(initializer: Initializer, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Return what an initialiser draws, or say what is wrong with it."""
    weights = initializer(shape, generator)
    if not isinstance(weights, Tensor) or tuple(weights.shape) != shape:
        raise InputError(f"the initializer {initializer!r} must return a tensor of shape {shape}")
    return weights.detach().to("cpu", torch.float32)
