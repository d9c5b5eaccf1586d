"""What a person sees of a NeuronDesk in the page, and what their hands can do to it."""

from __future__ import annotations

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells


class NeuronPage(WidgetPage):
    """One view of a NeuronDesk."""

    selector = ".xai-neuron"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.answer = self.root.locator(".xai-neuron-answer")
        self.units = self.root.locator("button.xai-neuron-unit")
        self.favourites = self.root.locator("button.xai-neuron-favourite")
        self.watched = self.root.locator(".xai-neuron-watched")
        self.silence = self.root.locator("button.xai-neuron-silence")
        self.maximised = self.root.locator(".xai-neuron-maximised figure")
        self.examples = self.root.locator("button.xai-neuron-example")
        self.direction = self.root.locator(".xai-neuron-direction")


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> NeuronPage:
    """Show a NeuronDesk in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = NeuronPage(lab)
    page.answered()
    return page
