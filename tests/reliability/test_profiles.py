"""Feature maps that are specific to a class, and one picture's pattern beside them."""

from __future__ import annotations

import numpy as np
import pytest

from xaiwidgets import datasets, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import Conductance, conductance, pattern, profiles, profiles_of
from xaiwidgets.steps import run


def known() -> tuple[Conductance, np.ndarray]:
    found = Conductance(a=np.array([[5, 1, 0], [3, 1, 2], [1, 4, 0], [0, 2, 9]], np.float32))
    found.targets = np.array([0, 0, 0, 1])
    return found, np.array([0, 0, 1, 0])


def test_worked_out_by_hand() -> None:
    found = profiles_of(*known()[:1], "a", known()[1], 3, top=2)
    assert found.right[0].tolist() == [4, 1, 1]
    assert found.wrong[0].tolist() == [1, 4, 0]
    assert np.isnan(found.right[1]).all()
    assert found.wrong[1].tolist() == [0, 2, 9]
    assert found.specific.tolist() == [[0, 1], [-1, -1], [-1, -1]]
    assert (found.right_count.tolist(), found.wrong_count.tolist()) == ([2, 0, 0], [1, 1, 0])
    assert found.low[0, 0] == pytest.approx(3.1)
    assert [row["map"] for row in found.table()] == [0, 1]
    shown = found.pattern(np.array([1, 9, 9], np.float32), 0)
    assert shown.silent.tolist() == [0]
    assert shown.loud.tolist() == [2]
    edge = np.array([found.low[0, 0], found.low[0, 1], found.high[0, 2]], np.float32)
    assert (found.pattern(edge, 0).silent.size, found.pattern(edge, 0).loud.size) == (0, 0)
    assert repr(shown) == "Pattern(class 0, 1 of 2 specific maps silent)"
    assert len(shown.plot().axes[0].patches) == 6
    with pytest.raises(InputError, match="no prediction of it was right"):
        found.pattern(np.zeros(3, np.float32), 1)
    with pytest.raises(InputError, match="3 conductances"):
        found.pattern(np.zeros(4, np.float32), 0)


@pytest.mark.slow
def test_profiles_of_a_network_are_those_of_its_conductances() -> None:
    model, data = zoo.digits(), datasets.digits("test")
    found = run(profiles(model, "conv2", data.images, data.labels, top=4))
    values = conductance(model, data.images, "conv2")
    again = profiles_of(values, "conv2", data.labels, 10, top=4)
    assert np.allclose(found.right, again.right, equal_nan=True)
    mine = (values.targets == 3) & (data.labels == 3)
    assert np.allclose(found.right[3], values["conv2"][mine].mean(0), atol=1e-5)
    assert found.specific[3].tolist() == np.argsort(-found.right[3])[:4].tolist()
    one = pattern(model, found, data.images[0])
    assert np.allclose(one.values, values["conv2"][0], atol=1e-5)
    assert one.target == values.targets[0]
    for wrong, message in (
        ({"top": 0}, "top is 0"), ({"share": 0}, "share is 0"), ({"layer": "conv9"}, "no layer"),
        ({"layer": ["conv2"]}, r"layer is \['conv2'\]; give the name of one"),
        ({"labels": data.labels[:3]}, "3 labels for"), ({"steps": 0}, "steps is 0"),
    ):  # fmt: skip
        settings = {"layer": "conv2", "images": data.images, "labels": data.labels} | wrong
        with pytest.raises(InputError, match=message):
            profiles(model, **settings)  # when called, not when run
