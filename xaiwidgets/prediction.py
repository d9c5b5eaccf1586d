"""What a network says of one input."""

from __future__ import annotations

from dataclasses import dataclass


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
