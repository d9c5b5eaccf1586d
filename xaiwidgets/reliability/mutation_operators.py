"""The four operators: what each changes, in a few rows of some layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaiwidgets.errors import InputError
from xaiwidgets.reliability.units import Layer

OPERATORS = {
    "NAI": "neuron activation inverse: what comes out of a unit is negated",
    "GF": "Gaussian fuzzing: noise with the deviation of the layer's weights is added to a unit's",
    "WS": "weight shuffling: the weights of a unit change places",
    "NS": "neuron switch: units of a layer change places",
}
"""By name, what an operator does to a unit."""


@dataclass(frozen=True)
class Draw:
    """What a mutant changes in one layer; from it follow the new weights.

    Attributes
    ----------
    layer : int
        Its place among the layers.
    rows : (r,) ints
        The units.
    order : (r, entries) ints, or (r,)
        For "WS", from where each weight is taken; for "NS", from which row each row.
    noise : (r, entries) floats
        For "GF".
    """

    layer: int
    rows: NDArray[np.int64]
    order: NDArray[np.int64] | None = None
    noise: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Change:
    """The new weights and biases of some rows of a layer, with the batch norm's scale in them."""

    layer: int
    rows: Tensor
    weight: Tensor
    bias: Tensor | None


def eligible(operator: str, layers: Sequence[Layer]) -> list[int]:
    """Return the places of the layers on which an operator can act; InputError if there are none.

    Shuffling needs two weights in a row, switching two rows, noise a deviation above 0.
    """
    if operator not in OPERATORS:
        raise InputError(f"operator is {operator!r}; use {', '.join(map(repr, OPERATORS))}")
    found = [at for at, layer in enumerate(layers) if _acts(operator, layer)]
    if not found:
        raise InputError(
            f"operator {operator!r} changes nothing in this network ({OPERATORS[operator]}); use "
            "another operator"
        )
    return found


def _acts(operator: str, layer: Layer) -> bool:
    if operator == "GF":
        return layer.deviation > 0
    return operator == "NAI" or (layer.entries if operator == "WS" else layer.rows) > 1


def units_in(operator: str, layers: Sequence[Layer]) -> int:
    """Return how many units an operator can change."""
    return sum(layers[at].rows for at in eligible(operator, layers))


def draw(operator: str, layers: Sequence[Layer], count: int, seed: tuple[int, ...]) -> list[Draw]:
    """Return what one mutant changes in `count` units: always the same for the same seed."""
    random = np.random.default_rng(seed)
    places = eligible(operator, layers)
    begins = np.cumsum([0, *(layers[at].rows for at in places)])
    least = 2 if operator == "NS" else 1
    chosen = np.sort(random.choice(begins[-1], max(least, count), replace=False))
    found = []
    for place, begin, end in zip(places, begins[:-1], begins[1:], strict=True):
        rows = chosen[(chosen >= begin) & (chosen < end)] - begin
        if len(rows):
            found.append(_drawn(operator, place, layers[place], rows, random))
    return found


def _drawn(
    operator: str, place: int, layer: Layer, rows: NDArray[np.int64], random: np.random.Generator
) -> Draw:
    if operator == "GF":
        noise = random.standard_normal((len(rows), layer.entries)) * layer.deviation
        return Draw(place, rows, noise=noise)
    if operator == "WS":
        return Draw(place, rows, np.stack([_shuffle(layer.entries, random) for _ in rows]))
    if operator == "NS":
        if len(rows) == 1:  # it takes two to switch
            other = random.choice(np.setdiff1d(np.arange(layer.rows), rows))
            rows = np.append(rows, other)
        rows = random.permutation(rows)
        return Draw(place, rows, np.roll(rows, 1))  # nobody keeps its place
    return Draw(place, rows)


def _shuffle(count: int, random: np.random.Generator) -> NDArray[np.int64]:
    while True:
        order = random.permutation(count)
        if (order != np.arange(count)).any():
            return order


def changes(operator: str, layers: Sequence[Layer], draws: Sequence[Draw]) -> list[Change]:
    """Return the new rows of layers that have their batch norms merged into them."""
    return [_change(operator, layers[one.layer], one) for one in draws]


def _change(operator: str, layer: Layer, one: Draw) -> Change:
    rows = torch.from_numpy(one.rows).to(layer.weight.device)
    weight = layer.weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if operator == "NAI":
        weight, bias = -weight, None if bias is None else -bias
    elif one.noise is not None:
        weight = weight + layer.scale[rows, None] * torch.from_numpy(one.noise).to(weight)
    elif one.order is not None and operator == "WS":
        weight = weight.gather(1, torch.from_numpy(one.order).to(rows))
    elif one.order is not None:
        source = torch.from_numpy(one.order).to(rows)
        weight = layer.weight[source]
        bias = None if layer.bias is None else layer.bias[source]
    return Change(one.layer, rows, weight, bias)


@torch.no_grad()
def mutate(net: nn.Module, operator: str, layers: Sequence[Layer], draws: Sequence[Draw]) -> None:
    """Change a network itself, whose batch norms are separate; it must be a copy."""
    for one in draws:
        layer = layers[one.layer]
        module = net.get_submodule(layer.name)
        norm = None if layer.norm is None else net.get_submodule(layer.norm)
        rows = torch.from_numpy(one.rows).to(layer.weight.device)
        weight = module.get_parameter("weight")
        if operator == "NAI":
            for tensor in _signs(module, norm):
                tensor[rows] = -tensor[rows]
        elif one.noise is not None:
            weight[rows] += torch.from_numpy(one.noise).to(weight).reshape(weight[rows].shape)
        elif one.order is not None and operator == "WS":
            shuffled = weight[rows].flatten(1).gather(1, torch.from_numpy(one.order).to(rows))
            weight[rows] = shuffled.reshape(weight[rows].shape)
        elif one.order is not None:
            source = torch.from_numpy(one.order).to(rows)
            for tensor in _rows(module, norm):
                tensor[rows] = tensor[source]


def _signs(module: nn.Module, norm: nn.Module | None) -> list[Tensor]:
    """Return what must change its sign, so that what comes out of the pair does."""
    if isinstance(norm, _BatchNorm) and norm.weight is not None:
        return [norm.weight, norm.bias]
    own = [module.get_parameter("weight"), module._parameters.get("bias")]
    mean = norm.running_mean if isinstance(norm, _BatchNorm) else None
    return [tensor for tensor in (*own, mean) if tensor is not None]


def _rows(module: nn.Module, norm: nn.Module | None) -> list[Tensor]:
    """Return all that belongs to a unit, row by row."""
    parts: list[Tensor | None]
    parts = [module.get_parameter("weight"), module._parameters.get("bias")]
    if isinstance(norm, _BatchNorm):
        parts += [norm.weight, norm.bias, norm.running_mean, norm.running_var]
    return [part for part in parts if part is not None]
