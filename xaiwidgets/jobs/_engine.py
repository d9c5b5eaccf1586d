"""One compute thread takes turns over all active generators, newest first.

So no two jobs race on a network, and a gesture is answered during a long search: a new job gets
its first step as soon as the step under way ends. Cancel is checked between steps and closes the
generator. Each step runs in the `contextvars` context of its submission, by which ipykernel
routes what it publishes.
"""

from __future__ import annotations

import atexit
import contextvars
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar, cast

from xaiwidgets.errors import Cancelled, InputError, XaiError
from xaiwidgets.work import Progress, Steps, run

T = TypeVar("T")

THREAD = "xaiwidgets compute"


class Job(Generic[T]):
    """One generator on its way to a result.

    Parameters
    ----------
    steps : Steps
        The work.
    on_progress : callable
        Called with every `Progress`, on the compute thread.
    on_end : callable
        Called with the job when it has ended, however it ended; not if it was silenced.
    """

    def __init__(
        self,
        steps: Steps[T],
        on_progress: Callable[[Progress], object],
        on_end: Callable[[Job[T]], object],
    ) -> None:
        self.cancelled = False
        self.error: BaseException | None = None
        self._steps, self._on_progress, self._on_end = steps, on_progress, on_end
        self._result: T | None = None
        self._silenced = self._has_result = self._is_over = False
        self.ended = threading.Event()
        # Of the cell that submits: ipykernel routes by it what the steps publish.
        self._context = contextvars.copy_context()

    @property
    def done(self) -> bool:
        """Whether the job has ended: with a result, an error, or cancelled."""
        return self.ended.is_set()

    @property
    def outcome(self) -> T:
        """The result of a job that has ended with one."""
        return cast(T, self._result)

    def cancel(self, *, silence: bool = False) -> None:
        """Stop after the step under way; with `silence`, call back no more."""
        self._silenced = self._silenced or silence
        # Not once it has its result, which counts.
        self.cancelled = self.cancelled or not (self.done or self._has_result)

    def wait(self, timeout: float | None = None) -> T:
        """Block until the job has ended and return its result; Ctrl-C cancels it.

        Raises
        ------
        Cancelled, TimeoutError, or whatever the work raised
        """
        if threading.current_thread().name == THREAD:
            raise XaiError("wait() on the compute thread would wait for itself; use a callback")
        try:
            # In short waits, since an interrupt is not delivered inside a long one everywhere.
            left = timeout if timeout is not None else float("inf")
            while not self.ended.wait(min(0.1, max(left, 0))):
                left -= 0.1
                if left <= 0:
                    raise TimeoutError(f"the job has not ended within {timeout} s")
        except KeyboardInterrupt:
            self.cancel()
            raise
        if self.error is not None:
            raise self.error
        if self.cancelled:
            raise Cancelled("the job was cancelled")
        return self.outcome

    def step(self) -> bool:
        """Take one step in the context of the submission, and return whether it was the last.

        Called by the engine, which then lets go of the job and sets `ended`.
        """
        self._context.run(self._step)
        return self._is_over

    def _step(self) -> None:
        if self.cancelled:
            return self._end()
        try:
            progress = next(self._steps)
            if not self._silenced:
                self._on_progress(progress)
        except StopIteration as stop:
            # A result that is there counts, even if a cancel came during the last step.
            self._result, self._has_result, self.cancelled = stop.value, True, False
            self._end()
        except BaseException as error:
            self.error = error
            self._end()

    def _end(self) -> None:
        try:
            self._steps.close()
        except BaseException as error:
            self.error = self.error or error
        try:
            if not self._silenced:
                self._on_end(self)
        except BaseException as error:
            self.error = self.error or error
        finally:
            self._is_over = True  # whatever fails: `wait` always returns


