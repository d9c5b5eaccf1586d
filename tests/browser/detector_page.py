"""What a person sees of an ErrorDetectorPanel in the page, and what their hands can do to it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells

ENDS = ("kept right", "missed", "false alarm", "caught")


class DetectorPage(WidgetPage):
    """One view of an ErrorDetectorPanel."""

    selector = ".xai-detector"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.answer = self.root.locator(".xai-detector-answer")
        self.threshold = self.root.get_by_role("slider", name="Threshold")
        self.images = self.root.locator("button.xai-image")
        self.detail = self.root.locator("section.xai-box[aria-label=Detail]")
        # It stands beside the panel, not in it.
        self.opened = lab.locate(".xai-opened")

    def end(self, name: str) -> Locator:
        """Return one of the four ends of the flow."""
        return self.root.locator(f".xai-flow-end[aria-label^='{name}:']")

    def flow(self) -> dict[str, int]:
        """Return how many predictions end where."""
        found = {}
        for name in ENDS:
            label = self.end(name).get_attribute("aria-label") or ""
            match = re.match(rf"{name}: ([\d,]+),", label)
            assert match, label
            found[name] = int(match.group(1).replace(",", ""))
        return found


def show(
    lab: LabSession, setup: str, cell: str, later: str = "", kernel: str = NEWEST
) -> DetectorPage:
    """Show an ErrorDetectorPanel in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, later, kernel)
    page = DetectorPage(lab)
    page.answered()
    return page
