"""Perceptrons trained side by side: weights stacked, batched products, gradients by hand.

A product of a batch is made of the same products as one alone, so on a CPU a trial ends with the
same bits whatever trains beside it (measured with MKL; the tests hold it to a tolerance).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from xaiwidgets.accountability._recipe import Weights


class Ensemble(Protocol):
    """G networks that learn from the same minibatches."""

    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """Learn from a minibatch (B, ...): one step of stochastic gradient descent."""
        ...

    def scores(self, inputs: Tensor) -> Tensor:
        """Return the logits (G, B, K), without learning."""
        ...

    def weights(self, index: int) -> Weights:
        """Return copies of the weights of one network, on the CPU."""
        ...


class Perceptrons:
    """Stacked perceptrons with ReLUs and a cross-entropy of softmax.

    Parameters
    ----------
    starts : sequence of dict
        Their weights, by the names that `recipe.mlp` has.
    rate : float
        The learning rate.
    device : torch.device
    """

    def __init__(self, starts: Sequence[Weights], rate: float, device: torch.device) -> None:
        self.rate = rate
        self._names = [name.removesuffix(".weight") for name in starts[0] if "weight" in name]
        self._kernels, self._biases = [], []
        for name in self._names:
            kernels = [start[f"{name}.weight"].t() for start in starts]
            biases = [start[f"{name}.bias"][None] for start in starts]
            self._kernels.append(torch.stack(kernels).contiguous().to(device))
            self._biases.append(torch.stack(biases).to(device))

    @torch.no_grad()
    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """Learn from a minibatch (B, ...)."""
        outputs = self._outputs(inputs)
        # The gradient of the cross-entropy: softmax - 1 at the label, each over B.
        error = outputs.pop().softmax(2)
        error[:, torch.arange(len(labels), device=labels.device), labels] -= 1
        rate = self.rate / len(labels)
        for layer in reversed(range(len(self._kernels))):
            kernel, bias, below = self._kernels[layer], self._biases[layer], outputs.pop()
            lower = torch.bmm(error, kernel.transpose(1, 2)) if layer else error
            kernel.baddbmm_(below.transpose(1, 2), error, alpha=-rate)
            bias.sub_(error.sum(1, keepdim=True), alpha=rate)
            error = torch.ops.aten.threshold_backward(lower, below, 0) if layer else error

    @torch.no_grad()
    def scores(self, inputs: Tensor) -> Tensor:
        """Return the logits (G, B, K)."""
        return self._outputs(inputs)[-1]

    def weights(self, index: int) -> Weights:
        """Return copies of the weights of one network."""
        weights: Weights = {}
        for name, kernel, bias in zip(self._names, self._kernels, self._biases, strict=True):
            weights[f"{name}.weight"] = kernel[index].t().contiguous().cpu()
            weights[f"{name}.bias"] = bias[index, 0].clone().cpu()
        return weights

    def _outputs(self, inputs: Tensor) -> list[Tensor]:
        """Return the inputs (G, B, in), and what each layer makes of them."""
        flat = inputs.flatten(1)
        outputs = [flat.expand(len(self._kernels[0]), *flat.shape)]
        for layer, (kernel, bias) in enumerate(zip(self._kernels, self._biases, strict=True), 1):
            made = torch.baddbmm(bias, outputs[-1], kernel)
            outputs.append(made if layer == len(self._kernels) else made.relu_())
        return outputs


def cross_entropy(scores: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy (...) of logits (..., B, K), a mean over B."""
    flat = scores.reshape(-1, *scores.shape[-2:])
    many = labels.expand(len(flat), -1)
    losses = nn.functional.cross_entropy(flat.transpose(1, 2), many, reduction="none")
    return losses.mean(1).reshape(scores.shape[:-2])
