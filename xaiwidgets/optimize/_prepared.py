"""A network that may become the twin, with the way its inputs have to be prepared."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from xaiwidgets.evaluation import evaluate


@dataclass(frozen=True)
class PreparedNetwork:
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

    def after(self, step: str, changes: int = 1) -> PreparedNetwork:
        """Return self with `step` added to its description, if that changed anything."""
        return replace(self, steps=(*self.steps, step)) if changes else self


def itself(net: nn.Module, device: torch.device) -> PreparedNetwork:
    """Return `net` as it is, on the device where it lives (`device` if it has no weights)."""
    dtype = next((p.dtype for p in net.parameters() if p.is_floating_point()), None)
    home = next((p.device for p in net.parameters()), device)
    return PreparedNetwork(net, home, dtype, False, ("the network itself",))


def private_copy(net: nn.Module, device: torch.device) -> PreparedNetwork:
    """Return a copy of `net` on `device` in eval mode; where it cannot be copied, itself."""
    why = ("the network itself (it cannot be copied)",)
    plain = replace(itself(net, device), steps=why)
    try:
        # Copies made in inference mode could never give a gradient, and they are kept.
        with torch.inference_mode(False):
            twin = copy.deepcopy(net)
            if _shares(net, twin):
                return plain
            twin = twin.to(device).requires_grad_(False)
        # The flags, not `eval()`, which calls `train`: a network may override that.
        for module in twin.modules():
            module.training = False
    except Exception:  # a user's __deepcopy__ may raise anything
        return plain
    return PreparedNetwork(twin, device, plain.dtype, True, ())


def _shares(net: nn.Module, twin: nn.Module) -> bool:
    """Return whether using the copy could touch the original.

    A module may return itself when copied, and a `forward` that was set on an object (not
    defined by its class) still calls the object it was set on.
    """
    parts = {id(part) for one in _parts(net) for part in one}
    return any(id(part) in parts for one in _parts(twin) for part in one) or any(
        "forward" in vars(module) for module in net.modules()
    )


def _parts(net: nn.Module) -> tuple[Iterator[object], ...]:
    return net.modules(), net.parameters(), net.buffers()
