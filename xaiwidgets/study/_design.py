"""`Study`: which items people are asked about, in which arms, and in which order."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import is_whole, nearest, whole
from xaiwidgets.errors import InputError
from xaiwidgets.study._views import View, as_view

ItemNumbers = NDArray[np.int64]

CONSENT = (
    "You will be asked about pictures. Your answers, how long each takes you and when it was given "
    "are kept on this computer under a random code. Your name is not asked for and not kept. You "
    "may stop at any time."
)
"""What people agree to, unless a study says something else."""

_KEYS = 9  # answers are given by the keys 1 to 9

# What random numbers are for: seeds of different purposes never coincide.
_ITEMS, _ORDER, _ARMS = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Item:
    """One thing that people are asked about.

    Attributes
    ----------
    name : str
    view : View
        What is asked about.
    truth : int
        The place of the right answer.
    """

    name: str
    view: View
    truth: int


@dataclass(frozen=True, eq=False)
class Arm:
    """One way to show items.

    Attributes
    ----------
    name : str
        For the log and the report; people do not see it.
    views : tuple of View, or None
        One for each item; None where nothing is shown beside the item.
    instructions : str
        What people in it are told; it should not say what the study hopes for.
    """

    name: str
    views: tuple[View, ...] | None
    instructions: str = ""


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
        self.answers = _check_answers(answers)
        self.items = _check_items(items, truth, names, self.answers)
        self.arms = _check_arms(arms, instructions, self.items)
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
            digest.update(view.page.encode())
            digest.update(b"" if view.frames is None else view.frames.tobytes())
        return digest.hexdigest()[:12]

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
        rows = [self._plan(person) for person in range(people)]
        items, arms = (np.stack(column) for column in zip(*rows, strict=True))
        return items, arms

    def _plan(self, person: int) -> tuple[ItemNumbers, ItemNumbers]:
        if person not in self._plans:
            block, place = divmod(person, len(self.arms))
            items = self._block_items(block)
            if self.between:
                arm = self._generator(_ARMS, block).permutation(len(self.arms))[place]
                arms = np.full((1, len(items)), arm)
            else:
                passes = np.arange(len(self.arms) if self.crossed else 1)[:, None]
                arms = (np.arange(len(items)) + place + passes) % len(self.arms)
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
            while len(chosen) < self.per_person:
                if not waiting:
                    waiting.extend(self._shuffled(round_number))
                    round_number += 1
                item = waiting.popleft()
                (skipped if item in chosen else chosen).append(item)
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
            place[rows] = (generator.permutation(len(rows)) + generator.random()) / len(rows)
        order: list[int] = np.argsort(place, kind="stable").tolist()
        return order

    def _generator(self, *words: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *words, len(words)])


def _check_answers(answers: Sequence[str]) -> tuple[str, ...]:
    texts = tuple(answers)
    if isinstance(answers, str) or not all(isinstance(each, str) and each for each in texts):
        raise InputError(f"answers is {answers!r}; use texts, such as ('clean', 'attacked')")
    if not 2 <= len(texts) <= _KEYS:
        raise InputError(f"there are {len(texts)} answers; give 2 to {_KEYS}, one a key")
    if len(set(texts)) < len(texts):
        raise InputError(f"answers is {list(texts)}; give each answer once")
    return texts


def _check_items(
    items: Any, truth: Any, names: Sequence[str] | None, answers: Sequence[str]
) -> tuple[Item, ...]:
    pictures = list(items)
    if not pictures:
        raise InputError("there are no items; give at least one picture")
    if truth is None:
        if not all(isinstance(each, tuple) and len(each) == 2 for each in pictures):
            raise InputError("what is right is not known; give truth=, or pairs (picture, answer)")
        pictures, truth = [each[0] for each in pictures], [each[1] for each in pictures]
    truths = list(truth)
    if len(truths) != len(pictures):
        raise InputError(f"truth has {len(truths)} answers for {len(pictures)} items")
    labels = [f"item {place}" for place in range(len(pictures))] if names is None else list(names)
    if len(labels) != len(pictures) or len(set(labels)) < len(labels):
        raise InputError("names has to have one text for each item, all different")
    return tuple(
        Item(str(label), as_view(picture), _answer(answers, right, f"truth of {label}"))
        for label, picture, right in zip(labels, pictures, truths, strict=True)
    )


def _answer(answers: Sequence[str], answer: Any, name: str) -> int:
    """Return the place of an answer, given by text or place."""
    if isinstance(answer, str) and answer in answers:
        return answers.index(answer)
    if is_whole(answer) and answer < len(answers):
        return int(answer)
    hint = nearest(answer, answers) if isinstance(answer, str) else ""
    raise InputError(f"{name} is {answer!r}; use one of {list(answers)}, or its place{hint}")


def _check_arms(
    arms: Mapping[str, Any] | Sequence[Arm],
    instructions: str | Mapping[str, str],
    items: Sequence[Item],
) -> tuple[Arm, ...]:
    texts: dict[str, str] = {} if isinstance(instructions, str) else dict(instructions)
    usual = instructions if isinstance(instructions, str) else ""
    if isinstance(arms, Mapping):
        built = [
            Arm(str(name), _views(str(name), views, items), texts.get(str(name), usual))
            for name, views in arms.items()
        ]
    else:
        built = [
            Arm(arm.name, _views(arm.name, arm.views, items), arm.instructions) for arm in arms
        ]
    if not built:
        raise InputError("there are no arms; give at least one, such as {'alone': None}")
    names = [arm.name for arm in built]
    if len(set(names)) < len(names):
        raise InputError(f"arms are called {names}; give each a name of its own")
    if strangers := set(texts) - set(names):
        raise InputError(f"instructions has {sorted(strangers)}; the arms are {names}")
    return tuple(built)


def _views(arm: str, views: Any, items: Sequence[Item]) -> tuple[View, ...] | None:
    if views is None:
        return None
    sources = list(views)
    if len(sources) != len(items):
        raise InputError(
            f"arm {arm!r} has {len(sources)} views for {len(items)} items; give one for each, or "
            "None for an arm that shows nothing more"
        )
    shown = []
    for item, view in zip(items, sources, strict=True):
        if view is None:
            raise InputError(
                f"arm {arm!r} has no view of {item.name!r}; give one for each item, or None for "
                "an arm that shows nothing more"
            )
        below = None if item.view.frames is None else item.view.frames[0]
        try:
            shown.append(as_view(view, below))
        except InputError as error:
            raise InputError(f"arm {arm!r}, {item.name!r}: {error}") from error
    return tuple(shown)


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
