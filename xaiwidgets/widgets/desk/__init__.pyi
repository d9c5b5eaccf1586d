# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from xaiwidgets.widgets.desk._state import DeskState
from xaiwidgets.widgets.desk._widget import DisagreementDesk as _DisagreementDesk

__all__ = ["DeskState", "DisagreementDesk"]

class DisagreementDesk(_DisagreementDesk):
    place: int
    arm: Literal["in turn", "apart", "alone"]
    grid: int
    budget: int
    networks: list[str]
    notes: list[dict[str, Any]]
    images: int
    has_truth: bool
    votes: list[dict[str, Any]]
    disagreement: dict[str, Any] | None
    neither: int
    scores: list[dict[str, Any]]
