"""What can be set in an ErrorDetectorPanel, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.prediction import Score
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import ShownPicture
from xaiwidgets.widgets.schema import setting
from xaiwidgets.widgets.selection import selection_setting

_Rule = Literal["balanced", "correct_recall", "wrong_recall", "cost", "by_hand"]
_RULES: dict[_Rule, str] = {
    "balanced": "both kinds alike",
    "correct_recall": "so many right kept",
    "wrong_recall": "so many wrong caught",
    "cost": "cheapest",
    "by_hand": "by hand",
}
_Operator = Literal["NAI", "GF", "WS", "NS", "none"]
_OPERATORS: dict[_Operator, str] = {
    "NAI": "negate what units say (NAI)",
    "GF": "add noise to weights (GF)",
    "WS": "shuffle weights of a unit (WS)",
    "NS": "switch units (NS)",
    "none": "no mutants: conductance alone",
}
_Learner = Literal["network", "forest", "lda", "qda"]
_LEARNERS: dict[_Learner, str] = {
    "network": "a small network",
    "forest": "a random forest",
    "lda": "linear discriminant analysis",
    "qda": "quadratic discriminant analysis",
}
_TestSet = Literal["given", "noise", "blur", "contrast", "shift", "rotation", "pgd"]
_TEST_SETS: dict[_TestSet, str] = {
    "given": "as they were given",
    "noise": "with noise",
    "blur": "blurred",
    "contrast": "with less contrast",
    "shift": "shifted",
    "rotation": "turned",
    "pgd": "half of them attacked",
}
_Part = Literal["kept right", "missed", "false alarm", "caught"]


@dataclass(frozen=True)
class DetectorState:
    """Where the dial stands, and which pictures are looked at."""

    method: str = setting("", doc="Which detector turns the dial: a key of `detectors`.")
    # 0 until the first rule is applied, which the constructor does.
    threshold: float = setting(
        0.0, doc="A prediction whose score is at least that is rejected: somebody checks it."
    )
    # Not "cost" at first, which needs to know which of these predictions are wrong: who has such a
    # detector at work does not.
    rule: _Rule = setting(
        "balanced",
        choices=_RULES,
        label="Dial set to",
        doc="Where the threshold comes from: the first three, on the validation images of the "
        'detector (with `recall`); "cost", on these.',
    )
    recall: float = setting(
        0.9,
        least=0,
        most=1,
        label="Wanted share in percent",
        scale=100,
        doc="Recall: of right predictions those kept, or of wrong ones those caught.",
    )
    # Only their ratio moves the dial: a miss counts as ten checks until somebody knows better.
    cost_check: float = setting(
        1.0, least=0, label="One check", doc="What it costs to check a prediction."
    )
    cost_miss: float = setting(
        10.0, least=0, label="One miss", doc="What a wrong prediction costs that was kept."
    )
    # Of what checking is worth, which the page adds up: no score, and so no threshold, follows it.
    specialist: float = setting(
        1.0, least=0, most=1, page_only=True, doc="How often whoever checks is right."
    )
    test_set: _TestSet = setting(
        "given",
        choices=_TEST_SETS,
        label="Images",
        doc="What is done to the images that the detectors are tested on: `reliability.corrupted`; "
        '"pgd" attacks half of those that are predicted rightly (`reliability.attacked`).',
    )
    test_strength: int = setting(
        3, least=1, most=5, label="How strongly", doc="From 1, hardly seen, to 5."
    )
    part: _Part = setting("caught", page_only=True, doc="Which pictures are shown.")
    selection: tuple[int, ...] = selection_setting()
    # Starts no work: all that is known of a picture has come with its scores.
    picked: int | None = setting(None, doc="The picture that is looked at.")
    new_layer: str = setting(
        "", label="Layer", doc="Whose conductances a new detector looks at; a name of `layers`."
    )
    new_operator: _Operator = setting(
        "NAI",
        choices=_OPERATORS,
        label="Copies that vote",
        doc="Mutation operator: how the copies (mutants) differ whose votes are the label change "
        "rate.",
    )
    new_rate: float | None = setting(
        None,
        least=0.0001,
        most=1,
        label="Units changed in percent",
        scale=100,
        empty="auto",
        doc="Mutation rate: the share of the network's units that a mutant changes; auto: the "
        "largest of which about half of the mutants are kept.",
    )
    new_count: int = setting(
        100, least=1, most=10_000, label="How many copies", doc="Count of mutants."
    )
    # `USUAL_KEEP`, as the ten steps are `USUAL_STEPS`: what was left as it is appears in no name.
    new_keep: float = setting(
        0.9,
        least=0.01,
        most=1,
        label="As right as it, in percent",
        scale=100,
        doc="Accuracy that a mutant must keep, as a share of the network's own, on the validation "
        "images; one that loses more is drawn anew.",
    )
    new_steps: int = setting(
        10,
        least=1,
        most=1000,
        label="Steps to the picture",
        doc="Of the path from the baseline to the picture, along which conductance is summed.",
    )
    new_combine: _Learner = setting(
        "network",
        choices=_LEARNERS,
        label="Combined by",
        doc="What learns to make one score of conductance and label change rate.",
    )
    new_trivial: bool = setting(
        False,
        label="combine the free scores, too",
        doc="Whether 1 - largest probability and entropy are combined with the others.",
    )


@dataclass(frozen=True)
class ShownValidation:
    """What each threshold would have done on the validation images."""

    count: int
    scores: Annotated[NDArray[np.float32], "the different ones, the highest first"]
    # Counted at each score, so that the dial turns in the page without asking the kernel.
    rejected: Annotated[NDArray[np.int32], "by how many of these scores are rejected"]
    missed: Annotated[NDArray[np.int32], "alike, the wrong predictions that are kept"]


@dataclass(frozen=True)
class ShownDetector:
    """The scores of one detector."""

    name: str
    doc: Annotated[str, "what it is, in the field's words"]
    values: Annotated[NDArray[np.float32], "one a prediction; higher: more likely wrong"]
    auroc: float
    auroc_error: float
    lead: Annotated[float, "its area beyond that of the largest probability"]
    lead_error: Annotated[float, "standard error of that difference, of paired predictions"]
    validation_auroc: float | None
    validation: ShownValidation | None
    trivial: bool
    kind: Literal["combined", "trivial", "part", "new"]


@dataclass(frozen=True)
class ShownPattern:
    """The conductance of the feature maps of a layer, beside what is usual for a class."""

    label: Annotated[str, "of the class"]
    layer: str
    values: Annotated[NDArray[np.float32], "one a feature map"]
    profile: Annotated[NDArray[np.float32], "the mean of right predictions"]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    specific: Annotated[tuple[int, ...], "maps that the class lives on"]
    silent: tuple[int, ...]
    loud: tuple[int, ...]


@dataclass(frozen=True)
class ShownVotes:
    """What the mutants say of a picture."""

    count: Annotated[int, "of mutants"]
    classes: Annotated[NDArray[np.int16], "-1: not yet asked"]
    done: int
    changed: Annotated[float, "share of those asked"]


@dataclass(frozen=True)
class Detail:
    """All that is known of the picked picture; it comes in pieces."""

    index: int
    label: str
    predicted: str
    right: bool
    confidence: float
    top: tuple[Score, ...]
    scores: Mapping[str, float]
    rank: Annotated[Mapping[str, float], "by detector, the share of all with a lower score"]
    pattern: ShownPattern | None
    votes: ShownVotes | None
    picture: ShownPicture


@dataclass(frozen=True)
class OwnPicture:
    """A picture that a person has brought along: nobody says what it is."""

    name: str
    top: tuple[Score, ...]
    scores: Mapping[str, float]
    picture: ShownPicture


@dataclass(frozen=True)
class Backup:
    """Another network that could answer what is rejected."""

    name: str
    right: NDArray[np.bool_]


@dataclass(frozen=True)
class Explorers:
    """Which other widgets can be opened."""

    explorer: bool = True
    contrast: bool = False


@dataclass(frozen=True)
class ShownFit:
    """Of a new detector, how far it is fitted."""

    possible: Annotated[bool, "whether there are pictures to learn from"] = False
    running: bool = False
    done: int = 0
    total: int | None = None
    note: str = ""


@dataclass(frozen=True)
class ShownVoting:
    """How well the votes of mutants alone tell wrong predictions of the validation images."""

    counts: Annotated[NDArray[np.int32], "of mutants"]
    aurocs: Annotated[NDArray[np.float32], "of so many"]
    errors: Annotated[NDArray[np.float32], "standard errors of these"]
    right: Annotated[float, "mean label change rate of right predictions"]
    right_spread: Annotated[float, "its standard deviation"]
    wrong: float
    wrong_spread: float
    pictures: Annotated[int, "that all mutants have voted on"]


@dataclass(frozen=True)
class DetectorOutput:
    """What an ErrorDetectorPanel shows."""

    network: str = ""
    notes: tuple[Note, ...] = ()
    layer: str = ""
    layers: Annotated[tuple[str, ...], "that a new detector can look at"] = ()
    fit: ShownFit = ShownFit()
    votings: Annotated[
        Mapping[str, ShownVoting], "by detector set up here, also by the one that is fitted"
    ] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    explorers: Explorers = Explorers()
    count: int = 0
    detectors: Mapping[str, ShownDetector] = field(default_factory=dict)
    wrong: NDArray[np.bool_] | None = None
    labels: NDArray[np.int32] | None = None
    predicted: NDArray[np.int32] | None = None
    confidence: NDArray[np.float32] | None = None
    thumbnails: Annotated[ShownPicture | None, "of all pictures, one after the other"] = None
    backup: Backup | None = None
    detail: Detail | None = None
    upload: OwnPicture | None = None
