"""`AnswerLog`: the answers of a study in columns, as they were read or simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.intervals import Doubles
from xaiwidgets.study._design import ItemNumbers
from xaiwidgets.study._person_file import UNSURE, PersonFile, iterate_answers, read_people


@dataclass(frozen=True, eq=False)
class AnswerLog:
    """All answers of a study; the columns have a row for each.

    Attributes
    ----------
    name, question : str
    arms, answers, items, people : tuple of str
        What the numbers in the columns stand for; people by their codes.
    positive : int
        The answer that precision and recall are about.
    trials : int
        How many one person was to answer.
    person, arm, trial, item, truth, answer : (n,) ints
        Trials are numbered from 1; the answer "I cannot tell" is -1.
    seconds : (n,) floats
        Response times; NaN where one is not known.
    ratings : tuple of (arms, rating)
        How helpful people found it, from 1 to 5, with the arms that they were in.
    notes : tuple of str
        What was wrong with the files.
    """

    name: str
    question: str
    arms: tuple[str, ...]
    answers: tuple[str, ...]
    items: tuple[str, ...]
    people: tuple[str, ...]
    positive: int
    trials: int
    person: ItemNumbers
    arm: ItemNumbers
    trial: ItemNumbers
    item: ItemNumbers
    truth: ItemNumbers
    answer: ItemNumbers
    seconds: Doubles
    ratings: tuple[tuple[tuple[str, ...], int], ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.person)

    def __repr__(self) -> str:
        return f"<AnswerLog {self.name!r}: {len(self)} answers of {len(self.people)} people>"

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which answers are right (n,); "I cannot tell" is not."""
        right: NDArray[np.bool_] = self.answer == self.truth
        return right

    @property
    def chance(self) -> float:
        """How often a guess is right."""
        return 1 / len(self.answers)


def read_answers(source: str | Path) -> AnswerLog:
    """Read the answers of a study from its folder, or from the file of one person.

    A line that cannot be read is left out and said in `notes`; of a trial that was answered twice
    the first answer counts.

    Raises
    ------
    DataError
        If there are none, or those of several studies.
    """
    people, notes = read_people(source)
    first = people[0].person
    rows = list(iterate_answers(people))
    # Of what was answered, by name: the study itself need not be at hand.
    items = tuple(dict.fromkeys(line["item"] for _, line in rows))

    def column(name: str, values: Sequence[str]) -> ItemNumbers:
        places = {value: place for place, value in enumerate(values)}
        # An answer of None is "I cannot tell", which no place stands for.
        return np.array([places.get(line[name], UNSURE) for _, line in rows], np.int64)

    return AnswerLog(
        name=first["study"],
        question=first["question"],
        arms=tuple(first["arms"]),
        answers=tuple(first["answers"]),
        items=items,
        people=tuple(person.person["code"] for person in people),
        positive=first["answers"].index(first["positive"]),
        trials=first["trials"],
        person=np.array([place for place, _ in rows], np.int64),
        arm=column("arm", first["arms"]),
        trial=np.array([line["trial"] for _, line in rows], np.int64),
        item=column("item", items),
        truth=column("truth", first["answers"]),
        answer=column("answer", first["answers"]),
        seconds=np.array([_seconds(line) for _, line in rows], np.float64),
        ratings=tuple(_ratings(people)),
        notes=notes,
    )


def _seconds(line: dict[str, Any]) -> float:
    return float("nan") if line["seconds"] is None else float(line["seconds"])


def _ratings(people: list[PersonFile]) -> list[tuple[tuple[str, ...], int]]:
    lines = [line for person in people for line in person.lines if line.get("kind") == "rating"]
    return [(tuple(line["arms"]), int(line["rating"])) for line in lines]
