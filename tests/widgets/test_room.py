"""The StudyRoom without a page: phases by commands, each answer on disk, restarts, two at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets as t

from tests.widgets.hands import FakeComm
from xaiwidgets import StudyRoom, study
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.widgets.commands import respond

PICTURES = np.arange(4 * 16, dtype=np.uint8).reshape(4, 4, 4)
MORPHS = [np.stack([picture, 255 - picture]) for picture in PICTURES]
LEARNING = study.learning_study(
    PICTURES, [0, 1, 0, 1], {"control": None, "morph": MORPHS}, trials=4, seed=2
)
JUDGING = study.judgement_study(
    PICTURES, [0, 1, 0, 1], {"alone": None, "page": ["<p>map</p>"] * 4}, "Attacked?", ("yes", "no")
)


def room(made: study.Study, path: Path, **settings: Any) -> StudyRoom:
    widget = StudyRoom(made, path, **settings)
    widget.comm = FakeComm()
    return widget


def say(widget: StudyRoom, command: str, **fields: Any) -> dict[str, Any]:
    """Send what the page sends, and return the answer."""
    respond(widget, {"command": command, "id": 1, **fields}, [])
    answer: dict[str, Any] = widget.comm.answers()[-1]  # type: ignore[attr-defined]
    return answer


def truth(widget: StudyRoom) -> int:
    assert widget._log is not None
    return widget._study.items[widget._log.assignment(widget.trial).item].truth


def lines(path: Path, number: int = 0) -> list[dict[str, Any]]:
    text = (path / f"{number:04d}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_person_learns_with_feedback_to_the_end(tmp_path: Path) -> None:
    widget = room(LEARNING, tmp_path)
    assert widget.phase == "consent" and not list(tmp_path.iterdir())
    assert say(widget, "begin")["code"] == widget.person
    assert widget.phase == "instructions" and widget.trial == 0
    say(widget, "next")
    for trial in range(1, 5):
        assert (widget.phase, widget.trial, widget.view) == ("item", trial, None)
        assert widget.item["kind"] == "picture"
        right = trial != 3
        answer = truth(widget) if right else 1 - truth(widget)
        say(widget, "seen", trial=trial)
        assert say(widget, "answer", trial=trial, answer=answer, seconds=1.5)["ok"]
        assert widget.phase == "feedback" and widget.outcome["right"] is right
        assert len(lines(tmp_path)) == trial + 1
        say(widget, "next")
    assert widget.phase == "rating"
    say(widget, "rate", rating=4)
    assert (widget.phase, widget.right) == ("done", 3)
    assert lines(tmp_path)[-1]["rating"] == 4
    say(widget, "leave")
    assert (widget.phase, widget.person) == ("consent", "")
    say(widget, "begin")
    assert widget._log is not None and widget._log.number == 1
    # The next person of the block is in the other arm.
    arms = {LEARNING.assignments(number)[0].arm for number in (0, 1)}
    assert arms == {0, 1}


def test_the_morph_is_shown_after_the_answer_and_never_before(tmp_path: Path) -> None:
    number = next(n for n in (0, 1) if LEARNING.assignments(n)[0].arm == 1)
    for _ in range(number):
        study.PersonLog.begin(LEARNING, tmp_path)
    widget = room(LEARNING, tmp_path)
    say(widget, "begin")
    assert "animation" in widget.instructions
    say(widget, "next")
    assert widget.view is None
    say(widget, "answer", trial=1, answer=0, seconds=1)
    assert (widget.view["kind"], widget.view["count"]) == ("morph", 2)


def test_judging_has_the_view_beside_and_tells_nothing_before_the_end(tmp_path: Path) -> None:
    widget = room(JUDGING, tmp_path)
    say(widget, "begin")
    say(widget, "next")
    kinds = []
    for trial in range(1, 5):
        assert widget.outcome is None and widget.right is None
        kinds.append(widget.view and widget.view["kind"])
        say(widget, "answer", trial=trial, answer=-1, seconds=2)
    assert sorted(kinds, key=str) == [None, None, "page", "page"]
    assert widget.phase == "rating" and widget.right is None


def test_after_a_restart_the_person_goes_on_and_the_time_is_not_made_up(tmp_path: Path) -> None:
    widget = room(JUDGING, tmp_path)
    say(widget, "begin")
    say(widget, "next")
    say(widget, "answer", trial=1, answer=0, seconds=1)
    again = room(JUDGING, tmp_path, person=widget.person)
    assert (again.phase, again.trial) == ("item", 2)
    say(again, "seen", trial=2)
    say(again, "answer", trial=2, answer=0, seconds=3.5)
    say(again, "seen", trial=3)
    say(again, "answer", trial=3, answer=0, seconds=2.5)
    assert [line["seconds"] for line in lines(tmp_path)[1:]] == [1, None, 2.5]
    other = room(JUDGING, tmp_path)
    say(other, "go_on", code=widget.person)
    assert (other.phase, other.trial, other.person) == ("item", 4, widget.person)
    # The first window answers into the same file: refused in words, and nothing is lost.
    answer = say(widget, "answer", trial=2, answer=1, seconds=1)
    assert not answer["ok"] and "somebody else answers" in answer["error"]["message"]
    assert len(lines(tmp_path)) == 4


def test_a_page_that_is_loaded_anew_has_no_time_for_that_question(tmp_path: Path) -> None:
    widget = room(JUDGING, tmp_path)
    say(widget, "begin")
    say(widget, "next")
    for _ in range(2):
        say(widget, "seen", trial=1)
    say(widget, "answer", trial=1, answer=0, seconds=1)
    assert lines(tmp_path)[1]["seconds"] is None


def test_a_saved_study_is_gone_on_with_in_another_kernel(tmp_path: Path) -> None:
    widget = room(JUDGING, tmp_path / "answers")
    say(widget, "begin")
    say(widget, "next")
    say(widget, "answer", trial=1, answer=0, seconds=1)
    saved = JUDGING.save(tmp_path / "judging.study")
    again = StudyRoom(saved, tmp_path / "answers", person=widget.person)
    assert (again.phase, again.trial, again.total) == ("item", 2, 4)


def test_who_sees_every_item_twice_answers_twice_as_many(tmp_path: Path) -> None:
    crossed = study.judgement_study(
        PICTURES, [0, 1, 0, 1], {"alone": None, "map": PICTURES}, "?", ("a", "b"), crossed=True
    )
    widget = room(crossed, tmp_path, person="")
    say(widget, "begin")
    say(widget, "next")
    assert widget.total == 8
    for trial in range(1, 9):
        say(widget, "answer", trial=trial, answer=0, seconds=1)
    assert widget.phase == "rating" and lines(tmp_path)[0]["trials"] == 8
    assert study.analyse(tmp_path).mcnemar()[0].pvalue == 1


def test_two_people_at_once_answer_into_one_folder(tmp_path: Path) -> None:
    rooms = [room(JUDGING, tmp_path) for _ in range(2)]
    for command in ("begin", "next"):
        for each in rooms:
            say(each, command)
    for trial in range(1, 5):
        for each in rooms:
            assert say(each, "answer", trial=trial, answer=0, seconds=1)["ok"]
    result = study.analyse(tmp_path)
    assert [(arm.people, arm.count) for arm in result.arms] == [(2, 4), (2, 4)]
    assert len(result.log.people) == 2


def test_what_is_wrong_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    widget = room(JUDGING, tmp_path)
    assert "nobody has begun" in say(widget, "answer", trial=1, answer=0)["error"]["message"]
    say(widget, "begin")
    say(widget, "next")
    for wrong, words in (({"trial": 9}, "trial is 9"), ({"answer": 7}, "answer is 7")):
        answer = say(widget, "answer", **{"trial": 1, "answer": 0, "seconds": 1, **wrong})
        assert words in answer["error"]["message"]
    assert len(lines(tmp_path)) == 1 and widget.phase == "item"
    with pytest.raises(t.TraitError, match="nobody has the code 'x'"):
        widget.person = "x"
    with pytest.raises(InputError, match="study is a list"):
        StudyRoom([], tmp_path)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="cannot be read as Study"):
        StudyRoom(tmp_path / "nothing.study", tmp_path)
    with pytest.raises(InputError, match="nobody has the code '5-a'"):
        StudyRoom(JUDGING, tmp_path, person="5-a")
    with pytest.raises(AttributeError, match="StudyRoom has no persson"):
        StudyRoom(JUDGING, tmp_path, persson="5-a")
    file = tmp_path / "0000.jsonl"
    broken = room(JUDGING, file)
    assert "is a file; give a folder" in say(broken, "begin")["error"]["message"]
    assert "study.analyse(" in widget.code
