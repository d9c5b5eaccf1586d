"""A StudyRoom by keys: a whole study, a reload in the middle, two people, a page that is hidden."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.widgets.every import every_widget

from .examples import STUDIED
from .kernels import on_old_kernel
from .lab import LabSession
from .room_page import RoomPage, show
from .widget_page import cells

LABELS = {
    "AccuracySearch": "Accuracy search",
    "ContrastExplorer": "Contrast",
    "DisagreementDesk": "Disagreement desk",
    "ErrorDetectorPanel": "Error detector",
    "Explorer": "Explorer",
    "GeneratorLab": "Generator lab",
    "NeuronDesk": "Neuron desk",
    "PoisonDesk": "Poison desk",
    "StudyReport": "Study report",
    "StudyRoom": "Study",
    "SurrogateDesk": "Surrogate desk",
    "TextContrastExplorer": "Text contrast",
    "VectorMap": "Vector map",
}
SIGHT = """hidden => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
}"""
LEARN = "path = folder(); w = StudyRoom(learning, path)\nw"
JUDGE = "path = folder(); w = StudyRoom(judging, path)\nw"


def begin(page: RoomPage) -> None:
    """Agree and start, by keys."""
    expect(page.progress).to_have_text("Take part in a study")
    page.stage.focus()
    page.press("Enter")
    expect(page.progress).to_have_text("Before you begin")
    page.press("Enter")


@on_old_kernel
def test_a_whole_study_by_keys(lab: LabSession, kernel: str) -> None:
    page = show(lab, STUDIED, LEARN, kernel)
    begin(page)
    for trial in range(1, 5):
        page.ready(f"Question {trial} of 4")
        expect(page.pictures).to_have_count(1)
        # "I cannot tell" is no answer here, and to the notebook 0 0 would end the kernel.
        page.press("0")
        page.press("0")
        right = trial != 2
        page.press(str(lab.py("truth(w)" if right else "3 - truth(w)")))
        expect(page.outcome).to_have_text(re.compile("^Right: " if right else "^Not right: it is "))
        assert lab.py("len(lines(path))") == trial + 1
        expect(page.pictures).to_have_count(2)
        page.press("Enter")
    expect(page.progress).to_have_text("One last question")
    page.press("4")
    expect(page.stage).to_contain_text("3 of your 4 answers are right; by guessing it would be 2.")
    assert lab.until("w.phase == 'done'")
    assert lab.py("[x['right'] for x in lines(path)[1:5]]") == [True, False, True, True]
    assert lab.py("all(0 < x['seconds'] < 100 for x in lines(path)[1:5])")
    assert lab.py("lines(path)[-1]['rating']") == 4
    # No names: a code, and when it was.
    assert lab.py("sorted(lines(path)[1])") == sorted(
        [
            "kind",
            "trial",
            "item",
            "arm",
            "truth",
            "answer",
            "right",
            "seconds",
            "away",
            "at",
            "session",
        ]
    )


def test_the_time_stands_still_while_paused_or_out_of_sight(lab: LabSession) -> None:
    page = show(lab, STUDIED, JUDGE)
    begin(page)
    page.ready("Question 1 of 6")
    frame = page.root.frame_locator("iframe.xai-room-page")
    expect(frame.locator("#map")).to_have_text("a saved page")
    page.press("p")
    expect(page.stage).to_contain_text("Paused")
    expect(page.pictures.first).to_be_hidden()
    page.press("1")  # not while it is paused
    lab.page.wait_for_timeout(600)
    page.press("p")
    expect(page.pictures.first).to_be_visible()
    page.press("0")
    page.ready("Question 2 of 6")
    line = "lines(path)[1]"
    assert lab.py(f"{line}['answer']") is None
    assert lab.py(f"{line}['away']") >= 0.6
    expect(page.outcome).to_have_count(0)

    # Nor does it go on while the page is out of sight, as in another tab.
    lab.page.evaluate(SIGHT, True)
    lab.page.wait_for_timeout(700)
    lab.page.evaluate(SIGHT, False)
    page.press("1")
    page.ready("Question 3 of 6")
    assert lab.py("lines(path)[2]['away']") >= 0.7


def test_a_reload_in_the_middle_loses_nothing(lab: LabSession, tmp_path: Path) -> None:
    cell = f"path = pathlib.Path({str(tmp_path)!r}); w = StudyRoom(judging, path)\nw"
    lab.open([STUDIED, cell])
    lab.run_all()
    page = RoomPage(lab)
    begin(page)
    page.ready("Question 1 of 6")
    page.press("1")
    page.ready("Question 2 of 6")
    code = lab.py("w.person")
    expect(page.person).to_have_text(f"your code: {code}")
    lab.save()
    # The page and the kernel are new: what was saved is shown, and what is answered goes nowhere.
    lab.reload()
    lab.run_all()
    page = RoomPage(lab)
    # The browser knows who has not finished.
    expect(page.root.get_by_label("Your code")).to_have_value(code)
    page.button("Go on").click()
    page.ready("Question 2 of 6")
    page.stage.focus()
    page.press("2")
    page.ready("Question 3 of 6")
    page.press("1")
    page.ready("Question 4 of 6")
    assert lab.py("w.person") == code
    assert lab.py("[x['trial'] for x in lines(path)[1:]]") == [1, 2, 3]
    # How long it was looked at before the reload nobody knows.
    assert lab.py("[x['seconds'] is None for x in lines(path)[1:]]") == [False, True, False]


def test_two_people_at_once_into_one_folder(lab: LabSession) -> None:
    two = "path = folder(); w, v = StudyRoom(learning, path), StudyRoom(learning, path)\n"
    cells(lab, STUDIED, two + "from IPython.display import display\ndisplay(w, v)")
    rooms = [RoomPage(lab, number) for number in range(2)]
    for page in rooms:
        # The browser remembers the one before, who has not finished: this is another person.
        page.button("I agree: begin").click()
        expect(page.progress).to_have_text("Before you begin")
        page.press("Enter")
    for trial in range(1, 5):
        for page in rooms:
            page.ready(f"Question {trial} of 4")
            page.press("1")
            expect(page.outcome).to_be_visible()
        for page in rooms:
            page.press("Enter")
    for page, rating in zip(rooms, "52", strict=True):
        expect(page.progress).to_have_text("One last question")
        page.press(rating)
        expect(page.progress).to_have_text("Thank you")
    assert lab.py("[len(lines(path, n)) for n in (0, 1)]") == [6, 6]
    assert lab.py("[(a.arm, a.people, a.count) for a in study.analyse(path).arms]") == [
        ("map", 1, 4),
        ("morph", 1, 4),
    ]


def test_every_widget_is_seen_in_its_arm_and_keys_are_heard_in_it(
    lab: LabSession, tmp_path: Path
) -> None:
    made = every_widget(tmp_path / "before")
    for name, widget in made.items():
        widget.to_html(tmp_path / f"{name}.html")
    cell = f"""
