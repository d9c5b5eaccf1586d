"""The card, the table, the network and its file."""

from __future__ import annotations

import copy
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from tests.accountability.helpers import DIGITS, TESTED, found
from tests.accountability.models import Plain
from xaiwidgets import files
from xaiwidgets.accountability import load
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.work import Budget


def test_the_card_says_it_in_one_line() -> None:
    result = found(Budget(max_trial=3), held_out=TESTED, deltas=(0.003, 0.01))
    low, high = result.spread
    assert str(result) == repr(result)
    assert str(result).endswith(
        f"; held-out {result.best.held_out_accuracy:.1%}".replace("%", " %")
    )
    assert re.fullmatch(
        rf"{100 * low:.1f} \.\. {100 * high:.1f} % over 7 trainings, best: "
        r"(the start|trial \d of delta 0\.0(03|1)); held-out \d\d\.\d %",
        str(result),
    )
    accuracies = [one.accuracy for one in (result.baseline, *result.trials)]
    assert (low, high) == (min(accuracies), max(accuracies))
    again = found(Budget(max_trial=2), strategy="reseed", learning_rate=0.02)
    assert "what is redrawn" in str(again) or "the start" in str(again)
    assert "held-out" not in str(again)


def test_the_best_network_is_handed_back() -> None:
    result = found(held_out=TESTED)
    net = result.network()
    assert isinstance(net, nn.Sequential) and not net.training
    scores = net(torch.from_numpy(TESTED[0]).float() / 255)
    accuracy = float((scores.argmax(1).numpy() == TESTED[1]).mean())
    assert accuracy == pytest.approx(result.best.held_out_accuracy, abs=3e-3)
    net[1].weight.data.zero_()  # the user's copy: the result keeps its own
    assert bool(result.network()[1].weight.any())  # type: ignore[index]


def test_safetensors_come_back_as_they_went(tmp_path: Path) -> None:
    result = found(held_out=TESTED)
    path = tmp_path / "new folder" / "best.safetensors"
    assert result.save(path) == path
    x = torch.from_numpy(DIGITS[0]).float() / 255
    state = torch.get_rng_state()
    assert torch.equal(load(path)(x), result.network()(x))
    assert torch.equal(state, torch.get_rng_state())
    with safe_open(path, "pt") as file:
        about = json.loads(file.metadata()["about"])
    assert (about["delta"], about["number"]) == (result.best.delta, result.best.number)
    assert (about["seed"], about["accuracy"]) == (0, result.best.accuracy)
    assert about["held_out_accuracy"] == result.best.held_out_accuracy
    assert not load(path).training


def test_a_users_network_is_saved_too(tmp_path: Path) -> None:
    result = found(Budget(max_trial=1), network=Plain)
    path = tmp_path / "best.safetensors"
    result.save(path)
    x = torch.from_numpy(DIGITS[0]).float() / 255
    assert torch.equal(load(path, Plain)(x), result.network()(x))
    with pytest.raises(InputError, match="factory"):
        load(path)
    with pytest.raises(InputError, match="not those of this network"):
        load(path, lambda: nn.Linear(64, 10))
    net = Plain()
    net.first = nn.Linear(64, 17)  # the same names, another shape
    with pytest.raises(InputError, match="not those of this network"):
        load(path, lambda: net)
    assert not load(path, Plain).training
    net = Plain()  # which its factory gives away again and again
    before, state = copy.deepcopy(net.state_dict()), torch.get_rng_state()
    assert torch.equal(load(path, lambda: net)(x), result.network()(x))
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    load(path, Plain)
    assert torch.equal(state, torch.get_rng_state())
    with pytest.raises(InputError, match="network is a Plain; give a function"):
        load(path, net)
    with pytest.raises(InputError, match="returned a NoneType"):
        load(path, lambda: None)  # type: ignore[arg-type, return-value]


def test_what_is_no_file_of_ours_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        load(tmp_path / "missing.safetensors")
    old = tmp_path / "old.safetensors"
    save_file({"1.weight": torch.zeros(2, 2)}, old, {"network": "mlp", "hidden": ""})
    with pytest.raises(DataError, match="save it anew"):
        load(old)
    other = files.write(tmp_path / "other.safetensors", "probes", {"a": torch.zeros(1)}, {})
    with pytest.raises(DataError, match="holds probes"):
        load(other)


def test_the_table_has_a_row_for_each_training(monkeypatch: pytest.MonkeyPatch) -> None:
    result = found()
    rows = result.rows()
    assert [row["number"] for row in rows] == [0, 1, 2, 3, 1, 2, 3]
    assert {"delta", "number", "accuracy", "held_out_accuracy", "loss", "gain", "seconds"} <= set(
        rows[0]
    )
    pandas = pytest.importorskip("pandas")
    frame = result.to_frame()
    assert isinstance(frame, pandas.DataFrame) and len(frame) == 7
    assert frame.accuracy.tolist() == [row["accuracy"] for row in rows]
    real = importlib.import_module

    def without(name: str, *args: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(DataError, match="pip install pandas"):
        result.to_frame()


def test_the_plot_has_a_triangle_at_each_largest_gain() -> None:
    result = found(Budget(max_trial=3), held_out=TESTED, deltas=(0.003, 0.01))
    (axis,) = result.plot().axes
    triangles = [line for line in axis.lines if line.get_marker() == "^"]
    for triangle, delta in zip(triangles, (0.003, 0.01), strict=True):
        best = max((one for one in result.trials if one.delta == delta), key=lambda one: one.gain)
        assert triangle.get_ydata()[0] == pytest.approx(100 * best.gain)
        held_out = [one.held_out_accuracy for one in result.trials if one.delta == delta]
        expected = [100 * (share - result.baseline.held_out_accuracy) for share in held_out]
        (dashed,) = [
            line
            for line in axis.lines
            if line.get_linestyle() == "--" and line.get_color() == triangle.get_color()
        ]
        assert list(dashed.get_ydata()) == pytest.approx(expected)
        assert list(dashed.get_xdata()) == [1, 2, 3]
    assert axis.get_title() == str(result)
    labels = [text.get_text() for text in axis.get_legend().get_texts()]
    assert labels == ["delta 0.003", "delta 0.01"]
    assert tuple(axis.figure.get_size_inches()) == (6.5, 3.6)
    assert result._repr_png_().startswith(b"\x89PNG")


def test_the_plot_of_what_has_no_trials_or_diverged() -> None:
    (axis,) = found(Budget(max_trial=0)).plot().axes
    assert len(axis.lines) == 1 and axis.get_legend() is None
    again = found(Budget(max_trial=2), strategy="reseed")
    (axis,) = again.plot().axes
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["drawn again"]
    assert not [line for line in axis.lines if line.get_linestyle() == "--"]
    ruined = found(Budget(max_trial=2), deltas=(0.003, 1e30))
    assert [one.diverged for one in ruined.trials] == [False, False, True, True]
    (axis,) = ruined.plot().axes
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["delta 0.003"]
    accuracies = [one.accuracy for one in (ruined.baseline, *ruined.trials[:2])]
    assert ruined.spread == (min(accuracies), max(accuracies))


def test_nothing_is_gained_over_a_start_that_has_diverged() -> None:
    result = found(Budget(max_trial=2, max_gain=0.01), learning_rate=1e30)
    assert result.baseline.diverged and result.gain == 0
    assert all(one.gain != one.gain for one in result.trials)
    assert result.stopped_by == "max_trial"