class Engine:
    """Runs jobs on one thread, which starts with the first job and rests when there is none.

    Parameters
    ----------
    initialize : callable, optional
        Called once on the compute thread before its first step.

    Examples
    --------
    >>> def answer():
    ...     yield Progress(1, 1)
    ...     return 42
    >>> Engine().submit(answer()).wait()
    42
    """

    def __init__(self, initialize: Callable[[], object] | None = None) -> None:
        self._initialize = initialize
        self._changed = threading.Condition()
        self._waiting: list[Job[Any]] = []
        self._thread: threading.Thread | None = None
        self._stopping = False

    def submit(
        self,
        steps: Steps[T],
        on_progress: Callable[[Progress], object] = lambda progress: None,
        on_end: Callable[[Job[T]], object] = lambda job: None,
    ) -> Job[T]:
        """Take on `steps`, Work or a generator, and return at once; callable from any thread."""
        if not isinstance(steps, Generator):
            raise InputError(
                f"steps is a {type(steps).__name__}; it must be the Work that long functions "
                "return, or a generator"
            )
        job = Job(steps, on_progress, on_end)
        with self._changed:
            self._waiting.append(job)
            if self._thread is None or not self._thread.is_alive():
                # A daemon, as Python would wait at its end for any other thread.
                self._thread = threading.Thread(target=self._work, name=THREAD, daemon=True)
                self._thread.start()
                # A thread that is inside torch when the interpreter shuts down aborts the process.
                atexit.register(self.stop)
            self._changed.notify()
        return job

    def call(self, steps: Steps[T]) -> T:
        """Do `steps` on the compute thread and return the result; on that thread itself, at once.

        Examples
        --------
        >>> def answer():
        ...     yield Progress(1, 1)
        ...     return 42
        >>> Engine().call(answer())
        42
        """
        if threading.current_thread().name == THREAD:
            return run(steps)
        return self.submit(steps).wait()

    @property
    def is_awaitable(self) -> bool:
        """Whether jobs go on while the caller waits: not on the thread itself, nor once stopped."""
        thread = self._thread
        return thread is not None and thread.is_alive() and thread is not threading.current_thread()

    def stop(self) -> None:
        """End the thread after the step under way, and all jobs; a later `submit` starts anew."""
        with self._changed:
            self._waiting.clear()
            thread, self._thread = self._thread, None
            # Left set without a thread to end, it would end the next one before its first job.
            self._stopping = thread is not None and thread.is_alive()
            self._changed.notify()
        if thread is not None:
            # Not for ever: a network that hangs must not keep the interpreter.
            thread.join(10)

    def _work(self) -> None:
        if self._initialize is not None:
            self._initialize()
        newest_first: list[Job[Any]] = []
        turn = 0
        while True:
            with self._changed:
                while not newest_first and not self._waiting and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    self._stopping = False
                    return
                if self._waiting:
                    # The newest job gets the next step: it is what the user has just done.
                    newest_first = self._waiting[::-1] + newest_first
                    self._waiting.clear()
                    turn = 0
            # No variable holds a job: while the thread rests, the last one's network may go.
            if newest_first[turn].step():
                ended = newest_first.pop(turn).ended
                # Nothing here holds the job any more: what its waiter lets go of is freed at once.
                ended.set()
            else:
                turn += 1
            turn = turn % len(newest_first) if newest_first else 0


class Channel:
    """Latest wins: a new job on a channel cancels the older one and silences it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self.job: Job[Any] | None = None
        self._older: list[Job[Any]] = []  # cancelled, and maybe in the middle of a step

    def submit(
        self,
        steps: Steps[T],
        on_progress: Callable[[Progress], object],
        on_end: Callable[[Job[T]], object],
    ) -> Job[T]:
        """Replace the job of this channel."""
        with self._lock:
            if self.job is not None:
                self.job.cancel(silence=True)
                self._older = [job for job in (*self._older, self.job) if not job.done]
            self.job = self._engine.submit(steps, on_progress, on_end)
            return self.job

    def cancel(self) -> None:
        """Stop the job of this channel; it still reports its end."""
        with self._lock:
            if self.job is not None:
                self.job.cancel()

    def silence(self) -> list[Job[Any]]:
        """Stop the job of this channel, call back no more, and return all that have not ended."""
        with self._lock:
            jobs = [job for job in (*self._older, self.job) if job is not None and not job.done]
        for job in jobs:
            job.cancel(silence=True)
        return jobs


class Channels:
    """The channels of one owner, which are closed together."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._channels: list[Channel] = []

    def open(self) -> Channel:
        """Return one more channel."""
        self._channels.append(Channel(self._engine))
        return self._channels[-1]

    def close(self, seconds: float) -> None:
        """Stop all jobs without a word, and wait so long at most until the engine has none of them.

        On the compute thread, which would wait for itself, they end after the step under way.
        """
        deadline = time.monotonic() + seconds
        # Again, as a callback that was under way may have submitted another.
        while jobs := [job for channel in self._channels for job in channel.silence()]:
            left = deadline - time.monotonic()
            if left <= 0 or not self._engine.is_awaitable or not jobs[0].ended.wait(left):
                return
