"""`map_items`: a function of many items, here or on an executor."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from contextlib import closing
from typing import Generic, TypeVar

from xaiwidgets.cluster._outcomes import Done, Failed
from xaiwidgets.cluster._workers import Function, WorkerPool, check_executor
from xaiwidgets.errors import InputError
from xaiwidgets.work import Budget, Later, Progress, Steps, work

S = TypeVar("S")
I = TypeVar("I")  # noqa: E741
R = TypeVar("R")


@work
def map_items(
    function: Function[S, I, R],
    items: Iterable[I],
    *,
    shared: S,
    executor: Executor | None = None,
    budget: Budget | None = None,
) -> Steps[dict[int, R]]:
    """Do ``function(shared, item)`` for every item, here or on the workers of an executor.

    Results come in any order. An item whose worker is lost is done again, three times at most; if
    all processes of a pool are lost, what remains is done here.

    Parameters
    ----------
    function : callable
        Returns steps that return the item's result (`Work`, say), between any two of which it can
        be stopped.
    items : iterable
        Each is sent when it is its turn.
    shared : object
        What all items need, such as a network: sent to each worker once. Threads share it.
    executor : concurrent.futures.Executor, optional
        Threads, processes, or Dask's ``Client.get_executor()``; by default this process.
    budget : Budget, optional
        `max_trial` items, `max_time` seconds, read anew all the time. What is finished by then is
        the result.

    Returns
    -------
    Work[dict]
        The results by the number of their items, in order; previews are those so far.

    Raises
    ------
    InputError
        If the executor is none or takes no work, the budget has a `max_gain`, or the function
        cannot be sent.
    XaiError
        If the workers of one item were lost three times.
    Exception
        Whatever the function raises, with a note that says the item.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> def power(base, exponent):
    ...     yield Progress(0, 1)
    ...     return base**exponent
    >>> with ThreadPoolExecutor(2) as pool:
    ...     map_items(power, [1, 2, 3], shared=2, executor=pool).run()
    {0: 2, 1: 4, 2: 8}
    """
    check_executor(executor)
    budget = Budget() if budget is None else budget
    if not isinstance(budget, Budget) or budget.max_gain is not None:
        raise InputError(f"budget is {budget!r}; use Budget(max_time=, max_trial=)")
    mapping = _Mapping(function, list(items), shared, budget)
    return mapping.steps(executor)


class _Mapping(Generic[S, I, R]):
    """Items on their way to results."""

    def __init__(
        self, function: Function[S, I, R], items: Sequence[I], shared: S, budget: Budget
    ) -> None:
        self._function, self._items, self._shared = function, items, shared
        self._budget = budget
        self._results: dict[int, R] = {}
        self._began = time.monotonic()

    def steps(self, executor: Executor | None) -> Steps[dict[int, R]]:
        self._began = time.monotonic()
        if executor is not None:
            with closing(WorkerPool(executor, self._function, self._shared)) as pool:
                yield from self._on_workers(pool)
        # Also after workers: where all of them are lost, the rest is done here.
        while (number := self._next(())) is not None:
            yield from self._here(number)
        return self._sorted()

    def _on_workers(self, pool: WorkerPool[S, I, R]) -> Steps[None]:
        while True:
            self._fill(pool)
            # What is under way beyond a lowered budget is not waited for; closing the pool stops
            # it.
            if pool.is_broken or not any(self._is_wanted(number) for (number,) in pool.in_flight):
                return
            for (number,), outcome in pool.outcomes():
                if isinstance(outcome, Done):
                    self._results[number] = outcome.result
                elif isinstance(outcome, Failed):
                    outcome.error.add_note(f"for item {number}")
                    raise outcome.error
            yield self._progress(f"{len(pool.in_flight)} under way")

    def _fill(self, pool: WorkerPool[S, I, R]) -> None:
        """Give each worker an item, and one more to wait."""
        while len(pool.in_flight) <= pool.size and not pool.is_broken:
            number = self._next({number for (number,) in pool.in_flight})
            if number is None:
                return
            pool.submit((number,), self._items[number], self._seconds_left())

    def _here(self, number: int) -> Steps[None]:
        try:
            with closing(self._function(self._shared, self._items[number])) as steps:
                while self._is_wanted(number):
                    yield self._progress(getattr(next(steps), "note", ""))
        except StopIteration as end:
            self._results[number] = end.value
            yield self._progress("")
        except Exception as error:
            error.add_note(f"for item {number}")
            raise

    def _next(self, under_way: Iterable[int]) -> int | None:
        """Return the first item to be done that is not under way."""
        waiting = (
            number
            for number in range(len(self._items))
            if number not in self._results and number not in under_way
        )
        number = next(waiting, None)
        # The first only: where it is beyond the budget, so are all after it.
        return number if number is not None and self._is_wanted(number) else None

    def _is_wanted(self, number: int) -> bool:
        return number < self._total and self._seconds_left() > 0

    @property
    def _total(self) -> int:
        most = self._budget.max_trial
        return len(self._items) if most is None else min(len(self._items), most)

    def _seconds_left(self) -> float:
        most = self._budget.max_time
        return math.inf if most is None else most - (time.monotonic() - self._began)

    def _progress(self, note: str) -> Progress:
        preview = Later(self._sorted, dict(self._results)) if self._results else None
        return Progress(len(self._results), self._total, note, preview)

    def _sorted(self, results: dict[int, R] | None = None) -> dict[int, R]:
        return dict(sorted((self._results if results is None else results).items()))
