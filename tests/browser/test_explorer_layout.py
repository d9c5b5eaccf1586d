"""The Explorer's page as a whole: what is in sight, what is folded, what was asked so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from .examples import LAYERED, NEW, QUADRANTS, SEVERAL
from .explorer_page import ANTI_JOIN, JOIN, ExplorerPage, show
from .lab import LabSession
from .widget_page import box_of, cells


@pytest.fixture
def sized(lab: LabSession) -> Iterator[LabSession]:
    """A browser whose window is as before afterwards."""
    before = lab.page.viewport_size
    assert before is not None
    yield lab
    lab.page.set_viewport_size(before)


def first_visit(lab: LabSession, cell: str = NEW) -> ExplorerPage:
    """Show an Explorer to somebody who has never seen one."""
    cells(lab, QUADRANTS, "'nothing is shown'")
    lab.forget_visits()
    cells(lab, QUADRANTS, cell)
    page = ExplorerPage(lab, unfolded=False)
    page.answered()
    return page


def to_top(page: ExplorerPage) -> None:
    """Scroll the widget's top to that of the notebook."""
    page.root.evaluate("root => root.scrollIntoView({ block: 'start' })")
    page.drawn()


def in_sight(element: Locator) -> bool:
    """Tell whether all of an element is seen, between the toolbar and the status bar."""
    whole: bool = element.evaluate(
        """element => new Promise(done => new IntersectionObserver(([entry]) =>
            done(entry.intersectionRatio > 0.99)).observe(element))"""
    )
    return whole


@pytest.mark.parametrize(("width", "height", "least"), [(1440, 900, 560), (1920, 1080, 760)])
def test_the_picture_is_large_and_all_it_needs_is_in_sight(
    sized: LabSession, width: int, height: int, least: int
) -> None:
    sized.page.set_viewport_size({"width": width, "height": height})
    page = first_visit(sized, SEVERAL)
    to_top(page)
    _, _, wide, high = box_of(page.picture)
    assert min(wide, high) >= least
    what_if = page.root.get_by_role("toolbar", name="What if")
    tools = (what_if, page.layer, page.button("Undo"), page.root.locator(".xai-classes"))
    for part in (page.headline, page.sentence, page.run_button, page.status, page.picture, *tools):
        assert in_sight(part), part


def test_films_stand_left_and_classes_right_where_there_is_room(sized: LabSession) -> None:
    page = show(sized, QUADRANTS, SEVERAL)
    film, classes = (page.root.locator(css) for css in (".xai-film", ".xai-classes"))
    for width, beside in ((1440, True), (1100, True), (700, False)):
        sized.page.set_viewport_size({"width": width, "height": 900})
        to_top(page)
        (x, y, wide, high), strip, list_ = map(box_of, (page.picture, film, classes))
        if beside:
            assert strip[0] + strip[2] <= x and x + wide <= list_[0]
            assert list_[1] < y + high and strip[1] < y + high
        else:
            assert strip[1] + strip[3] <= y and y + high <= list_[1]
        tools = box_of(page.root.get_by_role("toolbar", name="What if"))
        assert 0 <= tools[1] - y - high < 30, "directly under the picture"


