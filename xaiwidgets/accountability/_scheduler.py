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
from xaiwidgets.accountability._recipe import BASELINE, Recipe, Start, put
from xaiwidgets.accountability._result import SearchResult
from xaiwidgets.accountability._training import Outcome, group_size, out_of_memory, train
from xaiwidgets.accountability._training import steps as steps_of
from xaiwidgets.accountability._trials import Ledger
from xaiwidgets.accountability._workers import Crew, lost, unseen
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.work import Progress, Steps

_SAID = 0.03  # seconds between reports
_LONG = 0.05  # seconds that a minibatch of a group may take
_TRIES = 3  # of a group whose worker is lost


def retrained(recipe: Recipe, pair: Data, start: Start) -> Steps[nn.Module]:
    """Train one trial, and return its network."""
    training, said = train(recipe, pair, [start]), -math.inf
    with closing(training):
        while True:
            try:
                share = next(training)
            except StopIteration as end:
                net: nn.Module = put(recipe.module(), end.value.weights)
                return net.eval()
            if time.perf_counter() - said > _SAID:
                yield Progress(int(100 * share), 100, "training")
                said = time.perf_counter()


def searched(ledger: Ledger, pair: Data, executor: Executor | None) -> Steps[SearchResult]:
    """Try until a budget says stop."""
    if executor is not None:
        yield from _there(ledger, pair, executor)
    size = group_size(ledger.recipe, pair)
    while trials := ledger.take(_fitting(ledger, size, pair)):
        size = yield from _here(ledger, pair, trials, size)
    return ledger.result(ledger.reason() or "max_trial")


def _here(ledger: Ledger, pair: Data, trials: list[Start], size: int) -> Steps[int]:
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
        if not out_of_memory(error):
            raise
        size = _halved(trials, error)
        yield _progress(ledger, 0, f"memory ran out; {size} together from now on")
    finally:
        ledger.put_back(trials)
    return size


def _there(ledger: Ledger, pair: Data, executor: Executor) -> Steps[None]:
    """Let the executor's workers train; return when a budget says stop, or no worker is left."""
    size = group_size(ledger.recipe, pair)  # asks the user's network, which may raise
    crew = Crew(executor, ledger.recipe, pair)
    tries: Counter[Start] = Counter()
    flying: dict[Future[Any], list[Start]] = {}
    try:
        while _sent(ledger, crew, flying, size, pair):
            if all(ledger.over(trials) for trials in flying.values()):
                return
            for future in wait(flying, timeout=_SAID, return_when=FIRST_COMPLETED).done:
                trials = flying.pop(future)
                ledger.put_back(trials)
                error = _error(future)
                if error is None:
                    _taken(ledger, crew, future.result())
                elif isinstance(error, BrokenExecutor):
                    return
                elif out_of_memory(error):
                    size = _halved(trials, error)
                elif lost(error):
                    tries.update(trials)
                    _check_tries(tries, trials, error)
                    crew.renew()
                else:
                    raise error
            yield _progress(ledger, 0, f"{len(flying)} groups under way")
    finally:
        for future, trials in flying.items():
            future.cancel()
            ledger.put_back(trials)
        crew.close()


def _sent(
    ledger: Ledger, crew: Crew, flying: dict[Future[Any], list[Start]], size: int, pair: Data
) -> bool:
    """Give each worker a group, and one more to wait; return whether any is under way."""
    while len(flying) <= crew.size:
        trials = ledger.take(_share(ledger, crew, size, pair))
        if not trials:
            break
        try:
            limit = None if BASELINE in trials else ledger.left
            flying[crew.submit(trials, limit)] = trials
        except RuntimeError as error:
            ledger.put_back(trials)
            if isinstance(error, BrokenExecutor):
                return False
            raise InputError(f"executor takes no work: {error}") from error
    return bool(flying)


def _taken(ledger: Ledger, crew: Crew, answer: Outcome | str | None) -> None:
    """Take note of what a worker answers; a group that it had to leave is to be done again."""
    if unseen(answer):
        crew.send_along()
    elif isinstance(answer, Outcome):
        ledger.add(answer)


def _fitting(ledger: Ledger, size: int, pair: Data) -> int:
    """Return how many trials to train together, so that a limit of time cuts off little."""
    each, left, most = ledger.seconds_each, ledger.left, size
    if each is None:
        return 1 if left is not None else most
    if ledger.recipe.network is not None:
        # How much work a user's network is, is known only from the baseline.
        most = min(most, int(_LONG * steps_of(ledger.recipe, pair) / each))
    if left is not None:
        most = min(most, int(left / each))
    return max(1, most)


def _share(ledger: Ledger, crew: Crew, size: int, pair: Data) -> int:
    """Return how many trials to give to one worker, so that all have some."""
    waiting = ledger.waiting(size * crew.size)
    return max(1, min(_fitting(ledger, size, pair), -(-waiting // crew.size)))


def _progress(ledger: Ledger, running: float, note: str) -> Progress:
    return Progress(ledger.finished + int(running), ledger.total, note, ledger.preview())


def _halved(trials: list[Start], error: BaseException) -> int:
    if len(trials) == 1:
        raise InputError(
            f"there is not enough memory to train one network ({error}); make hidden, batch_size "
            "or the inputs smaller"
        ) from error
    return len(trials) // 2


def _error(future: Future[Any]) -> BaseException | None:
    return CancelledError("cancelled") if future.cancelled() else future.exception()


def _check_tries(tries: Counter[Start], trials: list[Start], error: BaseException) -> None:
    if any(tries[trial] >= _TRIES for trial in trials):
        raise XaiError(
            f"the workers that trained {trials} were lost {_TRIES} times, the last time by "
            f"{type(error).__name__}: {error}. See their logs; what was finished is in the last "
            "preview, from where resume= goes on"
        ) from error
