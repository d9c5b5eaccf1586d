"""`accelerate`: climb the ladder of rewrites, check each rung, find the best batch size."""

from __future__ import annotations

import copy
import time
import zlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import torch
from torch import Tensor, nn

from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.optimize._prepared import PreparedNetwork, private_copy
from xaiwidgets.optimize._rewrites import LADDER, Step

_CALIBRATION_SECONDS = 0.5
_LARGEST_BATCH = 128
_BLINK = 0.1  # a larger batch than fits here would make Cancel and previews sluggish


class Twin:
    """A private, faster copy of a network, for inputs of one shape; made by `accelerate`.

    Attributes
    ----------
    batch : int
        The number of inputs evaluated at once: the quickest found on this machine.
    width : int
        How many numbers it answers with: K.
    description : str
        What was done, for people.
    deviation : float
        Largest difference from the network's own logits on the example, as a share of their range.
    device : torch.device
        Where the logits are.

    Notes
    -----
    A network whose answer for one input depends on the others in the batch (batch norm without
    running statistics) is asked one input at a time, as by `Classifier.predict`. A network that
    draws random numbers draws the same ones for every input of a call, and the global random state
    stays as it was.
    """

    def __init__(
        self,
        candidate: PreparedNetwork,
        shape: Sequence[int],
        width: int,
        batch: int,
        deviation: float,
    ) -> None:
        self._candidate = candidate
        self._shape = tuple(shape)
        self.width = width
        self.batch = batch
        self.deviation = deviation
        self.device = candidate.device
        size = f"batches of {batch}" if batch > 1 else "one at a time"
        self.description = ", ".join((*candidate.steps, "float32", size))

    def __call__(self, batch: Tensor) -> Tensor:
        """Return logits (B, K), float32, without gradients."""
        if tuple(batch.shape[1:]) != self._shape or len(batch) == 0:
            wanted = ", ".join(map(str, self._shape))
            raise InputError(f"batch is {tuple(batch.shape)}; this twin answers (B, {wanted})")
        return torch.cat([self._candidate(chunk) for chunk in torch.split(batch, self.batch)])

    def agrees(self, example: Tensor, logits: Tensor, tolerance: float = 1e-3) -> bool:
        """Return whether the network's own logits of an example are the twin's, too.

        Where a twin answers with more than logits, they come first.
        """
        found = self(example)[:, : logits.shape[1]]
        return _difference(found, logits.to(self.device)) <= tolerance


def accelerate(
    net: nn.Module,
    example: Tensor,
    *,
    device: torch.device,
    tolerance: float = 1e-3,
    tail: Sequence[int] = (),
) -> Twin:
    """Build the fastest twin of `net` that agrees with it on `example`.

    Parameters
    ----------
    net : nn.Module
        Any network that maps (B, ...) to logits (B, K). It is evaluated in eval mode.
    example : Tensor (B, ...)
        What the twin will be asked about: the input, the baseline and a few mixtures of both.
    device : torch.device
        Where the twin lives.
    tolerance : float
        The largest accepted deviation of a logit, as a share of the range of the logits (largest
        minus smallest over the classes, for the input where that is widest).
    tail : sequence of int
        Sizes of what the network answers with after its logits; each is held to its own range.

    Raises
    ------
    ModelError
        If the network itself fails on the example.
    """
    if example.dim() < 2 or len(example) == 0:
        raise InputError(f"example is {tuple(example.shape)}; it must be a non-empty (B, ...)")
    plain = private_copy(net, torch.device(device))
    reference, divisible = _reference(plain, example)
    best, deviation = plain, 0.0
    # Rewrites change a network's modules: never the user's own.
    for steps in LADDER if plain.private else ():
        candidate = _climb(plain, steps, example)
        error = _deviation(candidate, example, reference, tail)
        if candidate is not None and error <= tolerance:
            best, deviation = candidate, error
            break
    batch = _best_batch(best, example) if divisible else 1
    return Twin(best, example.shape[1:], reference.shape[1], batch, deviation)


def fingerprint(net: nn.Module) -> int:
    """Return a hash of what a network computes with: layers, settings, hooks, weights."""
    code = zlib.crc32(f"{net} {[_settings(module) for module in net.modules()]}".encode())
    for name, tensor in chain(net.named_parameters(), net.named_buffers()):
        code = zlib.crc32(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode(), code)
        # crc32 is quick, and enough to see a change: nothing here has to resist forgery.
        code = zlib.crc32(raw(tensor), code)
    return code


