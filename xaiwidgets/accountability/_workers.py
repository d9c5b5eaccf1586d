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
from xaiwidgets.accountability._recipe import Recipe
from xaiwidgets.accountability._training import GroupOutcome, available_cores, train
from xaiwidgets.accountability._trial import TrialId
from xaiwidgets.errors import XaiError

DATA_MISSING = "the folder is not here"
"""What a worker answers that does not see the disk on which the data was written."""

_RESTART_SECONDS = 60  # that Dask's workers may take to come back when all of them are lost
_POLL_SECONDS = 0.25  # between questions to Dask's scheduler, which may be far away


@dataclass
class ThreadToken:
    """A cancellation token for threads of this process."""

    is_set: bool = False

    def cancelled(self) -> bool:
        """Whether the search no longer wants the answer."""
        return self.is_set


@dataclass
class FolderToken:
    """A cancellation token for processes that see this disk: set when a folder is deleted."""

    path: str

    def cancelled(self) -> bool:
        """Whether the search no longer wants the answer."""
        return not Path(self.path).exists()


@dataclass
class DaskToken:
    """A cancellation token for Dask's workers: an event of its scheduler, set while we want on."""

    name: str
    _last_poll: float = field(default=0.0, repr=False)

    def cancelled(self) -> bool:
        """Whether the search no longer wants the answer; polled a few times a second."""
        now = time.monotonic()
        if now - self._last_poll < _POLL_SECONDS:
            return False
        self._last_poll = now
        return not _import_distributed().Event(self.name).is_set()


@dataclass
class NoToken:
    """For workers that we cannot reach: they stop at their deadline."""

    def cancelled(self) -> bool:
        """Whether the search no longer wants the answer."""
        return False


Token = ThreadToken | FolderToken | DaskToken | NoToken


@dataclass(frozen=True)
class GroupTask:
    """A group of trials, and how long to train it at most."""

    recipe: Recipe
    trials: tuple[TrialId, ...]
    token: Token
    seconds: float | None
    threads: int | None


WorkerAnswer = GroupOutcome | str | None
"""Of a worker: None where it was stopped, or `DATA_MISSING`."""


def train_task(task: GroupTask, source: Data | str) -> WorkerAnswer:
    """Train a group wherever this runs; return None if it was stopped before its end."""
    try:
        data = _load_data(source) if isinstance(source, str) else source
    except OSError:
        # Either this is another machine, or the search is over and nobody reads the answer.
        return DATA_MISSING
    began, threads = time.monotonic(), torch.get_num_threads()
    if task.threads is not None:
        torch.set_num_threads(task.threads)
    training = train(task.recipe, data, task.trials)
    try:
        while True:
            next(training)
            late = task.seconds is not None and time.monotonic() - began > task.seconds
            if late or task.token.cancelled():
                return None
    except StopIteration as end:
        outcome: GroupOutcome = end.value
        return outcome
    finally:
        training.close()
        if task.threads is not None:
            torch.set_num_threads(threads)


class WorkerPool:
    """An executor with the data brought to its workers, once.

    Threads share the data, processes map it from a folder, Dask scatters it.
    """

    def __init__(self, executor: Executor, recipe: Recipe, data: Data) -> None:
        self._executor, self._recipe, self._data = executor, recipe, data
        self._client: Any = None
        self._source: Any = data
        self._token: Token = ThreadToken()
        self._threads: int | None = None
        self.size = int(getattr(executor, "_max_workers", 0) or available_cores())
        # By name: Dask is no dependency, and need not be there.
        if type(executor).__module__.startswith("distributed."):
            self._client = executor._client  # type: ignore[attr-defined]
            self.size = max(1, sum(self._client.nthreads().values()))
            self._token = DaskToken(f"xaiwidgets-{uuid.uuid4().hex}")
            self._scatter()
            _import_distributed().Event(self._token.name, client=self._client).set()
        elif not isinstance(executor, ThreadPoolExecutor):
            self._source = _write_data(data)
            self._token = FolderToken(self._source)
            if isinstance(executor, ProcessPoolExecutor):
                # Else each process would start as many threads as there are cores.
                self._threads = max(1, available_cores() // self.size)

    def submit(self, trials: list[TrialId], seconds: float | None) -> Future[WorkerAnswer]:
        """Hand a group to the workers."""
        # Each task polls Dask by itself, and so has a token of its own.
        token = DaskToken(self._token.name) if isinstance(self._token, DaskToken) else self._token
        task = GroupTask(self._recipe, tuple(trials), token, seconds, self._threads)
        # Dask would take two tasks with the same arguments for one.
        options = {} if self._client is None else {"pure": False}
        return self._executor.submit(train_task, task, self._source, **options)

    def restore_data(self) -> None:
        """Bring the data again, to workers of Dask that replace some that were lost."""
        if self._client is not None:
            self._scatter()

    def ship_data(self) -> None:
        """Send the data with each group from now on: the workers do not see this disk."""
        if isinstance(self._token, FolderToken):
            shutil.rmtree(self._token.path, ignore_errors=True)
        self._source, self._token = self._data, NoToken()

    def close(self) -> None:
        """Tell the workers to stop, and take away what was brought."""
        self._source = None
        if isinstance(self._token, ThreadToken):
            self._token.is_set = True
        elif isinstance(self._token, FolderToken):
            shutil.rmtree(self._token.path, ignore_errors=True)
        elif isinstance(self._token, DaskToken):
            try:
                _import_distributed().Event(self._token.name, client=self._client).clear()
            except Exception:  # the cluster is gone, and with it all that was there
                return

    def _scatter(self) -> None:
        # Not the timeout of connections, which may be short: new workers have to load torch.
        try:
            self._source = self._client.scatter(
                self._data, broadcast=True, hash=False, timeout=_RESTART_SECONDS
            )
        except TimeoutError as error:
            raise XaiError(
                f"Dask has had no workers for {_RESTART_SECONDS} seconds; start some, and go on "
                "with resume= from the last preview"
            ) from error


def is_worker_lost(error: BaseException) -> bool:
    """Whether an error is of the worker or the way there, and not of the training."""
    kinds = (BrokenExecutor, CancelledError, OSError, TimeoutError)
    return isinstance(error, kinds) or type(error).__module__.startswith("distributed.")


def _import_distributed() -> Any:
    return importlib.import_module("distributed")


def _write_data(data: Data) -> str:
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
def _load_data(path: str) -> Data:
    """Return the data of a folder: mapped, so that all processes share it."""
    folder = Path(path)

    def load_part(name: str) -> Examples:
        # Mapped copy-on-write: torch warns about arrays that cannot be written to.
        inputs, labels = (
            np.load(folder / f"{name}_{array}.npy", mmap_mode="c") for array in ("inputs", "labels")
        )
        return Examples(torch.from_numpy(inputs), torch.from_numpy(labels))

    held_out = load_part("held_out") if (folder / "held_out_inputs.npy").exists() else None
    return Data(load_part("training"), held_out, int((folder / "classes").read_text()))
