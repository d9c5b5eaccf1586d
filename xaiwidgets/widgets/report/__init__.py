"""What people answered in a study: the figures of both papers, with n and intervals first."""

from xaiwidgets.widgets.report._state import ReportState
from xaiwidgets.widgets.report._widget import StudyReport

__all__ = ["ReportState", "StudyReport"]
