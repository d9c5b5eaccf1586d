"""Where a network is evaluated, and whether it can be."""

from __future__ import annotations

import torch
from torch import nn

from xaiwidgets.errors import InputError


def check_numbers(net: nn.Module) -> None:
    """Raise InputError unless the network has numbers to compute with."""
    for name, tensor in (*net.named_parameters(), *net.named_buffers()):
        if nn.parameter.is_lazy(tensor):
            raise InputError(
                f"net is lazy: {name} has no shape yet. Call it once on a batch like those that "
                "will be explained"
            )
        if tensor.is_meta:
            raise InputError(f"net is on the meta device: {name} has no numbers. Load its weights")


def choose_device(device: str | torch.device | None, net: nn.Module) -> torch.device:
    """Return the device that was told; else CUDA if there, or where the weights are."""
    if device is None:
        parameter = next(net.parameters(), None)
        home = torch.device("cpu") if parameter is None else parameter.device
        return torch.device("cuda", 0) if torch.cuda.is_available() and not home.index else home
    try:
        chosen = torch.empty(0, device=torch.device(device)).device
    except (RuntimeError, AssertionError, TypeError) as error:
        raise InputError(f"device {device!r} cannot be used here: {error}") from error
    return torch.device("cpu") if chosen.type == "cpu" else chosen


def is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether an error says that there was not enough memory, on any device."""
    if error is None:
        return False
    by_message = isinstance(error, RuntimeError) and any(
        words in str(error) for words in ("out of memory", "not enough memory", "can't allocate")
    )
    return by_message or isinstance(error, MemoryError) or is_out_of_memory(error.__cause__)
