"""`PersonLog`: what one person answers, on disk at once.

A log is a folder with a file for each person: people who answer at the same time write to different
files.
"""

from __future__ import annotations

import json
import math
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xaiwidgets.checks import is_number, is_whole
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.study._design import ItemInArm, Study
from xaiwidgets.study._person_file import (
    RATINGS,
    SUFFIX,
    UNSURE,
    PersonFile,
    end_last_line,
    person_files,
    put_aside,
    read_person,
)

_FORMAT = 1


class PersonLog:
    """The answers of one person of a study, each appended to their file as it is given.

    Made by `begin` or `resume`.

    Attributes
    ----------
    code : str
        By which the person can go on later; random, and tied to no name.
    number : int
        From 0, in the order in which people began; says what they are shown.
    notes : tuple of str
        What was wrong with the file, for a person.
    """

    def __init__(self, study: Study, file: PersonFile, notes: tuple[str, ...] = ()) -> None:
        self.study, self.path, self.notes = study, file.path, notes
        self.code: str = file.person["code"]
        self.number: int = file.person["number"]
        self.assignments = study.assignments(self.number)
        # Tells in the file which answers came from one opening of the page, without saying who.
        self._session = secrets.token_hex(4)
        self._file = file
        self._size = file.path.stat().st_size

    @classmethod
    def begin(cls, study: Study, folder: str | Path) -> PersonLog:
        """Give the next person their number and an empty file.

        Raises
        ------
        InputError
            If the folder is a file, or has the answers of another study.
        DataError
            If it cannot be written.
        """
        place = _folder(folder)
        _check_same_study(study, place)
        # Not of the seed: a code that could be guessed would let one person go on as another.
        code = secrets.token_hex(3)
        # Where numbering begins to look; another process may have the number already by then.
        number = len(person_files(place))
        while True:
            path = place / f"{number:04d}{SUFFIX}"
            person = _first_line(study, number, f"{number}-{code}")
            try:
                # Made by one only, also of two that begin at the same time: no number comes twice.
                with path.open("x", encoding="utf-8") as file:
                    file.write(_text(person))
            except FileExistsError:
                number += 1
                continue
            except OSError as error:
                raise DataError(f"{path} cannot be written: {error}") from error
            return cls(study, PersonFile(path, person, [], 0))

    @classmethod
    def resume(cls, study: Study, folder: str | Path, code: str) -> PersonLog:
        """Go on where the person with this code has stopped.

        A line that was torn (the machine went off while it was written) is moved to a file beside.

        Raises
        ------
        InputError
            If there is no such person, or it is another study's folder.
        """
        file = find_person(study, folder, code)
        end_last_line(file.path)
        notes = (put_aside(file.path),) if file.unreadable else ()
        return cls(study, file, notes)

    @property
    def done(self) -> int:
        """How many trials are answered."""
        return len(self._file.answers)

    @property
    def right(self) -> int:
        """How many answers are right."""
        return sum(line["right"] for line in self._file.answers.values())

    @property
    def next_trial(self) -> int | None:
        """The number of the first trial without an answer, from 1; None after the last."""
        answers = self._file.answers
        return next((t for t in range(1, len(self.assignments) + 1) if t not in answers), None)

    @property
    def rating(self) -> int | None:
        """What the person has said of the feedback."""
        return self._file.rating

    def assignment(self, trial: int) -> ItemInArm:
        """Return what is shown in a trial, by its number from 1."""
        return self.assignments[trial - 1]

    def answer(
        self, trial: int, answer: int, seconds: float | None, *, away: float = 0.0
    ) -> bool | None:
        """Append an answer, and return whether it is right; None for "I cannot tell".

        Parameters
        ----------
        trial : int
            From 1; each is answered once.
        answer : int
            The place of an answer, or `UNSURE`.
        seconds : float or None
            From when the picture was painted to the key, without what it was out of sight or
            paused; None where that is not known, as after a reload.
        away : float
            Seconds that were out of sight or paused.

        Raises
        ------
        InputError
            If the trial has been answered, the answer or time is none, or somebody else answers
            into this file; nothing is lost, and nothing is written.
        """
        self._check_answer(trial, answer, seconds, away)
        shown = self.assignment(trial)
        item, study = self.study.items[shown.item], self.study
        right = None if answer == UNSURE else answer == item.truth
        self._append(
            kind="answer",
            trial=int(trial),
            # Names and texts, not places: a file can be read without the study, in any spreadsheet.
            item=item.name,
            arm=study.arms[shown.arm].name,
            truth=study.answers[item.truth],
            answer=None if answer == UNSURE else study.answers[answer],
            # "I cannot tell" counts as not right (`right` is None there).
            right=bool(right),
            seconds=None if seconds is None else round(float(seconds), 3),
            away=round(float(away), 3),
        )
        return right

    def rate(self, rating: int) -> None:
        """Append how helpful it was, from 1 to 5."""
        if not is_whole(rating, 1) or rating > len(RATINGS):
            raise InputError(f"rating is {rating!r}; use a whole number from 1 to {len(RATINGS)}")
        arms = sorted({shown.arm for shown in self.assignments})
        names = [self.study.arms[arm].name for arm in arms]
        self._append(kind="rating", rating=int(rating), arms=names)

    def _check_answer(self, trial: int, answer: int, seconds: float | None, away: float) -> None:
        if not is_whole(trial, 1) or trial > len(self.assignments):
            raise InputError(f"trial is {trial!r}; there are {len(self.assignments)}, from 1")
        if trial in self._file.answers:
            raise InputError(f"trial {trial} has been answered; the first answer counts")
        allowed = range(UNSURE if self.study.unsure else 0, len(self.study.answers))
        if not is_whole(answer, None) or answer not in allowed:
            raise InputError(f"answer is {answer!r}; use a place in {list(self.study.answers)}")
        for name, time in (("seconds", 0.0 if seconds is None else seconds), ("away", away)):
            # Infinity is no JSON, and would be the median of all times.
            if not is_number(time) or not 0 <= time < math.inf:
                raise InputError(f"{name} is {time!r}; use a finite number of at least 0")

    def _append(self, **fields: Any) -> None:
        line = {**fields, "at": _now(), "session": self._session}
        # Somebody else has written here: two pages with one code would mix two people.
        if self._size != self.path.stat().st_size:
            raise InputError(
                f"somebody else answers with the code {self.code}, or did in another window; go on "
                "there, or begin anew here. Nothing is lost"
            )
        try:
            with self.path.open("ab") as file:  # appended as a whole, whoever else appends
                file.write(_text(line).encode())
                file.flush()
                # On the disk before the next question is shown: nobody is asked twice after a
                # crash.
                os.fsync(file.fileno())
        except OSError as error:
            raise DataError(f"{self.path} cannot be written: {error}; nothing is lost") from error
        self._size = self.path.stat().st_size
        self._file.lines.append(line)


