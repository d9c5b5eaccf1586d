# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from xaiwidgets.widgets.room._state import RoomState
from xaiwidgets.widgets.room._widget import StudyRoom as _StudyRoom

__all__ = ["RoomState", "StudyRoom"]

class StudyRoom(_StudyRoom):
    person: str
    study: str
    consent: str
    instructions: str
    question: str
    answers: list[str]
    unsure: bool
    ratings: list[str]
    total: int
    phase: Literal["consent", "instructions", "item", "feedback", "rating", "done"]
    trial: int
    item: dict[str, Any] | None
    view: dict[str, Any] | None
    outcome: dict[str, Any] | None
    right: int | None
    log_notes: list[str]
