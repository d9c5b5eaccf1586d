"""What comes when the training of a surrogate is full only corrects it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods.test_estimation import by_definition, third_order
from xaiwidgets.methods import _regression
from xaiwidgets.methods._estimation import shapley
from xaiwidgets.methods._regression import Regression
from xaiwidgets.methods._surrogate import Prior
from xaiwidgets.steps import run


@pytest.mark.slow
def test_later_pairs_correct_a_full_training_set(monkeypatch):
    monkeypatch.setattr("xaiwidgets.methods._regression.TRAINING", 40)
    game = third_order(9, 2)
    truth = by_definition(game, 9)
    found = [run(shapley(game, 9, budget=400, seed=seed, batch=64)) for seed in range(30)]
    error = np.std([e.unbiased for e in found], axis=0, ddof=1) / np.sqrt(30)
    assert (np.abs(np.mean([e.unbiased for e in found], axis=0) - truth) < 4 * error).all()
    covered = [np.abs(e.values - truth) <= 2 * e.standard_error for e in found]
    assert np.mean(covered) > 0.88
    assert run(shapley(game, 9, budget=512)).exact
    assert all(np.array_equal(e.values, e.unbiased) for e in found)  # the surrogate is stale
    few = run(shapley(game, 9, budget=60, batch=64))
    assert not np.array_equal(few.values, few.unbiased)


def test_one_later_pair_off_the_line_ends_the_least_squares(monkeypatch):
    monkeypatch.setattr("xaiwidgets.methods._regression.TRAINING", 20)
    slopes, rng = np.arange(1.0, 7), np.random.default_rng(0)

    def pairs(count):
        masks = rng.permuted(np.tile(np.arange(6) < 2, (count, 1)), axis=1)
        return masks, np.where(masks, 1.0, -1.0) @ slopes

    regression = Regression.of(Prior(6), slopes.sum()).add(*pairs(30), np.full(30, 0.5))
    on_line = regression.solve()
    np.testing.assert_allclose(on_line.values, 2 * slopes, atol=1e-9)
    masks, odd = pairs(1)
    bent = regression.add(masks, odd + 1, [0.5])
    assert bent.curved and not regression.curved
    assert bent.add(*pairs(1), [0.5]).curved
    assert bent.solve().error.max() > 1e-3 > on_line.error.max()


def test_no_step_fits_both_surrogates(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    slopes = rng.normal(size=30)
    fits: list[int] = []
    fit = _regression._Training._fit
    monkeypatch.setattr(
        _regression._Training, "_fit",
        lambda training, by: fits.append(len(training.pairs.x)) or fit(training, by),
    )  # fmt: skip
    large = []
    for step in shapley(lambda s: np.sin(3 * (s @ slopes)), 30, budget=2400, batch=64):
        large.append(sum(pairs >= 500 for pairs in fits))
        fits.clear()
        step.preview  # noqa: B018  somebody looks
    assert max(large) == 1
    assert sum(large) > 4
