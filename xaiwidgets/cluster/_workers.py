"""A function and what it needs on the workers of an executor, and their items on the way."""

from __future__ import annotations

import os
import pickle
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import torch

from xaiwidgets.cluster._outcomes import Done, Failed, Outcome, Undone
from xaiwidgets.cluster._shipping import load_shared, pack, write_shared
from xaiwidgets.cluster._tokens import (
    DaskToken,
    FolderToken,
    NoToken,
    ThreadToken,
    Token,
    import_distributed,
)
from xaiwidgets.errors import InputError, XaiError

S = TypeVar("S")
I = TypeVar("I")  # noqa: E741
R = TypeVar("R")

Function = Callable[[S, I], Generator[Any, None, R]]
"""What is done on workers: `function(shared, item)`, in steps, between which it can stop."""

ItemNames = tuple[Any, ...]
"""What an item is called, or its parts."""

MISSING = Undone("the folder of what is shared is not here")
"""What a worker answers that does not see the disk."""

STOPPED = Undone("stopped")

_RESTART_SECONDS = 60  # that Dask's workers may take to come back when all of them are lost
_WAIT_SECONDS = 0.03  # for workers, between looks at the budgets
_ATTEMPTS = 3  # at an item whose worker is lost


@dataclass(frozen=True)
class Shared(Generic[S, I, R]):
    """The function, and what it needs for every item: sent once."""

    function: Function[S, I, R]
    value: S


@dataclass(frozen=True)
class Assignment(Generic[I]):
    """An item for a worker, and for how long."""

    item: I
    token: Token
    seconds: float | None
    threads: int | None


def perform(assignment: Assignment[I], source: Shared[Any, I, R] | str) -> Outcome[R]:
    """Do an item wherever this runs."""
    try:
        shared = load_shared(source) if isinstance(source, str) else source
    except OSError:
        # Either this is another machine, or the work is over and nobody reads the answer.
        return MISSING
    began, threads = time.monotonic(), torch.get_num_threads()
    if assignment.threads is not None:
        torch.set_num_threads(assignment.threads)
    try:
        with closing(shared.function(shared.value, assignment.item)) as steps:
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    return Done(end.value)
                seconds = time.monotonic() - began
                late = assignment.seconds is not None and seconds > assignment.seconds
                if late or assignment.token.cancelled():
                    return STOPPED
    except Exception as error:
        # Returned: what is raised comes of the way to the worker, and is tried again.
        return Failed.of(error)
    finally:
        if assignment.threads is not None:
            torch.set_num_threads(threads)


def perform_packed(assignment: bytes, source: Shared[Any, Any, Any] | str) -> bytes:
    """Do an item that has come from another process, and pack what came of it."""
    outcome: Outcome[Any] = perform(pickle.loads(assignment), source)
    try:
        return pack(outcome)
    except InputError as error:
        return pack(Failed(error))


