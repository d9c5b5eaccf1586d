"""What a person sees of a VectorMap in the page, and what their hands can do to it."""

from __future__ import annotations

from collections.abc import Sequence

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, box_of, cells

# Where a point lies in the frame around all, in shares of its width and height, from the top.
PLACE = (
    "(lambda i, p: ((p[i] - (p.max(0) + p.min(0)) / 2) * [1, -1]"
    " / (1.06 * max(np.ptp(p, 0) / [3, 2])) / [3, 2] + 0.5).tolist())"
)


class VectorMapPage(WidgetPage):
    """One view of a VectorMap."""

    selector = ".xai-vectormap"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.answer = self.root.locator(".xai-vectormap-answer")
        self.map = self.root.locator(".xai-map")
        self.points = self.root.locator(".xai-points")
        self.tip = self.root.locator(".xai-map-tip")
        self.spoken = self.root.locator(".xai-spoken[aria-live]")
        self.chosen = self.root.get_by_role("region", name="Chosen", exact=True)
        self.pictures = self.root.get_by_role("group", name="Chosen pictures").get_by_role("button")
        self.colour = self.root.locator("select.xai-colour")
        self.crosses = self.root.locator(".xai-cross")
        self.noise = self.root.locator(".xai-noise")

    def at(self, across: float, down: float) -> tuple[float, float]:
        """Return a point of the map, given in shares, on the screen."""
        left, top, width, height = box_of(self.map)
        return left + across * width, top + down * height

    def lasso(self, corners: Sequence[tuple[float, float]]) -> None:
        """Draw around a part of the map, given by its corners in shares."""
        self.map.scroll_into_view_if_needed()
        mouse = self.lab.page.mouse
        mouse.move(*self.at(*corners[0]))
        mouse.down()
        for corner in corners[1:]:
            mouse.move(*self.at(*corner), steps=4)
        mouse.up()

    def place_of(self, picture: int) -> tuple[float, float]:
        """Return where a picture's point lies on the screen, by what the kernel has of it."""
        across, down = self.lab.py(f"{PLACE}({picture}, w.plane['points'].astype(float))")
        return self.at(across, down)


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> VectorMapPage:
    """Show a VectorMap in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = VectorMapPage(lab)
    page.answered()
    return page
