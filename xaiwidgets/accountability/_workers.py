"""Groups of trials on an executor of the user: threads, processes, or a cluster of Dask."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import time
import uuid
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xaiwidgets.accountability._data import Data, Examples
from xaiwidgets.accountability._recipe import Recipe, Start
from xaiwidgets.accountability._training import Outcome, cores, train

_ASKED = 0.25  # seconds between questions to a scheduler, which may be far away
_UNSEEN = "the folder is not here"


@dataclass
class Flag:
    """Says "go on" to threads of this process."""

    on: bool = True

    def going(self) -> bool:
        """Whether the search still wants the answer."""
        return self.on


@dataclass
class Folder:
    """Says "go on" to processes that see this disk, while a folder is there."""

    path: str

    def going(self) -> bool:
        """Whether the search still wants the answer."""
        return Path(self.path).exists()


@dataclass
class Signal:
    """Says "go on" to Dask's workers by an event that its scheduler holds."""

    name: str
    _asked: float = field(default=0.0, repr=False)

    def going(self) -> bool:
        """Whether the search still wants the answer; asked a few times a second."""
        now = time.monotonic()
        if now - self._asked < _ASKED:
            return True
        self._asked = now
        return bool(_distributed().Event(self.name).is_set())


@dataclass
class Always:
    """For workers that nothing of ours reaches: they have their deadline."""

    def going(self) -> bool:
        """Whether the search still wants the answer."""
        return True


@dataclass(frozen=True)
class Task:
    """A group of trials, and how long to go on with them."""

    recipe: Recipe
    trials: tuple[Start, ...]
    link: Flag | Folder | Signal | Always
    seconds: float | None
    threads: int | None


def work(task: Task, source: Data | str) -> Outcome | str | None:
    """Train a group wherever this runs; None if it was stopped before its end."""
    try:
        data = _loaded(source) if isinstance(source, str) else source
    except OSError:
        # Either the search is over, which nobody will read, or this is another machine.
        return _UNSEEN
    began, before = time.monotonic(), torch.get_num_threads()
    if task.threads is not None:
        torch.set_num_threads(task.threads)
    steps = train(task.recipe, data, task.trials)
    try:
        while True:
            next(steps)
            late = task.seconds is not None and time.monotonic() - began > task.seconds
            if late or not task.link.going():
                return None
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    finally:
        steps.close()
        if task.threads is not None:
            torch.set_num_threads(before)


class Crew:
    """An executor with the data brought to its workers, once."""

    def __init__(self, executor: Executor, recipe: Recipe, data: Data) -> None:
        self._executor, self._recipe, self._data = executor, recipe, data
        self._client: Any = None
        self._source: Any = data
        self._link: Flag | Folder | Signal | Always = Flag()
        self._threads: int | None = None
        self.size = int(getattr(executor, "_max_workers", 0) or cores())
        if type(executor).__module__.startswith("distributed."):
            self._client = executor._client  # type: ignore[attr-defined]
            self.size = max(1, sum(self._client.nthreads().values()))
            self._link = Signal(f"xaiwidgets-{uuid.uuid4().hex}")
            self._scatter()
            _distributed().Event(self._link.name, client=self._client).set()
        elif not isinstance(executor, ThreadPoolExecutor):
            self._source = _written(data)
            self._link = Folder(self._source)
            if isinstance(executor, ProcessPoolExecutor):
                self._threads = max(1, cores() // self.size)

    def submit(self, trials: list[Start], seconds: float | None) -> Future[Outcome | str | None]:
        """Hand a group to the workers."""
        # A signal remembers when it was asked: each task has its own.
        link = Signal(self._link.name) if isinstance(self._link, Signal) else self._link
        task = Task(self._recipe, tuple(trials), link, seconds, self._threads)
        options = {} if self._client is None else {"pure": False}
        return self._executor.submit(work, task, self._source, **options)

    def renew(self) -> None:
        """Bring the data again, to workers that have lost it."""
        if self._client is not None:
            self._scatter()

    def send_along(self) -> None:
        """Send the data with each group: the workers do not see this disk."""
        if isinstance(self._link, Folder):
            shutil.rmtree(self._link.path, ignore_errors=True)
        self._source, self._link = self._data, Always()

    def close(self) -> None:
        """Tell the workers to stop, and take away what was brought."""
        self._source = None
        if isinstance(self._link, Flag):
            self._link.on = False
        elif isinstance(self._link, Folder):
            shutil.rmtree(self._link.path, ignore_errors=True)
        elif isinstance(self._link, Signal):
            try:
                _distributed().Event(self._link.name, client=self._client).clear()
            except Exception:  # the cluster is gone, and with it all that was there
                return

    def _scatter(self) -> None:
        self._source = self._client.scatter(self._data, broadcast=True, hash=False)


def unseen(answer: object) -> bool:
    """Whether a worker has said that it does not see the data."""
    return answer == _UNSEEN


def lost(error: BaseException) -> bool:
    """Whether an error is of the worker or the way there, and not of the training."""
    kinds = (BrokenExecutor, CancelledError, OSError, TimeoutError)
    return isinstance(error, kinds) or type(error).__module__.startswith("distributed.")


def _distributed() -> Any:
    return importlib.import_module("distributed")


def _written(data: Data) -> str:
    """Write the data where processes of this machine can map it."""
    folder = Path(tempfile.mkdtemp(prefix="xaiwidgets-"))
    try:
        for name, part in (("training", data.training), ("held_out", data.held_out)):
            if part is not None:
                np.save(folder / f"{name}_inputs.npy", part.inputs.numpy())
                np.save(folder / f"{name}_labels.npy", part.labels.numpy())
        (folder / "classes").write_text(str(data.classes))
    except BaseException:  # the disk is full, say
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return str(folder)


@lru_cache(maxsize=1)
def _loaded(path: str) -> Data:
    """Return the data of a folder: mapped, so that all processes share it."""
    folder = Path(path)

    def part(name: str) -> Examples:
        # Copied on write: torch does not know arrays that cannot be written to.
        arrays = (
            np.load(folder / f"{name}_{what}.npy", mmap_mode="c") for what in ("inputs", "labels")
        )
        return Examples(*(torch.from_numpy(array) for array in arrays))

    held_out = part("held_out") if (folder / "held_out_inputs.npy").exists() else None
    return Data(part("training"), held_out, int((folder / "classes").read_text()))
