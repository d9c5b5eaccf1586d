"""What the methods share that look into a network: one pass forth and back for many tasks."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.derivation import Looks, steady_weights
from xaiwidgets.errors import InputError, ModelError, XaiError
from xaiwidgets.inference import (
    gradient_reaches,
    no_gradient,
    no_inference_mode,
    undisturbed,
)
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._memo import memoised
from xaiwidgets.methods._method import DEFAULTS, Method, Output, Task, check_supported, check_tasks
from xaiwidgets.methods._truncated import prepared_for
from xaiwidgets.network import Network
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.work import Progress, Steps, each_step_inside, relay

NUMBERS_AT_ONCE = 2**16
"""Numbers in pictures that go through a network between two reports: some 50 ms."""

_ELSE = "use method 'lime', 'occlusion', 'shapley' or 'pda'"


class Batch(NamedTuple):
    """What is explained in one pass, on the network's device.

    Attributes
    ----------
    inputs : Tensor (B, C, H, W)
        What the network sees.
    absent : callable
        Makes the same (B, C, H, W) with all of it at the baseline, which few methods look at.
    targets : Tensor (B,)
        The classes.
    output : "logit" or "probability"
        The score.
    together : int
        How many inputs may go through the network at once: only one, where its answer depends on
        the company.
    """

    inputs: Tensor
    absent: Callable[[], Tensor]
    targets: Tensor
    output: Output
    together: int


class PixelMaps(NamedTuple):
    """The answer to a `Batch`: maps (B, H, W), and scores (B,) of the inputs.

    Those of the baseline are there where maps sum to the difference of both.
    """

    values: Tensor
    scores: Tensor
    absent_scores: Tensor | None = None

    def each(self, label: str) -> Iterator[tuple[NDArray[np.float32], float, float | None]]:
        """Return map, score, and that of the baseline, of each input; ModelError if not finite."""
        values = self.values.float().cpu()  # of a network in half, too
        if not math.isfinite(values.sum(dtype=torch.float64)):  # in double, which none overflows
            raise ModelError(
                f"{label} gives NaN or infinite numbers for this network; use a method that only "
                "evaluates it: LIME, PredictionDifference"
            )
        absent = self.absent_scores
        absent_scores = [None] * len(values) if absent is None else absent.tolist()
        return zip(values.numpy(), self.scores.tolist(), absent_scores, strict=True)


Pass = Callable[[Batch], PixelMaps | Steps[PixelMaps]]
"""Makes maps; in steps, where it takes many evaluations."""

Prepare = Callable[[Task, PreparedNetwork, Tensor], Pass]
"""Makes the pass of a task's network (truncated at its layer) ready, shown one input (1, ...)."""


def pixel_maps(
    method: Method,
    tasks: Sequence[Task],
    cache: Cache | None,
    prepare: Prepare,
    evaluations: int,
    supported: Iterable[str] = DEFAULTS,
    change: Callable[[Attribution, Task], Attribution] = lambda attribution, _: attribution,
    **facts: Any,
) -> Steps[list[Attribution]]:
    """Explain tasks by a map with one value for each pixel; those of a window are cut out of it.

    They are checked at once, and the weights are those of now, if the steps are taken at once.

    Parameters
    ----------
    cache : Cache, optional
        What has maps that need not be computed; by default each network's own.
    prepare : callable
        What is special about the method.
    evaluations : int
        Passes that a map takes; one back counts as one forth.
    supported : iterable of str
        What of a task the method can honour, as for `check_supported`.
    change : callable
        Makes of each map what is kept and returned.
    **facts
        Other fields of every `Attribution`: `unit`, `seed`, ...
    """
    check_tasks(tasks)
    # Each answer looks at the network, which takes as long as a small one's answer.
    with steady_weights() as looks:
        for task in tasks:
            task.network.weights(anew=True)
        check_supported(method, tasks, *supported)
    facts = {"evaluations": evaluations, "paid": evaluations, "exact": True} | facts

    def compute(part: Sequence[Task]) -> Steps[list[Attribution]]:
        maps = yield from _pixel_maps(method, part, prepare, facts)
        return [change(each, task) for each, task in zip(maps, part, strict=True)]

    steps = memoised(method, tasks, cache, compute)
    return each_step_inside(steps, functools.partial(_with_gradients, looks))


@contextmanager
def _with_gradients(looks: Looks) -> Iterator[None]:
    """Take weights for steady, and need gradients."""
    with steady_weights(looks), no_inference_mode():
        yield


