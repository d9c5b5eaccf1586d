"""What can be set in an AccuracySearch, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.widgets.schema import setting

_STRATEGIES = {"shift": "Shifted a little further each time", "reseed": "Redrawn each time"}
"""Where a training starts."""

_BUDGETS = "Stop the search after"
_STARTS = "Where a training starts"


@dataclass(frozen=True)
class AccuracyState:
    """From where networks are trained, and when that ends."""

    deltas: tuple[float, ...] = setting(
        (0.0025, 0.003),
        label="Shifts",
        group=_STARTS,
        doc="deltas: training t of each starts from the initial weights + t * delta.",
    )
    max_time: float | None = setting(
        None,
        least=0,
        label="Time",
        unit="seconds",
        empty="no limit",
        group=_BUDGETS,
        doc="max_time: a budget; like the others, it acts while the search runs.",
    )
    max_trial: int | None = setting(
        50,
        least=0,
        label="Trainings per shift",
        unit="trainings",
        empty="no limit",
        group=_BUDGETS,
        doc="max_trial: trials for each delta; redrawn starts have as many as all deltas together.",
    )
    max_gain: float | None = setting(
        None,
        least=0,
        most=1,
        label="Gain over the start",
        unit="points",
        scale=100,
        empty="no limit",
        group=_BUDGETS,
        doc="max_gain, of training accuracy: 0.01 is one point.",
    )
    strategy: Literal["shift", "reseed"] = setting(
        "shift",
        choices=_STRATEGIES,
        label="Where a training starts",
        group=_STARTS,
        doc='"reseed": the initial weights are redrawn.',
    )
    race: bool = setting(
        False,
        label="Compare both, taking turns",
        group=_STARTS,
        doc="A race: both strategies get the same budget, in turn.",
    )


@dataclass(frozen=True)
class ShownRecipe:
    """How each network is trained."""

    network: str
    training_inputs: int
    held_out: int | None
    classes: int
    epochs: int
    batch_size: int
    learning_rate: float
    kernel_initializer: str
    bias_initializer: str
    seed: int
    device: str
    workers: str | None


@dataclass(frozen=True)
class ShownBaseline:
    """The network before any trial."""

    accuracy: float
    held_out_accuracy: float | None
    loss: Annotated[float | None, "null: it has diverged"]


@dataclass(frozen=True)
class ShownBest:
    """The most accurate network so far."""

    delta: float | None
    number: Annotated[int, "0: the baseline itself"]
    accuracy: float
    held_out_accuracy: float | None
    gain: float


@dataclass(frozen=True)
class ShownSearch:
    """All trainings of one strategy so far; a trial is a place in the columns."""

    strategy: Literal["shift", "reseed"]
    baseline: ShownBaseline
    count: Annotated[int, "of trials, without the baseline"]
    counted: Annotated[int, "how many of these, from the first, are of the search as it is set"]
    delta: Annotated[NDArray[np.float32], "NaN: drawn again"]
    accuracy: NDArray[np.float32]
    held_out_accuracy: Annotated[NDArray[np.float32], "NaN: nothing is held out"]
    gain: NDArray[np.float32]
    loss: NDArray[np.float32]
    took: Annotated[NDArray[np.float32], "seconds"]
    finished: Annotated[NDArray[np.float32], "seconds since the start of the search"]
    number: Annotated[NDArray[np.int32], "from 1 for each delta"]
    diverged: NDArray[np.bool_]
    best: ShownBest
    spread: tuple[float, float]
    held_out_spread: tuple[float, float] | None
    stopped_by: Literal["", "max_time", "max_trial", "max_gain", "completed", "cancelled"]
    seconds: Annotated[float, "since the start of the search"]
    frame: int


@dataclass(frozen=True)
class ShownComparison:
    """By how much the trials of the first search are better than those of the second."""

    difference: Annotated[float, "of the means, 0.01 is one point"]
    error: Annotated[float, "two standard errors after Welch"]
    counts: Annotated[tuple[int, int], "of trials"]
    held_out: Annotated[bool, "whether these are accuracies on what is held out"]


@dataclass(frozen=True)
class AccuracyOutput:
    """What an AccuracySearch shows."""

    settings: ShownRecipe | None = None
    searches: tuple[ShownSearch, ...] = ()
    comparison: Annotated[ShownComparison | None, "null: not two trials a side"] = None
    paused: Annotated[bool, "whether it was stopped to be gone on with"] = False
