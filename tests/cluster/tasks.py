"""What the tests of executors do with items, in a module that a worker has loaded quickly."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from xaiwidgets.work import Progress, Steps

Matrix = tuple[Tensor, int]


def add(shared: Matrix, item: int) -> Steps[float]:
    """Return a number of what is shared and the item."""
    yield Progress(0)
    tensor, offset = shared
    return float(tensor.sum()) + offset + item


def add_slowly(shared: Matrix, item: int) -> Steps[float]:
    """Do the same in steps."""
    for step in range(3):
        yield Progress(step, 3, f"step {step}")
    return (yield from add(shared, item))


def die_once(folder: str, item: int) -> Steps[int]:
    """Kill the process that does item 2 first."""
    trace = Path(folder) / "died"
    for _ in range(5):
        time.sleep(0.02)
        yield Progress(0)
    if item == 2 and not trace.exists():
        trace.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def sleep_on(folder: str, item: int) -> Steps[None]:
    """Leave a trace of each step, for as long as nobody says stop."""
    try:
        while True:
            (Path(folder) / str(item)).write_text(str(time.monotonic()))
            time.sleep(0.01)
            yield Progress(0)
    finally:
        (Path(folder) / f"{item}-closed").touch()


def fail_at(wanted: int, item: int) -> Steps[int]:
    """Raise at one item what looks as if the way to the worker had failed."""
    yield Progress(0)
    if item == wanted:
        raise FileNotFoundError(f"no file of {item}")
    return item


class TwoArgumentsError(Exception):
    """Cannot be pickled: it is made of two arguments, and keeps one."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def fail_oddly(shared: None, item: int) -> Steps[int]:
    """Raise what does not travel."""
    yield Progress(0)
    raise TwoArgumentsError("odd ", "words")


def count_threads(shared: None, item: int) -> Steps[int]:
    """Return how many threads torch uses there."""
    yield Progress(0)
    return torch.get_num_threads()


def identify(shared: Any, item: int) -> Steps[tuple[int, int]]:
    """Return which process it is, and which object it has been given."""
    yield Progress(0)
    time.sleep(0.02)
    return os.getpid(), id(shared)


def halve(shared: None, item: Tensor) -> Steps[Tensor]:
    """Return a part of a larger tensor that is equal to the item."""
    yield Progress(0)
    return torch.cat([item, item])[: len(item)]


def give_generator(shared: None, item: int) -> Steps[Any]:
    """Return what cannot be pickled."""
    yield Progress(0)
    return (x for x in ())
