"""LRP: the score of a class, handed back from layer to layer to the pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, get_args

import torch
from torch import Tensor, nn

from xaiwidgets.checks import number
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.inference import no_gradient
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._graph import custom_functions
from xaiwidgets.methods._method import Task
from xaiwidgets.methods._passes import (
    Batch,
    Pass,
    PixelMaps,
    cut_off,
    pixel_maps,
    protect,
    select_scores,
)
from xaiwidgets.methods._relevance import Relevance
from xaiwidgets.methods._relevance_rules import LinearRule, RelevanceRule
from xaiwidgets.methods._truncated import prepared_for
from xaiwidgets.optimize import Opaque, PreparedNetwork, deep_copy, fold_batch_norms
from xaiwidgets.probes import probe_of
from xaiwidgets.work import Steps, work


@dataclass(frozen=True)
class LRP:
    """Layer-wise relevance propagation (Bach et al. 2015), a rule for each kind of layer.

    The relevance of a layer's answer z_j is shared out among its inputs a_i in proportion to what
    they contribute (Montavon et al. 2019, table 1):

    - "epsilon": ``a_i w_ij / (z_j + epsilon sign z_j)``. In all layers of a ReLU network this is
      gradient x input, noise and all (Ancona et al. 2018): good for the last, dense layers only.
    - "gamma": contributions of the sign of z_j count 1 + gamma times.
    - "z+": only positive contributions count.

    Batch norms are merged into the layer before them. Activations hand relevance on as it is;
    sums (skip connections) and means share it by their summands, maxima give it to the largest.
    For transformers, after Ali et al. (2022): how much tokens attend to each other (the softmax)
    and the deviation that a LayerNorm or RMSNorm divides by are held fixed, so that relevance
    reaches a token by its values alone; so are gates, such as the sigmoid of squeeze and
    excitation (Arras et al. 2017). Of a product of two other signals each has half of the
    relevance (AttnLRP, Achtibat et al. 2024).

    The map is the pixels' relevance, summed over channels. It sums to the logit but for what
    `epsilon` takes and what goes to constants that are added: biases, the class token, embeddings
    of positions. That part is the difference between `Attribution.output` and the map's sum.

    Parameters
    ----------
    convolutions, dense : "epsilon", "gamma" or "z+"
        The rules; by default those of Kohlbrenner et al. (2020), the first for convolutions.
    gamma, epsilon : float
        Of the rules of these names; epsilon also keeps the others from dividing by 0.

    Raises
    ------
    InputError
        If a rule does not exist, or a number is negative.
    ModelError
        If the network cannot be copied, or computes something for which there is no rule: all such
        operations are named, with their layers.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import LRP, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> LRP(convolutions="gamma").explain([task]).run()[0].values.shape
    (8, 8)
    """

    label: ClassVar[str] = "LRP"
    needs: ClassVar[frozenset[str]] = frozenset({"copy"})
    has_baseline: ClassVar[bool] = False

    convolutions: RelevanceRule = "z+"
    dense: RelevanceRule = "epsilon"
    gamma: float = 0.25
    epsilon: float = 1e-6

    def __post_init__(self) -> None:
        for name in ("convolutions", "dense"):
            rule, rules = getattr(self, name), get_args(RelevanceRule)
            if rule not in rules:
                raise InputError(f"{name} is {rule!r}; use {' or '.join(map(repr, rules))}")
        for name in ("gamma", "epsilon"):
            object.__setattr__(self, name, number(name, getattr(self, name), least=0))

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        return pixel_maps(self, tasks, cache, self._prepare, 2, ("window", "layer", "baseline"))

    def incompatibility(self, task: Task) -> str | None:
        """Say what there is no rule for."""

        def look() -> str | None:
            prepared, example = prepared_for(task), task.input[None]
            try:
                with (
                    torch.inference_mode(False),
                    protect(prepared.net, self.label),
                    torch.enable_grad(),
                ):
                    net = self._net(task, prepared, example)
                    inputs = prepared.prepare(example).requires_grad_()
                    _check(self._logits(net, inputs), net, inputs)
            except ModelError as error:
                if error.__cause__ is not None:  # the network itself fails
                    raise
                return str(error)
            return None

        # Whether there is a rule does not depend on which one it is.
        return cut_off(task) or task.network.derived(
            "no rule", (tuple(task.input.shape), task.layer), look
        )

    def _net(self, task: Task, prepared: PreparedNetwork, example: Tensor) -> nn.Module:
        # Folding copies the network and takes a pass; its answer depends on the weights alone.
        network, layer = task.network, task.layer
        probe = None if layer is None else probe_of(network, layer).key
        key = network.device, layer, probe
        return network.derived("batch norms folded", key, lambda: _folded(prepared, example))

    def _logits(self, net: nn.Module, inputs: Tensor) -> Tensor:
        """Return logits (B, K) whose gradient is relevance over input."""
        convolution, dense = (
            LinearRule(kind, self.gamma, self.epsilon) for kind in (self.convolutions, self.dense)
        )
        with Relevance(net, convolution, dense) as relevance:
            logits: Tensor = net(inputs)
        relevance.check()
        return logits

    def _prepare(self, task: Task, prepared: PreparedNetwork, example: Tensor) -> Pass:
        net = self._net(task, prepared, example)

        def explain(batch: Batch) -> PixelMaps:
            inputs = batch.inputs.requires_grad_()
            logits = self._logits(net, inputs)
            scores = select_scores(task.network, logits, batch.targets, batch.output)
            (slopes,) = torch.autograd.grad(scores.sum(), inputs)
            # The gradient is relevance over input (see `_relevance`): R_i = a_i g_i.
            return PixelMaps((slopes * inputs.detach()).sum(1), scores.detach())

        return explain


def _folded(prepared: PreparedNetwork, example: Tensor) -> nn.Module:
    """Return a copy in which batch norms are part of the layers before them, where they can."""
    if not prepared.private:
        raise ModelError(
            "LRP works on a copy of the network, and this network cannot be copied. Give it a "
            "__deepcopy__ that copies it, or use method 'gradcam', 'lime' or 'pda'"
        )
    if isinstance(prepared.net, Opaque):
        raise ModelError(
            "LRP has a rule for each layer, and those of a scripted network cannot be told; give "
            "the network that it was scripted from"
        )
    # A rule sees the signs of weights: those of what the network does, not of half of it.
    return fold_batch_norms(replace(prepared, net=deep_copy(prepared.net)), example).net


def _check(logits: Tensor, net: nn.Module, inputs: Tensor) -> None:
    """Raise ModelError if something has escaped the rules, or they let nothing through."""
    if not logits.requires_grad:
        raise no_gradient(
            "the picture while LRP holds softmax, sigmoid and denominators fixed",
            "use method 'lime' or 'pda'",
        )
    # A user's autograd function has a backward of its own, which no rule has changed.
    custom = custom_functions(logits)
    if custom:
        raise ModelError(
            f"LRP has no rule for the autograd function {custom[-1]}; use a layer of torch "
            "instead, or method 'gradcam', 'lime' or 'pda'"
        )
    with torch.no_grad():
        expected = net(inputs.detach().clone())
    # Rules change gradients, not answers; but something may be overwritten behind their back.
    if not torch.allclose(logits.detach(), expected, rtol=1e-3, atol=1e-3):
        raise ModelError(
            "under LRP's rules the network's answer is another: something is overwritten in place "
            "where it should not; use method 'gradcam', 'lime' or 'pda'"
        )
