"""What networks answer to the same examples, how far apart that is, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from xaiwidgets.errors import ModelError
from xaiwidgets.optimize._prepared import PreparedNetwork
from xaiwidgets.work import Progress, Steps

_ROUNDING = 1e-4
"""By which share of their range logits may differ and count as the same."""

_QUICK = 0.1
"""Seconds of an evaluation up to which it is measured twice."""


@dataclass(frozen=True)
class TimedLogits:
    """The answers (B, K) to examples, and the least seconds that one took.

    Those of the processor, and those that passed.
    """

    logits: Tensor
    cost: float
    elapsed: float


def measure(network: PreparedNetwork, examples: Tensor, size: int) -> Steps[TimedLogits]:
    """Evaluate examples in batches of `size`; every one is a step."""
    rows: list[Tensor] = []
    costs: list[tuple[float, float]] = []
    for part in torch.split(examples, size):
        # The first of two pays for memory, and for what torch prepares for a size.
        for again in (False, True):
            logits, cost, elapsed = evaluate_timed(network, part)
            costs.append((cost / len(part), elapsed / len(part)))
            yield Progress(0, None, "preparing the network")
            if again or elapsed > _QUICK or len(rows) > 0:
                break
        rows.append(logits)
    return TimedLogits(torch.cat(rows), *(min(each) for each in zip(*costs, strict=True)))


def evaluate_timed(network: PreparedNetwork, batch: Tensor) -> tuple[Tensor, float, float]:
    """Return logits (B, K), and the seconds that they cost and that passed.

    On the CPU the cost is the time of this thread: where others share the cores, only the clock
    on the wall runs on. Torch's own threads do like parts of the same work beside this one, so
    that they need not be counted; what they cannot share is counted in full, as it should be.
    """
    begin, busy = time.perf_counter(), time.thread_time()
    logits = network(batch)
    if network.device.type == "cuda":
        # Kernels run asynchronously: without this only their launch is timed.
        torch.cuda.synchronize(network.device)
        elapsed = time.perf_counter() - begin
        return logits, elapsed, elapsed
    return logits, time.thread_time() - busy, time.perf_counter() - begin


def is_divisible(
    network: PreparedNetwork,
    examples: Tensor,
    alone: Tensor,
    size: int,
    tail: Sequence[int] = (),
) -> Steps[tuple[bool, TimedLogits | None]]:
    """Return whether answers are the same in company as `alone`, and what they cost there."""
    if len(examples) == 1:
        examples = torch.cat([examples, _companion(examples)])
    # Shuffled: also a network that knows the place of an input in the batch shows itself.
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(0), device="cpu")
    try:
        company = yield from measure(network, examples[order.to(examples.device)], size)
    except ModelError:  # it cannot take several at once, for want of memory, say
        return False, None
    among = company.logits[order.argsort().to(company.logits.device)][: len(alone)]
    # Half precision rounds anew in every size of batch.
    coarse = 0.0 if network.dtype is None else 4 * torch.finfo(network.dtype).eps
    return deviation(among, alone, tail) <= max(_ROUNDING, coarse), company


def _companion(example: Tensor) -> Tensor:
    if not example.is_floating_point():
        return example.flip(-1)
    noise = torch.randn(example.shape, generator=torch.Generator().manual_seed(0), device="cpu")
    return example + noise.to(example)


def deviation(logits: Tensor, reference: Tensor, tail: Sequence[int] = ()) -> float:
    """Return the largest difference as a share of the range of the reference.

    Parameters
    ----------
    tail : sequence of int
        Sizes of what follows the logits; each is held to its own range.
    """
    sizes = [reference.shape[1] - sum(tail), *tail]
    parts = zip(torch.split(logits, sizes, 1), torch.split(reference, sizes, 1), strict=True)
    return max(_difference(ours, theirs) for ours, theirs in parts)


def _difference(logits: Tensor, reference: Tensor) -> float:
    # Equal ones first: the difference of two impossible classes, minus infinity, is not a number.
    apart = (logits - reference).abs().masked_fill(logits == reference, 0)
    error = float(apart.max())
    return 0.0 if error == 0 else error / max(_range(reference), 1e-30)


def _range(logits: Tensor) -> float:
    """Return the largest minus the smallest logit, for the input where that is widest."""
    impossible = ~logits.isfinite()
    high = logits.masked_fill(impossible, -torch.inf).amax(1)
    low = logits.masked_fill(impossible, torch.inf).amin(1)
    return float((high - low).clamp_min(0).max())
