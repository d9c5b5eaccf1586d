"""A network of one's own: a private copy, with the way its inputs have to be prepared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from xaiwidgets.devices import in_halves
from xaiwidgets.errors import ModelError
from xaiwidgets.inference import as_found, ends_linearly, evaluate, undisturbed
from xaiwidgets.optimize._copying import copied
from xaiwidgets.output_detection import detect_output
from xaiwidgets.outputs import ScoreKind, answer_tensor, read_logits

_CHUNK_NUMBERS = {"cpu": 2**21, "cuda": 2**25}
"""Numbers in the inputs that are evaluated at once."""


@dataclass(frozen=True)
class PreparedNetwork:
    """A network with the way its inputs have to be prepared.

    Attributes
    ----------
    private : bool
        Whether it is a copy, and not the user's own.
    divisible : bool
        Whether what it answers to an input is the same in whatever company. Where it is not (batch
        norm without running statistics, scales computed of a batch) its answer is defined as the
        one that it gives to an input alone, and whoever evaluates `net` itself gives it one.
    crop : index
        The part of a batch that the network is given.
    """

    net: nn.Module
    device: torch.device
    dtype: torch.dtype | None
    private: bool
    steps: tuple[str, ...]
    memory_format: torch.memory_format = torch.contiguous_format
    divisible: bool = True
    crop: tuple[Any, ...] = ()

    def __call__(self, batch: Tensor) -> Tensor:
        """Return logits (B, K), float32, or raise ModelError."""
        parts = (batch,) if self.divisible else torch.split(batch, 1)
        answers = [evaluate(self.net, self.prepare(part)) for part in parts]
        return torch.cat(answers).to(self.device, torch.float32)

    def in_chunks(self, batch: Tensor, classes: int | None = None) -> Tensor:
        """Return logits (B, K), float32 on the CPU, in chunks of bounded memory; see `evaluate`.

        When memory runs out, chunks are halved.
        """
        numbers = max(1, batch[0].numel())
        chunk = max(1, min(4096, _CHUNK_NUMBERS.get(self.device.type, 2**21) // numbers))
        parts: list[Tensor] = []
        for attempt in in_halves(len(batch), chunk if self.divisible else 1):
            with attempt as rows:
                answer = evaluate(self.net, self.prepare(batch[rows]), classes)
                parts.append(answer.float().cpu())
        return torch.cat(parts)

    def answer(self, batch: Tensor) -> Tensor:
        """Return the scores that the network itself answers with, of whatever shape and meaning."""
        try:
            with undisturbed(self.net):
                return answer_tensor(self.net(self.prepare(batch)), len(batch))
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

    def kind_of_answers(self, example: Tensor) -> ScoreKind:
        """Return what the answer to an example (1, ...) means."""
        noise = torch.randn(example.shape, generator=torch.Generator().manual_seed(0), device="cpu")

        def stretch(factor: float) -> Tensor | None:
            # Noise too: a black picture is black however much it is enlarged.
            return self.try_answer((factor * (example.float() + noise)).to(example))

        return detect_output(
            self.answer(example), stretch, lambda: ends_linearly(self.net, self.prepare(example))
        )

    def prepare(self, batch: Tensor, *, copy: bool = True) -> Tensor:
        """Return a batch on the device, in the type and memory format of the network.

        By default it is a copy, as a network that begins with an in-place layer overwrites it.
        """
        dtype = self.dtype if batch.is_floating_point() else None
        part = batch.detach()[self.crop]
        return part.to(self.device, dtype, copy=copy, memory_format=self.memory_format)

    def reading(self, output: ScoreKind) -> PreparedNetwork:
        """Return the network as one that answers with logits, of what its own answers mean.

        A copy itself becomes that; it is not copied once more.
        """
        if not self.private:
            return replace(self, net=_InPlace(self.net, output))
        self.net.register_forward_hook(ReadLogits(output))
        return self

    def after(self, step: str, changes: int = 1) -> PreparedNetwork:
        """Return self with `step` added to its description, if that changed anything."""
        return replace(self, steps=(*self.steps, step)) if changes else self


@dataclass(frozen=True)
class ReadLogits:
    """A forward hook that makes logits (B, K) of what a network answers with."""

    output: ScoreKind

    def __call__(self, _module: nn.Module, inputs: tuple[object, ...], answer: object) -> Tensor:
        """Return the logits."""
        batch = next((each for each in inputs if isinstance(each, Tensor)), None)
        return read_logits(answer, self.output, None if batch is None else len(batch))


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
            return read_logits(self.net(batch), self.output, len(batch))


class Opaque(nn.Module):
    """A scripted network: it can be evaluated, but nobody can hear or change its layers."""

    net: nn.Module

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.__dict__["net"] = net  # past nn.Module, which would make it a layer
        self.training = False

    def forward(self, batch: Tensor) -> object:
        return self.net(batch)

    def get_submodule(self, target: str) -> nn.Module:
        """Refuse to look inside."""
        raise ModelError(
            f"the network is scripted, and nobody can listen to its layer {target!r}; give the "
            "network that it was scripted from"
        )


def private_copy(
    net: nn.Module, device: torch.device, output: ScoreKind | None = None
) -> PreparedNetwork:
    """Return a copy of `net` on `device` in eval mode; where it cannot be copied, itself.

    With `output`, it answers with logits: what its own answers mean is translated.
    """
    dtype = next((p.dtype for p in net.parameters() if p.is_floating_point()), None)
    twin = copied(net)
    if twin is None:
        # Where it is: to move a user's own network would change it.
        why = ("the network itself (it cannot be copied)",)
        home = next((p.device for p in net.parameters()), device)
        in_place = PreparedNetwork(net, home, dtype, False, why)
        return in_place if output is None else in_place.reading(output)
    twin = twin.to(device)
    # Whoever needs gradients needs them of the input or of layers, never of weights.
    for parameter in twin.parameters():  # scripted networks have no `requires_grad_` of their own
        parameter.requires_grad_(False)
    for module in twin.modules():
        if hasattr(module, "training"):
            module.training = False
        # They hear, or change, the gradients of the user's training; the answers are without them.
        for hooks in ("_backward_hooks", "_backward_pre_hooks"):
            getattr(module, hooks, {}).clear()
    if isinstance(twin, torch.jit.ScriptModule):
        twin = Opaque(twin)
    prepared = PreparedNetwork(twin, device, dtype, True, ())
    return prepared if output is None else prepared.reading(output)
