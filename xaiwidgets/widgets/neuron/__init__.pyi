# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any

from xaiwidgets.widgets.neuron._state import NeuronState
from xaiwidgets.widgets.neuron._widget import NeuronDesk as _NeuronDesk

__all__ = ["NeuronDesk", "NeuronState"]

class NeuronDesk(_NeuronDesk):
    layer: str
    unit: int
    silenced: list[int]
    index: int
    examples: list[int]
    target: Any
    quantile: float
    selection: list[int]
    network: str
    notes: list[dict[str, Any]]
    classes: list[str]
    layers: list[str]
    count: int
    draws: bool
    all_pictures: dict[str, Any] | None
    units: dict[str, Any] | None
    favourites: dict[str, Any] | None
    watched: dict[str, Any] | None
    maximised: list[dict[str, Any]]
    concept: dict[str, Any] | None
    moved: dict[str, Any] | None
    paintings: list[dict[str, Any]]
    dissection: dict[str, Any] | None
    profile: dict[str, Any] | None
