"""Layers of networks that ask them again in the backward pass."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from xaiwidgets import Classifier, Grid
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import conductance


class Checkpointed(nn.Module):
    """Keeps no activations but those between its two halves."""

    def __init__(self, checkpoints: bool) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3))
        self.head = nn.Linear(64, 3)
        self.checkpoints = checkpoints

    def forward(self, batch: Tensor) -> Tensor:
        half = (
            checkpoint(self.first, batch, use_reentrant=False)
            if self.checkpoints
            else self.first(batch)
        )
        scores: Tensor = self.head(half.flatten(1))
        return scores


def test_gradient_checkpointing_changes_no_conductance() -> None:
    images = torch.rand(2, 3, 8, 8)
    plain, saving = Checkpointed(False), Checkpointed(True)
    saving.load_state_dict(plain.state_dict())
    layers = ["first.0", "first.1", "first.2"]
    one, other = (conductance(Classifier(net), images, layers) for net in (plain, saving))
    for layer in layers:
        assert np.allclose(one[layer], other[layer], atol=1e-6)


def test_axes_that_an_answer_has_not_are_refused() -> None:
    model, images = Classifier(Checkpointed(False)), torch.rand(2, 3, 8, 8)
    with pytest.raises(InputError, match=r"use Grid\(units="):
        model.set_grid("first.0", "last")  # type: ignore[arg-type]
    model.set_grid("first.0", Grid(units=7))
    with pytest.raises(InputError, match="no axis 7 of units"):
        conductance(model, images, "first.0")


@pytest.mark.parametrize("layers", [2, None, nn.ReLU(), [], [2]])
def test_layers_are_named(layers: object) -> None:
    model = Classifier(Checkpointed(False))
    with pytest.raises(InputError, match="layer"):
        conductance(model, torch.rand(1, 3, 8, 8), layers)  # type: ignore[arg-type]
