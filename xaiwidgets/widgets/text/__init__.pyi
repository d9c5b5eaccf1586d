# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any

from xaiwidgets.widgets.text._state import TextContrastState
from xaiwidgets.widgets.text._widget import TextContrastExplorer as _TextContrastExplorer

__all__ = ["TextContrastExplorer", "TextContrastState"]

class TextContrastExplorer(_TextContrastExplorer):
    sentence: str
    probe: Any
    pinned: list[int]
    position: float
    tolerance: float
    max_steps: int | None
    classes: list[str]
    notes: list[dict[str, Any]]
    sentences: list[str]
    words: list[dict[str, Any]]
    prediction: dict[str, Any] | None
    contrast: dict[str, Any] | None
    effects: dict[str, Any] | None
    questions: list[dict[str, Any]]
