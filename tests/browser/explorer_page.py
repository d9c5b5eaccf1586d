"""What a person sees of an Explorer in the page, and what their hands can do to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from .kernels import NEWEST
from .lab import LabSession, Point

Box = tuple[float, float, float, float]

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
        return redness_of(self.overlay)

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

    def button(self, name: str) -> Locator:
        """Return a button by its name."""
        return self.root.get_by_role("button", name=name, exact=True)

    def choose_class(self, name: str) -> None:
        """Click a class in the list."""
        self.root.locator(".xai-classes .xai-class", has_text=name).click()

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


def redness_of(overlay: Locator) -> dict[str, int]:
    """Return how much redder than blue each quadrant of a map is in its middle."""
    places = {"north west": (0.25, 0.25), "north east": (0.25, 0.75),
              "south west": (0.75, 0.25), "south east": (0.75, 0.75)}  # fmt: skip
    reddish = {}
    for name, place in places.items():
        red, _, blue, alpha = colour_at(overlay, *place)
        reddish[name] = (red - blue) * (alpha > 0)
    return reddish


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


def slide(slider: Locator, value: float) -> None:
    """Move a slider as a hand would, to a value of its own scale."""
    low, high = (float(slider.get_attribute(name) or 0) for name in ("min", "max"))
    _, _, width, height = box_of(slider)
    thumb = 16
    x = thumb / 2 + (value - low) / (high - low) * (width - thumb)
    slider.click(position={"x": x, "y": height / 2})
    while (error := float(slider.input_value()) - value) and abs(error) > 1e-6:
        slider.press("ArrowLeft" if error > 0 else "ArrowRight")


@contextmanager
def alone(lab: LabSession, file: Path) -> Iterator[Locator]:
    """Open a saved page without any server; nothing may fail there, or be asked for."""
    browser = lab.page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    requests: list[str] = []
    errors: list[str] = []
    try:
        context.on("request", lambda request: requests.append(request.url))
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: errors.append(message.text))
        page = context.new_page()
        page.goto(file.as_uri())
        root = page.locator(".xai-explorer")
        overlay = root.locator(".xai-after .xai-overlay")
        expect(overlay).to_have_attribute("aria-label", re.compile("^map of"))
        page.evaluate(NEXT_FRAME)
        yield root
        assert not errors
        assert [url for url in requests if not url.startswith(("file:", "blob:", "data:"))] == []
        assert len([url for url in requests if url.startswith("file:")]) == 1
    finally:
        context.close()


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
