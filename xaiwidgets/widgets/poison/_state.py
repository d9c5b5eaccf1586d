"""What can be set in a PoisonDesk, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.images import Window
from xaiwidgets.intervals import IntervalEstimate
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import ShownPicture
from xaiwidgets.widgets.schema import setting
from xaiwidgets.widgets.selection import selection_setting


@dataclass(frozen=True)
class PoisonState:
    """Which class is looked at, which of its pictures, and what they are taken for."""

    target: int = setting(
        0,
        least=0,
        by_name=True,
        label="Class",
        doc="The class whose pictures are looked at, by the labels that they were given.",
    )
    brush: tuple[float, ...] = setting(
        (1.25, 1.75),
        label="Brush",
        doc="From where to where the projection is brushed, in standard deviations: the uncertain "
        "region of i-Algebra's Case C at first. Brushing chooses.",
    )
    selection: tuple[int, ...] = selection_setting()
    poisoned: tuple[int, ...] = setting(
        (), least=0, doc="Pictures marked as poisoned: training again leaves them out."
    )
    clean: tuple[int, ...] = setting((), least=0, doc="Pictures marked as clean.")
    # Not at first: the poison is to be found without it.
    show_truth: bool = setting(
        False,
        label="Show the truth",
        doc="Whether to show which pictures are poisoned, where that is known.",
    )


@dataclass(frozen=True)
class ShownSignature:
    """The pictures of the class, and how far each stands out."""

    indices: NDArray[np.int32]
    projections: Annotated[NDArray[np.float32], "(n, 2), in standard deviations of the first"]
    variance: Annotated[tuple[float, ...], "shares along the two"]
    layer: str


@dataclass(frozen=True)
class ShownWindow:
    """A window that may hold the trigger, and what it does."""

    name: str
    window: Window
    paste_rate: IntervalEstimate
    paste_control: IntervalEstimate
    erase_rate: IntervalEstimate
    erase_control: IntervalEstimate
    control: Annotated[bool, "whether it is where the maps differ least"]


@dataclass(frozen=True)
class ShownTrigger:
    """The join of the suspects minus the join of ordinary pictures, and the windows proposed."""

    difference: NDArray[np.float32]
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]
    picture: Annotated[ShownPicture, "the mean of the suspects"]
    suspects: int
    windows: Annotated[tuple[ShownWindow, ...], "the control last"]


@dataclass(frozen=True)
class ShownCleansing:
    """How often the trigger succeeds before and after training again."""

    removed: int
    before: IntervalEstimate
    after: IntervalEstimate | None
    control: Annotated[IntervalEstimate | None, "without as many others"]
    accuracy_before: IntervalEstimate | None
    accuracy_after: IntervalEstimate | None


@dataclass(frozen=True)
class ShownTruth:
    """Which pictures of the class are poisoned, and how well scores tell."""

    poisoned: NDArray[np.bool_]
    areas: Annotated[Mapping[str, IntervalEstimate], "AUROC by score; chance is 0.5"]


@dataclass(frozen=True)
class PoisonOutput:
    """What a PoisonDesk shows."""

    network: str = ""
    notes: tuple[Note, ...] = ()
    classes: tuple[str, ...] = ()
    count: int = 0
    trains: Annotated[bool, "whether there is a recipe to train again"] = False
    has_truth: bool = False
    signature: ShownSignature | None = None
    thumbnails: Annotated[ShownPicture | None, "of the class, one after the other"] = None
    trigger: ShownTrigger | None = None
    cleansing: ShownCleansing | None = None
    poisons: Annotated[ShownTruth | None, "only when asked for"] = None
