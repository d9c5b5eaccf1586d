"""One `selection` in every widget of many pictures, kept together by link, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import numpy as np
import pytest
import torch
import traitlets as t
from torch import Tensor, nn

from tests import models
from xaiwidgets import (
    Classifier,
    ContrastExplorer,
    DisagreementDesk,
    ErrorDetector,
    ErrorDetectorPanel,
    Explorer,
    NeuronDesk,
    PoisonDesk,
    SurrogateDesk,
    VectorMap,
    reliability,
)
from xaiwidgets.widgets.base import Widget

COUNT = 24
X = torch.rand(COUNT, 3, 16, 16, generator=torch.Generator().manual_seed(8))
LABELS = np.arange(COUNT) % 4


class Pixels(nn.Module):
    """A generator whose latents are pixels."""

    def encode(self, images: Tensor) -> Tensor:
        return images.flatten(1)

    def decode(self, latents: Tensor) -> Tensor:
        return latents.reshape(-1, 3, 16, 16)


def network(seed: int) -> Classifier:
    return Classifier(models.small(seed=seed), classes=["a", "b", "c", "d"])


def detector() -> ErrorDetectorPanel:
    model, half = network(1), 4 * COUNT
    more = torch.rand(2 * half, 3, 16, 16, generator=torch.Generator().manual_seed(9))
    # Every other prediction is wrong.
    labels = (model.logits(more).argmax(1).numpy() + np.arange(2 * half) % 2) % 4
    data = (more[:half], labels[:half]), (more[half:], labels[half:])
    mutants = reliability.mutants(model, data[0], rate=0.1, count=2, keep=0.1).run()
    return ErrorDetectorPanel(ErrorDetector(model, "5", mutants).fit(*data).run(), X, LABELS)


MAKERS: dict[str, Callable[[], Widget[Any, Any]]] = {
    "map": lambda: VectorMap(network(1), X, LABELS),
    "explorer": lambda: Explorer(network(1), list(X), grid=2, budget=64),
    "contrast": lambda: ContrastExplorer(network(1), Pixels(), list(X)),
    "detector": detector,
    "poison": lambda: PoisonDesk(network(1), X, LABELS),
    "disagreement": lambda: DisagreementDesk(network(1), network(2), X, grid=2, budget=16),
    "neuron": lambda: NeuronDesk(network(1), X, "5"),
    "surrogate": lambda: SurrogateDesk(network(1), X, grid=2),
}


@pytest.fixture(scope="module")
def widgets() -> Iterator[dict[str, Widget[Any, Any]]]:
    made = {name: make() for name, make in MAKERS.items()}
    yield made
    for widget in made.values():
        widget.cancel()
        widget.close()


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "map"])
def test_a_selection_is_one_in_linked_widgets(widgets: dict[str, Any], name: str) -> None:
    first, second = widgets["map"], widgets[name]
    first.selection, second.selection = [], []
    link = ipywidgets.link((first, "selection"), (second, "selection"))
    first.selection = [9, 2, 2]
    assert list(second.selection) == [2, 9]
    second.selection = np.array([23, 1])
    assert list(first.selection) == [1, 23]
    link.unlink()
    first.selection = [5]
    assert list(second.selection) == [1, 23]


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_chosen_is_the_pages_and_starts_nothing(widgets: dict[str, Any], name: str) -> None:
    widget = widgets[name]
    run = widget._run
    widget.selection = [3]
    assert widget._run is run
    with pytest.raises(t.TraitError, match=rf"selection is {COUNT}; there are {COUNT} "):
        widget.selection = [COUNT]
    with pytest.raises(t.TraitError, match="selection"):
        widget.selection = [-1]
    # For jslink both sides have to be synchronised; what the page sets is not sent back to it.
    assert widget.trait_metadata("selection", "sync")
    assert widget.trait_metadata("selection", "echo_update") is False
    ipywidgets.jslink((widgets["map"], "selection"), (widget, "selection")).unlink()
