"""What a person sees of an Explorer in the page, and what their hands can do to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from .kernels import NEWEST
from .lab import LabSession, Point

Box = tuple[float, float, float, float]

# Four quadrants and a class for each: the network looks for the brightest, so the map of a class is
# red in its own quadrant and blue elsewhere. MOOD makes the network slow or sick, also its twin.
QUADRANTS = """
import threading, time
import torch
from xaiwidgets import Classifier, Explorer

WELL = {"delay": 0.0, "calls until it throws": None, "answers NaN": False}
MOOD = dict(WELL)

class Quadrants(torch.nn.Module):
    def forward(self, x):
        time.sleep(MOOD["delay"] * len(x))
        if MOOD["calls until it throws"] is not None:
            MOOD["calls until it throws"] -= 1
            if MOOD["calls until it throws"] < 0:
                raise RuntimeError("the sensor is unplugged")
        brightness = torch.nn.functional.adaptive_avg_pool2d(x.mean(1), 2).flatten(1)
        logits = 4 * (brightness - brightness.mean(1, keepdim=True))
        return logits * float("nan") if MOOD["answers NaN"] else logits

classes = ["north west", "north east", "south west", "south east"]
model = Classifier(Quadrants(), classes=classes)
x = torch.linspace(0.15, 0.25, 64).repeat(3, 64, 1)
x[:, :32, :32] += 0.7
x[:, 32:, 32:] += 0.4
"""
NEW = "w = Explorer(model, x, budget=64, grid=4)\nw"
# Blocks the kernel's main shell until the test lets it go.
BLOCK = "import pathlib\nwhile not pathlib.Path('go').exists(): time.sleep(0.02)"

WRITE_CELLS = """sources => {
    const { widgets } = jupyterapp.shell.currentWidget.content;
    sources.forEach((source, i) => {
        const model = widgets[i + 1].model;
        model.clearExecution();
        model.sharedModel.setSource(source);
    });
}"""
NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
RESULT = re.compile("^(Done|Failed|Stopped early.*)$")


class ExplorerPage:
    """One view of an Explorer.

    Parameters
    ----------
    number
        Which one on the page, from 0.
    """

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        lab.widget(".xai-explorer")
        self.lab = lab
        self.root = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .xai-explorer").nth(
            number
        )
        self.root.wait_for(state="visible")
        self.stage = self.root.locator(".xai-after .xai-stage")
        self.overlay = self.stage.locator("canvas.xai-overlay")
        self.picture = self.stage.locator("canvas.xai-picture")
        self.window = self.stage.locator(".xai-window")
        self.query = self.root.get_by_role("textbox", name="Query", exact=True)
        self.status = self.root.locator(".xai-status")
        self.alert = self.root.locator(".xai-alert")
        self.run_button = self.root.locator(".xai-run")
        self.breadcrumb = self.root.get_by_role("navigation", name="Windows").get_by_role("button")

    # --- waiting ------------------------------------------------------------------------------

    def answered(self, state: str = "Done") -> None:
        """Wait until what was asked last has been answered and drawn."""
        self.lab.page.wait_for_timeout(80)  # the page saves its state that seldom
        self.lab.settle(0.1)
        expect(self.status).to_have_text(RESULT, timeout=60_000)
        assert self.status.inner_text() == state, self.alert.inner_text()
        self.drawn()

    def drawn(self) -> None:
        """Wait until what has arrived is on the screen."""
        self.lab.page.evaluate(NEXT_FRAME)

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
        places = {"north west": (0.25, 0.25), "north east": (0.25, 0.75),
                  "south west": (0.75, 0.25), "south east": (0.75, 0.75)}  # fmt: skip
        reddish = {}
        for name, place in places.items():
            red, _, blue, alpha = self.colour(*place)
            reddish[name] = (red - blue) * (alpha > 0)
        return reddish

    def map(self) -> str:
        """Return a fingerprint of the map's pixels."""
        return pixels(self.overlay)

    def ledger(self) -> dict[str, str]:
        """Return the ledger's lines by name."""
        return ledger_of(self.root)

    def classes(self) -> list[tuple[str, str, bool]]:
        """Return name, share and whether it is chosen, of each class in the list."""
        rows = self.root.locator(".xai-classes .xai-class").evaluate_all(
            """rows => rows.map(row => [
                row.querySelector('.xai-class-name').textContent,
                row.querySelector('.xai-class-share').textContent,
                row.getAttribute('aria-pressed') === 'true'])"""
        )
        return [tuple(row) for row in rows]

    def levels(self) -> list[str]:
        """Return the names in the breadcrumb."""
        return self.breadcrumb.all_inner_texts()

    # --- hands --------------------------------------------------------------------------------

    def draw(self, start: Point, end: Point, *, release: bool = True) -> None:
        """Drag from one point of the picture to another, given as shares (right, down)."""
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

    def button(self, name: str) -> Locator:
        """Return a button by its name."""
        return self.root.get_by_role("button", name=name, exact=True)

    def choose_class(self, name: str) -> None:
        """Click a class in the list."""
        self.root.locator(".xai-classes .xai-class", has_text=name).click()


