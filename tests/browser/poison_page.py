"""What a person sees of a PoisonDesk in the page, and what their hands can do to it."""

from __future__ import annotations

from playwright.sync_api import Locator

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells


class PoisonPage(WidgetPage):
    """One view of a PoisonDesk."""

    selector = ".xai-poison"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.answer = self.root.locator(".xai-poison-answer")
        self.histogram = self.root.locator(".xai-poison-histogram")
        self.scatter = self.root.locator(".xai-poison-scatter")
        self.pictures = self.root.locator("button.xai-poison-picture")
        self.windows = self.root.locator(".xai-poison-window")
        self.cleansing = self.root.locator(".xai-poison-cleansing")

    def mark(self, name: str) -> Locator:
        """Return the button that marks all chosen pictures."""
        return self.root.get_by_role("group", name="Mark", exact=True).get_by_text(name)


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> PoisonPage:
    """Show a PoisonDesk in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = PoisonPage(lab)
    page.answered()
    return page