def stamp(net: nn.Module) -> tuple[object, ...]:
    """Return what is cheap to look at and changes with nearly all that `fingerprint` sees.

    Where a tensor lies and how often it was written to; only writes through ``.data`` escape it.
    """
    tensors = chain(net.parameters(), net.buffers())
    places = [(t.data_ptr(), _version(t), t.dtype, t.shape) for t in tensors]
    return (str([_settings(module) for module in net.modules()]), *places)


def _version(tensor: Tensor) -> int:
    # Tensors made in inference mode count no writes.
    return -1 if tensor.is_inference() else tensor._version


def raw(tensor: Tensor) -> memoryview:
    """Return a tensor's numbers as bytes, to be hashed; not copied where they lie in order."""
    # Viewed as bytes, since NumPy has no bfloat16.
    return tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data


def _settings(module: nn.Module) -> list[object]:
    return [settings(module), *module._forward_pre_hooks, *module._forward_hooks]


def settings(module: nn.Module) -> list[tuple[str, object]]:
    """Return a module's kind, and its plain attributes and functions, such as a temperature."""
    plain = (bool, int, float, str, tuple, type(None))
    kind = f"{type(module).__module__}.{type(module).__qualname__}"
    own = [(k, v) for k, v in vars(module).items() if isinstance(v, plain) and k != "training"]
    functions = [
        (k, getattr(v, "__qualname__", ""))
        for k, v in vars(module).items()
        if callable(v) and not isinstance(v, nn.Module)
    ]
    return [("", kind), *own, *functions]


def _reference(plain: PreparedNetwork, example: Tensor) -> tuple[Tensor, bool]:
    """Return the network's own logits, and whether they are the same in whatever company."""
    together = plain(example)
    if len(example) == 1:
        # Company for a single input: one of zeros.
        together = plain(torch.cat([example, torch.zeros_like(example)]))[:1]
    alone = torch.cat([plain(one) for one in torch.split(example[:2], 1)])
    if float((together[: len(alone)] - alone).abs().max()) <= 1e-4 * _range(together):
        return together, True
    # Then the network's answer to an input is defined as the one that it gives to it alone.
    return torch.cat([alone, *(plain(one) for one in torch.split(example[2:], 1))]), False


def _range(logits: Tensor) -> float:
    return float((logits.amax(1) - logits.amin(1)).max())


def _climb(
    plain: PreparedNetwork, steps: Sequence[Step], example: Tensor
) -> PreparedNetwork | None:
    try:
        # A copy for each rung: one that fails half way leaves its rewrites in it.
        candidate = replace(plain, net=copy.deepcopy(plain.net))
        for step in steps:
            candidate = step(candidate, example)
        return candidate
    except Exception:  # rewrites are optional: a network for which one fails goes without
        return None


def _deviation(
    candidate: PreparedNetwork | None, example: Tensor, reference: Tensor, tail: Sequence[int]
) -> float:
    """Return the largest difference as a share of the range; infinite where there is no answer."""
    if candidate is None:
        return float("inf")
    try:
        # In the batches in which the reference was made, for networks that depend on them.
        found = candidate(example)
    except ModelError:
        return float("inf")
    sizes = [reference.shape[1] - sum(tail), *tail]
    parts = zip(torch.split(found, sizes, 1), torch.split(reference, sizes, 1), strict=True)
    return max(_difference(ours, theirs) for ours, theirs in parts)


def _difference(found: Tensor, reference: Tensor) -> float:
    error = float((found - reference).abs().max())
    return 0.0 if error == 0 else error / max(_range(reference), 1e-30)


def _best_batch(candidate: PreparedNetwork, example: Tensor) -> int:
    """Return the quickest batch size, found upwards from 1; the smaller one where it is close."""
    best, quickest, worse = 1, float("inf"), 0
    deadline = time.perf_counter() + _CALIBRATION_SECONDS
    size = 1
    while size <= _LARGEST_BATCH and worse < 2:
        batch = example[torch.arange(size, device=example.device) % len(example)]
        try:
            # The quicker of two: the first one may pay for compilation or memory.
            seconds = min(_seconds(candidate, batch) for _ in range(2))
        except ModelError:  # out of memory, say
            break
        if seconds / size < 0.95 * quickest:
            best, quickest, worse = size, seconds / size, 0
        else:
            worse += 1
        # The next one is twice as large and runs twice.
        if seconds > _BLINK or time.perf_counter() + 4 * seconds > deadline:
            break
        size *= 2
    return best


def _seconds(candidate: PreparedNetwork, batch: Tensor) -> float:
    start = time.perf_counter()
    candidate(batch)
    if candidate.device.type == "cuda":
        # Kernels run asynchronously: without this only their launch is timed.
        torch.cuda.synchronize(candidate.device)
    return time.perf_counter() - start
