"""The SurrogateDesk without a page: depths, leaves, what it asks about, what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from torch import Tensor, nn

from tests.surrogate.test_tree import halves, questions
from tests.widgets.hands import FakeComm, told
from xaiwidgets import Classifier, SurrogateDesk, surrogate
from xaiwidgets.errors import InputError

X = torch.rand(60, 1, 8, 8, generator=torch.Generator().manual_seed(6))
DESKS: list[SurrogateDesk] = []


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while DESKS:
        DESKS.pop().close()


def desk(images: Tensor = X, *args: Any, **options: Any) -> SurrogateDesk:
    made = SurrogateDesk(questions(), images, *args, **options)
    DESKS.append(made)
    assert made._run is not None
    made._run.wait(60)
    return made


def test_it_shows_the_tree_of_plain_python() -> None:
    widget = desk(halves(), depth=2, grid=2)
    plain = surrogate.tree(questions(), halves(), depth=2, grid=2).run()
    shown = widget.tree
    assert shown is not None
    assert shown["agreement"]["value"] == plain.agreement.value == 1
    assert shown["majority"]["low"] == plain.majority.low
    assert [leaf["label"] for leaf in shown["leaves"]] == [leaf.label for leaf in plain.leaves]
    for number, leaf in enumerate(plain.leaves):
        assert np.array_equal(np.flatnonzero(shown["leaf_of"] == number), leaf.pictures)
        assert shown["leaves"][number]["count"] == len(leaf.pictures)
        assert shown["leaves"][number]["tested"] == leaf.tested
    assert np.array_equal(np.flatnonzero(shown["held_out"]), plain.held_out)
    assert np.array_equal(shown["predicted"], plain.predicted)
    root = shown["nodes"][0]
    assert (root["feature"], root["threshold"], root["leaf"]) == ("r1c1", 0.5, -1)
    assert shown["nodes"][root["above"]]["leaf"] >= 0
    assert (shown["grid"], widget.offered) == (2, ["cells", "pca"])
    assert "surrogate.tree(model, images, 'cells', depth=2, grid=2, held_out=0.3" in widget.code


def test_another_depth_is_shown_at_once_and_fits_nothing() -> None:
    widget = desk(halves(), grid=2, depth=1)
    run = widget._run
    agreement = widget.tree["agreement"]["value"]  # type: ignore[index]
    widget.depth = 2
    assert widget._run is run
    assert widget.tree["agreement"]["value"] == 1 > agreement  # type: ignore[index]
    assert widget.result is not None and widget.result.depth == 2
    assert "depth=2" in widget.code
    depths = widget.tree["depths"]  # type: ignore[index]
    assert [each["leaves"] for each in depths] == [2] + [3] * 7
    assert depths[1]["gain"]["value"] == pytest.approx(1 - agreement)
    assert depths[1]["gain"]["low"] > 0 >= depths[2]["gain"]["low"]
    with pytest.raises(t.TraitError, match="depth is 9; use a whole number from 1 to 8"):
        widget.depth = 9


def test_a_depth_that_is_set_while_trees_are_fitted_is_the_one_shown() -> None:
    widget = desk(halves(), grid=2, depth=3)
    with widget._lock:  # the compute thread publishes under it
        widget.seed = 1
        widget.depth = 1
    widget._run.wait(60)  # type: ignore[union-attr]
    assert widget.tree["depth"] == widget.result.depth == 1  # type: ignore[index, union-attr]


def test_a_tree_says_what_it_was_fitted_for_and_not_what_comes_next() -> None:
    widget = desk(halves(), grid=2, depth=3)
    with widget._lock:  # the compute thread publishes under it
        widget.features = "pca"
        widget.cancel()
        widget.depth = 1
    shown = widget.tree
    assert shown is not None and shown["depth"] == 1
    assert (shown["features"], shown["grid"]) == ("cells", 2)


def test_it_asks_about_latents_or_a_function_where_they_are_given() -> None:
    class Corners(nn.Module):
        def encode(self, images: Tensor) -> Tensor:
            return images.reshape(-1, 2, 4, 2, 4).mean((2, 4)).flatten(1)

        def decode(self, latents: Tensor) -> Tensor:
            return latents

    widget = desk(halves(), "latents", generator=Corners(), depth=2)
    assert widget.tree["agreement"]["value"] == 1  # type: ignore[index]
    assert widget.tree["grid"] is None  # type: ignore[index]
    assert "generator=generator" in widget.code
    own = desk(halves(), lambda inputs: inputs[:, 0, ::7, 0], depth=1)
    assert own.features == "own" and own.offered == ["cells", "pca", "own"]
    assert own.tree["nodes"][0]["feature"].startswith("feature ")  # type: ignore[index]
    own.features = "cells"
    own._run.wait(60)  # type: ignore[union-attr]
    assert own.tree["features"] == "cells"  # type: ignore[index]


def test_a_leaf_hands_its_pictures_on_and_the_page_asks_for_them() -> None:
    widget = desk(halves(), depth=2, grid=2)
    run = widget._run
    leaf = widget.result.leaves[0]  # type: ignore[union-attr]
    widget.selection = leaf.pictures
    assert list(widget.selection) == leaf.pictures.tolist() and widget._run is run
    widget.comm = comm = FakeComm()
    answer = told(comm, widget, "thumbnails", names=["7"])
    assert answer["thumbnails"]["7"]["height"] == 8
    assert "SurrogateDesk" in widget.html()
    assert list(widget.saved)[:2] == [str(row) for row in leaf.pictures[:2]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"images": X[:10]}, "10 pictures are too few"),
        ({"features": "latents"}, "use one of 'cells', 'pca', or give generator="),
        ({"features": "own"}, "or give a function as features"),
        ({"features": "cell"}, "features is 'cell'; use one of 'cells', 'latents'"),
        ({"features": lambda inputs: inputs.sum()}, r"features gave \(\)"),
        ({"grid": 9}, "grid is 9; the images have 8 pixels a side"),
        ({"held_out": 0.99}, "held_out is 0.99; use a number from 0.05 to 0.9"),
        ({"selection": [60]}, "selection is 60; there are 60 images"),
        ({"deep": 3}, "no deep"),
    ],
)
def test_wrong_arguments_are_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises((InputError, t.TraitError), match=message):
        SurrogateDesk(questions(), **{"images": X, **options})


def test_a_network_of_one_answer_is_said() -> None:
    widget = SurrogateDesk(questions(), torch.ones(30, 1, 8, 8))
    DESKS.append(widget)
    with pytest.raises(InputError, match="says 'left' of all pictures"):
        widget._run.wait(60)  # type: ignore[union-attr]
    assert widget.tree is None and "says 'left'" in widget.error["message"]  # type: ignore[index]


def test_classes_without_names_are_numbers() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    widget = SurrogateDesk(Classifier(net), X, depth=1)
    DESKS.append(widget)
    assert widget.classes == ["0", "1"]
