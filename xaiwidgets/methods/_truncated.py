"""A network up to one of its layers, with the probe that makes of it a whole one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.errors import ModelError
from xaiwidgets.layers import SILENT, listening, split
from xaiwidgets.methods._cropping import cropped_twin
from xaiwidgets.methods._method import Task
from xaiwidgets.network import EXAMPLES
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.probes import Probe, probe_of
from xaiwidgets.work import Steps


# A hook can end a pass only by raising; the rest of the network may cost most of it.
class _LayerReached(Exception):  # noqa: N818  no error: what comes after the layer is not needed
    def __init__(self, features: Tensor) -> None:
        super().__init__()
        self.features = features


class Truncated(nn.Module):
    """The truncated network f_l (i-Algebra, eq. 4): logits (B, K) with a gradient by the input.

    What comes after the layer is not computed. The network is shared, not copied.

    Raises
    ------
    ModelError
        If the layer is not called.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, net: nn.Module, probe: Probe) -> None:
        super().__init__()
        self.net, self.tap, self.training = net, probe.tap, net.training
        self.register_buffer("weight", probe.weight)
        self.register_buffer("bias", probe.bias)

    def forward(self, batch: Tensor) -> Tensor:
        """Return the probe's class scores."""
        try:
            with listening(self.net, [self.tap.layer], self._end):
                self.net(batch)
        except _LayerReached as end:
            return functional.linear(end.features.float(), self.weight, self.bias)
        raise _not_called(self.tap.layer)

    def _end(self, _layer: str, answer: Tensor) -> None:
        raise _LayerReached(self.tap.features(answer))

    def get_submodule(self, target: str) -> nn.Module:
        """Return a layer by the name that it has in the whole network."""
        return self.net.get_submodule(target)


def prepared_for(task: Task) -> PreparedNetwork:
    """Return the private copy that answers a task: truncated where it has a layer."""
    prepared = task.network.copies.private()
    if task.layer is None:
        return prepared
    truncated = Truncated(prepared.net, probe_of(task.network, task.layer))
    return replace(prepared, net=truncated.to(prepared.device))


def evaluated(task: Task, count: int, compose: Callable[[int, int], Tensor]) -> Steps[Tensor]:
    """Return the logits (count, K) of pictures, by the fast copy, truncated where a task says so.

    Outside of the task's window all of them are at its baseline.

    Parameters
    ----------
    compose : callable
        Makes the pictures from one number up to another.
    """
    probe = None if task.layer is None else probe_of(task.network, task.layer)
    taps = () if probe is None else (probe.tap,)
    model, examples = task.network, compose(0, min(count, EXAMPLES))
    twin = yield from model.copies.twin(examples, taps)
    twin = yield from cropped_twin(model, twin, task.region, task.absent, examples, count)
    rows = yield from twin.evaluate(count, compose)
    if probe is None:
        return rows
    _, (features,) = split(rows.cpu().numpy(), taps)
    # A tap that was not called has left a mark in its row, which must not be taken for features.
    if (features >= SILENT).any():
        raise _not_called(probe.layer)
    return torch.from_numpy(probe.logits(features))


def _not_called(layer: str) -> ModelError:
    return ModelError(f"layer {layer!r} is not called for every input of this picture")
