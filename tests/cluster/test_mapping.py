"""Items on threads, processes and a cluster of Dask: results, budgets, cancel, errors, losses."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.cluster.helpers import MATRIX, SUMS, Losing
from tests.cluster.tasks import (
    add,
    add_slowly,
    die_once,
    fail_at,
    fail_oddly,
    give_generator,
    halve,
    identify,
    sleep_on,
)
from xaiwidgets.cluster import _shipping, _workers, check_executor, map_items
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.work import Budget, Progress, Steps

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_is_left")]

# --- results -----------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [add, add_slowly])
def test_results_are_those_of_this_process(
    anywhere: Executor | None, function: Callable[..., Any]
) -> None:
    reports: list[Progress] = []
    items = iter([5, 3, 8, 1])
    results = map_items(function, items, shared=MATRIX, executor=anywhere).run(reports.append)
    assert list(results.items()) == list(SUMS.items())
    assert {report.total for report in reports} == {4}
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    for report in reports:
        assert len(report.preview or {}) == report.done
        assert (report.preview or {}).items() <= results.items()


def test_steps_are_reported_where_they_are_seen() -> None:
    reports: list[Progress] = []
    map_items(add_slowly, [1], shared=MATRIX).run(reports.append)
    assert [report.note for report in reports] == ["step 0", "step 1", "step 2", "", ""]


def test_nothing_is_done_of_no_items(anywhere: Executor | None) -> None:
    assert map_items(add, [], shared=MATRIX, executor=anywhere).run() == {}


def test_a_part_of_a_tensor_travels_alone(processes: Executor) -> None:
    whole = torch.arange(100_000.0)
    results = map_items(halve, [whole[:4], whole[2:5]], shared=None, executor=processes).run()
    assert results[0].tolist() == [0, 1, 2, 3] and results[1].tolist() == [2, 3, 4]
    # Neither its memory nor that of the result is shared with a worker.
    assert not whole.is_shared() and not results[0].is_shared()
    assert results[0].untyped_storage().nbytes() == 16
    results[0][0] = 7


def test_what_is_shared_comes_to_a_worker_once(processes: Executor) -> None:
    shared = {"a": torch.zeros(10)}
    results = map_items(identify, range(8), shared=shared, executor=processes).run()
    assert os.getpid() not in {process for process, _ in results.values()}
    assert len(set(results.values())) <= 2  # a process has one object


def test_what_a_notebook_defines_travels(processes: Executor) -> None:
    offset = 3

    def shift(shared: int, item: int) -> Steps[int]:
        yield Progress(0)
        return shared + item + offset

    assert map_items(shift, [1], shared=2, executor=processes).run() == {0: 6}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"executor": 3}, "executor is a int; use one of concurrent.futures"),
        ({"budget": 3}, "budget is 3; use Budget"),
        ({"budget": Budget(max_gain=1)}, "budget is Budget"),
    ],
)
def test_what_cannot_be_used_is_refused_at_once(settings: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        map_items(add, [1], shared=MATRIX, **settings)


def test_executors_pass() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert check_executor(pool) is pool
    assert check_executor(None) is None


# --- budgets and cancel ------------------------------------------------------------------------


def test_the_first_items_are_done_within_a_budget(anywhere: Executor | None) -> None:
    for most in (0, 3):
        budget = Budget(max_trial=most)
        work = map_items(add, [5, 3, 8, 1], shared=MATRIX, executor=anywhere, budget=budget)
        assert work.run() == dict(itertools.islice(SUMS.items(), most))


def test_a_budget_acts_while_items_are_done(anywhere: Executor | None, tmp_path: Path) -> None:
    budget = Budget()
    work = map_items(sleep_on, range(5), shared=str(tmp_path), executor=anywhere, budget=budget)
    begin = time.monotonic()
    while not list(tmp_path.glob("[0-9]")):
        next(work)
    budget.max_time = time.monotonic() - begin
    assert work.run() == {}
    wait_until_closed(tmp_path)


def test_cancel_leaves_nothing_running(anywhere: Executor | None, tmp_path: Path) -> None:
    work = map_items(sleep_on, range(5), shared=str(tmp_path), executor=anywhere)
    while not list(tmp_path.glob("[0-9]")):
        next(work)
    work.close()
    wait_until_closed(tmp_path)
    # What had not been begun never is.
    begun = set(tmp_path.glob("[0-9]"))
    if anywhere is not None:
        assert anywhere.submit(int, 3).result(timeout=20) == 3
    assert set(tmp_path.glob("[0-9]")) == begun and len(begun) < 5


def wait_until_closed(folder: Path) -> None:
    """Wait until each item that was begun is closed."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        begun = {path.name for path in folder.glob("[0-9]")}
        closed = {path.name.partition("-")[0] for path in folder.glob("*-closed")}
        if begun and begun == closed:
            return
        time.sleep(0.05)
    raise AssertionError("workers go on")


