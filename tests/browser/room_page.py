"""What a person sees of a StudyRoom in the page, and what their hands can do to it."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells


class RoomPage(WidgetPage):
    """One view of a StudyRoom."""

    selector = ".xai-room"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.progress = self.root.locator(".xai-room-progress")
        self.person = self.root.locator(".xai-room-code")
        self.stage = self.root.locator(".xai-room-stage")
        self.pictures = self.root.locator(".xai-room-picture")
        self.outcome = self.root.locator(".xai-room-outcome")

    def button(self, name: str) -> Locator:
        """Return the button that is called so."""
        return self.stage.get_by_role("button", name=name)

    def press(self, key: str) -> None:
        """Press a key in the room."""
        self.lab.keys(self.stage, key)

    def ready(self, text: str) -> None:
        """Wait until the question of this number is on the screen and can be answered."""
        expect(self.progress).to_have_text(text)
        # Named by the answer's key, and grey until the picture has been painted.
        expect(self.button("1  ")).not_to_have_attribute("aria-disabled", "true")


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> RoomPage:
    """Show a StudyRoom in a notebook of three cells, and return it."""
    cells(lab, setup, cell, "", kernel)
    return RoomPage(lab)
