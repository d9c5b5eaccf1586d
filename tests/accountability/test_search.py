"""Budgets, gains, what diverges, what is kept: the search as a user of Python sees it."""

from __future__ import annotations

import gc
import math
from typing import Any

import numpy as np
import pytest
import torch

from tests.accountability.helpers import DIGITS, SMALL, TESTED, alike, found, numbers, separable
from tests.accountability.test_ensemble import recipe
from xaiwidgets import accountability
from xaiwidgets.accountability import (
    SearchResult,
    _group_size,
    _scheduler,
    _training,
    retrain,
    search,
)
from xaiwidgets.accountability._data import check_data
from xaiwidgets.accountability._search_run import SearchRun
from xaiwidgets.errors import InputError
from xaiwidgets.work import Budget, Progress, Work, run


def test_a_search_is_work_that_has_not_begun() -> None:
    work = search(DIGITS, budget=Budget(max_trial=1), **SMALL)
    assert isinstance(work, Work)
    assert repr(work) == "<accountability.search: not begun; .run() computes it>"
    result = work.run()
    assert isinstance(result, SearchResult) and work.run() is result
    again = retrain(result, DIGITS)
    assert repr(again) == "<accountability.retrain: not begun; .run() computes it>"
    assert isinstance(again.run(), torch.nn.Module)


def test_previews_are_made_later_and_of_their_own_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_scheduler, "group_size", lambda recipe: 2)
    built: list[int] = []
    real = SearchRun._build_result

    def build(self: SearchRun, *arguments: Any) -> SearchResult:
        built.append(1)
        return real(self, *arguments)

    monkeypatch.setattr(SearchRun, "_build_result", build)
    reports: list[Progress] = []
    result = search(DIGITS, budget=Budget(max_trial=4), **SMALL).run(reports.append)
    assert len(built) == 1, "a result was made that nobody has looked at"
    assert not reports[0].has_preview and reports[-1].has_preview
    # Read only now: each is of what was finished when it was reported.
    counts = [len(each.preview.trials) for each in reports if each.has_preview]
    assert counts == sorted(counts) and set(counts) == {0, 2, 4, 6, 8}
    assert len(built) == 1 + len(set(counts)), "a preview was made twice"
    for each in reports:
        if each.has_preview:
            assert each.done == 1 + len(each.preview.trials) or "training" in each.note
            assert each.preview.stopped_by == "cancelled"
            assert each.preview.seconds <= result.seconds


def test_each_delta_has_max_trial_trainings() -> None:
    result = found(Budget(max_trial=3), deltas=(0.01, 0.002))
    starts = [(one.delta, one.number) for one in result.trials]
    assert starts == [(delta, number) for delta in (0.01, 0.002) for number in (1, 2, 3)]
    assert result.stopped_by == "max_trial"
    assert (result.baseline.number, result.baseline.gain) == (0, 0.0)
    for one in result.trials:
        assert one.gain == pytest.approx(one.accuracy - result.baseline.accuracy)
        assert one.held_out_accuracy is None and not one.diverged
        assert 0 < one.seconds < one.finished <= result.seconds


def test_the_gain_is_that_of_the_best_and_never_negative() -> None:
    result = found(Budget(max_trial=4), held_out=TESTED)
    everyone = (result.baseline, *result.trials)
    assert result.best.accuracy == max(one.accuracy for one in everyone)
    assert result.gain == max(0.0, *(one.gain for one in result.trials))
    # Shifts that kill the network: all trials lose, so the start is the best.
    worse = found(Budget(max_trial=2), deltas=(5.0,))
    assert all(one.gain < 0 for one in worse.trials)
    assert worse.gain == 0.0 and worse.best == worse.baseline
    assert "best: the start" in str(worse)


@pytest.mark.parametrize("budget", [Budget(max_time=0), Budget(max_trial=0), Budget(max_gain=0)])
def test_a_budget_of_nothing_gives_the_baseline_only(budget: Budget) -> None:
    result = found(budget)
    name = next(name for name, value in vars(budget).items() if value == 0)
    assert result.trials == () and result.stopped_by == name
    assert result.baseline.accuracy > 0.2 and result.gain == 0.0


def test_without_deltas_there_is_nothing_to_try() -> None:
    result = found(Budget(max_trial=5), deltas=())
    assert (result.trials, result.stopped_by) == ((), "completed")


