"""Whether a copy made for gradients has the network's own."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from xaiwidgets.optimize import PreparedNetwork, accelerate_gradients, private_copy
from xaiwidgets.steps import run


def own_gradients(net: nn.Module, batch: Tensor) -> Tensor:
    """Return the gradient of the second logit of each input (B, ...), by autograd alone."""
    leaf = batch.clone().requires_grad_()
    scores = copy.deepcopy(net).eval()(leaf.clone())[:, 1]
    (slopes,) = torch.autograd.grad(scores.sum(), leaf)
    return slopes


def differentiable_copy(net: nn.Module, batch: Tensor) -> PreparedNetwork:
    """Return the copy that is made for gradients, checked on inputs that it was not made by."""
    prepared = run(accelerate_gradients(private_copy(net, torch.device("cpu")), batch[:1]))
    noise = torch.randn(batch.shape, generator=torch.Generator().manual_seed(0))
    others = torch.cat([batch, noise.to(batch)])
    leaf = prepared.prepare(others).requires_grad_()
    with torch.enable_grad():
        (slopes,) = torch.autograd.grad(prepared.net(leaf.clone())[:, 1].sum(), leaf)
    expected = own_gradients(net, others)
    assert (slopes - expected).abs().max() <= 1e-3 * expected.abs().max()
    return prepared
