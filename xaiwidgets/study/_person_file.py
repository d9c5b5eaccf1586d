"""`PersonFile`: the file of one person, read; what cannot be read is left out, said, put aside.

A file is JSON lines: first who (a random code), then each answer as it was given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xaiwidgets.errors import DataError
from xaiwidgets.files import path_of

UNSURE = -1
"""The answer "I cannot tell"."""

RATINGS = (
    "mostly misleading",
    "sometimes misleading",
    "neither misleading nor helpful",
    "sometimes helpful",
    "mostly helpful",
)
"""From 1 to 5."""

SUFFIX = ".jsonl"

Lines = list[dict[str, Any]]


@dataclass(frozen=True)
class PersonFile:
    """The file of one person, read.

    Attributes
    ----------
    path : Path
    person : dict
        The first line.
    lines : list of dict
        The others.
    unreadable : int
        Lines that are no JSON: the last is, where a machine went off while it was written.
    """

    path: Path
    person: dict[str, Any]
    lines: Lines
    unreadable: int

    @property
    def answers(self) -> dict[int, dict[str, Any]]:
        """The first answer of each trial, by its number from 1; later ones do not count."""
        first: dict[int, dict[str, Any]] = {}
        for line in self._answer_lines:
            first.setdefault(line["trial"], line)
        return first

    @property
    def _answer_lines(self) -> Lines:
        return [line for line in self.lines if line.get("kind") == "answer"]

    @property
    def repeated(self) -> int:
        """How many answers are of a trial that was answered before."""
        return len(self._answer_lines) - len(self.answers)

    @property
    def rating(self) -> int | None:
        """How helpful it was, from 1 to 5; None where the person has not said."""
        ratings: list[int] = [line["rating"] for line in self.lines if line.get("kind") == "rating"]
        return int(ratings[0]) if ratings else None


def read_person(path: Path) -> PersonFile:
    """Read the file of one person; what is no JSON is left out and counted.

    Raises
    ------
    DataError
        If it is not a person's file at all.
    """
    try:
        # A line torn inside a letter must not make the lines before it unreadable.
        raw = path.read_bytes().decode("utf-8", errors="replace").split("\n")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    # One line each: a torn one costs itself alone, where a file of one JSON value would be lost
    # whole.
    lines, unreadable = [], 0
    for text in filter(None, raw):
        try:
            line = json.loads(text)
            lines.append(_checked(line))
        except (ValueError, KeyError, TypeError):
            unreadable += 1
    if not lines or lines[0].get("kind") != "person":
        raise DataError(f"{path} is no file of a person in a study; leave it out")
    return PersonFile(path, lines[0], lines[1:], unreadable)


def read_people(source: str | Path) -> tuple[list[PersonFile], tuple[str, ...]]:
    """Read all files of a folder, or one file; also return what was wrong with some.

    Raises
    ------
    DataError
        If there are no answers, or those of several studies.
    """
    place = path_of("the answers", source)
    files = [place] if place.is_file() else person_files(place)
    people: list[PersonFile] = []
    notes: list[str] = []
    for path in files:
        try:
            people.append(read_person(path))
        except DataError as error:
            if place == path:
                raise
            # As of somebody whose machine went off when they began: the others' answers count.
            notes.append(str(error))
    if not people:
        raise DataError(f"there are no answers in {place}; a study writes them there")
    if len({person.person["id"] for person in people}) > 1:
        raise DataError(f"{place} has the answers of several studies; put each into its own folder")
    return people, (*notes, *filter(None, map(_oddities, people)))


def _oddities(file: PersonFile) -> str:
    """Return what is odd about a person's file, or nothing."""
    parts = []
    if file.unreadable:
        parts.append(f"{file.unreadable} torn line{'s' * (file.unreadable > 1)} left out")
    if file.repeated:
        parts.append(f"{file.repeated} answered twice, of which the first counts")
    return f"{file.path.name}: {', '.join(parts)}" if parts else ""


def _checked(line: Any) -> dict[str, Any]:
    """Return a line that says what its kind has to say; KeyError or ValueError if it does not."""
    needed = {
        "person": (
            *("code", "number", "id", "study", "question"),
            *("arms", "answers", "positive", "trials"),
        ),
        "answer": ("trial", "item", "arm", "truth", "answer", "right", "seconds"),
        "rating": ("rating", "arms"),
    }
    for name in needed[line["kind"]]:
        line[name]
    return dict(line)


def person_files(place: Path) -> list[Path]:
    # Of numbered files only: what else a teacher keeps in the folder is no person.
    return sorted(path for path in place.glob(f"*{SUFFIX}") if path.stem.isdecimal())


def end_last_line(path: Path) -> None:
    """Write the end of the last line where only that is missing: the next would be part of it."""
    lines = path.read_bytes().splitlines(keepends=True)
    if not lines[-1].endswith(b"\n") and _is_readable(lines[-1] + b"\n"):
        with path.open("ab") as file:
            file.write(b"\n")


def put_aside(path: Path) -> str:
    """Move what cannot be read of a file to another beside it, and return what happened."""
    good: list[bytes] = []
    bad: list[bytes] = []
    for line in path.read_bytes().splitlines(keepends=True):
        (good if _is_readable(line) else bad).append(line)
    aside = path.with_suffix(".torn")
    with aside.open("ab") as file:
        file.write(b"".join(bad) + b"\n")
    # First the torn line aside, then the rest in one move: at no moment is anything in no file.
    beside = path.with_suffix(".part")
    beside.write_bytes(b"".join(good))
    beside.replace(path)
    return f"{len(bad)} line of {path.name} was torn and is kept in {aside.name}; it is asked again"


def _is_readable(line: bytes) -> bool:
    try:
        _checked(json.loads(line))
    except (ValueError, KeyError, TypeError):
        return False
    return line.endswith(b"\n")


def iterate_answers(people: list[PersonFile]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each answer that counts with the place of its person, in the order of trials."""
    for place, person in enumerate(people):
        for _, line in sorted(person.answers.items()):
            yield place, line
