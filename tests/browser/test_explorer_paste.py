"""A window is copied, and pasted into another picture where the window is then."""

from __future__ import annotations

from playwright.sync_api import expect

from .examples import QUADRANTS, SEVERAL
from .explorer_page import show
from .lab import LabSession


def test_a_window_is_pasted_into_another_picture(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    paste = page.button("Paste what was copied where the window is")
    expect(paste).to_be_hidden()
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    page.button("Copy the window").click()
    lab.until("w.copied == 'x [0:32, 0:32]'")
    lab.py("setattr(w, 'index', 1)")
    page.answered()
    expect(paste).to_have_attribute("data-blocked", "draw a window where it shall be pasted")
    page.draw((0, 0.5), (0.25, 1))
    page.answered()
    paste.click()
    page.answered()
    query = "select * from f(paste(east, x, [32:64, 0:32], [0:32, 0:32])) for class north east"
    assert page.query.input_value().replace('"', "") == query
    expect(page.root.locator(".xai-edits li")).to_have_count(1)
