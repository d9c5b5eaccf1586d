"""What makes a network quicker without changing its answer; the caller checks each rewrite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaiwidgets.errors import ModelError
from xaiwidgets.optimize._copying import deep_copy
from xaiwidgets.optimize._observation import Observation
from xaiwidgets.optimize._padding import pads_with_zeros, plain_convolution, with_padding
from xaiwidgets.optimize._prepared import PreparedNetwork
from xaiwidgets.work import Progress, Steps

Step = Callable[[PreparedNetwork, Tensor], PreparedNetwork]


def fold_batch_norms(base: PreparedNetwork, example: Tensor) -> PreparedNetwork:
    """Merge batch norms into the convolution or linear layer that only they read."""
    if not _all(base, _BatchNorm):  # to watch a pass takes as long as an evaluation, or longer
        return base
    seen = Observation.of(base, example)
    changes = 0
    for norm, calls in seen.calls.items():
        if isinstance(norm, _BatchNorm) and len(calls) == 1 and seen.disposable(calls[0]):
            layer = seen.maker(calls[0])
            if layer is not None and len(seen.calls[layer]) == 1 and _foldable(layer, norm):
                _merge(layer, norm)
                _exchange(base.net, norm, nn.Identity())
                changes += 1
    return base.after("batch norm folded", changes)


def _foldable(layer: nn.Module, norm: _BatchNorm) -> bool:
    return (
        isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d | nn.Linear)
        # Without running statistics a batch norm depends on the batch.
        and norm.running_mean is not None
        # A subclass may compute something else.
        and type(norm).forward is _BatchNorm.forward
        # A weight that is computed at each call (weight norm, parametrizations) cannot be set.
        and "weight" in layer._parameters
        and not any(m._forward_hooks or m._forward_pre_hooks for m in (layer, norm))
    )


def scale_and_shift(layer: nn.Module, norm: _BatchNorm) -> tuple[Tensor, Tensor]:
    """Return s and t (C,) of norm(layer(x)) = s (w x) + t, by a norm's running statistics.

    s = gamma / sqrt(var + eps) and t = (b - mean) s + beta, in double precision, so that only what
    is merged is rounded; on the CPU, as not every device has doubles.
    """
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None:
        raise ModelError("a batch norm has only one of its two running statistics")
    scale = (_exact(variance) + norm.eps).rsqrt()
    scale = scale if norm.weight is None else scale * _exact(norm.weight)
    bias = layer._parameters.get("bias")
    shift = (0.0 if bias is None else _exact(bias)) - _exact(mean)
    return scale, shift * scale + (0.0 if norm.bias is None else _exact(norm.bias))


def _exact(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", torch.float64)


def _merge(layer: nn.Module, norm: _BatchNorm) -> None:
    weight = layer.get_parameter("weight")
    scale, shift = scale_and_shift(layer, norm)
    scaled = _exact(weight) * scale.reshape(-1, *[1] * (weight.dim() - 1))
    for name, value in (("weight", scaled), ("bias", shift)):
        layer._parameters[name] = nn.Parameter(value.to(weight), requires_grad=False)


def _simplify(base: PreparedNetwork, example: Tensor) -> PreparedNetwork:
    """Let convolutions pad: own kinds that do no more than that, and layers of zeros before them.

    To pad in a layer of its own is to copy all that it is given.
    """
    subclasses = {m for m in _all(base, nn.Conv2d) if type(m).forward is not nn.Conv2d.forward}
    if not subclasses and not _all(base, nn.ZeroPad2d):
        return base
    observation = Observation.of(base, example)
    changes = 0
    for layer, calls in observation.calls.items():
        if isinstance(layer, nn.Conv2d) and layer in subclasses:
            plain = plain_convolution(layer, calls[0])
            # Only the answers tell whether padding is all that the layer's own kind does.
            if all(torch.allclose(plain(c.input), c.output, 1e-4, 1e-4) for c in calls):
                _exchange(base.net, layer, plain)
                changes += 1
        elif isinstance(layer, nn.Conv2d) and _is_plain(layer, observation):
            changes += _absorb_padding(base, layer, observation)
    return base.after("padding inside the convolutions", changes)


def _absorb_padding(base: PreparedNetwork, layer: nn.Conv2d, observation: Observation) -> bool:
    """Let a convolution pad instead of a layer before it; return whether it does."""
    (call,) = observation.calls[layer]
    pad = observation.maker(call) if observation.disposable(call) else None
    if pad is None or not pads_with_zeros(pad) or len(observation.calls[pad]) > 1:
        return False
    merged = with_padding(layer, pad.padding)
    if merged is None:
        return False
    _exchange(base.net, layer, merged)
    _exchange(base.net, pad, nn.Identity())
    return True


def _pack(base: PreparedNetwork, example: Tensor) -> PreparedNetwork:
    """Store weights as oneDNN wants them, and let convolutions apply the activation they feed."""
    if base.device.type != "cpu" or base.dtype != torch.float32 or not _has_kernel():
        return base
    if not _all(base, nn.Conv2d):
        return base
    seen = Observation.of(base, example)
    makers: dict[nn.Module, list[nn.Module | None]] = {
        module: [seen.maker(call) if seen.disposable(call) else None for call in calls]
        for module, calls in seen.calls.items()
        if type(module) in _ACTIVATIONS
    }
    # An activation that several layers share is fused into all of them, or stays.
    fused: dict[nn.Module, nn.Module] = {}
    for activation, layers in makers.items():
        if all(layer is not None and _is_plain(layer, seen) for layer in layers):
            fused |= {layer: activation for layer in layers if layer is not None}
            _exchange(base.net, activation, nn.Identity())
    changes = 0
    for layer, calls in seen.calls.items():
        if isinstance(layer, nn.Conv2d) and _is_plain(layer, seen):
            _exchange(base.net, layer, _Packed(layer, fused.get(layer), calls[0].input))
            changes += 1
    return base.after("activations fused, weights packed", changes)


def _is_plain(layer: nn.Module, seen: Observation) -> bool:
    return (
        isinstance(layer, nn.Conv2d)
        and type(layer).forward is nn.Conv2d.forward
        and layer.padding_mode == "zeros"
        and not isinstance(layer.padding, str)
        and "weight" in layer._parameters
        and len(seen.calls[layer]) == 1
        and seen.calls[layer][0].input.dim() == 4
        and not layer._forward_hooks
        and not layer._forward_pre_hooks
    )


def _has_kernel() -> bool:
    # Made for torch.compile and not promised to last: without it the twin is a little slower.
    return (
        bool(torch.backends.mkldnn.enabled)
        and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
        and hasattr(torch._C._nn, "mkldnn_reorder_conv2d_weight")
    )


# Kind of activation -> oneDNN's name, and its numbers.
_ACTIVATIONS: dict[type[nn.Module], Callable[[Any], tuple[str, list[float]]]] = {
    nn.ReLU: lambda module: ("relu", []),
    nn.ReLU6: lambda module: ("hardtanh", [0.0, 6.0]),
    nn.Hardtanh: lambda module: ("hardtanh", [module.min_val, module.max_val]),
    nn.SiLU: lambda module: ("swish", []),
    nn.Hardswish: lambda module: ("hardswish", []),
    nn.LeakyReLU: lambda module: ("leaky_relu", [module.negative_slope]),
}


class _Packed(nn.Module):
    """A convolution, with its activation, as one call of the kernel that torch.compile uses."""

    def __init__(self, layer: nn.Conv2d, activation: nn.Module | None, example: Tensor) -> None:
        super().__init__()
        where = (layer.padding, layer.stride, layer.dilation, layer.groups)
        weight = layer.weight.detach().contiguous().to_mkldnn()
        # oneDNN chooses a layout for a size of batch; the kernel takes any other, too.
        shape = (4, *example.shape[1:])
        reorder: Any = torch._C._nn.mkldnn_reorder_conv2d_weight
        self._weight = reorder(weight, *where, shape)
        self._bias = None if layer.bias is None else layer.bias.detach()
        kind = ("none", []) if activation is None else _ACTIVATIONS[type(activation)](activation)
        self._rest = (*where, *kind, "")

    def forward(self, batch: Tensor) -> Tensor:
        kernel = torch.ops.mkldnn._convolution_pointwise
        result: Tensor = kernel(batch, self._weight, self._bias, *self._rest)
        return result


def _overwrite(base: PreparedNetwork, example: Tensor) -> PreparedNetwork:
    """Let activations overwrite an input that nothing else reads."""
    if all(getattr(module, "inplace", None) is not False for module in base.net.modules()):
        return base
    seen = Observation.of(base, example)
    changes = 0
    # Memory that is in the cache already is written to more quickly than new memory.
    for layer, calls in seen.calls.items():
        if getattr(layer, "inplace", None) is False and all(map(seen.disposable, calls)):
            layer.inplace = True  # type: ignore[assignment]
            changes += 1
    return base.after("activations in place", changes)


def bears_channels_last(net: nn.Module, example: Tensor) -> bool:
    """Return whether all of a network can be laid out so: torch refuses convolutions in 3-D."""
    return example.dim() == 4 and all(weight.dim() != 5 for weight in net.parameters())


def _channels_last(base: PreparedNetwork, example: Tensor) -> PreparedNetwork:
    if not bears_channels_last(base.net, example):
        return base
    # Convolutions of oneDNN and cuDNN are quicker with channels last.
    base.net.to(memory_format=torch.channels_last)
    return replace(base.after("channels last"), memory_format=torch.channels_last)


# From the most rewrites to the fewest: the first rung that agrees with the network is taken.
LADDER: tuple[tuple[Step, ...], ...] = (
    (_simplify, fold_batch_norms, _overwrite, _channels_last, _pack),
    (fold_batch_norms, _channels_last, _overwrite),
    (fold_batch_norms,),
    (_channels_last,),
)

# Without what has no gradient (packed weights) or needs what is overwritten to compute one.
DIFFERENTIABLE: tuple[Step, ...] = (_simplify, fold_batch_norms, _channels_last)


def rewritten(
    plain: PreparedNetwork, steps: Sequence[Step], example: Tensor
) -> Steps[PreparedNetwork | None]:
    """Return a copy with some rewrites, or None where one fails; each is a step."""
    candidate = plain
    for number, step in enumerate(steps):
        try:
            # A copy for each attempt: one that fails half way leaves its rewrites in it.
            own = candidate if number else replace(plain, net=deep_copy(plain.net))
            candidate = step(own, example)
        except Exception:  # rewrites are optional: a network for which one fails goes without
            return None
        yield Progress(0, None, "preparing the network")
    return candidate


def _all(base: PreparedNetwork, kind: type[nn.Module]) -> list[nn.Module]:
    return [module for module in base.net.modules() if isinstance(module, kind)]


def _exchange(root: nn.Module, old: nn.Module, new: nn.Module) -> None:
    """Put `new` wherever `old` is registered."""
    new.training = False
    for parent in list(root.modules()):
        for name, child in parent._modules.items():
            if child is old:
                parent._modules[name] = new
