"""Train some trials side by side, a minibatch at a time, and see how right they are."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from xaiwidgets.accountability._data import Data, Examples
from xaiwidgets.accountability._ensemble import Ensemble, Perceptrons
from xaiwidgets.accountability._modules import ensemble
from xaiwidgets.accountability._recipe import Recipe, Start, Weights

JUDGED = 500
"""Examples that are judged at once: always as many, so that the same products are made."""

_WORK = 1e9  # multiplications and additions of a minibatch on a CPU: about 10 ms on one thread
_MOST = {"cpu": 64, "cuda": 4096}
_AHEAD = 8  # minibatches that CUDA is given before somebody looks at the clock
_SHARE = 0.5  # of the free memory


@dataclass(frozen=True)
class Measured:
    """What came of one training. A network that diverged is right about nothing."""

    start: Start
    accuracy: float
    held_out_accuracy: float | None
    loss: float
    seconds: float
    diverged: bool

    def rank(self) -> tuple[float, ...]:
        """Return what is largest for the best, whatever the order in which they end."""
        loss = math.inf if self.diverged else self.loss
        return not self.diverged, self.accuracy, -loss, -self.start.number, -(self.start.delta or 0)


@dataclass(frozen=True)
class Outcome:
    """What came of a group of trials, with the weights of the best of them."""

    measured: tuple[Measured, ...]
    best: Start
    weights: Weights


Training = Generator[float, None, Outcome]
"""Yields the share that is done after each minibatch."""


def train(recipe: Recipe, data: Data, trials: Sequence[Start]) -> Training:
    """Train trials side by side; the data may be on any device."""
    began, device = time.perf_counter(), recipe.home()
    data = data.to(device)
    together = _ensemble(recipe, data, trials, device)
    total = steps(recipe, data)
    done = 0
    for epoch in range(recipe.epochs):
        order = recipe.order(epoch, len(data.training)).to(device)
        for rows in torch.split(order, recipe.batch_size):
            together.step(*data.training.batch(rows))
            done += 1
            if device.type == "cuda" and done % _AHEAD == 0:
                torch.cuda.synchronize(device)
            yield done / total
    found: list[tuple[Tensor, Tensor]] = []
    for part in (data.training, data.held_out):
        if part is not None:
            right, losses = torch.zeros(2, len(trials), dtype=torch.float64, device=device)
            for at in range(0, len(part), JUDGED):
                hits, loss = _judged(together, *part.batch(slice(at, at + JUDGED)))
                right, losses = right + hits, losses + loss
                done += 1
                yield min(done / total, 1.0)
            found.append((right.cpu() / len(part), losses.cpu() / len(part)))
    seconds = (time.perf_counter() - began) / len(trials)
    return _outcome(together, trials, found, seconds)


def steps(recipe: Recipe, data: Data) -> int:
    """Return how often `train` yields."""
    judged = sum(_parts(part, JUDGED) for part in (data.training, data.held_out) if part)
    return recipe.epochs * _parts(data.training, recipe.batch_size) + judged


def group_size(recipe: Recipe, data: Data) -> int:
    """Return how many trials are trained together.

    On CUDA all that fit into free memory. On a CPU no more than keeps a minibatch short: a few
    are as quick as many there.
    """
    device = recipe.home()
    most = _MOST.get(device.type, 64)
    sizes = [math.prod(recipe.shape), *recipe.hidden, recipe.classes]
    if recipe.network is not None:
        weights = sum(value.numel() for value in recipe.drawn().values())
        numbers = 4.0 * weights  # gradients, and what is made on the way
        work = 6.0 * recipe.batch_size * weights
    else:
        weights = sum(a * b + b for a, b in pairwise(sizes))
        numbers = 2.0 * weights + 3.0 * max(recipe.batch_size, JUDGED) * sum(sizes[1:])
        work = 6.0 * recipe.batch_size * weights
    if device.type == "cpu":
        most = min(most, int(_WORK / work))
    return max(1, min(most, int(_SHARE * free_memory(device) / (4 * numbers))))


def free_memory(device: torch.device) -> int:
    """Return how many bytes are free, as far as this machine says."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    found = [2**31]
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(line for line in lines if line.startswith("MemAvailable"))
        found = [int(free.split()[1]) * 1024]
        group = Path("/sys/fs/cgroup")  # of a container
        limit = int((group / "memory.max").read_text())
        found.append(limit - int((group / "memory.current").read_text()))
    except (OSError, ValueError, StopIteration, IndexError):
        pass  # another system, or no limit
    return max(0, min(found))


def out_of_memory(error: BaseException | None) -> bool:
    """Whether an error says that there was not enough memory, on any device."""
    if error is None:
        return False
    said = isinstance(error, RuntimeError) and any(
        words in str(error) for words in ("out of memory", "not enough memory", "can't allocate")
    )
    return said or isinstance(error, MemoryError) or out_of_memory(error.__cause__)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _ensemble(
    recipe: Recipe, data: Data, trials: Sequence[Start], device: torch.device
) -> Ensemble:
    starts = recipe.starts(trials)
    if recipe.network is None:
        return Perceptrons(starts, recipe.learning_rate, device)
    some = data.training.batch(slice(0, min(recipe.batch_size, len(data.training))))
    return ensemble(recipe, starts, device, *some)


@torch.no_grad()
def _judged(together: Ensemble, inputs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return how many of the examples each trial is right about, and its summed loss."""
    scores = together.scores(inputs)
    hits = (scores.argmax(2) == labels).sum(1)
    losses = (
        torch.logsumexp(scores, 2)
        - scores.gather(2, labels.expand(len(scores), -1)[..., None])[..., 0]
    )
    return hits.double(), losses.double().sum(1)


def _outcome(
    together: Ensemble,
    trials: Sequence[Start],
    found: list[tuple[Tensor, Tensor]],
    seconds: float,
) -> Outcome:
    accuracy, losses = found[0]
    measured = []
    for index, start in enumerate(trials):
        held_out = float(found[1][0][index]) if len(found) > 1 else None
        loss = float(losses[index])
        if math.isfinite(loss):
            one = Measured(start, float(accuracy[index]), held_out, loss, seconds, False)
        else:
            none = None if held_out is None else 0.0
            one = Measured(start, 0.0, none, math.nan, seconds, True)
        measured.append(one)
    best = max(range(len(trials)), key=lambda index: measured[index].rank())
    return Outcome(tuple(measured), trials[best], together.weights(best))


def _parts(part: Examples, size: int) -> int:
    return -(-len(part) // size)
