"""The Explorer as a part of a page: shown twice, in both themes, narrow, taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from .examples import NEW, QUADRANTS, SEVERAL
from .explorer_page import JOIN, UNFOLD, ExplorerPage, show, where, window
from .lab import LabSession
from .widget_page import (
    NEXT_FRAME,
    RESULT,
    alone,
    box_of,
    ledger_of,
    near,
    painted_part,
    pixels,
)

PAIR = """
w = Explorer(model, x, budget=64, grid=4)
v = Explorer(model, 1 - x, budget=64, grid=4)
display(w, v, w)
"""
BARE = """
w = Explorer(Quadrants(), (255 * x.permute(1, 2, 0)).byte().numpy(), budget=64, grid=4)
w
"""
WITH_REFERENCE = """
pictures = {"x": x, "y": 1 - x}
w = Explorer(model, pictures, {"other": x / 2}, budget=64, grid=4)
w
"""
# The contrast of each text with what is behind it, as WCAG counts it; the weakest first.
CONTRASTS = """root => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const luminance = (colours) => {
        for (const colour of ['#fff', ...colours]) {
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
        }
        const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map(value =>
            value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const isWritten = (element) =>
        [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
        || (element.matches('input:is([type=text], [type=number]), select') && element.value);
    return [...root.querySelectorAll('*')]
        .filter(e => isWritten(e) && e.checkVisibility() && !e.closest('[aria-disabled=true]'))
        .map(element => {
            const behind = [];
            for (let e = element; e; e = e.parentElement)
                behind.unshift(getComputedStyle(e).backgroundColor);
            const pair = [luminance(behind),
                luminance([...behind, getComputedStyle(element).color])].sort((a, b) => a - b);
            const name = `${element.className || element.tagName}: ${element.textContent.trim()}`;
            return [(pair[1] + 0.05) / (pair[0] + 0.05), name];
        })
        .sort((a, b) => a[0] - b[0]);
}"""
SPILLS = """root => {
    const edge = root.getBoundingClientRect().right + 1;
    const isCut = (e) => e !== root
        && (getComputedStyle(e.parentElement).overflowX !== 'visible' || isCut(e.parentElement));
    return [...root.querySelectorAll('*')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > edge && !isCut(e))
        .map(e => e.getAttribute('class') || e.tagName);
}"""


def test_what_is_assumed_of_a_bare_module_is_said(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, BARE)
    notes = page.root.get_by_role("list", name="Assumptions").get_by_role("listitem")
    expect(notes).to_have_text(
        ["no preprocessing given: pixels / 255, uncropped, not normalised",
         "scores taken for logits"]
    )  # fmt: skip
    assert "preprocess=" in (notes.first.get_attribute("title") or "")


def test_explorers_side_by_side_and_one_shown_twice(lab: LabSession) -> None:
    show(lab, QUADRANTS, PAIR)
    first, other, again = (ExplorerPage(lab, number) for number in range(3))
    for page in (other, again):
        page.answered()
    untouched = other.map()
    assert first.map() == again.map() != untouched
    first.draw((0.5, 0.5), (1, 1))
    first.answered()
    again.answered()
    assert window(lab) == where(first.query.input_value()) == where(again.query.input_value())
    assert near(again.share(again.window), first.share(first.window), 0.002)
    assert first.map() == again.map()
    assert other.map() == untouched and window(lab, "v") is None
    expect(other.window).to_be_hidden()

    other.choose_class("north east")
    other.answered()
    assert lab.py("(w.target, v.target)") == (None, 1)
    assert not any(chosen for _, _, chosen in first.classes())
    again.query.press("Escape")
    again.root.get_by_role("slider", name="Opacity").press("End")
    first.drawn()
    expect(first.root.get_by_role("slider", name="Opacity")).to_have_value("1")
    assert first.map() == again.map() and other.colour(0.25, 0.25)[3] < first.colour(0.75, 0.75)[3]
    again.draw((0.6, 0.6), (0.9, 0.9))
    again.answered()
    assert first.levels() == again.levels() and len(first.levels()) == 3
    assert lab.py("v._session.model is w._session.model")


def test_text_stands_out_in_both_themes(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.draw((0, 0), (0.5, 0.5))
    page.compare("east")
    page.read()
    page.ask("select * from f(nothing)")
    expect(page.root.locator(".xai-query-error")).not_to_be_empty()
    painted = page.map()
    light = page.root.evaluate(CONTRASTS)
    lab.theme(dark=True)
    try:
        page.drawn()
        assert page.map() == painted
        dark = page.root.evaluate(CONTRASTS)
    finally:
        lab.theme(dark=False)
    assert light != dark
    assert not [f"{ratio:.2f} {text}" for ratio, text in (*light, *dark) if ratio < 4.5]


@pytest.fixture
def narrow(lab: LabSession) -> Iterator[Callable[[int], None]]:
    """Make the browser's window that wide; it is as before afterwards."""
    before = lab.page.viewport_size
    assert before is not None
    yield lambda width: lab.page.set_viewport_size({"width": width, "height": 1000})
    lab.page.set_viewport_size(before)


def test_nothing_overflows_a_narrow_cell(lab: LabSession, narrow: Callable[[int], None]) -> None:
    page = show(lab, QUADRANTS, WITH_REFERENCE)
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    page.button("Blur the window").click()
    page.answered()
    for width in (600, 480):
        narrow(width)
        page.stage.scroll_into_view_if_needed()
        page.drawn()
        assert page.root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
        assert page.root.evaluate(SPILLS) == []
        assert near(page.share(page.overlay), (0, 0, 1, 1), 0.01)
        left, _, shown, _ = box_of(page.root)
        output = page.lab.widget(".jp-OutputArea-child:has(.xai-explorer)")
        assert left + shown <= sum(box_of(output)[::2]) + 1


def test_a_comparison_fits_a_narrow_cell(lab: LabSession, narrow: Callable[[int], None]) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    for name in ("east", "pale"):
        page.compare(name)
    page.read()
    for width in (1000, 600, 480):
        narrow(width)
        page.stage.scroll_into_view_if_needed()
        page.drawn()
        assert page.root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
        assert page.root.evaluate(SPILLS) == []
        page.query.fill("select * from f(x) ")
        assert page.root.evaluate(SPILLS) == []
        page.query.press("Escape")
        page.query.press("Escape")
        page.button(JOIN).focus()
        expect(page.note).to_be_visible()
        assert page.root.evaluate(SPILLS) == []


def test_query_and_python_are_copied_and_give_the_same_numbers(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, WITH_REFERENCE)
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    page.button("Blur the window").click()
    page.answered()
    page.choose_class("south east")
    page.draw((0.25, 0.25), (1, 1))
    page.root.get_by_label("Hidden parts become").select_option("mean")
    page.answered()
    page.button("Copy query").click()
    expect(page.status).to_have_text("Query copied")
    assert lab.page.evaluate("navigator.clipboard.readText()") == page.query.input_value()

    page.button("Copy Python").click()
    expect(page.status).to_have_text("Python copied")
    copied = lab.page.evaluate("navigator.clipboard.readText()")
    again = run_copied(lab, copied, "from xaiwidgets import Window, images")
    assert np.allclose(again, lab.py("w.result.cells.tolist()"), rtol=1e-5, atol=1e-7)
    assert run_copied(lab, copied, "") == again

    # Where the clipboard refuses, too.
    lab.page.evaluate(
        "Object.defineProperty(navigator.clipboard, 'writeText', {configurable: true,"
        " value: () => Promise.reject(new Error('refused'))})"
    )
    try:
        page.button("Copy query").click()
        expect(page.status).to_have_text("Query copied")
    finally:
        lab.page.evaluate("delete navigator.clipboard.writeText")
    assert lab.page.evaluate("navigator.clipboard.readText()") == page.query.input_value()


def test_a_picture_and_a_page_are_saved(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, QUADRANTS, NEW)
    page.draw((0.25, 0.25), (0.75, 0.75))
    page.choose_class("south east")
    page.answered()
    with lab.page.expect_download() as saved:
        page.button("Save PNG").click()
    assert saved.value.suggested_filename == "explanation.png"
    saved.value.save_as(tmp_path / "explanation.png")
    expect(page.status).to_have_text("PNG saved")
    with Image.open(tmp_path / "explanation.png") as picture:
        # Two pixels for one of the screen: the picture under its headline, the ledger beside it.
        assert picture.width >= 2000 and 1200 <= picture.height <= 2200
        shown = np.asarray(picture.convert("RGB")).astype(int)
    red = shown[:, :, 0] - shown[:, :, 2]
    assert red.max() > 60 and red.min() < -20, "there is no map on the picture"

    with lab.page.expect_download() as saved:
        page.button("Save HTML").click()
    assert saved.value.suggested_filename == "explanation.html"
    file = tmp_path / "explanation.html"
    saved.value.save_as(file)
    with alone(lab, file, ".xai-explorer") as root:
        root.evaluate(UNFOLD)
        overlay = root.locator(".xai-after .xai-overlay")
        expect(root.locator(".xai-status")).to_have_text(RESULT)
        assert near(painted_part(overlay), painted_part(page.overlay), 0.01)
        assert ledger_of(root) == page.ledger()
        assert root.get_by_role("textbox", name="Query").input_value() == page.query.input_value()
        expect(root.get_by_role("button", name="Run")).to_be_hidden()
        expect(root.get_by_role("button", name="Save HTML")).to_be_hidden()
        strong = pixels(overlay)
        root.get_by_role("slider", name="Opacity").press("Home")
        root.page.evaluate(NEXT_FRAME)
        assert pixels(overlay) != strong


def run_copied(lab: LabSession, copied: str, imports: str) -> list[list[float]]:
    """Run copied Python beside what the person had, and return the cells of its map."""
    *before, last = copied.splitlines()
    assert ".explain(" in last
    text = "\n".join([imports, *before, f"again = {last}"])
    cells: list[list[float]] = lab.py(
        "space['again'].cells.tolist()", after=f"space = dict(globals())\nexec({text!r}, space)"
    )
    return cells
