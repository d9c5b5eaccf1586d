"""What a person sees of a DisagreementDesk in the page, and what their hands can do to it."""

from __future__ import annotations

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells


class DisagreementPage(WidgetPage):
    """One view of a DisagreementDesk."""

    selector = ".xai-disagreement"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.answer = self.root.locator(".xai-disagreement-answer")
        self.place = self.root.locator(".xai-disagreement-place")
        self.said = self.root.locator(".xai-disagreement-said")
        self.queue = self.root.locator(".xai-disagreement-queue button")
        self.scores = self.root.locator(".xai-interval")
        self.verdict = self.root.locator(".xai-disagreement-verdict")

    def vote(self, key: str) -> None:
        """Press a key: what has been painted is voted on, so once the kernel is done."""
        self.lab.py("w.disagreement")
        self.drawn()
        self.lab.keys(self.place, key)


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> DisagreementPage:
    """Show a DisagreementDesk in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = DisagreementPage(lab)
    page.answered()
    return page