def find_person(study: Study, folder: str | Path, code: str) -> PersonFile:
    """Return the file of the person with a code; InputError if there is none in the folder."""
    place = _folder(folder)
    _check_same_study(study, place)
    number, _, _ = str(code).partition("-")
    # The number in the code says which file, so that only one is read; the rest of it proves whose.
    path = place / f"{int(number) if number.isdecimal() else 0:04d}{SUFFIX}"
    file = read_person(path) if path.exists() else None
    if file is None or file.person["code"] != code:
        raise InputError(f"nobody has the code {code!r} here; leave it empty to begin anew")
    return file


def _first_line(study: Study, number: int, code: str) -> dict[str, Any]:
    return {
        "kind": "person",
        "format": _FORMAT,
        "study": study.name,
        # The same in each file of a folder: `_check_same_study` refuses to mix two studies.
        "id": study.id,
        "number": number,
        "code": code,
        "question": study.question,
        "answers": study.answers,
        "positive": study.positive,
        "arms": [arm.name for arm in study.arms],
        "between": study.between,
        "trials": study.trials,
        "at": _now(),
    }


def _folder(folder: str | Path) -> Path:
    place = Path(folder).expanduser()
    if place.is_file():
        raise InputError(f"{place} is a file; give a folder, in which each person has a file")
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{place} cannot be made: {error}") from error
    return place


def _check_same_study(study: Study, place: Path) -> None:
    for path in person_files(place):
        try:
            other = read_person(path).person["id"]
        except DataError:
            continue  # begun this moment, or torn
        if other != study.id:
            raise InputError(
                f"{place} has the answers of another study, or of this one before something in it "
                "was changed; use another folder"
            )
        return


def _text(line: Mapping[str, Any]) -> str:
    return json.dumps(line) + "\n"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
