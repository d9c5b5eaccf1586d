# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from xaiwidgets.widgets.contrast._state import ContrastState
from xaiwidgets.widgets.contrast._widget import ContrastExplorer as _ContrastExplorer

__all__ = ["ContrastExplorer", "ContrastState"]

class ContrastExplorer(_ContrastExplorer):
    index: int
    selection: list[int]
    probe: Any
    position: float
    scale: Literal["percent", "log-likelihood"]
    opacity: float
    channel: Literal["strongest", "rgb", "brightness", "hue", "red", "green", "blue"]
    direct: Literal["", "gradient", "occlusion", "class means", "gradcam", "lime", "lrp", "pda"]
    direct_two: Literal["", "gradient", "occlusion", "class means", "gradcam", "lime", "lrp", "pda"]
    direct_fill: Literal["dark", "bright", "mean"]
    direct_window: int | None
    xgems: bool
    all_classes: bool
    all_pictures: bool
    stamp: list[int]
    mask: list[int]
    strength: float
    margin: float
    tolerance: float
    max_steps: int | None
    seed: int
    starts: int
    schedule: Literal["default", "paper"]
    classes: list[str]
    notes: list[dict[str, Any]]
    pictures: list[dict[str, Any]]
    picture: dict[str, Any] | None
    prediction: dict[str, Any] | None
    contrast: dict[str, Any] | None
    rival: dict[str, Any] | None
    others: list[dict[str, Any]]
    direct_map: dict[str, Any] | None
    second_map: dict[str, Any] | None
    other_starts: list[dict[str, Any]]
    imposed: dict[str, Any] | None
    overall: dict[str, Any] | None
    stamped: dict[str, Any] | None
    columns: list[dict[str, Any]]
    judge: str
    judgement: dict[str, Any] | None
    questions: list[dict[str, Any]]
