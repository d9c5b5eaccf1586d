"""What a person sees of any widget in the page, and what their hands can do to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Locator, Page, expect

from .kernels import NEWEST
from .lab import PATIENCE, LabSession

expect.set_options(timeout=PATIENCE * 1000)

Box = tuple[float, float, float, float]
Colour = tuple[int, int, int, int]

QUADRANTS = {
    "north west": (0.25, 0.25),
    "north east": (0.25, 0.75),
    "south west": (0.75, 0.25),
    "south east": (0.75, 0.75),
}
"""The middle of each, as shares from the top and from the left."""

WRITE_CELLS = """sources => {
    const { widgets } = jupyterapp.shell.currentWidget.content;
    sources.forEach((source, i) => {
        const { model } = widgets[i];
        if (i === 0 && model.sharedModel.getSource() === source) return;  // it need not run again
        model.clearExecution();
        model.sharedModel.setSource(source);
    });
}"""
SETUP_OF = """async kernel => {
    const panel = globalThis.jupyterapp?.shell.currentWidget;
    const cells = panel?.content?.widgets ?? [];
    const isOpen = cells.length >= 3 && cells[0].model.executionCount !== null
        && panel.sessionContext.session?.kernel?.name === kernel;
    // The kernel may be about to end what the page has asked for last.
    for (let i = 0; isOpen && !xaiLab.done() && i < 40; i += 1)
        await new Promise(done => setTimeout(done, 50));
    return isOpen && xaiLab.done() ? cells[0].model.sharedModel.getSource() : null;
}"""
NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
RESULT = re.compile("^(Done|Failed|Stopped early.*)$")


class WidgetPage:
    """One view of a widget.

    Parameters
    ----------
    number
        Which one on the page, from 0.
    """

    selector: ClassVar[str]

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        lab.widget(self.selector)
        self.lab = lab
        self.root = lab.locate(self.selector).nth(number)
        self.root.wait_for(state="visible")
        self.status = self.root.locator(".xai-status")
        self.alert = self.root.locator(".xai-alert")
        self.run_button = self.root.locator(".xai-run")

    def answered(self, state: str = "Done") -> None:
        """Wait until what was asked last has been answered and drawn."""
        self.lab.page.wait_for_timeout(80)  # the page saves its state that seldom
        self.lab.settle(0.1)
        expect(self.status).to_have_text(RESULT)
        # Of several gestures in a row the answer to an earlier one may have stood there.
        self.lab.settle(0.1)
        expect(self.status, self.alert.inner_text()).to_have_text(state)
        self.drawn()

    def drawn(self) -> None:
        """Wait until what has arrived is on the screen."""
        self.lab.page.evaluate(NEXT_FRAME)

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

    def choose_class(self, name: str) -> None:
        """Click a class in the list."""
        self.root.locator(".xai-classes .xai-class", has_text=name).click()

    def button(self, name: str) -> Locator:
        """Return a button by its name."""
        return self.root.get_by_role("button", name=name, exact=True)


def cells(lab: LabSession, setup: str, cell: str, later: str = "", kernel: str = NEWEST) -> None:
    """Run the first two of a notebook of three cells.

    A notebook that is open already goes on with its kernel, since another one takes seconds; with
    this set-up, it is not run again. The cell `later` is not run.
    """
    before = lab.page.evaluate(SETUP_OF, kernel)
    if before is not None and lab.py("get_ipython().execution_count == 1"):
        before = None  # the kernel is another one
    if before is None:
        lab.open([setup, cell, later], kernel)
    else:
        lab.page.evaluate(WRITE_CELLS, [setup, cell, later])
        same = "'MOOD' in globals() and MOOD.update(WELL)"
        lab.py("None", after=same if before == setup else "get_ipython().reset(new_session=False)")
    if before != setup:
        lab.run_cell(0, timeout=120)
    report = lab.run_cell(1, timeout=120)
    assert not report.problems, str(report)


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


def colours_at(canvas: Locator, points: Iterable[tuple[float, float]]) -> list[Colour]:
    """Return red, green, blue and alpha of a canvas as it is seen at points given as shares.

    What is outside of it is seen through.
    """
    rows: list[list[int]] = canvas.evaluate(
        """(canvas, points) => {
            const { width, height } = canvas;
            const context = canvas.getContext('2d');
            const opacity = Number(getComputedStyle(canvas).opacity);
            return points.map(([row, column]) => {
                const [x, y] = [Math.floor(column * width), Math.floor(row * height)];
                const [red, green, blue, alpha] = context.getImageData(x, y, 1, 1).data;
                return [red, green, blue, Math.round(alpha * opacity)];
            });
        }""",
        [*map(list, points)],
    )
    return [(red, green, blue, alpha) for red, green, blue, alpha in rows]


def colour_at(canvas: Locator, row: float, column: float) -> Colour:
    """Return red, green, blue and alpha of a canvas as it is seen at a point given as shares."""
    return colours_at(canvas, [(row, column)])[0]


def redness_of(overlay: Locator) -> dict[str, int]:
    """Return how much redder than blue each quadrant of a map is in its middle."""
    return redness_in(colours_at(overlay, QUADRANTS.values()))


def redness_in(middles: Sequence[Colour]) -> dict[str, int]:
    """Return how much redder than blue each quadrant is, of the colours of their middles."""
    return {
        name: (red - blue) * (alpha > 0)
        for name, (red, _, blue, alpha) in zip(QUADRANTS, middles, strict=True)
    }


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


def drop_on(
    page: WidgetPage, paths: Sequence[Path], box: Box, place: tuple[float, float] = (0.5, 0.5)
) -> None:
    """Drop files as the system would, on a box of the screen."""
    left, top, width, height = box
    point = {"x": left + place[0] * width, "y": top + place[1] * height}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.lab.page.context.new_cdp_session(page.lab.page)
    try:
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, "data": data, **point})
    finally:
        session.detach()


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
def alone(
    lab: LabSession, file: Path, selector: str, part: str = ".xai-overlay"
) -> Iterator[Locator]:
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
        root = page.locator(selector)
        expect(root.locator(part).first).to_be_attached()
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


def eventually(page: Page, condition: Callable[[], bool], timeout: float = 60) -> bool:
    """Wait until a condition holds, looking again and again; tell whether it did."""
    for _ in range(int(timeout / 0.05)):
        if condition():
            return True
        page.wait_for_timeout(50)
    return False