def show(
    lab: LabSession, setup: str, cell: str, later: str = "", kernel: str = NEWEST
) -> ExplorerPage:
    """Show an Explorer in a notebook of three cells, and return it when it is done.

    A notebook that is open already with this set-up goes on, since a new kernel with torch takes
    seconds; the cell `later` is not run.
    """
    here = lab.page.evaluate(
        """([setup, kernel]) => {
            const panel = globalThis.jupyterapp?.shell.currentWidget;
            const cells = panel?.content?.widgets ?? [];
            return cells.length >= 3 && cells[0].model.sharedModel.getSource() === setup
                && cells[0].model.executionCount !== null && globalThis.xaiLab.done()
                && panel.sessionContext.session?.kernel?.name === kernel;
        }""",
        [setup, kernel],
    )
    if here and lab.py("'Explorer' in globals()"):
        lab.page.evaluate(WRITE_CELLS, [cell, later])
        lab.py("None", after="'MOOD' in globals() and MOOD.update(WELL)")
    else:
        lab.open([setup, cell, later], kernel)
        lab.run_cell(0, timeout=120)
    report = lab.run_cell(1, timeout=120)
    assert not report.problems, str(report)
    page = ExplorerPage(lab)
    page.answered()
    return page


@contextmanager
def blocked(lab: LabSession, index: int) -> Iterator[None]:
    """Run the cell BLOCK of that index, and let it go at the end."""
    go = lab.server.notebooks / "go"
    go.unlink(missing_ok=True)
    lab.run_cell(index, wait=False)
    lab.page.wait_for_function("() => !xaiLab.done()")
    lab.page.locator(".jp-Notebook-ExecutionIndicator[data-status='busy']").wait_for()
    try:
        yield
    finally:
        go.touch()
        lab.wait(30)


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


def box_of(element: Locator) -> Box:
    """Return left, top, width and height on the screen."""
    box = element.bounding_box()
    assert box is not None, f"{element} cannot be seen"
    return box["x"], box["y"], box["width"], box["height"]


def painted_part(canvas: Locator) -> Box:
    """Return top, left, height and width of what is painted, as shares of a canvas."""
    top, left, bottom, right = canvas.evaluate(
        """canvas => {
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            const seen = { top: height, left: width, bottom: 0, right: 0 };
            for (let i = 3; i < data.length; i += 4) if (data[i]) {
                const [y, x] = [Math.floor(i / 4 / width), (i >> 2) % width];
                seen.top = Math.min(seen.top, y); seen.bottom = Math.max(seen.bottom, y + 1);
                seen.left = Math.min(seen.left, x); seen.right = Math.max(seen.right, x + 1);
            }
            return [seen.top / height, seen.left / width, seen.bottom / height, seen.right / width];
        }"""
    )
    return top, left, bottom - top, right - left


def colour_at(canvas: Locator, row: float, column: float) -> tuple[int, int, int, int]:
    """Return red, green, blue and alpha of a canvas as it is seen at a point given as shares."""
    rgba: list[int] = canvas.evaluate(
        """(canvas, [row, column]) => [...canvas.getContext('2d').getImageData(
            Math.floor(column * canvas.width), Math.floor(row * canvas.height), 1, 1).data]""",
        [row, column],
    )
    opacity = float(canvas.evaluate("canvas => getComputedStyle(canvas).opacity"))
    red, green, blue, alpha = rgba
    return red, green, blue, round(alpha * opacity)


def pixels(canvas: Locator) -> str:
    """Return a fingerprint of a canvas."""
    found: str = canvas.evaluate("canvas => canvas.toDataURL() + getComputedStyle(canvas).opacity")
    return found


def ledger_of(root: Locator) -> dict[str, str]:
    """Return the ledger's lines by name, minus signs as Python writes them."""
    rows: list[list[str]] = root.locator(".xai-ledger > div").evaluate_all(
        "rows => rows.map(row => [...row.children].map(part => part.textContent))"
    )
    return {name.replace("−", "-"): value.replace("−", "-") for name, value in rows}


def near(found: Box | None, wanted: Box | None, tolerance: float) -> bool:
    """Tell whether four numbers are those wanted, give or take `tolerance`."""
    if found is None or wanted is None:
        return found is wanted
    return all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def eventually(page: Page, condition: Callable[[], bool], timeout: float = 10) -> bool:
    """Wait until a condition holds, looking again and again; tell whether it did."""
    for _ in range(int(timeout / 0.05)):
        if condition():
            return True
        page.wait_for_timeout(50)
    return False
