"""The tests that studies need, against what the papers print, scipy, and cases by hand."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from xaiwidgets import study
from xaiwidgets.errors import InputError

CONTROL, GCAM, CDEEPEX = (
    (9.714286, 1.637473, 15),
    (10.333333, 1.759329, 15),
    (10.666667, 1.588650, 15),
)


def welch_quietly(a: tuple[float, float, int], b: tuple[float, float, int]) -> study.MeanTest:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return study.welch(a, b)


@pytest.mark.parametrize(
    ("a", "b", "printed"),
    [(CDEEPEX, CONTROL, 0.0586), (GCAM, CONTROL, 0.1635), (CDEEPEX, GCAM, 0.2952)],
)
def test_welch_gives_the_pvalues_that_the_thesis_prints(
    a: tuple[float, float, int], b: tuple[float, float, int], printed: float
) -> None:
    assert welch_quietly(a, b).pvalue == pytest.approx(printed, abs=5e-5)


def test_welch_says_that_a_mean_cannot_be_one_of_fifteen_people() -> None:
    with pytest.warns(UserWarning, match=r"9\.714286 x 15 is not whole.*14 people fit"):
        test = study.welch(CDEEPEX, CONTROL)
    assert len(test.notes) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for honest in (GCAM, (3.4, 1.0, 12), (0.7123456789012345, 0.1, 15), (10, 1, 3)):
            study.welch(CDEEPEX, honest)


@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
def test_welch_is_scipys_on_data(alternative: study._statistics.Alternative) -> None:
    generator = np.random.default_rng(3)
    one, other = generator.normal(1, 1, 12), generator.normal(0, 2, 20)
    ours = study.welch(
        (one.mean(), one.std(ddof=1), 12), (other.mean(), other.std(ddof=1), 20), alternative
    )
    theirs = stats.ttest_ind(one, other, equal_var=False, alternative=alternative)
    assert ours.pvalue == pytest.approx(theirs.pvalue)
    assert ours.statistic == pytest.approx(theirs.statistic)
    assert ours.degrees == pytest.approx(theirs.df)
    both = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    assert (ours.difference.low, ours.difference.high) == pytest.approx((both.low, both.high))
    alone = study.one_sample((one.mean(), one.std(ddof=1), 12), 0.5, alternative)
    assert alone.pvalue == pytest.approx(
        stats.ttest_1samp(one, 0.5, alternative=alternative).pvalue
    )


def test_what_the_thesis_did_not_test_three_arms_at_chance() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pvalues = [study.one_sample(arm, 10).pvalue for arm in (CONTROL, GCAM, CDEEPEX)]
    assert pvalues == pytest.approx([0.745, 0.238, 0.063], abs=5e-4)
    printed = [0.0586, 0.1635, 0.2952]
    assert study.holm(printed) == pytest.approx([0.1758, 0.327, 0.327])


def test_holm_keeps_the_order_and_never_falls() -> None:
    assert study.holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert study.holm([0.9, 0.8]) == (1.0, 1.0)
    corrected = study.holm([0.02, math.nan])
    assert corrected[0] == 0.02 and math.isnan(corrected[1])
    assert study.holm([]) == ()


def test_power_is_what_simulation_gives() -> None:
    generator = np.random.default_rng(0)
    one, other = generator.normal(0.8, 1, (4000, 20)), generator.normal(0, 2, (4000, 20))
    pvalues = stats.ttest_ind(one, other, axis=1, equal_var=False, alternative="greater").pvalue
    assert study.power_of(0.8, (1, 2), 20) == pytest.approx((pvalues < 0.05).mean(), abs=0.02)
    needed = study.needed_people(1 / 3, (1.588650, 1.759329))
    assert needed == 314
    assert study.power_of(1 / 3, (1.588650, 1.759329), 313) < 0.8
    assert study.needed_people(-1, (1, 1)) is None
    assert study.needed_people(1e-6, (1, 1)) is None


def test_f1_and_mcnemar_by_hand() -> None:
    assert study.f1_of(0.609, 0.6343) == pytest.approx(0.6214, abs=5e-5)
    assert study.f1_of(0, 0) == 0
    assert study.mcnemar(0, 0) == 1
    assert study.mcnemar(1, 7) == pytest.approx(2 * 9 / 256)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((1, 2), "a is"),
        ((math.nan, 1, 5), "a is"),
        ((1, -1, 5), "standard deviation of -1"),
        ((1, 1, 1), "n = 1"),
        ((1, 1, 2.5), "n = 2.5"),
    ],
)
def test_what_is_no_summary_is_named(wrong: tuple[float, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        study.welch(wrong, CONTROL)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="alternative is 'larger'"):
        study.welch(GCAM, GCAM, "larger")  # type: ignore[arg-type]


def test_where_nobody_differs_nothing_is_decided() -> None:
    test = study.welch((5, 0, 4), (4, 0, 4))
    assert math.isnan(test.pvalue) and test.difference.value == 1
    assert not test.difference.excludes(0)
