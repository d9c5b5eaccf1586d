# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from numpy.typing import NDArray

from xaiwidgets.widgets.disagreement._state import DisagreementState
from xaiwidgets.widgets.disagreement._widget import DisagreementDesk as _DisagreementDesk

__all__ = ["DisagreementDesk", "DisagreementState"]

class DisagreementDesk(_DisagreementDesk):
    place: int
    arm: Literal["in turn", "apart", "alone"]
    grid: int
    budget: int
    selection: list[int]
    networks: list[str]
    notes: list[dict[str, Any]]
    images: int
    has_truth: bool
    votes: list[dict[str, Any]]
    queue: NDArray[Any] | None
    disagreement: dict[str, Any] | None
    neither: int
    scores: list[dict[str, Any]]
