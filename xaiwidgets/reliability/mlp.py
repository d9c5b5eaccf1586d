"""A small fully connected network that tells wrong predictions from right ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.reliability.roc import roc_of
from xaiwidgets.work import Progress, Steps

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

_BATCH, _RATE, _DECAY = 256, 1e-3, 1e-2
_BATCHES = 8  # in an epoch, at least: few pictures must not mean few steps
_PATIENCE = 8  # epochs without a better area, after which it is over


class Dense:
    """Fully connected layers with ReLUs; the answer is a logit, higher for wrong predictions.

    Trained with AdamW on standardised numbers, with as much weight on all wrong predictions as on
    all right ones. Of all epochs the one with the largest AUROC on pictures set aside is kept, as
    the paper's authors watch it.
    """

    def __init__(self, hidden: Sequence[int], epochs: int = 60, seed: int = 0) -> None:
        self.hidden, self.epochs, self.seed = tuple(hidden), epochs, seed
        self._mean = self._scale = torch.zeros(0)
        self._layers: list[Tensor] = []

    def fit(self, features: Doubles, wrong: Flags, aside: tuple[Doubles, Flags]) -> Steps[Self]:
        """Train on features (B, F); watch the area on those set aside."""
        rows = torch.from_numpy(np.asarray(features, np.float32))
        self._mean, deviation = rows.mean(0), rows.std(0, correction=0)
        self._scale = torch.where(deviation > 0, deviation, 1.0)
        rows = (rows - self._mean) / self._scale
        target = torch.from_numpy(wrong.astype(np.float32))
        weight = torch.where(target > 0, 0.5 / target.mean(), 0.5 / (1 - target.mean()))
        draw = torch.Generator().manual_seed(self.seed)
        self._layers = self._fresh(rows.shape[1], draw)
        optimizer = torch.optim.AdamW(self._layers, _RATE, weight_decay=_DECAY)
        size = max(1, min(_BATCH, len(rows) // _BATCHES))
        best, kept, since = -1.0, self._layers, 0
        for epoch in range(self.epochs):
            for few in torch.split(torch.randperm(len(rows), generator=draw), size):
                self._step(optimizer, rows[few], target[few], weight[few])
                yield Progress(epoch, self.epochs, "training the detector")
            area, since = roc_of("aside", self.score(aside[0]), aside[1]).area, since + 1
            if area > best:
                best, kept, since = area, [one.detach().clone() for one in self._layers], 0
            if since >= _PATIENCE:
                break
        self._layers = kept
        return self

    def score(self, features: Doubles) -> Doubles:
        """Return logits (B,) of features (B, F)."""
        rows = torch.from_numpy(np.asarray(features, np.float32))
        with torch.no_grad():
            return self._forward((rows - self._mean) / self._scale).double().numpy()

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return all that was learnt."""
        learnt = [self._mean, self._scale, *self._layers]
        return {str(at): one.detach().numpy() for at, one in enumerate(learnt)}

    def restore(self, arrays: dict[str, NDArray[np.float32]]) -> Self:
        """Take what `arrays` gave."""
        learnt = [torch.from_numpy(arrays[str(at)]) for at in range(len(arrays))]
        self._mean, self._scale, *self._layers = learnt
        return self

    def _fresh(self, inputs: int, draw: torch.Generator) -> list[Tensor]:
        layers: list[Tensor] = []
        for before, after in zip((inputs, *self.hidden), (*self.hidden, 1), strict=True):
            weight = torch.randn(after, before, generator=draw) * (2 / before) ** 0.5
            layers += [weight.requires_grad_(), torch.zeros(after, requires_grad=True)]
        return layers

    def _forward(self, rows: Tensor) -> Tensor:
        for at in range(0, len(self._layers), 2):
            weight, bias = self._layers[at : at + 2]
            rows = nn.functional.linear(rows if at == 0 else rows.relu(), weight, bias)
        return rows[:, 0]

    def _step(
        self, optimizer: torch.optim.Optimizer, rows: Tensor, target: Tensor, weight: Tensor
    ) -> None:
        optimizer.zero_grad()
        with torch.enable_grad():
            loss = nn.functional.binary_cross_entropy_with_logits
            lost: Any = loss(self._forward(rows), target, weight)
            lost.backward()
        optimizer.step()
