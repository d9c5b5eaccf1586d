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
from xaiwidgets.reliability._units import MutableLayer

# Those of DeepMutation (Ma et al. 2018) that Wang et al. use, and the paper after them.
MUTATION_OPERATORS = {
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
    """The new values of some rows of a layer, with the batch norm's scale in them.

    Attributes
    ----------
    layer : int
        Its place among the layers.
    rows : Tensor (r,)
    values : tuple of (str, str, Tensor (r, ...))
        By module and parameter.
    """

    layer: int
    rows: Tensor
    values: tuple[tuple[str, str, Tensor], ...]


def check_operator(operator: str) -> str:
    """Return the name of an operator, or say which there are."""
    if operator not in MUTATION_OPERATORS:
        raise InputError(
            f"operator is {operator!r}; use {', '.join(map(repr, MUTATION_OPERATORS))}"
        )
    return operator


def eligible_layers(operator: str, layers: Sequence[MutableLayer]) -> list[int]:
    """Return the places of the layers on which an operator can act; InputError if there are none.

    Shuffling needs two weights in a row, switching two rows, noise a deviation above 0.
    """
    places = [at for at, layer in enumerate(layers) if _acts(operator, layer)]
    if not places:
        raise InputError(
            f"operator {operator!r} changes nothing in this network "
            f"({MUTATION_OPERATORS[operator]}); use another operator"
        )
    return places


def _acts(operator: str, layer: MutableLayer) -> bool:
    if operator == "GF":
        return layer.deviation > 0
    return operator == "NAI" or (layer.entries if operator == "WS" else layer.rows) > 1


def units_in(operator: str, layers: Sequence[MutableLayer]) -> int:
    """Return how many units an operator can change."""
    return sum(layers[at].rows for at in eligible_layers(operator, layers))


def draw(
    operator: str, layers: Sequence[MutableLayer], count: int, seed: tuple[int, ...]
) -> list[Draw]:
    """Return what one mutant changes in `count` units: always the same for the same seed."""
    # What is drawn, and in which order, is part of what `Mutants.save` means by a number: a change
    # here makes other mutants of every file.
    random = np.random.default_rng(seed)
    places = eligible_layers(operator, layers)
    begins = np.cumsum([0, *(layers[at].rows for at in places)])
    least = 2 if operator == "NS" else 1
    # Units are numbered through all layers, so that each is as likely as any other.
    chosen = np.sort(random.choice(begins[-1], max(least, count), replace=False))
    draws = []
    for place, begin, end in zip(places, begins[:-1], begins[1:], strict=True):
        rows = chosen[(chosen >= begin) & (chosen < end)] - begin
        if len(rows):
            draws.append(_draw_in_layer(operator, place, layers[place], rows, random))
    return draws


def _draw_in_layer(
    operator: str,
    place: int,
    layer: MutableLayer,
    rows: NDArray[np.int64],
    random: np.random.Generator,
) -> Draw:
    if operator == "GF":
        # The deviation of the whole layer, not of the unit, as DeepMutation has it.
        noise = random.standard_normal((len(rows), layer.entries)) * layer.deviation
        return Draw(place, rows, noise=noise)
    if operator == "WS":
        return Draw(place, rows, np.stack([_shuffle(layer.entries, random) for _ in rows]))
    if operator == "NS":
        if len(rows) == 1:  # it takes two to switch
            other = random.choice(np.setdiff1d(np.arange(layer.rows), rows))
            rows = np.append(rows, other)
        rows = random.permutation(rows)
        return Draw(place, rows, np.roll(rows, 1))  # a cycle, in which no row keeps its place
    return Draw(place, rows)


def _shuffle(count: int, random: np.random.Generator) -> NDArray[np.int64]:
    while True:
        # Weights that all keep their places would be a mutant that is none.
        order = random.permutation(count)
        if (order != np.arange(count)).any():
            return order


def changes(operator: str, layers: Sequence[MutableLayer], draws: Sequence[Draw]) -> list[Change]:
    """Return the new rows of layers that have their batch norms merged into them."""
    return [_change(operator, layers[each.layer], each) for each in draws]


def _change(operator: str, layer: MutableLayer, draw: Draw) -> Change:
    rows = torch.from_numpy(draw.rows).to(layer.weight.device)
    weight = layer.weight[rows]
    biases = layer.biases
    if operator == "NAI":
        # What comes out is negated before the activation function, as DeepMutation has it.
        weight, biases = -weight, tuple((name, -bias) for name, bias in biases)
    elif draw.noise is not None:
        # The noise is of the layer's own weights: merged ones are the batch norm's scale larger.
        weight = weight + layer.scale[rows, None] * torch.from_numpy(draw.noise).to(weight)
        biases = ()
    elif draw.order is not None and operator == "WS":
        # The batch norm's scale is one number a row, which shuffling the row leaves alone.
        weight, biases = weight.gather(1, torch.from_numpy(draw.order).to(rows)), ()
    source = rows
    if draw.order is not None and operator == "NS":
        source = torch.from_numpy(draw.order).to(rows)
        weight = layer.weight[source]
    changed = ((name, "bias", bias[source]) for name, bias in biases)
    return Change(draw.layer, rows, ((layer.name, "weight", weight), *changed))


@torch.no_grad()
def mutate(
    net: nn.Module, operator: str, layers: Sequence[MutableLayer], draws: Sequence[Draw]
) -> None:
    """Change a network itself, whose batch norms are separate; it must be a copy."""
    for each in draws:
        layer = layers[each.layer]
        norm = None if layer.norm is None else net.get_submodule(layer.norm)
        rows = torch.from_numpy(each.rows).to(layer.weight.device)
        weight = net.get_submodule(layer.name).get_parameter("weight")
        held = [net.get_submodule(name)._parameters.get("bias") for name, _ in layer.biases]
        parameters: list[Tensor] = [weight, *(bias for bias in held if bias is not None)]
        if operator == "NAI":
            for tensor in _signs(parameters, norm):
                tensor[rows] = -tensor[rows]
        elif each.noise is not None:
            weight[rows] += torch.from_numpy(each.noise).to(weight).reshape(weight[rows].shape)
        elif each.order is not None and operator == "WS":
            shuffled = weight[rows].flatten(1).gather(1, torch.from_numpy(each.order).to(rows))
            weight[rows] = shuffled.reshape(weight[rows].shape)
        elif each.order is not None:
            source = torch.from_numpy(each.order).to(rows)
            for tensor in _rows(parameters, norm):
                tensor[rows] = tensor[source]


def _signs(parameters: list[Tensor], norm: nn.Module | None) -> list[Tensor]:
    """Return what must change its sign, so that what comes out of the pair does."""
    if isinstance(norm, _BatchNorm) and norm.weight is not None:
        # weight * standardised + bias: to negate both negates it, whatever is standardised.
        return [tensor for tensor in (norm.weight, norm.bias) if tensor is not None]
    if isinstance(norm, _BatchNorm) and norm.running_mean is not None:
        # Without weight and bias: (-y - (-mean)) / deviation = -(y - mean) / deviation.
        return [*parameters, norm.running_mean]
    return parameters


def _rows(parameters: list[Tensor], norm: nn.Module | None) -> list[Tensor]:
    """Return all that belongs to a unit, row by row."""
    if not isinstance(norm, _BatchNorm):
        return parameters
    parts = [norm.weight, norm.bias, norm.running_mean, norm.running_var]
    return [*parameters, *(part for part in parts if part is not None)]
