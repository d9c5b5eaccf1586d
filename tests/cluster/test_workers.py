"""One item on a worker: when it stops, how it travels, how many threads it has."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.cluster.helpers import MATRIX, SUMS, Elsewhere, Instant, Losing
from tests.cluster.tasks import add, add_slowly, count_threads, identify
from xaiwidgets.cluster import (
    Done,
    Failed,
    Undone,
    WorkerPool,
    _shipping,
    _workers,
    available_cores,
    count_workers,
    map_items,
)
from xaiwidgets.cluster._shipping import load_shared, write_shared
from xaiwidgets.cluster._tokens import FolderToken, NoToken, ThreadToken
from xaiwidgets.cluster._workers import MISSING, STOPPED, Assignment, Shared, perform
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.work import Progress, Steps

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_is_left")]


def test_a_worker_stops_at_its_deadline_and_when_nobody_waits() -> None:
    shared = Shared(add_slowly, MATRIX)
    assert perform(Assignment(1, NoToken(), 0.0, None), shared) == STOPPED
    assert perform(Assignment(1, NoToken(), 1000.0, None), shared) == Done(116.0)
    assert perform(Assignment(1, NoToken(), None, None), shared) == Done(116.0)
    assert perform(Assignment(1, FolderToken("/not/here"), None, None), shared) == STOPPED
    assert perform(Assignment(1, NoToken(), None, None), "/not/here") == MISSING


def test_outcomes_come_as_they_were_submitted_whatever_items_are_called() -> None:
    with closing(WorkerPool(Instant(), add, MATRIX)) as pool:
        names = [((0.1, 2),), ((None, 1),), ((0.1, 1),)]  # which have no order among them
        for item, name in enumerate(names):
            assert pool.submit(name, item)
        assert pool.outcomes() == [(name, Done(115.0 + at)) for at, name in enumerate(names)]
        assert pool.in_flight == []


def test_a_token_stops_at_the_next_step() -> None:
    class Third(ThreadToken):
        calls = 0

        def cancelled(self) -> bool:
            self.calls += 1
            return self.calls == 3

    token, closed = Third(), []

    def count(shared: None, item: int) -> Steps[None]:
        try:
            while True:
                yield Progress(0)
        finally:
            closed.append(item)

    assert perform(Assignment(7, token, None, None), Shared(count, None)) == STOPPED
    assert token.calls == 3 and closed == [7]


def test_losses_are_counted_by_name() -> None:
    pool = WorkerPool(Losing(1000), add, MATRIX)
    with closing(pool):
        for names in (("a", "b"), ("b", "c")):
            pool.submit(names, 1)
            assert pool.in_flight == [names]
            assert pool.outcomes() == [(names, Undone("lost"))]
        pool.submit(("b",), 1)
        with pytest.raises(XaiError, match="the workers of items b were lost 3 times"):
            pool.outcomes()


def test_dask_does_not_take_an_item_for_another_that_is_alike(client: Any) -> None:
    with closing(WorkerPool(client.get_executor(), identify, MATRIX)) as pool:
        assert pool.size == 2
        assert pool.submit(("a",), 1) and pool.submit(("b",), 1)
        assert len(pool._in_flight) == 2
        names = []
        while pool.in_flight:
            names += [name for name, outcome in pool.outcomes() if isinstance(outcome, Done)]
        assert sorted(names) == [("a",), ("b",)]


def test_errors_of_ours_have_no_traceback_of_the_worker() -> None:
    failed = Failed.of(InputError("use another"))
    assert isinstance(failed.error, InputError) and not hasattr(failed.error, "__notes__")


# --- what is shared ----------------------------------------------------------------------------


def test_arrays_are_written_once_and_mapped() -> None:
    tensor, array = torch.arange(1000.0), np.arange(500)
    none, slopes = np.zeros(0), torch.ones(3, requires_grad=True)
    folder = Path(write_shared({"tensor": tensor, "arrays": [array, none, array], "odd": slopes}))
    try:
        sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
        assert sizes.pop("pickle") < 2000
        assert sizes == {"0": tensor.nbytes, "1": array.nbytes, "2": 0}
        loaded = load_shared(str(folder))
        assert loaded is load_shared(str(folder))
    finally:
        _shipping.shutil.rmtree(folder)
    assert torch.equal(loaded["tensor"], tensor) and loaded["odd"].requires_grad
    first, empty, second = loaded["arrays"]
    assert np.array_equal(first, array) and empty.shape == (0,) and first is second
    loaded["tensor"][0] = 7  # copy-on-write
    assert not isinstance(pickle.loads(pickle.dumps(first)), np.memmap)


def test_more_than_ten_arrays_keep_their_order() -> None:
    arrays = [np.full(2, number) for number in range(12)]
    folder = write_shared(arrays)
    loaded = load_shared(folder)
    _shipping.shutil.rmtree(folder)
    assert [int(array[0]) for array in loaded] == list(range(12))


def test_a_folder_that_cannot_be_written_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(path: Path, content: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(OSError, match="no space"):
        write_shared(MATRIX)
    assert list(tmp_path.iterdir()) == []


def test_workers_that_do_not_see_the_disk_are_sent_it_with_each_item(threads: Executor) -> None:
    executor = Elsewhere(threads)
    assert map_items(add, [5, 3, 8, 1], shared=MATRIX, executor=executor).run() == SUMS
    assert isinstance(executor.sources[0], str) and isinstance(executor.sources[-1], Shared)


def test_what_was_brought_is_taken_away() -> None:
    with ThreadPoolExecutor(3) as executor:
        pool = WorkerPool(executor, add, MATRIX)
        token = pool._token
        assert pool.size == 3 and isinstance(token, ThreadToken) and not token.cancelled()
        assert pool._source.value is MATRIX and pool._threads is None
        pool.close()
        assert token.cancelled() and pool._source is None
        other = WorkerPool(Elsewhere(executor), add, MATRIX)
        folder = other._token
        assert other.size == available_cores()
        assert isinstance(folder, FolderToken) and not folder.cancelled()
        other.close()
        assert folder.cancelled()


# --- cores -------------------------------------------------------------------------------------


def test_processes_share_the_cores(processes_from: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_workers, "available_cores", lambda: 7)
    for workers, threads in ((2, 3), (7, 1), (9, 1)):
        with ProcessPoolExecutor(workers, mp_context=processes_from) as executor:
            assert count_workers(executor) == workers
            with closing(WorkerPool(executor, add, MATRIX)) as pool:
                assert (pool.size, pool._threads) == (workers, threads)


@pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be forked there")
def test_a_forked_process_has_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    # With more, OpenMP waits for threads that stayed in the process it was forked from.
    monkeypatch.setattr(_workers, "available_cores", lambda: 8)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        results = map_items(count_threads, [1], shared=None, executor=executor).run()
    assert results == {0: 1}


def test_an_item_sets_its_threads_and_puts_them_back() -> None:
    threads = torch.get_num_threads()
    for wanted in (threads + 1, None):
        assignment = Assignment(1, NoToken(), None, wanted)
        assert perform(assignment, Shared(count_threads, None)) == Done(wanted or threads)
        assert torch.get_num_threads() == threads


def test_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_cores() == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, "sched_getaffinity")
    assert available_cores() == os.cpu_count()
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cores() == 1
