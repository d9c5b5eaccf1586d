"""The Explorer's questions: the query line, the class, how the map is drawn, what-if edits."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .examples import BLOCK, NEW, QUADRANTS
from .explorer_page import show, where, window
from .kernels import on_old_kernel
from .lab import LabSession
from .widget_page import blocked, box_of, colour_at, near, painted_part, pixels, slide

WITH_REFERENCE = "w = Explorer(model, x, {'other': 1 - x}, budget=64, grid=4)\nw"


def test_the_query_line_moves_window_and_class(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    page.ask('SELECT * from f( x ) where [32:64,32:64] for class "south east"')
    page.answered()
    assert page.query.input_value() == (
        'select * from f(x) where [32:64, 32:64] for class "south east"'
    )
    assert window(lab) == (32, 32, 32, 32)
    assert near(page.share(page.window), (0.5, 0.5, 0.5, 0.5), 0.005)
    assert near(page.painted(), (0.5, 0.5, 0.5, 0.5), 0.005)
    assert [name for name, _, chosen in page.classes() if chosen] == ["south east"]
    assert page.redness()["south east"] > 0
    good = page.map()

    page.ask("select * from f(x) wher [0:32, 0:32]")
    trouble = page.root.locator(".xai-query-error")
    expect(trouble).to_be_visible()
    message = page.root.locator(".xai-query-message").inner_text()
    assert "wher" in message
    excerpt, mark = page.root.locator(".xai-query-caret").inner_text().split("\n")
    assert excerpt[mark.index("^") :].startswith("wher [")
    expect(page.query).to_have_attribute("aria-invalid", "true")
    lab.settle()
    assert page.query.input_value() == "select * from f(x) wher [0:32, 0:32]"
    assert page.map() == good and window(lab) == (32, 32, 32, 32)

    for wrong, column in [
        ("select * from f(y)", "y"),
        ('select * from f(x) for class "south"', '"south"'),
        ("select * from f(x) where [0:99, 0:32]", "[0:99"),
    ]:
        page.ask(wrong)
        lab.settle()
        excerpt, mark = page.root.locator(".xai-query-caret").inner_text().split("\n")
        assert excerpt[mark.index("^") :].startswith(column), f"{excerpt}\n{mark}"
        assert page.map() == good

    page.query.press("Escape")
    assert where(page.query.input_value()) == (32, 32, 32, 32)
    expect(trouble).to_be_empty()
    expect(page.query).not_to_have_attribute("aria-invalid", "true")


def test_what_is_typed_into_the_query_line_outlives_an_answer(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    page.query.fill("select * from f(x) where [0:8")
    lab.py("setattr(w, 'seed', 5)")
    page.answered()
    lab.py("setattr(w, 'target', 'south east')")
    page.answered()
    assert page.query.input_value() == "select * from f(x) where [0:8"
    page.query.press("Escape")
    assert page.query.input_value() == 'select * from f(x) for class "south east"'


def test_another_class_is_explained_when_clicked(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    redness = page.redness()
    assert redness["north west"] > 0 > redness["south east"]
    automatic = page.map()
    names = [name for name, _, _ in page.classes()]
    assert names[:2] == ["north west", "south east"] and len(names) == 4

    page.choose_class("south east")
    page.answered()
    assert [name for name, _, chosen in page.classes() if chosen] == ["south east"]
    assert lab.py("w.target") == 3
    assert page.query.input_value() == 'select * from f(x) for class "south east"'
    redness = page.redness()
    assert redness["south east"] > 0 > redness["north west"]
    assert "south east" in page.root.locator(".xai-legend").inner_text()
    assert page.button("automatic (top class)").get_attribute("aria-pressed") == "false"

    page.button("automatic (top class)").click()
    page.answered()
    assert page.map() == automatic and lab.py("w.target") is None
    assert page.button("automatic (top class)").get_attribute("aria-pressed") == "true"


@on_old_kernel
def test_opacity_colour_range_and_hover_need_no_kernel(lab: LabSession, kernel: str) -> None:
    page = show(lab, QUADRANTS, NEW, BLOCK, kernel=kernel)
    page.choose_class("south west")
    page.answered()
    with blocked(lab, 2):
        _, _, _, strong = page.colour(0.25, 0.25)
        slide(page.root.get_by_role("slider", name="Opacity"), 0.2)
        page.drawn()
        _, _, _, weak = page.colour(0.25, 0.25)
        assert weak < strong * 0.6
        expect(page.root.get_by_role("slider", name="Opacity")).to_have_value("0.2")

        red, _, blue, pale = page.colour(0.75, 0.25)
        slide(page.root.get_by_role("slider", name="Colour range"), 20)
        page.drawn()
        assert page.colour(0.75, 0.25)[3] > pale
        narrow = page.map()
        ticks = page.root.locator(".xai-ticks").inner_text()
        page.root.get_by_role("checkbox", name="auto").check()
        page.drawn()
        assert page.map() != narrow
        assert page.root.locator(".xai-ticks").inner_text() != ticks
        assert page.colour(0.75, 0.25) == (red, page.colour(0.75, 0.25)[1], blue, pale)

        left, top, _, _ = page.frame()
        lab.page.mouse.move(left + 60, top + 60)
        tip = page.stage.locator(".xai-tip")
        expect(tip).to_contain_text("±")
        assert box_of(tip)[0] >= page.frame()[0] - 1
    lab.settle()
    assert lab.py("(w.opacity, w.color_range)") == (0.2, None)


def test_edits_show_before_and_after_side_by_side(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, WITH_REFERENCE)
    whole = page.map()
    before, change = page.root.locator(".xai-before"), page.root.locator(".xai-change")
    expect(before).to_be_hidden()
    expect(page.button("Hide the window")).to_have_attribute("aria-disabled", "true")
    page.choose_class("south east")
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    drawn, narrow = window(lab), page.map()
    assert drawn is not None and narrow != whole

    page.button("Hide the window").click()
    page.answered()
    expect(page.root.locator(".xai-figures")).to_have_class("xai-figures xai-compared")
    x, y, width, height = box_of(before.locator(".xai-stage"))
    after = page.frame()
    assert x + width < after[0] and near((0, y, width, height), (0, *after[1:]), 1)
    assert lab.py("w.result.target") == lab.py("w.result_before.target") == 3
    assert colour_at(page.picture, 0.25, 0.25)[0] < 5
    assert colour_at(before.locator(".xai-picture"), 0.25, 0.25)[0] > 200
    assert page.classes()[0][0] == "south east" and len(page.classes()) == 4
    expect(page.root.locator(".xai-predictions:visible")).to_have_count(0)
    was = page.root.locator(".xai-class-before").first
    expect(was).to_have_text(re.compile(r"^\d+\.\d % →$"))
    assert change.inner_text().startswith(f"south east: {was.inner_text()} {page.classes()[0][1]}")
    expect(page.root.get_by_role("heading", name="What it sees, before → after")).to_be_visible()
    for figure in (before, page.root.locator(".xai-after")):
        assert near(painted_part(figure.locator(".xai-overlay")), (0, 0, 1, 1), 0.01)
    assert pixels(before.locator(".xai-overlay")) != page.map()
    expect(change).to_contain_text("→")
    assert change.inner_text().startswith("south east: ")
    assert "+" in change.inner_text()
    assert page.root.locator(".xai-edits li").all_inner_texts() == [
        f"hidden: {drawn[2]}×{drawn[3]} pixels"
    ]
    assert "f(erase(x, [" in page.query.input_value()

    page.button("Undo").click()
    page.answered()
    expect(before).to_be_hidden()
    expect(change).to_be_hidden()
    assert window(lab) == drawn and page.map() == narrow
    assert near(page.share(page.window), (0, 0, 0.5, 0.5), 0.02)

    page.button("Redo").click()
    page.answered()
    expect(before).to_be_visible()
    page.button("Undo").click()
    page.answered()
    page.button("Paste the window from the reference").click()
    page.answered()
    assert page.root.locator(".xai-edits").inner_text().startswith("pasted: other")
    dark, dark_before = (
        colour_at(figure.locator(".xai-picture"), 0.25, 0.25)[0]
        for figure in (page.root.locator(".xai-after"), before)
    )
    assert dark < 70 < dark_before


def test_an_edit_that_changes_the_top_class_says_by_how_much(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    page.button("Hide the window").click()
    page.answered()
    assert page.classes()[0][0] == "south east"
    assert lab.py("w.result.target") == lab.py("w.result_before.target") == 0
    change = page.root.locator(".xai-change")
    expect(change).to_contain_text("north west: ")
    expect(change).to_contain_text("→")
    expect(change).to_contain_text("the top class is now south east")


def test_edits_of_the_whole_picture_add_up(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    page.button("Shift right by a cell").click()
    page.answered()
    page.button("Rotate anticlockwise").click()
    page.answered()
    assert page.root.locator(".xai-edits li").all_inner_texts() == [
        "shifted 16 pixels to the right",
        "rotated by 15°",
    ]
    assert lab.py("w.edits") == ["shift 0 16", "rotate 15"]
    expect(page.button("Redo")).to_have_attribute("aria-disabled", "true")


def test_every_gesture_is_undone_by_button_and_by_keys(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    undo, redo = page.button("Undo"), page.button("Redo")
    for button in (undo, redo):
        expect(button).to_have_attribute("aria-disabled", "true")
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    drawn = window(lab)
    page.choose_class("south east")
    page.answered()
    page.root.get_by_role("slider", name="Trials").focus()
    for _ in range(3):
        lab.page.keyboard.down("ArrowRight")  # from the second on the key repeats
    lab.page.keyboard.up("ArrowRight")
    page.answered()
    budget = lab.py("w.budget")
    asked = page.query.input_value()
    assert lab.py("w.undoable") == 3, "a drag is one step, and a key held down"
    undo.click()
    page.answered()
    assert lab.py("w.budget") == 64 < budget and lab.py("w.target") == 3
    page.stage.press("Control+z")
    page.answered()
    assert lab.py("w.target") is None and window(lab) == drawn
    page.stage.press("Control+z")
    page.answered()
    expect(undo).to_have_attribute("aria-disabled", "true")
    expect(page.window).to_be_hidden()
    assert page.query.input_value() == "select * from f(x)"
    page.query.press("End")
    page.query.type(" for")
    page.query.press("Control+z")
    assert lab.py("w.redoable") == 3, "a field takes its own typing back"
    for _ in range(2):  # the first closes the suggestions
        page.query.press("Escape")
    for key in ("Control+Shift+z", "Control+y"):
        page.stage.press(key)
    redo.click()
    page.answered()
    expect(redo).to_have_attribute("aria-disabled", "true")
    assert page.query.input_value() == asked and lab.py("w.budget") == budget
