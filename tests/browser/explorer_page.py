"""What a person sees of an Explorer in the page, and what their hands can do to it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from .kernels import NEWEST
from .lab import LabSession, Point
from .widget_page import (
    Box,
    WidgetPage,
    box_of,
    cells,
    colour_at,
    painted_part,
    pixels,
    redness_of,
)


class ExplorerPage(WidgetPage):
    """One view of an Explorer."""

    selector = ".xai-explorer"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.stage = self.root.locator(".xai-after .xai-stage")
        self.overlay = self.stage.locator("canvas.xai-overlay")
        self.picture = self.stage.locator("canvas.xai-picture")
        self.window = self.stage.locator(".xai-window")
        self.query = self.root.get_by_role("textbox", name="Query", exact=True)
        self.layer = self.root.get_by_role("slider", name="Layer")
        self.layer_text = self.root.locator(".xai-layer-text")
        self.weight = self.root.get_by_role("slider", name="Weight")
        self.chips = self.root.locator(".xai-partner")
        self.others = self.root.locator(".xai-other")
        self.captions = self.root.locator(".xai-figure:visible figcaption")
        self.legend = self.root.locator(".xai-legend-title")
        self.note = self.root.locator(".xai-blocked")
        self.options = self.root.get_by_role("listbox", name="Suggestions").get_by_role("option")
        self.breadcrumb = self.root.get_by_role("navigation", name="Windows").get_by_role("button")

    # --- eyes ---------------------------------------------------------------------------------

    def frame(self) -> Box:
        """Return left, top, width and height of the picture on the screen."""
        self.stage.scroll_into_view_if_needed()
        return box_of(self.picture)

    def share(self, element: Locator) -> Box:
        """Return where an element is on the picture: top, left, height, width as shares of it."""
        left, top, width, height = self.frame()
        x, y, w, h = box_of(element)
        return (y - top) / height, (x - left) / width, h / height, w / width

    def painted(self) -> Box:
        """Return which part of the picture the map covers, as `share` does."""
        return painted_part(self.overlay)

    def colour(self, row: float, column: float) -> tuple[int, int, int, int]:
        """Return red, green, blue and alpha of the map at a point given as shares."""
        return colour_at(self.overlay, row, column)

    def redness(self) -> dict[str, int]:
        """Return how much redder than blue each quadrant of the map is in its middle."""
        return redness_of(self.overlay)

    def map(self) -> str:
        """Return a fingerprint of the map's pixels."""
        return pixels(self.overlay)

    def levels(self) -> list[str]:
        """Return the names in the breadcrumb."""
        return self.breadcrumb.all_inner_texts()

    # --- hands --------------------------------------------------------------------------------

    def draw(self, start: Point, end: Point, *, release: bool = True) -> None:
        """Drag from one point of the picture to another, given as shares (right, down)."""
        # At the edge of what is scrolled into view a corner lies under the toolbar.
        self.picture.evaluate("picture => picture.scrollIntoView({ block: 'center' })")
        self.lab.drag(self.picture, start, end, release=release)

    def pull(self, name: str, right: float, down: float, *, hold: Point = (0.5, 0.5)) -> None:
        """Drag a part of the window by shares of the picture."""
        element = self.window.locator(f".xai-{name}")
        _, _, width, height = self.frame()
        _, _, w, h = box_of(element)
        end = hold[0] + right * width / w, hold[1] + down * height / h
        self.lab.drag(element, hold, end)

    def ask(self, text: str) -> None:
        """Write a query and press Enter."""
        self.query.fill(text)
        self.query.press("Enter")

    def candidate(self, name: str) -> Locator:
        """Return what the picture can be compared with, by what stands under it."""
        group = self.root.get_by_role("group", name="Pictures to compare with")
        return group.get_by_role("button", name=name, exact=True)

    def compare(self, name: str, button: str = "Join") -> None:
        """Choose what to compare with, and press Join or Anti-join."""
        self.candidate(name).click()
        self.button(button).click()
        self.answered()

    def take_away(self, name: str) -> None:
        """Press the cross on a partner."""
        self.button(f"Take {name} away").click()
        self.answered()

    def suggested(self) -> list[str]:
        """Return what the query bar suggests."""
        return self.options.locator("span:first-child").all_inner_texts()

    def open_readings(self) -> None:
        """Unfold the other readings, and wait until they are there."""
        self.root.get_by_text("Other readings of the same coalitions").click()
        self.read()

    def read(self) -> None:
        """Wait for the other readings of the map."""
        cost = self.root.locator(".xai-reading-cost")
        expect(cost).to_contain_text("0 further evaluations", timeout=20_000)


def show(
    lab: LabSession, setup: str, cell: str, later: str = "", kernel: str = NEWEST
) -> ExplorerPage:
    """Show an Explorer in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, later, kernel)
    page = ExplorerPage(lab)
    page.answered()
    return page


def window(lab: LabSession, name: str = "w") -> tuple[int, int, int, int] | None:
    """Return top, left, height and width of the window that the kernel knows."""
    found: Any = lab.py(f"{name}.get_state('window')['window']")
    return None if found is None else tuple(found)


def where(text: str) -> tuple[int, int, int, int] | None:
    """Return top, left, height and width of the window in a query."""
    found = re.search(r"where \[(\d+):(\d+), (\d+):(\d+)\]", text)
    if not found:
        return None
    top, bottom, left, right = map(int, found.groups())
    return top, left, bottom - top, right - left
