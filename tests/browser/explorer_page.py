"""What a person sees of an Explorer in the page, and what their hands can do to it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from .kernels import NEWEST
from .lab import LabSession, Point
from .widget_page import (
    QUADRANTS,
    Box,
    Colour,
    WidgetPage,
    box_of,
    cells,
    colours_at,
    painted_part,
    pixels,
    redness_in,
)

JOIN, ANTI_JOIN = "What they share", "What tells them apart"
UNFOLD = """root => {
    root.querySelectorAll('details:not(.xai-fit-choice)').forEach(part => { part.open = true; });
    root.querySelector('.xai-coach button')?.click();
}"""

PICTURE_AND_MAP = """stage => ["picture", "overlay"].map(name => {
    const box = stage.querySelector(`canvas.xai-${name}`).getBoundingClientRect();
    return [box.x, box.y, box.width, box.height];
})"""


class ExplorerPage(WidgetPage):
    """One view of an Explorer.

    Parameters
    ----------
    unfolded
        Whether to fold out all that is folded, and to dismiss the marks of a first visit: most
        tests look at a part, and not at how one comes to it.
    """

    selector = ".xai-explorer"

    def __init__(self, lab: LabSession, number: int = 0, *, unfolded: bool = True) -> None:
        super().__init__(lab, number)
        if unfolded:
            self.root.evaluate(UNFOLD)
        self.stage = self.root.locator(".xai-after .xai-stage")
        self.overlay = self.stage.locator("canvas.xai-overlay")
        self.picture = self.stage.locator("canvas.xai-picture")
        self.window = self.stage.locator(".xai-window")
        self.headline = self.root.locator(".xai-question")
        self.sentence = self.root.locator(".xai-headline-answer")
        self.questions = self.root.get_by_role("list", name="Asked so far").get_by_role("listitem")
        self.query = self.root.get_by_role("textbox", name="Query", exact=True)
        self.layer = self.root.get_by_role("slider", name="Layer")
        self.layer_text = self.root.locator(".xai-layer-text")
        self.weight = self.root.get_by_role("slider", name="Weight")
        self.chips = self.root.locator(".xai-partner")
        self.others = self.root.locator(".xai-other")
        self.captions = self.root.locator(".xai-figure:visible figcaption")
        self.legend = self.root.locator(".xai-legend-title")
        self.upload_notice = self.root.locator(".xai-upload-notice:visible")
        self.mini_map = self.stage.locator(".xai-mini-map")
        self.tip = self.stage.locator(".xai-tip")
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

    def painted(self, figure: Locator | None = None) -> Box:
        """Return which part of the picture the map covers, as `share` does; of another figure."""
        stage = self.stage if figure is None else figure
        top, left, height, width = painted_part(stage.locator("canvas.xai-overlay"))
        rows, columns, high, wide = self.part(stage)
        return rows + top * high, columns + left * wide, height * high, width * wide

    def part(self, figure: Locator | None = None) -> Box:
        """Return which part of the picture fills the stage, as `share` does."""
        stage = self.stage if figure is None else figure
        # In one look: between two the page may have scrolled.
        (x, y, width, height), (left, top, wide, high) = stage.evaluate(PICTURE_AND_MAP)
        return (top - y) / height, (left - x) / width, high / height, wide / width

    def colour(self, row: float, column: float) -> Colour:
        """Return red, green, blue and alpha of the map at a point of the picture, as shares."""
        return self.colours([(row, column)])[0]

    def colours(self, points: Iterable[tuple[float, float]]) -> list[Colour]:
        """Return red, green, blue and alpha of the map at each point (row, column)."""
        top, left, high, wide = self.part()
        places = [((row - top) / high, (column - left) / wide) for row, column in points]
        return colours_at(self.overlay, places)

    def redness(self) -> dict[str, int]:
        """Return how much redder than blue the map is in the middle of each quadrant."""
        return redness_in(self.colours(QUADRANTS.values()))

    def map(self) -> str:
        """Return a fingerprint of the map's pixels."""
        return pixels(self.overlay)

    def levels(self) -> list[str]:
        """Return the names in the breadcrumb."""
        return self.breadcrumb.all_inner_texts()

    def hover(self, row: float, column: float) -> str:
        """Point at the picture, as shares of it, and return what it says there."""
        left, top, width, height = self.frame()
        self.lab.page.mouse.move(left + column * width, top + row * height)
        self.drawn()
        return self.tip.inner_text()

    # --- hands --------------------------------------------------------------------------------

    def draw(self, start: Point, end: Point, *, release: bool = True) -> None:
        """Drag from one point of the picture to another, given as shares (right, down)."""
        # At the edge of what is scrolled into view a corner lies under the toolbar.
        self.stage.evaluate("stage => stage.scrollIntoView({ block: 'center' })")
        self.lab.drag(self.picture, start, end, release=release)

    def pull(self, part: str, right: float, down: float, *, hold: Point = (0.5, 0.5)) -> None:
        """Drag a part of the window by shares of the picture."""
        element = self.window.locator(part)
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

    def compare(self, name: str, operator: str = "join") -> None:
        """Choose what to compare with, and press what asks for a join or an anti-join."""
        self.candidate(name).click()
        self.button(JOIN if operator == "join" else ANTI_JOIN).click()
        self.answered()

    def take_away(self, name: str) -> None:
        """Press the cross on a partner."""
        self.button(f"Take {name} away").click()
        self.answered()

    def suggests(self, *texts: str) -> None:
        """Wait for the query bar to suggest these."""
        expect(self.options.locator("span:first-child")).to_have_text(texts)

    def read(self) -> None:
        """Wait for the other readings of the map."""
        cost = self.root.locator(".xai-reading-cost")
        expect(cost).to_contain_text("0 further trials")


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


def file(name: str, side: int = 64, colour: str = "red", mode: str = "RGB") -> FilePayload:
    """Return a picture of one colour as a file."""
    buffer = io.BytesIO()
    Image.new(mode, (side, side), colour).save(buffer, format="png")
    return FilePayload(name=name, mimeType="image/png", buffer=buffer.getvalue())
