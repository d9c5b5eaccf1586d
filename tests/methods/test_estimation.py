"""The Shapley estimator against hand-worked games, Shapley's formula, Captum, and itself."""

from __future__ import annotations

from itertools import combinations
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaiwidgets.errors import InputError
from xaiwidgets.methods._estimation import shapley
from xaiwidgets.methods._solution import Solution
from xaiwidgets.steps import run


def by_definition(value, players):
    """Equation 2 of i-Algebra, coalition by coalition."""
    values = np.zeros(players)
    for player in range(players):
        others = [p for p in range(players) if p != player]
        for size in range(players):
            share = factorial(size) * factorial(players - size - 1) / factorial(players)
            for chosen in combinations(others, size):
                masks = np.zeros((2, players), dtype=bool)
                masks[:, list(chosen)] = True
                masks[1, player] = True
                values[player] += share * np.diff(value(masks))[0]
    return values


def in_one_go(value, players):
    """The same, from all coalitions at once."""
    masks = (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)
    size = masks.sum(1, keepdims=True)
    count = np.array([comb(players, k) for k in range(players + 1)])[size]
    joined, apart = np.maximum(size, 1) * count, np.maximum(players - size, 1) * count
    return value(masks) @ np.where(masks, 1 / joined, -1 / apart)


def third_order(players, seed):
    rng = np.random.default_rng(seed)
    alone, three = rng.normal(size=players), rng.normal(size=(players,) * 3) / players
    return lambda s: s @ alone + np.einsum("bi,bj,bk,ijk->b", *[s.astype(float)] * 3, three)


def pairwise(players, seed):
    """A game of interactions of two, and its Shapley values: half of each to either."""
    two = np.random.default_rng(seed).normal(size=(players, players))
    values = (two.sum(0) + two.sum(1)) / 2
    return lambda s: np.einsum("bi,bj,ij->b", *[s.astype(float)] * 2, two) + 3.0, values


def network(players, seed):
    rng = np.random.default_rng(seed)
    into, shift, out = rng.normal(size=(players, 8)), rng.normal(size=8) / 3, rng.normal(size=8)
    return lambda s: np.tanh(2 * (s @ into / np.sqrt(players) + shift)) @ out


def majority(players, seed):
    votes = np.random.default_rng(seed).random(players)
    return lambda s: (s @ votes > 0.6 * votes.sum()).astype(float)


# Known answers


def test_gloves():
    """Two left gloves and a right one: a pair is worth 1 (Shapley 1953: 1/6, 1/6, 4/6)."""
    estimate = run(shapley(lambda s: (s[:, 0] | s[:, 1]) & s[:, 2], 3, budget=8))
    np.testing.assert_allclose(estimate.values, [1 / 6, 1 / 6, 4 / 6])
    assert estimate.exact
    assert estimate.evaluations == 8
    assert not estimate.standard_error.any()


@pytest.mark.parametrize("players", [1, 2, 3, 6, 9])
@pytest.mark.parametrize("batch", [1, 7, 16])
def test_exact_when_all_coalitions_fit(players, batch):
    game = third_order(players, 0)
    estimate = run(shapley(game, players, budget=2**players, batch=batch))
    np.testing.assert_allclose(estimate.values, by_definition(game, players), atol=1e-12)
    assert estimate.exact
    assert estimate.evaluations == 2**players == len(np.unique(estimate.coalitions, axis=0))


@pytest.mark.parametrize("players", [5, 10, 20, 49])
@pytest.mark.parametrize("more", [0, 1, 2, 5])
@pytest.mark.parametrize("seed", range(3))
def test_pairwise_games_are_exact_after_a_permutation_there_and_back(players, more, seed):
    game, values = pairwise(players, 0)
    estimate = run(shapley(game, players, budget=2 * players + more, seed=seed))
    np.testing.assert_allclose(estimate.values, values, atol=1e-9)
    assert estimate.evaluations == 2 * players + more
    assert not estimate.exact


@pytest.mark.parametrize("players", [10, 20, 49])
def test_pairwise_games_are_known_as_such_a_little_later(players):
    game, values = pairwise(players, 0)
    estimate = run(shapley(game, players, budget=2 * players + 12))
    np.testing.assert_allclose(estimate.values, values, atol=1e-9)
    assert estimate.standard_error.max() < 1e-9


def test_a_permutation_there_and_back_is_unbiased():
    game = third_order(8, 1)
    truth = in_one_go(game, 8)
    found = [run(shapley(game, 8, budget=16, seed=seed)).unbiased for seed in range(200)]
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - truth) < 4 * error).all()
    assert np.isinf(run(shapley(game, 8, budget=16)).standard_error).all()


def test_a_budget_raised_after_the_permutation_goes_on():
    game, budget = third_order(9, 1), [18]
    steps = shapley(game, 9, budget=lambda: budget[0])
    for step in steps:
        budget[0] = 300 if step.done >= 10 else 18
        last = step.preview
    assert last.evaluations == 300
    assert np.abs(last.values - in_one_go(game, 9)).max() < 6 * last.standard_error.max()