class WorkerPool(Generic[S, I, R]):
    """An executor to which a function was brought, with what it needs for every item, once.

    Threads share that, processes map it from a folder, Dask scatters it.

    Parameters
    ----------
    executor : concurrent.futures.Executor
    function : callable
        ``function(shared, item)``: steps that return the item's result (`Work`, say), between any
        two of which it can be stopped.
    shared : object

    Attributes
    ----------
    size : int
        How many items are done at once.
    is_broken : bool
        Whether the executor takes no more work, as all its processes are lost.

    Raises
    ------
    InputError
        If the function or what it needs cannot be sent.
    """

    def __init__(self, executor: Executor, function: Function[S, I, R], shared: S) -> None:
        self._executor = executor
        self._shared = Shared(function, shared)
        self._client: Any = _client_of(executor)
        self._source: Any = self._shared
        self._token: Token = ThreadToken()
        self._in_flight: dict[Future[Any], ItemNames] = {}
        self._losses: Counter[Any] = Counter()
        self.size, self.is_broken = count_workers(executor), False
        self._threads = _threads_each(executor, self.size)
        if self._client is not None:
            self._token = DaskToken(f"xaiwidgets-{uuid.uuid4().hex}")
            self._scatter()
            import_distributed().Event(self._token.name, client=self._client).set()
        elif not isinstance(executor, ThreadPoolExecutor):
            self._source = write_shared(self._shared)
            self._token = FolderToken(self._source)

    @property
    def in_flight(self) -> list[ItemNames]:
        """The names of the items under way."""
        return list(self._in_flight.values())

    def submit(self, names: ItemNames, item: I, seconds: float | None = None) -> bool:
        """Hand an item to the workers; return False if the executor is broken.

        Parameters
        ----------
        names : tuple of hashable
            What the item is called, or its parts: it is counted for each of them how often its
            worker was lost.
        item : object
        seconds : float, optional
            After which the worker stops by itself.
        """
        # Each task polls Dask by itself, and so has a token of its own.
        token = DaskToken(self._token.name) if isinstance(self._token, DaskToken) else self._token
        assignment = Assignment(item, token, seconds, self._threads)
        local = isinstance(self._token, ThreadToken)
        task: Any = perform if local else perform_packed
        content = assignment if local else pack(assignment)
        # Dask would take two tasks with the same arguments for one.
        options = {} if self._client is None else {"pure": False}
        try:
            future = self._executor.submit(task, content, self._source, **options)
        except BrokenExecutor:
            self.is_broken = True
            return False
        except RuntimeError as error:
            raise InputError(f"executor takes no work: {error}") from error
        self._in_flight[future] = names
        return True

    def outcomes(self) -> list[tuple[ItemNames, Outcome[R]]]:
        """Return what has come since; wait for a moment if nothing has.

        Raises
        ------
        XaiError
            If the workers of an item were lost again and again, or all workers of Dask are.
        """
        done = wait(self._in_flight, _WAIT_SECONDS, FIRST_COMPLETED).done
        # As they were submitted: which of several is named by an error must not depend on a set's
        # order, and names need not have one (the start of a search has a delta, its redrawn trials
        # have none).
        finished = [(future, names) for future, names in self._in_flight.items() if future in done]
        for future, _ in finished:
            del self._in_flight[future]
        return [(names, self._outcome(future, names)) for future, names in finished]

    def close(self) -> None:
        """Tell the workers to stop, and take away what was brought."""
        for future in self._in_flight:
            future.cancel()
        self._in_flight.clear()
        self._source = None
        if isinstance(self._token, ThreadToken):
            self._token.is_set = True
        elif isinstance(self._token, FolderToken):
            shutil.rmtree(self._token.path, ignore_errors=True)
        elif isinstance(self._token, DaskToken):
            try:
                import_distributed().Event(self._token.name, client=self._client).clear()
            except Exception:  # the cluster is gone, and with it all that was there
                return

    def _outcome(self, future: Future[Any], names: ItemNames) -> Outcome[R]:
        error = CancelledError("cancelled") if future.cancelled() else future.exception()
        if error is None:
            answer = future.result()
            outcome: Outcome[R] = pickle.loads(answer) if isinstance(answer, bytes) else answer
            # Found out by the first answer: whether a pool's processes see our disk no executor
            # tells.
            if outcome == MISSING:
                self._send_with_items()
            return outcome
        if isinstance(error, BrokenExecutor):
            self.is_broken = True
        elif is_worker_lost(error):
            self._losses.update(names)
            self._check_losses(names, error)
            if self._client is not None:
                self._scatter()  # to workers that replace those that were lost
        else:
            return Failed(error)
        return Undone("lost")

    def _check_losses(self, names: ItemNames, error: BaseException) -> None:
        if max(self._losses[name] for name in names) >= _ATTEMPTS:
            raise XaiError(
                f"the workers of items {', '.join(map(str, names))} were lost {_ATTEMPTS} times, "
                f"the last time by {type(error).__name__}: {error}. See their logs; what was "
                "finished is in the last preview"
            ) from error

    def _send_with_items(self) -> None:
        """Send what is shared with each item from now on: the workers do not see this disk."""
        if isinstance(self._token, FolderToken):
            shutil.rmtree(self._token.path, ignore_errors=True)
        self._source, self._token = self._shared, NoToken()

    def _scatter(self) -> None:
        # Not the timeout of connections, which may be short: new workers have to load torch.
        try:
            self._source = self._client.scatter(
                self._shared, broadcast=True, hash=False, timeout=_RESTART_SECONDS
            )
        except TimeoutError as error:
            raise XaiError(
                f"Dask has had no workers for {_RESTART_SECONDS} seconds; start some, and begin "
                "again: what was finished is in the last preview"
            ) from error


def check_executor(executor: Executor | None) -> Executor | None:
    """Return an executor, or None; InputError if it is something else."""
    if executor is not None and not isinstance(executor, Executor):
        raise InputError(
            f"executor is a {type(executor).__name__}; use one of concurrent.futures, or Dask's "
            "Client.get_executor()"
        )
    return executor


def count_workers(executor: Executor) -> int:
    """Return how many items an executor does at once; the cores of this machine if unknown."""
    if client := _client_of(executor):
        return max(1, sum(map(int, client.nthreads().values())))
    workers: int = getattr(executor, "_max_workers", 0) or available_cores()
    return workers


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_worker_lost(error: BaseException) -> bool:
    """Whether an error is of the worker or the way there, and not of the function."""
    kinds = (BrokenExecutor, CancelledError, OSError, TimeoutError)
    return isinstance(error, kinds) or type(error).__module__.startswith("distributed.")


def _client_of(executor: Executor) -> Any:
    """Return the client of an executor of Dask, or None."""
    # By name: Dask is no dependency, and need not be there.
    is_dask = type(executor).__module__.startswith("distributed.")
    return executor._client if is_dask else None  # type: ignore[attr-defined]


def _threads_each(executor: Executor, size: int) -> int | None:
    """Return how many threads torch may use on a worker; None where that is not for us to say."""
    if not isinstance(executor, ProcessPoolExecutor):
        return None
    # OpenMP waits for ever for threads that a forked process does not have.
    context: Any = executor._mp_context
    if context.get_start_method() == "fork":
        return 1
    # Else each process would start as many threads as there are cores.
    return max(1, available_cores() // size)
