"""Leave a user's network as it was found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn


@contextmanager
def undisturbed(net: nn.Module) -> Iterator[nn.Module]:
    """Evaluate `net` in eval mode without gradients; flags and random state come back after.

    The flag of each submodule is set and put back by itself, so that mixed train/eval states
    survive and overridden `train` methods are not called.
    """
    flags = [(module, module.training) for module in net.modules()]
    on_cuda = any(p.is_cuda for p in net.parameters())
    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(enabled=True, devices=None if on_cuda else []))
        stack.enter_context(torch.no_grad())
        try:
            for module, _ in flags:
                module.training = False
            yield net
        finally:
            for module, training in flags:
                module.training = training
