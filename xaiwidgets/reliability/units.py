"""What can be mutated: filters of convolutions with their batch norm, rows of linear layers."""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaiwidgets.errors import ModelError
from xaiwidgets.optimize import Observation, PreparedNetwork, raw

_TOLERANCE = 1e-4
"""By how much, as a share of their range, logits may differ from the network's own."""

_KINDS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)


@dataclass(frozen=True)
class Layer:
    """A layer whose rows are units: each makes one channel, or one number, of what comes out.

    Attributes
    ----------
    name : str
    norm : str or None
        The batch norm that alone reads what the layer gives; the pair is one unit.
    weight : Tensor (rows, entries)
        As the pair computes: with the batch norm's scale in it.
    bias : Tensor (rows,) or None
    scale : Tensor (rows,)
        The batch norm's scale, 1 without one.
    deviation : float
        Of the layer's own weights.
    """

    name: str
    norm: str | None
    weight: Tensor
    bias: Tensor | None
    scale: Tensor
    deviation: float

    @property
    def rows(self) -> int:
        """How many units there are."""
        return len(self.weight)

    @property
    def modules(self) -> tuple[str, ...]:
        """The names of the layer and of its batch norm."""
        return (self.name,) if self.norm is None else (self.name, self.norm)

    @property
    def entries(self) -> int:
        """How many weights each has."""
        return self.weight.shape[1]


def layers_of(network: PreparedNetwork, image: Tensor) -> list[Layer]:
    """Return the layers that are called for an image (1, ...), in the order of their calls.

    Weights that are computed at each call (weight norm, parametrizations) cannot be set, so that
    such layers are left out; of layers that share their weights, all but the first.
    """
    names = {module: name for name, module in reversed(list(network.net.named_modules()))}
    seen = Observation.of(network, image)
    norms = dict(_pairs(seen))
    found: dict[int, Layer] = {}
    for module in seen.calls:
        if isinstance(module, _KINDS) and "weight" in module._parameters:
            norm = norms.get(module)
            layer = _layer(names[module], module, norm, None if norm is None else names[norm])
            found.setdefault(id(module.weight), layer)
    return list(found.values())


def checksum(layers: Sequence[Layer]) -> int:
    """Return a number that tells the weights of one network from those of another."""
    code = 0
    for layer in layers:
        code = zlib.crc32(f"{layer.name} {layer.norm} {tuple(layer.weight.shape)}".encode(), code)
        code = zlib.crc32(raw(layer.weight), code)
    return code


def folded(network: PreparedNetwork, layers: Sequence[Layer], image: Tensor) -> PreparedNetwork:
    """Return a copy of a private network in which layers do the work of their batch norms, too.

    It is in the layout that convolutions like best, if the network bears that, and gives the same
    scores for `image` (1, ...); ModelError if it does not.
    """
    plain = network(image)
    layouts = [torch.channels_last] if image.ndim == 4 else []
    for layout in (*layouts, torch.contiguous_format):
        own = replace(network, net=copy.deepcopy(network.net), memory_format=layout)
        _fold(own.net, layers)
        own.net.to(memory_format=layout)
        try:
            if agree(plain, own(image)):
                return own
        except ModelError:  # a view, say, that wants its numbers in order
            continue
    raise ModelError("the network's answer changes when its batch norms are merged")


def agree(plain: Tensor, other: Tensor) -> bool:
    """Return whether scores (B, K) are the same up to rounding."""
    spread = float((plain.amax(1) - plain.amin(1)).max())
    return float((plain - other).abs().max()) <= _TOLERANCE * max(spread, 1e-30)


def _fold(net: nn.Module, layers: Sequence[Layer]) -> None:
    for layer in layers:
        module = net.get_submodule(layer.name)
        weight = layer.weight.reshape(module.get_parameter("weight").shape)
        module._parameters["weight"] = nn.Parameter(weight.clone(), requires_grad=False)
        if layer.bias is not None:
            module._parameters["bias"] = nn.Parameter(layer.bias.clone(), requires_grad=False)
        if layer.norm is not None:
            _leave_out(net, net.get_submodule(layer.norm))


def _leave_out(net: nn.Module, norm: nn.Module) -> None:
    for parent in list(net.modules()):
        for name, child in parent._modules.items():
            if child is norm:
                parent._modules[name] = nn.Identity()


def _pairs(seen: Observation) -> Iterator[tuple[nn.Module, _BatchNorm]]:
    """Yield each layer whose output only a batch norm reads, with that."""
    for norm, calls in seen.calls.items():
        if (
            isinstance(norm, _BatchNorm)
            and type(norm).forward is _BatchNorm.forward
            and norm.running_mean is not None
            and norm.running_var is not None
            and len(calls) == 1
            and seen.disposable(calls[0])
        ):
            layer = seen.maker(calls[0])
            alone = layer is not None and len(seen.calls[layer]) == 1
            if alone and layer is not None and not _heard(layer) and not _heard(norm):
                yield layer, norm


def _heard(module: nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)


def _layer(name: str, module: nn.Module, norm: _BatchNorm | None, norm_name: str | None) -> Layer:
    weight = module.get_parameter("weight").detach()
    bias = module._parameters.get("bias")
    deviation = float(weight.double().std(correction=0))
    rows = weight.flatten(1)
    if norm is None or norm.running_mean is None or norm.running_var is None:
        own = None if bias is None else bias.detach()
        return Layer(name, None, rows, own, torch.ones_like(rows[:, 0]), deviation)
    # In double precision, so that only the merged weights are rounded.
    scale = (norm.running_var.double() + norm.eps).rsqrt()
    scale = scale if norm.weight is None else scale * norm.weight.detach().double()
    shift = (0.0 if bias is None else bias.detach().double()) - norm.running_mean.double()
    shift = shift * scale + (0.0 if norm.bias is None else norm.bias.detach().double())
    merged = (rows.double() * scale[:, None]).to(rows)
    return Layer(name, norm_name, merged, shift.to(rows), scale.to(rows), deviation)
