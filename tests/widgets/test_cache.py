from __future__ import annotations

import numpy as np
import torch

from xaiwidgets.contrast import Morph
from xaiwidgets.widgets.contrast._cache import LRUCache, size_of


def test_the_least_recently_used_value_goes_first() -> None:
    cache = LRUCache(room=3 * 400)
    for name in "abc":
        cache.store(name, torch.zeros(100))
    assert cache.get("a") is not None
    cache.store("d", torch.zeros(100))
    assert [cache.get(name) is not None for name in "abcd"] == [True, False, True, True]


def test_the_latest_value_stays_however_large_it_is() -> None:
    cache = LRUCache(room=10)
    cache.store("a", torch.zeros(100))
    cache.store("b", torch.zeros(100))
    assert cache.get("a") is None and cache.get("b") is not None


def test_what_another_one_has_is_taken_over_and_replaces_nothing() -> None:
    cache, other = LRUCache(), LRUCache()
    cache.store("a", 1)
    other.store("a", 2)
    other.store("b", 3)
    cache.restore(other)
    assert [cache.get(key) for key in "abc"] == [1, 3, None]
    assert other.get("a") == 2


def test_a_value_that_is_replaced_frees_its_room() -> None:
    cache = LRUCache(room=1000)
    for _ in range(50):
        cache.store("a", torch.zeros(100))
    cache.store("b", torch.zeros(100))
    assert cache.get("a") is not None and cache.get("b") is not None


def test_tensors_and_arrays_are_weighed_wherever_they_are() -> None:
    floats = np.zeros((2, 1), np.float32)
    ints = np.zeros((2, 1), np.int64)
    positions = np.zeros(2)
    morph = Morph(positions, torch.zeros(2, 1, 1, 4, 4), floats, floats, floats, floats, ints)
    assert size_of(morph) == 16 + 2 * 16 * 4 + 4 * 8 + 16
