"""Cancellation tokens: how workers learn that nobody waits for them any more."""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_POLL_SECONDS = 0.25  # between questions to Dask's scheduler, which may be far away


@dataclass
class ThreadToken:
    """A cancellation token for threads of this process."""

    is_set: bool = False

    def cancelled(self) -> bool:
        """Whether the answer is no longer wanted."""
        return self.is_set


@dataclass
class FolderToken:
    """A cancellation token for processes that see this disk: set when a folder is deleted."""

    path: str

    def cancelled(self) -> bool:
        """Whether the answer is no longer wanted."""
        return not Path(self.path).exists()


@dataclass
class DaskToken:
    """A cancellation token for Dask's workers: an event of its scheduler, set while we want on."""

    name: str
    _last_poll: float = field(default=0.0, repr=False)

    def cancelled(self) -> bool:
        """Whether the answer is no longer wanted; polled a few times a second."""
        now = time.monotonic()
        if now - self._last_poll < _POLL_SECONDS:
            return False
        self._last_poll = now
        return not import_distributed().Event(self.name).is_set()


@dataclass
class NoToken:
    """For workers that we cannot reach: they stop at their deadline."""

    def cancelled(self) -> bool:
        """Whether the answer is no longer wanted."""
        return False


Token = ThreadToken | FolderToken | DaskToken | NoToken


def import_distributed() -> Any:
    """Return Dask's package for clusters, which is no dependency: only its users have it."""
    return importlib.import_module("distributed")
