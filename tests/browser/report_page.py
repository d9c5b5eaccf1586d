"""What a person sees of a StudyReport in the page."""

from __future__ import annotations

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells


class ReportPage(WidgetPage):
    """One view of a StudyReport."""

    selector = ".xai-report"


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> ReportPage:
    """Show a StudyReport in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = ReportPage(lab)
    page.answered()
    return page