def test_a_search_without_any_budget_would_not_end() -> None:
    with pytest.raises(InputError, match="would not end"):
        search(DIGITS, budget=Budget())


def test_max_time_ends_within_a_minibatch() -> None:
    late: list[int] = []
    budget = Budget(max_trial=10_000)

    def note(progress: Progress) -> None:
        if progress.preview is not None and progress.preview.trials:
            budget.max_time = 0.0 if budget.max_time is None else budget.max_time
            late.append(progress.done)

    result = run(steps_of(budget, epochs=3), note)
    assert result.stopped_by == "max_time"
    assert result.trials
    assert len(late) <= 2, "it went on after the time was up"


def test_groups_are_small_where_time_is_short() -> None:
    data = check_data(DIGITS, None)
    state = SearchRun(recipe(), (0.003,), Budget(max_time=100), (0, 0))
    assert _scheduler._affordable_size(state, 8, data) == 1  # nobody knows yet how long one takes
    for seconds, count in ((1.0, 8), (30.0, 3), (1000.0, 1)):
        state.seconds_each = seconds
        assert _scheduler._affordable_size(state, 8, data) == count


def test_max_gain_ends_as_soon_as_it_is_gained() -> None:
    everything = found(Budget(max_trial=12), deltas=(0.005,), seed=1)
    wanted = everything.gain / 2
    assert wanted > 0
    few = found(Budget(max_trial=12, max_gain=wanted), deltas=(0.005,), seed=1)
    assert few.stopped_by == "max_gain" and few.gain >= wanted


def test_trials_depend_on_delta_number_and_seed_only() -> None:
    many = found(Budget(max_trial=4), deltas=(0.002, 0.004))
    other = found(Budget(max_trial=3), deltas=(0.004, 0.001, 0.002))
    known = {(one.delta, one.number): one for one in many.trials}
    for one in other.trials:
        if (one.delta, one.number) in known:
            assert one.loss == pytest.approx(known[one.delta, one.number].loss, rel=1e-5)
    alike(found(seed=5), found(seed=5))
    assert numbers(found(seed=5)) != numbers(found(seed=6))


def test_drawing_again_costs_as_many_trainings() -> None:
    shift, again = (found(Budget(max_trial=3), strategy=kind) for kind in ("shift", "reseed"))
    assert len(shift.trials) == len(again.trials) == 6
    assert [(one.delta, one.number) for one in again.trials] == [(None, n) for n in range(1, 7)]
    assert shift.baseline.loss == again.baseline.loss
    assert len({one.loss for one in again.trials}) == 6


def test_a_race_of_drawing_the_same_is_refused() -> None:
    with pytest.raises(InputError, match="same weights"):
        found(strategy="reseed", kernel_initializer="ones")


def test_what_diverges_is_recorded_and_never_best() -> None:
    # Inputs of one size of thousand: the shifted network explodes, the start does not.
    inputs, labels = separable()
    result = found(
        Budget(max_trial=2), (inputs * 100, labels), deltas=(1e18,), held_out=separable()
    )
    assert [one.diverged for one in result.trials] == [True, True]
    for one in result.trials:
        assert math.isnan(one.loss) and one.accuracy == one.held_out_accuracy == 0.0
    assert result.best == result.baseline and result.gain == 0.0
    assert "(2 diverged)" in str(result)
    everything = found(Budget(max_trial=1), learning_rate=1e30)
    assert everything.best == everything.baseline and everything.baseline.diverged


def test_one_that_diverges_does_not_touch_those_beside_it() -> None:
    alone = found(Budget(max_trial=2), deltas=(0.003,))
    beside = found(Budget(max_trial=2), deltas=(0.003, 1e30))
    assert [one.loss for one in beside.trials[:2]] == pytest.approx([o.loss for o in alone.trials])
    assert all(one.diverged for one in beside.trials[2:])


def steps_of(budget: Budget, **settings: Any) -> Any:
    return search(DIGITS, budget=budget, **{**SMALL, **settings})


def test_budgets_act_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_scheduler, "group_size", lambda recipe: 2)
    budget = Budget(max_trial=100)
    steps = steps_of(budget, deltas=(0.003,))
    result = None
    try:
        while True:
            progress = next(steps)
            if progress.done >= 5:
                budget.max_trial = 2  # lower than what is done: ends now
    except StopIteration as end:
        result = end.value
    assert result.stopped_by == "max_trial" and 4 <= len(result.trials) <= 6
    budget = Budget(max_trial=2)
    steps, raised = steps_of(budget, deltas=(0.003,)), False
    try:
        while True:
            if next(steps).done >= 2 and not raised:
                budget.max_trial, raised = 5, True
    except StopIteration as end:
        result = end.value
    assert len(result.trials) == 5


