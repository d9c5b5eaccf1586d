"""One story in every page that shows widgets: a map, a class, a window, a cancel, a saved page.

And a study for a class under Voila. VS Code and Colab cannot be opened here: what their frames
forbid is forbidden to a saved page.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .examples import NEW, QUADRANTS, STUDIED
from .explorer_page import UNFOLD
from .hosts import MarimoServer, NotebookServer, VoilaServer
from .lab import HELPERS, PATIENCE, LabSession
from .widget_page import alone, box_of, eventually, pixels, redness_of

HOSTS = {
    "notebook": (NotebookServer, False),
    "voila in dark": (VoilaServer, True),
    "marimo": (MarimoServer, False),
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
CELLS = [QUADRANTS, SLOW, NEW]

GRIP = (".xai-window", ".xai-window .xai-grip", ".xai-window .xai-grip svg")
WINDOW = r"window of 2\d by 2\d pixels"


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> Iterator[NotebookServer]:
    """Each of the servers in turn, with an Explorer."""
    kind, dark = HOSTS[request.param]
    server = kind(CELLS, dark=dark)
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
        page.goto(host.page, timeout=PATIENCE * 1000)
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
    works(lab, page, host.dark, tmp_path)
    if isinstance(host, MarimoServer):
        host.choose_theme(dark=not host.dark)
        page.reload()
        appears(page, not host.dark)


def test_an_explorer_works_in_jupyterlab_and_what_it_saved_in_a_strict_frame(
    lab: LabSession, tmp_path: Path
) -> None:
    lab.open(CELLS)
    lab.page.evaluate("xaiLab.runAll()")
    saved = works(lab, lab.page, False, tmp_path)
    with framed(lab.page, saved) as root:
        expect(root.get_by_role("button", name=re.compile("^south east"))).to_be_visible()
        overlay = root.locator(".xai-overlay:visible").first
        assert eventually(root.page, lambda: reddest(overlay) != "none")
        assert root.evaluate(BRIGHTNESS) < 128


def appears(page: Page, dark: bool) -> Locator:
    """Wait for the Explorer and its map, in colours of the host's theme."""
    root = page.get_by_role("region", name="Explorer")
    root.wait_for(timeout=120_000)  # a kernel loads torch, on a busy machine
    overlay = root.locator(".xai-overlay:visible").first
    assert eventually(page, lambda: reddest(overlay) == "north west")
    assert (root.evaluate(BRIGHTNESS) < 128) == dark
    return root


def works(lab: LabSession, page: Page, dark: bool, folder: Path) -> Path:
    """Try in a host's page what a person does with an Explorer; return the page it saved."""
    root = appears(page, dark)
    overlay = root.locator(".xai-overlay:visible").first
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
    file = folder / "saved.html"
    saving.value.save_as(file)
    with alone(lab, file, ".xai-explorer") as saved:
        expect(saved.get_by_role("button", name=re.compile("^south east"))).to_be_visible()
    return file


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


def test_a_class_takes_part_under_voila(lab: LabSession, tmp_path: Path) -> None:
    """Two people at once into one folder; one loads the page anew, in a new kernel, and goes on."""
    server = VoilaServer([STUDIED, f"StudyRoom(judging, {str(tmp_path)!r})"], dark=False)
    browser = lab.page.context.browser
    assert browser is not None
    contexts = [browser.new_context(viewport={"width": 1200, "height": 1400}) for _ in range(2)]
    errors: list[str] = []
    try:
        server.start()
        pages = [context.new_page() for context in contexts]
        for context, page in zip(contexts, pages, strict=True):
            context.on("weberror", lambda error: errors.append(str(error.error)))
            page.goto(server.page, timeout=PATIENCE * 1000)
        for page in pages:
            take_a_seat(page)
        first, second = pages
        for trial in range(1, 4):
            answer(first, trial, "1")
            answer(second, trial, "2")
        code = first.locator(".xai-room-code").inner_text().removeprefix("your code: ")
        assert code not in second.locator(".xai-room-code").inner_text()

        first.reload()
        expect(first.get_by_label("Your code")).to_have_value(code)
        first.get_by_role("button", name="Go on").click()
        for trial in range(4, 7):
            answer(first, trial, "0")
        answer(second, 4, "2")
        last_part = first.get_by_role("region", name="Question")
        expect(last_part).to_contain_text("How helpful")
        first.keyboard.press("4")
        expect(last_part).to_contain_text("All is answered")
        answer(second, 5, "2")
        expect(second.locator(".xai-room-progress")).to_have_text("Question 6 of 6")
        assert not errors
    finally:
        for context in contexts:
            context.close()
        server.stop()
    people = [
        [json.loads(line) for line in path.read_text().splitlines()]
        for path in sorted(tmp_path.glob("*.jsonl"))
    ]
    whole = next(lines for lines in people if lines[0]["code"] == code)
    (other,) = (lines for lines in people if lines is not whole)
    assert [line["answer"] for line in whole[1:-1]] == ["attacked"] * 3 + [None] * 3
    assert whole[-1]["rating"] == 4
    # How long the fourth was looked at before the page was loaded anew nobody knows.
    assert [line["seconds"] is None for line in whole[1:-1]] == [False] * 3 + [True] + [False] * 2
    assert [(line["trial"], line["answer"]) for line in other[1:]] == [
        (trial, "clean") for trial in range(1, 6)
    ]


def take_a_seat(page: Page) -> None:
    """Agree and start, by keys."""
    stage = page.get_by_role("region", name="Question")
    stage.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".xai-room-progress")).to_have_text("Before you begin")
    page.keyboard.press("Enter")


def answer(page: Page, trial: int, key: str) -> None:
    """Wait for a question, and answer it by a key."""
    expect(page.locator(".xai-room-progress")).to_have_text(f"Question {trial} of 6")
    stage = page.get_by_role("region", name="Question")
    expect(stage.get_by_role("button", name="1  ")).not_to_have_attribute("aria-disabled", "true")
    stage.focus()
    page.keyboard.press(key)


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
