"""Searches as they are shown: a column for each number of a trial."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from xaiwidgets.accountability import Race, SearchResult, Trial, mean_difference
from xaiwidgets.intervals import mean_interval
from xaiwidgets.widgets.search._state import (
    AccuracyState,
    ShownBaseline,
    ShownBest,
    ShownComparison,
    ShownGhost,
    ShownLane,
    ShownRace,
    ShownRecipe,
    ShownSearch,
    StrategyName,
)

_PICTURES = 24  # of what is held out, for the Explorer

StoppedBy = Literal["", "max_time", "max_trial", "max_gain", "completed", "cancelled"]


def shown_search(
    strategy: StrategyName, result: SearchResult, running: bool, frame: int
) -> ShownSearch:
    """Return a search with its trials in columns."""
    best, baseline = result.best, result.baseline
    # What lies beyond a budget that was lowered stays as grey rows, and counts for nothing.
    trials = (*result.trials, *result.surplus_trials)

    def column(name: str) -> NDArray[np.float32]:
        values = [getattr(trial, name) for trial in trials]
        # A typed array has no null, for which the page takes NaN.
        return np.array([math.nan if v is None else v for v in values], np.float32)

    # A training that diverged is right about nothing: it says nothing of how accurate the network
    # may be.
    sound = [trial for trial in (baseline, *result.counted_trials) if not trial.diverged]
    held_out = [t.held_out_accuracy for t in sound if t.held_out_accuracy is not None]
    stopped_by: StoppedBy = "" if running else result.stopped_by  # type: ignore[assignment]
    return ShownSearch(
        strategy=strategy,
        baseline=ShownBaseline(baseline.accuracy, baseline.held_out_accuracy, baseline.loss),
        count=len(trials),
        counted=len(result.counted_trials),
        delta=column("delta"),
        accuracy=column("accuracy"),
        held_out_accuracy=column("held_out_accuracy"),
        gain=column("gain"),
        loss=column("loss"),
        took=column("seconds"),
        finished=column("finished"),
        number=np.array([trial.number for trial in trials], np.int32),
        diverged=np.array([trial.diverged for trial in trials], np.bool_),
        best=ShownBest(best.delta, best.number, best.accuracy, best.held_out_accuracy, result.gain),
        spread=(result.spread[0], result.spread[1]),
        held_out_spread=(min(held_out), max(held_out)) if held_out else None,
        stopped_by=stopped_by,
        seconds=result.seconds,
        frame=frame,
    )


def comparison(results: Mapping[str, SearchResult]) -> ShownComparison | None:
    """Return how the two searches of a race compare, once both have trials enough."""
    if len(results) < 2:
        return None
    difference = mean_difference(*results.values())
    if difference is None:
        return None
    return ShownComparison(
        difference=difference.value,
        # Half the width of the usual interval of 95 %.
        error=2 * difference.standard_error,
        counts=difference.counts,
        held_out=difference.held_out,
    )


def recipe(
    data: Any,
    settings: Mapping[str, Any],
    network: Callable[[], nn.Module] | None,
    executor: Executor | None,
    device: str | torch.device | None,
) -> ShownRecipe:
    """Return how the networks of a search on some data (`accountability.data`) are trained."""
    training, held_out = data.training, data.held_out
    layers = [math.prod(data.shape), *settings["hidden"], data.classes]
    name = "-".join(map(str, layers))
    theirs = "the network's own"
    return ShownRecipe(
        network=name if network is None else getattr(network, "__name__", "network"),
        training_inputs=len(training),
        held_out=None if held_out is None else len(held_out),
        classes=data.classes,
        epochs=settings["epochs"],
        batch_size=settings["batch_size"],
        learning_rate=settings["learning_rate"],
        kernel_initializer=theirs if network else str(settings["kernel_initializer"]),
        bias_initializer=theirs if network else str(settings["bias_initializer"]),
        seed=settings["seed"],
        device=str(device or ("cuda" if torch.cuda.is_available() else "cpu")),
        workers=None if executor is None else type(executor).__name__,
    )


def shown_race(race: Race) -> ShownRace:
    """Return the lanes of a race; what choosing the best is worth, where there were choices."""
    lanes = []
    for name in race.names:
        results = race.lanes.get(name, ())
        searched = any(result.counted_trials for result in results)
        # One network that is trained longer is chosen among none, and has no optimism.
        both = race.optimism(name) if searched else None
        mean = mean_interval(race.held_out(name))
        lanes.append(ShownLane(name, mean, *((both.chosen, both.read) if both else (None, None))))
    return ShownRace(len(race.seeds), tuple(lanes), tuple(map(str, race.verdicts)))


def shown_ghost(name: str, result: SearchResult) -> ShownGhost:
    """Return the best gain up to each number of a trial."""
    # By number, whatever the delta: so ghosts of searches with other deltas lie on one axis.
    trials = [trial for trial in result.counted_trials if not trial.diverged]
    numbers = sorted({trial.number for trial in trials})
    gains = [max(trial.gain for trial in trials if trial.number == number) for number in numbers]
    best = np.maximum.accumulate(np.array(gains, np.float32)) if gains else np.zeros(0, np.float32)
    return ShownGhost(name, np.array(numbers, np.int32), best)


def recipe_name(state: AccuracyState) -> str:
    """Return what tells the recipe of a search from others, for a legend."""
    layers = "-".join(map(str, state.hidden)) or "no"
    steps = f"{state.epochs} epochs of {state.batch_size}, rate {state.learning_rate:g}"
    return f"{layers} hidden, {steps}"


def trial_of(result: SearchResult, delta: float | None, number: int) -> Trial | None:
    """Return the trial of a row: its delta has crossed as a float32."""
    if number == 0:
        return result.baseline

    def is_near(trial: Trial) -> bool:
        if trial.delta is None or delta is None:
            return trial.delta is delta
        return math.isclose(trial.delta, delta, rel_tol=1e-5)

    trials = (*result.trials, *result.surplus_trials)
    return next((each for each in trials if each.number == number and is_near(each)), None)


def pictures_of(data: tuple[Any, Any]) -> torch.Tensor:
    """Return the first pictures as a trained network takes them: (n, C, H, W), bytes as 0 to 1."""
    inputs = torch.as_tensor(np.asarray(data[0][:_PICTURES]), device="cpu")
    scaled = inputs.float() / 255 if inputs.dtype == torch.uint8 else inputs.float()
    return scaled[:, None] if scaled.ndim == 3 else scaled
