"""How long work is asked for, reports, stops and is driven.

A function that may take long checks its arguments and returns `Work`: nothing is computed until
somebody drives it, to its end by `.run()` or one step at a time. Inside is a generator that yields
`Progress` every 50 ms or so and returns the result. No callbacks and no threads: whoever drives it
(`run`, or the compute thread of `xaiwidgets.jobs` for widgets) decides what to show and when to
stop. Before each yield the user's network is as it was found, so closing is a clean cancel.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, cast

from xaiwidgets.errors import InputError, XaiError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")
P = ParamSpec("P")

Steps = Generator["Progress", None, T]
"""The inside of long work: a generator of `Progress` that returns the result."""


class Later:
    """A preview that is made when it is first read, as making one may cost more than a step."""

    def __init__(self, make: Callable[..., Any], *arguments: Any) -> None:
        self.make = functools.partial(make, *arguments)


class _Preview:
    """The field `Progress.preview`: makes what was given as `Later` when it is first read."""

    def __get__(self, progress: Progress | None, _owner: type) -> Any:
        if progress is None:
            return None  # the default
        value = vars(progress)["_preview"]
        if isinstance(value, Later):
            # Made once: a second look gets the same object.
            value = vars(progress)["_preview"] = value.make()
        return value

    def __set__(self, progress: Progress, value: Any) -> None:
        vars(progress)["_preview"] = value


@dataclass(frozen=True)
class Progress:
    """One report of long work.

    Attributes
    ----------
    done, total : int
        Units of work finished and expected (`total` is None where it cannot be known).
    note : str
        What is being done, for a person.
    preview : object
        The best result so far, of the type the work will return, or None. Given as `Later`, it is
        made when it is first read, of what was known at this step.

    Examples
    --------
    >>> Progress(1, 2, "adding", Later(sum, [20, 1])).preview
    21
    """

    done: int
    total: int | None = None
    note: str = ""
    preview: Any = _Preview()

    @property
    def has_preview(self) -> bool:
        """Whether a preview was given; asking does not make it."""
        return vars(self)["_preview"] is not None

    def map(self, change: Callable[[Any], Any]) -> Progress:
        """Return the same report with `change(preview)`, made when it is first read."""

        def changed() -> Any:
            preview = self.preview
            return None if preview is None else change(preview)

        preview = Later(changed) if self.has_preview else None
        return Progress(self.done, self.total, self.note, preview)

    def without_preview(self, note: str | None = None) -> Progress:
        """Return the same report without its preview, with another note if one is given."""
        return Progress(self.done, self.total, self.note if note is None else note)

    def noted(self, note: str) -> Progress:
        """Return the same report with another note."""
        # Past the descriptor, which would make a preview that nothing has read.
        return Progress(self.done, self.total, note, vars(self)["_preview"])


@dataclass
class Budget:
    """Limits of long work, read at every trial, so that changing one acts at once.

    Attributes
    ----------
    max_time : float or None
        Seconds.
    max_trial : int or None
        Trials: trainings in a search, model evaluations in a Shapley map.
    max_gain : float or None
        Stop once this much is gained (the unit is the search's).

    Raises
    ------
    InputError
        If a limit is negative or not a number.

    Examples
    --------
    >>> budget = Budget(max_trial=50)
    >>> budget.max_trial = 100
    """

    max_time: float | None = None
    max_trial: int | None = None
    max_gain: float | None = None

    def __setattr__(self, name: str, value: float | None) -> None:
        # At every assignment, as limits are changed while work that reads them is under way.
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and value >= 0):
            raise InputError(f"{name} is {value!r}; it must be a number of at least 0, or None")
        super().__setattr__(name, value)


State = Literal["not begun", "under way", "done", "failed", "closed"]


class Work(Generator["Progress", None, T]):
    """Long work that is done once: by `run`, in a loop over its steps, or by ``yield from``.

    Returned by functions made with `work`, which have checked their arguments by then.

    Raises
    ------
    XaiError
        If it is driven on after it has failed or was closed.

    Examples
    --------
    >>> def count(to):
    ...     yield Progress(1, to)
    ...     return "done"
    >>> counting = Work(count(2), "count")
    >>> counting
    <count: not begun; .run() computes it>
    >>> counting.run()
    'done'
    >>> counting
    <count: done>
    """

    def __init__(self, steps: Steps[T], name: str) -> None:
        self.name = name
        self._steps = steps
        self._state: State = "not begun"
        self._result: T | None = None

    def __repr__(self) -> str:
        hint = "; .run() computes it" if self._state == "not begun" else ""
        return f"<{self.name}: {self._state}{hint}>"

    def send(self, value: None) -> Progress:
        """Take one step; at the end StopIteration has the result, also if it is asked again."""
        return self._advance(lambda: self._steps.send(value))

    def throw(self, kind: Any, value: Any = None, trace: TracebackType | None = None) -> Progress:
        """Raise an exception where the work stands."""
        # Generators take an exception, or its class with a value.
        error: BaseException = kind if isinstance(kind, BaseException) else value or kind()
        return self._advance(lambda: self._steps.throw(error))

    def _advance(self, step: Callable[[], Progress]) -> Progress:
        # A generator that has raised stops without a word when it is asked again, and `run` would
        # take that for a result of None.
        if self._state in ("failed", "closed"):
            raise XaiError(f"{self.name} has {_ENDS[self._state]}; call the function again")
        if self._state == "done":
            # As a generator ends, so that `yield from` of work that is done gives its result.
            raise StopIteration(self._result)
        self._state = "under way"
        try:
            return step()
        except StopIteration as stop:
            self._state, self._result = "done", stop.value
            raise
        except BaseException:
            self._state = "failed"
            raise

    def close(self) -> None:
        """Stop cleanly; the network is as it was found."""
        self._steps.close()
        # To close what is done is no error, and its result stays.
        if self._state in ("not begun", "under way"):
            self._state = "closed"

    def run(self, on_progress: Callable[[Progress], object] | None = None) -> T:
        """Do the rest and return the result; again, if it has been computed already.

        Whatever interrupts it (an error, Ctrl-C) closes the work first.
        """
        return run(self, on_progress)

    def map(self, change: Callable[[T], U]) -> Work[U]:
        """Return work whose result (and previews, once they are looked at) are `change` of ours.

        Examples
        --------
        >>> def count():
        ...     yield Progress(1, 2)
        ...     return "done"
        >>> Work(count(), "count").map(str.upper).run()
        'DONE'
        """

        def steps() -> Steps[U]:
            result = yield from relay(self, lambda progress: progress.map(change))
            return change(result)

        return Work(steps(), self.name)


_ENDS = {"failed": "failed", "closed": "been closed"}


class Immediate(Protocol[P, T_co]):
    """A function whose plain call runs its work at once; `work` returns that work instead."""

    work: Callable[P, Work[Any]]
    __name__: str

    def __call__(self, *arguments: P.args, **options: P.kwargs) -> T_co:
        """Do the work and return its result."""


def work(function: Callable[P, Steps[T]]) -> Callable[P, Work[T]]:
    """Make a function that checks its arguments and returns a generator return `Work`.

    The generator has to be another function's: in a generator function nothing at all runs, no
    check either, before the first step.

    Examples
    --------
    >>> @work
    ... def count(to: int):
    ...     if to < 1:
    ...         raise InputError(f"to is {to}; use at least 1")
    ...     def steps():
    ...         yield Progress(1, to)
    ...         return "done"
    ...     return steps()
    >>> count(2)
    <work.count: not begun; .run() computes it>
    """
    if inspect.isgeneratorfunction(function):
        raise TypeError(f"{function.__qualname__} is a generator function: it cannot check at once")
    name = function.__qualname__
    if "." not in name:
        # As users call it, such as "contrast.explain".
        name = ".".join([*function.__module__.split(".")[1:2], name])

    @functools.wraps(function)
    def begin(*arguments: P.args, **options: P.kwargs) -> Work[T]:
        return Work(function(*arguments, **options), name)

    return begin


def immediate(function: Callable[P, Steps[T]]) -> Immediate[P, T]:
    """Make a function like those for `work` run at once when called, and stream by its `work`.

    For what is mostly quick: one code, a plain form ``f(x)`` and a streaming form ``f.work(x)``.
    """
    begin = work(function)

    @functools.wraps(function)
    def call(*arguments: P.args, **options: P.kwargs) -> T:
        return begin(*arguments, **options).run()

    streaming = cast(Immediate[P, T], call)
    streaming.work = begin
    return streaming


def run(steps: Steps[T], on_progress: Callable[[Progress], object] | None = None) -> T:
    """Drive `steps` to the end and return its result.

    Whatever interrupts it (an error, Ctrl-C) closes the generator first.

    Examples
    --------
    >>> def count():
    ...     yield Progress(1, 2)
    ...     return "done"
    >>> run(count())
    'done'
    """
    try:
        while True:
            progress = next(steps)
            if on_progress is not None:
                on_progress(progress)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        steps.close()


def relay(steps: Steps[T], change: Callable[[Progress], Progress]) -> Steps[T]:
    """Do `steps` as part of other work, whose reports `change` makes of theirs.

    Examples
    --------
    >>> def count():
    ...     yield Progress(1, 2)
    ...     return "done"
    >>> run(relay(count(), lambda progress: Progress(progress.done, 2, "counting")))
    'done'
    """
    try:
        while True:
            try:
                progress = next(steps)
            except StopIteration as stop:
                result: T = stop.value
                return result
            # Not `yield from`, which would hand the reports on as they are.
            yield change(progress)
    finally:
        # A caller who closes this one raises at the yield above, of which `steps` would not hear,
        # and its hooks would stay in the network.
        steps.close()


def constantly(report: Progress) -> Callable[[Progress], Progress]:
    """Return what makes `report` of all reports, those of a part of larger work."""
    return lambda _: report


def each_step_inside(
    steps: Steps[T], context: Callable[[], AbstractContextManager[object]]
) -> Steps[T]:
    """Do each of `steps` inside a context of its own, which their caller is never in.

    A generator runs in the context of its caller, so that each step has to enter it by itself.

    Examples
    --------
    >>> from contextlib import nullcontext
    >>> def count():
    ...     yield Progress(1, 2)
    ...     return "done"
    >>> run(each_step_inside(count(), nullcontext))
    'done'
    """
    try:
        while True:
            with context():
                try:
                    progress = next(steps)
                except StopIteration as stop:
                    result: T = stop.value
                    return result
            yield progress
    finally:
        steps.close()
