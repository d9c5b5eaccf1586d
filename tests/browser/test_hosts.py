"""One story in every page that shows widgets: a map, a class, a window, a cancel, a saved page.

VS Code and Colab cannot be opened here. What their frames forbid is forbidden to a saved page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .examples import NEW, QUADRANTS
from .explorer_page import UNFOLD
from .hosts import LabServer, MarimoServer, NotebookServer, VoilaServer
from .lab import HELPERS, LabSession
from .widget_page import alone, box_of, eventually, pixels, redness_of

HOSTS = {
    "jupyterlab": (LabServer, False),
    "notebook": (NotebookServer, False),
    "voila in dark": (VoilaServer, True),
    "marimo": (MarimoServer, False),
    "marimo in dark": (MarimoServer, True),
}
BRIGHTNESS = """element => {
    const context = document.createElement('canvas').getContext('2d');
    context.fillStyle = getComputedStyle(element).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
}"""
MIDDLE = """element => {
    const { left, width } = element.getBoundingClientRect();
    return left + width / 2;
}"""
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data: blob:\">"
)
LARGE = 'width="1300" height="900"'
SLOW = "MOOD.update(delay=0.003)"  # the longest run takes a minute, and the first map no time

GRIP = (".xai-window", ".xai-window .xai-grip", ".xai-window .xai-grip svg")
WINDOW = r"window of 2\d by 2\d pixels"


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> Iterator[NotebookServer]:
    """Each of the servers in turn, with an Explorer."""
    kind, dark = HOSTS[request.param]
    server = kind([QUADRANTS, SLOW, NEW], dark=dark)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def page(lab: LabSession, host: NotebookServer) -> Iterator[Page]:
    """The host's page in the browser of all tests; nothing may throw in it."""
    browser = lab.page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
    context.add_init_script(path=HELPERS)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    try:
        page = context.new_page()
        page.goto(host.page)
        if not host.runs_cells:
            page.wait_for_function("() => window.jupyterapp && xaiLab.ready()")
            errors.clear()  # Notebook's own, of settings that it takes from JupyterLab
            page.evaluate("xaiLab.runAll()")
        yield page
        assert not errors
    finally:
        context.close()


def test_an_explorer_works_in_other_hosts(
    lab: LabSession, host: NotebookServer, page: Page, tmp_path: Path
) -> None:
    root = page.get_by_role("region", name="Explorer")
    overlay = root.locator(".xai-overlay:visible").first
    root.wait_for(timeout=120_000)  # a kernel loads torch, on a busy machine
    assert eventually(page, lambda: reddest(overlay) == "north west")
    assert (root.evaluate(BRIGHTNESS) < 128) == host.dark

    root.get_by_role("button", name=re.compile("^south east")).click()
    assert eventually(page, lambda: reddest(overlay) == "south east")

    whole = pixels(overlay)
    draw_window(root, overlay)
    middles = [root.locator(part).first.evaluate(MIDDLE) for part in GRIP]
    assert middles == pytest.approx([middles[0]] * len(middles), abs=1)
    page.mouse.up()
    expect(root.get_by_role("application", name=re.compile(WINDOW))).to_be_visible()
    assert eventually(page, lambda: pixels(overlay) != whole)
    status = root.get_by_role("status")
    expect(status.filter(has_text="Done")).to_be_visible()

    root.evaluate(UNFOLD)
    budget = root.get_by_label("Trials, number")
    budget.fill("16384")
    budget.press("Enter")
    bar = root.get_by_role("progressbar", name="Trials")
    expect(bar).to_have_attribute("aria-valuemax", "16384")
    assert eventually(page, lambda: int(bar.get_attribute("aria-valuenow") or 0) > 100)
    root.get_by_role("button", name="Cancel", exact=True).click()
    expect(status.filter(has_text="Stopped early")).to_be_visible()
    expect(root.get_by_role("button", name="Run", exact=True)).to_be_visible()

    with page.expect_download() as saving:
        root.get_by_role("button", name="Save HTML").click()
    file = tmp_path / "saved.html"
    saving.value.save_as(file)
    with alone(lab, file, ".xai-explorer") as saved:
        expect(saved.get_by_role("button", name=re.compile("^south east"))).to_be_visible()
    if type(host) is LabServer:
        with framed(page, file) as root:
            expect(root.get_by_role("button", name=re.compile("^south east"))).to_be_visible()
            overlay = root.locator(".xai-overlay:visible").first
            assert eventually(root.page, lambda: reddest(overlay) != "none")
            assert root.evaluate(BRIGHTNESS) < 128


@contextmanager
def framed(page: Page, file: Path) -> Iterator[Locator]:
    """Open a saved page in a frame with what Colab's and VS Code's have not.

    No storage and no page of its own around it, as in a frame of another origin; no network and no
    code as text, by its policy; and VS Code's words for a dark theme.
    """
    text = file.read_text(encoding="utf-8").replace("<head>", f"<head>{POLICY}", 1)
    text = text.replace("<body>", "<body class='vscode-dark'>", 1)
    context = page.context.browser.new_context() if page.context.browser else page.context
    said: list[str] = []
    try:
        outer = context.new_page()
        outer.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
        context.on("weberror", lambda error: said.append(str(error.error)))
        frame = f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(text)}" {LARGE}></iframe>'
        outer.set_content(frame)
        root = outer.frame_locator("iframe").locator(".xai-explorer")
        root.wait_for()
        yield root
        assert not said
    finally:
        context.close()


def reddest(overlay: Locator) -> str:
    """Return the quadrant that speaks most for the class."""
    redness = redness_of(overlay)
    best = max(redness, key=redness.__getitem__)
    return best if redness[best] > 0 else "none"


def draw_window(root: Locator, overlay: Locator) -> None:
    """Drag over a part of the picture, and hold it."""
    overlay.scroll_into_view_if_needed()
    left, top, width, height = box_of(overlay)
    mouse = root.page.mouse
    mouse.move(left + 0.55 * width, top + 0.55 * height)
    mouse.down()
    mouse.move(left + 0.95 * width, top + 0.95 * height, steps=4)
