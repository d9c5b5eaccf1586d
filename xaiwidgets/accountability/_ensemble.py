"""Perceptrons trained side by side: weights stacked, batched products, gradients by hand.

A batched product is made of the same products as a single one, so on a CPU a trial ends with the
same bits whatever trains beside it (measured with MKL; the tests hold it to a tolerance).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

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
    initial_weights : sequence of dict
        Of each perceptron, by the names that `build_perceptron` gives them.
    learning_rate : float
    device : torch.device
    """

    def __init__(
        self, initial_weights: Sequence[Weights], learning_rate: float, device: torch.device
    ) -> None:
        self.learning_rate = learning_rate
        names = [name for name in initial_weights[0] if "weight" in name]
        self._layers = [name.removesuffix(".weight") for name in names]
        # Kernels are (G, in, out), biases (G, 1, out), as `torch.baddbmm` wants them.
        self._kernels, self._biases = [], []
        for name in self._layers:
            kernels = [weights[f"{name}.weight"].t() for weights in initial_weights]
            biases = [weights[f"{name}.bias"][None] for weights in initial_weights]
            self._kernels.append(torch.stack(kernels).contiguous().to(device))
            self._biases.append(torch.stack(biases).to(device))

    @torch.no_grad()
    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """Learn from a minibatch (B, ...)."""
        outputs = self._outputs(inputs)
        # The gradient of the mean cross-entropy at the logits is (softmax - one-hot label) / B.
        # The division is left to the learning rate.
        error = outputs.pop().softmax(2)
        error[:, torch.arange(len(labels), device=labels.device), labels] -= 1
        rate = self.learning_rate / len(labels)
        for layer in reversed(range(len(self._kernels))):
            kernel, bias, below = self._kernels[layer], self._biases[layer], outputs.pop()
            # Propagated through the kernel as it was, so before the kernel is updated.
            error_below = torch.bmm(error, kernel.transpose(1, 2)) if layer else error
            # In place, and all networks in one product: one launch of a kernel for all of them.
            kernel.baddbmm_(below.transpose(1, 2), error, alpha=-rate)
            bias.sub_(error.sum(1, keepdim=True), alpha=rate)
            # The derivative of the ReLU: nothing passes where its output is 0.
            error = torch.ops.aten.threshold_backward(error_below, below, 0) if layer else error

    @torch.no_grad()
    def scores(self, inputs: Tensor) -> Tensor:
        """Return the logits (G, B, K)."""
        return self._outputs(inputs)[-1]

    def weights(self, index: int) -> Weights:
        """Return copies of the weights of one network."""
        weights: Weights = {}
        for name, kernel, bias in zip(self._layers, self._kernels, self._biases, strict=True):
            weights[f"{name}.weight"] = kernel[index].t().contiguous().cpu()
            weights[f"{name}.bias"] = bias[index, 0].clone().cpu()
        return weights

    def _outputs(self, inputs: Tensor) -> list[Tensor]:
        """Return the inputs (G, B, in), and the output of each layer after its ReLU."""
        # One minibatch, expanded and not copied: all networks learn from the same examples.
        flat = inputs.flatten(1)
        outputs = [flat.expand(len(self._kernels[0]), *flat.shape)]
        for layer, (kernel, bias) in enumerate(zip(self._kernels, self._biases, strict=True), 1):
            output = torch.baddbmm(bias, outputs[-1], kernel)
            outputs.append(output if layer == len(self._kernels) else output.relu_())
        return outputs
