"""`analyse`: what the answers of a study say, with intervals, chance, and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import Doubles, IntervalEstimate
from xaiwidgets.study._answers import AnswerLog, read_answers
from xaiwidgets.study._arms import ArmResult, LearningCurve, arm_result, learning_curve
from xaiwidgets.study._pairs import (
    ArmPair,
    compare_items,
    compare_times,
    difference_of_shares,
    mean_test,
    no_test,
    pairs_of,
    shares_by_person,
)
from xaiwidgets.study._person_file import RATINGS
from xaiwidgets.study._statistics import (
    Alternative,
    MeanTest,
    compare_means,
    holm,
    needed_people,
    power_of,
    summary_of,
)
from xaiwidgets.tables import data_frame


@dataclass(frozen=True, eq=False, repr=False)
class StudyResult:
    """What the answers of a study say.

    Attributes
    ----------
    log : AnswerLog
    notes : tuple of str
        What was wrong with the files, who has not finished, which times are not known.
    """

    log: AnswerLog
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        shares = ", ".join(f"{each.arm} {each.accuracy} of {each.count}" for each in self.arms)
        return f"<StudyResult of {len(self.log.people)} people: {shares}>"

    @cached_property
    def arms(self) -> tuple[ArmResult, ...]:
        """What people answered in each arm that has an answer."""
        numbers = [arm for arm in range(len(self.log.arms)) if (self.log.arm == arm).any()]
        # An arm that nobody was in yet has no share: it is left out, and not counted as 0.
        return tuple(arm_result(self.log, arm) for arm in numbers)

    @cached_property
    def curves(self) -> Mapping[str, LearningCurve]:
        """How many answers were right up to each trial, by arm (CDeepEx, figure 5.8)."""
        return {self.log.arms[arm]: learning_curve(self.log, arm) for arm in self._present}

    @property
    def chance(self) -> float:
        """How often a guess is right."""
        return self.log.chance

    @cached_property
    def _present(self) -> tuple[int, ...]:
        return tuple(arm for arm in range(len(self.log.arms)) if (self.log.arm == arm).any())

    @cached_property
    def _shares(self) -> dict[int, tuple[NDArray[np.int64], Doubles]]:
        """The people of each arm, and their shares of right answers."""
        return {arm: shares_by_person(self.log, arm, self.log.right) for arm in self._present}

    def tests(self, alternative: Alternative = "greater") -> tuple[ArmPair, ...]:
        """Test each arm against those before it by the shares of right answers of people.

        Welch's t-test, or the paired one where the same people were in both arms (those only in
        one are left out then); corrected for their number after Holm.
        """
        pairs = list(pairs_of(self._present))
        # Of people's shares and not of answers: the answers of one person are not independent.
        results = [self._compare(later, earlier, alternative) for later, earlier in pairs]
        corrected = holm([test.pvalue for test in results])
        return tuple(
            ArmPair(
                self.log.arms[later],
                self.log.arms[earlier],
                test.pvalue,
                adjusted,
                test.method,
                difference_of_shares(test.difference),
            )
            for (later, earlier), test, adjusted in zip(pairs, results, corrected, strict=True)
        )

    def above_chance(self) -> Mapping[str, MeanTest]:
        """Test of each arm whether people are right more often than by guessing, one-sided."""
        return {
            self.log.arms[arm]: mean_test(shares, self.chance)
            # Of people, as everywhere: 20 answers of each of 15 people are not 300 independent
            # ones.
            for arm, (_, shares) in self._shares.items()
        }

    def response_times(self) -> tuple[ArmPair, ...]:
        """Test of each pair of arms whether people take another time, by their medians.

        Mann-Whitney, two-sided; Wilcoxon's signed ranks where the same people were in both.
        """
        pairs = list(pairs_of(self._present))
        results = [compare_times(self.log, later, earlier) for later, earlier in pairs]
        # Three pairs of arms are three chances to find something (CDeepEx, table 5.3, corrects
        # none).
        corrected = holm([pvalue for pvalue, _, _ in results])
        return tuple(
            ArmPair(self.log.arms[later], self.log.arms[earlier], pvalue, adjusted, method, apart)
            for (later, earlier), (pvalue, method, apart), adjusted in zip(
                pairs, results, corrected, strict=True
            )
        )

    def mcnemar(self) -> tuple[ArmPair, ...]:
        """Test each pair of arms by the items that the same people judged in both, two-sided.

        McNemar's exact test, of a study that is `crossed`; empty where nobody saw an item twice.
        It takes what one person says of several items for independent: where people differ, that
        of `tests` is the one to believe.
        """
        pairs = {pair: compare_items(self.log, *pair) for pair in pairs_of(self._present)}
        compared = [(pair, result) for pair, result in pairs.items() if result is not None]
        corrected = holm([pvalue for _, (pvalue, _) in compared])
        return tuple(
            ArmPair(
                self.log.arms[later], self.log.arms[earlier], pvalue, adjusted, "McNemar", apart
            )
            for ((later, earlier), (pvalue, apart)), adjusted in zip(
                compared, corrected, strict=True
            )
        )

    def power(self, n: int, arm: str | None = None, other: str | None = None) -> float:
        """Return how often `n` people a side would show the difference that was seen.

        Of two arms, by default the last and the first. It is the power for just that difference;
        of a study whose difference is not told from nothing it says little.
        """
        difference, deviations = self._effect(arm, other)
        return power_of(difference, deviations, whole("n", n))

    def needed(
        self, arm: str | None = None, other: str | None = None, power: float = 0.8
    ) -> int | None:
        """Return how many people a side show that difference with this power; None: too many."""
        difference, deviations = self._effect(arm, other)
        return needed_people(difference, deviations, power=power)

    def table(self) -> list[dict[str, Any]]:
        """Return a row for each arm, intervals as (low, high)."""
        rows = []
        for each in self.arms:
            row: dict[str, Any] = {"arm": each.arm, "people": each.people, "answers": each.count}
            for name in ("accuracy", "wilson", "precision", "recall", "f1", "seconds"):
                estimate: IntervalEstimate | None = getattr(each, name)
                row[name] = None if estimate is None else estimate.value
                row[f"{name}_interval"] = estimate and (estimate.low, estimate.high)
            # In every row, so that no accuracy is read without what guessing gives.
            rows.append({**row, "chance": self.chance})
        return rows

    def to_frame(self) -> Any:
        """Return the table as a pandas DataFrame."""
        return data_frame(self.table())

    def _compare(self, later: int, earlier: int, alternative: Alternative) -> MeanTest:
        (people, shares), (others, rest) = self._shares[later], self._shares[earlier]
        both, ours, theirs = np.intersect1d(people, others, return_indices=True)
        # Who was in both arms is compared with themselves, which leaves out how able they are.
        if len(both):
            return mean_test(shares[ours] - rest[theirs], 0.0, alternative, "paired")
        if min(len(shares), len(rest)) < 2:
            return no_test(float(shares.mean() - rest.mean()), "Welch", len(shares), len(rest))
        return compare_means(summary_of(shares), summary_of(rest), alternative)

    def _effect(self, arm: str | None, other: str | None) -> tuple[float, tuple[float, float]]:
        first, second = self.log.arms[self._present[-1]], self.log.arms[self._present[0]]
        sides = []
        for name in (arm or first, other or second):
            place = self.log.arms.index(name) if name in self.log.arms else -1
            if place not in self._shares:
                present = [self.log.arms[number] for number in self._present]
                raise InputError(f"there is no arm {name!r} with answers; there are {present}")
            sides.append(summary_of(self._shares[place][1]))
        # The spread between people as it was seen; how many there were does not matter for others.
        (mean, deviation, _), (base, spread, _) = sides
        return mean - base, (deviation, spread)


def analyse(log: str | Path | AnswerLog) -> StudyResult:
    """Return what the answers of a study say.

    Parameters
    ----------
    log : path or AnswerLog
        The folder that people answered into, the file of one of them, or what `simulate` returns.

    Raises
    ------
    DataError
        If there are no answers, or those of several studies.

    Examples
    --------
    >>> from xaiwidgets.study import Study, simulate
    >>> pictures = np.zeros((20, 4, 4), np.uint8)
    >>> study = Study(pictures, {"alone": None, "map": pictures}, "Which?", ("a", "b"),
    ...               truth=[0, 1] * 10)
    >>> result = analyse(simulate(study, 8, {"alone": 0.5, "map": 0.9}, seed=1))
    >>> [each.arm for each in result.arms if each.accuracy.excludes(result.chance)]
    ['map']
    """
    answers = log if isinstance(log, AnswerLog) else read_answers(log)
    if not len(answers):
        raise InputError("nobody has answered yet; there is nothing to analyse")
    return StudyResult(answers, (*answers.notes, *_shortcomings(answers)))


def _shortcomings(log: AnswerLog) -> Iterator[str]:
    counts = np.bincount(log.person, minlength=len(log.people))
    # Who stops early may be who finds it hard: those who are left would look better.
    if unfinished := int((counts < log.trials).sum()):
        people = len(log.people)
        yield f"{unfinished} of {people} people have not answered all {log.trials} questions"
    if unknown := int(np.isnan(log.seconds).sum()):
        times = "response time is" if unknown == 1 else "response times are"
        yield f"{unknown} {times} not known (the page was loaded anew) and left out"


def rating_counts(result: StudyResult) -> Mapping[str, tuple[int, ...]]:
    """Return how often each arm was given each rating, from 1 to 5 (CDeepEx, figure 5.9)."""
    return {
        each.arm: tuple(each.ratings.count(rating) for rating in range(1, len(RATINGS) + 1))
        for each in result.arms
    }
