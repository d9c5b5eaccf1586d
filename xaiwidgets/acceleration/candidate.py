"""A network that may become the twin, with the way its inputs have to be prepared."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from xaiwidgets.state import evaluate


@dataclass(frozen=True)
class Candidate:
    """A network with the way its inputs have to be prepared."""

    net: nn.Module
    device: torch.device
    dtype: torch.dtype | None
    private: bool
    steps: tuple[str, ...]
    memory_format: torch.memory_format = torch.contiguous_format

    def __call__(self, batch: Tensor) -> Tensor:
        """Return logits (B, K), float32, or raise ModelError."""
        return evaluate(self.net, self.prepare(batch)).to(self.device, torch.float32)

    def prepare(self, batch: Tensor) -> Tensor:
        """Return a batch on the device, in the type and memory format of the network."""
        # A copy, because a network that begins with an in-place layer overwrites its input.
        dtype = self.dtype if batch.is_floating_point() else None
        own = batch.detach().to(self.device, dtype, copy=True)
        return own.contiguous(memory_format=self.memory_format)

    def after(self, step: str, changes: int = 1) -> Candidate:
        """Return self with `step` added to its description, if that changed anything."""
        return replace(self, steps=(*self.steps, step)) if changes else self


def private_copy(net: nn.Module, device: torch.device) -> Candidate:
    """Return a copy of `net` on `device` in eval mode; where it cannot be copied, itself."""
    dtype = next((p.dtype for p in net.parameters() if p.is_floating_point()), None)
    try:
        twin = copy.deepcopy(net).to(device).requires_grad_(False)
    except Exception:  # whatever a stranger's __deepcopy__ raises
        home = next((p.device for p in net.parameters()), device)
        return Candidate(net, home, dtype, False, ("the network itself (it cannot be copied)",))
    for module in twin.modules():
        module.training = False
    return Candidate(twin, device, dtype, True, ())
