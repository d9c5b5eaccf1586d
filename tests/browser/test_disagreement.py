"""The DisagreementDesk and the StudyReport by hand: look, vote by keys, see who was right."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from . import report_page
from .disagreement_page import show
from .examples import DISAGREED, REPORTED
from .kernels import on_old_kernel
from .lab import LabSession


@on_old_kernel
def test_a_queue_is_voted_on_by_keys_to_the_end(lab: LabSession, kernel: str) -> None:
    page = show(
        lab, DISAGREED, "w = DisagreementDesk(f, g, images, labels=labels, grid=2)\nw", kernel
    )
    expect(page.answer).to_have_text(
        "The networks disagree about 5 of 6 pictures; you have voted on 0."
    )
    expect(page.queue).to_have_count(5)
    expect(page.scores).to_have_count(0)
    page.place.focus()
    for done in range(5):
        index = lab.py("w.disagreement['index']")
        # What a person reads: which of the two says what is true of this picture.
        truth = lab.py(f"classes[labels[{index}]]")
        left = page.said.first.inner_text()
        expect(page.said.first).to_have_text(re.compile(r"^1  left: (dark|bright), \d+ %$"))
        page.vote("1" if truth in left else "2")
        assert lab.until(f"len(w.votes_cast) == {done + 1}")
        if done < 4:
            assert lab.until(f"w.disagreement['index'] != {index}")
            page.drawn()
    expect(page.answer).to_contain_text("you have voted on 5.")
    expect(page.scores).to_have_count(6)
    expect(page.scores.first).to_contain_text("right 3 of 3 (44 % to 100 %)")
    expect(page.verdict).to_contain_text("not told from guessing")
    assert lab.py("all(0 < vote.seconds < 100 for vote in w.votes_cast)")


def test_the_baseline_arm_shows_each_map_alone(lab: LabSession) -> None:
    page = show(lab, DISAGREED, "w = DisagreementDesk(f, g, images, grid=2)\nw")
    expect(page.root).to_contain_text("What tells the networks apart: red speaks")
    page.root.locator("select.xai-arm").select_option("alone")
    expect(page.root).to_contain_text("Each network's own map: red speaks for its class.")
    assert lab.until("w.disagreement['arm'] == 'alone'")
    page.queue.nth(2).click()
    assert lab.until("w.place == 2")
    page.vote("0")
    expect(page.queue.nth(2)).to_have_text("3 ✓")
    page.root.get_by_role("button", name="End, and see who was right").click()
    expect(page.verdict).to_have_text("Without labels there is no verdict on who is right.")


def test_a_report_is_read_again_as_answers_come_in(lab: LabSession) -> None:
    page = report_page.show(lab, REPORTED, "w = StudyReport(path)\nw")
    answer = page.root.locator(".xai-report-answer")
    expect(answer).to_contain_text("4 people, 20 answers. Right: control")
    expect(page.root.get_by_role("region", name="Tests of arms")).to_contain_text(
        "map more right than control"
    )
    expect(page.root).to_contain_text("1 of 4 people have not answered all 6 questions")
    expect(page.root.locator(".xai-line.xai-chance")).to_have_count(1)
    lab.py("None", after="log.answer(log.next_trial, 0, 2.5)")
    page.run_button.click()
    expect(answer).to_contain_text("4 people, 21 answers")
    page.answered()