def _pixel_maps(
    method: Method, tasks: Sequence[Task], prepare: Prepare, facts: dict[str, Any]
) -> Steps[list[Attribution]]:
    started = time.perf_counter()
    maps: dict[int, Attribution] = {}
    for rows in group_tasks(tasks):
        first, prepared = tasks[rows[0]], prepared_for(tasks[rows[0]])
        example = first.visible_input[None]
        # A class given by name or number is checked against the network's true width.
        classes = _width(first.network, example)
        together = max(1, NUMBERS_AT_ONCE // example.numel()) if divisible(first) else 1
        evaluating = functools.partial(_evaluating, prepared, example, method.label)
        explain: Pass | None = None
        for start in range(0, len(rows), together):
            part = rows[start : start + together]
            group = [tasks[row] for row in part]
            targets = [task.network.index(task.predicted(), classes) for task in group]
            batch = _batch(group, targets, prepared, together)
            with evaluating():
                # Made ready in the first pass, which enters the network's care anyway.
                explain = explain or prepare(first, prepared, example)
                answer = explain(batch)
            if not isinstance(answer, PixelMaps):
                answer = yield from relay(
                    each_step_inside(answer, evaluating),
                    lambda _: Progress(len(maps), len(tasks), method.label),
                )
            answers = answer.each(method.label)
            fields = facts | {"device": str(prepared.device)}
            fields["seconds"] = time.perf_counter() - started
            for row, task, target, numbers in zip(part, group, targets, answers, strict=True):
                maps[row] = _cut_out(method, task, target, *numbers, fields)
            yield Progress(len(maps), len(tasks), method.label)
    return [maps[row] for row in range(len(tasks))]


def _batch(
    group: Sequence[Task], targets: list[int], prepared: PreparedNetwork, together: int
) -> Batch:
    """Return what tasks are explained by, whose inputs go through one network."""

    def stacked(pictures: Iterable[Tensor]) -> Tensor:
        return prepared.prepare(torch.stack([*pictures]), copy=False)

    return Batch(
        stacked(task.visible_input for task in group),
        lambda: stacked(task.absent for task in group),
        torch.tensor(targets, device=prepared.device),
        group[0].output,
        together,
    )


def _width(network: Network, example: Tensor) -> int:
    """Return how many classes inputs like this one (1, C, H, W) are told from."""
    shape = tuple(example.shape)
    return network.derived("width", shape, lambda: network.logits(example).shape[1])


def _cut_out(
    method: Method,
    task: Task,
    target: int,
    values: NDArray[np.float32],
    score: float,
    absent_score: float | None,
    fields: dict[str, Any],
) -> Attribution:
    """Return one of the maps (H, W), as that of a task's window."""
    region = task.region
    values = values[region.slices]
    if absent_score is not None:
        residual = score - absent_score - float(values.sum(dtype=np.float64))
        fields = {**fields, "baseline_output": absent_score, "residual": residual}
    if "unit" in fields:
        fields = {**fields, "score": task.output}
    cells = Cells.pixels(task.shape, region)
    return task.attribution(method, cells, values, target, output=score, **fields)


@contextmanager
def _evaluating(prepared: PreparedNetwork, example: Tensor, label: str) -> Iterator[None]:
    """Evaluate a network, with gradients; leave it as it was, and say in our words what failed.

    Of what fails for a network without gradients, such as a quantised one, say that it is this:
    what is computed says it in other words, each method in its own.
    """
    try:
        with protect(prepared.net, label), torch.enable_grad():
            yield
    except XaiError:
        with protect(prepared.net, "the gradient"):
            reaches = gradient_reaches(prepared.net, prepared.prepare(example))
        if not reaches:
            raise no_gradient("the picture", _ELSE) from None
        raise


def group_tasks(tasks: Sequence[Task]) -> list[list[int]]:
    """Return the numbers of tasks whose inputs can go through one network in one batch."""
    groups: dict[object, list[int]] = {}
    for number, task in enumerate(tasks):
        # One batch has one shape, one network, maybe truncated, and one kind of score.
        key = id(task.network), task.layer, tuple(task.input.shape), task.output
        groups.setdefault(key, []).append(number)
    return list(groups.values())


def select_scores(network: Network, logits: Tensor, targets: Tensor, output: Output) -> Tensor:
    """Return the logits or the probabilities (B,) of classes (B,), from logits (B, K)."""
    scores = logits if output == "logit" else network.probabilities(logits)
    selected = scores.gather(1, targets[:, None])[:, 0]
    numbers = selected.tolist()  # among which to look takes a tenth of what torch does
    if -math.inf in numbers:
        check_possible(True, int(targets[numbers.index(-math.inf)]))
    return selected


def gradients_of(
    network: Network, net: nn.Module, batch: Batch, inputs: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return the gradient of each score by its input (B, C, H, W), and the scores (B,).

    At `inputs`, with as many of them for each target as it takes; by default those of the batch.
    """
    targets = batch.targets
    if inputs is not None:
        targets = targets.repeat_interleave(len(inputs) // len(targets))
    inputs = (batch.inputs if inputs is None else inputs).detach().requires_grad_()
    # A clone, because a network may overwrite its input, which a leaf forbids.
    scores = select_scores(network, net(inputs.clone()), targets, batch.output)
    # Pictures of a batch do not mix, so that the gradient of the sum is each one's own.
    (slopes,) = torch.autograd.grad(scores, inputs, torch.ones_like(scores))
    return slopes, scores.detach()


def scores_of(network: Network, net: nn.Module, batch: Batch, inputs: Tensor) -> Tensor:
    """Return the scores (B,) of other inputs, without a gradient."""
    with torch.no_grad():
        return select_scores(network, net(inputs.clone()), batch.targets, batch.output)


def divisible(task: Task) -> bool:
    """Return whether several inputs like a task's can be evaluated at once."""
    return task.network.copies.private(task.input[None]).divisible


def cut_off(task: Task) -> str | None:
    """Return why a gradient by the picture does not exist; None where it does."""

    def look() -> str | None:
        prepared = prepared_for(task)
        with torch.inference_mode(False), protect(prepared.net, "the gradient"):
            reaches = gradient_reaches(prepared.net, prepared.prepare(task.input[None]))
        return None if reaches else str(no_gradient("the picture", _ELSE))

    return task.network.derived("cut off", (tuple(task.input.shape), task.layer), look)


def check_possible(impossible: bool, target: int) -> None:
    """Raise InputError where a class has no logit to be explained."""
    if impossible:
        raise InputError(
            f"class {target} is impossible for this network here (its logit is minus infinity), so "
            "that nothing speaks for it; explain another class, or output='probability'"
        )


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
