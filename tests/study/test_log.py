"""Answers on disk at once: torn lines, two people at a time, and going on after a restart."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaiwidgets import study
from xaiwidgets.errors import DataError, InputError


def design(**options: Any) -> study.Study:
    pictures = np.arange(64, dtype=np.uint8).reshape(4, 4, 4)
    arms = {"alone": None, "map": pictures}
    return study.Study(pictures, arms, "Which?", ("a", "b"), truth=[0, 1, 0, 1], **options)


STUDY = design()


def right_answer(log: study.PersonLog, trial: int) -> int:
    return STUDY.items[log.assignment(trial).item].truth


def test_each_answer_is_on_disk_at_once(tmp_path: Path) -> None:
    log = study.PersonLog.begin(STUDY, tmp_path / "answers")
    assert log.answer(1, right_answer(log, 1), 1.5, away=0.25) is True
    assert log.answer(2, 1 - right_answer(log, 2), None) is False
    assert log.answer(3, study.UNSURE, 2) is None
    lines = [json.loads(line) for line in log.path.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["person", "answer", "answer", "answer"]
    assert lines[1]["seconds"] == 1.5 and lines[1]["away"] == 0.25 and lines[1]["right"] is True
    assert lines[2]["seconds"] is None and lines[3]["answer"] is None
    assert lines[1]["item"] == STUDY.items[log.assignment(1).item].name
    answers = study.read_answers(tmp_path / "answers")
    assert answers.right.tolist() == [True, False, False]
    assert answers.answer.tolist()[2] == study.UNSURE
    assert np.isnan(answers.seconds).tolist() == [False, True, False]
    assert len(study.read_answers(log.path)) == 3


def test_a_person_goes_on_where_they_stopped_and_only_the_first_answer_counts(
    tmp_path: Path,
) -> None:
    log = study.PersonLog.begin(STUDY, tmp_path)
    log.answer(1, 0, 1)
    again = study.PersonLog.resume(STUDY, tmp_path, log.code)
    assert (again.done, again.next_trial, again.number) == (1, 2, log.number)
    assert again.assignments == log.assignments
    for trial in (2, 3, 4):
        again.answer(trial, 0, 1)
    assert again.next_trial is None
    with pytest.raises(InputError, match="trial 1 has been answered"):
        again.answer(1, 1, 1)
    again.rate(5)
    assert study.PersonLog.resume(STUDY, tmp_path, log.code).rating == 5
    # Another window has answered by now: it is refused, and nothing is lost.
    with pytest.raises(InputError, match="somebody else answers with the code"):
        log.answer(2, 1, 1)
    assert len(study.read_answers(tmp_path)) == 4


def test_a_torn_last_line_is_kept_aside_and_asked_again(tmp_path: Path) -> None:
    log = study.PersonLog.begin(STUDY, tmp_path)
    log.answer(1, 0, 1)
    log.answer(2, 0, 1)
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[:-20])
    answers = study.read_answers(tmp_path)
    assert len(answers) == 1 and answers.notes == ("0000.jsonl: 1 torn line left out",)
    assert "1 torn line" in study.analyse(tmp_path).notes[0]
    again = study.PersonLog.resume(STUDY, tmp_path, log.code)
    assert again.notes and "kept in 0000.torn" in again.notes[0]
    assert again.next_trial == 2
    assert (tmp_path / "0000.torn").read_bytes().strip() == whole[:-20].splitlines()[-1]
    again.answer(2, 1, 1)
    assert study.read_answers(tmp_path).notes == ()
    assert len(study.read_answers(tmp_path)) == 2


def test_wherever_a_line_was_torn_the_other_answers_stay(tmp_path: Path) -> None:
    log = study.PersonLog.begin(STUDY, tmp_path)
    log.answer(1, 0, 1)
    one = log.path.read_bytes()
    log.answer(2, 1, 2)
    two = log.path.read_bytes()
    for end in range(len(one), len(two)):
        log.path.write_bytes(two[:end])
        again = study.PersonLog.resume(STUDY, tmp_path, log.code)
        # Where only the end of the line is missing, the answer is there.
        assert again.next_trial == (3 if end == len(two) - 1 else 2)
        again.answer(again.next_trial, 0, 3)
        trials = study.read_answers(tmp_path).trial.tolist()
        assert trials == [*range(1, len(trials) + 1)] and len(trials) == again.done


def test_somebody_whose_file_has_no_first_line_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "0000.jsonl").write_text("")
    log = study.PersonLog.begin(STUDY, tmp_path)
    assert log.number == 1
    log.answer(1, 0, 1)
    answers = study.read_answers(tmp_path)
    assert len(answers) == 1 and "0000.jsonl" in answers.notes[0]


def _take_part(folder: Path, people: int, start: Any) -> None:
    made = design()
    start.wait()
    for _ in range(people):
        log = study.PersonLog.begin(made, folder)
        for trial in range(1, 5):
            log.answer(trial, 0, 1)


def test_several_processes_write_into_one_folder_without_loss(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start = context.Event()
    workers = [context.Process(target=_take_part, args=(tmp_path, 15, start)) for _ in range(3)]
    for worker in workers:
        worker.start()
    start.set()
    for worker in workers:
        worker.join(60)
    answers = study.read_answers(tmp_path)
    assert len(answers.people) == 45 and len(answers) == 180
    # Numbers are given once each, so that the counterbalancing is exact.
    assert sorted(int(code.split("-")[0]) for code in answers.people) == [*range(45)]
    assert np.bincount(answers.arm).tolist() == [90, 90]


def test_what_is_wrong_with_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are no answers in"):
        study.analyse(tmp_path)
    study.PersonLog.begin(STUDY, tmp_path)
    with pytest.raises(InputError, match="has the answers of another study"):
        study.PersonLog.begin(design(seed=9), tmp_path)
    with pytest.raises(InputError, match="nobody has the code '7-abc'"):
        study.PersonLog.resume(STUDY, tmp_path, "7-abc")
    with pytest.raises(InputError, match="nobody has the code 'x'"):
        study.PersonLog.resume(STUDY, tmp_path, "x")
    stranger = tmp_path / "0001.jsonl"
    stranger.write_text('{"kind": "other"}\n')
    with pytest.raises(DataError, match="is no file of a person"):
        study.read_answers(stranger)
    with pytest.raises(InputError, match="is a file; give a folder"):
        study.PersonLog.begin(STUDY, stranger)
    with pytest.raises(InputError, match="nobody has answered yet"):
        study.analyse(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 0, 1), "trial is 0"),
        ((5, 0, 1), "trial is 5; there are 4"),
        ((1, 2, 1), "answer is 2"),
        ((1, 0, -1), "seconds is -1"),
        ((1, 0, "1"), "seconds is '1'"),
        ((1, 0, float("inf")), "seconds is inf; use a finite number"),
    ],
)
def test_a_wrong_answer_is_refused_and_not_written(
    tmp_path: Path, arguments: tuple[Any, ...], words: str
) -> None:
    log = study.PersonLog.begin(STUDY, tmp_path)
    before = log.path.read_bytes()
    with pytest.raises(InputError, match=words):
        log.answer(*arguments)
    with pytest.raises(InputError, match="away is nan; use a finite number"):
        log.answer(1, 0, 1.0, away=float("nan"))
    with pytest.raises(InputError, match="rating is 6"):
        log.rate(6)
    assert log.path.read_bytes() == before
    certain = study.PersonLog.begin(design(unsure=False), tmp_path / "other")
    with pytest.raises(InputError, match="answer is -1"):
        certain.answer(1, study.UNSURE, 1)


def test_numbers_of_numpy_are_written_as_numbers(tmp_path: Path) -> None:
    log = study.PersonLog.begin(STUDY, tmp_path)
    log.answer(np.int64(1), np.int64(0), np.float32(1.5))
    assert log.next_trial == 2
    assert study.PersonLog.resume(STUDY, tmp_path, log.code).next_trial == 2
    assert study.read_answers(tmp_path).seconds.tolist() == [1.5]
