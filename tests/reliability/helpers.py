"""Pictures, and mutants of a network by its own labels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xaiwidgets import Classifier
from xaiwidgets.reliability import Mutants, mutants
from xaiwidgets.work import run


def pictures(count: int, shape: tuple[int, ...] = (3, 8, 8), seed: int = 1) -> Tensor:
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(seed))


def own_labels(model: Classifier, images: Tensor) -> tuple[Tensor, Tensor]:
    return images, model.logits(images).argmax(1)


def made(model: Classifier, images: Tensor, **settings: Any) -> Mutants:
    settings = {"rate": 0.1, "count": 6, "keep": 0.01} | settings
    return run(mutants(model, own_labels(model, images), **settings))
