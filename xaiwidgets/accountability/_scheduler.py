"""Who trains what when: here a group at a time, or on the workers of an executor."""

from __future__ import annotations

import math
import time
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
from xaiwidgets.accountability._recipe import BASELINE, Recipe, TrialId, load_weights
from xaiwidgets.accountability._result import SearchResult
from xaiwidgets.accountability._training import (
    GroupOutcome,
    count_steps,
    group_size,
    is_out_of_memory,
    train,
)
from xaiwidgets.accountability._trials import Trials
from xaiwidgets.accountability._workers import DATA_MISSING, WorkerPool, is_worker_lost
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.work import Progress, Steps

_SAID = 0.03  # seconds between reports
_LONG = 0.05  # seconds that a minibatch of a group may take
_TRIES = 3  # of a group whose worker is lost


def train_trial(recipe: Recipe, pair: Data, start: TrialId) -> Steps[nn.Module]:
    """Train one trial, and return its network."""
    training, said = train(recipe, pair, [start]), -math.inf
    with closing(training):
        while True:
            try:
                share = next(training)
            except StopIteration as end:
                net: nn.Module = load_weights(recipe.build_module(), end.value.weights)
                return net.eval()
            if time.perf_counter() - said > _SAID:
                yield Progress(int(100 * share), 100, "training")
                said = time.perf_counter()


def run_search(ledger: Trials, pair: Data, executor: Executor | None) -> Steps[SearchResult]:
    """Try until a budget says stop."""
    if executor is not None:
        yield from _there(ledger, pair, executor)
    size = group_size(ledger.recipe, pair)
    while trials := ledger.take(_fitting(ledger, size, pair)):
        size = yield from _here(ledger, pair, trials, size)
    return ledger.result(ledger.reason() or "max_trial")


def _here(ledger: Trials, pair: Data, trials: list[TrialId], size: int) -> Steps[int]:
    """Train one group in this process; return how many to train together from now on."""
    said = time.perf_counter()
    note = "training the start" if trials[0] == BASELINE else f"training {len(trials)} together"
    try:
        with closing(train(ledger.recipe, pair, trials)) as training:
            while True:
                share = next(training)
                if ledger.over(trials):
                    return size
                if time.perf_counter() - said > _SAID:
                    yield _progress(ledger, share * len(trials), f"{note}: {share:.0%}")
                    said = time.perf_counter()
    except StopIteration as end:
        ledger.add(end.value)
        yield _progress(ledger, 0, "")
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        size = _halved(trials, error)
        yield _progress(ledger, 0, f"memory ran out; {size} together from now on")
    finally:
        ledger.requeue(trials)
    return size


def _there(ledger: Trials, pair: Data, executor: Executor) -> Steps[None]:
    """Let the executor's workers train; return when a budget says stop, or no worker is left."""
    size = group_size(ledger.recipe, pair)  # asks the user's network, which may raise
    pool = WorkerPool(executor, ledger.recipe, pair)
    tries: Counter[TrialId] = Counter()
    in_flight: dict[Future[Any], list[TrialId]] = {}
    try:
        while _sent(ledger, pool, in_flight, size, pair):
            if all(ledger.over(trials) for trials in in_flight.values()):
                return
            for future in wait(in_flight, timeout=_SAID, return_when=FIRST_COMPLETED).done:
                trials = in_flight.pop(future)
                ledger.requeue(trials)
                error = _error(future)
                if error is None:
                    _taken(ledger, pool, future.result())
                elif isinstance(error, BrokenExecutor):
                    return
                elif is_out_of_memory(error):
                    size = _halved(trials, error)
                elif is_worker_lost(error):
                    tries.update(trials)
                    _check_tries(tries, trials, error)
                    pool.restore_data()
                else:
                    raise error
            yield _progress(ledger, 0, f"{len(in_flight)} groups under way")
    finally:
        for future, trials in in_flight.items():
            future.cancel()
            ledger.requeue(trials)
        pool.close()


def _sent(
    ledger: Trials,
    pool: WorkerPool,
    in_flight: dict[Future[Any], list[TrialId]],
    size: int,
    pair: Data,
) -> bool:
    """Give each worker a group, and one more to wait; return whether any is under way."""
    while len(in_flight) <= pool.size:
        trials = ledger.take(_share(ledger, pool, size, pair))
        if not trials:
            break
        try:
            limit = None if BASELINE in trials else ledger.left
            in_flight[pool.submit(trials, limit)] = trials
        except RuntimeError as error:
            ledger.requeue(trials)
            if isinstance(error, BrokenExecutor):
                return False
            raise InputError(f"executor takes no work: {error}") from error
    return bool(in_flight)


def _taken(ledger: Trials, pool: WorkerPool, answer: GroupOutcome | str | None) -> None:
    """Take note of what a worker answers; a group that it had to leave is to be done again."""
    if answer == DATA_MISSING:
        pool.ship_data()
    elif isinstance(answer, GroupOutcome):
        ledger.add(answer)


def _fitting(ledger: Trials, size: int, pair: Data) -> int:
    """Return how many trials to train together, so that a limit of time cuts off little."""
    each, left, most = ledger.seconds_each, ledger.left, size
    if each is None:
        return 1 if left is not None else most
    if ledger.recipe.network is not None:
        # How much work a user's network is, is known only from the baseline.
        most = min(most, int(_LONG * count_steps(ledger.recipe, pair) / each))
    if left is not None:
        most = min(most, int(left / each))
    return max(1, most)


def _share(ledger: Trials, pool: WorkerPool, size: int, pair: Data) -> int:
    """Return how many trials to give to one worker, so that all have some."""
    waiting = ledger.waiting(size * pool.size)
    return max(1, min(_fitting(ledger, size, pair), -(-waiting // pool.size)))


def _progress(ledger: Trials, running: float, note: str) -> Progress:
    return Progress(ledger.finished + int(running), ledger.total, note, ledger.preview())


def _halved(trials: list[TrialId], error: BaseException) -> int:
    if len(trials) == 1:
        raise InputError(
            f"there is not enough memory to train one network ({error}); make hidden, batch_size "
            "or the inputs smaller"
        ) from error
    return len(trials) // 2


def _error(future: Future[Any]) -> BaseException | None:
    return CancelledError("cancelled") if future.cancelled() else future.exception()


def _check_tries(tries: Counter[TrialId], trials: list[TrialId], error: BaseException) -> None:
    if any(tries[trial] >= _TRIES for trial in trials):
        raise XaiError(
            f"the workers that trained {trials} were lost {_TRIES} times, the last time by "
            f"{type(error).__name__}: {error}. See their logs; what was finished is in the last "
            "preview, from where resume= goes on"
        ) from error