@pytest.mark.parametrize("limit", ["max_time", "max_trial", "max_gain"])
def test_a_budget_cuts_a_group_under_way(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget(max_trial=8)
    steps = steps_of(budget, epochs=4)
    for progress in steps:
        # The baseline is done, and the group beside it is not.
        if progress.preview is not None and progress.done > 2:
            break
    setattr(budget, limit, 0)
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert (end.value.value.trials, end.value.value.stopped_by) == ((), limit)


WIDTH_OF_ITS_OWN = 23
"""Of a hidden layer that no other test trains: by it, tensors of one search are told."""


@pytest.mark.usefixtures("two_threads")
def test_closing_keeps_what_is_finished_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_scheduler, "group_size", lambda recipe: 2)
    state, grad, threads = torch.get_rng_state(), torch.is_grad_enabled(), torch.get_num_threads()
    steps = steps_of(Budget(max_trial=100), hidden=(WIDTH_OF_ITS_OWN,))
    kept: SearchResult | None = None
    for progress in steps:
        assert torch.is_grad_enabled() == grad  # also before each yield
        kept = progress.preview or kept
        if kept is not None and len(kept.trials) >= 4:
            break
    steps.close()
    assert kept is not None and kept.stopped_by == "cancelled" and len(kept.trials) == 4
    assert torch.equal(state, torch.get_rng_state())
    assert (torch.is_grad_enabled(), torch.get_num_threads()) == (grad, threads)
    kept.network()
    del steps, progress, kept
    gc.collect()
    tensors = [each for each in gc.get_objects() if type(each) is torch.Tensor]
    assert not [each.shape for each in tensors if WIDTH_OF_ITS_OWN in each.shape]


def test_a_search_goes_on_from_where_it_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_scheduler, "group_size", lambda recipe: 2)
    whole = found(Budget(max_trial=4), held_out=TESTED)
    part = found(Budget(max_trial=2), held_out=TESTED)
    rest = found(Budget(max_trial=4), held_out=TESTED, resume=part)
    alike(rest, whole)
    assert rest.trials[0] == part.trials[0]  # kept, not trained again
    assert rest.seconds > part.seconds
    for name, value in whole.weights.items():
        assert torch.equal(value, rest.weights[name])
    with pytest.raises(InputError, match="other data or settings"):
        found(Budget(max_trial=4), seed=3, resume=part)
    with pytest.raises(InputError, match="other data or settings"):
        found(Budget(max_trial=4), TESTED, resume=part)


def test_progress_comes_often_and_grows() -> None:
    done: list[int] = []
    result: list[SearchResult] = []

    def note(progress: Progress) -> None:
        done.append(progress.done)
        assert progress.total == 1 + 2 * 6
        if progress.preview is not None:
            result.append(progress.preview)

    run(steps_of(Budget(max_trial=6), epochs=20), note)
    assert done == sorted(done) and done[-1] == 13
    assert len(done) >= 3, "it reports before and after the groups only"
    assert result[0].baseline.accuracy > 0


def test_the_network_of_a_trial_can_be_had_again() -> None:
    result = found(Budget(max_trial=3), held_out=TESTED)
    net = run(retrain(result, DIGITS))
    for name, value in net.state_dict().items():
        assert torch.allclose(value, result.weights[name], atol=1e-5)
    one = result.trials[-1]
    scores = run(retrain(result, DIGITS, one))(torch.from_numpy(DIGITS[0]).float() / 255)
    assert (scores.argmax(1).numpy() == DIGITS[1]).mean() == pytest.approx(one.accuracy, abs=2e-3)
    with pytest.raises(InputError, match="not what was searched"):
        retrain(result, TESTED)
    with pytest.raises(InputError, match="trial is 1"):
        retrain(result, DIGITS, 1)  # type: ignore[arg-type]


def test_initializers_are_chosen_apart() -> None:
    usual = found(Budget(max_trial=0))
    assert found(Budget(max_trial=0), kernel_initializer="he_normal").baseline != usual.baseline
    assert found(Budget(max_trial=0), bias_initializer="ones").baseline != usual.baseline


