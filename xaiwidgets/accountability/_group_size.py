"""How many trials are trained together: by the work of a minibatch, and by what is free."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import torch

from xaiwidgets.accountability._recipe import Recipe
from xaiwidgets.accountability._training import EVALUATION_BATCH

_MINIBATCH_OPERATIONS = 1e9  # of a group on a CPU: about 10 ms on one thread
_MAX_GROUP = {"cpu": 64, "cuda": 4096}
_MEMORY_SHARE = 0.5  # of what is free, for a group


def group_size(recipe: Recipe) -> int:
    """Return how many trials are trained together.

    On CUDA all that fit into free memory. On a CPU no more than keeps a minibatch short: a few
    are as quick as many there.
    """
    # Each trial of "order" has minibatches of its own, which no batched product can share.
    if not recipe.shares_order:
        return 1
    device = recipe.training_device()
    largest = _MAX_GROUP.get(device.type, 64)
    sizes = [math.prod(recipe.shape), *recipe.hidden, recipe.classes]
    # Float32 numbers that a trial needs in memory at once.
    if recipe.network is not None:
        weights = sum(value.numel() for value in recipe.draw_initial_weights().values())
        numbers = 4.0 * weights  # with gradients, and what torch.func makes on the way
    else:
        weights = sum(inputs * outputs + outputs for inputs, outputs in pairwise(sizes))
        outputs = max(recipe.batch_size, EVALUATION_BATCH) * sum(sizes[1:])
        # Of each output its value, its gradient and one on the way: rather too much than too
        # little.
        numbers = 2.0 * weights + 3.0 * outputs
    if device.type == "cpu":
        # Forward, gradient of inputs, gradient of weights: each multiplies and adds.
        operations = 6.0 * recipe.batch_size * weights
        largest = min(largest, int(_MINIBATCH_OPERATIONS / operations))
    fitting = int(_MEMORY_SHARE * free_memory(device) / (4 * numbers))
    return max(1, min(largest, fitting))


def free_memory(device: torch.device) -> int:
    """Return how many bytes are free, as far as this machine says."""
    if device.type == "cuda":
        # What torch keeps for itself, and uses for nothing, is free to us.
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + unused
    limits = [2**31]
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        available = next(line for line in lines if line.startswith("MemAvailable"))
        limits = [int(available.split()[1]) * 1024]
        container = Path("/sys/fs/cgroup")
        memory_max = int((container / "memory.max").read_text())
        limits.append(memory_max - int((container / "memory.current").read_text()))
    except (OSError, ValueError, StopIteration, IndexError):
        pass  # another system, or a container without a limit
    return max(0, min(limits))
