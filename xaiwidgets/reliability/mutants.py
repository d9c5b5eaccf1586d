"""`Mutants`: slightly changed networks that are still about as right, kept as numbers of draws."""

from __future__ import annotations

import copy
import json
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from xaiwidgets.errors import DataError, InputError, ModelError
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability.mutation import Change, changes, draw, mutate
from xaiwidgets.reliability.replay import Replay
from xaiwidgets.reliability.units import checksum, layers_of

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_KIND = "xaiwidgets mutants"


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
    tried : int
        How many were drawn.
    shape : tuple of int
        Of the network's input.
    network_sum : int
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
    tried: int
    shape: tuple[int, ...]
    network_sum: int

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, which: slice) -> Mutants:
        """Return the first of the mutants, or others, as ``mutants[:5]``."""
        if not isinstance(which, slice):
            raise InputError(f"for one mutant write mutants[{which}:{which} + 1], or network()")
        numbers = self.numbers[which]
        share = len(numbers) / max(1, len(self.numbers))
        tried = round(share * self.tried)  # as many of them rejected as of all
        return replace(self, numbers=numbers, accuracies=self.accuracies[which], tried=tried)

    def __repr__(self) -> str:
        units = "unit" if self.units == 1 else "units"
        return (
            f"Mutants({len(self)} of {self.operator}, {self.units} {units}, "
            f"{self.rejection_rate:.0%} rejected)"
        )

    @property
    def rejection_rate(self) -> float:
        """The share of the mutants drawn that was not right often enough."""
        return 1 - len(self.numbers) / max(1, self.tried)

    def network(self, model: Network, which: int) -> nn.Module:
        """Return one mutant as a network of its own: a changed copy of the model's."""
        own = copy.deepcopy(model.private().net)
        layers = Stable.mutated(model, self).layers
        drawn = draw(self.operator, layers, self.units, (self.seed, self.numbers[which]))
        mutate(own, self.operator, layers, drawn)
        return own

    def save(self, path: str | Path) -> Path:
        """Write the mutants as JSON, and return the path."""
        return written(Path(path), json.dumps({"kind": _KIND, **self.to_dict()}).encode())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; DataError if it is something else."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            if not isinstance(content, dict) or content.pop("kind", None) != _KIND:
                raise ValueError("it holds no mutants")
            return cls.from_dict(content)
        except (OSError, ValueError, TypeError) as error:
            raise DataError(f"{path} cannot be read as mutants: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """Return all that is known, ready for JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """Return what `to_dict` was made from."""
        lists: dict[str, Any]
        lists = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
        return cls(**lists)


class Stable:
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
        self.network_sum = checksum(self.layers)
        self.replay = Replay(network, self.layers, image)

    @classmethod
    def of(cls, model: Network, image: Tensor) -> Stable:
        """Return that of a model for images like this one (1, ...); made once."""
        network = model.private()
        made = _STABLES.setdefault(network.net, {})
        key = tuple(image.shape)
        if key not in made:
            made[key] = cls(network, image)
        return made[key]

    @classmethod
    def mutated(cls, model: Network, mutants: Mutants) -> Stable:
        """Return that of some mutants, or say that they are of another network."""
        made = cls.of(model, torch.zeros(1, *mutants.shape))
        if made.network_sum != mutants.network_sum:
            raise InputError(
                "these mutants are of another network, or of this one with other weights; make "
                "them anew with reliability.mutants"
            )
        return made

    def changes(self, operator: str, units: int, seed: tuple[int, ...]) -> list[Change]:
        """Return what one mutant changes."""
        return changes(operator, self.layers, draw(operator, self.layers, units, seed))

    def all_changes(self, mutants: Mutants) -> list[list[Change]]:
        """Return what each mutant changes."""
        return [
            self.changes(mutants.operator, mutants.units, (mutants.seed, number))
            for number in mutants.numbers
        ]


# The replay's network is a copy of the key's, so that nothing here keeps a key alive.
_STABLES: WeakKeyDictionary[nn.Module, dict[object, Stable]] = WeakKeyDictionary()


def written(path: Path, content: bytes) -> Path:
    """Write a file beside and rename it: nobody ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    beside.write_bytes(content)
    return beside.replace(path)


def check_mutants(mutants: object) -> Mutants:
    """Return mutants, at least one, or say what else was given."""
    if not isinstance(mutants, Mutants) or len(mutants) == 0:
        raise InputError("mutants must be what reliability.mutants made, at least one")
    return mutants
