"""Where a network is evaluated, and whether it can be."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from xaiwidgets.checks import whole
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
        # What somebody has put on the second GPU stays there: the first may be full.
        return torch.device("cuda", 0) if torch.cuda.is_available() and not home.index else home
    try:
        # By making something there: a name may be right, and its device missing.
        chosen = torch.empty(0, device=torch.device(device)).device
    except (RuntimeError, AssertionError, TypeError) as error:
        raise InputError(f"device {device!r} cannot be used here: {error}") from error
    return torch.device("cpu") if chosen.type == "cpu" else chosen


def seeded(seed: int) -> torch.Generator:
    """Return torch's random numbers on the CPU, by a whole number of Python's or NumPy's.

    Examples
    --------
    >>> import numpy as np
    >>> seeded(np.int64(7)).initial_seed()
    7
    """
    return torch.Generator("cpu").manual_seed(whole("seed", seed, 0))


def widest_float(device: torch.device) -> torch.dtype:
    """Return the most precise floats that a device computes with: MPS has no doubles."""
    return torch.float32 if device.type == "mps" else torch.float64


class Attempt:
    """One turn of `in_halves`: what it covers, and whether memory ran out.

    Attributes
    ----------
    rows : slice
        What is evaluated.
    size : int
        As many as may be evaluated at once.
    """

    def __init__(self, rows: slice, size: int) -> None:
        self.rows, self.size, self.failed = rows, size, False

    def __enter__(self) -> slice:
        return self.rows

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        self.failed = self.rows.stop - self.rows.start > 1 and is_out_of_memory(error)
        return self.failed  # one by itself that does not fit is an error


def in_halves(count: int, size: int) -> Iterator[Attempt]:
    """Go over `count` rows, `size` at a time, and half as many each time that memory runs out.

    Examples
    --------
    >>> for attempt in in_halves(5, 4):
    ...     with attempt as rows:
    ...         if rows.stop - rows.start > 2:
    ...             raise MemoryError
    ...         print(rows)
    slice(0, 2, None)
    slice(2, 4, None)
    slice(4, 5, None)
    """
    done = 0
    while done < count:
        attempt = Attempt(slice(done, min(count, done + size)), size)
        yield attempt
        if attempt.failed:
            size = (attempt.rows.stop - done) // 2
        else:
            done = attempt.rows.stop


def is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether an error says that there was not enough memory, on any device."""
    if error is None:
        return False
    by_message = isinstance(error, RuntimeError) and any(
        words in str(error)
        # The last is of cuBLAS and cuDNN, which take memory for themselves.
        for words in ("out of memory", "not enough memory", "can't allocate", "ALLOC_FAILED")
    )
    # Behind our own error, too: a ModelError has the network's as its cause.
    return by_message or isinstance(error, MemoryError) or is_out_of_memory(error.__cause__)
