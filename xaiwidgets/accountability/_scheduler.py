"""Who trains what when: a group at a time in this process, or on the workers of an executor."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import closing
from typing import Any

from torch import nn

from xaiwidgets.accountability._data import Data
from xaiwidgets.accountability._recipe import Recipe, load_weights
from xaiwidgets.accountability._result import SearchResult
from xaiwidgets.accountability._search_run import SearchRun
from xaiwidgets.accountability._training import (
    GroupOutcome,
    count_steps,
    group_size,
    train,
)
from xaiwidgets.accountability._trial import BASELINE, TrialId
from xaiwidgets.accountability._workers import DATA_MISSING, WorkerPool, is_worker_lost
from xaiwidgets.devices import is_out_of_memory
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.work import Progress, Steps

_POLL_SECONDS = 0.03  # between looks at the budgets while workers train
_MINIBATCH_SECONDS = 0.05  # that a minibatch of a group may take in this process
_ATTEMPTS = 3  # for a group whose worker is lost

InFlight = dict[Future[Any], list[TrialId]]
"""The groups that an executor has."""


def train_trial(recipe: Recipe, data: Data, trial: TrialId) -> Steps[nn.Module]:
    """Train one trial, and return its network."""
    with closing(train(recipe, data, [trial])) as training:
        while True:
            try:
                share = next(training)
            except StopIteration as end:
                outcome: GroupOutcome = end.value
                return load_weights(recipe.build_module(), outcome.weights[trial]).eval()
            yield Progress(int(100 * share), 100, "training")


def run_search(state: SearchRun, data: Data, executor: Executor | None) -> Steps[SearchResult]:
    """Try until a budget says stop."""
    if executor is not None:
        yield from _train_on_workers(state, data, executor)
    # Also after workers: where all of them are lost, the rest is trained here.
    size = group_size(state.recipe, data)
    while (reason := state.stop_reason()) is None:
        if group := state.take(_affordable_size(state, size, data)):
            size = yield from _train_here(state, data, group, size)
    return state.result(reason)


def _train_here(state: SearchRun, data: Data, group: list[TrialId], size: int) -> Steps[int]:
    """Train a group in this process; return how many to train together from now on."""
    note = "training the start" if group[0] == BASELINE else f"training {len(group)} together"
    try:
        with closing(train(state.recipe, data, group)) as training:
            while True:
                share = next(training)
                if state.is_obsolete(group):
                    return size
                yield _progress(state, share * len(group), f"{note}: {share:.0%}")
    except StopIteration as end:
        state.add(end.value)
        yield _progress(state, 0, "")
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        size = _halve(group, error)
        yield _progress(state, 0, f"memory ran out; {size} together from now on")
    finally:
        state.requeue(group)
    return size


def _train_on_workers(state: SearchRun, data: Data, executor: Executor) -> Steps[None]:
    """Let the executor's workers train; return when a budget says stop, or no worker is left."""
    size = group_size(state.recipe, data)  # calls the user's factory, which may raise
    pool = WorkerPool(executor, state.recipe, data)
    failures: Counter[TrialId] = Counter()
    in_flight: InFlight = {}
    try:
        while _fill_pool(state, pool, in_flight, size, data):
            # Budgets may be changed at any time: all that is under way may be of no use by now.
            if all(state.is_obsolete(group) for group in in_flight.values()):
                return
            for future in wait(in_flight, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED).done:
                group = in_flight.pop(future)
                state.requeue(group)
                error = _error_of(future)
                if error is None:
                    _record(state, pool, future.result())
                # A broken pool takes no more work; the caller trains the rest in this process.
                elif isinstance(error, BrokenExecutor):
                    return
                elif is_out_of_memory(error):
                    size = _halve(group, error)
                elif is_worker_lost(error):
                    failures.update(group)
                    _check_failures(failures, group, error)
                    pool.restore_data()
                else:
                    raise error
            yield _progress(state, 0, f"{len(in_flight)} groups under way")
    finally:
        for future, group in in_flight.items():
            future.cancel()
            state.requeue(group)
        pool.close()


def _fill_pool(
    state: SearchRun, pool: WorkerPool, in_flight: InFlight, size: int, data: Data
) -> bool:
    """Give each worker a group, and one more to wait; return whether any is in flight."""
    while len(in_flight) <= pool.size:
        group = state.take(_worker_share(state, pool, size, data))
        if not group:
            break
        try:
            # Even late: without a baseline there is no gain, and no result.
            limit = None if BASELINE in group else state.seconds_left
            in_flight[pool.submit(group, limit)] = group
        except RuntimeError as error:
            state.requeue(group)
            if isinstance(error, BrokenExecutor):
                return False
            raise InputError(f"executor takes no work: {error}") from error
    return bool(in_flight)


def _record(state: SearchRun, pool: WorkerPool, answer: GroupOutcome | str | None) -> None:
    """Add what a worker has trained; a group that it had to leave is pending again."""
    if isinstance(answer, GroupOutcome):
        state.add(answer)
    elif answer == DATA_MISSING:
        pool.ship_data()


def _affordable_size(state: SearchRun, size: int, data: Data) -> int:
    """Return how many trials to train together, so that a limit of time cuts off little."""
    each, left = state.seconds_each, state.seconds_left
    if each is None:
        # Under a limit of time one alone tells first how long a trial takes.
        return size if left is None else 1
    if state.recipe.network is not None:
        # How much work a user's network is, is known only from the baseline.
        size = min(size, int(_MINIBATCH_SECONDS * count_steps(state.recipe, data) / each))
    if left is not None:
        size = min(size, int(left / each))
    return max(1, size)


def _worker_share(state: SearchRun, pool: WorkerPool, size: int, data: Data) -> int:
    """Return how many trials to give to one worker, so that all have some."""
    pending = state.count_pending(size * pool.size)
    return max(1, min(_affordable_size(state, size, data), -(-pending // pool.size)))


def _progress(state: SearchRun, running: float, note: str) -> Progress:
    return Progress(state.finished + int(running), state.total, note, state.preview)


def _halve(group: list[TrialId], error: BaseException) -> int:
    if len(group) == 1:
        raise InputError(
            f"there is not enough memory to train one network ({error}); make hidden, batch_size "
            "or the inputs smaller"
        ) from error
    return len(group) // 2


def _error_of(future: Future[Any]) -> BaseException | None:
    return CancelledError("cancelled") if future.cancelled() else future.exception()


def _check_failures(failures: Counter[TrialId], group: list[TrialId], error: BaseException) -> None:
    if any(failures[trial] >= _ATTEMPTS for trial in group):
        raise XaiError(
            f"the workers that trained {group} were lost {_ATTEMPTS} times, the last time by "
            f"{type(error).__name__}: {error}. See their logs; what was finished is in the last "
            "preview, from where resume= goes on"
        ) from error
