"""What an error detector finds out about some pictures, all together and each alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.figures import png
from xaiwidgets.network import Network
from xaiwidgets.reliability import (
    LCR,
    Conductance,
    ErrorDetector,
    Evidence,
    OtherScores,
    Pattern,
    Profiles,
    Roc,
    Votes,
    other_scores,
    profiles,
    profiles_of,
    roc_of,
    trivial_scores,
)
from xaiwidgets.work import Progress, Steps, relay

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Examination:
    """The pictures as the network and the detector see them.

    Attributes
    ----------
    images : Tensor (N, C, H, W)
    logits : Tensor (N, K)
    labels, predicted : (N,) ints
    scores : dict of (N,) float64
        By detector; the trivial ones, which come first, need nothing but the logits.
    evidence : Evidence or None
        All that the detector knows, when it has looked.
    votes : Votes or None
        Of the mutants, those that are in.
    profiles : Profiles or None
        Of the classes, from the right predictions among the validation pictures, or among these
        where there are none.
    backup : (N,) bools or None
        Where another network is right.
    """

    images: Tensor
    logits: Tensor
    labels: NDArray[np.int64]
    scores: Mapping[str, Doubles]
    evidence: Evidence | None = None
    votes: Votes | None = None
    profiles: Profiles | None = None
    backup: Flags | None = None

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The network's classes."""
        predicted: NDArray[np.int64] = self.logits.argmax(1).numpy()
        return predicted

    @property
    def wrong(self) -> Flags:
        """Where the network is wrong."""
        wrong: Flags = self.predicted != self.labels
        return wrong

    def roc(self, name: str) -> Roc:
        """Return the ROC curve of one detector, on these pictures."""
        return roc_of(name, self.scores[name], self.wrong)

    def curves(self) -> Roc:
        """Return the ROC curve of the first detector, with those of the others beside it."""
        first, *others = self.scores
        beside = {name: self.scores[name] for name in others}
        return roc_of(first, self.scores[first], self.wrong, beside)

    def _repr_png_(self) -> bytes:
        return png(self.curves().plot())

    def pattern(self, index: int) -> Pattern | None:
        """Return the conductances of one picture beside its class, if that has a profile."""
        if self.evidence is None or self.profiles is None:
            return None
        # Of the class that was predicted: how other pictures of it came about is the question.
        target = int(self.predicted[index])
        if self.profiles.right_count[target] == 0:
            return None
        return self.profiles.pattern(self.evidence.conductances[index], target)


def examine(
    detector: ErrorDetector,
    images: Tensor,
    labels: NDArray[np.int64],
    backup: Network | None = None,
    others: OtherScores | None = None,
    validation: tuple[Any, Any] | None = None,
) -> Steps[Examination]:
    """Ask the network, then the detector; previews have the trivial detectors and votes so far.

    With validation pictures and their labels, profiles of the classes come from these.
    """
    yield Progress(0, None, "asking the network")
    logits = detector.model.logits(images)
    result = Examination(images, logits, labels, trivial_scores(detector.model, logits))
    # There is no ROC curve of one kind.
    if result.wrong.all() or not result.wrong.any():
        kind = "wrong" if result.wrong.all() else "right"
        raise InputError(
            f"all {len(labels)} predictions are {kind}: there is nothing to tell apart. Give more "
            "images"
        )
    if backup is not None:
        answers = backup.logits(images).argmax(1).numpy()
        result = replace(result, backup=answers == labels)
    # The scores that cost nothing are there already, and stand in the table from the start.
    yield Progress(0, None, "asking the detector", result)

    def with_votes(preview: Any) -> Examination | None:
        if not isinstance(preview, Votes):
            return None
        so_far = replace(result, votes=preview)
        # A score as soon as every picture has a vote; it sharpens with the others.
        rated = preview.evaluated.any(0).all()
        return (
            replace(so_far, scores={**result.scores, LCR: preview.rate.astype(np.float64)})
            if rated
            else so_far
        )

    evidence = yield from relay(detector.examine(images), lambda p: p.map(with_votes))
    profiles = yield from _profiles(detector, evidence, labels, logits.shape[1], validation)
    more = yield from other_scores(detector.model, images, others, evidence.scores)
    result = replace(result, scores=evidence.scores | more, votes=evidence.votes)
    return replace(result, evidence=evidence, profiles=profiles)


def _profiles(
    detector: ErrorDetector,
    evidence: Evidence,
    labels: NDArray[np.int64],
    classes: int,
    validation: tuple[Any, Any] | None,
) -> Steps[Profiles]:
    if validation is not None:
        path: dict[str, Any] = {"steps": detector.steps, "baseline": detector.baseline}
        work = profiles(detector.model, detector.layer, *validation, **path)
        return (yield from relay(work, lambda p: p.noted("profiles of the classes").map(_nothing)))
    # The detector has paid for the conductances: profiles need no pass of their own.
    conductance = Conductance({detector.layer: evidence.conductances})
    conductance.targets = evidence.predicted
    return profiles_of(conductance, detector.layer, labels, classes)


def _nothing(_preview: Any) -> None:
    """Show none of what is on the way: it is of other pictures."""


def cheapest(scores: Doubles, wrong: Flags, check: float, miss: float) -> float:
    """Return the threshold at which checking and missing together cost least."""
    order = np.argsort(-scores, kind="stable")
    values, missed = scores[order], wrong.sum() - np.concatenate([[0], wrong[order].cumsum()])
    # Of checking the first n, the highest scores first, and missing what is wrong in the rest.
    costs = check * np.arange(len(scores) + 1) + miss * missed
    # A threshold lies between two different scores.
    possible = np.concatenate([[True], values[1:] < values[:-1], [True]])
    best = int(np.flatnonzero(possible)[costs[possible].argmin()])
    ends = np.concatenate([[values[0] + 1.0], values, [values[-1] - 1.0]])
    return float((ends[best] + ends[best + 1]) / 2) if best else float(values[0] + 1.0)


def shares_below(scores: Mapping[str, Doubles], index: int) -> dict[str, Any]:
    """Return by detector which share of all has a lower score than one picture."""
    return {name: float((values < values[index]).mean()) for name, values in scores.items()}
