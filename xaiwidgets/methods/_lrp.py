"""LRP: the score of a class, handed back from layer to layer to the pixels."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, get_args

import torch
from torch import Tensor, nn

from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._graph import custom_functions
from xaiwidgets.methods._method import Output, Task, check_supported
from xaiwidgets.methods._passes import Pass, pixel_maps, select_scores
from xaiwidgets.methods._relevance import Relevance, RelevanceRule
from xaiwidgets.network import Network
from xaiwidgets.optimize import PreparedNetwork, fold_batch_norms
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
    The map is the pixels' relevance, summed over channels. It sums to the logit but for what
    biases and `epsilon` take.

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
        If the network cannot be copied, or computes something for which there is no rule, such as
        a product of two answers (attention, gates): it is named.

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
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise InputError(f"{name} is {value!r}; use a number of at least 0")

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        check_supported(self, tasks, "window", "baseline")
        # Forth, back, and once more without rules, for `_check`.
        return pixel_maps(self, tasks, cache, self._prepare, evaluations=3)

    def _prepare(self, network: Network, prepared: PreparedNetwork, example: Tensor) -> Pass:
        # Folding copies the network and takes a pass; its answer depends on the weights alone.
        net = network.derived(
            "batch norms folded", network.device, lambda: _folded(prepared, example)
        )
        rules = {"convolution": self.convolutions, "dense": self.dense}

        def explain(inputs: Tensor, targets: Tensor, output: Output) -> tuple[Tensor, Tensor]:
            inputs = inputs.requires_grad_()
            with Relevance(net, rules, self.gamma, self.epsilon):
                logits = net(inputs)
            _check(logits, net, inputs)
            scores = select_scores(logits, targets, output)
            (slopes,) = torch.autograd.grad(scores.sum(), inputs)
            # The gradient is relevance over input (see `_relevance`): R_i = a_i g_i.
            return (slopes * inputs.detach()).sum(1), scores.detach()

        return explain


def _folded(prepared: PreparedNetwork, example: Tensor) -> nn.Module:
    """Return a copy in which batch norms are part of the layers before them, where they can."""
    if not prepared.private:
        raise ModelError(
            "LRP works on a copy of the network, and this network cannot be copied. Give it a "
            "__deepcopy__ that copies it, or use method 'gradcam', 'lime' or 'pda'"
        )
    # A rule sees the signs of weights: those of what the network does, not of half of it.
    return fold_batch_norms(replace(prepared, net=copy.deepcopy(prepared.net)), example).net


def _check(logits: Tensor, net: nn.Module, inputs: Tensor) -> None:
    """Raise ModelError if something has escaped the rules."""
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
