"""How many trials are trained together, what fits into memory, what a worker does with a group."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.accountability.helpers import DIGITS, SMALL, TESTED
from tests.accountability.models import Plain
from tests.accountability.test_ensemble import recipe
from tests.cluster.helpers import Elsewhere
from xaiwidgets.accountability import _group_size, _scheduler, _training, retrain, search
from xaiwidgets.accountability._data import check_data
from xaiwidgets.accountability._recipe import Recipe
from xaiwidgets.accountability._search_run import SearchRun
from xaiwidgets.accountability._trial import BASELINE, TrialId
from xaiwidgets.devices import is_out_of_memory
from xaiwidgets.work import Budget, Progress

CPU = torch.device("cpu")
DATA = check_data(DIGITS, TESTED)


# --- groups ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fitting", [1, 2, 7])
def test_a_group_takes_half_of_the_free_memory(
    fitting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 64 -> 256 -> 10: 16,640 + 2,570 weights, twice; 500 x (256 + 10) outputs, three times.
    needed = 4 * (2 * 19_210 + 3 * 133_000)
    for free, expected in (
        (2 * fitting * needed, fitting),
        (2 * fitting * needed - 8, fitting - 1),
    ):
        monkeypatch.setattr(_group_size, "free_memory", lambda device, free=free: free)
        assert _group_size.group_size(recipe((256,))) == max(1, expected)


def test_a_minibatch_larger_than_an_evaluation_needs_more_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needed = 4 * (2 * 19_210 + 3 * 1000 * 266)
    monkeypatch.setattr(_group_size, "free_memory", lambda device: 6 * needed)
    assert _group_size.group_size(recipe((256,), batch_size=1000)) == 3


def test_a_minibatch_on_a_cpu_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_group_size, "free_memory", lambda device: 2**40)
    # 64 -> 1000 -> 1000 -> 10: 65,000 + 1,001,000 + 10,010 weights, 50 examples, 6 operations each.
    assert _group_size.group_size(recipe((1000, 1000))) == int(1e9 / (6 * 50 * 1_076_010))
    assert _group_size.group_size(recipe((8000, 8000))) == 1


def test_a_users_network_counts_by_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = recipe(network=Plain, hidden=())
    weights = 64 * 16 + 16 + 16 * 10 + 10
    monkeypatch.setattr(_group_size, "free_memory", lambda device: 2 * 5 * 16 * weights)
    assert _group_size.group_size(settings) == 5


def files(monkeypatch: pytest.MonkeyPatch, texts: dict[str, str]) -> None:
    def read_text(path: Path, *args: Any, **kwargs: Any) -> str:
        if path.as_posix() not in texts:
            raise FileNotFoundError(path)
        return texts[path.as_posix()]

    monkeypatch.setattr(Path, "read_text", read_text)


MEMINFO = {"/proc/meminfo": "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable:    3000 kB\n"}
GROUP = {"/sys/fs/cgroup/memory.max": "500000\n", "/sys/fs/cgroup/memory.current": "180000\n"}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, 2**31),
        (MEMINFO, 3000 * 1024),
        ({**MEMINFO, **GROUP}, 320_000),
        ({**MEMINFO, **GROUP, "/sys/fs/cgroup/memory.max": "max\n"}, 3000 * 1024),
        ({**MEMINFO, **GROUP, "/sys/fs/cgroup/memory.current": "600000\n"}, 0),
        ({"/proc/meminfo": "MemTotal: 9000 kB\n"}, 2**31),
    ],
)
def test_free_memory_is_what_this_machine_and_this_container_leave(
    texts: dict[str, str], expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(monkeypatch, texts)
    assert _group_size.free_memory(CPU) == expected


def test_errors_of_memory_are_known_by_their_words() -> None:
    known = (
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3 GiB"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("not enough memory: you tried to allocate 1 bytes"),
    )
    assert all(map(is_out_of_memory, known))
    outer = ValueError("the network raised")
    outer.__cause__ = known[1]
    assert is_out_of_memory(outer)
    others = (None, RuntimeError("shapes differ"), ValueError("out of memory"))
    assert not any(map(is_out_of_memory, others))


def test_the_share_that_is_done_ends_at_one() -> None:
    settings = recipe(epochs=2)
    shares = []
    training = _training.train(settings, DATA, [BASELINE])
    try:
        while True:
            shares.append(next(training))
    except StopIteration:
        pass
    # 1,437 examples: 29 minibatches of 50 an epoch; 3 parts of 500, and one of the 360 held out.
    assert len(shares) == _training.count_steps(settings, DATA) == 2 * 29 + 3 + 1
    assert shares == [pytest.approx(step / 62) for step in range(1, 63)]


# --- who trains what when ----------------------------------------------------------------------


def state(budget: Budget, settings: Recipe | None = None, deltas: Any = (0.003,)) -> SearchRun:
    return SearchRun(recipe() if settings is None else settings, deltas, budget, (0, 0))


def test_groups_of_a_users_network_are_short_on_the_clock() -> None:
    settings = recipe(network=Plain, hidden=(), epochs=2)
    search_state = state(Budget(max_trial=9), settings)
    assert _scheduler._affordable_size(search_state, 8, DATA) == 8
    # 62 steps; one trial of 1 s has steps of 1 / 62 s, and 0.05 s are three of those.
    search_state.seconds_each = 1.0
    assert _scheduler._affordable_size(search_state, 8, DATA) == 3
    search_state.seconds_each = 0.1
    assert _scheduler._affordable_size(search_state, 8, DATA) == 8
    search_state.seconds_each = 1000.0
    assert _scheduler._affordable_size(search_state, 8, DATA) == 1


class Pool:
    """What `_worker_share` looks at."""

    size = 4


@pytest.mark.parametrize(
    ("max_trial", "share"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, 3), (100, 16)]
)
def test_all_workers_have_some(max_trial: int, share: int) -> None:
    search_state = state(Budget(max_trial=max_trial))
    pool: Any = Pool()
    assert _scheduler._worker_share(search_state, pool, 16, DATA) == share


def test_what_is_in_flight_is_not_taken_twice() -> None:
    search_state = state(Budget(max_trial=3), deltas=(0.1, 0.2))
    assert search_state.take(5) == [BASELINE]
    assert search_state.take(2) == [(0.1, 1), (0.2, 1)]
    assert search_state.take(3) == [(0.1, 2), (0.2, 2), (0.1, 3)]
    assert search_state.count_pending(9) == 1 and search_state.count_pending(0) == 0
    search_state.requeue([TrialId(0.2, 1)])
    assert search_state.take(9) == [(0.2, 1), (0.2, 3)]
    assert search_state.take(9) == [] and search_state.stop_reason() is None
    assert search_state.total == 7


def test_time_is_counted_from_the_start_of_the_search() -> None:
    budget = Budget(max_time=100.0)
    first = search(DIGITS, budget=Budget(max_trial=1), **SMALL).run()
    began = time.perf_counter()
    search_state = SearchRun(first.recipe, (0.003,), budget, (0, 0), first)
    spent = time.perf_counter() - began
    assert first.seconds <= search_state.elapsed <= first.seconds + spent + 0.5
    left = search_state.seconds_left
    assert left is not None and 100 - first.seconds - spent - 0.5 <= left <= 100 - first.seconds
    assert search_state.seconds_each == first.baseline.seconds
    budget.max_time = first.seconds / 2
    assert search_state.stop_reason() == "max_time" and search_state.take(1) == []
    assert search_state.is_obsolete([TrialId(0.003, 9)]) and not search_state.is_obsolete(
        [BASELINE]
    )


def test_training_again_reports_per_cent() -> None:
    result = search(DIGITS, budget=Budget(max_trial=1), **SMALL).run()
    reports: list[Progress] = []
    retrain(result, DIGITS).run(reports.append)
    assert [report.done for report in reports] == [int(100 * n / 32) for n in range(1, 33)]
    assert {report.total for report in reports} == {100}


# --- workers -----------------------------------------------------------------------------------


class Failing(Elsewhere):
    """Answers each group with the next of some errors, then trains."""

    def __init__(self, inner: ThreadPoolExecutor, errors: list[BaseException]) -> None:
        super().__init__(inner, see=True)
        self.errors, self.groups = errors, []  # type: ignore[var-annotated]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.groups.append(len(pickle.loads(args[0]).item))
        if len(self.groups) > 1 and self.errors:
            future: Future[Any] = Future()
            future.set_exception(self.errors.pop(0))
            return future
        return super().submit(fn, *args, **kwargs)


def test_memory_that_runs_out_on_a_worker_makes_groups_smaller() -> None:
    with ThreadPoolExecutor(1) as inner:
        executor = Failing(inner, [MemoryError()])
        executor._max_workers = 1  # type: ignore[attr-defined]
        budget = Budget(max_trial=8)
        result = search(DIGITS, budget=budget, deltas=(0.003,), executor=executor, **SMALL).run()
    assert len(result.trials) == 8
    assert executor.groups[1] == 8 and max(executor.groups[2:]) == 4


def test_an_answer_of_a_stopped_worker_is_trained_again() -> None:
    with ThreadPoolExecutor(2) as inner:
        executor = Failing(inner, [TimeoutError("lost"), ConnectionError("lost")])
        result = search(DIGITS, budget=Budget(max_trial=3), executor=executor, **SMALL).run()
    assert len(result.trials) == 6
