"""What a person sees of a TextContrastExplorer in the page, and what their hands can do to it."""

from __future__ import annotations

from playwright.sync_api import Locator

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells


class TextPage(WidgetPage):
    """One view of a TextContrastExplorer."""

    selector = ".xai-text"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.input = self.root.get_by_role("textbox", name="Sentence")
        self.answer = self.root.locator(".xai-text-answer")
        self.badge = self.root.locator(".xai-text-badge")
        self.words = self.root.locator(".xai-text-word")
        self.slider = self.root.get_by_label("Way to the boundary")
        self.candidates = self.root.locator(".xai-text-candidate")
        self.asked = self.root.locator(".xai-text-again")

    def word(self, text: str) -> Locator:
        """Return a word with what stands under it."""
        own = self.root.page.locator(".xai-text-own", has_text=text)
        return self.words.filter(has=own)

    def type(self, sentence: str) -> None:
        """Type a sentence and press Return."""
        self.input.fill(sentence)
        self.input.press("Enter")


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> TextPage:
    """Show a TextContrastExplorer in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = TextPage(lab)
    page.answered()
    return page
