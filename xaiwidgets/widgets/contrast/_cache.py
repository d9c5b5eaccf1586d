"""A cache that forgets what was used least recently."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from torch import Tensor

# In bytes and not by number: a morph of a photograph has hundreds of times those of a digit.
ROOM = 2**28
"""Bytes of everything that is cached together."""


class LRUCache:
    """A dictionary of bounded size; any thread may read while another writes.

    Parameters
    ----------
    room : int
        Bytes of the tensors and arrays in all values together.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._used = room, 0
        self._values: dict[Hashable, tuple[Any, int]] = {}  # the latest use comes last
        # Gestures look up on their threads while the compute thread stores; both move entries.
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Any:
        """Return the value of a key, or None."""
        with self._lock:
            entry = self._values.pop(key, None)
            if entry is None:
                return None
            # Dictionaries keep the order of insertion: put back, it is the latest.
            self._values[key] = entry
            return entry[0]

    def store(self, key: Hashable, value: Any) -> None:
        """Set a value; the latest one stays, however large it is."""
        size = size_of(value)
        with self._lock:
            self._used += size - self._values.pop(key, (None, 0))[1]
            self._values[key] = value, size
            while self._used > self._room and len(self._values) > 1:
                self._used -= self._values.pop(next(iter(self._values)))[1]

    def restore(self, other: LRUCache) -> None:
        """Take over what another one has and this one has not."""
        for key, (value, _) in list(other._values.items()):
            if self.get(key) is None:
                self.store(key, value)


def size_of(value: Any) -> int:
    """Return how many bytes the tensors and arrays in a value have."""
    if isinstance(value, Tensor):
        return value.numel() * value.element_size()
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, Mapping):
        return sum(map(size_of, value.values()))
    if is_dataclass(value):
        return sum(size_of(getattr(value, field.name)) for field in fields(value))
    # About what a number or a short text takes, so that many small values count, too.
    return 64
