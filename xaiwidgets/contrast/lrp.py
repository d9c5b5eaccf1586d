"""Layer-wise relevance propagation, by captum, on a copy that is made ready for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from xaiwidgets.errors import ModelError

# What may happen between layers: it moves numbers or leaves them out, and so does the relevance.
_HARMLESS = {
    *("flatten", "view", "reshape", "permute", "transpose", "squeeze", "unsqueeze", "contiguous"),
    *("relu", "relu_", "dropout", "max_pool2d", "boolean_dispatch", "__get__", "size", "dim"),
}
_INSTEAD = "use method 'gradcam', 'lime' or 'pda'"


def relevance(net: nn.Module, pictures: Tensor, classes: Tensor) -> Tensor:
    """Return the relevance (B, C, H, W) of the numbers of pictures for classes (B,).

    Captum's LRP with the epsilon rule in every layer. The network must be a copy of which nobody
    else knows: layers are replaced, and rules and hooks attached.

    Raises
    ------
    ModelError
        If relevance cannot be followed through a layer; it is named.
    """
    from captum.attr import LRP  # only here: it takes a second to import

    whole = nn.Sequential(net)  # captum does not look at the outermost module
    _prepare(whole)
    _check_calls(whole, pictures)
    found = LRP(whole).attribute(pictures.clone().requires_grad_(), target=classes)
    return cast(Tensor, found).detach()


def _prepare(whole: nn.Module) -> None:
    """Replace what captum has no name for, give rules, and say which layers have none."""
    from captum.attr._core.lrp import SUPPORTED_LAYERS_WITH_RULES, SUPPORTED_NON_LINEAR_LAYERS
    from captum.attr._utils.lrp_rules import EpsilonRule

    known = (*SUPPORTED_LAYERS_WITH_RULES, *SUPPORTED_NON_LINEAR_LAYERS)
    for name, layer in _leaves(whole):
        if hasattr(layer, "inplace"):  # captum still needs what it would overwrite
            vars(layer)["inplace"] = False
        if isinstance(layer, nn.Identity | nn.Dropout2d | nn.AlphaDropout):
            # The same in eval mode, and captum lets relevance pass.
            path, _, last = name.rpartition(".")
            setattr(whole.get_submodule(path), last, nn.Dropout(0.0).eval())
        elif isinstance(layer, nn.Flatten):
            layer.rule = EpsilonRule()
        elif type(layer) not in known and not hasattr(layer, "rule"):
            kinds = ", ".join(
                sorted(kind.__name__ for kind in known if kind.__module__[:5] == "torch")
            )
            raise ModelError(
                f"LRP has no rule for {_called(name)}, a {type(layer).__name__}. It knows {kinds} "
                f"and Flatten; build the network of these, or {_INSTEAD}"
            )


def _check_calls(whole: nn.Module, pictures: Tensor) -> None:
    """Say which layer is called twice, or what is computed beside the layers."""
    watch = _Beside()
    with _followed(whole, watch), watch, torch.no_grad():
        whole(pictures[:1].clone())
    for name, count in watch.calls.items():
        if count > 1:
            raise ModelError(
                f"LRP cannot follow {_called(name)}: it is called {count} times in a forward "
                f"pass. Give each call a layer of its own, or {_INSTEAD}"
            )
    if watch.found is not None:
        name, operation = watch.found
        raise ModelError(
            f"LRP cannot follow {operation!r}, which {_called(name)} computes between its layers. "
            "Make it a layer (a sum: captum.attr._utils.custom_modules.Addition_Module), or "
            f"{_INSTEAD}"
        )


class _Beside(TorchFunctionMode):
    """Hears which operations are not those of a layer, and how often layers are called."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, int] = {}
        self.inside: list[str] = []  # the names of the modules that are at work
        self.layer = 0  # how many layers are at work
        self.found: tuple[str, str] | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", str(func))
        if self.inside and not self.layer and self.found is None and name not in _HARMLESS:
            self.found = self.inside[-1], name
        return func(*args, **(kwargs or {}))


@contextmanager
def _followed(whole: nn.Module, watch: _Beside) -> Iterator[None]:
    """Tell `watch` when modules begin and end."""
    leaves = dict(_leaves(whole))
    handles = []
    for name, module in whole.named_modules():

        def begin(_module: nn.Module, _inputs: Any, name: str = name) -> None:
            watch.inside.append(name)
            watch.layer += name in leaves
            if name in leaves:
                watch.calls[name] = watch.calls.get(name, 0) + 1

        def end(_module: nn.Module, _inputs: Any, _output: Any, name: str = name) -> None:
            watch.inside.pop()
            watch.layer -= name in leaves

        handles += [module.register_forward_pre_hook(begin), module.register_forward_hook(end)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _leaves(whole: nn.Module) -> list[tuple[str, nn.Module]]:
    """Return the layers, which have no parts; a layer with two names has the first."""
    return [(name, one) for name, one in whole.named_modules() if not list(one.children())]


def _called(name: str) -> str:
    # "0" is the network itself, inside of the Sequential around it.
    return f"layer {name[2:]!r}" if name[2:] else "the network"
