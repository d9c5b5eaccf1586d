# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from xaiwidgets.widgets.surrogate._state import SurrogateState
from xaiwidgets.widgets.surrogate._widget import SurrogateDesk as _SurrogateDesk

__all__ = ["SurrogateDesk", "SurrogateState"]

class SurrogateDesk(_SurrogateDesk):
    features: Literal["cells", "latents", "pca", "own"]
    depth: int
    grid: int
    held_out: float
    seed: int
    selection: list[int]
    network: str
    notes: list[dict[str, Any]]
    classes: list[str]
    count: int
    offered: list[str]
    tree: dict[str, Any] | None
    saved: dict[str, Any]
