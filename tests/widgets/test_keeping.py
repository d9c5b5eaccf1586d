from __future__ import annotations

import numpy as np
import torch

from xaiwidgets.contrast import Morph
from xaiwidgets.widgets.keeping import Kept, size_of


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    kept = Kept(room=3 * 400)
    for name in "abc":
        kept.keep(name, torch.zeros(100))
    assert kept.get("a") is not None
    kept.keep("d", torch.zeros(100))
    assert [kept.get(name) is not None for name in "abcd"] == [True, False, True, True]


def test_the_latest_stays_however_large_it_is() -> None:
    kept = Kept(room=10)
    kept.keep("a", torch.zeros(100))
    kept.keep("b", torch.zeros(100))
    assert kept.get("a") is None and kept.get("b") is not None
    kept.clear()
    assert len(kept) == 0 and kept.get("b") is None


def test_a_value_that_is_replaced_frees_its_room() -> None:
    kept = Kept(room=1000)
    for _ in range(50):
        kept.keep("a", torch.zeros(100))
    kept.keep("b", torch.zeros(100))
    assert kept.get("a") is not None and kept.get("b") is not None


def test_tensors_and_arrays_are_weighed_wherever_they_are() -> None:
    floats = np.zeros((2, 1), np.float32)
    ints = np.zeros((2, 1), np.int64)
    morph = Morph(torch.zeros(2, 1, 1, 4, 4), floats, floats, floats, floats, ints)
    assert size_of(morph) == 2 * 16 * 4 + 4 * 8 + 16
