"""Vectors and time series, whose columns are players."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from xaiwidgets import Explorer, RowClassifier, Window
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.inputs import named_inputs


def linear() -> nn.Linear:
    net = nn.Linear(3, 2)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[1.0, -2.0, 0.5], [0.0, 0.0, 0.0]]))
        net.bias.zero_()
    return net


def test_of_a_linear_network_each_feature_adds_its_weight_times_its_value() -> None:
    model = RowClassifier(linear(), names=["age", "height", "weight"], classes=["yes", "no"])
    row = np.array([2.0, 1.0, 4.0])
    found = model(row).explain(target="yes")
    assert found.exact
    assert found.cells[0] == pytest.approx([2, -2, 2])
    assert found.words == ("age", "height", "weight")
    mean = model.input(torch.tensor([1.0, 1.0, 0.0]))
    assert model(row).explain(target="yes", baseline=mean).cells[0] == pytest.approx([1, 0, 2])
    assert found.plot()._repr_png_().startswith(b"\x89PNG")


def test_moments_of_a_series_are_players_with_all_channels() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(2 * 30, 2, bias=False))
    with torch.no_grad():
        net[1].weight.zero_()
        net[1].weight[0, 4] = net[1].weight[0, 34] = 1.0
    model = RowClassifier(net, vectors=False)
    found = model(torch.ones(2, 30)).explain(budget=512, target=0)
    assert found.cells.shape == (1, 30)
    assert int(found.cells.argmax()) == 4
    assert found.cells[0, 4] == pytest.approx(2, abs=1e-3)
    span = model(torch.ones(2, 30)).where(Window(0, 3, 1, 4)).explain(target=0)
    assert span.cells[0] == pytest.approx([0, 2, 0, 0], abs=1e-6)


def test_an_explorer_tells_one_row_from_several() -> None:
    vectors, series = RowClassifier(linear()), RowClassifier(linear(), vectors=False)
    for model, one, several in (
        (vectors, torch.ones(3), torch.ones(2, 3)),
        (series, torch.ones(4, 3), torch.ones(2, 4, 3)),
    ):
        for given, count in ((one, 1), (model.input(one), 1), (several, 2)):
            assert len(named_inputs(model, given, "x", "images")) == count


def test_what_is_no_row_is_said() -> None:
    model = RowClassifier(linear(), names=["a", "b", "c"])
    for row, message in (
        (torch.ones(2, 3), r"must be \(K,\)"),
        (torch.ones(4), r"3 names for 4 columns"),
        ("a row", "array of numbers"),
        (torch.tensor([1.0, float("nan"), 0.0]), "NaN"),
    ):
        with pytest.raises(InputError, match=message):
            model.input(row)
    for names in ("abc", 3):
        with pytest.raises(InputError, match="give a list with one for each column"):
            RowClassifier(linear(), names=names)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"\(pictures\.values\(\)\)"):
        model.batch({"a": [1.0, 2.0, 3.0]})
    with pytest.raises(InputError, match=r"must be a torch\.nn\.Module"):
        RowClassifier(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"must be \(C, T\)"):
        RowClassifier(linear(), vectors=False).input(torch.ones(3))


def test_rows_come_from_frames_lists_and_arrays() -> None:
    model = RowClassifier(linear(), names=["age", "height", "weight"])
    table = np.array([[2.0, 1.0, 4.0], [0.0, 1.0, 0.5]])
    frame = pd.DataFrame(table, columns=list(model.names), index=[7, 9])
    wanted = model.logits(torch.stack([model.input(row) for row in table]))
    for given in (frame, table, torch.from_numpy(table), table.tolist(), [*frame.iloc]):
        assert torch.allclose(model.logits(model.batch(given)), wanted)
    assert torch.equal(model.input(frame.iloc[0]), model.input([2.0, 1.0, 4.0]))
    with pytest.raises(InputError, match="a row has to be numbers"):
        model.input(["a", "b", "c"])
    assert len(Explorer(model, torch.from_numpy(table).float(), budget=64).pictures) == 2
