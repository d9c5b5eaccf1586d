"""What a person sees of a ContrastExplorer in the page, and what their hands can do to it."""

from __future__ import annotations

from playwright.sync_api import Locator

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells, redness_of


class ContrastPage(WidgetPage):
    """One view of a ContrastExplorer."""

    selector = ".xai-contrast"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.title = self.root.locator(".xai-question")
        self.slider = self.root.get_by_role("slider", name="Morph")
        self.intruders = self.root.locator(".xai-intruder")
        self.tiles = self.root.locator(".xai-multiple")

    def figure(self, kind: str) -> Locator:
        """Return a figure: original, morph, rival or direct."""
        return self.root.locator(f".xai-figure.xai-{kind}")

    def overlay(self, kind: str = "morph") -> Locator:
        """Return red and blue of a figure."""
        return self.figure(kind).locator("canvas.xai-overlay")

    def redness(self, kind: str = "morph") -> dict[str, int]:
        """Return how much redder than blue each quadrant of a figure is in its middle."""
        return redness_of(self.overlay(kind))

    def badge(self, kind: str = "morph") -> Locator:
        """Return what is written on a figure that is not what was asked for."""
        return self.figure(kind).locator(".xai-badge")


def show(
    lab: LabSession, setup: str, cell: str, later: str = "", kernel: str = NEWEST
) -> ContrastPage:
    """Show a ContrastExplorer in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, later, kernel)
    page = ContrastPage(lab)
    page.answered()
    return page
