"""Which trials count: the order of a search, where max_gain ends it, and a change of deltas."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
import torch

from tests.accountability.helpers import DIGITS, SMALL, TESTED, alike, found
from xaiwidgets.accountability import SearchResult, _scheduler, _training, search
from xaiwidgets.accountability._sequence import TrialSequence
from xaiwidgets.accountability._trial import BASELINE, Trial, TrialId, iterate_leaders
from xaiwidgets.work import Budget, run

DELTAS = (0.005, 0.002)


def trial(delta: float | None, number: int, gain: float) -> Trial:
    return Trial(delta, number, 0.5 + gain, None, 1.0 - gain, 0.1, False, gain, 1.0)


def in_sequence(result: SearchResult) -> list[Trial]:
    """Return all trials that were trained, in the order of the search; written out by hand."""
    trials = [*result.trials, *result.surplus_trials]
    return sorted(trials, key=lambda one: (one.number, DELTAS.index(one.delta or 0.0)))


def test_deltas_take_turns() -> None:
    sequence = TrialSequence("shift", (0.2, 0.1))
    assert [*sequence.iterate(2)] == [(0.2, 1), (0.1, 1), (0.2, 2), (0.1, 2)]
    assert [*islice(sequence.iterate(None), 5)][-1] == (0.2, 3)
    again = TrialSequence("reseed", (0.2, 0.1))
    assert [*again.iterate(2)] == [(None, 1), (None, 2), (None, 3), (None, 4)]
    for strategy in ("shift", "reseed"):
        assert [*TrialSequence(strategy, ()).iterate(None)] == []


@pytest.mark.parametrize("seed", range(20))
def test_what_counts_ends_with_the_first_that_gains_enough(seed: int) -> None:
    draw = random.Random(seed)
    sequence = TrialSequence("shift", DELTAS)
    # Some are missing: on an executor trials do not end in order.
    ids = [one for one in sequence.iterate(6) if draw.random() < 0.8]
    trials = [trial(*one, draw.uniform(-0.1, 0.1)) for one in ids]
    strangers = [trial(0.4, 2, 0.5), trial(0.9, 1, 0.5), trial(0.9, 7, -0.2)]
    for max_gain in (None, 0.02, 0.05, 0.5):
        expected = []
        for one in trials:
            expected.append(one)
            if max_gain is not None and one.gain >= max_gain:
                break
        mixed = [*trials, *strangers]
        draw.shuffle(mixed)
        kept, surplus = sequence.split(mixed, max_gain)
        expected.sort(key=lambda one: (-(one.delta or 0), one.number))
        assert list(kept) == [*expected, *strangers]
        assert {*kept, *surplus} == {*mixed} and not {*kept} & {*surplus}


@pytest.mark.parametrize("seed", range(20))
def test_the_best_of_the_first_trials_is_a_leader(seed: int) -> None:
    draw = random.Random(seed)
    trials = [trial(d, n, draw.choice([-0.1, 0.0, 0.1, 0.2])) for n in range(1, 8) for d in DELTAS]
    leaders = {one.id for one in iterate_leaders(draw.sample(trials, len(trials)))}
    for deltas in (DELTAS, DELTAS[:1], DELTAS[1:]):
        for last in range(1, 8):
            first = [one for one in trials if one.number <= last and one.delta in deltas]
            assert max(first, key=Trial.rank).id in leaders
    assert len(leaders) < len(trials)


# --- max_gain ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> SearchResult:
    return found(Budget(max_trial=8), deltas=DELTAS, held_out=TESTED, seed=1)


@pytest.fixture(scope="module")
def wanted(whole: SearchResult) -> float:
    """A gain that is reached on the way: neither by the first trial nor by the last."""
    gains = [one.gain for one in in_sequence(whole)]
    goal = max(gains[:4])
    first = next(place for place, gain in enumerate(gains) if gain >= goal)
    assert goal > 0 and 0 < first < len(gains) - 1
    return goal


def until_gained(whole: SearchResult, wanted: float) -> list[Trial]:
    """Return the trials of a whole search up to the first that gains enough."""
    counted: list[Trial] = []
    for one in in_sequence(whole):
        counted.append(one)
        if one.gain >= wanted:
            return counted
    raise AssertionError("none gains so much")


def holds(result: SearchResult, whole: SearchResult, wanted: float) -> None:
    """Hold that a search with max_gain says what it should of the whole."""
    expected = until_gained(whole, wanted)
    assert result.stopped_by == "max_gain"
    assert {one.id for one in result.trials} == {one.id for one in expected}
    assert result.best.id == expected[-1].id
    for one in result.trials:
        same = next(other for other in expected if other.id == one.id)
        assert one.accuracy == same.accuracy and one.gain == same.gain
    assert f"over {1 + len(expected)} trainings" in str(result)
    net = result.network()
    scores = net(torch.from_numpy(DIGITS[0]).float() / 255)
    accuracy = float((scores.argmax(1).numpy() == DIGITS[1]).mean())
    assert accuracy == pytest.approx(expected[-1].accuracy, abs=2e-3)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_the_result_does_not_depend_on_how_many_are_trained_together(
    size: int, whole: SearchResult, wanted: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_scheduler, "group_size", lambda recipe: size)
    budget = Budget(max_trial=8, max_gain=wanted)
    result = found(budget, deltas=DELTAS, held_out=TESTED, seed=1)
    holds(result, whole, wanted)
    # At most the rest of the last group was trained for nothing, and it is shown as what it is.
    assert len(result.surplus_trials) < size


def test_nor_on_who_trains(
    whole: SearchResult, wanted: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_scheduler, "group_size", lambda recipe: 2)
    with ThreadPoolExecutor(3) as pool:
        budget = Budget(max_trial=8, max_gain=wanted)
        result = found(budget, deltas=DELTAS, held_out=TESTED, seed=1, executor=pool)
    holds(result, whole, wanted)


def test_what_was_trained_beyond_is_not_trained_again(
    whole: SearchResult, wanted: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = found(Budget(max_trial=8, max_gain=wanted), deltas=DELTAS, held_out=TESTED, seed=1)
    assert part.surplus_trials
    trained: list[TrialId] = []

    def train(recipe: Any, data: Any, trials: Any) -> Any:
        trained.extend(trials)
        return (yield from _training.train(recipe, data, trials))

    monkeypatch.setattr(_scheduler, "train", train)
    rest = found(Budget(max_trial=8), deltas=DELTAS, held_out=TESTED, seed=1, resume=part)
    alike(rest, whole)
    assert rest.best.id == whole.best.id and not rest.surplus_trials
    ids = {one.id for one in (*part.trials, *part.surplus_trials)}
    assert not ids & set(trained)
    for name, value in whole.weights.items():
        assert torch.allclose(rest.weights[name], value, atol=1e-6)


def test_max_gain_acts_on_what_is_there_when_it_is_lowered(
    whole: SearchResult, wanted: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_scheduler, "group_size", lambda recipe: 2)
    budget = Budget(max_trial=8)
    steps = search(DIGITS, held_out=TESTED, budget=budget, deltas=DELTAS, **SMALL, seed=1)
    for progress in steps:
        if progress.done == 13:
            budget.max_gain = wanted
            break
    holds(run(steps), whole, wanted)


# --- deltas ------------------------------------------------------------------------------------


def test_the_card_is_that_of_the_deltas_that_are_asked_for() -> None:
    first = found(Budget(max_trial=3), deltas=(0.003,), held_out=TESTED)
    other = found(Budget(max_trial=3), deltas=(0.0025,), held_out=TESTED)
    changed = found(Budget(max_trial=3), deltas=(0.0025,), held_out=TESTED, resume=first)
    assert "over 4 trainings" in str(changed)
    assert str(changed) == str(other)
    alike(replace(changed, trials=changed.counted_trials), other)
    # What was trained before is not lost.
    assert changed.trials == (*changed.counted_trials, *first.trials)
    assert (changed.best.id, changed.gain, changed.spread) == (
        other.best.id,
        other.gain,
        other.spread,
    )
    assert changed.deltas == (0.0025,) and changed.stopped_by == "max_trial"
    for name, value in other.weights.items():
        assert torch.allclose(changed.network().state_dict()[name], value, atol=1e-6)
    # And back: nothing is trained again, and the network is there, too.
    back = found(Budget(max_trial=3), deltas=(0.003,), held_out=TESTED, resume=changed)
    assert back.counted_trials == first.trials and back.best == first.best
    assert back.trials == (*first.trials, *changed.counted_trials)
    for name, value in first.weights.items():
        assert torch.equal(back.weights[name], value)


def test_a_gain_of_other_deltas_does_not_end_a_search() -> None:
    good = found(Budget(max_trial=6), deltas=(0.005,), seed=1)
    assert good.gain > 0
    budget = Budget(max_trial=1, max_gain=good.gain)
    result = found(budget, deltas=(5.0,), seed=1, resume=good)  # a shift that ruins the network
    assert len(result.counted_trials) == 1 and result.gain == 0
    assert result.stopped_by == "max_trial" and result.best == result.baseline


def test_a_result_is_restricted_and_comes_back() -> None:
    whole = found(Budget(max_trial=3), deltas=DELTAS, held_out=TESTED)
    alone = found(Budget(max_trial=3), deltas=DELTAS[1:], held_out=TESTED)
    part = whole.restrict(DELTAS[1:])
    assert [one.id for one in part.counted_trials] == [one.id for one in alone.trials]
    assert {*part.trials} == {*whole.trials}
    assert (str(part), part.best.id) == (str(alone), alone.best.id)
    assert part.stopped_by == "cancelled" and part.deltas == DELTAS[1:]
    for name, value in alone.weights.items():
        assert torch.allclose(part.weights[name], value, atol=1e-6)
    assert whole.restrict(DELTAS) is whole
    assert part.restrict(DELTAS).trials == whole.trials
    nothing = whole.restrict((0.7,))
    assert nothing.counted_trials == () and nothing.best == whole.baseline
    assert "over 1 training," in str(nothing)
    # More deltas than were tried: nothing else counts, but the search has not ended.
    more = whole.restrict((*DELTAS, 0.7))
    assert more.trials == whole.trials and more.stopped_by == "cancelled"
    again = found(Budget(max_trial=2), strategy="reseed", deltas=DELTAS)
    assert again.restrict((0.7,)).trials == again.trials


def test_progress_counts_the_deltas_that_are_asked_for() -> None:
    first = found(Budget(max_trial=3), deltas=(0.003,))
    done: list[tuple[int, int | None]] = []
    steps = search(DIGITS, deltas=(0.0025,), budget=Budget(max_trial=3), resume=first, **SMALL)
    run(steps, lambda progress: done.append((progress.done, progress.total)))
    assert done[-1] == (4, 4) and {total for _, total in done} == {4}
    assert [count for count, _ in done] == sorted(count for count, _ in done)


def test_the_baseline_is_part_of_every_search() -> None:
    for sequence in (TrialSequence("shift", DELTAS), TrialSequence("reseed", DELTAS)):
        assert sequence.includes(BASELINE)
        assert all(sequence.place(one) > sequence.place(BASELINE) for one in sequence.iterate(2))
    assert TrialSequence("shift", DELTAS).first_to_gain([], 0.0) == BASELINE
    assert TrialSequence("shift", DELTAS).first_to_gain([], None) is None
