"""A user's own networks, trained side by side where torch.func can, else one after the other."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap

from xaiwidgets.accountability._ensemble import Ensemble
from xaiwidgets.accountability._recipe import Recipe, Weights, own_random_state, put
from xaiwidgets.errors import InputError, ModelError

_AGREE = 1e-3  # of the gradient's largest number: how near stacked and single gradients are


def ensemble(
    recipe: Recipe, starts: Sequence[Weights], device: torch.device, inputs: Tensor, labels: Tensor
) -> Ensemble:
    """Return the networks stacked, if that gives the same gradients for a minibatch.

    It does not where a network draws random numbers, looks at its values, or calls what
    torch.func cannot batch.
    """
    nets = [put(recipe.module(), start).to(device) for start in starts]
    single = OneByOne(nets, recipe)
    try:
        # On copies: batch norms count what they have seen.
        trial = Stacked([copy.deepcopy(nets[0])], recipe.learning_rate)
        found = trial.gradients(inputs, labels)
    except Exception:  # of the user's code or of torch.func: many kinds; alone it may do
        single.check(inputs)
        return single
    wanted = OneByOne([copy.deepcopy(nets[0])], recipe).gradients(0, inputs, labels)
    for name, one in wanted.items():
        off = (found[name][0] - one).abs().max()
        if not bool(off <= _AGREE * one.abs().max() + 1e-7):
            return single
    single.check(inputs)
    return Stacked(nets, recipe.learning_rate)


class Stacked:
    """Networks as one function of stacked weights."""

    def __init__(self, nets: list[nn.Module], rate: float) -> None:
        self.rate = rate
        self._names = [name for name, value in nets[0].named_parameters() if value.requires_grad]
        parameters, self._buffers = stack_module_state(nets)
        parameters = {name: value.detach() for name, value in parameters.items()}
        self._moved = {name: parameters.pop(name) for name in self._names}
        self._still = parameters
        # One that holds no weights of its own, for each mode.
        self._training, self._judging = (
            copy.deepcopy(nets[0]).to("meta").train(mode) for mode in (True, False)
        )

    def gradients(self, inputs: Tensor, labels: Tensor) -> Weights:
        """Return the gradients (G, ...) of the loss; buffers move on."""

        def loss(moved: Weights, still: Weights, buffers: Weights) -> Tensor:
            scores = functional_call(self._training, {**still, **moved, **buffers}, (inputs,))
            return nn.functional.cross_entropy(scores, labels)

        found: Weights = vmap(grad(loss))(self._moved, self._still, self._buffers)
        return found

    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """Learn from a minibatch (B, ...)."""
        found = self.gradients(inputs, labels)
        with torch.no_grad():
            for name, value in self._moved.items():
                value.sub_(found[name], alpha=self.rate)

    @torch.no_grad()
    def scores(self, inputs: Tensor) -> Tensor:
        """Return the logits (G, B, K)."""

        def answer(held: Weights) -> Any:
            return functional_call(self._judging, held, (inputs,))

        scores: Tensor = vmap(answer)({**self._still, **self._moved, **self._buffers})
        return scores

    def weights(self, index: int) -> Weights:
        """Return copies of the weights of one network."""
        held = {**self._still, **self._moved, **self._buffers}
        return {name: copied(value[index]) for name, value in held.items()}


class OneByOne:
    """Networks one after the other. What they draw, all draw alike."""

    def __init__(self, nets: list[nn.Module], recipe: Recipe) -> None:
        self._nets, self._recipe, self._done = nets, recipe, 0

    def check(self, inputs: Tensor) -> None:
        """Raise ModelError or InputError if the logits cannot be used."""
        classes = self._recipe.classes
        scores = self._answers(copy.deepcopy(self._nets[0]).eval(), inputs)
        if not isinstance(scores, Tensor) or scores.ndim != 2 or len(scores) != len(inputs):
            what = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
            raise ModelError(
                f"the network returned {what} for {len(inputs)} inputs of shape "
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
        moved = {name: value for name, value in net.named_parameters() if value.requires_grad}
        seed = self._recipe.layer_seed(self._done)
        with own_random_state(seed), torch.enable_grad():
            loss = nn.functional.cross_entropy(called(net, inputs), labels)
            found = torch.autograd.grad(loss, list(moved.values()), allow_unused=True)
        return {
            name: torch.zeros_like(value) if slope is None else slope
            for (name, value), slope in zip(moved.items(), found, strict=True)
        }

    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """Learn from a minibatch (B, ...)."""
        for index, net in enumerate(self._nets):
            found = self.gradients(index, inputs, labels)
            with torch.no_grad():
                for name, value in net.named_parameters():
                    if name in found:
                        value.sub_(found[name], alpha=self._recipe.learning_rate)
        self._done += 1

    def scores(self, inputs: Tensor) -> Tensor:
        """Return the logits (G, B, K)."""
        return torch.stack([self._answers(net.eval(), inputs) for net in self._nets])

    def weights(self, index: int) -> Weights:
        """Return copies of the weights of one network."""
        held = [*self._nets[index].named_parameters(), *self._nets[index].named_buffers()]
        return {name: copied(value) for name, value in held}

    def _answers(self, net: nn.Module, inputs: Tensor) -> Tensor:
        with own_random_state(0), torch.no_grad():
            return called(net, inputs)


def called(net: nn.Module, inputs: Tensor) -> Tensor:
    """Return what a user's network makes of inputs, or say that it raised."""
    try:
        answer: Tensor = net(inputs)
        return answer
    except Exception as error:
        raise ModelError(
            f"the network raised {type(error).__name__} for inputs of shape "
            f"{tuple(inputs.shape)}: {error}"
        ) from error


def copied(value: Tensor) -> Tensor:
    """Return a copy on the CPU, its numbers in order, as safetensors wants them."""
    return value.detach().cpu().clone(memory_format=torch.contiguous_format)
