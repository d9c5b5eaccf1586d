"""`Mutants`: slightly changed networks that are still about as right, kept as numbers of draws."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import torch
from torch import Tensor, nn

from xaiwidgets.checks import is_whole
from xaiwidgets.errors import DataError, InputError, ModelError
from xaiwidgets.files import read, write
from xaiwidgets.optimize import PreparedNetwork, deep_copy
from xaiwidgets.reliability._mutation_operators import Change, changes, draw, mutate
from xaiwidgets.reliability._replay import Replay
from xaiwidgets.reliability._units import layers_of

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_KIND = "mutants"


@dataclass(frozen=True)
class Mutants:
    """Mutants of one network: not copies of it, but the numbers they are drawn with.

    Attributes
    ----------
    operator : str
        "NAI", "GF", "WS" or "NS".
    rate : float
        The share of the units (filters of convolutions, rows of linear layers) that is changed.
    units : int
        How many that is.
    seed : int
    numbers : tuple of int
        A mutant follows from the seed and its number; numbers that are missing were rejected.
    accuracies : tuple of float
        Of each mutant, on the validation images.
    accuracy : float
        The network's own.
    keep : float
        A mutant has at least this share of it.
    draws : int
        How many were drawn.
    shape : tuple of int
        Of the network's input.
    weights_hash : int
        Tells whether weights are those of the network the mutants are of.
    """

    operator: str
    rate: float
    units: int
    seed: int
    numbers: tuple[int, ...]
    accuracies: tuple[float, ...]
    accuracy: float
    keep: float
    draws: int
    shape: tuple[int, ...]
    weights_hash: int

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, which: slice) -> Mutants:
        """Return the first of the mutants, or others, as ``mutants[:5]``."""
        if not isinstance(which, slice):
            raise InputError(f"for one mutant write mutants[{which}:{which} + 1], or network()")
        numbers = self.numbers[which]
        share = len(numbers) / max(1, len(self.numbers))
        draws = round(share * self.draws)  # as many of them rejected as of all
        return replace(self, numbers=numbers, accuracies=self.accuracies[which], draws=draws)

    def __repr__(self) -> str:
        units = "unit" if self.units == 1 else "units"
        return (
            f"Mutants({len(self)} of {self.operator}, {self.units} {units}, "
            f"{self.rejection_rate:.0%} rejected)"
        )

    @property
    def rejection_rate(self) -> float:
        """The share of the mutants drawn that was not right often enough."""
        return 1 - len(self.numbers) / max(1, self.draws)

    def network(self, model: Network, which: int) -> nn.Module:
        """Return one mutant as a network of its own: a changed copy of the model's."""
        if not is_whole(which, -len(self)) or which >= len(self):
            raise InputError(f"which is {which!r}; use a number from 0 to {len(self) - 1}")
        model.weights(anew=True)
        layers = MutableNetwork.of_mutants(model, self).layers
        # Batch norms stay separate, so that the mutant has the architecture of the network.
        # A copy of its own: what the user does to the mutant stays with the mutant.
        net = deep_copy(model.copies.private().net)
        draws = draw(self.operator, layers, self.units, (self.seed, self.numbers[which]))
        mutate(net, self.operator, layers, draws)
        return net

    def save(self, path: str | Path) -> Path:
        """Write the numbers that the mutants are drawn with, and return the path."""
        return write(path, _KIND, {}, self.to_dict())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; DataError if it is something else."""
        _, about = read(path, _KIND)
        return cls.from_dict(about)

    def to_dict(self) -> dict[str, Any]:
        """Return all that is known, ready for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """Return what `to_dict` was made from; DataError if it is something else."""
        values: dict[str, Any]
        # JSON has no tuples.
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
        if set(values) != {field.name for field in fields(cls)}:
            raise DataError(f"mutants cannot be made of {', '.join(values)}; save them anew")
        return cls(**values)


class MutableNetwork:
    """A network ready to answer as its mutants do."""

    def __init__(self, network: PreparedNetwork, image: Tensor) -> None:
        if not network.private:
            raise ModelError(
                "this network cannot be copied (copy.deepcopy fails, or a method is set on the "
                "object), so its weights cannot be changed safely; make it copyable"
            )
        self.layers = layers_of(network, image)
        if not self.layers:
            raise InputError(
                "this network calls no convolution or linear layer whose weights can be set, so "
                "there is nothing to mutate"
            )
        self.replay = Replay(network, self.layers, image)
        self.device = network.device

    @classmethod
    def of(cls, model: Network, image: Tensor) -> MutableNetwork:
        """Return that of a model for images like this one (1, ...), made once for its weights."""
        key = tuple(image.shape)
        return model.derived(
            "mutable network", key, lambda: cls(model.copies.private(image), image)
        )

    @classmethod
    def of_mutants(cls, model: Network, mutants: Mutants) -> MutableNetwork:
        """Return that of some mutants, or say that they are of another network."""
        check_weights(model, mutants)
        return cls.of(model, torch.zeros(1, *mutants.shape, device="cpu"))

    def changes(self, operator: str, units: int, seed: tuple[int, ...]) -> list[Change]:
        """Return what one mutant changes."""
        return changes(operator, self.layers, draw(operator, self.layers, units, seed))

    def all_changes(self, mutants: Mutants) -> list[list[Change]]:
        """Return what each mutant changes."""
        return [
            self.changes(mutants.operator, mutants.units, (mutants.seed, number))
            for number in mutants.numbers
        ]


def check_mutants(mutants: object) -> Mutants:
    """Return mutants, at least one, or say what else was given."""
    if not isinstance(mutants, Mutants) or len(mutants) == 0:
        raise InputError("mutants must be what reliability.mutants made, at least one")
    return mutants


def check_weights(model: Network, mutants: Mutants) -> None:
    """Raise InputError if mutants are of another network."""
    if model.weights() != mutants.weights_hash:
        raise InputError(
            "these mutants are of another network, or of this one with other weights; make them "
            "anew with reliability.mutants"
        )
