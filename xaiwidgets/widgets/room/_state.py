"""Who sits in a StudyRoom, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.widgets.schema import setting

Phase = Literal["consent", "instructions", "item", "feedback", "rating", "done"]


@dataclass(frozen=True)
class RoomState:
    """Who sits in it."""

    person: str = setting(
        "",
        doc="The code of the person, by which they go on after a restart; empty before they begin.",
    )


@dataclass(frozen=True)
class ShownView:
    """A picture, a morph, or a saved page."""

    kind: Literal["picture", "morph", "page"]
    count: Annotated[int, "of frames"]
    height: int
    width: int
    # All frames at once: what is loaded while the clock runs would be counted as thinking.
    data: Annotated[NDArray[np.uint8], "RGB, frame by frame"]
    page: str


@dataclass(frozen=True)
class ShownOutcome:
    """What came of an answer."""

    right: bool
    answer: str
    truth: str


@dataclass(frozen=True)
class RoomOutput:
    """What a StudyRoom shows."""

    study: Annotated[str, "by which the page remembers who has not finished"] = ""
    consent: str = ""
    instructions: str = ""
    question: str = ""
    answers: tuple[str, ...] = ()
    unsure: Annotated[bool, "whether the key 0 is an answer"] = True
    ratings: tuple[str, ...] = ()
    total: int = 0
    phase: Phase = "consent"
    trial: Annotated[int, "from 1"] = 0
    item: ShownView | None = None
    view: Annotated[ShownView | None, "beside the item, or after the answer"] = None
    outcome: ShownOutcome | None = None
    right: Annotated[int | None, "of all; null before the end"] = None
    log_notes: tuple[str, ...] = ()
