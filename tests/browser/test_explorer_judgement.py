"""How good the map is: a drawer that is asked by hand, and whose verdict goes with the map."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from .examples import QUADRANTS
from .explorer_page import show
from .lab import LabSession
from .widget_page import alone, near

NEW = "w = Explorer(model, {'x': x}, budget=256, grid=4)\nw"
ROWS = [
    "hide its strongest parts first",
    "show its strongest parts first",
    "foretell what hiding several does",
    "order of 3 × 3 large parts",
    "moves when the picture hardly does",
]


def test_a_map_is_checked_and_its_verdict_goes_with_it(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, QUADRANTS, NEW)
    table = page.root.get_by_role("table", name="Checks of the map")
    rows = table.locator("tbody tr")
    verdict = page.root.locator(".xai-judgement-text")
    expect(table).to_be_hidden()
    assert lab.py("w.judgement") is None
    lab.settle(1)  # what is computed ahead
    calls = lab.py("len(ASKED)")
    lab.settle()
    assert lab.py("len(ASKED)") == calls, "the drawer has asked the network by itself"

    page.button("Check this map").click()
    expect(page.button("Check again")).to_be_visible()
    expect(rows.locator("td:first-child")).to_have_text(ROWS)
    checks = lab.py("w.judgement['checks']")
    assert {check["verdict"] for check in checks[:3]} == {"better"}
    for row, check in zip(rows.all(), checks, strict=True):
        text = row.locator("td").nth(1).inner_text()
        value = float(text.split(" ")[0].replace("−", "-"))
        assert near((value,) * 4, (check["value"]["value"],) * 4, 0.006 * max(1, abs(value)))
        assert check["basis"] in (row.get_attribute("title") or "")
    expect(verdict).to_contain_text("Better than chance: hiding parts, showing parts")
    for name in ("deletion", "insertion"):
        plot = page.root.locator(".xai-judge-plots figure", has_text=f"{name}, in the order")
        expect(plot.locator(".xai-line")).to_have_count(2)
        expect(plot.locator(".xai-band")).to_have_count(1)
    with lab.page.expect_download() as saved:
        page.button("Save HTML").click()
    saved.value.save_as(tmp_path / "judged.html")

    said = verdict.inner_text()
    page.choose_class("south east")
    expect(table).to_be_hidden()
    expect(verdict).to_contain_text("Is the map right?")
    assert lab.py("w.judgement") is None
    lab.until("w.attribution['target'] == 3")
    page.drawn()
    expect(table).to_be_hidden()

    with alone(lab, tmp_path / "judged.html", ".xai-explorer") as root:
        root.evaluate("root => root.querySelectorAll('details').forEach(d => { d.open = true; })")
        expect(root.locator(".xai-judgement-text")).to_have_text(said)
        expect(
            root.get_by_role("table", name="Checks of the map").locator("tbody tr")
        ).to_have_count(5)
        expect(root.get_by_role("button", name="Check again")).to_be_hidden()


def test_a_window_drawn_by_hand_is_the_true_place(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    mark = page.root.locator(".xai-mark-truth")
    expect(mark).to_have_attribute("aria-disabled", "true")
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    page.button("This window is the true place").click()
    page.answered()
    assert lab.py("w.get_state('truth')['truth']") == [0, 0, 32, 32]
    assert near(page.share(page.stage.locator(".xai-true-place")), (0, 0, 0.5, 0.5), 0.02)
    page.button("Check this map").click()
    expect(page.button("Check again")).to_be_visible()
    row = page.root.locator(".xai-checks tr", has_text="share in the true place")
    expect(row).to_contain_text("better than chance")
    assert "the place is 25.0% of the map" in (row.get_attribute("title") or "")
    page.button("Forget the true place").click()
    expect(page.stage.locator(".xai-true-place")).to_be_hidden()


def test_checks_are_stopped_and_say_what_is_wrong(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    lab.py("MOOD.update(delay=0.05)")
    page.button("Check this map").click()
    page.button("Stop checking").click()
    expect(page.button("Check this map")).to_be_visible()
    expect(page.root.locator(".xai-judge-buttons .xai-label")).to_have_text("stopped")
    lab.py("MOOD.update(WELL)")
    lab.until("w._prefetch.channel.job.done")  # else that fails, too, and says so
    lab.py("MOOD.update({'calls until it throws': 0})")
    page.button("Check this map").click()
    problem = page.root.locator(".xai-judge-problem")
    expect(problem).to_contain_text("the sensor is unplugged")
    lab.py("MOOD.update(WELL)")
    assert lab.py("w.error") is None
