"""Ways to make one score of several: the four of the paper, each kept as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from xaiwidgets.reliability._arrays import Doubles, Flags
from xaiwidgets.reliability._discriminant import Discriminant
from xaiwidgets.reliability._forest import Forest
from xaiwidgets.reliability._mlp import MLP
from xaiwidgets.work import Steps


class Combiner(Protocol):
    """Learns from features (B, F) which predictions are wrong."""

    def fit(self, features: Doubles, wrong: Flags, aside: tuple[Doubles, Flags]) -> Steps[Any]:
        """Learn."""

    def score(self, features: Doubles) -> Doubles:
        """Return (B,), higher for predictions that are more likely wrong."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that was learnt."""

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> Any:
        """Take what `arrays` gave."""


COMBINERS = ("network", "forest", "lda", "qda")
"""What the paper combines scores with, by name."""


def combiner(name: str, seed: int) -> Combiner:
    """Return one of the combiners, not yet fitted."""
    if name == "network":
        return MLP((10, 10), seed=seed)
    return Forest(seed) if name == "forest" else Discriminant(name == "qda")
