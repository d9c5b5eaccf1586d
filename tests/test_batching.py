"""How many inputs go together follows what batches cost; fed with invented times."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaiwidgets.optimize._batching import FIRST_SIZE, LARGEST_SIZE, PATIENCE, Batching


def played(batching: Batching, cost: Callable[[int], float], times: int = 40) -> Batching:
    """Play batches of the size that is asked for; one takes what it costs."""
    for _ in range(times):
        batching = batching.after(batching.size, cost(batching.size), cost(batching.size))
    return batching


def test_it_begins_with_what_is_usually_good_and_fits() -> None:
    assert Batching.beginning(0.001).size == FIRST_SIZE
    assert Batching.beginning(0.2).size == 2
    assert Batching.beginning(3.0).size == 1
    assert Batching.beginning(0.0).size == FIRST_SIZE


@pytest.mark.parametrize(
    ("cost", "size"),
    [
        (lambda n: 0.01 * n, 4),  # nothing is gained
        (lambda n: 0.001 + 1e-5 * n, 128),  # each call costs the most
        (lambda n: 0.01 * n / min(n, 8) ** 0.5, 8),  # gains end at 8
        (lambda n: 0.01 * n * (1 if n < 8 else 0.94), 8),  # one of a twentieth counts
        (lambda n: 0.01 * n * (1 if n < 8 else 0.96), 4),
        (lambda n: 0.01 * n if n <= 4 else 0.02 * n, 4),  # the cache is full
        (lambda n: 0.04 * n / n**0.5, 64),  # the next might take more than half a second
    ],
)
def test_it_grows_while_an_evaluation_gets_cheaper(cost: Callable[[int], float], size: int) -> None:
    assert played(Batching(), cost).size == size


def test_the_first_batch_of_a_size_is_no_measurement() -> None:
    batching = Batching(4)
    # Each first one pays for what is made ready: ten times as much.
    for seconds in (0.4, 0.04, 0.5, 0.05):
        batching = batching.after(batching.size, seconds, seconds)
    assert batching.size == 16


def test_batches_of_other_sizes_teach_nothing() -> None:
    batching = Batching(8)
    assert batching.after(3, 9.0, 0.1) == batching
    assert batching.after(1, 9.0, 99.0) == batching


def test_waiting_is_not_cost_but_is_bounded() -> None:
    # A busy machine: each batch costs little and takes long.
    batching = Batching(4)
    for _ in range(2):
        batching = batching.after(4, 0.01, 0.3)
    assert (batching.size, batching.settled) == (4, False)
    assert batching.after(4, 0.01, 0.1).size == 8, "once the machine is less busy"
    assert batching.after(4, 0.01, 1.0).size == 2
    assert Batching(128, settled=True).after(128, 0.1, 64.0).size == 1


def test_a_moment_that_was_slow_is_made_up_for() -> None:
    def cost(size: int) -> float:
        return 0.001 + 1e-5 * size

    settled = played(Batching(), cost)
    assert settled.after(128, 0.001, 2.0).size == 32
    assert played(settled.after(128, 0.001, 2.0), cost).size > 64


def test_what_does_not_fit_in_memory_is_not_tried_again() -> None:
    batching = Batching(16).without_memory(16)
    assert (batching.size, batching.settled) == (8, True)
    assert Batching(1).without_memory(1).size == 1


@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.floats(0, 10), st.floats(0, 10)), min_size=1, max_size=50
    )
)
def test_sizes_stay_within_bounds(batches: list[tuple[int, float, float]]) -> None:
    batching = Batching()
    for count, cost, elapsed in batches:
        batching = batching.after(count, cost, elapsed)
        assert 1 <= batching.size <= LARGEST_SIZE


@given(st.floats(1e-5, 2), st.floats(0, 1))
def test_a_batch_does_not_outlast_patience(each: float, once: float) -> None:
    def cost(size: int) -> float:
        return once + each * size

    size = played(Batching.beginning(cost(1)), cost).size
    assert cost(size) <= PATIENCE or size == 1
    assert math.isfinite(cost(size))