pages = sorted(pathlib.Path({str(tmp_path)!r}).glob("*.html"))
items = [symbols.images[0]] * len(pages)
names = [page.stem for page in pages]
arms = {{"page": pages}}
seen = study.judgement_study(items, [0] * len(pages), arms, "?", ("a", "b"), names=names)
path = folder(); w = StudyRoom(seen, path)
w"""
    page = show(lab, STUDIED, cell)
    begin(page)
    for trial in range(1, len(made) + 1):
        page.ready(f"Question {trial} of {len(made)}")
        name = lab.py("w._study.items[w._log.assignment(w.trial).item].name")
        inside = page.root.frame_locator("iframe.xai-room-page")
        # What is in it is that widget, alive without a kernel, and the focus may be in it.
        root = inside.locator(".xai-root").first
        expect(root).to_have_attribute("aria-label", LABELS[name])
        assert len(root.inner_text()) > 20, name
        root.click(position={"x": 3, "y": 3})
        lab.page.keyboard.press("2" if trial % 2 else "0")
    expect(page.progress).to_have_text("One last question")
    answers = [("b" if trial % 2 else None) for trial in range(1, len(made) + 1)]
    assert lab.py("[x['answer'] for x in lines(path)[1:]]") == answers


def test_a_double_click_is_one_answer(lab: LabSession) -> None:
    page = show(lab, STUDIED, LEARN)
    begin(page)
    page.ready("Question 1 of 4")
    page.button("1  ").dblclick()
    expect(page.outcome).to_be_visible()
    lab.settle()
    expect(page.progress).to_have_text("Question 1 of 4")
    expect(page.outcome).to_be_visible()
    assert lab.py("len(lines(path))") == 2


def test_what_goes_wrong_is_said_where_it_was_pressed(lab: LabSession) -> None:
    page = show(lab, STUDIED, JUDGE)
    page.root.get_by_label("Your code").fill("7-stranger")
    page.button("Go on").click()
    expect(page.alert).to_contain_text("nobody has the code '7-stranger'")
    begin(page)
    page.ready("Question 1 of 6")
    lab.py("None", after="(path / '0000.jsonl').open('a').write(' ')")
    page.press("1")
    expect(page.alert).to_contain_text("somebody else answers with the code")
    expect(page.progress).to_have_text("Question 1 of 6")
    expect(page.button("1  ")).not_to_have_attribute("aria-disabled", "true")
