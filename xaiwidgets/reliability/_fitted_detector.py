"""`FittedDetector`: what an error detector has learnt, as a value that becomes a file and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.errors import DataError
from xaiwidgets.preprocessing import preprocessing_checksum
from xaiwidgets.reliability._arrays import Doubles, Flags, Singles
from xaiwidgets.reliability._combiners import COMBINERS, Combiner, combiner
from xaiwidgets.reliability._mlp import MLP
from xaiwidgets.reliability._scores import (
    CONDUCTANCE,
    ENTROPY,
    LARGEST,
    LCR,
    log_odds,
)

if TYPE_CHECKING:
    from xaiwidgets.network import Network


@dataclass(frozen=True)
class NetworkState:
    """What a detector depends on: the network's weights, and how pictures become its inputs."""

    weights: int
    preprocessing: int

    @classmethod
    def of(cls, model: Network) -> Self:
        """Return the state of a network as it is now."""
        # The preprocessing is a function, which has no weights to compare: what it makes of fixed
        # pictures tells it.
        return cls(model.weights(anew=True), preprocessing_checksum(model.input))


@dataclass(frozen=True, eq=False)
class FittedDetector:
    """What an error detector has learnt.

    Attributes
    ----------
    shape : tuple of int
        Of the network's input.
    state : NetworkState
        Of the network whose predictions were learnt from.
    mlp : MLP
        Looks at conductances.
    combiners : dict of Combiner
        By name; none where there is nothing to combine.
    scores : dict of (B,) float64
        Of the validation images, by detector.
    wrong : (B,) bools
        Which predictions of them are wrong.
    """

    shape: tuple[int, ...]
    state: NetworkState
    mlp: MLP
    combiners: Mapping[str, Combiner]
    scores: Mapping[str, Doubles]
    wrong: Flags

    def to_parts(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Return all of it as tensors, and as what JSON can say."""
        arrays: dict[str, NDArray[Any]] = {"wrong": self.wrong}
        arrays |= {f"scores/{name}": value for name, value in self.scores.items()}
        for name, learner in ((CONDUCTANCE, self.mlp), *self.combiners.items()):
            arrays |= {f"{name}/{key}": value for key, value in learner.arrays().items()}
        tensors = {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in arrays.items()}
        about = {
            "shape": self.shape,
            "weights": self.state.weights,
            "preprocessing": self.state.preprocessing,
            "combiners": list(self.combiners),
            "scores": list(self.scores),
        }
        return tensors, about

    @classmethod
    def from_parts(cls, tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> Self:
        """Return what `to_parts` was made from; DataError if something is missing."""
        parts: dict[str, dict[str, NDArray[Any]]] = {}
        for name, tensor in tensors.items():
            part, _, key = name.partition("/")
            parts.setdefault(part, {})[key] = tensor.numpy()
        try:
            return cls(
                tuple(about["shape"]),
                NetworkState(about["weights"], about["preprocessing"]),
                MLP(()).restore(parts[CONDUCTANCE]),
                {name: combiner(name, 0).restore(parts[name]) for name in about["combiners"]},
                # In the order of then, which a file of tensors does not keep.
                {name: parts["scores"][name] for name in about["scores"]},
                parts["wrong"][""],
            )
        except KeyError as error:
            raise DataError(f"a detector's file has no {error}; save it anew") from error


@dataclass(frozen=True)
class Features:
    """What is combined: conductance, the label change rate, and perhaps the trivial scores."""

    label_change_rate: bool
    trivial: bool

    def __bool__(self) -> bool:
        return self.label_change_rate or self.trivial

    def columns(self, scores: Mapping[str, Doubles]) -> Doubles:
        """Return them for each picture (B, F)."""
        # Combiners know features by their places, so that files depend on this order.
        columns = [scores[CONDUCTANCE]]
        columns += [scores[LCR]] if self.label_change_rate else []
        columns += [log_odds(scores[LARGEST]), scores[ENTROPY]] if self.trivial else []
        return np.stack(columns, 1)


def all_scores(
    mlp: MLP,
    combiners: Mapping[str, Combiner],
    features: Features,
    conductances: Singles,
    rate: Singles | None,
    trivial: Mapping[str, Doubles],
) -> dict[str, Doubles]:
    """Return the scores (B,) of all detectors, the learnt ones first."""
    scores = {CONDUCTANCE: mlp.score(conductances.astype(np.float64))}
    if rate is not None:
        scores[LCR] = rate.astype(np.float64)
    scores |= trivial
    if combiners:
        table = features.columns(scores)
        scores |= {name: combiners[name].score(table) for name in COMBINERS}
    return scores
