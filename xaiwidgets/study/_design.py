"""`Study`: which items people are asked about, in which arms, and in which order."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets import files
from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.study._items import Arm, check_answers, check_arms, check_items
from xaiwidgets.study._views import view_of_tensor, view_tensor

ItemNumbers = NDArray[np.int64]

CONSENT = (
    "You will be asked about pictures. Your answers, how long each takes you and when it was given "
    "are kept on this computer under a random code. Your name is not asked for and not kept. You "
    "may stop at any time."
)
"""What people agree to, unless a study says something else."""

_KIND = "Study"
_SAVED = (
    *("question", "answers", "per_person", "between", "crossed", "feedback", "positive", "unsure"),
    *("rating", "name", "consent", "seed"),
)

# What random numbers are for: seeds of different purposes never coincide.
_ITEMS, _ORDER, _ARMS = 0, 1, 2


@dataclass(frozen=True)
class ItemInArm:
    """Which item a person sees in which arm, at one place of the order."""

    item: int
    arm: int


class Study:
    """Items, the arms that they are shown in, and one question about each.

    Parameters
    ----------
    items : sequence of pictures or views
        See `as_view`; a picture is one, too. Without `truth`, pairs (picture, answer).
    arms : mapping from name to views, or sequence of Arm
        One view for each item, or None for an arm that shows nothing more.
    question : str
    answers : sequence of str
        Two to nine, given by the keys 1, 2, ...
    truth : sequence of N answers, optional
        The right one of each item, by place or text. Where people learn what a network says, that
        is what the network says, not what is true.
    names : sequence of N str, optional
        Of the items, in the log.
    per_person : int, optional
        Items that one person is asked about, by default 25, or all where there are fewer.
    between : bool
        Whether each person sees one arm only (as in CDeepEx's study) or all in turn.
    crossed : bool
        Whether each person judges each of their items in every arm, with all their other items
        between the two times, so that answers about one item are compared (McNemar). What they
        remember of the first time goes with the second: each arm comes first equally often.
    feedback : bool
        Whether the view comes after the answer, with what was right.
    positive : str, optional
        The answer that precision and recall are about; by default the first.
    unsure : bool
        Whether the key 0 says "I cannot tell", which counts as not right.
    rating : bool
        Whether people say at the end how helpful it was, from 1 to 5.
    name, consent, instructions : str
        What people read. Instructions may be a mapping from arm to text.
    seed : int
        Of the order, and of who sees what.

    Raises
    ------
    InputError
        If anything does not fit; the message names it.

    Examples
    --------
    >>> pictures = np.zeros((4, 8, 8), np.uint8)
    >>> study = Study(pictures, {"alone": None, "map": pictures}, "Which?", ("a", "b"),
    ...               truth=[0, 1, 0, 1])
    >>> [len(study.assignments(person)) for person in range(2)]
    [4, 4]
    """

    def __init__(
        self,
        items: Any,
        arms: Mapping[str, Any] | Sequence[Arm],
        question: str,
        answers: Sequence[str],
        *,
        truth: Sequence[Any] | NDArray[Any] | None = None,
        names: Sequence[str] | None = None,
        per_person: int | None = None,
        between: bool = False,
        crossed: bool = False,
        feedback: bool = False,
        positive: str | None = None,
        unsure: bool = True,
        rating: bool = True,
        name: str = "study",
        consent: str = CONSENT,
        instructions: str | Mapping[str, str] = "",
        seed: int = 0,
    ) -> None:
        self.name, self.question, self.consent = name, question, consent
        self.answers = check_answers(answers)
        self.items = check_items(items, truth, names, self.answers)
        self.arms = check_arms(arms, instructions, self.items)
        self.per_person = _check_count(per_person, len(self.items))
        self.between, self.crossed, self.feedback = between, crossed, feedback
        _check_crossed(crossed, between, feedback)
        self.unsure, self.rating = unsure, rating
        self.positive = self.answers[0] if positive is None else positive
        if self.positive not in self.answers:
            raise InputError(f"positive is {positive!r}; use one of {list(self.answers)}")
        self.seed = whole("seed", seed, 0)

    def __repr__(self) -> str:
        arms = ", ".join(arm.name for arm in self.arms)
        kind = "one arm a person" if self.between else "all arms a person"
        return f"<Study {self.name!r}: {len(self.items)} items, {arms}; {kind}>"

    @cached_property
    def id(self) -> str:
        """What tells this study from another: all that people see and are asked."""
        digest = hashlib.sha256()
        said = [self.question, self.answers, self.per_person, self.between, self.feedback]
        said += [self.positive, self.seed, [[arm.name, arm.instructions] for arm in self.arms]]
        said += [[item.name, item.truth] for item in self.items]
        said += ["crossed"] if self.crossed else []  # others are called as they always were
        digest.update(json.dumps(said).encode())
        views = [item.view for item in self.items]
        for view in (*views, *(view for arm in self.arms for view in arm.views or ())):
            # What is seen counts, and not how it was made: the maps of another method are another
            # study.
            digest.update(view.page.encode())
            digest.update(b"" if view.frames is None else view.frames.tobytes())
        return digest.hexdigest()[:12]

    def save(self, path: str | Path) -> Path:
        """Write all of it to one file, and return the path.

        What is shown is the same bytes wherever the file is read, so that people on several
        machines, or in a kernel each, answer into one folder; maps that were computed anew may
        differ in their last digits, and so would be another study.
        """
        views = {f"item.{n}": item.view for n, item in enumerate(self.items)}
        for n, arm in enumerate(self.arms):
            views |= {f"arm.{n}.{place}": view for place, view in enumerate(arm.views or ())}
        tensors = {name: view_tensor(view) for name, view in views.items()}
        about = {
            **{name: getattr(self, name) for name in _SAVED},
            "names": [item.name for item in self.items],
            "truth": [item.truth for item in self.items],
            "arms": [[arm.name, arm.views is not None, arm.instructions] for arm in self.arms],
        }
        return files.write(path, _KIND, tensors, about)

    @classmethod
    def load(cls, path: str | Path) -> Study:
        """Return the study that was saved.

        Raises
        ------
        DataError
            If the file is not there, or holds something else.
        """
        tensors, about = files.read(path, _KIND)
        views = {name: view_of_tensor(tensor) for name, tensor in tensors.items()}
        count = range(len(about["names"]))
        arms = [
            Arm(name, tuple(views[f"arm.{n}.{m}"] for m in count) if shown else None, text)
            for n, (name, shown, text) in enumerate(about.pop("arms"))
        ]
        return cls([views[f"item.{n}"] for n in count], arms, **about)

    @property
    def trials(self) -> int:
        """How many questions one person is asked."""
        return self.per_person * (len(self.arms) if self.crossed else 1)

    @property
    def chance(self) -> float:
        """How often a guess is right."""
        return 1 / len(self.answers)

    def assignments(self, person: int) -> tuple[ItemInArm, ...]:
        """Return what a person sees, by their number from 0.

        People come in blocks of as many as there are arms: those of a block see the same items.
        Within a block each arm has one person (`between`), or each item is once in each arm; where
        they are `crossed` that holds for each person, and for each pass through the items.
        """
        items, arms = self._plan(whole("person", person, 0))
        return tuple(map(ItemInArm, items.tolist(), arms.tolist()))

    def plan(self, people: int) -> tuple[ItemNumbers, ItemNumbers]:
        """Return items and arms (people, trials) of the first people, as arrays."""
        rows = [self._plan(person) for person in range(whole("people", people))]
        items, arms = (np.stack(column) for column in zip(*rows, strict=True))
        return items, arms

    def _plan(self, person: int) -> tuple[ItemNumbers, ItemNumbers]:
        if person not in self._plans:
            block, place = divmod(person, len(self.arms))
            items = self._block_items(block)
            if self.between:
                # A block has one person for each arm, in an order that is drawn.
                arm = self._generator(_ARMS, block).permutation(len(self.arms))[place]
                arms = np.full((1, len(items)), arm)
            else:
                passes = np.arange(len(self.arms) if self.crossed else 1)[:, None]
                # A Latin square: the person at `place` of a block sees item i in arm i + place, so
                # that over a block each item is seen in each arm once.
                arms = (np.arange(len(items)) + place + passes) % len(self.arms)
            # Each person's own order, so that no item always comes first, when people still learn.
            order = self._generator(_ORDER, person).permutation(len(items))
            shown = np.tile(items[order], len(arms))
            self._plans[person] = shown, arms[:, order].ravel().astype(np.int64)
        return self._plans[person]

    @cached_property
    def _plans(self) -> dict[int, tuple[ItemNumbers, ItemNumbers]]:
        return {}

    @cached_property
    def _blocks(self) -> tuple[list[ItemNumbers], Iterator[ItemNumbers]]:
        return [], self._iterate_blocks()

    def _block_items(self, block: int) -> ItemNumbers:
        """Return the items of a block, in no order that people see."""
        blocks, more = self._blocks
        while len(blocks) <= block:
            blocks.append(next(more))
        return blocks[block]

    def _iterate_blocks(self) -> Iterator[ItemNumbers]:
        """Yield items so that all are asked about equally often, and answers are balanced."""
        waiting: deque[int] = deque()
        round_number = 0
        while True:
            chosen: list[int] = []
            skipped: list[int] = []
            # From one shuffled row of all items after another: over many blocks each is asked about
            # equally often, also where 25 of 60 do not divide.
            while len(chosen) < self.per_person:
                if not waiting:
                    waiting.extend(self._shuffled(round_number))
                    round_number += 1
                item = waiting.popleft()
                (skipped if item in chosen else chosen).append(item)
            # What a person already has waits in front: it is the first that the next block takes.
            waiting.extendleft(reversed(skipped))
            # Arms go by the place in a block: whatever the items were sorted by must not decide.
            yield self._generator(_ITEMS, round_number, len(waiting)).permutation(chosen)

    def _shuffled(self, round_number: int) -> list[int]:
        """Return all items, those of the different answers taking turns."""
        generator = self._generator(_ITEMS, round_number)
        truths = np.array([item.truth for item in self.items])
        # The place of each item among those of its answer, at random.
        place = np.empty(len(truths))
        for truth in np.unique(truths):
            rows = np.flatnonzero(truths == truth)
            # Evenly spread over [0, 1) for each answer, so that any run of items has the answers in
            # proportion.
            place[rows] = (generator.permutation(len(rows)) + generator.random()) / len(rows)
        order: list[int] = np.argsort(place, kind="stable").tolist()
        return order

    def _generator(self, *words: int) -> np.random.Generator:
        # The number of words is one more, as NumPy takes missing words for zeros.
        return np.random.default_rng([self.seed, *words, len(words)])


def _check_crossed(crossed: bool, between: bool, feedback: bool) -> None:
    if crossed and between:
        raise InputError("crossed=True has each person in every arm, between=True in one; use one")
    if crossed and feedback:
        raise InputError(
            "feedback=True would tell people what is right before they are asked about it again; "
            "leave it out, or crossed=True"
        )


def _check_count(per_person: int | None, count: int) -> int:
    if per_person is None:
        return min(25, count)
    if whole("per_person", per_person) > count:
        raise InputError(f"per_person is {per_person}; there are {count} items")
    return int(per_person)
