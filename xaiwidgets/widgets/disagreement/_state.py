"""What can be set in a DisagreementDesk, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.intervals import IntervalEstimate
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import ShownPicture
from xaiwidgets.widgets.schema import setting
from xaiwidgets.widgets.selection import selection_setting

_ARMS = {
    "in turn": "Both in turn",
    "apart": "What tells the networks apart",
    "alone": "Each network's map alone",
}

_MAPS = "Maps"


@dataclass(frozen=True)
class DisagreementState:
    """Which disagreement is looked at, and by which maps."""

    place: int = setting(0, least=0, doc="Which of the queue is looked at, from 0.")
    arm: Literal["in turn", "apart", "alone"] = setting(
        "in turn",
        choices=_ARMS,
        label="Which maps",
        group=_MAPS,
        doc='"apart": their anti-join; "alone": the baseline of Case A; in turn: by the place in '
        "the queue, so that both can be compared.",
    )
    grid: int = setting(
        4,
        least=1,
        most=32,
        label="Cells a side",
        group=_MAPS,
        doc="Of the maps; another number explains anew.",
    )
    budget: int = setting(
        256,
        least=2,
        most=100_000,
        label="Evaluations",
        group=_MAPS,
        unit="a map",
        doc="Of each network, for each map.",
    )
    selection: tuple[int, ...] = selection_setting()


@dataclass(frozen=True)
class ShownSide:
    """What one network says."""

    network: str
    label: str
    probability: float
    cells: Annotated[NDArray[np.float32], "its map, of its own class"]


@dataclass(frozen=True)
class ShownDisagreement:
    """A picture of which two networks say different things."""

    place: int
    index: Annotated[int, "of the image"]
    arm: Literal["apart", "alone"]
    distance: float
    picture: ShownPicture
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]
    range: Annotated[float, "the value at full colour, of both maps"]
    sides: tuple[ShownSide, ShownSide]
    frame: int


@dataclass(frozen=True)
class ShownVote:
    """What the person has said of one of the queue; empty: nothing yet."""

    side: Literal["", "first", "second", "neither"]


@dataclass(frozen=True)
class ShownScore:
    """How often a judge picks the network that is right."""

    judge: str
    right: int
    count: int
    share: IntervalEstimate | None
    seconds: IntervalEstimate | None
    pvalue: Annotated[float | None, "against confidence"]


@dataclass(frozen=True)
class DisagreementOutput:
    """What a DisagreementDesk shows."""

    networks: tuple[str, str] = ("", "")
    notes: tuple[Note, ...] = ()
    images: int = 0
    has_truth: bool = False
    votes: Annotated[tuple[ShownVote, ...], "one for each of the queue"] = ()
    queue: Annotated[NDArray[np.int32] | None, "the image of each"] = None
    disagreement: ShownDisagreement | None = None
    neither: Annotated[int, "of the queue, in which neither network is right"] = 0
    scores: Annotated[tuple[ShownScore, ...], "none before the end"] = ()
