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

_Rule = Literal["balanced", "correct_recall", "wrong_recall", "cost", "by_hand"]
_RULES: dict[_Rule, str] = {
    "balanced": "both kinds alike",
    "correct_recall": "so many right kept",
    "wrong_recall": "so many wrong caught",
    "cost": "cheapest",
    "by_hand": "by hand",
}
_Part = Literal["kept right", "missed", "false alarm", "caught"]


@dataclass(frozen=True)
class DetectorState:
    """Where the dial stands, and which pictures are looked at."""

    method: str = setting("", doc="Which detector turns the dial: a key of `detectors`.")
    threshold: float = setting(
        0.0, doc="A prediction whose score is at least that is rejected: somebody checks it."
    )
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
    cost_check: float = setting(
        1.0, least=0, label="One check", doc="What it costs to check a prediction."
    )
    cost_miss: float = setting(
        10.0, least=0, label="One miss", doc="What a wrong prediction costs that was kept."
    )
    specialist: float = setting(
        1.0, least=0, most=1, page_only=True, doc="How often whoever checks is right."
    )
    part: _Part = setting("caught", page_only=True, doc="Which pictures are shown.")
    picked: int | None = setting(None, doc="The picture that is looked at.")


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
    trivial: bool
    kind: Literal["combined", "trivial", "part"]


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
class DetectorOutput:
    """What an ErrorDetectorPanel shows."""

    network: str = ""
    notes: tuple[Note, ...] = ()
    layer: str = ""
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