def test_bytes_are_scaled_and_torch_is_as_good_as_numpy() -> None:
    scaled = DIGITS[0].astype(np.float32) / 255, DIGITS[1]
    as_torch = torch.from_numpy(DIGITS[0]), torch.from_numpy(DIGITS[1]).int()
    wanted = numbers(found())
    assert numbers(found(data=as_torch)) == wanted  # type: ignore[arg-type]
    for mine, theirs in zip(found(data=scaled).trials, found().trials, strict=True):
        assert mine.loss == pytest.approx(theirs.loss, rel=1e-4)


def test_memory_that_runs_out_makes_groups_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    real, sizes = _training.train, []

    def train(recipe: Any, data: Any, trials: Any) -> Any:
        sizes.append(len(trials))
        if len(trials) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        result = yield from real(recipe, data, trials)
        return result

    monkeypatch.setattr(_scheduler, "train", train)
    assert len(found(Budget(max_trial=4)).trials) == 8
    assert sizes[:4] == [1, 8, 4, 2]

    def never(recipe: Any, data: Any, trials: Any) -> Any:
        raise MemoryError("no")
        yield

    monkeypatch.setattr(_scheduler, "train", never)
    with pytest.raises(InputError, match="not enough memory"):
        found()


def test_groups_fit_into_free_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _group_size.group_size(recipe()) == 64
    monkeypatch.setattr(_group_size, "free_memory", lambda device: 10 * 2**20)
    assert 1 <= _group_size.group_size(recipe((256, 256))) < 5
    monkeypatch.setattr(_group_size, "free_memory", lambda device: 0)
    assert _group_size.group_size(recipe()) == 1


WRONG = [
    ({"hidden": (0,)}, "hidden has 0"),
    ({"hidden": 256}, "hidden is 256"),
    ({"deltas": 0.003}, "deltas is 0.003"),
    ({"deltas": (0.0,)}, "other than 0"),
    ({"deltas": (float("nan"),)}, "nan"),
    ({"batch_size": 0}, "batch_size is 0"),
    ({"epochs": 1.5}, "epochs is 1.5"),
    ({"learning_rate": -1}, "learning_rate is -1"),
    ({"strategy": "anneal"}, "use one of"),
    ({"seed": -1}, "seed is -1"),
    ({"budget": 50}, "Budget"),
    ({"kernel_initializer": "glorot"}, "glorot_uniform"),
    ({"executor": 3}, "executor is a int"),
    ({"network": torch.nn.Linear(64, 10)}, "lambda"),
    ({"device": "tpu"}, "tpu"),
    ({"resume": 3}, "resume is a int"),
    ({"deltas": iter((0.1, 0.2))}, "deltas is .* only once; use a tuple"),
    ({"hidden": map(int, "9")}, "hidden is .* only once; use a tuple"),
]


@pytest.mark.parametrize(("settings", "words"), WRONG)
def test_wrong_settings_are_named_at_once(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        search(DIGITS, **settings)


X, Y = DIGITS
BAD = [
    ((X, Y - 1), None, "label -1"),
    ((X, np.where(Y == 9, 10**9, Y)), None, "label 1000000000"),
    ((X, Y.astype(float)), None, "float64"),
    ((X, Y[:-1]), None, r"\(1436,\) for 1437"),
    ((X, np.eye(10, dtype=int)[Y]), None, r"\(1437, 10\)"),
    ((X[:0], Y[:0]), None, "at least one"),
    ((X, np.zeros_like(Y)), None, "at least two classes"),
    ((np.arange(3), np.arange(3)), None, r"\(N, ...\)"),
    ((np.full((4, 2), np.nan), np.arange(4)), None, "NaN"),
    ((np.array([["a"]]), np.zeros(1, int)), None, "arrays of numbers"),
    (([[1], [2, 3]], [0, 1]), None, "data is no array: .*; make all examples of one shape"),
    (X, None, "a pair"),
    (DIGITS, (X[:, :4], Y), r"\(4, 8\)"),
    (DIGITS, (X, Y + 3), "label 12"),
    (DIGITS, (X / 255, Y), "alike"),
]


@pytest.mark.parametrize(("data", "held_out", "words"), BAD)
def test_wrong_data_are_named_at_once(data: Any, held_out: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        accountability.search(data, held_out=held_out)
