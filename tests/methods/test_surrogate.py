"""The surrogate of the Shapley estimator, and how it learns which players matter."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods.test_estimation import by_definition
from xaiwidgets.methods import _regression
from xaiwidgets.methods._estimation import shapley
from xaiwidgets.methods._learning import MarginalLikelihood
from xaiwidgets.methods._regression import Regression
from xaiwidgets.methods._surrogate import PLAIN, Hyperparameters, Prior, inverse

LEARNT = Hyperparameters(3.0, 0.2, (0.4, 0.7), 0.01, (0.2, 3.0, 1.0, 0.5, 1.5))


@pytest.mark.parametrize(
    ("players", "by"), [(1, PLAIN), (2, PLAIN), (5, PLAIN), (6, PLAIN), (5, LEARNT)]
)
def test_prior_knows_the_shapley_values_of_its_covariances(players, by):
    prior = Prior(players, np.random.default_rng(0).normal(size=(players, 2)))
    centre = np.where(np.random.default_rng(1).random((1, players)) < 0.5, 1.0, -1.0)

    def game(s):
        return prior.covariance(np.where(s, 1.0, -1.0), centre, by)[:, 0]

    expected = by_definition(game, players)
    np.testing.assert_allclose(prior.shapley(centre, by)[0], expected, atol=1e-12)


def test_relevance_of_one_is_the_plain_prior():
    prior, x = Prior(4), signs(9, 4)
    ones = Hyperparameters(relevance=(1.0,) * 4)
    np.testing.assert_allclose(prior.covariance(x, x, ones), prior.covariance(x, x))


def test_players_at_one_place_lie_nowhere():
    assert Prior(3, np.zeros((3, 2))).near is None


def test_inverse():
    rows = np.random.default_rng(0).normal(size=(20, 5))
    np.testing.assert_allclose(inverse(rows.T @ rows) @ (rows.T @ rows), np.eye(5), atol=1e-10)


def signs(count, players, seed=0):
    return np.where(np.random.default_rng(seed).random((count, players)) < 0.5, 1.0, -1.0)


def evidence(game, count=96, players=10):
    """Pairs of a game, the first of them the grand coalition's."""
    x = signs(count, players)
    x[0] = 1
    size = np.minimum((x > 0).sum(1), (x < 0).sum(1))
    return MarginalLikelihood(Prior(players), x, (game(x) - game(-x)) / 2, size)


def three_of_ten(x):
    return np.tanh(x[:, 0] + x[:, 1] * x[:, 2] + x[:, 2]) + 0.2 * x[:, 0] * x[:, 1] * x[:, 2]


def test_likelihood_has_the_gradient_of_its_differences():
    learn = evidence(three_of_ten, 30)
    at = np.random.default_rng(2).normal(scale=0.4, size=15) - np.eye(15)[1] - 2 * np.eye(15)[4]
    steps = 1e-5 * np.eye(15)
    differences = [
        (learn.gradient(at + step)[0] - learn.gradient(at - step)[0]) / 2e-5 for step in steps
    ]
    value, gradient = learn.gradient(at)
    np.testing.assert_allclose(gradient, differences, rtol=1e-4, atol=1e-6)
    linear, cubic, sharp, broad, noise, *relevance = np.exp(at)
    by = Hyperparameters(linear, cubic, (sharp, broad), noise, tuple(relevance))
    assert value == pytest.approx(learn.likelihood(by))


def test_players_that_matter_are_told_from_others():
    by = evidence(three_of_ten).learnt()
    assert min(by.relevance[:3]) > 4 * max(by.relevance[3:])


def test_noise_teaches_nothing():
    rng = np.random.default_rng(0)
    assert evidence(lambda x: rng.normal(size=len(x))).learnt().relevance is None


def test_all_but_linear_games_are_taught_a_large_linear_term():
    assert evidence(lambda x: x.sum(1) + 1e-3 * three_of_ten(x)).plain().linear > 1e3


def test_a_fold_is_not_taught_by_its_own_pairs():
    learn = evidence(three_of_ten, 300)
    masks, share = learn.x > 0, np.full(300, 0.2)
    odd = learn.h.copy()
    draws = Regression.of(Prior(10), 1.0)
    before = draws.add(masks, odd, share).training
    own = np.flatnonzero(before.pairs.fold[1:] == 0)
    odd[own] += np.random.default_rng(0).normal(size=len(own))
    after = draws.add(masks, odd, share).training
    assert before.lesson.first == after.lesson.first
    assert before.lesson.second != after.lesson.second
    assert before.lesson.first.relevance is not None


def test_a_fit_has_no_two_long_pieces_in_one_step(monkeypatch):
    learn, pieces = evidence(three_of_ten, 300), []

    def noted(owner, name):
        function = getattr(owner, name)
        noting = lambda *args: pieces.append(name) or function(*args)  # noqa: E731
        monkeypatch.setattr(owner, name, noting)

    draws = Regression.of(Prior(10), 1.0).add(learn.x > 0, learn.h, np.full(300, 0.2))
    noted(_regression, "inverse")
    noted(MarginalLikelihood, "learnt")
    noted(Prior, "shapley")
    counts = []
    for _ in draws.fit():
        counts.append(len(pieces))
        pieces.clear()
    assert max(counts) == 1
    assert len(pieces) == 1  # the second surrogate's own values, after the last step
    pieces.clear()
    assert np.isfinite(draws.solve().error).all()
    assert not pieces, "what is fitted is not fitted again"


def test_a_game_of_few_players_that_matter_is_learnt_sooner(monkeypatch):
    def game(s):
        return three_of_ten(np.where(s, 1.0, -1.0))

    def error():
        got = shapley(game, 10, budget=300, batch=300).run()
        return np.linalg.norm(got.values - truth)

    truth = shapley(game, 10, budget=1024, batch=1024).run().values
    learnt = error()
    monkeypatch.setattr("xaiwidgets.methods._regression.LESSONS", (10**9,))
    assert learnt < error() / 3
