# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from xaiwidgets.widgets.explorer._widget import Explorer as _Explorer

__all__ = ["Explorer"]

class Explorer(_Explorer):
    index: int
    window: Any | None
    trail: list[Any]
    target: Any
    layer: str | None
    operator: Literal["", "join", "left join"]
    partners: list[str]
    partner_targets: list[int | None]
    weights: list[float | None]
    printed: bool
    baseline: str
    output: Literal["logit", "probability"]
    budget: int
    seed: int
    grid: int
    query: str
    reading: Literal["shapley", "linear", "tree"]
    opacity: float
    color_range: float | None
    gesture: int
    classes: list[str]
    pictures: list[dict[str, Any]]
    references: list[dict[str, Any]]
    baselines: list[str]
    networks: list[str]
    rival: str | None
    layers: list[dict[str, Any]]
    layer_hint: str
    layer_maps: dict[str, Any]
    candidates: list[dict[str, Any]]
    others: list[dict[str, Any]]
    blocked: dict[str, Any]
    readings: dict[str, Any] | None
    asked: list[str]
    picture: dict[str, Any] | None
    original: dict[str, Any] | None
    prediction: dict[str, Any] | None
    prediction_before: dict[str, Any] | None
    attribution: dict[str, Any] | None
    attribution_before: dict[str, Any] | None
    edits: list[str]
    undoable: int
    redoable: int
