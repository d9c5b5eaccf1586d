# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from xaiwidgets.widgets.contrast._state import ContrastState
from xaiwidgets.widgets.contrast._widget import ContrastExplorer as _ContrastExplorer

__all__ = ["ContrastExplorer", "ContrastState"]

class ContrastExplorer(_ContrastExplorer):
    index: int
    probe: Any
    position: float
    scale: Literal["percent", "log-likelihood"]
    opacity: float
    direct: Literal["", "gradcam", "lime", "lrp", "pda"]
    xgems: bool
    all_classes: bool
    margin: float
    tolerance: float
    max_steps: int | None
    seed: int
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
    questions: list[dict[str, Any]]
