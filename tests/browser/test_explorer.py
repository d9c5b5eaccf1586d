"""The Explorer's picture: what appears on it, and the hands that draw on it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .examples import NEW, QUADRANTS, SEVERAL
from .explorer_page import ExplorerPage, Point, show, where, window
from .kernels import on_old_kernel
from .lab import LabSession
from .widget_page import box_of, near

LITE = """
from xaiwidgets import Explorer, zoo
model = zoo.efficientnet_lite0()
pictures = zoo.photographs("chelsea", "coffee")
"""
# Every picture of the map that reaches the screen, with the ledger beside it.
WATCH_FRAMES = """() => {
    window.xaiFrames = [];
    window.xaiWatching = true;
    const look = () => {
        if (!window.xaiWatching) return;
        const overlay = document.querySelector('.xai-after .xai-overlay');
        const empty = !document.querySelector('.xai-ledger dd');
        const frame = overlay && !empty ? overlay.toDataURL() : null;
        if (frame && frame !== window.xaiFrames.at(-1)) window.xaiFrames.push(frame);
        setTimeout(look, 50);
    };
    look();
}"""
MANY = "Explorer(model, [x, 1 - x], {'other': x / 2}, budget=64, grid=4)"
PIXEL = 1 / 64
MOST_STOPS = 25
"""Of Tab, in an Explorer of several pictures as it comes."""


def test_a_photograph_gets_classes_and_a_map_that_sharpens(lab: LabSession) -> None:
    lab.open([LITE, "w = Explorer(model, pictures, budget=64, grid=5)\nw", "later = 1"])
    lab.run_cell(0, timeout=120)
    lab.page.evaluate(WATCH_FRAMES)
    lab.run_cell(1)
    page = ExplorerPage(lab)
    page.answered()
    lab.page.evaluate("window.xaiWatching = false")

    assert page.query.input_value() == "select * from f(chelsea)"
    assert lab.page.evaluate("new Set(xaiFrames).size") >= 3
    assert near(page.painted(), (0, 0, 1, 1), 0.01)
    best, share, chosen = page.classes()[0]
    assert "cat" in best and share.endswith("%") and not chosen
    assert page.button("automatic (top class)").get_attribute("aria-pressed") == "true"
    assert best in page.root.locator(".xai-legend").inner_text()

    ledger = page.ledger()
    assert ledger["trials"] == "64" and ledger["kind"] == "estimate"
    assert float(ledger["sum of map"]) == pytest.approx(float(ledger["to be explained"]), abs=0.002)
    assert float(ledger["sum of map"]) == pytest.approx(
        lab.py("float(w.result.cells.sum())"), rel=1e-3
    )

    photographed = page.picture.evaluate("canvas => canvas.toDataURL()")
    coffee = page.root.locator(".xai-thumbnail", has_text="coffee")
    coffee.click()
    page.answered()
    expect(coffee).to_have_attribute("aria-pressed", "true")
    assert page.query.input_value() == "select * from f(coffee)"
    assert page.picture.evaluate("canvas => canvas.toDataURL()") != photographed
    assert "cat" not in page.classes()[0][0]


def test_any_of_a_thousand_classes_is_found_by_typing(lab: LabSession) -> None:
    page = show(lab, LITE, "w = Explorer(model, pictures['chelsea'], budget=64, grid=3)\nw", "")
    search = page.root.get_by_role("combobox", name="Search all classes")
    search.fill("coffee")
    hits = page.root.get_by_role("listbox").get_by_role("option")
    expect(hits.first).to_have_attribute("aria-selected", "true")
    names = hits.all_inner_texts()
    assert len(names) >= 2 and all("coffee" in name.lower() for name in names)
    automatic = page.map()

    search.press("ArrowDown")
    expect(hits.nth(1)).to_have_attribute("aria-selected", "true")
    search.press("Enter")
    expect(hits).to_have_count(0)
    page.answered()
    assert lab.py("model.label(w.target)") == names[1]
    assert [name for name, _, chosen in page.classes() if chosen] == [names[1]]
    assert f'for class "{names[1]}"' in page.query.input_value()
    assert page.map() != automatic

    page.button("automatic (top class)").click()
    page.answered()
    assert lab.py("w.target") is None
    assert page.map() == automatic
    assert not any(chosen for _, _, chosen in page.classes())


@on_old_kernel
def test_windows_are_drawn_moved_and_resized_with_the_mouse(lab: LabSession, kernel: str) -> None:
    page = show(lab, QUADRANTS, NEW, kernel=kernel)
    whole = page.map()
    page.draw((0.25, 0.125), (0.75, 0.875))
    page.answered()
    assert near(page.share(page.window), (0.125, 0.25, 0.75, 0.5), PIXEL * 1.1)
    drawn = window(lab)
    assert drawn == where(page.query.input_value())
    assert near(drawn, (8, 16, 48, 32), 1)
    assert near(page.painted(), page.share(page.window), 0.005)
    assert page.map() != whole

    page.draw((0.4, 0.4), (0.6, 0.6))
    page.answered()
    assert len(page.levels()) == 3
    assert page.levels()[1] == f"{drawn[2]}×{drawn[3]}"
    assert near(window(lab), (25, 25, 14, 14), 1)
    assert page.stage.locator(".xai-outer-window").count() == 1
    assert near(page.painted(), page.share(page.window), 0.005)

    page.breadcrumb.nth(1).click()
    page.answered()
    assert window(lab) == drawn and len(page.levels()) == 2

    page.pull("[data-handle=se]", -0.25, -0.25)
    page.answered()
    assert near(window(lab), (8, 16, 32, 16), 1)
    small = window(lab)
    page.pull("[data-side=bottom]", 0.125, 0, hold=(0.25, 0.5))
    page.answered()
    assert window(lab) == (small[0], small[1] + 8, *small[2:])

    page.pull(".xai-grip", 3, 3)
    page.answered()
    assert window(lab) == (64 - small[2], 64 - small[3], *small[2:])
    page.pull("[data-handle=nw]", -3, -3)
    page.answered()
    assert window(lab) == (0, 0, 64, 64)

    page.breadcrumb.first.click()
    page.answered()
    assert window(lab) is None and page.map() == whole
    assert page.query.input_value() == "select * from f(x)"
    expect(page.window).to_be_hidden()


def test_a_window_follows_the_hand(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    page.window.evaluate(
        """element => {
            window.xaiHeights = [];
            const note = () => window.xaiHeights.push(parseFloat(element.style.height));
            new MutationObserver(note).observe(element, { attributeFilter: ['style'] });
        }"""
    )
    left, top, width, height = page.frame()
    lab.page.mouse.move(left + 0.1 * width, top + 0.1 * height)
    lab.page.mouse.down()
    lab.page.mouse.move(left + 0.9 * width, top + 0.9 * height, steps=30)
    lab.page.mouse.up()
    page.answered()
    heights = lab.page.evaluate("window.xaiHeights")
    assert heights == sorted(heights), "the window shrank while the hand made it larger"
    assert near(window(lab), (6, 6, 52, 52), 1)
    assert near(page.share(page.window), (0.1, 0.1, 0.8, 0.8), PIXEL * 1.1)
    assert near(page.painted(), page.share(page.window), 0.005)


def test_a_slider_never_jumps_back_under_the_hand(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    opacity = page.root.get_by_role("slider", name="Opacity")
    opacity.focus()
    for presses in range(1, 61):
        lab.page.keyboard.press("ArrowLeft")
        assert float(opacity.input_value()) == pytest.approx(0.65 - 0.01 * presses)
    lab.settle()
    assert lab.py("w.opacity") == pytest.approx(0.05)


def test_keys_work_the_window_and_leave_the_notebook_alone(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW, "'a cell below'")
    lab.widget(".jp-Cell .jp-InputArea-editor").click()
    lab.page.keyboard.press("Escape")
    page.run_button.focus()
    assert tab_to(page, "xai-stage")
    before = notebook_state(lab)
    assert before["mode"] == "command"
    for key, wanted in [
        ("Enter", (16, 16, 32, 32)),
        ("ArrowRight", (16, 24, 32, 32)),
        ("ArrowUp", (8, 24, 32, 32)),
        ("Shift+ArrowDown", (8, 24, 40, 32)),
        ("Shift+ArrowLeft", (8, 24, 40, 24)),
        ("Enter", (18, 30, 20, 12)),
        ("ArrowLeft", (18, 27, 20, 12)),
        ("Escape", (8, 24, 40, 24)),
        ("Escape", None),
    ]:
        lab.page.keyboard.press(key)
        page.answered()
        assert window(lab) == wanted, key
        assert near(where(page.query.input_value()), wanted, 0), key
    for key in ("ArrowDown", "ArrowUp", "b", "x", "Escape", "ArrowLeft"):
        lab.page.keyboard.press(key)
    assert window(lab) is None

    opacity = page.root.get_by_role("slider", name="Opacity")
    assert tab_to(page, "xai-opacity")
    strong = page.map()
    lab.page.keyboard.press("ArrowLeft")
    page.drawn()
    assert page.map() != strong
    lab.settle()
    assert lab.py("w.opacity") == pytest.approx(0.64)
    assert float(opacity.input_value()) == pytest.approx(0.64)
    lab.keys(page.root.get_by_role("slider", name="Trials"), "ArrowRight")
    lab.settle()
    assert lab.py("w.budget") > 64
    assert notebook_state(lab) == before


@pytest.mark.parametrize("compared", [False, True], ids=["alone", "compared"])
def test_every_control_is_reached_by_tab_and_has_a_name(lab: LabSession, compared: bool) -> None:
    page = show(lab, QUADRANTS, SEVERAL if compared else MANY)
    if compared:
        page.compare("east")
        page.compare("pale")
        page.read()
    page.run_button.focus()
    for key in ("Shift+Tab", "Tab"):  # what keys come to is outlined, what is clicked is not
        lab.page.keyboard.press(key)
    page.root.evaluate("() => { window.xaiReached = []; }")
    for _ in range(120):
        focused: dict[str, Any] = page.root.evaluate(
            """root => {
                const e = document.activeElement;
                const labels = [...(e.labels ?? [])].map(label => label.textContent).join(' ');
                const ring = getComputedStyle(e).outlineStyle !== 'none';
                const inside = root.contains(e);
                if (inside) window.xaiReached.push(e);
                return {inside, ring, what: e.outerHTML.slice(0, 200),
                        name: (e.ariaLabel || labels || e.textContent || e.title).trim()};
            }"""
        )
        if not focused["inside"]:
            break
        assert focused["name"], f"there is no name for {focused['what']}"
        assert focused["ring"], f"the focus on {focused['name']} cannot be seen"
        lab.page.keyboard.press("Tab")
    missed: list[str] = page.root.evaluate(
        """root => [...root.querySelectorAll('button, input, select, summary, [tabindex]')]
            .filter(e => !e.matches('[type=radio]:not(:checked)') && e.tabIndex >= 0)
            .filter(e => e.checkVisibility() && !e.disabled)
            .filter((e, i) => window.xaiReached[i] !== e).map(e => e.outerHTML)"""
    )
    assert not missed
    stops = lab.page.evaluate(  # the tests unfold what is folded as it comes
        """() => window.xaiReached
            .map(e => (e.matches('summary') ? e.parentElement.parentElement : e))
            .filter(e => !e.closest('details')).length"""
    )
    assert compared or stops <= MOST_STOPS, f"Tab stops {stops} times"


def test_a_finger_draws_a_window(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    left, top, width, height = page.frame()

    def at(point: Point) -> list[dict[str, float]]:
        return [{"x": left + point[0] * width, "y": top + point[1] * height}]

    session = lab.page.context.new_cdp_session(lab.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        touch = "Input.dispatchTouchEvent"
        session.send(touch, {"type": "touchStart", "touchPoints": at((0.25, 0.25))})
        for step in range(1, 9):
            point = (0.25 + step / 16, 0.25 + step / 16)
            session.send(touch, {"type": "touchMove", "touchPoints": at(point)})
        session.send(touch, {"type": "touchEnd", "touchPoints": []})
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        session.detach()
    page.answered()
    assert near(window(lab), (16, 16, 32, 32), 1)
    assert near(page.share(page.window), (0.25, 0.25, 0.5, 0.5), PIXEL * 1.1)
    assert box_of(page.stage)[1] == pytest.approx(top, abs=8), "the page scrolled instead"


def notebook_state(lab: LabSession) -> dict[str, Any]:
    """Return what JupyterLab's own shortcuts would change."""
    state: dict[str, Any] = lab.page.evaluate(
        """() => {
            const notebook = jupyterapp.shell.currentWidget.content;
            return {mode: notebook.mode, active: notebook.activeCellIndex,
                    cells: notebook.widgets.map(cell => cell.model.sharedModel.getSource()),
                    kinds: notebook.widgets.map(cell => cell.model.type),
                    selected: notebook.widgets.filter(cell => notebook.isSelected(cell)).length};
        }"""
    )
    return state


def tab_to(page: ExplorerPage, css_class: str) -> bool:
    """Press Tab until an element of that class has the focus."""
    for _ in range(100):
        page.lab.page.keyboard.press("Tab")
        if page.lab.page.evaluate(f"document.activeElement.classList.contains({css_class!r})"):
            return True
    return False
