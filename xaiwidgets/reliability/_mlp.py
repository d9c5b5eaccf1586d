"""A small fully connected network that tells wrong predictions from right ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.reliability._arrays import Doubles, Flags
from xaiwidgets.reliability._roc import roc_of
from xaiwidgets.work import Progress, Steps, work

_BATCH, _RATE, _DECAY = 256, 1e-3, 1e-2
_BATCHES = 8  # in an epoch, at least: batch pictures must not mean batch steps
_PATIENCE = 8  # epochs without a better area, after which it is over


class MLP:
    """Fully connected layers with ReLUs; the answer is a logit, higher for wrong predictions.

    Trained with AdamW on standardised numbers, with as much weight on all wrong predictions as on
    all right ones. Of all epochs the one with the largest AUROC on pictures set aside is kept, as
    the paper's authors watch it (section 4.1.2).

    Parameters
    ----------
    hidden : sequence of int
        Units of the hidden layers; the paper has (200, 200) on conductances, (10, 10) on scores.
    epochs : int
        At most.
    seed : int

    Examples
    --------
    >>> features = np.random.default_rng(0).normal(size=(300, 2))
    >>> wrong = features.sum(1) > 1
    >>> mlp = MLP((10, 10)).fit(features, wrong, (features, wrong)).run()
    >>> mlp.score(features).shape
    (300,)
    """

    def __init__(self, hidden: Sequence[int], epochs: int = 60, seed: int = 0) -> None:
        self.hidden, self.epochs, self.seed = tuple(hidden), epochs, seed
        self._mean = self._scale = torch.zeros(0, device="cpu")
        self._layers: list[Tensor] = []

    @work
    def fit(self, features: Doubles, wrong: Flags, aside: tuple[Doubles, Flags]) -> Steps[Self]:
        """Train on features (B, F) of predictions (B,); watch the area on those set aside."""
        for rows, flags in ((features, wrong), aside):
            if rows.ndim != 2 or flags.shape != rows.shape[:1]:
                raise InputError(
                    f"features are {rows.shape} and wrong {flags.shape}; give (B, F) and (B,)"
                )
        return self._train(features, wrong, aside)

    def _train(self, features: Doubles, wrong: Flags, aside: tuple[Doubles, Flags]) -> Steps[Self]:
        rows = torch.from_numpy(np.asarray(features, np.float32))
        self._mean, deviation = rows.mean(0), rows.std(0, correction=0)
        # What does not vary says nothing; divided by its deviation it would say nonsense.
        self._scale = torch.where(deviation > 0, deviation, 1.0)
        rows = (rows - self._mean) / self._scale
        target = torch.from_numpy(wrong.astype(np.float32))
        # Half of the weight on each kind, 1 on average: wrong predictions are few.
        weight = torch.where(target > 0, 0.5 / target.mean(), 0.5 / (1 - target.mean()))
        random = seeded(self.seed)
        self._layers = self._initial(rows.shape[1], random)
        optimizer = torch.optim.AdamW(self._layers, _RATE, weight_decay=_DECAY)
        size = max(1, min(_BATCH, len(rows) // _BATCHES))
        best, best_layers, since = -1.0, self._layers, 0
        for epoch in range(self.epochs):
            for batch in torch.split(
                torch.randperm(len(rows), generator=random, device="cpu"), size
            ):
                self._step(optimizer, rows[batch], target[batch], weight[batch])
                yield Progress(epoch, self.epochs, "training the detector")
            # The area and not the loss: it is what detectors are compared by, and knows no weights
            # of kinds.
            area, since = roc_of("aside", self.score(aside[0]), aside[1]).area, since + 1
            if area > best:
                best, best_layers, since = (
                    area,
                    # A copy, because the optimizer goes on to change the layers in place.
                    [layer.detach().clone() for layer in self._layers],
                    0,
                )
            if since >= _PATIENCE:
                break
        self._layers = best_layers
        return self

    def score(self, features: Doubles) -> Doubles:
        """Return logits (B,) of features (B, F)."""
        rows = torch.from_numpy(np.asarray(features, np.float32))
        with torch.no_grad():
            return self._forward((rows - self._mean) / self._scale).double().numpy()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that was learnt."""
        parameters = [self._mean, self._scale, *self._layers]
        return {str(at): tensor.detach().numpy() for at, tensor in enumerate(parameters)}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take what `arrays` gave."""
        parameters = [torch.from_numpy(arrays[str(at)]) for at in range(len(arrays))]
        self._mean, self._scale, *self._layers = parameters
        return self

    def _initial(self, inputs: int, random: torch.Generator) -> list[Tensor]:
        """Return weights after He et al. 2015, and biases of 0."""
        layers: list[Tensor] = []
        for before, after in zip((inputs, *self.hidden), (*self.hidden, 1), strict=True):
            weight = (
                torch.randn(after, before, generator=random, device="cpu") * (2 / before) ** 0.5
            )
            layers += [
                weight.requires_grad_(),
                torch.zeros(after, requires_grad=True, device="cpu"),
            ]
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
        # Whoever drives the steps may have turned gradients off.
        with torch.enable_grad():
            entropy = nn.functional.binary_cross_entropy_with_logits
            loss: Any = entropy(self._forward(rows), target, weight)
            loss.backward()
        optimizer.step()
