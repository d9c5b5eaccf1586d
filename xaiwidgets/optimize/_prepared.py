"""A network of one's own: a private copy, with the way its inputs have to be prepared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from xaiwidgets.errors import ModelError
from xaiwidgets.evaluation import as_found, evaluate, undisturbed
from xaiwidgets.optimize._copying import copied
from xaiwidgets.outputs import ScoreKind, answer_tensor, read_logits


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

    def answer(self, batch: Tensor) -> Tensor:
        """Return the scores that the network itself answers with, of whatever shape and meaning."""
        try:
            with undisturbed(self.net):
                return answer_tensor(self.net(self.prepare(batch)))
        except ModelError:
            raise
        except Exception as error:
            raise ModelError(
                f"the network raised {type(error).__name__} for inputs of shape "
                f"{tuple(batch.shape)}: {error}"
            ) from error

    def try_answer(self, batch: Tensor) -> Tensor | None:
        """Return the answer, or None where the network fails."""
        try:
            return self.answer(batch)
        except ModelError:
            return None

    def prepare(self, batch: Tensor) -> Tensor:
        """Return a batch on the device, in the type and memory format of the network."""
        # A copy, because a network that begins with an in-place layer overwrites its input.
        dtype = self.dtype if batch.is_floating_point() else None
        own = batch.detach().to(self.device, dtype, copy=True)
        return own.contiguous(memory_format=self.memory_format)

    def after(self, step: str, changes: int = 1) -> PreparedNetwork:
        """Return self with `step` added to its description, if that changed anything."""
        return replace(self, steps=(*self.steps, step)) if changes else self


@dataclass(frozen=True)
class ReadLogits:
    """A forward hook that makes logits (B, K) of what a network answers with."""

    output: ScoreKind

    def __call__(self, _module: nn.Module, _inputs: object, answer: object) -> Tensor:
        """Return the logits."""
        return read_logits(answer, self.output)


class _InPlace(nn.Module):
    """A network that cannot be copied: evaluated itself, and put back as it was found.

    It has the network's own layers under their own names, not the network as a layer.
    """

    net: nn.Module

    def __init__(self, net: nn.Module, output: ScoreKind) -> None:
        super().__init__()
        self.__dict__["net"] = net  # past nn.Module, which would make it a layer
        self._modules, self._parameters, self._buffers = net._modules, net._parameters, net._buffers
        self.output, self.training = output, net.training

    def __deepcopy__(self, memo: object) -> None:
        raise TypeError("a network that cannot be copied cannot be copied inside another")

    def forward(self, batch: Tensor) -> Tensor:
        with as_found(self.net):
            self.net.training = self.training
            return read_logits(self.net(batch), self.output)


def private_copy(
    net: nn.Module, device: torch.device, output: ScoreKind | None = None
) -> PreparedNetwork:
    """Return a copy of `net` on `device` in eval mode; where it cannot be copied, itself.

    With `output`, it answers with logits: what its own answers mean is translated.
    """
    dtype = next((p.dtype for p in net.parameters() if p.is_floating_point()), None)
    twin = copied(net)
    if twin is None:
        why = ("the network itself (it cannot be copied)",)
        home = next((p.device for p in net.parameters()), device)
        inside = net if output is None else _InPlace(net, output)
        return PreparedNetwork(inside, home, dtype, False, why)
    twin = twin.to(device).requires_grad_(False)
    for module in twin.modules():
        if hasattr(module, "training"):
            module.training = False
    if output is not None:
        twin.register_forward_hook(ReadLogits(output))
    return PreparedNetwork(twin, device, dtype, True, ())
