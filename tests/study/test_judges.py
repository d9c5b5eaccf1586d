"""Who is right where two networks disagree: known answers, counted by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xaiwidgets import study


def disagreement(
    index: int, classes: tuple[int, int], confidence: tuple[float, float], sums: tuple[float, float]
) -> Any:
    """What the judges look at, with known numbers."""
    prediction, rival = (
        SimpleNamespace(index=number, probability=share)
        for number, share in zip(classes, confidence, strict=True)
    )
    maps = [SimpleNamespace(cells=np.array([[total]])) for total in sums]
    return SimpleNamespace(
        index=index,
        prediction=prediction,
        rival_prediction=rival,
        comparison=SimpleNamespace(maps=maps),
    )


QUEUE = [
    disagreement(3, (0, 1), (0.9, 0.6), (2.0, 1.0)),  # the first is right, as all say
    disagreement(5, (0, 1), (0.9, 0.6), (1.0, 2.0)),  # the second; the maps say so
    disagreement(7, (0, 1), (0.4, 0.8), (2.0, 1.0)),  # the second; confidence says so
    disagreement(9, (0, 1), (0.4, 0.8), (2.0, 1.0)),  # neither
]
LABELS = {3: 0, 5: 1, 7: 1, 9: 2}


def score(scores: tuple[study.JudgeScore, ...], judge: str) -> study.JudgeScore:
    return next(each for each in scores if each.judge == judge)


def test_each_judge_is_counted_where_a_network_is_right() -> None:
    votes = [
        study.Vote(3, "first", "apart", 2.0),
        study.Vote(5, "second", "alone", 4.0),
        study.Vote(7, "neither", "apart", 6.0),
        study.Vote(9, "first", "alone", None),
        study.Vote(3, "second", "apart", 9.0),  # too late: the first counts
    ]
    scores = study.judge_scores(QUEUE, votes, LABELS, {"apart": "you, apart"})
    apart, alone = score(scores, "you, apart"), score(scores, "alone")
    assert (apart.right, apart.count) == (1, 2) and (alone.right, alone.count) == (1, 1)
    assert apart.seconds is not None and apart.seconds.value == 4.0
    assert alone.seconds is not None and math.isinf(alone.seconds.low)
    for judge, right in (
        ("confidence", 2),
        ("the maps", 2),
        ("always the first", 1),
        ("always the second", 2),
    ):
        assert (score(scores, judge).right, score(scores, judge).count) == (right, 3), judge
    share = score(scores, "confidence").share
    assert share is not None and share.value == pytest.approx(2 / 3)
    # On 3 both are right, on 7 confidence alone is.
    assert apart.pvalue == study.mcnemar(0, 1)


def test_without_labels_it_is_counted_who_is_picked() -> None:
    votes = [study.Vote(index, "first", "apart", 1.0) for index in (3, 5, 7)]
    scores = study.judge_scores(QUEUE, votes, None)
    assert (score(scores, "apart").right, score(scores, "apart").count) == (3, 3)
    assert (score(scores, "confidence").right, score(scores, "confidence").count) == (2, 4)


def test_where_nothing_was_judged_there_is_no_share() -> None:
    scores = study.judge_scores(QUEUE[3:], [study.Vote(9, "first", "apart", 1.0)], LABELS)
    assert all(each.share is None and each.count == 0 for each in scores)
