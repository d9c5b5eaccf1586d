"""What a person sees of a DisagreementDesk in the page, and what their hands can do to it."""

from __future__ import annotations

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells


class DeskPage(WidgetPage):
    """One view of a DisagreementDesk."""

    selector = ".xai-desk"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.answer = self.root.locator(".xai-desk-answer")
        self.place = self.root.locator(".xai-desk-place")
        self.said = self.root.locator(".xai-desk-said")
        self.queue = self.root.locator(".xai-desk-queue button")
        self.scores = self.root.locator(".xai-interval")
        self.verdict = self.root.locator(".xai-desk-verdict")


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> DeskPage:
    """Show a DisagreementDesk in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = DeskPage(lab)
    page.answered()
    return page
