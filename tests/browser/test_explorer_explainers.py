"""Another explainer is picked on the page, and a second one stands beside it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from .examples import QUADRANTS
from .explorer_page import show
from .lab import LabSession
from .widget_page import alone


def test_an_explainer_is_picked_and_another_stands_beside(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, QUADRANTS, "w = Explorer(model, x, budget=64, grid=4)\nw")
    explained = page.root.get_by_label("Explained by")
    expect(explained).to_have_value("shapley")
    # What the network is not made for is greyed, with the reason in words.
    expect(explained.locator("option[value=rollout]")).to_be_disabled()
    reasons = page.root.get_by_text("Why some explainers are greyed")
    expect(reasons).to_be_visible()
    explained.select_option("occlusion")
    assert lab.until("w.result is not None and w.result.method.startswith('Occlusion')")
    expect(page.query).to_have_value("select * from f(x) using occlusion")
    trials = page.root.get_by_label("Trials, number")
    expect(trials).to_be_disabled()
    page.root.get_by_text("Trials", exact=True).hover()
    expect(page.note).to_contain_text("Occlusion is not made of trials")
    page.root.get_by_label("Beside it").select_option("gradient")
    expect(page.others).to_have_count(1)
    expect(page.others.first).to_contain_text("Gradient")
    expect(page.root.get_by_text(re.compile("in the order of the"))).to_be_visible()
    expect(page.legend).to_contain_text("north west")
    with lab.page.expect_download() as saved:
        page.button("Save HTML").click()
    saved.value.save_as(tmp_path / "two.html")
    with alone(lab, tmp_path / "two.html", ".xai-explorer") as root:
        expect(root.get_by_text(re.compile("in the order of the"))).to_be_visible()
    # What is pinned shows both maps, and is asked again with both.
    both = page.questions.filter(has_text="beside it Gradient")
    both.locator(".xai-star").click()
    with lab.page.expect_download() as saved:
        page.button("Report").click()
    saved.value.save_as(tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text()
    assert "Beside it: Gradient" in report and "Rank correlation of the two maps" in report
    page.button("Undo").click()
    expect(page.others).to_have_count(0)
    assert lab.py("w.beside") == ""
    both.locator(".xai-again").click()
    expect(page.others).to_have_count(1)
    page.button("Undo").click()
    expect(page.others).to_have_count(0)
    page.button("Undo").click()
    expect(trials).to_be_enabled()
