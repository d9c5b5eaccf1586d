"""Risk-coverage curves and their areas: by hand, by brute force over ties, by resampling."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from xaiwidgets.errors import InputError
from xaiwidgets.reliability import LARGEST, aurc, auroc_difference, compare_scores, risk_coverage_of
from xaiwidgets.reliability._risk_coverage import resampled_aurc


def sample(count: int = 200, seed: int = 0) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    wrong = random.random(count) < 0.2
    return np.round(random.normal(size=count) + wrong, 1), wrong


def plain_area(scores: Any, wrong: Any) -> float:
    """The mean risk, the least suspicious first; without ties."""
    return float(
        np.mean([wrong[np.argsort(scores)][:kept].mean() for kept in range(1, len(wrong) + 1)])
    )


def test_a_curve_worked_out_by_hand() -> None:
    curve = risk_coverage_of("x", [3.0, 1.0, 2.0, 4.0], [False, False, True, True])
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert curve.area.value == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert curve.random == 0.5
    assert curve.best == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert curve.area.low <= curve.area.value <= curve.area.high
    assert "RiskCoverage(x, AURC 0.333" in repr(curve)


def test_ties_count_as_the_mean_over_their_orders() -> None:
    scores = np.array([0.0, 1, 1, 1, 2, 2, 3])
    wrong = np.array([True, False, True, False, True, False, False])
    areas = []
    for first in itertools.permutations([1, 2, 3]):
        for second in itertools.permutations([4, 5]):
            order = [0, *first, *second, 6]
            risks = [wrong[order][:kept].mean() for kept in range(1, 8)]
            areas.append(np.mean(risks))
    assert aurc(scores, wrong) == pytest.approx(np.mean(areas))
    curve = risk_coverage_of("x", scores, wrong)
    assert curve.risk.mean() == pytest.approx(np.mean(areas))


def test_the_area_is_the_mean_of_the_risks() -> None:
    random = np.random.default_rng(3)
    scores, wrong = random.random(50), random.random(50) < 0.3
    assert aurc(scores, wrong) == pytest.approx(plain_area(scores, wrong))
    assert aurc(np.zeros(50), wrong) == pytest.approx(wrong.mean())


def test_resamples_are_of_predictions_and_the_same_for_all_scores() -> None:
    scores, wrong = sample(30)
    areas = resampled_aurc({"x": scores, "y": scores, "z": -scores}, wrong, 0, 50)
    assert np.array_equal(areas["x"], areas["y"])
    assert not np.array_equal(areas["x"], areas["z"])
    # What is drawn several times stands several times among those that tie with it.
    draw = np.random.default_rng(0).multinomial(30, np.full(30, 1 / 30), size=50)
    for weights, area in zip(draw[:10], areas["x"], strict=False):
        rows = np.repeat(np.arange(30), weights)
        assert area == pytest.approx(aurc(scores[rows], wrong[rows]))


def test_intervals_hold_the_area_of_more_predictions() -> None:
    many, truth = sample(100_000, 1)
    area, held = aurc(many, truth), 0
    for seed in range(60):
        rows = np.random.default_rng(seed).choice(len(many), 150)
        interval = risk_coverage_of("x", many[rows], truth[rows], seed=seed).area
        held += interval.low <= area <= interval.high
    assert 51 <= held <= 60


def test_curves_can_be_drawn_beside_each_other() -> None:
    scores, wrong = sample()
    curve = risk_coverage_of("x", scores, wrong, {"y": -scores})
    axis = curve.plot().axes[0]
    assert len(axis.lines) == 3
    assert np.allclose(axis.lines[0].get_ydata(), curve.risk)
    assert np.allclose(axis.lines[1].get_ydata(), curve.beside["y"].risk)
    assert axis.lines[2].get_ydata()[0] == pytest.approx(wrong.mean())
    assert curve.area.value < curve.random < curve.beside["y"].area.value


def test_scores_that_are_none_are_refused() -> None:
    for scores in ([0.0, 1.0], [0.0, np.nan, 1.0], [[0.0, 1.0, 2.0]]):
        with pytest.raises(InputError, match="give a finite one for each of 3 predictions"):
            risk_coverage_of("x", scores, [True, False, False])
    with pytest.raises(InputError, match="x: there is no prediction"):
        risk_coverage_of("x", [], [])


# --- the table ---------------------------------------------------------------------------------


def test_leads_are_paired_and_joint() -> None:
    scores, wrong = sample(800)
    noise = 2 * np.random.default_rng(5).normal(size=800)
    table = compare_scores({LARGEST: scores + noise, "good": scores, "bad": noise}, wrong)
    assert [row.name for row in table.rows] == ["good", LARGEST, "bad"]
    lead = auroc_difference(scores, scores + noise, wrong)
    found = table["good"].auroc_lead
    assert found.value == pytest.approx(lead.value)
    # Of two leads each has 97.5 %, so that both hold with 95 %.
    assert found.high - found.value == pytest.approx(2.2414 * lead.standard_error, rel=1e-4)
    assert table["good"].aurc_lead.value == pytest.approx(
        aurc(scores + noise, wrong) - aurc(scores, wrong)
    )
    own = table[LARGEST]
    assert (own.auroc_lead.value, own.auroc_lead.low, own.auroc_lead.high) == (0, 0, 0)
    assert (own.aurc_lead.value, own.aurc_lead.low, own.aurc_lead.high) == (0, 0, 0)
    assert table["bad"].auroc_lead.value < 0 < table["good"].auroc_lead.value
    assert table["bad"].aurc_lead.value < 0 < table["good"].aurc_lead.value
    assert table.random_aurc == pytest.approx(wrong.mean())
    assert table.best_aurc == aurc(1.0 * wrong, wrong)
    assert (table.count, table.wrong_count, table.against) == (800, int(wrong.sum()), LARGEST)
    assert table.verdict.startswith(f"Better than '{LARGEST}' on these 800 predictions: good (+0.")
    assert "bad" not in table.verdict


def test_a_lead_is_surer_than_two_areas_apart() -> None:
    scores, wrong = sample(300)
    table = compare_scores({LARGEST: scores, "much alike": scores + 0.01 * wrong}, wrong)
    row = table["much alike"]
    assert row.auroc_lead.high - row.auroc_lead.low < 0.2 * (row.auroc.high - row.auroc.low)
    assert row.aurc_lead.high - row.aurc_lead.low < 0.2 * (row.aurc.high - row.aurc.low)


@pytest.mark.slow
def test_chance_is_rarely_called_better() -> None:
    calls = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        wrong = np.arange(120) < 30
        table = compare_scores({LARGEST: random.random(120), "a": random.random(120)}, wrong)
        calls += table.verdict.startswith("Better")
    assert calls <= 6
    assert table["a"].auroc.low < 0.5 < table["a"].auroc.high


def test_the_table_as_a_frame() -> None:
    scores, wrong = sample()
    frame = compare_scores({LARGEST: scores, "other": -scores}, wrong).to_frame()
    assert frame["score"].tolist() == [LARGEST, "other"]
    assert frame["auroc low"][0] < frame["auroc"][0] < frame["auroc high"][0]
    assert frame["aurc_lead high"][1] < 0


def test_tables_that_are_none_are_refused() -> None:
    scores, wrong = sample()
    with pytest.raises(InputError, match="against is '1 - largest probability'; use one of x"):
        compare_scores({"x": scores}, wrong)
    with pytest.raises(InputError, match="all 200 predictions are right"):
        compare_scores({LARGEST: scores}, np.zeros(200, bool))
    with pytest.raises(InputError, match="x: scores are"):
        compare_scores({LARGEST: scores, "x": scores[:3]}, wrong)
    with pytest.raises(InputError, match="there is no score 'x'; use 1 - largest"):
        compare_scores({LARGEST: scores}, wrong)["x"]
