# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from numpy.typing import NDArray

from xaiwidgets.widgets.vectormap._state import VectorMapState
from xaiwidgets.widgets.vectormap._widget import VectorMap as _VectorMap

__all__ = ["VectorMap", "VectorMapState"]

class VectorMap(_VectorMap):
    layer: str
    method: Literal["pca", "tsne"]
    seed: int
    colour: str
    dimmed: list[int]
    selection: list[int]
    network: str
    notes: list[dict[str, Any]]
    classes: list[str]
    count: int
    layers: list[str]
    labels: NDArray[Any] | None
    predicted: NDArray[Any] | None
    scores: dict[str, Any]
    plane: dict[str, Any] | None
    noise: dict[str, Any] | None
    crosses: list[dict[str, Any]]
    has_rival: bool
    saved: dict[str, Any]
