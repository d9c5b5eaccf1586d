"""What answers a contrastive question, piece by piece, and what may stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.contrast import Contrast, Imposed, Morph, StampTest, Subtraction
from xaiwidgets.network import Network
from xaiwidgets.widgets.contrast._state import ContrastState
from xaiwidgets.work import Steps

Key = tuple[object, ...]

# Of a thousand classes the others are as good as impossible, and each would be a search.
MAX_CLASSES = 12
"""For how many classes "all classes" asks: the likeliest, and the probe."""


@dataclass(frozen=True)
class PairResult:
    """One pair's way to the boundary; `partial` while it is searched, at first without a morph."""

    contrast: Contrast
    morph: Morph | None = None
    seconds: float = 0.0
    partial: bool = False


@dataclass(frozen=True)
class Overall:
    """The same question about all pictures that the network does not find of the probe class.

    Attributes
    ----------
    contrast : Contrast
        Without paths.
    images : Tensor (P, C, H, W)
    change : Tensor (C, H, W)
        What they have in common; every picture counts the same.
    """

    contrast: Contrast
    images: Tensor
    change: Tensor


@dataclass(frozen=True)
class SecondOpinion:
    """What this network and a judge say of the changes shown, all with as much ink.

    Attributes
    ----------
    closed : mapping from panel to (share by this network, share by the judge)
        NaN where a network does not see the true class to begin with.
    log_likelihoods : (T, K)
        The judge's, along the morph.
    """

    closed: Mapping[str, tuple[float, float]]
    log_likelihoods: NDArray[np.float32]


@dataclass(frozen=True)
class Column:
    """What another network, or the same through another generator, answers to the question.

    Attributes
    ----------
    logits : Tensor (K,)
        Of the picture, by its network.
    pair : PairResult or None
        None where its network finds the picture of another class.
    """

    name: str
    model: Network
    generator: object
    logits: Tensor
    pair: PairResult | None


@dataclass(frozen=True)
class ContrastAnswer:
    """What is known so far.

    Attributes
    ----------
    logits : Tensor (K,)
        Of the picture.
    true, probe : int
        The predicted class, and that asked about.
    pair, rival : PairResult or None
        By CDeepEx, and by xGEMs.
    others : mapping from class to PairResult
        The same question about other classes.
    direct, direct_two : Subtraction or None
        The answers of direct methods.
    starts : mapping from seed to Contrast
        The same question from other random starts.
    imposed : Imposed or None
        The change inside the painted mask, by degrees.
    overall : Overall or None
        The same question about all pictures.
    stamped : StampTest or None
    judgement : SecondOpinion or None
        What another network says of the changes.
    columns : tuple of Column
        The same question to other networks, or through other generators.
    """

    logits: Tensor
    true: int
    probe: int
    # A part that has not changed is the same object in the next answer: by identity the widget
    # knows what need not cross to the page again.
    pair: PairResult | None = None
    rival: PairResult | None = None
    others: Mapping[int, PairResult] = field(default_factory=dict)
    direct: Subtraction | None = None
    direct_two: Subtraction | None = None
    starts: Mapping[int, Contrast] = field(default_factory=dict)
    imposed: Imposed | None = None
    overall: Overall | None = None
    stamped: StampTest | None = None
    judgement: SecondOpinion | None = None
    columns: tuple[Column, ...] = ()

    @property
    def classes(self) -> list[int]:
        """The classes that "all classes" asks about, the likeliest first."""
        order = self.logits.argsort(descending=True, stable=True).tolist()
        likeliest = [index for index in order if index != self.true][:MAX_CLASSES]
        # A probe that somebody has picked may be far down, and its tile is looked for.
        return likeliest if self.probe in likeliest else [*likeliest[:-1], self.probe]


@dataclass(frozen=True)
class BesidePart:
    """Something that may stand beside the answer; its functions are given the session.

    Attributes
    ----------
    field : str
        Of the answer.
    key : callable
        Under what it is cached; None where it is not wanted, or cannot be yet.
    steps : callable
        The work for it.
    """

    field: str
    key: Callable[[Any, ContrastState, ContrastAnswer], Key | None]
    steps: Callable[[Any, ContrastState, ContrastAnswer], Steps[Any]]
