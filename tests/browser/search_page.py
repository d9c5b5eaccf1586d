"""What a person sees of an AccuracySearch in the page, and what their hands can do to it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells

ENDED = re.compile("^(Done|Stopped early.*)$")


class SearchPage(WidgetPage):
    """One view of an AccuracySearch."""

    selector = ".xai-search"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.pause_button = self.root.locator(".xai-pause")
        self.cards = self.root.locator(".xai-card:is(.xai-shift, .xai-reseed)")
        self.verdict = self.root.locator(".xai-verdict")
        self.lines = self.root.locator(".xai-plots path.xai-line")
        self.table = self.root.get_by_role("table", name="Trials")
        self.chips = self.root.locator(".xai-delta")

    def start(self) -> None:
        """Press Start, and wait for the first trials."""
        self.run_button.click()
        expect(self.run_button).to_have_text("Stop")
        self.some_trials()

    def some_trials(self, count: int = 1) -> None:
        """Wait until so many trials have been drawn."""
        text = re.compile(r"over ([\d,]+) trainings")
        expect(self.cards.first).to_contain_text(text)
        for _ in range(300):
            if self.trainings() > count:
                return
            self.lab.page.wait_for_timeout(100)
        raise AssertionError(f"there were no more than {self.trainings()} trainings")

    def trainings(self) -> int:
        """Return how many trainings the first card speaks of."""
        found = re.search(r"over ([\d,]+) training", self.cards.first.inner_text())
        return int(found.group(1).replace(",", "")) if found else 0

    def ended(self) -> None:
        """Wait until the search has ended."""
        expect(self.status).to_have_text(ENDED)
        self.drawn()

    def field(self, name: str) -> Locator:
        """Return a number field by its name."""
        return self.root.get_by_role("spinbutton", name=name, exact=True)

    def limit(self, name: str, value: str) -> None:
        """Write a budget."""
        field = self.field(name)
        field.fill(value)
        field.press("Enter")


def show(
    lab: LabSession, setup: str, cell: str, later: str = "", kernel: str = NEWEST
) -> SearchPage:
    """Show an AccuracySearch in a notebook of three cells."""
    cells(lab, setup, cell, later, kernel)
    return SearchPage(lab)
