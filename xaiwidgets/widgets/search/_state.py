"""What can be set in an AccuracySearch, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.widgets.schema import setting

_STRATEGIES = {"shift": "Shift: moved by number × delta", "reseed": "Reseed: drawn anew each time"}
"""Where a training starts."""

_BUDGETS = "Stop the search after"
_STARTS = "Where a training starts"


@dataclass(frozen=True)
class AccuracyState:
    """From where networks are trained, and when that ends."""

    deltas: tuple[float, ...] = setting(
        (0.0025, 0.003),
        label="Deltas",
        group=_STARTS,
        doc="Steps by which the initial weights are shifted.",
    )
    max_time: float | None = setting(
        None,
        least=0,
        label="Time",
        unit="seconds",
        empty="no limit",
        group=_BUDGETS,
        doc="A budget; like the others, it acts while the search runs.",
    )
    max_trial: int | None = setting(
        50, least=0, label="Trials per delta", unit="trials", empty="no limit", group=_BUDGETS
    )
    max_gain: float | None = setting(
        None,
        least=0,
        most=1,
        label="Gain",
        unit="points",
        scale=100,
        empty="no limit",
        group=_BUDGETS,
        doc="Of accuracy: 0.01 is one point.",
    )
    strategy: Literal["shift", "reseed"] = setting(
        "shift",
        choices=_STRATEGIES,
        label="Strategy",
        group=_STARTS,
        doc='"reseed": draw the initial weights again.',
    )
    race: bool = setting(
        False,
        label="Race: both, taking turns",
        group=_STARTS,
        doc="Give both strategies the same budget, in turn.",
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
    name: str


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
    card: str
    frame: int


@dataclass(frozen=True)
class AccuracyOutput:
    """What an AccuracySearch shows."""

    settings: ShownRecipe | None = None
    searches: tuple[ShownSearch, ...] = ()
    paused: Annotated[bool, "whether it was stopped to be gone on with"] = False
