"""A page whose kernel is lost: it says so, and what it shows stays true."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from .examples import NEW, QUADRANTS
from .explorer_page import ExplorerPage, show, window
from .lab import LabSession
from .widget_page import blocked, cells, colour_at, near

LOST = "Not connected: this is the last answer. Run the cell to go on."
BUSY = "Busy: the kernel runs a cell, and answers after it."
BLOCK = """
from pathlib import Path
while not Path("go").exists():
    time.sleep(0.05)
"""
AT_WORK = """
MOOD["delay"] = 0.01
v = Explorer(model, x, budget=16_384)
display(v, v)
"""
SOON = 2_500
"""Milliseconds after which a page would have shown what it must not show."""


def seen(page: ExplorerPage) -> list[object]:
    page.drawn()
    texts = [page.query.input_value(), page.legend.inner_text(), page.status.inner_text()]
    return [*texts, page.classes(), page.map(), page.levels()]


def says(page: ExplorerPage, words: str) -> None:
    expect(page.root.locator(".xai-connection")).to_have_text(words)


def stays_as_it_is(page: ExplorerPage) -> None:
    """Try all that a hand can do, and look whether anything has changed."""
    before = seen(page)
    page.root.locator(".xai-classes .xai-class").last.click(force=True)
    page.run_button.click(force=True)
    page.draw((0.1, 0.1), (0.4, 0.6))
    page.stage.focus()
    page.lab.page.keyboard.press("Enter")
    page.root.get_by_text("Hide", exact=True).click(force=True)
    assert seen(page) == before
    page.lab.page.wait_for_timeout(SOON)
    assert seen(page) == before
    opacity = page.root.get_by_role("slider", name="Opacity")
    opacity.focus()
    opacity.press("Home")
    page.drawn()
    assert page.colour(0.5, 0.5)[3] == 0, "what needs no kernel works"


@pytest.mark.provokes_errors
def test_after_a_restart_the_last_answer_stays_until_the_cell_is_run(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    page.choose_class("south east")
    page.answered()
    before = seen(page)
    lab.restart()
    says(page, LOST)
    assert seen(page) == before
    stays_as_it_is(page)
    lab.run_all(120)
    page = ExplorerPage(lab)
    page.answered()
    expect(page.root.locator(".xai-connection")).to_be_hidden()
    page.choose_class("south east")
    page.answered()
    assert lab.py("w.target") == 3


@pytest.mark.provokes_errors
def test_a_gesture_that_a_dead_kernel_never_heard_is_taken_back(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    before = seen(page)
    lab.py("None", after="import os, signal, threading; "
           "threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()")  # fmt: skip
    lab.page.wait_for_timeout(400)
    # By its own event: a page that has noticed already takes no click.
    page.root.locator(".xai-class", has_text="south east").dispatch_event("click")
    says(page, LOST)
    assert seen(page) == before
    dialog = lab.page.locator(".jp-Dialog")  # that the kernel starts anew; it has the keys
    dialog.get_by_role("button").last.click()
    dialog.wait_for(state="detached")
    stays_as_it_is(page)


def test_a_reopened_notebook_shows_what_was_saved_and_that_nobody_answers(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW, AT_WORK)
    page.draw((0.25, 0.25), (0.75, 0.75))
    page.choose_class("south east")
    page.answered()
    before, ledger = seen(page), page.ledger()
    lab.run_cell(2)
    at_work = ExplorerPage(lab, 1), ExplorerPage(lab, 2)
    lab.page.wait_for_timeout(SOON)
    assert [one.status.inner_text() for one in at_work] == ["Running", "Running"]
    assert lab.save().stat().st_size > 10_000
    lab.reload()
    page = ExplorerPage(lab)
    says(page, LOST)
    assert lab.py("'w' in globals()") is False
    assert (seen(page), page.ledger()) == (before, ledger)
    assert colour_at(page.picture, 0.25, 0.25)[0] > 200
    assert near(page.share(page.window), (0.25, 0.25, 0.5, 0.5), 0.03)
    unfinished = ExplorerPage(lab, 1)
    expect(unfinished.status).to_have_text("Not finished when this was saved")
    expect(unfinished.button("Run")).to_be_visible()
    stays_as_it_is(page)


def test_a_kernel_that_runs_a_cell_is_busy_and_not_lost(lab: LabSession, kernel: str) -> None:
    """The newest ipykernel answers meanwhile; an old one afterwards, and loses nothing."""
    cells(lab, QUADRANTS, NEW, BLOCK, kernel)
    page = ExplorerPage(lab)
    page.answered()
    with blocked(lab, 2):
        page.choose_class("south east")
        if kernel == "python3":
            lab.page.wait_for_timeout(SOON)
            expect(page.root.locator(".xai-connection")).to_be_hidden()
        else:
            says(page, BUSY)
    page.answered()
    expect(page.root.locator(".xai-connection")).to_be_hidden()
    assert lab.py("w.target") == 3
    assert window(lab) is None


@pytest.fixture
def plain_lab(lab: LabSession) -> Iterator[LabSession]:
    """JupyterLab as it comes: the state of widgets is not saved."""
    unsaved = {"@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": False}}
    with LabSession(settings=unsaved, beside=lab) as session:
        yield session


def test_as_jupyterlab_comes_a_picture_is_left_and_a_server_may_go(plain_lab: LabSession) -> None:
    lab = plain_lab
    page = show(lab, QUADRANTS, NEW)
    page.choose_class("south east")
    page.answered()
    still = lab.page.locator(".xai-still img")
    expect(still).to_have_count(1)
    expect(still).to_be_hidden()
    lab.until("w._still.is_current")
    lab.settle()
    lab.save()
    lab.reload()
    expect(still).to_be_visible()
    expect(still).to_have_attribute(
        "alt", re.compile('^<Explorer: select .* for class "south east": north west [0-9.]+ %>$')
    )

    lab.run_all(120)
    page = ExplorerPage(lab)
    page.answered()
    expect(still).to_be_hidden()
    before = seen(page)
    lab.server.stop()
    says(page, LOST)
    assert seen(page) == before  # JupyterLab itself lays a dialog over all else
