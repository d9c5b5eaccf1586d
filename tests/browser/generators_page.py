"""What a person sees of a GeneratorLab in the page, and what their hands can do to it."""

from __future__ import annotations

from typing import ClassVar

from playwright.sync_api import Locator

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells


class LabPage(WidgetPage):
    """One view of a GeneratorLab."""

    selector: ClassVar[str] = ".xai-generators"

    def figure(self, kind: str) -> Locator:
        """Return a figure: original, drawn, residual or moved."""
        return self.root.locator(f".xai-figure.xai-{kind}")

    @property
    def sliders(self) -> Locator:
        """The sliders of the latents, the strongest first."""
        return self.root.locator("input.xai-latent")


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> LabPage:
    """Show a GeneratorLab in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = LabPage(lab)
    page.answered()
    return page
