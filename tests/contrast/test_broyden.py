"""Slopes in places of their own, against a table of all."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tests.contrast.models import Identity
from xaiwidgets import Classifier, contrast
from xaiwidgets.contrast import _search
from xaiwidgets.contrast._broyden import BroydenSlopes
from xaiwidgets.steps import run


def test_few_places_hold_what_a_table_of_all_would() -> None:
    draw = torch.Generator().manual_seed(0)
    pairs, constraints, size = 3, 101, 4
    slopes = BroydenSlopes(pairs, constraints, size)
    table = torch.zeros(pairs, constraints, size, dtype=torch.double)
    available = torch.zeros(pairs, constraints, dtype=torch.bool)
    for turn in range(30):
        rows = torch.randperm(pairs, generator=draw)[: 1 + turn % pairs]
        columns = torch.randint(0, 6, (len(rows),), generator=draw) * 20  # 100 is the last
        found = torch.randn(len(rows), size, generator=draw, dtype=torch.double)
        share = torch.where(available[rows, columns], 0.5, 1.0)[:, None]
        table[rows, columns] = (1 - share) * table[rows, columns] + share * found
        available[rows, columns] = True
        slopes.blend(rows, columns, found)
        moved = torch.randn(len(rows), size, generator=draw, dtype=torch.double)
        gained = torch.randn(len(rows), constraints, generator=draw, dtype=torch.double)
        missing = gained - (table[rows] @ moved[:, :, None])[..., 0]
        share = missing * available[rows] / moved.square().sum(1, keepdim=True)
        table[rows] += share[:, :, None] * moved[:, None, :]
        slopes.correct(rows, moved, gained)
    assert torch.equal(slopes.available, available)
    kept, columns, filled = slopes.of(torch.arange(pairs))
    assert kept.shape[1] == 6
    for row in range(pairs):
        assert columns[row, 0] == constraints - 1
        assert sorted(columns[row, filled[row]].tolist()) == available[row].nonzero()[:, 0].tolist()
        assert torch.allclose(kept[row, filled[row]], table[row, columns[row, filled[row]]])
        assert not kept[row, ~filled[row]].any()


def test_a_thousand_classes_do_not_take_a_thousand_slopes(monkeypatch: pytest.MonkeyPatch) -> None:
    places = []

    class WatchedSlopes(BroydenSlopes):
        def of(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            found = super().of(rows)
            places.append(found[0].shape[1])
            return found

    monkeypatch.setattr(_search, "BroydenSlopes", WatchedSlopes)
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1000))
    found = run(contrast.explain(Classifier(net), Identity(), torch.rand(4, 6), [5, 6, 7, 8]))
    assert len(found) == 4
    assert 1 < max(places) < 60
