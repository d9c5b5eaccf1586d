# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from xaiwidgets.widgets.search._state import AccuracyState
from xaiwidgets.widgets.search._widget import AccuracySearch as _AccuracySearch

__all__ = ["AccuracySearch", "AccuracyState"]

class AccuracySearch(_AccuracySearch):
    deltas: list[float]
    max_time: float | None
    max_trial: int | None
    max_gain: float | None
    strategy: Literal["shift", "reseed", "order", "all"]
    race: bool
    hidden: list[int]
    epochs: int
    batch_size: int
    learning_rate: float
    kernel_initializer: str
    bias_initializer: str
    seed: int
    seeds: int
    longer: bool
    settings: dict[str, Any] | None
    searches: list[dict[str, Any]]
    comparison: dict[str, Any] | None
    paused: bool
    ghosts: list[dict[str, Any]]
    lanes: dict[str, Any] | None
    has_held_out: bool
    openable: bool
