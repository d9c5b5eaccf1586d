"""`Item` and `Arm`: what people are asked about and how it is shown, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xaiwidgets.checks import is_whole, listed, nearest
from xaiwidgets.errors import InputError
from xaiwidgets.study._views import View, as_view

_KEYS = 9  # answers are given by the keys 1 to 9


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


def check_answers(answers: Sequence[str]) -> tuple[str, ...]:
    texts = tuple(listed("answers", answers))
    if not all(isinstance(each, str) and each for each in texts):
        raise InputError(f"answers is {answers!r}; use texts, such as ('clean', 'attacked')")
    if not 2 <= len(texts) <= _KEYS:
        raise InputError(f"there are {len(texts)} answers; give 2 to {_KEYS}, one a key")
    if len(set(texts)) < len(texts):
        raise InputError(f"answers is {list(texts)}; give each answer once")
    return texts


def check_items(
    items: Any, truth: Any, names: Sequence[str] | None, answers: Sequence[str]
) -> tuple[Item, ...]:
    pictures = listed("items", items)
    if not pictures:
        raise InputError("there are no items; give at least one picture")
    if truth is None:
        if not all(isinstance(each, tuple) and len(each) == 2 for each in pictures):
            raise InputError("what is right is not known; give truth=, or pairs (picture, answer)")
        pictures, truth = [each[0] for each in pictures], [each[1] for each in pictures]
    # NumPy's and torch's labels as Python's numbers, which files hold.
    truths = listed("truth", truth.tolist() if hasattr(truth, "tolist") else truth)
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


def check_arms(
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
        if not all(isinstance(arm, Arm) for arm in listed("arms", arms)):
            raise InputError("arms has to map names to views, or be a list of study.Arm")
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
    # A generator would be empty after the first look at it.
    if not hasattr(views, "__len__"):
        raise InputError(
            f"arm {arm!r} is of type {type(views).__name__}; give a list with a view of each item, "
            "or None"
        )
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
        # A map that was saved without its picture lies over the item's own.
        below = None if item.view.frames is None else item.view.frames[0]
        try:
            # Drawn now, and kept as pixels: what people see does not change with a network
            # afterwards.
            shown.append(as_view(view, below))
        except InputError as error:
            raise InputError(f"arm {arm!r}, {item.name!r}: {error}") from error
    return tuple(shown)
