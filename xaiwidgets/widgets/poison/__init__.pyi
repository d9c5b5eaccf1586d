# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any

from xaiwidgets.widgets.poison._state import PoisonState
from xaiwidgets.widgets.poison._widget import PoisonDesk as _PoisonDesk

__all__ = ["PoisonDesk", "PoisonState"]

class PoisonDesk(_PoisonDesk):
    target: Any
    brush: list[float]
    selection: list[int]
    poisoned: list[int]
    clean: list[int]
    show_truth: bool
    network: str
    notes: list[dict[str, Any]]
    classes: list[str]
    count: int
    trains: bool
    has_truth: bool
    signature: dict[str, Any] | None
    thumbnails: dict[str, Any] | None
    trigger: dict[str, Any] | None
    cleansing: dict[str, Any] | None
    poisons: dict[str, Any] | None
