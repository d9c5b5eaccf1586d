"""What the methods share that look into a network: one pass forth and back for many tasks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from xaiwidgets.errors import ModelError, XaiError
from xaiwidgets.evaluation import outside_inference_mode, undisturbed
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._memo import memoised
from xaiwidgets.methods._method import Method, Output, Task
from xaiwidgets.network import Network
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.work import Progress, Steps

NUMBERS_AT_ONCE = 2**16
"""Numbers in pictures that go through a network between two reports: some 50 ms."""

Pass = Callable[[Tensor, Tensor, Output], tuple[Tensor, Tensor]]
"""Inputs (B, C, H, W), classes (B,) and the kind of score become maps (B, H, W) and scores (B,)."""

Prepare = Callable[[Network, PreparedNetwork, Tensor], Pass]
"""Makes the pass of a network ready, shown one input (1, C, H, W)."""


def pixel_maps(
    method: Method, tasks: Sequence[Task], cache: Cache | None, prepare: Prepare, evaluations: int
) -> Steps[list[Attribution]]:
    """Explain tasks by a map with one value for each pixel; those of a window are cut out of it.

    Parameters
    ----------
    cache : Cache, optional
        What has maps that need not be computed; by default each network's own.
    prepare : callable
        What is special about the method.
    evaluations : int
        Passes that a map takes; one back counts as one forth.
    """

    def compute(part: Sequence[Task]) -> Steps[list[Attribution]]:
        return _pixel_maps(method, part, prepare, evaluations)

    return outside_inference_mode(memoised(method, tasks, cache, compute))


def _pixel_maps(
    method: Method, tasks: Sequence[Task], prepare: Prepare, evaluations: int
) -> Steps[list[Attribution]]:
    started = time.perf_counter()
    maps: dict[int, Attribution] = {}
    for rows in group_tasks(tasks):
        network, output = tasks[rows[0]].network, tasks[rows[0]].output
        group = [tasks[row] for row in rows]
        inputs = torch.stack([task.visible_input for task in group])
        # A class given by name or number is checked against the network's true width.
        classes = network.private_logits(inputs[:1]).shape[1]
        targets = [network.index(task.predicted(), classes) for task in group]
        prepared = network.private()
        with protect(prepared.net, method.label):
            explain = prepare(network, prepared, inputs[:1])
        for part in torch.split(
            torch.arange(len(rows)), max(1, NUMBERS_AT_ONCE // inputs[0].numel())
        ):
            wanted = torch.tensor([targets[at] for at in part.tolist()], device=prepared.device)
            # Ends before the yield: whoever takes the next step finds the network as it was.
            with protect(prepared.net, method.label), torch.enable_grad():
                values, scores = explain(prepared.prepare(inputs[part]), wanted, output)
            # In float32, also of a network in half precision.
            values = check_finite_maps(values.float().cpu(), method.label)
            for at, value, score in zip(part.tolist(), values, scores.tolist(), strict=True):
                task = group[at]
                rectangle = task.region
                maps[rows[at]] = task.attribution(
                    method,
                    # A cell for each pixel.
                    Cells.of(task.shape, rectangle, (rectangle.height, rectangle.width)),
                    value[rectangle.slices].numpy(),
                    targets[at],
                    output=score,
                    evaluations=evaluations,
                    paid=evaluations,
                    exact=True,
                    seconds=time.perf_counter() - started,
                    device=str(prepared.device),
                )
            yield Progress(len(maps), len(tasks), method.label)
    return [maps[row] for row in range(len(tasks))]


def group_tasks(tasks: Sequence[Task]) -> list[list[int]]:
    """Return the numbers of tasks whose inputs can go through one network in one batch."""
    groups: dict[object, list[int]] = {}
    for number, task in enumerate(tasks):
        # One batch has one shape, and `explain` takes one kind of score.
        key = id(task.network), tuple(task.input.shape), task.output
        groups.setdefault(key, []).append(number)
    return list(groups.values())


def select_scores(logits: Tensor, targets: Tensor, output: Output) -> Tensor:
    """Return the logits or the softmax probabilities (B,) of classes (B,), from logits (B, K)."""
    scores = logits if output == "logit" else logits.softmax(1)
    return scores.gather(1, targets[:, None])[:, 0]


def check_finite_maps(values: Tensor, label: str) -> Tensor:
    """Return values that are finite, or raise ModelError."""
    if not bool(torch.isfinite(values).all()):
        raise ModelError(
            f"{label} gives NaN or infinite numbers for this network; use a method that only "
            "evaluates it: LIME, PredictionDifference"
        )
    return values


@contextmanager
def protect(net: nn.Module, label: str) -> Iterator[None]:
    """Leave the network as it was, and say in our words what failed."""
    try:
        with undisturbed(net):
            yield
    except XaiError:  # says already what is wrong, and what to do
        raise
    except Exception as error:
        raise ModelError(f"{label} failed with {type(error).__name__}: {error}") from error
