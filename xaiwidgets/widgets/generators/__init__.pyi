# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any

from xaiwidgets.widgets.generators._state import GeneratorLabState
from xaiwidgets.widgets.generators._widget import GeneratorLab as _GeneratorLab

__all__ = ["GeneratorLab", "GeneratorLabState"]

class GeneratorLab(_GeneratorLab):
    index: int
    generator: str
    offsets: list[float]
    residual: bool
    hold: bool
    classes: list[str]
    notes: list[dict[str, Any]]
    names: list[str]
    pictures: list[dict[str, Any]]
    generators: list[dict[str, Any]]
    reconstruction: dict[str, Any] | None
    directions: list[dict[str, Any]]
    moved: dict[str, Any] | None
