"""Scripted networks: they are evaluated as others are, and say that their layers are hidden."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests import models
from xaiwidgets import Classifier, reliability
from xaiwidgets.errors import ModelError
from xaiwidgets.methods import LRP, Task

PICTURES = torch.rand(5, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def test_a_scripted_network_answers_as_the_one_that_it_was_made_of() -> None:
    net = models.small().eval()
    scripted, plain = Classifier(torch.jit.script(net)), Classifier(net)
    assert torch.allclose(scripted.logits(PICTURES), net(PICTURES), atol=1e-5)
    maps = [m(PICTURES[0]).explain(budget=16, grid=2).cells for m in (scripted, plain)]
    assert np.allclose(*maps, atol=1e-5)
    assert all(parameter.requires_grad for parameter in scripted.net.parameters())


def test_its_layers_are_hidden_and_it_says_so() -> None:
    model = Classifier(torch.jit.script(models.small()))
    model.predict(PICTURES[0])
    assert model.layers == []
    with pytest.raises(ModelError, match=r"listen to its layer '0'.*scripted from"):
        reliability.conductance(model, PICTURES, "0")
    with pytest.raises(ModelError, match="LRP has a rule for each layer"):
        LRP().explain([Task(model, PICTURES[0])]).run()
