"""The Explorer's work under way: stopped, failed, mended, and while the kernel is busy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .examples import BLOCK, NEW, QUADRANTS
from .explorer_page import ExplorerPage, show, where, window
from .kernels import NEWEST
from .lab import LabSession
from .widget_page import blocked, box_of, eventually, near

MENDED = "MOOD.update(WELL)"


def test_work_is_stopped_and_goes_on(lab: LabSession, kernel: str) -> None:
    page = show(lab, QUADRANTS, NEW, kernel=kernel)
    full = page.map()
    lab.py("None", after="MOOD.update(delay=0.005); w.set_trait('budget', 16384)")
    page.draw((0, 0), (0.5, 0.5))
    expect(page.run_button).to_have_text("Cancel")
    bar = page.root.get_by_role("progressbar")
    assert eventually(lab.page, lambda: done_of(page) > 40)
    assert int(bar.get_attribute("aria-valuemax") or 0) == 16384
    expect(page.root.locator(".xai-progress-text")).to_contain_text("of 16,384 trials")

    page.run_button.click()
    expect(page.status).to_have_text("Stopped early: a partial map")
    expect(page.run_button).to_have_text("Run")
    page.drawn()
    assert near(page.painted(), (0, 0, 0.5, 0.5), 0.02) and page.map() != full
    ledger = page.ledger()
    assert ledger["kind"] == "partial"
    stopped_at, total = (int(part.replace(",", "")) for part in ledger["trials"].split(" of "))
    assert stopped_at > 40 and total == 16384
    assert lab.py("w.status['state']") == "partial"

    page.run_button.click()
    expect(page.run_button).to_have_text("Cancel")
    assert eventually(lab.page, lambda: done_of(page) > stopped_at)
    budget = page.root.get_by_label("Trials, number")
    budget.fill("1024")
    budget.press("Enter")
    lab.py(MENDED)
    page.answered()
    assert page.ledger()["trials"] == "1,024" and page.ledger()["kind"] == "estimate"
    assert near(page.painted(), (0, 0, 0.5, 0.5), 0.02)


def test_a_gesture_replaces_the_work_under_way(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    lab.py("None", after="MOOD.update(delay=0.005); w.set_trait('budget', 16384)")
    page.draw((0, 0), (0.5, 0.5))
    assert eventually(lab.page, lambda: done_of(page) > 20)
    lab.py(MENDED)
    budget = page.root.get_by_label("Trials, number")
    budget.fill("128")
    budget.press("Enter")
    page.answered()
    lab.drag(page.mini_map, (0.25, 0.25), (0.75, 0.75))
    page.answered()
    assert near(page.painted(), (0.5, 0.5, 0.5, 0.5), 0.03)
    assert page.ledger()["trials"] == "128"
    assert window(lab) == where(page.query.input_value())


def test_gestures_and_cancel_are_heard_while_a_cell_runs(lab: LabSession, kernel: str) -> None:
    page = show(lab, QUADRANTS, NEW, BLOCK, kernel=kernel)
    with blocked(lab, 2):
        page.draw((0, 0), (0.5, 0.5))
        expect(page.window).to_be_visible()
        if kernel == NEWEST:
            assert eventually(lab.page, lambda: near(page.painted(), (0, 0, 0.5, 0.5), 0.02))
            assert where(page.query.input_value()) is not None
            expect(page.status).to_have_text("Done")
            page.root.get_by_label("Trials, number").fill("16384")
            page.root.get_by_label("Trials, number").press("Enter")
            expect(page.run_button).to_have_text("Cancel")
            expect(page.root.locator(".xai-ledger")).to_contain_text("partial")
            page.run_button.click()
            expect(page.status).to_have_text("Stopped early: a partial map")
            assert not lab.page.evaluate("xaiLab.done()"), "the cell should still run"
        else:
            assert where(page.query.input_value()) is None
    if kernel == NEWEST:
        page.answered("Stopped early: a partial map")
    else:
        page.answered()
    assert window(lab) == where(page.query.input_value())
    assert near(page.painted(), (0, 0, 0.5, 0.5), 0.02)


@pytest.mark.parametrize(
    ("mood", "message"),
    [
        ({"calls until it throws": 2}, "the sensor is unplugged"),
        ({"answers NaN": True}, "NaN or infinite"),
    ],
)
def test_a_failing_network_leaves_the_last_map(
    lab: LabSession, mood: dict[str, object], message: str
) -> None:
    page = show(lab, QUADRANTS, NEW)
    good, ledger = page.map(), page.ledger()
    lab.py("None", after=f"MOOD.update({mood!r}); w.set_trait('seed', 1)")
    page.answered("Failed")
    expect(page.alert).to_contain_text(message)
    expect(page.run_button).to_have_text("Run")
    assert page.map() == good and page.ledger() == ledger
    assert lab.py("w.status['state']") == "error"

    page.draw((0, 0), (0.5, 0.5))
    page.answered("Failed")
    expect(page.alert).to_be_visible()
    assert near(page.share(page.window), (0, 0, 0.5, 0.5), 0.02)

    lab.py(MENDED)
    page.run_button.click()
    page.answered()
    expect(page.alert).to_be_hidden()
    assert near(page.painted(), (0, 0, 0.5, 0.5), 0.02)
    assert page.ledger()["seed"] == "1"


def done_of(page: ExplorerPage) -> int:
    """Return how many evaluations the progress bar tells."""
    return int(page.root.get_by_role("progressbar").get_attribute("aria-valuenow") or 0)


def test_a_message_that_comes_or_goes_moves_nothing_under_a_drag(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    left, top, width, height = page.frame()
    mouse = lab.page.mouse

    def go(share: float) -> None:
        mouse.move(left + share * width, top + share * height, steps=4)

    mouse.move(left + 0.25 * width, top + 0.25 * height)
    mouse.down()
    go(0.5)
    lab.py("None", after="MOOD.update({'calls until it throws': 0}); w.set_trait('seed', 1)")
    expect(page.alert).to_contain_text("the sensor is unplugged")
    assert box_of(page.picture) == (left, top, width, height)
    go(0.6)
    lab.settle(0.1)
    assert near(page.share(page.window), (0.25, 0.25, 0.35, 0.35), 0.02)

    lab.py(MENDED)
    go(0.7)
    expect(page.alert).to_be_hidden()
    assert box_of(page.picture) == (left, top, width, height)
    # Whatever else moves the page: the window is drawn on the picture where the hand began.
    page.root.evaluate("root => { root.firstElementChild.style.marginTop = '40px'; }")
    go(0.75)
    mouse.up()
    page.answered()
    assert near(page.share(page.window), (0.25, 0.25, 0.5, 0.5), 0.02)
    assert near(window(lab), (16, 16, 32, 32), 1)


def test_a_budget_that_is_not_allowed_is_refused_in_words(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    field = page.root.locator(".xai-budget-number")
    refusal = page.root.locator(".xai-budget-number ~ .xai-refusal")
    for typed in ("10", "1000000", "64.5"):
        field.fill(typed)
        field.press("Tab")
        words = f"{typed} is not taken: use a whole number from 64 to 16,384"
        expect(refusal).to_have_text(words)
        expect(field).to_have_value("64")
    field.fill("128")
    field.press("Tab")
    expect(refusal).to_be_hidden()
    page.answered()
    assert lab.py("w.budget") == 128
