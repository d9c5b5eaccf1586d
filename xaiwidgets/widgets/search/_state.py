"""What can be set in an AccuracySearch, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.accountability import initializers
from xaiwidgets.intervals import IntervalEstimate
from xaiwidgets.widgets.schema import setting

_STRATEGIES = {
    "shift": "Weights shifted a little further each time",
    "reseed": "Weights redrawn each time",
    "order": "The same weights, examples in another order",
    "all": "Weights and order redrawn",
}
"""What a training changes."""

StrategyName = Literal["shift", "reseed", "order", "all"]
_INITIALIZERS = {name: name for name in initializers.NAMES}

_BUDGETS = "Stop the search after"
_STARTS = "Where a training starts"
_RECIPE = "How it is trained"
_VERDICT = "Verdict"


@dataclass(frozen=True)
class AccuracyState:
    """From where networks are trained, and when that ends."""

    # Of the shifts that ADNN tried, these two gained most in five of its six settings (fig. 4).
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
    # ADNN trained 50 times for each shift (section 6.2), with neither of the other two budgets.
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
    strategy: StrategyName = setting(
        "shift",
        choices=_STRATEGIES,
        label="Where a training starts",
        group=_STARTS,
        doc='What the trainings differ in. "reseed": the initial weights are redrawn; "order": the '
        'order of the examples is; "all": both.',
    )
    race: bool = setting(
        False,
        label="Compare two, taking turns",
        group=_STARTS,
        doc="A race: shifting, and what is chosen here (or redrawn weights), get the same budget.",
    )
    hidden: tuple[int, ...] = setting(
        (256,),
        least=1,
        label="Hidden layers",
        group=_RECIPE,
        doc="hidden: their sizes, from the first; another recipe is another search.",
    )
    epochs: int = setting(2, least=1, label="Epochs", group=_RECIPE)
    batch_size: int = setting(100, least=1, label="Batch", unit="examples", group=_RECIPE)
    learning_rate: float = setting(0.01, least=1e-12, label="Learning rate", group=_RECIPE)
    # Keras's defaults: ADNN takes its initializers from there.
    kernel_initializer: str = setting(
        "glorot_uniform",
        choices=_INITIALIZERS,
        label="Weights at first",
        group=_RECIPE,
        doc="kernel_initializer: Keras's name.",
    )
    bias_initializer: str = setting(
        "zeros",
        choices=_INITIALIZERS,
        label="Biases at first",
        group=_RECIPE,
        doc="bias_initializer: Keras's name.",
    )
    seed: int = setting(0, least=0, label="Seed", group=_RECIPE)
    # Student's 95 % quantile is 12.7 with two pairs and 2.6 with six, and falls little after that.
    seeds: int = setting(
        6,
        least=1,
        most=100,
        label="Seeds",
        group=_VERDICT,
        doc="How many pairs a verdict is made of; with one there is none.",
    )
    longer: bool = setting(
        True,
        label="And one network trained twice as long",
        group=_VERDICT,
        doc="What the same patience could buy.",
    )


RECIPE = (
    "hidden",
    "epochs",
    "batch_size",
    "learning_rate",
    "kernel_initializer",
    "bias_initializer",
    "seed",
)
"""The settings that another search begins with."""


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

    strategy: StrategyName
    baseline: ShownBaseline
    count: Annotated[int, "of trials, without the baseline"]
    counted: Annotated[int, "how many of these, from the first, are of the search as it is set"]
    # Columns and no rows: a thousand trials cross as ten arrays.
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
class ShownGhost:
    """A search with another recipe, as it was left."""

    name: str
    number: NDArray[np.int32]
    gain: Annotated[NDArray[np.float32], "the best so far"]


@dataclass(frozen=True)
class ShownLane:
    """One way to a network, over all seeds."""

    name: str
    held_out: Annotated[IntervalEstimate, "the mean over seeds of the network chosen by training"]
    chosen: Annotated[IntervalEstimate | None, "the best shown on one half of what is held out"]
    read: Annotated[IntervalEstimate | None, "the same on the other half"]


@dataclass(frozen=True)
class ShownRace:
    """Which way is better, by pairs of one seed."""

    seeds: Annotated[int, "that are finished"]
    lanes: tuple[ShownLane, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class AccuracyOutput:
    """What an AccuracySearch shows."""

    settings: ShownRecipe | None = None
    searches: tuple[ShownSearch, ...] = ()
    comparison: Annotated[ShownComparison | None, "null: not two trials a side"] = None
    paused: Annotated[bool, "whether it was stopped to be gone on with"] = False
    ghosts: Annotated[tuple[ShownGhost, ...], "what was searched with other recipes"] = ()
    lanes: Annotated[ShownRace | None, "a verdict over several seeds"] = None
    has_held_out: bool = False
    openable: Annotated[bool, "whether the inputs are pictures, for the Explorer"] = False
