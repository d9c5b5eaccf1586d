# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from xaiwidgets.widgets.report._state import ReportState
from xaiwidgets.widgets.report._widget import StudyReport as _StudyReport

__all__ = ["ReportState", "StudyReport"]

class StudyReport(_StudyReport):
    alternative: Literal["greater", "two-sided"]
    path: str
    report: dict[str, Any] | None