def test_pairwise_by_a_float32_network_too():
    game, values = pairwise(20, 0)
    estimate = run(shapley(lambda s: game(s).astype(np.float32), 20, budget=60))
    np.testing.assert_allclose(estimate.values, values, atol=1e-4)


@pytest.mark.parametrize("noise", [1e-6, 1e-4, 1e-2])
@pytest.mark.parametrize("budget", [48, 64, 256])
def test_a_little_noise_on_an_additive_game_stays_a_little(noise, budget):
    shares = np.cos(np.arange(16.0))
    rng = np.random.default_rng(0)

    def game(s):
        return s @ shares + noise * rng.standard_normal(len(s))

    found = run(shapley(game, 16, budget=budget))
    assert np.abs(found.values - shares).max() < 4 * noise
    assert found.standard_error.max() < 4 * noise


def test_agrees_with_captum():
    torch = pytest.importorskip("torch")
    captum = pytest.importorskip("captum.attr")
    game = third_order(5, 3)
    theirs = captum.ShapleyValues(lambda x: torch.from_numpy(game(x.numpy() > 0))).attribute(
        torch.ones(1, 5, dtype=torch.float64), baselines=0
    )
    np.testing.assert_allclose(run(shapley(game, 5, budget=32)).values, theirs[0], atol=1e-5)


# Estimates


