"""One edit in many sizes: curves of the classes, and a click that makes the edit."""

from __future__ import annotations

from playwright.sync_api import expect

from .examples import NEW, QUADRANTS
from .explorer_page import show
from .kernels import on_old_kernel
from .lab import LabSession
from .widget_page import slide


@on_old_kernel
def test_a_picture_is_turned_by_a_click_on_the_curve(lab: LabSession, kernel: str) -> None:
    page = show(lab, QUADRANTS, NEW, kernel=kernel)
    root = page.root.locator(".xai-sweep")
    expect(root.locator(".xai-line")).to_have_count(0)
    root.get_by_role("combobox", name="What to sweep").select_option("Rotation")
    root.get_by_role("button", name="Sweep").click()
    expect(root.locator(".xai-line").first).to_be_visible()
    curves = lab.py("[curve['label'] for curve in w.sweep['classes']]")
    assert curves[0] == "north west"
    expect(root.locator(".xai-line")).to_have_count(len(curves))
    assert root.locator("figcaption strong").all_inner_texts() == curves
    lab.py("ASKED.clear()")

    area = root.locator(".xai-plot-area")
    lab.drag(area, (0.97, 0.5), (0.97, 0.5))
    page.answered()
    assert lab.py("w.edits") == ["rotate 90"]
    expect(root.locator("output")).to_have_text("Rotation: 90 degrees, anticlockwise")
    expect(page.root.locator(".xai-edits")).to_contain_text("rotated by 90°")

    size = root.get_by_role("slider", name="Size of the edit")
    slide(size, 9)
    page.answered()
    lab.until("w.edits == ['rotate 0']")
    size.press("ArrowRight")
    page.answered()
    lab.until("w.edits == ['rotate 10']")
    page.button("Undo").click()
    page.answered()
    expect(root.locator("output")).to_have_text("Rotation: 0 degrees, anticlockwise")
    page.draw((0.0, 0.0), (0.5, 0.5))
    page.answered()
    page.button("Hide the window").click()
    page.answered()
    expect(root.locator(".xai-line").first).to_be_hidden()
