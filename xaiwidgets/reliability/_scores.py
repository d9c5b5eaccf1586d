"""What a detector knows of each picture: from inside, from stability, and from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.network import require_network
from xaiwidgets.outputs import independent, log_complements
from xaiwidgets.reliability._arrays import Doubles, Flags, Integers, Singles
from xaiwidgets.reliability._inputs import network_logits
from xaiwidgets.work import Steps

if TYPE_CHECKING:
    from xaiwidgets.network import Network
    from xaiwidgets.reliability._votes import Votes

LARGEST, ENTROPY = "1 - largest probability", "entropy"
"""The trivial detectors, which need the logits only."""

CONDUCTANCE, LCR = "conductance", "label change rate"
"""The paper's two, from inside and from stability."""

LEAST_TRAINING, LEAST_VALIDATION = 30, 10
"""Predictions of each kind, right and wrong, that are needed to train on and to set thresholds."""


@dataclass(frozen=True, eq=False, repr=False)
class Evidence:
    """All that a detector has found out about some pictures.

    Attributes
    ----------
    predicted : (B,) ints
        The network's classes.
    conductances : (B, C) float32
        Of the detector's layer.
    votes : Votes or None
        Of the mutants, if there are any.
    scores : dict of (B,) float64
        By detector, higher for predictions that are more likely wrong.
    """

    predicted: Integers
    conductances: Singles
    votes: Votes | None
    scores: dict[str, Doubles]

    def __repr__(self) -> str:
        return f"Evidence({len(self.predicted)} pictures, {', '.join(self.scores)})"


@dataclass(frozen=True, eq=False)
class Sample:
    """Pictures with what the network says of them, and whether that is wrong."""

    images: Tensor
    logits: Tensor
    wrong: Flags

    def rows(self, which: Integers) -> Sample:
        """Return some of the pictures."""
        places = torch.from_numpy(which)
        return Sample(self.images[places], self.logits[places], self.wrong[which])


def labelled_sample(
    model: Network, name: str, images: Tensor, labels: Integers, least: int
) -> Steps[Sample]:
    """Return labelled images as a sample, with at least so many predictions of each kind.

    Raises
    ------
    InputError
        If there are too few right or wrong predictions; it says how many are needed.
    """
    logits = yield from network_logits(model, images)
    wrong = logits.argmax(1).numpy() != labels
    for kind, count in (("wrong", int(wrong.sum())), ("right", int((~wrong).sum()))):
        if count < least:
            # In proportion, at the network's own rate of errors.
            needed = f"about {least * len(wrong) // count}" if count else "many more"
            raise InputError(
                f"{name} has {count} {kind} predictions among {len(wrong)} images, and at least "
                f"{least} are needed; give {needed} images, or harder ones"
            )
    return Sample(images, logits, wrong)


def trivial_scores(model: Network, logits: Tensor) -> dict[str, Doubles]:
    """Return the scores that need no more than a network's logits (B, K).

    The entropy of labels that are a yes or no of their own is the sum of theirs.

    Examples
    --------
    >>> from xaiwidgets import zoo
    >>> trivial_scores(zoo.digits(), torch.zeros(1, 10))["1 - largest probability"]
    array([0.9])
    """
    require_network(model)
    wide = logits.double()
    shares, rest = model.probabilities(wide), log_complements(wide, model.output).exp()
    # Not 1 - the largest, which is rounded to 0 for all that the network is sure of.
    others = rest.gather(1, wide.argmax(1, keepdim=True))[:, 0]
    entropy = torch.special.entr(shares).sum(1)
    if independent(model.output):
        entropy = entropy + torch.special.entr(rest).sum(1)
    return {LARGEST: others.numpy(), ENTROPY: entropy.numpy()}


def log_odds(share: Doubles) -> Doubles:
    """Return the logarithm of the odds, which is spread more evenly than a share near 0."""
    # Off 0 and 1, where the odds are infinite; double precision has nothing nearer to 1 than 1e-16.
    safe = np.clip(share, 1e-30, 1 - 1e-12)
    odds: Doubles = np.log(safe) - np.log1p(-safe)
    return odds
