"""What answers say: by hand, against scipy, and over many simulated studies."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from xaiwidgets import study
from xaiwidgets.errors import InputError


def pictures(count: int) -> Any:
    return np.zeros((count, 2, 2), np.uint8)


def design(items: int = 20, arms: int = 2, **options: Any) -> study.Study:
    views = {f"arm {n}": None for n in range(arms)}
    truth = [n % 2 for n in range(items)]
    return study.Study(pictures(items), views, "Which?", ("a", "b"), truth=truth, **options)


def log(rows: list[tuple[int, int, int, int, float]], **options: Any) -> study.AnswerLog:
    """Return a log of rows (person, arm, truth, answer, seconds)."""
    person, arm, truth, answer, seconds = (np.array(column) for column in zip(*rows, strict=True))
    trial = np.zeros(len(rows), np.int64)
    for row in range(len(rows)):
        trial[row] = 1 + (person[:row] == person[row]).sum()
    return study.AnswerLog(
        name="by hand",
        question="Which?",
        arms=("first", "second"),
        answers=("a", "b"),
        items=("x", "y", "z"),
        people=tuple(map(str, range(int(person.max()) + 1))),
        positive=0,
        trials=int(trial.max()),
        person=person,
        arm=arm,
        trial=trial,
        item=trial - 1,
        truth=truth,
        answer=answer,
        seconds=np.asarray(seconds, np.float64),
        **options,
    )


BY_HAND = [
    (0, 0, 0, 0, 1.0),  # a hit
    (0, 0, 0, 1, 3.0),  # a miss
    (0, 0, 1, 0, 2.0),  # a false alarm
    (1, 0, 1, 1, 9.0),  # a correct rejection
    (1, 0, 0, 0, 5.0),  # a hit
    (1, 0, 0, -1, math.nan),  # cannot tell: a miss
]


def test_one_arm_by_hand() -> None:
    (arm,) = study.analyse(log(BY_HAND)).arms
    assert (arm.people, arm.count, arm.right, arm.unsure) == (2, 6, 3, 1)
    assert arm.accuracy.value == 0.5
    assert arm.precision is not None and arm.precision.value == pytest.approx(2 / 3)
    assert arm.recall is not None and arm.recall.value == pytest.approx(2 / 4)
    assert arm.f1 is not None and arm.f1.value == pytest.approx(study.f1_of(2 / 3, 1 / 2))
    # The median of the medians 2 and 7.
    assert arm.seconds is not None and arm.seconds.value == 4.5
    assert sorted(arm.times) == [1, 2, 3, 5, 9]
    # Two people who differ say next to nothing.
    assert (arm.accuracy.low, arm.accuracy.high) == (0, 1)
    low, high = stats.binomtest(3, 6).proportion_ci(method="wilson")
    assert (arm.wilson.low, arm.wilson.high) == pytest.approx((low, high))
    assert arm.accuracy.low <= arm.wilson.low and arm.accuracy.high >= arm.wilson.high


def test_the_curve_counts_right_answers_up_to_each_trial() -> None:
    curve = study.analyse(log(BY_HAND)).curves["first"]
    assert curve.trials.tolist() == [1, 2, 3]
    assert curve.mean.tolist() == [1.0, 1.5, 1.5]
    assert curve.deviation == pytest.approx([0, math.sqrt(0.5), math.sqrt(0.5)])
    # One of one and two of two answers: Wilson's interval of both people's, which is wider.
    ends = [stats.binomtest(right, n).proportion_ci(method="wilson") for right, n in [(2, 2)]]
    assert (curve.low[0], curve.high[0]) == pytest.approx(ends[0])
    assert ((curve.low >= 0) & (curve.high <= curve.trials)).all()
    # Who stops early counts as far as they came.
    curve = study.analyse(log(BY_HAND[:-1])).curves["first"]
    assert curve.people.tolist() == [2, 2, 1] and math.isnan(curve.deviation[2])


def test_pairs_are_scipys_tests_of_people() -> None:
    made = design(between=True)
    answers = study.simulate(made, 24, {"arm 0": 0.6, "arm 1": 0.75}, spread=0.4, seed=2)
    shares = [
        np.array([answers.right[answers.person == p].mean() for p in people_in(answers, arm)])
        for arm in (0, 1)
    ]
    result = study.analyse(answers)
    (pair,) = result.tests()
    assert (pair.arm, pair.other, pair.method) == ("arm 1", "arm 0", "Welch")
    expected = stats.ttest_ind(shares[1], shares[0], equal_var=False, alternative="greater")
    assert pair.pvalue == pytest.approx(expected.pvalue)
    chance = stats.ttest_1samp(shares[0], 0.5, alternative="greater").pvalue
    assert result.above_chance()["arm 0"].pvalue == pytest.approx(chance)
    medians = [
        [np.median(answers.seconds[answers.person == p]) for p in people_in(answers, a)]
        for a in (0, 1)
    ]
    (times,) = result.response_times()
    assert times.method == "Mann-Whitney"
    assert times.pvalue == pytest.approx(stats.mannwhitneyu(medians[1], medians[0]).pvalue)
    assert result.needed() == study.needed_people(
        shares[1].mean() - shares[0].mean(), (shares[1].std(ddof=1), shares[0].std(ddof=1))
    )
    assert 0 < result.power(12) < result.power(100)
    with pytest.raises(InputError, match="there is no arm 'arm 2'"):
        result.power(12, "arm 2")
    with pytest.raises(InputError, match="n is 0; use a whole number"):
        result.power(0)


def people_in(answers: study.AnswerLog, arm: int) -> list[int]:
    people: list[int] = np.unique(answers.person[answers.arm == arm]).tolist()
    return people


def test_who_was_in_both_arms_is_compared_with_themselves() -> None:
    answers = study.simulate(design(), 12, {"arm 0": 0.5, "arm 1": 0.8}, spread=1, seed=3)
    shares = np.array(
        [
            [answers.right[(answers.person == p) & (answers.arm == a)].mean() for a in (0, 1)]
            for p in range(12)
        ]
    )
    (pair,) = study.analyse(answers).tests()
    assert pair.method == "paired"
    expected = stats.ttest_rel(shares[:, 1], shares[:, 0], alternative="greater")
    assert pair.pvalue == pytest.approx(expected.pvalue)
    assert study.analyse(answers).response_times()[0].method == "Wilcoxon"
    assert study.analyse(answers).mcnemar() == ()


def test_mcnemar_is_of_items_that_a_person_judged_in_both_arms() -> None:
    rows = [(0, 0, 0, 0, 1.0), (0, 0, 0, 1, 1.0), (0, 0, 0, 1, 1.0)]
    rows += [(0, 1, 0, 0, 1.0), (0, 1, 0, 0, 1.0), (0, 1, 0, 0, 1.0)]
    rows += [(1, 1, 0, 0, 1.0)]  # of an item that they saw in this arm only
    answers = dataclasses.replace(log(rows), item=np.array([0, 1, 2, 0, 1, 2, 0]))
    (pair,) = study.analyse(answers).mcnemar()
    assert (pair.arm, pair.other, pair.method) == ("second", "first", "McNemar")
    assert pair.pvalue == pair.corrected == study.mcnemar(2, 0) == 0.5
    # Of the three items in both: one person, so no interval.
    assert pair.difference.value == pytest.approx(2 / 3) and math.isinf(pair.difference.low)


def test_a_crossed_study_is_tested_item_by_item() -> None:
    made = design(10, 3, crossed=True)
    skill = {"arm 0": 0.5, "arm 1": 0.5, "arm 2": 0.9}
    answers = study.simulate(made, 12, skill, seed=1)
    assert len(answers) == 12 * 10 * 3 and answers.trials == 30
    pairs = {(each.arm, each.other): each for each in study.analyse(answers).mcnemar()}
    assert list(pairs) == [("arm 1", "arm 0"), ("arm 2", "arm 0"), ("arm 2", "arm 1")]

    def right(arm: int) -> Any:
        rows = np.flatnonzero(answers.arm == arm)
        order = np.lexsort((answers.item[rows], answers.person[rows]))
        return answers.right[rows][order]

    only = [int((right(2) & ~right(0)).sum()), int((right(0) & ~right(2)).sum())]
    assert pairs["arm 2", "arm 0"].pvalue == stats.binomtest(only[0], sum(only)).pvalue < 0.001
    assert pairs["arm 2", "arm 0"].corrected == pytest.approx(
        study.holm([each.pvalue for each in pairs.values()])[1]
    )
    difference = pairs["arm 2", "arm 0"].difference
    assert difference.value == pytest.approx((only[0] - only[1]) / 120)
    assert 0 < difference.low < difference.value < difference.high < 1
    assert pairs["arm 1", "arm 0"].corrected > 0.05


def test_a_study_with_one_answer_says_that_it_says_nothing() -> None:
    result = study.analyse(log(BY_HAND[:1]))
    (arm,) = result.arms
    assert arm.accuracy.value == 1 and not arm.accuracy.excludes(0.5)
    assert arm.recall is not None and math.isinf(arm.recall.low)
    assert result.tests() == () and math.isnan(result.above_chance()["first"].pvalue)
    assert len(result.table()) == 1
    both = study.analyse(log([BY_HAND[0], (1, 1, 0, 0, 1.0)]))
    words = "no verdict: too few people, or none who differ"
    assert both.tests()[0].verdict == both.response_times()[0].verdict == words
    assert math.isinf(both.tests()[0].difference.low)


def test_a_difference_of_shares_is_at_most_one() -> None:
    rows = [(p, arm, 0, int(arm == 0 or p == 2), 1.0) for p in range(3) for arm in (0, 1)]
    (pair,) = study.analyse(log(rows)).tests()
    apart = stats.ttest_rel([1, 1, 0], [0, 0, 0], alternative="greater")
    assert (pair.pvalue, pair.difference.value) == pytest.approx((apart.pvalue, 2 / 3))
    # Student's interval would end at 2.1.
    assert -1 <= pair.difference.low < 0 and pair.difference.high == 1


def test_what_is_missing_is_said() -> None:
    notes = study.analyse(log(BY_HAND[:-2] + BY_HAND[-1:])).notes
    assert any("1 of 2 people have not answered all 3" in note for note in notes)
    assert any("1 response time is not known" in note for note in notes)


def test_ratings_are_of_people_who_saw_one_arm() -> None:
    ratings = ((("first",), 5), (("first",), 2), (("first", "second"), 1))
    result = study.analyse(log(BY_HAND, ratings=ratings))
    assert study.rating_counts(result) == {"first": (0, 1, 0, 0, 1)}


@pytest.mark.slow
@pytest.mark.parametrize("skill", [0.6, 0.8])
def test_intervals_cover_a_person_of_known_skill(skill: float) -> None:
    made = study.Study(
        pictures(200), {"alone": None}, "?", ("a", "b"), truth=[0, 1] * 100, per_person=200
    )
    covered = 0
    for seed in range(1000):
        (arm,) = study.analyse(study.simulate(made, 1, skill, seed=seed)).arms
        covered += not arm.accuracy.excludes(skill)
    assert 930 <= covered <= 970


@pytest.mark.slow
def test_intervals_by_people_cover_where_people_differ_and_those_by_answers_do_not() -> None:
    made = design(30, 1, per_person=30)
    by_people, by_answers = 0, 0
    # What people are right on average, as log odds that vary do not keep the mean.
    true = study.simulate(made, 20_000, 0.7, spread=1.0, seed=1).right.mean()
    for seed in range(300):
        (arm,) = study.analyse(study.simulate(made, 25, 0.7, spread=1.0, seed=seed)).arms
        by_people += not arm.accuracy.excludes(true)
        by_answers += not arm.wilson.excludes(true)
    assert by_people >= 0.9 * 300
    assert by_answers < 0.85 * 300


@pytest.mark.slow
def test_three_people_who_differ_have_a_wide_interval() -> None:
    made = design(20, 1)
    true = study.simulate(made, 20_000, 0.7, spread=1.0, seed=1).right.mean()
    held = 0
    for seed in range(200):
        (arm,) = study.analyse(study.simulate(made, 3, 0.7, spread=1.0, seed=seed)).arms
        assert 0 <= arm.accuracy.low <= arm.accuracy.value <= arm.accuracy.high <= 1
        held += not arm.accuracy.excludes(true)
    assert held >= 0.9 * 200


@pytest.mark.slow
def test_without_an_effect_few_studies_find_one() -> None:
    made = design(20, 2, between=True)
    pvalues = [
        study.analyse(study.simulate(made, 30, seed=seed)).tests()[0].pvalue for seed in range(2000)
    ]
    assert 0.035 <= np.mean(np.array(pvalues) < 0.05) <= 0.065


@pytest.mark.slow
def test_who_answers_at_random_is_seldom_told_from_guessing() -> None:
    made = design(20, 1)
    alone = [study.analyse(study.simulate(made, 1, seed=seed)).arms[0] for seed in range(1000)]
    assert np.mean([arm.accuracy.excludes(0.5) for arm in alone]) <= 0.06
    pvalues = [
        study.analyse(study.simulate(made, 12, seed=seed)).above_chance()["arm 0"].pvalue
        for seed in range(1000)
    ]
    assert 0.03 <= np.mean(np.array(pvalues) < 0.05) <= 0.065


def test_simulated_people_learn_as_they_are_told_to() -> None:
    made = design(20, 1)
    answers = study.simulate(made, 300, lambda arm, trial: min(0.5 + 0.025 * trial, 1), seed=1)
    curve = study.analyse(answers).curves["arm 0"]
    steps = np.diff(curve.mean, prepend=0)
    assert steps == pytest.approx([0.5 + 0.025 * trial for trial in range(1, 21)], abs=0.1)
    assert study.simulate(made, 2, 1.0).right.all()
    for wrong in ({"arm 1": 0.5}, 1.5, {"arm 0": -1}):
        with pytest.raises(InputError, match="skill"):
            study.simulate(made, 2, wrong)  # type: ignore[arg-type]


def test_computed_means_are_not_held_against_people() -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = design(20, 2, between=True)
        for seed in range(30):
            study.analyse(study.simulate(made, 120, seed=seed)).tests()
