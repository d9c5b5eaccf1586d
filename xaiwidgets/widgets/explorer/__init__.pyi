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
    method: str
    beside: str
    swapped: bool
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
    players: Literal["grid", "segments", "adaptive"]
    query: str
    reading: Literal["shapley", "linear", "tree"]
    opacity: float
    look: Literal["cells", "smooth"]
    hatching: bool
    zoom: bool
    color_range: float | None
    truth: Any | None
    selection: list[int]
    gesture: int
    classes: list[str]
    reads_text: bool
    pictures: list[dict[str, Any]]
    predictions: dict[str, Any]
    references: list[dict[str, Any]]
    baselines: list[str]
    networks: list[str]
    rival: str | None
    notes: list[dict[str, Any]]
    layers: list[dict[str, Any]]
    layer_hint: str
    fitting: dict[str, Any] | None
    copied: str
    sweep: dict[str, Any] | None
    attack: dict[str, Any] | None
    fit_offer: dict[str, Any] | None
    layer_maps: dict[str, Any]
    class_maps: dict[str, Any]
    stages: list[dict[str, Any]]
    candidates: list[str]
    others: list[dict[str, Any]]
    blocked: dict[str, Any]
    methods: list[dict[str, Any]]
    invalid_methods: dict[str, Any]
    attention: dict[str, Any] | None
    agreement: dict[str, Any] | None
    readings: dict[str, Any] | None
    judgement: dict[str, Any] | None
    questions: list[dict[str, Any]]
    picture: dict[str, Any] | None
    original: dict[str, Any] | None
    prediction: dict[str, Any] | None
    prediction_before: dict[str, Any] | None
    attribution: dict[str, Any] | None
    attribution_before: dict[str, Any] | None
    edits: list[str]
    undoable: int
    redoable: int
