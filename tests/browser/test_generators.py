"""The GeneratorLab by hand: pictures, sliders, films, another generator."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .examples import GENERATORS
from .generators_page import show
from .kernels import on_old_kernel
from .lab import LabSession
from .widget_page import box_of, colour_at, eventually, slide

NEW = """w = GeneratorLab(
    {"one number": one, "six": all_six}, {**pictures, "odd": odd}, model, generator="six"
)
w"""


@on_old_kernel
def test_a_slider_moves_the_picture_and_the_scores_follow(lab: LabSession, kernel: str) -> None:
    page = show(lab, GENERATORS, NEW, kernel)
    expect(page.sliders).to_have_count(6)
    moved = page.figure("moved").locator("canvas.xai-picture")
    before = [colour_at(moved, 0.5, x) for x in (0.25, 0.75)]
    assert before[0][0] > 200 and before[1][1] > 150, "red and green, as the picture"
    shares = page.root.locator(".xai-class-share")
    expect(shares.first).to_have_text("100.0 %")
    slide(page.sliders.first, 3)
    page.answered()
    assert lab.until("len(w.offsets) == 1 and w.offsets[0] == 3")
    after = [colour_at(moved, 0.5, x) for x in (0.25, 0.75)]
    assert after != before
    expected = lab.py("[round(100 * float(p), 1) for p in sorted(w.moved['after'])[::-1]]")
    page.drawn()
    told = float(shares.first.inner_text().split()[0].lstrip("<"))
    assert told == pytest.approx(expected[0], abs=0.2)
    page.button("All back to the picture").click()
    page.answered()
    page.drawn()
    assert [colour_at(moved, 0.5, x) for x in (0.25, 0.75)] == before
    # The class is held: the picture stops before it is seen as another.
    page.root.get_by_label("Hold the class").check()
    cold = lab.py("max(range(len(w.directions)), key=lambda i: abs(w.directions[i]['by']))")
    sign = lab.py(f"1 if w.directions[{cold}]['by'] > 0 else -1")
    slide(page.sliders.nth(cold), 4 * sign)
    page.answered()
    expect(page.figure("moved")).to_contain_text("of the way, as far as it is seen as warm")
    assert lab.py("0 < w.moved['share'] < 1")
    expect(page.root.locator(".xai-class-name").first).to_have_text("warm")
    page.root.get_by_label("Hold the class").uncheck()
    page.answered()
    expect(page.figure("moved")).not_to_contain_text("of the way")
    page.button("All back to the picture").click()
    page.answered()
    # a frame of a film is clicked to go there
    page.root.locator(".xai-direction").nth(1).locator("button").first.click()
    page.answered()
    assert lab.py("list(w.offsets)") == [0, -2]


def test_another_generator_and_what_it_misses(lab: LabSession) -> None:
    page = show(lab, GENERATORS, NEW)
    answer = page.root.locator(".xai-lab-answer")
    expect(answer).to_contain_text("drawn again from 6 numbers")
    badge = page.figure("original").locator(".xai-badge")
    expect(badge).to_be_hidden()
    page.root.get_by_label("Drawn by").select_option("one number")
    page.answered()
    expect(answer).to_contain_text("drawn again from one number")
    expect(page.sliders).to_have_count(1)
    assert eventually(lab.page, lambda: lab.py("w.generator") in ("", "one number"))
    page.root.get_by_label("Drawn by").select_option("six")
    page.answered()
    page.root.locator(".xai-thumbnail", has_text="odd").click()
    page.answered()
    expect(badge).to_have_text("it misses more of this picture than of 95 % of its own")
    expect(page.root.locator(".xai-lab-missed")).not_to_have_count(0)
    residual = page.figure("residual").locator("canvas.xai-overlay")
    assert colour_at(residual, 0.02, 0.02)[3] > 100, "the diagonal is missed"


def test_the_lab_fits_a_narrow_window(lab: LabSession) -> None:
    usual = lab.page.viewport_size
    assert usual is not None
    lab.page.set_viewport_size({"width": 700, "height": 2000})
    page = show(
        lab, GENERATORS, NEW.replace('generator="six"', 'generator="six", offsets=[1.5, -1]')
    )
    assert box_of(page.root)[2] > 0
    assert page.root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
    lab.page.set_viewport_size(usual)
