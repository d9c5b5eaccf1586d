"""A widget of a hundred lines in all does what people expect of one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from .lab import LabSession
from .widget_page import cells

HERE = Path(__file__).parent
SETUP = f"import sys\nsys.path.insert(0, {str(HERE)!r})\nfrom fixture_widget import Numbers"
NEW = "w = Numbers(limit=100)\nw"


@pytest.fixture
def page(lab: LabSession) -> Locator:
    cells(lab, SETUP, NEW)
    return lab.widget(".numbers")


def test_it_has_at_most_a_hundred_lines() -> None:
    assert len((HERE / "fixture_widget.py").read_text().splitlines()) <= 100


def test_it_runs_and_shows_what_it_finds(lab: LabSession, page: Locator) -> None:
    shown, button = page.locator("output"), page.get_by_role("button")
    expect(shown).to_have_text(re.compile("^idle: 0 found"))
    button.click()
    expect(shown).to_have_text("done: 25 found, the last is 97")
    assert lab.py("w.result[-2:]") == [89, 97]
    assert lab.py("w.numbers.tolist()") == lab.py("w.result")


def test_a_setting_starts_the_work_and_one_of_the_page_does_not(
    lab: LabSession, page: Locator
) -> None:
    page.get_by_label("Kind").select_option("squares")
    expect(page.locator("output")).to_have_text("done: 9 found, the last is 100")
    assert lab.py("w.state == type(w.state)(limit=100, kind='squares')")
    assert lab.py("w.code") == "squares up to 100"
    run = lab.py("id(w._run)")
    page.get_by_label("Opacity").fill("0.5")
    lab.until("w.opacity == 0.5")
    assert lab.py("id(w._run)") == run


def test_progress_and_previews_come_and_cancel_keeps_the_best(
    lab: LabSession, page: Locator
) -> None:
    field = page.get_by_label("Up to")
    field.fill("50000")
    field.press("Tab")
    shown, bar = page.locator("output"), page.locator("progress")
    expect(shown).to_have_text(re.compile("^unfinished: [1-9]"))
    assert float(bar.evaluate("bar => bar.value")) > 0
    assert float(bar.evaluate("bar => bar.max")) == 50_000
    page.get_by_role("button", name="Cancel").click()
    expect(shown).to_have_text(re.compile("^partial: [1-9]"))
    assert lab.py("w.status['note']") == "cancelled"
    assert lab.py("len(w.result)") == lab.py("len(w.numbers)") > 0


def test_what_is_not_allowed_is_said_and_taken_back(lab: LabSession, page: Locator) -> None:
    field = page.get_by_label("Up to")
    field.fill("3")
    field.press("Tab")
    expect(page.locator("p")).to_have_text("limit is 3; use a whole number from 10 to 100,000")
    expect(field).to_have_value("100")
    assert lab.py("w.limit") == 100


def test_a_misspelt_setting_is_refused_with_the_nearest_name(
    lab: LabSession, page: Locator
) -> None:
    for code in ("setattr(w, 'oppacity', 1)", "Numbers(oppacity=1)"):
        attempt = f"try: {code}\nexcept Exception as error: said = str(error)"
        assert lab.py("said", after=attempt) == "Numbers has no oppacity; did you mean 'opacity'?"
