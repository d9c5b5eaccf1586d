"""What can be set in a StudyReport, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.intervals import IntervalEstimate
from xaiwidgets.widgets.schema import setting


@dataclass(frozen=True)
class ReportState:
    """What is claimed of the arms."""

    alternative: Literal["greater", "two-sided"] = setting(
        "greater",
        choices={"greater": "A later arm is better", "two-sided": "Arms differ"},
        label="What is claimed",
        doc="One-sided or two-sided tests; say which before you look.",
    )


@dataclass(frozen=True)
class ShownArm:
    """What people answered in one arm."""

    arm: str
    people: int
    count: int
    right: int
    unsure: int
    accuracy: Annotated[IntervalEstimate, "resampled by people"]
    precision: IntervalEstimate | None
    recall: IntervalEstimate | None
    f1: IntervalEstimate | None
    seconds: Annotated[IntervalEstimate | None, "the median response time"]
    above_chance: Annotated[float | None, "p, one-sided; null: too few people"]
    mean: Annotated[NDArray[np.float32], "right answers up to each trial"]
    low: Annotated[NDArray[np.float32], "of its 95 % interval"]
    high: NDArray[np.float32]
    times: Annotated[NDArray[np.float32], "the share of answers in each bin"]
    ratings: Annotated[tuple[int, ...], "how often each, from 1 to 5"]


@dataclass(frozen=True)
class ShownArmPair:
    """One arm against another."""

    arm: str
    other: str
    difference: IntervalEstimate
    pvalue: float | None
    corrected: float | None
    method: str
    verdict: str


@dataclass(frozen=True)
class ShownPower:
    """How many people it would take to show the difference that was seen."""

    arm: str
    other: str
    needed: Annotated[int | None, "people a side, for 80 %; null: there is no difference to show"]


@dataclass(frozen=True)
class ShownReport:
    """What a log says."""

    study: str
    question: str
    positive: str
    people: int
    answers: int
    chance: float
    notes: tuple[str, ...]
    arms: tuple[ShownArm, ...]
    pairs: Annotated[tuple[ShownArmPair, ...], "by right answers"]
    by_item: Annotated[tuple[ShownArmPair, ...], "of items that people judged in both arms"]
    slower: Annotated[tuple[ShownArmPair, ...], "by response times"]
    power: ShownPower | None
    time_edges: Annotated[NDArray[np.float32], "of the bins of response times, in seconds"]
    ratings: tuple[str, ...]


@dataclass(frozen=True)
class ReportOutput:
    """What a StudyReport shows."""

    path: str = ""
    report: ShownReport | None = None
