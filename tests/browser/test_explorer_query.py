"""The Explorer's query bar: suggestions, history, marks, and queries that compare."""

from __future__ import annotations

from playwright.sync_api import expect

from xaiwidgets.images import EDITS

from .examples import NEW, QUADRANTS, SEVERAL
from .explorer_page import ExplorerPage, show
from .lab import LabSession

RULE = "the composition of join and anti-join is undefined"


def test_what_may_come_next_is_suggested(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    keyboard = lab.page.keyboard
    page.query.click()
    page.query.press("ControlOrMeta+a")
    page.query.press_sequentially("sel")
    page.suggests("select")
    assert page.query.get_attribute("aria-activedescendant") is None
    keyboard.press("ArrowDown")
    expect(page.options.first).to_have_attribute("aria-selected", "true")
    assert page.query.get_attribute("aria-activedescendant") == page.options.first.get_attribute(
        "id"
    )
    keyboard.press("Tab")
    expect(page.query).to_have_value("select ")
    expect(page.query).to_be_focused()

    page.query.press_sequentially("* from ")
    page.suggests("f(", "g(")
    page.options.nth(1).click()
    expect(page.query).to_have_value("select * from g(")
    keyboard.press("Backspace")
    keyboard.press("Backspace")
    page.query.press_sequentially("f(")
    edits = [f"{name}(" for name in EDITS]
    page.suggests("x", "east", "pale", "south", "pictures", *edits, "attack(", "attack_g(")
    page.query.press_sequentially("so")
    page.suggests("south")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    expect(page.query).to_have_value("select * from f(south")
    page.query.press_sequentially(") ")
    page.suggests("where", "for class", "using", "join (", "left join (")

    page.query.press_sequentially("for class ea")
    page.suggests('"north east"', '"south east"')
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(page.query).to_have_value('select * from f(south) for class "south east"')
    lab.settle(0.1)
    assert lab.py("w.query") == "select * from f(x)", "Enter has accepted, not asked"
    keyboard.press("Enter")
    page.answered()
    expect(page.options).to_have_count(0)
    assert lab.py("(w.index, w.target)") == (3, 3)
    assert [name for name, _, chosen in page.classes() if chosen] == ["south east"]


def test_a_query_is_completed_while_the_network_is_asked(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    lab.py("None", after="MOOD.update(delay=0.005); w.set_trait('budget', 16384)")
    page.draw((0, 0), (0.5, 0.5))
    expect(page.run_button).to_have_text("Cancel")
    page.query.fill("")
    page.query.press_sequentially("select * from ")
    page.suggests("f(")
    expect(page.run_button).to_have_text("Cancel")
    page.run_button.click()
    expect(page.run_button).to_have_text("Run")


def test_escape_closes_the_list_and_then_restores(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.query.fill("select * from f(")
    page.query.press("End")
    page.query.press("Control+ ")
    expect(page.options.first).to_be_visible()
    page.query.press("Escape")
    expect(page.options).to_have_count(0)
    expect(page.query).to_have_value("select * from f(")
    page.query.press("Escape")
    expect(page.query).to_have_value("select * from f(x)")
    page.query.press("End")
    page.query.press_sequentially(" ")
    expect(page.options.first).to_be_visible()
    page.query.press("Tab")
    expect(page.query).not_to_be_focused()
    expect(page.options).to_have_count(0)
    assert lab.page.evaluate("document.activeElement.classList.contains('xai-baseline')")


def test_queries_asked_are_walked_through(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    asked = ["select * from f(x)", "select * from f(east)", "select * from f(pale)"]
    for text in asked[1:]:
        page.ask(text)
        page.answered()
    page.query.fill("select * fr")
    page.query.press("Escape")
    for text in reversed(asked):
        page.query.press("ArrowUp")
        expect(page.query).to_have_value(text)
    page.query.press("ArrowUp")
    expect(page.query).to_have_value(asked[0])
    for text in [*asked[1:], "select * fr"]:
        page.query.press("ArrowDown")
        expect(page.query).to_have_value(text)
    page.query.press("ArrowUp")
    page.query.press("ArrowUp")
    page.query.press("Enter")
    page.answered()
    assert lab.py("w.index") == 1 and page.query.input_value() == asked[1]


def test_queries_that_compare_move_the_page(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.ask("select * from f(east) join (select * from f(x)) weight 0.3")
    page.answered()
    assert page.captions.all_inner_texts() == ["east · counts 30 %", "x · counts 70 %"]
    assert page.chips.all_inner_texts() == ["x"]
    expect(page.root.locator(".xai-thumbnail", has_text="east")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.weight).to_have_value("0.3")
    joint = page.map()

    page.ask("select * from f(x) left join (select * from g(x))")
    page.answered()
    assert page.captions.all_inner_texts() == ["x", "x under g"]
    assert page.chips.all_inner_texts() == ["g"] and page.map() != joint
    page.ask("select * from f(x)")
    page.answered()
    expect(page.others).to_have_count(0)
    expect(page.chips).to_have_count(0)


def test_an_error_is_marked_where_it_is(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    good = page.map()
    start = "select * from f(x) join (select * from f(east)) "
    for text, marked, words in [
        (f"{start}left join (select * from f(pale))", "left join", RULE),
        (f"{start}weight 2", "2", "weight"),
        ("select * from f(x) join (select * from f(nobody))", "nobody", "nobody"),
        ("select nothing from f(x)", "nothing", "layer"),
        ('select * from f(x) for class "north', '"north', ""),
    ]:
        page.ask(text)
        message = page.root.locator(".xai-query-message")
        expect(message).to_contain_text(words)
        lab.settle(0.1)
        assert marked_in(page).startswith(marked), text
        assert page.map() == good and lab.py("w.query") == "select * from f(x)"
    page.query.press("Escape")
    expect(page.root.locator(".xai-query-error")).to_be_empty()


def marked_in(page: ExplorerPage) -> str:
    """Return the query from the marked column on."""
    excerpt, mark = page.root.locator(".xai-query-caret").inner_text().split("\n")
    return excerpt[mark.index("^") :]
