"""Which of two networks is right where they disagree: by a person, by confidence, by the maps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xaiwidgets.algebra import Disagreement
from xaiwidgets.intervals import IntervalEstimate, bootstrap_interval, share_interval
from xaiwidgets.study._statistics import mcnemar

PickedSide = Literal["first", "second", "neither"]
SIDES: tuple[PickedSide, ...] = ("first", "second", "neither")


@dataclass(frozen=True)
class Vote:
    """What a person says of one disagreement.

    Attributes
    ----------
    index : int
        Of the image.
    side : "first", "second" or "neither"
        Which network is right; "neither" also where the person cannot tell.
    arm : str
        What they were shown: "apart" (what tells the networks apart) or "alone" (each one's map).
    seconds : float or None
        How long it took.
    """

    index: int
    side: PickedSide
    arm: str
    seconds: float | None


@dataclass(frozen=True)
class JudgeScore:
    """How often one judge picks the network that is right.

    Attributes
    ----------
    judge : str
    right, count : int
        Of the disagreements that were judged and in which one network is right. Where no labels
        are known, how often the first network was picked.
    share : IntervalEstimate or None
        With Wilson's interval; None where nothing was judged.
    seconds : IntervalEstimate or None
        The median time of a vote.
    pvalue : float
        McNemar's, against confidence on the same pictures; NaN where there is nothing to compare.
    """

    judge: str
    right: int
    count: int
    share: IntervalEstimate | None
    seconds: IntervalEstimate | None = None
    pvalue: float = math.nan


def side_by_confidence(disagreement: Disagreement) -> PickedSide:
    """Return the network whose prediction is more probable."""
    ours, theirs = disagreement.prediction, disagreement.rival_prediction
    return "first" if ours.probability >= theirs.probability else "second"


def side_by_maps(disagreement: Disagreement) -> PickedSide:
    """Return the network whose map says more for its class than the other network's map does.

    The sums of the two sides of the anti-join: how much more evidence a network finds for its class
    than the other does for that class.
    """
    left, right = (float(side.cells.sum()) for side in disagreement.comparison.maps)
    return "first" if left >= right else "second"


def judge_scores(
    disagreements: Sequence[Disagreement],
    votes: Sequence[Vote],
    labels: Mapping[int, int] | None = None,
    arms: Mapping[str, str] | None = None,
) -> tuple[JudgeScore, ...]:
    """Return how often the person (by arm), confidence, the maps, and each network are right.

    Parameters
    ----------
    disagreements : sequence of Disagreement
    votes : sequence of Vote
        The first of each image counts.
    labels : mapping from image to class, optional
        What is true. Where neither network is right nobody can be, and it does not count (as in
        Case A: 824 of 946). Without labels it is counted how often the first network is picked.
    arms : mapping from arm to name, optional
        What to call the person in each arm.
    """
    first: dict[int, Vote] = {}
    for vote in votes:
        # The first vote counts, as in every study: a second is given after more has been seen.
        first.setdefault(vote.index, vote)
    truths = {each.index: true_side(each, labels) for each in disagreements}
    # Where both networks are wrong, no judge can pick the right one.
    judged = [each for each in disagreements if truths[each.index] != "neither"]
    automatic = {
        "confidence": {each.index: side_by_confidence(each) for each in judged},
        "the maps": {each.index: side_by_maps(each) for each in judged},
        # What a judge who looks at nothing reaches: the better network alone may be right most
        # often.
        "always the first": dict.fromkeys((each.index for each in judged), SIDES[0]),
        "always the second": dict.fromkeys((each.index for each in judged), SIDES[1]),
    }
    scores = []
    for arm in dict.fromkeys(vote.arm for vote in first.values()):
        cast = [vote for vote in first.values() if vote.arm == arm]
        # "neither" is a pick that is never right here: who cannot tell has not resolved it.
        picks = {vote.index: vote.side for vote in cast if vote.index in {d.index for d in judged}}
        name = (arms or {}).get(arm, arm)
        scores.append(
            _score(name, picks, truths, automatic["confidence"], [vote.seconds for vote in cast])
        )
    return (*scores, *(_score(name, picks, truths) for name, picks in automatic.items()))


def true_side(disagreement: Disagreement, labels: Mapping[int, int] | None) -> PickedSide:
    """Return which network is right; the first of all where no labels are known."""
    if labels is None:
        return "first"
    truth = labels[disagreement.index]
    if disagreement.prediction.index == truth:
        return "first"
    return "second" if disagreement.rival_prediction.index == truth else "neither"


def _score(
    judge: str,
    picks: Mapping[int, PickedSide],
    truths: Mapping[int, PickedSide],
    beside: Mapping[int, PickedSide] | None = None,
    times: Sequence[float | None] = (),
) -> JudgeScore:
    hits = {index: side == truths[index] for index, side in picks.items()}
    right, count = sum(hits.values()), len(hits)
    pvalue = math.nan
    if beside is not None and hits:
        others = {index: beside[index] == truths[index] for index in hits}
        # On the same pictures: how hard those are that a person has judged goes out of the
        # comparison.
        ours_only = sum(hits[index] and not others[index] for index in hits)
        theirs_only = sum(others[index] and not hits[index] for index in hits)
        pvalue = mcnemar(ours_only, theirs_only)
    share = share_interval(right, count) if count else None
    return JudgeScore(judge, right, count, share, _median_seconds(times), pvalue)


def _median_seconds(times: Sequence[float | None]) -> IntervalEstimate | None:
    timed = np.array([each for each in times if each is not None], np.float64)
    if not len(timed):
        return None
    return bootstrap_interval(lambda values: np.median(values, -1), timed, seed=0)
