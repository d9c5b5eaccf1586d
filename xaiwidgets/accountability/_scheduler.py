"""Who trains what when: a group at a time in this process, or on the workers of an executor."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import closing

from torch import nn

from xaiwidgets.accountability._data import Data
from xaiwidgets.accountability._group_size import group_size
from xaiwidgets.accountability._recipe import Recipe, load_weights
from xaiwidgets.accountability._result import SearchResult
from xaiwidgets.accountability._search_run import SearchRun
from xaiwidgets.accountability._training import GroupOutcome, Training, count_steps, train
from xaiwidgets.accountability._trial import BASELINE, TrialId
from xaiwidgets.cluster import Done, Failed, WorkerPool
from xaiwidgets.devices import is_out_of_memory
from xaiwidgets.errors import InputError
from xaiwidgets.work import Progress, Steps

_MINIBATCH_SECONDS = 0.05  # that a minibatch of a group may take in this process

Group = tuple[TrialId, ...]
Trainers = WorkerPool[tuple[Recipe, Data], Group, GroupOutcome]


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
    size = group_size(state.recipe)
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
        # The trials go back into the queue (`finally`) and are trained in two smaller groups.
        size = _halve(group, error)
        yield _progress(state, 0, f"memory ran out; {size} together from now on")
    finally:
        state.requeue(group)
    return size


def _train_on_workers(state: SearchRun, data: Data, executor: Executor) -> Steps[None]:
    """Let the executor's workers train; return when a budget says stop, or no worker is left."""
    size = group_size(state.recipe)  # calls the user's factory, which may raise
    pool = Trainers(executor, train_group, (state.recipe, data))
    try:
        while _fill_pool(state, pool, size, data):
            # Budgets may be changed at any time: all that is under way may be of no use by now.
            if all(map(state.is_obsolete, pool.in_flight)):
                return
            for group, outcome in pool.outcomes():
                state.requeue(group)
                if isinstance(outcome, Done):
                    state.add(outcome.result)
                elif isinstance(outcome, Failed):
                    if not is_out_of_memory(outcome.error):
                        raise outcome.error
                    size = _halve(group, outcome.error)
            yield _progress(state, 0, f"{len(pool.in_flight)} groups under way")
    finally:
        for group in pool.in_flight:
            state.requeue(group)
        pool.close()


def train_group(shared: tuple[Recipe, Data], group: Group) -> Training:
    """Train a group on a worker."""
    recipe, data = shared
    return train(recipe, data, group)


def _fill_pool(state: SearchRun, pool: Trainers, size: int, data: Data) -> bool:
    """Give each worker a group, and one more to wait; return whether any is under way."""
    while len(pool.in_flight) <= pool.size and not pool.is_broken:
        group = tuple(state.take(_worker_share(state, pool, size, data)))
        if not group:
            break
        # Even late: without a baseline there is no gain, and no result.
        limit = None if BASELINE in group else state.seconds_left
        if not pool.submit(group, group, limit):
            state.requeue(group)
    # A broken pool takes no more work; the caller trains the rest in this process.
    return bool(pool.in_flight) and not pool.is_broken


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


def _worker_share(state: SearchRun, pool: Trainers, size: int, data: Data) -> int:
    """Return how many trials to give to one worker, so that all have some."""
    pending = state.count_pending(size * pool.size)
    return max(1, min(_affordable_size(state, size, data), -(-pending // pool.size)))


def _progress(state: SearchRun, running: float, note: str) -> Progress:
    return Progress(state.finished + int(running), state.total, note, state.preview)


def _halve(group: Sequence[TrialId], error: BaseException) -> int:
    if len(group) == 1:
        raise InputError(
            f"there is not enough memory to train one network ({error}); make hidden, batch_size "
            "or the inputs smaller"
        ) from error
    return len(group) // 2
