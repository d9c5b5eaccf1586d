from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests import models
from tests.algebra.helpers import game_of
from xaiwidgets import Attribution, Classifier, Comparison
from xaiwidgets.algebra import Surrogates, surrogates
from xaiwidgets.copies import Copies
from xaiwidgets.errors import InputError
from xaiwidgets.methods._attribution import Samples
from xaiwidgets.steps import run

SIDE = 12
X = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
LINEAR = Classifier(models.linear(3, SIDE))
SMALL = Classifier(models.small())


def both(model: Classifier, budget: int, grid: int = 4) -> tuple[Attribution, Surrogates]:
    found = model(X).explain(budget=budget, grid=grid, target=1)
    return found, run(surrogates(found))


def test_reading_evaluates_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    found = SMALL(X).explain(budget=200, grid=4)
    monkeypatch.setattr(Copies, "twin", None)
    monkeypatch.setattr(Copies, "private", None)
    assert run(surrogates(found)).evaluations == found.evaluations == 200


def test_a_linear_network_is_fitted_by_its_own_weights() -> None:
    found, read = both(LINEAR, 400)
    assert np.allclose(read.linear.cells, found.cells, atol=0.02 * np.abs(found.cells).max())
    assert read.linear.r2 > 0.99
    assert read.linear.intercept == pytest.approx(found.baseline_output, abs=0.05)
    assert read.curves.r2 > 0.999


def test_the_linear_fit_weighs_coalitions_as_lime_does() -> None:
    """A quadratic game has no linear fit of its own: the weights decide. By hand, all of 2**6."""
    n = 6
    masks = ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(bool)
    scores = masks[:, 0] * masks[:, 1] * 4.0 + masks.sum(1) * 0.5
    distance = 1 - np.sqrt(masks.sum(1) / n)
    w = np.exp(-(distance**2) / (2 * 0.25**2))
    design = np.column_stack([np.ones(len(masks)), masks])
    expected = np.linalg.solve(design.T @ (w[:, None] * design), design.T @ (w * scores))
    blank = SMALL(X).explain(budget=64, grid=(2, 3))
    # Each coalition several times, so that what is held out is no other game.
    samples = Samples(np.tile(masks, (8, 1)), np.tile(scores, 8))
    read = run(surrogates(replace(blank, samples=samples)))
    assert np.allclose(read.linear.cells.ravel(), expected[1:], atol=0.15)


def test_a_tree_finds_the_rule_and_its_cells() -> None:
    masks = np.random.default_rng(0).random((400, 9)) < 0.5
    scores = np.where(masks[:, 4] & ~masks[:, 0], 5.0, 1.0)
    blank = SMALL(X).explain(budget=64, grid=3)
    tree = run(surrogates(replace(blank, samples=Samples(masks, scores)))).tree
    assert tree.r2 == 1.0
    best = tree.rules[0]
    assert best.value == pytest.approx(5.0)
    assert {"r2c2 present", "r1c1 absent"} == {str(c) for c in best.conditions}
    assert best.share == pytest.approx(0.25, abs=0.06)
    assert sum(rule.share for rule in tree.rules) == pytest.approx(1)
    assert str(best).startswith("if ")
    assert tree.cells[1, 1] > 0 > tree.cells[0, 0]
    assert np.count_nonzero(tree.cells) == 2


def test_rules_say_what_the_tree_says() -> None:
    found, read = both(SMALL, 300)
    assert found.samples is not None
    grid = found.samples.coalitions.reshape(-1, 4, 4)
    held = np.array(
        [
            np.all([grid[:, c.row, c.column] == c.present for c in rule.conditions], axis=0)
            for rule in read.tree.rules
        ]
    )
    assert (held.sum(axis=0) == 1).all(), "of every coalition just one rule tells"
    assert [r.value for r in read.tree.rules] == sorted(r.value for r in read.tree.rules)[::-1]


def test_curves_are_near_the_evaluated_ones_and_know_how_near() -> None:
    found, read = both(SMALL, 600, 5)
    order = np.argsort(-found.cells.ravel(), kind="stable")
    masks = np.zeros((26, 25), dtype=bool)
    for count in range(26):
        masks[count, order[:count]] = True
    game = game_of(SMALL(X), 5)
    for mask, curve, error in (
        (masks, read.curves.insertion, read.curves.insertion_error),
        (~masks, read.curves.deletion, read.curves.deletion_error),
    ):
        evaluated = game.logits(mask)[:, 1]
        spread = evaluated.max() - evaluated.min()
        assert np.abs(curve - evaluated).max() < 0.3 * spread
        assert (np.abs(curve - evaluated) <= 3 * error + 0.01 * spread).mean() > 0.8
        assert error[0] == error[-1] == 0
    assert read.curves.insertion_area > read.curves.deletion_area
    assert read.curves.r2 > 0.9


def test_areas_are_those_under_the_curves() -> None:
    found, read = both(LINEAR, 2**9, 3)
    shares = np.sort(found.cells.ravel())[::-1]
    rising = found.baseline_output + np.concatenate([[0], np.cumsum(shares)])
    area = ((rising[1:] + rising[:-1]) / 2).mean()
    assert math.isclose(read.curves.insertion_area, area, abs_tol=0.02 * np.ptp(rising))


def test_a_constant_score_is_no_error() -> None:
    blank = SMALL(X).explain(budget=64, grid=3)
    masks = np.random.default_rng(0).random((50, 9)) < 0.5
    read = run(surrogates(replace(blank, samples=Samples(masks, np.ones(50)))))
    assert np.allclose(read.linear.cells, 0)
    assert np.isfinite([read.linear.r2, read.tree.r2, read.curves.r2]).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"depth": 0}, "depth is 0"),
        ({"held_out": 1.0}, "held_out is 1.0"),
        ({"held_out": "half"}, "held_out is 'half'"),
        ({"held_out": 0.99}, "leaves 1 of 64 coalitions to fit; leave 10"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_wrong_arguments_are_explained(wrong: dict[str, float], words: str) -> None:
    found = SMALL(X).explain(budget=64, grid=3)
    with pytest.raises(InputError, match=words):
        run(surrogates(found, **wrong))  # type: ignore[arg-type]


def test_maps_without_coalitions_are_told_so() -> None:
    found = SMALL(X).explain(budget=64, grid=3)
    with pytest.raises(InputError, match=r"a Comparison is no map; .* \.maps\[0\]"):
        surrogates(Comparison((found, found)))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no coalitions"):
        run(surrogates(Attribution.from_json(found.to_json())))
    with pytest.raises(InputError, match="too few"):
        run(surrogates(SMALL(X).explain(budget=16, grid=2)))
