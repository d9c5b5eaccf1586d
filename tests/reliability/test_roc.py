"""ROC curves against scikit-learn, and DeLong's errors against resampling."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from xaiwidgets.errors import InputError
from xaiwidgets.reliability import Roc, auroc_difference, delong, roc_of


def sample(count: int = 400, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    random = np.random.default_rng(seed)
    wrong = random.random(count) < 0.2
    return np.round(random.normal(size=count) + wrong, 1), wrong  # rounded, so that there are ties


def test_the_area_is_scikit_learns() -> None:
    scores, wrong = sample()
    assert roc_of("x", scores, wrong).area == pytest.approx(roc_auc_score(wrong, scores))


def test_each_threshold_has_the_recalls_of_its_row() -> None:
    scores, wrong = sample()
    roc = roc_of("x", scores, wrong)
    for threshold, correct, caught in zip(
        roc.thresholds, roc.correct_recall, roc.wrong_recall, strict=True
    ):
        assert correct == pytest.approx((scores[~wrong] < threshold).mean())
        assert caught == pytest.approx((scores[wrong] >= threshold).mean())
        assert roc.at(threshold) == (correct, caught)
    for threshold in (*scores, *np.linspace(-4, 4, 101)):
        correct, caught = roc.at(threshold)
        assert correct == pytest.approx((scores[~wrong] < threshold).mean())
        assert caught == pytest.approx((scores[wrong] >= threshold).mean())
    assert (roc.correct_recall[0], roc.wrong_recall[0]) == (1, 0)
    assert (roc.correct_recall[-1], roc.wrong_recall[-1]) == (0, 1)


@pytest.mark.parametrize("wanted", [0.0, 0.3, 0.9, 0.98, 1.0])
def test_thresholds_reach_the_recall_that_is_wanted(wanted: float) -> None:
    scores, wrong = sample()
    roc = roc_of("x", scores, wrong)
    correct, caught = roc.at(roc.threshold(correct_recall=wanted))
    assert correct >= wanted
    assert caught == max(roc.wrong_recall[roc.correct_recall >= wanted])
    correct, caught = roc.at(roc.threshold(wrong_recall=wanted))
    assert caught >= wanted
    assert correct == max(roc.correct_recall[roc.wrong_recall >= wanted])


def test_balanced_recalls_are_close() -> None:
    scores, wrong = sample()
    roc = roc_of("x", scores, wrong)
    correct, caught = roc.at(roc.threshold())
    assert abs(correct - caught) < 0.03
    assert roc.threshold() == roc.threshold("balanced")


@pytest.mark.slow
def test_standard_errors_are_those_of_resampling() -> None:
    scores, wrong = sample()
    other = scores + np.random.default_rng(1).normal(size=len(scores))
    random = np.random.default_rng(2)
    areas, leads = [], []
    for _ in range(400):
        rows = random.integers(0, len(scores), len(scores))
        one, two = (roc_auc_score(wrong[rows], value[rows]) for value in (scores, other))
        areas.append(one)
        leads.append(one - two)
    assert delong({"x": scores}, wrong)[0]["x"].standard_error == pytest.approx(
        np.std(areas), rel=0.15
    )
    lead = auroc_difference(scores, other, wrong)
    assert lead.value == pytest.approx(roc_auc_score(wrong, scores) - roc_auc_score(wrong, other))
    assert lead.standard_error == pytest.approx(np.std(leads), rel=0.15)
    assert auroc_difference(scores, scores, wrong) == (0, 0)


def test_wrong_values_are_named() -> None:
    scores, wrong = sample()
    roc: Roc = roc_of("x", scores, wrong, {"y": -scores})
    assert roc.beside["y"].area == pytest.approx(1 - roc.area)
    for settings in ({"rule": "best"}, {"correct_recall": 1.2}, {"wrong_recall": "all"}):
        with pytest.raises(InputError):
            roc.threshold(**settings)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="correct_recall"):
        roc.threshold(correct_recall=0.9, wrong_recall=0.9)
    with pytest.raises(InputError, match="all 3 predictions are right"):
        roc_of("x", np.zeros(3), np.zeros(3, bool))
    with pytest.raises(InputError, match="finite"):
        roc_of("x", np.full(3, np.nan), np.array([True, False, False]))


def test_the_curves_can_be_drawn() -> None:
    scores, wrong = sample()
    assert len(roc_of("x", scores, wrong, {"y": -scores}).plot().axes[0].lines) == 3


def test_a_curve_and_its_area_worked_out_by_hand() -> None:
    scores, wrong = np.array([3.0, 2.0, 1.0, 2.0]), np.array([True, True, False, False])
    roc = roc_of("x", scores, wrong, {"y": -scores})
    assert roc.thresholds.tolist() == [4.0, 2.5, 1.5, 0.0]
    assert roc.correct_recall.tolist() == [1.0, 1.0, 0.5, 0.0]
    assert roc.wrong_recall.tolist() == [0.0, 0.5, 1.0, 1.0]
    assert (roc.right_count, roc.wrong_count) == (2, 2)
    # Of four pairs three are in order and one is a tie. Each prediction is above 1 or .75 of the
    # others, which differ by a variance of 1 / 32 for both kinds, of two each.
    assert roc.area == 3.5 / 4
    assert roc.standard_error == pytest.approx((1 / 32) ** 0.5)
    assert (roc.beside["y"].area, roc.beside["y"].name) == (0.5 / 4, "y")
    assert repr(roc) == "Roc(x, AUROC 0.875 ± 0.177)"
    above, below = roc.at(1e9), roc.at(-1e9)
    assert (above, below) == ((1.0, 0.0), (0.0, 1.0))
    # A score that is the threshold is called wrong.
    assert roc.at(2.0) == (0.5, 1.0)
    assert roc.threshold() == 2.5  # of two that are as balanced, the one that keeps more
    assert roc.threshold(correct_recall=0.5) == 1.5
    assert roc.threshold(wrong_recall=0.5) == 2.5
    assert auroc_difference(scores, -scores, wrong).value == 0.75
    alone, pairs = delong({"x": scores, "y": -scores}, wrong)
    assert pairs["y", "x"].value == -0.75
    # The second moves against the first, so that the errors add up.
    errors = alone["x"].standard_error + alone["y"].standard_error
    assert pairs["x", "y"].standard_error == pytest.approx(errors)


def test_errors_of_a_few_predictions_are_delongs_formula() -> None:
    right, false = np.array([0.0, 1.0, 2.0, 5.0]), np.array([1.5, 3.0, 4.0])
    above = (false[:, None] > right).astype(float)  # all pairs, none of them a tie
    variance = above.mean(1).var(ddof=1) / 3 + above.mean(0).var(ddof=1) / 4
    scores, wrong = np.concatenate([right, false]), np.arange(7) >= 4
    area = delong({"x": scores}, wrong)[0]["x"]
    assert area.value == pytest.approx(above.mean())
    assert area.standard_error == pytest.approx(variance**0.5)


def test_the_curve_is_drawn_as_what_is_caught_by_what_is_called_wrong() -> None:
    scores, wrong = sample()
    roc = roc_of("x", scores, wrong)
    axis = roc.plot().axes[0]
    assert np.allclose(axis.lines[0].get_xdata(), 1 - roc.correct_recall)
    assert np.allclose(axis.lines[0].get_ydata(), roc.wrong_recall)
    assert axis.get_legend().get_texts()[0].get_text() == f"x {roc.area:.3f}"
    assert axis.lines[-1].get_xydata().tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize("share", [-0.1, 1.1, True, "0.5"])
def test_recalls_are_shares(share: object) -> None:
    roc = roc_of("x", *sample())
    for name in ("correct_recall", "wrong_recall"):
        with pytest.raises(InputError, match=f"{name} is {share!r}; use a number of at least 0"):
            roc.threshold(**{name: share})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="give a finite one for each of 2 predictions"):
        roc_of("x", np.zeros(3), np.array([True, False]))
    with pytest.raises(InputError, match="all 3 predictions are wrong"):
        roc_of("x", np.zeros(3), np.ones(3, bool))
