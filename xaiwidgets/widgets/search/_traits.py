"""Written by scripts/schema.py from the dataclasses of the widgets; do not edit."""

from __future__ import annotations

from typing import Any, Literal


class AccuracyTraits:
    """The settings and outputs of a Accuracy widget, which are traits."""

    deltas: list[float]
    max_time: float | None
    max_trial: int | None
    max_gain: float | None
    strategy: Literal["shift", "reseed"]
    race: bool
    settings: dict[str, Any] | None
    searches: list[dict[str, Any]]
    paused: bool