@pytest.mark.slow
@pytest.mark.parametrize("positions", [None, [[i % 3, i // 3] for i in range(8)]])
@pytest.mark.parametrize("budget", [30, 100])
def test_unbiased(positions, budget):
    game = third_order(8, 1)
    truth = in_one_go(game, 8)
    found = [
        run(shapley(game, 8, budget=budget, seed=seed, positions=positions, batch=64)).unbiased
        for seed in range(80)
    ]
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - truth) < 4 * error).all()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [third_order, network, majority])
@pytest.mark.parametrize(("players", "budget"), [(8, 40), (10, 100), (12, 400)])
def test_two_standard_errors_cover(kind, players, budget):
    covered = []
    for seed in range(15):
        game = kind(players, seed)
        truth = in_one_go(game, players)
        got = run(shapley(game, players, budget=budget, seed=seed, batch=64))
        covered.append(np.abs(got.values - truth) <= 2 * got.standard_error + 1e-12)
    assert 0.88 <= np.mean(covered) <= 0.995


@pytest.mark.slow
@pytest.mark.parametrize("budget", [128, 256, 512])
def test_errors_count_that_few_pairs_are_left_to_draw(budget):
    """Of 512 pairs, many are drawn twice: seen already, they look as if nothing was missed."""
    covered = []
    for seed in range(25):
        game = network(10, seed)
        got = run(shapley(game, 10, budget=budget, seed=seed, batch=64))
        covered.append(np.abs(got.unbiased - in_one_go(game, 10)) <= 2 * got.standard_error)
    assert 0.9 <= np.mean(covered) <= 0.99


def test_values_are_nearer_than_unbiased_ones_where_little_has_been_seen():
    errors = []
    for seed in range(12):
        game = network(10, seed)
        got = run(shapley(game, 10, budget=26, seed=seed, batch=64))
        truth = in_one_go(game, 10)
        errors.append([np.linalg.norm(v - truth) for v in (got.values, got.unbiased)])
    shown, unbiased = np.sum(errors, axis=0)
    assert shown < 0.95 * unbiased


@pytest.mark.parametrize(
    ("error", "values"),
    [
        (0, [3, 1]),
        (1, [2.5, 1.5]),
        (np.sqrt(2), [2, 2]),
        (2, [1, 3]),
        (9, [1, 3]),
        (np.inf, [3, 1]),
    ],
)
def test_unbiased_values_are_drawn_to_smooth_ones_by_their_error(error, values):
    # They are 8 apart, squared: errors of 1 each take 2 / 8 of the way, and of 2 each all of it.
    # Where the error is not known, nothing does.
    solution = Solution(np.array([3.0, 1.0]), np.full(2, error), np.array([1.0, 3.0]), False)
    np.testing.assert_allclose(solution.values, values)


def test_nearer_than_antithetic_permutations():
    ours, theirs = [], []
    for seed in range(10):
        game, rng = network(10, seed), np.random.default_rng(seed)
        truth = in_one_go(game, 10)
        ours.append(run(shapley(game, 10, budget=200, seed=seed)).values - truth)
        gains = []
        for _ in range(11):
            rank = rng.permutation(10)
            for order in (rank, 9 - rank):
                chain = order < np.arange(11)[:, None]
                gains.append(np.diff(chain.astype(float), axis=0).T @ np.diff(game(chain)))
        theirs.append(np.mean(gains, axis=0) - truth)
    assert np.linalg.norm(ours) < 0.7 * np.linalg.norm(theirs)


def test_positions_help_where_neighbours_act_together():
    grid = np.stack(np.meshgrid(range(5), range(5)), -1).reshape(-1, 2)
    near = np.exp(-np.square(grid[:, None] - grid).sum(-1) / 2)

    def game(s):
        return np.tanh(s @ near / 2 - 1) @ np.cos(np.arange(25))

    truth = run(shapley(game, 25, budget=3000)).values
    error = {
        known: np.mean(
            [
                np.linalg.norm(
                    run(shapley(game, 25, budget=150, seed=s, positions=p)).values - truth
                )
                for s in range(5)
            ]
        )
        for known, p in {"near": grid, "nowhere": None}.items()
    }
    assert error["near"] < error["nowhere"]


# Progress


@settings(max_examples=40)
@given(
    players=st.integers(1, 12),
    budget=st.integers(2, 90),
    batch=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_every_preview_sums_and_stays_in_budget(players, budget, batch, seed):
    sizes = []

    def game(s):
        sizes.append(len(s))
        return np.sin(s @ np.arange(1.0, players + 1)) + 5

    steps = list(shapley(game, players, budget=budget, batch=batch, seed=seed))
    for step in steps:
        got = step.preview
        assert abs(got.values.sum() - (got.full - got.empty)) < 1e-10
        assert step.done == got.evaluations
        assert (got.standard_error >= 0).all()
    assert len(steps) == len(sizes)  # a step is one call of the game
    assert max(sizes) <= max(batch, 2)
    assert sum(sizes) == steps[-1].done == min(budget, 2**players)


def test_first_map_within_60_evaluations():
    first = next(p for p in shapley(network(49, 0), 49, budget=800) if p.done > 2)
    assert first.done <= 60
    assert np.isfinite(first.preview.standard_error).all()


def test_two_evaluations_are_shared_evenly_and_say_nothing():
    estimate = run(shapley(lambda s: s.sum(1) ** 2.0, 4, budget=2))
    np.testing.assert_allclose(estimate.values, 4)
    assert np.isinf(estimate.standard_error).all()


def test_same_for_a_seed_and_for_any_batch():
    game = network(12, 0)
    ours = [run(shapley(game, 12, budget=301, seed=1, batch=b)) for b in (1, 5, 64)]
    for other in ours[1:]:
        np.testing.assert_allclose(other.values, ours[0].values, atol=1e-9)
        np.testing.assert_allclose(other.standard_error, ours[0].standard_error, atol=1e-9)
        np.testing.assert_array_equal(other.coalitions, ours[0].coalitions)
    assert not np.allclose(run(shapley(game, 12, budget=301, seed=2)).values, ours[0].values)


def test_what_was_asked_is_kept_and_nothing_twice():
    game = network(12, 0)
    estimate = run(shapley(game, 12, budget=500))
    assert len(np.unique(estimate.coalitions, axis=0)) == 500 == estimate.evaluations
    np.testing.assert_allclose(game(estimate.coalitions), estimate.outputs)


def test_budget_is_live():
    budget = [40]
    steps = shapley(network(20, 0), 20, budget=lambda: budget[0], batch=8)
    seen = []
    for step in steps:
        seen.append((step.done, step.total))
        if step.done >= 34 and budget[0] == 40:
            budget[0] = 120
        elif step.done >= 90:
            budget[0] = 60
    assert seen[-1] == (90, 120)


def test_budget_may_be_a_float():
    assert run(shapley(network(9, 0), 9, budget=37.5)).evaluations == 37


def test_a_raised_budget_can_make_it_exact():
    game, budget = network(6, 0), [20]
    steps = shapley(game, 6, budget=lambda: budget[0])
    next(steps)
    budget[0] = 64
    np.testing.assert_allclose(run(steps).values, by_definition(game, 6), atol=1e-12)


def test_global_randomness_untouched():
    before = np.random.get_state()[1].copy()
    run(shapley(network(8, 0), 8, budget=60))
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_a_game_may_write_on_its_masks():
    def game(s):
        value = s.sum(1).astype(float) ** 3
        s[:] = False
        return value

    np.testing.assert_allclose(run(shapley(game, 5, budget=32)).values, 25)


# Errors


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"players": 0}, "players is 0"),
        ({"players": 2.5}, "players is 2.5"),
        ({"budget": 1}, "budget is 1"),
        ({"budget": "many"}, "budget is 'many'"),
        ({"budget": float("nan")}, "budget is nan"),
        ({"batch": 0}, "batch is 0"),
        ({"positions": [[0, 0]]}, "positions has shape"),
        ({"value": lambda s: s.astype(float)}, "shape"),
        ({"value": lambda s: 1.0}, "shape"),
        ({"value": lambda s: np.full(len(s), np.nan)}, "NaN"),
        ({"value": lambda s: np.where(s.sum(1) == 1, np.inf, 1.0)}, "infinity"),
    ],
)
def test_errors_name_what_is_wrong(change, named):
    options = {"value": lambda s: s.sum(1), "players": 4, "budget": 12} | change
    with pytest.raises(InputError, match=named):
        run(shapley(options.pop("value"), options.pop("players"), **options))
