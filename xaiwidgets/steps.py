"""How long work reports, stops and is driven.

An explainer is a generator: it yields `Progress` every 50 ms or so and returns its result.
No callbacks and no threads: whoever drives the generator (`run` here, the compute thread of
`xaiwidgets.jobs` for widgets) decides what to show and when to stop. Before each yield the
user's network is as it was found, so closing the generator at any step is a clean cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from xaiwidgets.errors import InputError

T = TypeVar("T")

Steps = Generator["Progress", None, T]
"""Long work: yields `Progress`, returns the result."""


@dataclass(frozen=True)
class Progress:
    """One report of long work.

    Attributes
    ----------
    done, total : int
        Units of work finished and expected (`total` is None when nobody can know).
    note : str
        What is being done, for a person.
    preview : object
        The best result so far, of the type the work will return, or None.
    """

    done: int
    total: int | None = None
    note: str = ""
    preview: Any = None


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
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and value >= 0):
            raise InputError(f"{name} is {value!r}; it must be a number of at least 0, or None")
        super().__setattr__(name, value)


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
            yield change(progress)
    finally:
        steps.close()
