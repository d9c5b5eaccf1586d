"""The two ready designs: learn an unknown symbol (CDeepEx), and judge (i-Algebra)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xaiwidgets.errors import InputError
from xaiwidgets.study._design import Study
from xaiwidgets.study._views import as_view

_LEARN = (
    "You will be shown a picture of a symbol, and asked which of two symbols it is. At first you "
    "will have to guess. {after} You cannot go back, and cannot leave an answer out."
)
_AFTER = {
    "none": "Then you are told whether your choice was correct.",
    "picture": "Then you are told whether your choice was correct, and the parts that are "
    "important to learn that symbol are highlighted.",
    "morph": "Then you are told whether your choice was correct, and an animation shows how this "
    "symbol is turned towards the other.",
    "page": "Then you are told whether your choice was correct, and shown something about it.",
}
_JUDGE = (
    "Look at each picture, and at what is shown beside it where there is something, and answer by "
    "a key. There is no feedback. Take the time that you need; pause whenever you like."
)


def learning_study(
    pictures: Any,
    labels: Sequence[Any],
    feedback: Mapping[str, Any],
    *,
    classes: Sequence[str] = ("Ternal", "Peat"),
    trials: int = 20,
    seed: int = 0,
    **options: Any,
) -> Study:
    """Return the study of CDeepEx (chapter 5): people learn what a network does, with feedback.

    Each person is in one arm, is told after each answer whether it was right, and is shown the
    arm's view of the picture. What is learned is what the network says.

    Parameters
    ----------
    pictures : sequence of N pictures
    labels : sequence of N answers
        What the network says of each.
    feedback : mapping from arm to views, or None
        Such as {"control": None, "gradcam": maps, "cdeepex": morphs}; see `symbol_feedback`.
    classes : two names
        Made up, so that nobody can look them up.
    trials : int
        Of one person.
    seed : int
        Draws who sees what, and in which order.
    **options
        As for `Study`.

    Examples
    --------
    >>> import numpy as np
    >>> pictures = np.zeros((20, 8, 8), np.uint8)
    >>> learning_study(pictures, [0, 1] * 10, {"control": None, "map": pictures})
    <Study 'learning': 20 items, control, map; one arm a person>
    """
    if not isinstance(feedback, Mapping):
        raise InputError(f"feedback is {feedback!r}; map names of arms to views, or None")
    texts = {
        str(name): _LEARN.format(after=_AFTER[_kind(views)]) for name, views in feedback.items()
    }
    # As in CDeepEx's study: people have to guess at first, and cannot leave an answer out.
    usual: dict[str, Any] = {"name": "learning", "instructions": texts, "unsure": False}
    return Study(
        pictures,
        feedback,
        "Which symbol is this?",
        classes,
        truth=labels,
        per_person=trials,
        between=True,
        feedback=True,
        seed=seed,
        **{**usual, **options},
    )


def judgement_study(
    pictures: Any,
    labels: Sequence[Any],
    arms: Mapping[str, Any],
    question: str,
    answers: Sequence[str],
    *,
    per_person: int | None = None,
    seed: int = 0,
    **options: Any,
) -> Study:
    """Return the study of i-Algebra (Cases A to C): people judge by what they are shown.

    Each person sees all arms, each item in one of them, with no feedback; over as many people as
    there are arms, each item is once in each. The answers are judged by accuracy, precision,
    recall, F1, and the response time.

    Parameters
    ----------
    pictures, labels, arms, question, answers
        As `items`, `truth` and so on of `Study`; the first answer is the positive one.
    per_person : int, optional
        25 by default, as in the paper (1,250 assignments of 50 people).
    seed : int
        Draws who sees what, and in which order.
    **options
        As for `Study`.

    Examples
    --------
    >>> import numpy as np
    >>> pictures = np.zeros((4, 8, 8), np.uint8)
    >>> arms = {"alone": None, "map": pictures}
    >>> judgement_study(pictures, [0, 1, 0, 1], arms, "Attacked?", ("attacked", "clean"))
    <Study 'judgement': 4 items, alone, map; all arms a person>
    """
    # As in i-Algebra's cases: no feedback, and whoever cannot tell may say so (the key 0).
    usual: dict[str, Any] = {"name": "judgement", "instructions": _JUDGE}
    return Study(
        pictures,
        arms,
        question,
        answers,
        truth=labels,
        per_person=per_person,
        seed=seed,
        **{**usual, **options},
    )


def _kind(views: Any) -> str:
    """Return what kind of view an arm shows, by its first; what is wrong with it `Study` says."""
    # The instructions follow from what is shown, and all views of an arm are of one kind.
    first = next(iter(views), None) if isinstance(views, Iterable) else None
    return "none" if first is None else as_view(first).kind
