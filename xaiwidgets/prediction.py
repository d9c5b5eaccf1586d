"""What a network says of one input."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from xaiwidgets.classes import class_index, class_numbers
from xaiwidgets.outputs import ScoreKind, log_probabilities, probabilities


@dataclass(frozen=True)
class Score:
    """One class of a prediction."""

    index: int
    label: str
    probability: float
    logit: float


@dataclass(frozen=True)
class Prediction:
    """The network's answer to one input: its best class, and the first few.

    Attributes
    ----------
    index, label, probability : int, str, float
        The class with the largest score.
    top : tuple of Score
        The best classes, best first.
    """

    index: int
    label: str
    probability: float
    top: tuple[Score, ...]


class ClassScores(ABC):
    """How the logits of a network are read: the names of its classes, and what scores mean.

    Attributes
    ----------
    classes : sequence of str, or None
        The names; numbers serve where there are none.
    """

    classes: tuple[str, ...] | None

    @property
    @abstractmethod
    def output(self) -> ScoreKind | None:
        """What the scores mean; None until an answer has been looked at."""

    def prediction(self, logits: Tensor, top: int = 5) -> Prediction:
        """Return what logits (K,) say; of equal ones the first class is the better."""
        order = logits.argsort(descending=True, stable=True)[: max(1, top)].tolist()
        # In doubles, or a probability near 1 would be said to be 1.
        best = tuple(self.scores(logits.double(), order))
        return Prediction(best[0].index, best[0].label, best[0].probability, best)

    def scores(self, logits: Tensor, indices: Sequence[int]) -> list[Score]:
        """Return label, probability and logit of the classes `indices`, given logits (K,)."""
        shares = self.probabilities(logits)
        return [Score(i, self.label(i), float(shares[i]), float(logits[i])) for i in indices]

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the network's own probabilities (..., K) of logits: labels have one each."""
        return probabilities(logits, self.output)

    def log_probabilities(self, logits: Tensor) -> Tensor:
        """Return the logarithms of the network's own probabilities (..., K) of logits."""
        return log_probabilities(logits, self.output)

    def label(self, index: int) -> str:
        """Return the name of a class."""
        return str(index) if self.classes is None else self.classes[index]

    def index(self, target: int | str, count: int | None = None) -> int:
        """Return the number of a class given by number or name, else raise InputError.

        `count` is the number of classes, needed only where they have no names.
        """
        return class_index(target, self.classes, count)

    def class_numbers(
        self,
        values: Any,
        count: int,
        classes: int | None = None,
        *,
        name: str = "targets",
        each: bool = False,
    ) -> Tensor:
        """Return the numbers (count,) of classes; see `xaiwidgets.classes.class_numbers`."""
        return class_numbers(values, self.classes, count, classes, name=name, each=each)
