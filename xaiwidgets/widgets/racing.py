"""Searches side by side, and how they cross to the page; knows no traits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from xaiwidgets.accountability import SearchResult, Trial
from xaiwidgets.work import Progress, Steps

Found = Mapping[str, SearchResult]
"""By strategy: "shift", "reseed"."""

_COLUMNS = {
    "delta": "delta",
    "accuracy": "accuracy",
    "held_out_accuracy": "held_out_accuracy",
    "gain": "gain",
    "loss": "loss",
    "took": "seconds",
    "finished": "finished",
}


def together(searches: Mapping[str, Steps[SearchResult]]) -> Steps[Found]:
    """Drive several searches in turn, one step each, so that all get the same time.

    The preview is what all have found so far.
    """
    going = dict(searches)
    found: dict[str, SearchResult] = {}
    reports = {name: Progress(0) for name in going}
    try:
        while going:
            for name in list(going):
                try:
                    reports[name] = next(going[name])
                except StopIteration as stop:
                    found[name] = stop.value
                    del going[name]
                else:
                    found |= {name: reports[name].preview} if reports[name].preview else {}
                yield _summed(list(reports.values()), {n: found[n] for n in searches if n in found})
    finally:
        for steps in searches.values():
            steps.close()
    return {name: found[name] for name in searches}


def _summed(reports: list[Progress], found: Found) -> Progress:
    totals = [report.total for report in reports if report.total is not None]
    total = sum(totals) if len(totals) == len(reports) else None
    done = sum(report.done for report in reports)
    return Progress(done, total, reports[-1].note, found or None)


def drawn(strategy: str, found: SearchResult, running: bool, frame: int) -> dict[str, Any]:
    """Return a search as plain numbers and binary columns."""
    trials = (*found.trials, *found.surplus_trials)
    held_out = found.baseline.held_out_accuracy is not None
    columns = {
        column: np.array([_number(getattr(one, name)) for one in trials], np.float32).tobytes()
        for column, name in _COLUMNS.items()
    }
    sound = [one for one in (found.baseline, *found.counted_trials) if not one.diverged]
    apart = [one.held_out_accuracy or 0.0 for one in sound] if held_out else []
    return {
        "strategy": strategy,
        "baseline": _said(found.baseline, "accuracy", "held_out_accuracy", "loss"),
        "count": len(trials),
        "counted": len(found.counted_trials),  # the first so many; others are of other deltas, say
        **columns,
        "number": np.array([one.number for one in trials], np.int32).tobytes(),
        "diverged": np.array([one.diverged for one in trials], np.uint8).tobytes(),
        "best": {
            **_said(found.best, "delta", "number", "accuracy", "held_out_accuracy"),
            "gain": found.gain,
            "name": found.best.name,
        },
        "spread": list(found.spread),
        "held_out_spread": [min(apart), max(apart)] if apart else None,
        "stopped_by": "" if running else found.stopped_by,
        "seconds": found.seconds,
        "card": str(found),
        "frame": frame,
    }


def _said(trial: Trial, *names: str) -> dict[str, Any]:
    """Return attributes of a trial; JSON has no NaN, the loss of one that diverged."""
    values = {name: getattr(trial, name) for name in names}
    return {name: None if value != value else value for name, value in values.items()}


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