# --- errors ------------------------------------------------------------------------------------


def test_an_error_comes_back_as_it_is_and_names_its_item(anywhere: Executor | None) -> None:
    # Not taken for a way to the worker that has failed, although it is an OSError.
    with pytest.raises(FileNotFoundError, match="no file of 8") as caught:
        map_items(fail_at, [5, 3, 8, 1], shared=8, executor=anywhere).run()
    assert "for item 2" in caught.value.__notes__
    if anywhere is not None:
        assert "raise FileNotFoundError" in caught.value.__notes__[0]


def test_an_error_that_cannot_travel_is_told(processes: Executor) -> None:
    with pytest.raises(XaiError, match="TwoArgumentsError: odd words"):
        map_items(fail_oddly, [1], shared=None, executor=processes).run()


def test_a_result_that_cannot_travel_is_told(processes: Executor) -> None:
    with pytest.raises(InputError, match="this cannot be sent") as caught:
        map_items(give_generator, [1], shared=None, executor=processes).run()
    assert "for item 0" in caught.value.__notes__


def test_what_cannot_be_sent_is_told(processes: Executor) -> None:
    with pytest.raises(InputError, match="this cannot be sent to other processes"):
        map_items(add, [1], shared=(x for x in ()), executor=processes).run()
    with pytest.raises(InputError, match="this cannot be sent to other processes"):
        map_items(add, [(x for x in ())], shared=MATRIX, executor=processes).run()


def test_without_cloudpickle_functions_have_to_be_of_a_module(
    processes: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_shipping.importlib.util, "find_spec", lambda name: None)
    assert map_items(add, [5], shared=MATRIX, executor=processes).run() == {0: 120.0}
    with pytest.raises(InputError, match="define it in a module, or install cloudpickle"):
        map_items(lambda shared, item: add(shared, item), [1], shared=2, executor=processes).run()


def test_an_executor_that_is_shut_down_is_named() -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(InputError, match="executor takes no work: cannot schedule"):
        map_items(add, [1], shared=MATRIX, executor=pool).run()


# --- workers that are lost ---------------------------------------------------------------------


def test_a_worker_of_dask_that_dies_costs_its_item_only(client: Any, tmp_path: Path) -> None:
    executor = client.get_executor()
    results = map_items(die_once, range(6), shared=str(tmp_path), executor=executor).run()
    assert results == {number: number**2 for number in range(6)}
    assert (tmp_path / "died").exists()
    client.wait_for_workers(2, timeout=30)


def test_a_pool_that_is_broken_is_finished_here(processes_from: Any, tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=processes_from) as pool:
        results = map_items(die_once, range(6), shared=str(tmp_path), executor=pool).run()
        assert (tmp_path / "died").exists()
        # One that is broken before it begins, too.
        again = map_items(add, [5, 3, 8, 1], shared=MATRIX, executor=pool).run()
    assert results == {number: number**2 for number in range(6)}
    assert again == SUMS


def test_an_item_that_is_lost_twice_is_done(threads: Executor) -> None:
    executor = Losing(2, threads)
    assert map_items(add, [5], shared=MATRIX, executor=executor).run() == {0: 120.0}
    assert executor.given == 3


def test_an_item_that_is_lost_three_times_is_named() -> None:
    executor = Losing(1000)
    executor._max_workers = 1  # type: ignore[attr-defined]
    with pytest.raises(XaiError, match=r"items 0 were lost 3 times.*ConnectionError.*has gone"):
        map_items(add, [5, 3, 8, 1], shared=MATRIX, executor=executor).run()
    assert executor.given <= 6


def test_dask_without_workers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(_workers, "_RESTART_SECONDS", 0.2)
    with (
        distributed.LocalCluster(
            n_workers=0, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        pytest.raises(XaiError, match=r"no workers for 0\.2 seconds"),
    ):
        map_items(add, [1], shared=MATRIX, executor=client.get_executor()).run()
