"""A user's own networks, trained side by side where torch.func can, else one after the other."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap

from xaiwidgets.accountability._ensemble import Ensemble
from xaiwidgets.accountability._recipe import (
    Recipe,
    Weights,
    load_weights,
    seeded_random_state,
)
from xaiwidgets.errors import InputError, ModelError

# How far stacked gradients may be from single ones, relative to the largest gradient of a
# parameter. Rounding stays far below; a layer that draws or branches is far above.
_GRADIENT_TOLERANCE = 1e-3
_GRADIENT_FLOOR = 1e-7


def stack_networks(
    recipe: Recipe,
    initial_weights: Sequence[Weights],
    device: torch.device,
    inputs: Tensor,
    labels: Tensor,
) -> Ensemble:
    """Return the networks stacked, if that gives the same gradients for a minibatch.

    It does not where a network draws random numbers, looks at its values, or calls what
    torch.func cannot batch: then they are trained one after the other.

    Raises
    ------
    InputError
        If the networks have fewer outputs than there are classes.
    ModelError
        If a network raises, or does not return logits (B, K).
    """
    nets = [load_weights(recipe.build_module(), weights).to(device) for weights in initial_weights]
    sequential = SequentialNetworks(nets, recipe)
    # First of all: on CUDA a label that the network has no class for would end the process's use
    # of the GPU, and not only this search.
    sequential.check(inputs)
    if _can_be_stacked(nets[0], recipe, inputs, labels):
        return StackedNetworks(nets, recipe.learning_rate)
    return sequential


def _can_be_stacked(net: nn.Module, recipe: Recipe, inputs: Tensor, labels: Tensor) -> bool:
    # Both on copies: batch norms count what they have seen.
    try:
        stacked = StackedNetworks([copy.deepcopy(net)], recipe.learning_rate)
        gradients = stacked.gradients(inputs, labels)
    except Exception:  # of the user's code or of torch.func: many kinds; alone it may do
        return False
    reference = SequentialNetworks([copy.deepcopy(net)], recipe).gradients(0, inputs, labels)
    for name, gradient in reference.items():
        deviation = (gradients[name][0] - gradient).abs().max()
        # Written so that a deviation of NaN is one that is too large.
        if not bool(deviation <= _GRADIENT_TOLERANCE * gradient.abs().max() + _GRADIENT_FLOOR):
            return False
    return True


class StackedNetworks:
    """Networks as one function of stacked weights."""

    def __init__(self, nets: list[nn.Module], learning_rate: float) -> None:
        self.learning_rate = learning_rate
        # What the user has frozen is neither trained nor shifted, in all networks alike.
        trained = [name for name, value in nets[0].named_parameters() if value.requires_grad]
        parameters, self._buffers = stack_module_state(nets)
        parameters = {name: value.detach() for name, value in parameters.items()}
        self._trained = {name: parameters.pop(name) for name in trained}
        self._frozen = parameters
        # The architecture alone, in either mode: all weights come with the call.
        self._train_mode, self._eval_mode = (
            copy.deepcopy(nets[0]).to("meta").train(mode) for mode in (True, False)
        )

    def gradients(self, inputs: Tensor, labels: Tensor) -> Weights:
        """Return the gradients (G, ...) of the loss; buffers are updated in place."""

        def loss(trained: Weights, frozen: Weights, buffers: Weights) -> Tensor:
            state = {**frozen, **trained, **buffers}
            scores = functional_call(self._train_mode, state, (inputs,))
            return nn.functional.cross_entropy(scores, labels)

        gradients: Weights = vmap(grad(loss))(self._trained, self._frozen, self._buffers)
        return gradients

    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """Learn from a minibatch (B, ...)."""
        gradients = self.gradients(inputs, labels)
        with torch.no_grad():
            for name, value in self._trained.items():
                value.sub_(gradients[name], alpha=self.learning_rate)

    @torch.no_grad()
    def scores(self, inputs: Tensor) -> Tensor:
        """Return the logits (G, B, K)."""

        def forward(state: Weights) -> Any:
            return functional_call(self._eval_mode, state, (inputs,))

        scores: Tensor = vmap(forward)(self._state())
        return scores

    def weights(self, index: int) -> Weights:
        """Return copies of the weights of one network."""
        return {name: copy_to_cpu(value[index]) for name, value in self._state().items()}

    def _state(self) -> Weights:
        return {**self._frozen, **self._trained, **self._buffers}


class SequentialNetworks:
    """Networks one after the other. What they draw in a step (dropout), all draw alike."""

    def __init__(self, nets: list[nn.Module], recipe: Recipe) -> None:
        self._nets, self._recipe, self._steps = nets, recipe, 0

    def check(self, inputs: Tensor) -> None:
        """Raise ModelError or InputError if the logits cannot be used."""
        classes = self._recipe.classes
        scores = self._evaluate(copy.deepcopy(self._nets[0]).eval(), inputs)
        if not isinstance(scores, Tensor) or scores.ndim != 2 or len(scores) != len(inputs):
            output = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
            raise ModelError(
                f"the network returned {output} for {len(inputs)} inputs of shape "
                f"{tuple(inputs.shape[1:])}; it must return logits ({len(inputs)}, K)"
            )
        if scores.shape[1] < classes:
            raise InputError(
                f"data has the label {classes - 1}, and the network only {scores.shape[1]} "
                f"classes; give it at least {classes}"
            )

    def gradients(self, index: int, inputs: Tensor, labels: Tensor) -> Weights:
        """Return the gradients of one network's loss, by parameter."""
        net = self._nets[index].train()
        trained = {name: value for name, value in net.named_parameters() if value.requires_grad}
        # By the step and not by the network: in all of a group dropout drops the same units, so
        # that a trial does not depend on its place in the group.
        seed = self._recipe.layer_seed(self._steps)
        with seeded_random_state(seed), torch.enable_grad():
            loss = nn.functional.cross_entropy(call_network(net, inputs), labels)
            gradients = torch.autograd.grad(loss, list(trained.values()), allow_unused=True)
        return {
            name: torch.zeros_like(value) if gradient is None else gradient
            for (name, value), gradient in zip(trained.items(), gradients, strict=True)
        }

    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """Learn from a minibatch (B, ...)."""
        for index, net in enumerate(self._nets):
            gradients = self.gradients(index, inputs, labels)
            with torch.no_grad():
                for name, value in net.named_parameters():
                    if name in gradients:
                        value.sub_(gradients[name], alpha=self._recipe.learning_rate)
        self._steps += 1

    def scores(self, inputs: Tensor) -> Tensor:
        """Return the logits (G, B, K)."""
        return torch.stack([self._evaluate(net.eval(), inputs) for net in self._nets])

    def weights(self, index: int) -> Weights:
        """Return copies of the weights of one network."""
        state = [*self._nets[index].named_parameters(), *self._nets[index].named_buffers()]
        return {name: copy_to_cpu(value) for name, value in state}

    def _evaluate(self, net: nn.Module, inputs: Tensor) -> Tensor:
        with seeded_random_state(0), torch.no_grad():
            return call_network(net, inputs)


def call_network(net: nn.Module, inputs: Tensor) -> Tensor:
    """Return the output of a user's network, or say that it raised."""
    try:
        output: Tensor = net(inputs)
        return output
    except Exception as error:
        raise ModelError(
            f"the network raised {type(error).__name__} for inputs of shape "
            f"{tuple(inputs.shape)}: {error}"
        ) from error


def copy_to_cpu(value: Tensor) -> Tensor:
    """Return a copy on the CPU, its numbers in order, as safetensors wants them."""
    return value.detach().cpu().clone(memory_format=torch.contiguous_format)
