"""What can be mutated: filters of convolutions with their batch norm, rows of linear layers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaiwidgets.errors import ModelError
from xaiwidgets.optimize import (
    Observation,
    PreparedNetwork,
    bears_channels_last,
    deep_copy,
    scale_and_shift,
)

_KINDS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)


@dataclass(frozen=True)
class MutableLayer:
    """A layer whose rows are units: each makes one channel, or one number, of what comes out.

    Modules that share one weight are one layer: its rows are counted once, and change for all.

    Attributes
    ----------
    name : str
        Of the first of its modules that is called.
    norm : str or None
        The batch norm that alone reads what the layer gives; the pair is one unit.
    weight : Tensor (rows, entries)
        As the pair computes: with the batch norm's scale in it.
    biases : tuple of (str, Tensor (rows,))
        By module, one for each that has a bias of its own; with the batch norm's shift.
    scale : Tensor (rows,)
        The batch norm's scale, 1 without one.
    deviation : float
        Of the layer's own weights.
    """

    name: str
    norm: str | None
    weight: Tensor
    biases: tuple[tuple[str, Tensor], ...]
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


def layers_of(network: PreparedNetwork, image: Tensor) -> list[MutableLayer]:
    """Return the layers that are called for an image (1, ...), in the order of their calls.

    Weights that are computed at each call (weight norm, parametrizations) cannot be set, so that
    such layers are left out.
    """
    names = {module: name for name, module in network.net.named_modules()}
    # Module by module, because `parameters()` lists a shared tensor only once.
    holders = Counter(id(tensor) for module in names for tensor in _own_parameters(module))
    # In the order of calls, not of definition: `Replay` shares what comes before the first change.
    observed = Observation.of(network, image)
    norms = dict(_pairs(observed))
    by_weight: dict[int, list[nn.Module]] = {}
    for caller in observed.calls:
        if isinstance(caller, _KINDS) and "weight" in caller._parameters:
            by_weight.setdefault(id(caller.weight), []).append(caller)
    layers, owned = [], set[int]()
    for module, *others in by_weight.values():
        norm = norms.get(module)
        parameters = [*_own_parameters(module), *(() if norm is None else _own_parameters(norm))]
        if norm is not None and not any(holders[id(tensor)] > 1 for tensor in parameters):
            layers.append(_merged(names[module], module, names[norm], norm))
            continue
        # What another module uses too cannot take a batch norm's scale in: the pair is two units.
        biases = []
        for holder in (module, *others):
            bias = holder._parameters.get("bias")
            if bias is not None and id(bias) not in owned:
                owned.add(id(bias))
                biases.append((names[holder], bias.detach()))
        layers.append(_plain(names[module], module, tuple(biases)))
    return layers


def _own_parameters(module: nn.Module) -> list[nn.Parameter]:
    return [tensor for tensor in module._parameters.values() if tensor is not None]


def merge_batch_norms(
    network: PreparedNetwork, layers: Sequence[MutableLayer], image: Tensor
) -> PreparedNetwork:
    """Return a copy of a private network in which layers do the work of their batch norms, too.

    It is in the layout that convolutions like best, if the network bears that, and gives the same
    scores for `image` (1, ...); ModelError if it does not.
    """
    plain = network(image)
    layouts = [torch.channels_last] if bears_channels_last(network.net, image) else []
    for layout in (*layouts, torch.contiguous_format):
        copied = replace(network, net=deep_copy(network.net), memory_format=layout)
        _fold(copied.net, layers)
        copied.net.to(memory_format=layout)
        try:
            if agree(plain, copied(image), network.dtype):
                return copied
        except ModelError:  # a view, say, that wants its numbers in order
            continue
    raise ModelError("the network's answer changes when its batch norms are merged")


def agree(plain: Tensor, other: Tensor, dtype: torch.dtype | None) -> bool:
    """Return whether scores (B, K) are the same up to rounding in `dtype`, float32 by default.

    Half of its digits, 3.5e-4 of the scores' range in float32: rounding adds up along a network.
    """
    spread = float((plain.amax(1) - plain.amin(1)).max())
    # What a network in double precision gives has been rounded, too.
    digits: float = max(torch.finfo(kind).eps for kind in (plain.dtype, dtype or torch.float32))
    return float((plain - other).abs().max()) <= math.sqrt(digits) * max(spread, 1e-30)


def _fold(net: nn.Module, layers: Sequence[MutableLayer]) -> None:
    """Put the weights of layers with a batch norm in place; the others', shared or not, stay."""
    for layer in layers:
        if layer.norm is not None:
            module = net.get_submodule(layer.name)
            weight = layer.weight.reshape(module.get_parameter("weight").shape)
            module._parameters["weight"] = nn.Parameter(weight.clone(), requires_grad=False)
            for name, bias in layer.biases:
                parameter = nn.Parameter(bias.clone(), requires_grad=False)
                net.get_submodule(name)._parameters["bias"] = parameter
            _leave_out(net, net.get_submodule(layer.norm))


def _leave_out(net: nn.Module, norm: nn.Module) -> None:
    for parent in list(net.modules()):
        for name, child in parent._modules.items():
            if child is norm:
                parent._modules[name] = nn.Identity()


def _pairs(observed: Observation) -> Iterator[tuple[nn.Module, _BatchNorm]]:
    """Yield each layer whose output only a batch norm reads, with that."""
    for norm, calls in observed.calls.items():
        # Foldable only as a fixed affine map: no subclass that computes otherwise, and none without
        # running statistics, which depends on the batch.
        if (
            isinstance(norm, _BatchNorm)
            and type(norm).forward is _BatchNorm.forward
            and norm.running_mean is not None
            and norm.running_var is not None
            and len(calls) == 1
            and observed.disposable(calls[0])
        ):
            layer = observed.maker(calls[0])
            alone = layer is not None and len(observed.calls[layer]) == 1
            if alone and layer is not None and not _has_hooks(layer) and not _has_hooks(norm):
                yield layer, norm


def _has_hooks(module: nn.Module) -> bool:
    # A hook may look at or change what is between the two, which merging does away with.
    return bool(module._forward_hooks or module._forward_pre_hooks)


def _plain(name: str, module: nn.Module, biases: tuple[tuple[str, Tensor], ...]) -> MutableLayer:
    weight = module.get_parameter("weight").detach()
    rows = weight.flatten(1)
    return MutableLayer(name, None, rows, biases, torch.ones_like(rows[:, 0]), _deviation(weight))


def _merged(name: str, module: nn.Module, norm_name: str, norm: _BatchNorm) -> MutableLayer:
    """Return the layer that computes norm(module(x)) = scale * (w x + b - mean) + shift."""
    weight = module.get_parameter("weight").detach()
    rows = weight.flatten(1)
    scale, shift = scale_and_shift(module, norm)
    # In double precision, on the CPU as not every device has it: scales of 1 / sqrt(variance) may
    # be large, and `agree` allows for rounding only.
    merged = (rows.cpu().double() * scale[:, None]).to(rows)
    biases = ((name, shift.to(rows)),)
    return MutableLayer(name, norm_name, merged, biases, scale.to(rows), _deviation(weight))


def _deviation(weight: Tensor) -> float:
    # Not the sample's deviation, which is NaN for a layer of one weight.
    return float(weight.cpu().double().std(correction=0))
