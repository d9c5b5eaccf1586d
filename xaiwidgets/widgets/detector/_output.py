"""How an error detector's findings are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from torch import Tensor

from xaiwidgets.network import Network
from xaiwidgets.reliability import (
    COMBINERS,
    CONDUCTANCE,
    ENTROPY,
    LARGEST,
    LCR,
    ErrorDetector,
    Evidence,
    Roc,
    VoteCurve,
    delong,
)
from xaiwidgets.widgets.detector._result import Examination, shares_below
from xaiwidgets.widgets.detector._state import (
    Backup,
    Detail,
    OwnPicture,
    ShownDetector,
    ShownPattern,
    ShownValidation,
    ShownVotes,
    ShownVoting,
)
from xaiwidgets.widgets.pictures import picture_of

_TOP = 8  # classes of the picked picture
_TRIVIAL = (LARGEST, ENTROPY)
_PLAIN = {
    LARGEST: ("how sure it is", "1 - largest probability (softmax): it costs nothing"),
    ENTROPY: ("how undecided it is", "entropy of the probabilities: it costs nothing"),
    CONDUCTANCE: ("how it came about", "conductance of the feature maps, judged by a perceptron"),
    LCR: ("how stable it is", "label change rate: mutants that predict another class"),
    "network": ("all, by network", "the scores combined by a multilayer perceptron"),
    "forest": ("all, by forest", "the scores combined by a random forest"),
    "lda": ("all, by lda", "the scores combined by linear discriminant analysis"),
    "qda": ("all, by qda", "the scores combined by quadratic discriminant analysis"),
}
"""What each score is called on the page, and in the field."""


def detectors(
    result: Examination, validation: Roc, new: Mapping[str, Roc]
) -> dict[str, ShownDetector]:
    """Return scores and areas of all detectors, those that were fitted first.

    `new` has the validation curves of those that were set up by hand.
    """
    fitted = {validation.name: validation, **validation.beside, **new}
    # The trivial ones last, and always there: what a detector is worth is its lead over them.
    order = [name for name in fitted if name in result.scores and name not in _TRIVIAL]
    order += [name for name in result.scores if name not in fitted]
    # DeLong's test: all scores rate the same pictures, and unpaired errors would hide a lead that
    # each picture shows.
    areas, differences = delong(result.scores, result.wrong)
    shown = {}
    for name in [*order, *(name for name in _TRIVIAL if name in result.scores)]:
        # Over the largest probability, which costs nothing, and which a detector has to beat.
        lead = differences[name, LARGEST]
        other = "a detector set up here" if name in new else "a score given with `others`"
        plain, doc = _PLAIN.get(name, (name, other))
        shown[name] = ShownDetector(
            name=plain,
            doc=doc,
            values=result.scores[name].astype(np.float32),
            auroc=areas[name].value,
            auroc_error=areas[name].standard_error,
            lead=lead.value,
            lead_error=lead.standard_error,
            validation_auroc=fitted[name].area if name in fitted else None,
            validation=_validation(fitted[name]) if name in fitted else None,
            trivial=name in _TRIVIAL,
            kind=_kind(name, new),
        )
    return shown


def _validation(curve: Roc) -> ShownValidation:
    missed = curve.wrong_count * (1 - curve.wrong_recall)
    accepted = missed + curve.right_count * curve.correct_recall
    count = curve.right_count + curve.wrong_count
    return ShownValidation(
        count=count,
        scores=curve.scores.astype(np.float32),
        # Back from recalls to counts, which the page adds up: rounding leaves whole numbers.
        rejected=(count - accepted.round()).astype(np.int32),
        missed=missed.round().astype(np.int32),
    )


def _kind(name: str, new: Mapping[str, Roc]) -> Literal["combined", "trivial", "part", "new"]:
    if name in new:
        return "new"
    return "combined" if name in COMBINERS else "trivial" if name in _TRIVIAL else "part"


def predictions(model: Network, result: Examination, backup: Network | None) -> dict[str, Any]:
    """Return what the network says of all pictures, and where another one is right."""
    confidence = model.probabilities(result.logits.double()).amax(1).numpy()
    other = None
    if backup is not None and result.backup is not None:
        other = Backup(backup.name, result.backup)
    return {
        "count": len(result.labels),
        "wrong": result.wrong,
        "labels": result.labels.astype(np.int32),
        "predicted": result.predicted.astype(np.int32),
        "confidence": confidence.astype(np.float32),
        "backup": other,
    }


def detail(detector: ErrorDetector, result: Examination, index: int) -> Detail:
    """Return all that is known of one picture."""
    model, logits = detector.model, result.logits[index]
    order = logits.argsort(descending=True, stable=True)[:_TOP].tolist()
    top = tuple(model.scores(logits.double(), order))
    return Detail(
        index=index,
        label=model.label(int(result.labels[index])),
        predicted=top[0].label,
        right=not bool(result.wrong[index]),
        confidence=top[0].probability,
        top=top,
        scores={name: float(values[index]) for name, values in result.scores.items()},
        rank=shares_below(result.scores, index),
        pattern=_pattern(model, result, index),
        votes=_votes(result, index),
        picture=picture_of(model.picture(result.images[index])),
    )


def own_picture(name: str, model: Network, image: Tensor, evidence: Evidence) -> OwnPicture:
    """Return what is shown of a picture (1, C, H, W) that was handed in."""
    logits = model.logits(image)[0]
    order = logits.argsort(descending=True, stable=True)[:_TOP].tolist()
    return OwnPicture(
        name=name,
        top=tuple(model.scores(logits.double(), order)),
        scores={score: float(values[0]) for score, values in evidence.scores.items()},
        picture=picture_of(model.picture(image[0])),
    )


def _pattern(model: Network, result: Examination, index: int) -> ShownPattern | None:
    pattern, profiles = result.pattern(index), result.profiles
    if pattern is None or profiles is None:
        return None
    return ShownPattern(
        label=model.label(pattern.target),
        layer=profiles.layer,
        values=np.asarray(pattern.values, np.float32),
        profile=np.asarray(pattern.profile, np.float32),
        low=np.asarray(profiles.low[pattern.target], np.float32),
        high=np.asarray(profiles.high[pattern.target], np.float32),
        specific=tuple(pattern.specific.tolist()),
        silent=tuple(pattern.silent.tolist()),
        loud=tuple(pattern.loud.tolist()),
    )


def _votes(result: Examination, index: int) -> ShownVotes | None:
    votes = result.votes
    if votes is None:
        return None
    labels, voted = votes.labels[:, index], votes.evaluated[:, index]
    return ShownVotes(
        count=len(labels),
        # Two bytes each, as up to ten thousand mutants vote on a picture that is picked.
        classes=labels.astype(np.int16),
        done=int(voted.sum()),
        changed=float(votes.rate[index]) if voted.any() else 0.0,
    )


def shown_voting(curve: VoteCurve) -> ShownVoting:
    """Return how well mutants alone tell wrong predictions, by their number."""
    return ShownVoting(
        counts=curve.counts.astype(np.int32),
        aurocs=curve.areas.astype(np.float32),
        errors=curve.standard_errors.astype(np.float32),
        right=curve.right[0],
        right_spread=curve.right[1],
        wrong=curve.wrong[0],
        wrong_spread=curve.wrong[1],
        pictures=curve.pictures,
    )
