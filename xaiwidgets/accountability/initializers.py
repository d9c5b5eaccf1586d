"""Keras's initialisers, by Keras's names and formulas (ADNN, section 5.1).

Each is called with a shape and a `torch.Generator` and returns float32 on the CPU, so that one
seed gives the same weights everywhere. Kernels have Keras's shape (inputs, outputs).

Examples
--------
>>> generator = torch.Generator().manual_seed(0)
>>> RandomUniform(-1, 1)((2, 3), generator).shape
torch.Size([2, 3])
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

TRUNCATION = 2.0
"""Standard deviations at which Keras truncates a normal distribution."""

TRUNCATED_STDDEV = 0.87962566103423978
"""Standard deviation of the standard normal distribution truncated there, as Keras writes it."""


_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("truncated_normal", "uniform")


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
        numbers = torch.randn(shape, generator=generator, dtype=torch.float32, device="cpu")
        return numbers.mul_(self.stddev).add_(self.mean)


@dataclass(frozen=True)
class RandomUniform:
    """A uniform distribution."""

    minval: float = -0.05
    maxval: float = 0.05

    def __call__(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw numbers of a shape."""
        numbers = torch.rand(shape, generator=generator, dtype=torch.float32, device="cpu")
        return numbers.mul_(self.maxval - self.minval).add_(self.minval)


@dataclass(frozen=True)
class TruncatedNormal:
    """A normal distribution without what is more than two standard deviations away."""

    mean: float = 0.0
    stddev: float = 0.05

    def __call__(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw numbers of a shape."""
        numbers = torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu")
        # Keras draws again until all are inside. The inverse of the distribution function gives
        # the same distribution at once: x = sqrt(2) erfinv(u P), u in -1 .. 1, P = P(|x| < 2).
        inside = math.erf(TRUNCATION / math.sqrt(2))
        numbers.mul_(2).sub_(1).mul_(inside).erfinv_().mul_(math.sqrt(2))
        numbers.clamp_(-TRUNCATION, TRUNCATION)  # rounding may leave the last bit outside
        return numbers.mul_(self.stddev).add_(self.mean).float()


@dataclass(frozen=True)
class VarianceScaling:
    """A variance of `scale` divided by the number of inputs, or of inputs and outputs.

    Attributes
    ----------
    scale : float
    mode : str
        "fan_in", "fan_out" or "fan_avg".
    distribution : str
        "truncated_normal", whose deviation is corrected for the truncation, or "uniform".
    """

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "truncated_normal"

    def __post_init__(self) -> None:
        if self.mode not in _MODES or self.distribution not in _DISTRIBUTIONS:
            raise InputError(
                f"mode is {self.mode!r} and distribution {self.distribution!r}; use one of "
                f"{', '.join(_MODES)}, and one of {', '.join(_DISTRIBUTIONS)}"
            )

    def __call__(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw numbers of a shape."""
        inputs, outputs = fans(shape)
        fan = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)  # uniform in -l .. l has the variance l^2 / 3
            return RandomUniform(-limit, limit)(shape, generator)
        # Truncation takes away from the spread: Keras draws wider, so that the variance is as
        # asked.
        return TruncatedNormal(0.0, math.sqrt(variance) / TRUNCATED_STDDEV)(shape, generator)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the numbers of inputs and outputs that Keras counts for a shape.

    Examples
    --------
    >>> fans((784, 256)), fans((10,))
    ((784, 256), (10, 10))
    """
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])  # of a convolution: how many pixels its kernel sees
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
"""Initialisers by Keras's names, with Keras's defaults."""


def get(initializer: str | Initializer) -> Initializer:
    """Return the initialiser of a name; anything else that can be called is returned as it is.

    Raises
    ------
    InputError
        If there is no such name, or it cannot be called.

    Examples
    --------
    >>> get("he_uniform")
    VarianceScaling(scale=2.0, mode='fan_in', distribution='uniform')
    >>> draw = torch.Generator().manual_seed(0)
    >>> tuple(get(RandomNormal(stddev=0.1))((784, 256), draw).shape)
    (784, 256)
    """
    if isinstance(initializer, str):
        if initializer not in NAMES:
            raise InputError(
                f"no initializer is named {initializer!r}{nearest(initializer, list(NAMES))}; "
                f"use one of {', '.join(NAMES)}"
            )
        return NAMES[initializer]
    if not callable(initializer):
        raise InputError(f"initializer is {initializer!r}; use a name, such as 'glorot_uniform'")
    return initializer


def draw_weights(
    initializer: Initializer, shape: tuple[int, ...], generator: torch.Generator
) -> Tensor:
    """Return what an initialiser draws: float32 of that shape, on the CPU.

    Raises
    ------
    InputError
        If a user's own initialiser returns something else.
    """
    weights = initializer(shape, generator)
    if not isinstance(weights, Tensor) or tuple(weights.shape) != shape:
        raise InputError(f"the initializer {initializer!r} must return a tensor of shape {shape}")
    return weights.detach().to("cpu", torch.float32)
