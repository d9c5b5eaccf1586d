"""What has been evaluated already, so that a repeated question is free."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from xxhash import xxh3_128_hexdigest

from xaiwidgets.fingerprint import raw
from xaiwidgets.network import Network

T = TypeVar("T")
Row = NDArray[np.float32]

ANSWERS = 200
"""Finished maps and predictions that are remembered."""

OVERHEAD = 200
"""Bytes that an entry costs besides its numbers."""


class Cache:
    """Rows of coalitions, and finished answers, by what they are of.

    A row is all that a network answered for one picture: the logits of every class, and what its
    fitted layers gave. So one set of coalitions answers for every class, score, layer and larger
    budget of the same game (network, input, baseline, cells). Games are forgotten oldest first
    beyond `limit` bytes.
    """

    def __init__(self, limit: int = 2**28) -> None:
        self.limit = limit
        self._games: OrderedDict[object, dict[bytes, Row]] = OrderedDict()
        self._bytes = 0
        self._answers: OrderedDict[object, Any] = OrderedDict()

    def rows(self, game: object) -> dict[bytes, Row]:
        """Return the cached rows of `game`, by packed coalition."""
        self._games.setdefault(game, {})
        # The game that was used last is forgotten last.
        self._games.move_to_end(game)
        return self._games[game]

    def add(self, game: object, coalition: bytes, row: Row) -> None:
        """Remember one row, forgetting old games where there is no room."""
        rows = self.rows(game)
        size = row.nbytes + OVERHEAD
        # Never the game under way, which `rows` has just moved to the end.
        while self._bytes + size > self.limit and len(self._games) > 1:
            _, forgotten = self._games.popitem(last=False)
            self._bytes -= sum(old.nbytes + OVERHEAD for old in forgotten.values())
        if self._bytes + size <= self.limit and coalition not in rows:
            rows[coalition] = row
            self._bytes += size

    def get(self, key: object) -> Any:
        """Return a finished answer, or None."""
        return self._answers.get(key)

    def keep(self, key: object, answer: T) -> T:
        """Remember a finished answer; the oldest of more than `ANSWERS` is forgotten."""
        self._answers[key] = answer
        while len(self._answers) > ANSWERS:
            self._answers.popitem(last=False)
        return answer

    def clear(self) -> None:
        """Start afresh."""
        self._games.clear()
        self._answers.clear()
        self._bytes = 0


def cache_of(model: Network) -> Cache:
    """Return the cache of a model's answers in this session, empty after its weights changed."""
    return model.derived("cache", None, Cache)


def digest(tensor: Tensor) -> str:
    """Return a hash of a tensor's numbers and shape."""
    # No cryptographic hash, as it does not outlive the session and nobody gains by forging one.
    code = xxh3_128_hexdigest(raw(tensor))
    # Type and shape, too: the same bytes may be another picture.
    return f"{code} {tensor.dtype} {tuple(tensor.shape)}"