def test_the_headline_asks_and_answers_in_words(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    expect(page.headline).to_have_text("Why north west 66.5 %?")
    share = page.classes()[0][1]
    assert share in page.headline.inner_text()
    expect(page.sentence).to_have_text(re.compile("upper left|top.* for it"))
    page.choose_class("south east")
    expect(page.headline).to_contain_text("Why south east")
    page.answered()
    expect(page.sentence).to_contain_text("lower right")
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    expect(page.sentence).to_contain_text("In the window, ")
    page.compare("east", "anti-join")
    expect(page.headline).to_contain_text("and what tells it from east?")


def test_what_is_being_asked_is_not_answered_with_the_last_map_which_fades(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    lab.py("None", after="MOOD.update(delay=0.05)")
    page.choose_class("south east")
    page.draw((0, 0), (0.5, 0.5))
    expect(page.sentence).to_have_text("Looking…")
    expect(page.overlay).to_have_class("xai-overlay xai-stale")
    lab.py("MOOD.update(WELL)")
    page.answered()
    expect(page.overlay).to_have_class("xai-overlay")
    expect(page.sentence).to_contain_text("In the window")


def test_folds_stay_as_they_were_left(lab: LabSession) -> None:
    page = first_visit(lab)
    details, advanced = page.root.get_by_text("Details"), page.root.get_by_text("Advanced")
    ledger = page.root.locator(".xai-ledger")
    expect(ledger).to_be_hidden()
    expect(page.query).to_be_hidden()
    expect(page.root.get_by_label("Seed")).to_be_hidden()
    details.click()
    expect(ledger).to_be_visible()
    expect(page.query).to_be_hidden()
    advanced.click()
    expect(page.query).to_be_visible()
    details.click()
    cells(lab, QUADRANTS, f"{NEW}  # again")
    page = ExplorerPage(lab, unfolded=False)
    expect(page.query).to_be_visible()
    expect(page.root.locator(".xai-ledger")).to_be_hidden()


def test_three_marks_on_the_first_visit_and_none_after(lab: LabSession) -> None:
    page = first_visit(lab)
    marks = page.root.get_by_role("note")
    expect(marks).to_have_count(3)
    page.draw((0.6, 0.6), (0.9, 0.9))
    page.answered()
    expect(page.window).to_be_visible()
    page.button("Hide the window").click()
    page.answered()
    expect(marks.nth(2), "it would cover what is said of the change").to_be_hidden()
    page.button("Undo").click()
    page.answered()
    expect(marks.nth(2)).to_be_visible()
    page.button("Got it").click()
    expect(marks).to_have_count(0)
    cells(lab, QUADRANTS, f"{NEW}  # again")
    page = ExplorerPage(lab, unfolded=False)
    expect(page.root.get_by_role("note")).to_have_count(0)
    keys = page.root.locator(".xai-hint")
    expect(keys).to_be_hidden()
    page.root.get_by_text("? keys").click()
    expect(keys).to_contain_text("Ctrl+Z")


def test_a_question_asked_before_is_asked_again_pinned_and_reported(
    lab: LabSession, tmp_path: Path
) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    first = page.map()
    page.choose_class("south east")
    page.answered()
    page.root.locator(".xai-thumbnail", has_text="south").click()
    page.answered()
    expect(page.questions).to_have_count(3)
    titles = page.root.locator(".xai-again span").all_inner_texts()
    assert titles[1].startswith("Why south east") and titles[2].startswith("Why north west")
    assert page.questions.last.locator("canvas").evaluate("canvas => canvas.width") == 56

    page.questions.last.locator(".xai-again").click()
    page.answered()
    assert page.map() == first and page.query.input_value() == "select * from f(x)"
    star = page.questions.nth(2).locator(".xai-star")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    assert [q["pinned"] for q in lab.py("[dict(pinned=q['pinned']) for q in w.questions]")] == [
        True, False, False
    ]  # fmt: skip
    with lab.page.expect_download() as saved:
        page.button("Report").click()
    expect(page.status).to_have_text("Report saved")
    name = page.root.locator(".xai-again span").nth(2).inner_text().split(" (")[0]
    assert saved.value.suggested_filename == f"{name.lower().replace(' ', '-')}.html"
    saved.value.save_as(tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert report.count("<section>") == 1 and name in report


def test_each_picture_shows_its_prediction_once_it_is_known(lab: LabSession) -> None:
    cell = "w = Explorer(model, {'x': images[0], 'y': images[1]}, budget=64, grid=4)\nw"
    page = show(lab, LAYERED, cell)
    pictures = page.root.locator(".xai-film .xai-thumbnail")
    says = page.root.locator(".xai-film-says")
    expect(says).to_have_count(1)
    expect(pictures.nth(0)).to_contain_text(page.classes()[0][0])
    pictures.nth(1).click()
    page.answered()
    expect(says).to_have_count(2)
    label, share = lab.py("(w.predictions['y']['label'], w.predictions['y']['probability'])")
    assert label == page.classes()[0][0]
    expect(says.nth(1)).to_have_text(f"{label} {100 * share:.0f} %")


def test_pictures_are_put_in_order_by_what_is_said_of_them(lab: LabSession) -> None:
    cell = "w = Explorer(model, dict(zip('xyz', images)), budget=64, grid=4)\nw"
    page = show(lab, LAYERED, cell)
    order = page.root.get_by_label("Order of the pictures")
    pictures = page.root.locator(".xai-film .xai-thumbnail")
    names = pictures.locator("span")
    expect(page.root.locator(".xai-film-says")).to_have_count(1)
    order.select_option("unsure")
    expect(page.root.locator(".xai-film-says")).to_have_count(3)
    shares = lab.py("{name: score['probability'] for name, score in w.predictions.items()}")
    shown = [shares[name] for name in names.all_inner_texts()]
    assert shown == sorted(shares.values())
    pictures.first.click()
    page.answered()
    assert page.query.input_value() == f"select * from f({min(shares, key=shares.__getitem__)})"
    expect(pictures.first).to_have_attribute("aria-pressed", "true")
    order.select_option("given")
    assert names.all_inner_texts() == ["x", "y", "z"]
    unsurest = "xyz".index(min(shares, key=shares.__getitem__))
    expect(pictures.nth(unsurest)).to_have_attribute("aria-pressed", "true")


def test_every_setting_says_what_it_means(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    rows = page.root.locator(".xai-setting-row")
    found = rows.evaluate_all(
        "rows => rows.map(row => [row.querySelector('.xai-label').textContent, row.title])"
    )
    assert {name for name, _ in found} == {
        "Hidden parts become", "What is explained", "Trials", "Patches per side", "Opacity", "Look",
        "Colour range", "Seed", "Explainer", "Parts",
    }  # fmt: skip
    terms = {"Hidden parts become": "baseline", "What is explained": "logit", "Trials": "coalition",
             "Patches per side": "grid"}  # fmt: skip
    for name, title in found:
        assert title, name
        assert terms.get(name, "") in title.lower()
    radios = page.root.get_by_role("radiogroup", name="Reading").locator("label")
    assert all(radios.evaluate_all("labels => labels.map(label => label.title)"))
    page.candidate("east").click()
    for button, term in ((JOIN, "join"), (ANTI_JOIN, "anti-join")):
        assert (page.button(button).get_attribute("title") or "").startswith(term)
