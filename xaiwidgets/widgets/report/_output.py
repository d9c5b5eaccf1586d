"""How the result of a study is shown."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.study import RATINGS, ArmPair, ArmResult, LearningCurve, StudyResult, rating_counts
from xaiwidgets.study._statistics import Alternative
from xaiwidgets.widgets.report._state import ShownArm, ShownArmPair, ShownPower, ShownReport

_BINS = 20
_MOST = 0.98  # of the response times: one who went for lunch would leave one bin for all others


def shown_report(result: StudyResult, alternative: Alternative) -> ShownReport:
    """Return all figures of a study."""
    log = result.log
    times = np.concatenate([each.times for each in result.arms])
    top = float(np.quantile(times, _MOST)) if len(times) else 1.0
    # One set of bins: the arms' bars stand side by side.
    edges = np.linspace(0, top or 1.0, _BINS + 1)
    chance = result.above_chance()
    ratings = rating_counts(result)
    return ShownReport(
        study=log.name,
        question=log.question,
        positive=log.answers[log.positive],
        people=len(log.people),
        answers=len(log),
        chance=result.chance,
        notes=result.notes,
        arms=tuple(
            _shown_arm(
                each, result.curves[each.arm], chance[each.arm].pvalue, ratings[each.arm], edges
            )
            for each in result.arms
        ),
        pairs=tuple(map(_shown_arm_pair, result.tests(alternative))),
        by_item=tuple(map(_shown_arm_pair, result.mcnemar())),
        slower=tuple(map(_shown_arm_pair, result.response_times())),
        power=_power(result),
        time_edges=edges.astype(np.float32),
        ratings=RATINGS,
    )


def _shown_arm(
    arm: ArmResult,
    curve: LearningCurve,
    chance: float,
    ratings: tuple[int, ...],
    edges: NDArray[np.float64],
) -> ShownArm:
    # The slowest in the last bin, not left out: shares are of all answers.
    counts, _ = np.histogram(np.minimum(arm.times, edges[-1]), edges)
    return ShownArm(
        arm=arm.arm,
        people=arm.people,
        count=arm.count,
        right=arm.right,
        unsure=arm.unsure,
        accuracy=arm.accuracy,
        precision=arm.precision,
        recall=arm.recall,
        f1=arm.f1,
        seconds=arm.seconds,
        above_chance=None if math.isnan(chance) else chance,
        mean=curve.mean.astype(np.float32),
        low=curve.low.astype(np.float32),
        high=curve.high.astype(np.float32),
        times=(counts / max(1, len(arm.times))).astype(np.float32),
        ratings=ratings,
    )


def _shown_arm_pair(pair: ArmPair) -> ShownArmPair:
    return ShownArmPair(
        pair.arm,
        pair.other,
        pair.difference,
        None if math.isnan(pair.pvalue) else pair.pvalue,
        None if math.isnan(pair.corrected) else pair.corrected,
        pair.method,
        pair.verdict,
    )


def _power(result: StudyResult) -> ShownPower | None:
    """Return the power of the last arm against the first, where people saw one arm each."""
    pairs = result.tests()
    if not pairs or any(pair.method != "Welch" for pair in pairs):
        return None
    arms = result.arms
    return ShownPower(arms[-1].arm, arms[0].arm, result.needed())
