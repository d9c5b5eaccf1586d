"""A gradient map of cells, within one pass forth and back: what is seen before Shapley values."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import torch
from torch import Tensor

from xaiwidgets.derivation import Looks, steady_weights
from xaiwidgets.errors import XaiError
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._method import Method, Task
from xaiwidgets.methods._passes import protect, select_scores
from xaiwidgets.methods._truncated import prepared_for
from xaiwidgets.work import Later, Progress, Steps, relay

T = TypeVar("T")


@dataclass(frozen=True)
class FirstLook:
    """Gradient maps of tasks, to be shown until there are Shapley values.

    To first order a cell adds ``sum((x - x') * d score / d x)`` over its pixels and channels to the
    score, x' the baseline. The map is no estimate of the Shapley values: it neither sums to the
    difference nor has an error.

    Attributes
    ----------
    looks : Looks, optional
        Those of the work that maps are shown for.
    """

    method: Method
    tasks: Sequence[Task]
    cells: Sequence[Cells]
    looks: Looks | None = None

    @cached_property
    def maps(self) -> list[Attribution] | None:
        """One for each task, made when first looked at.

        None where no gradient reaches the picture: this waits for the first coalitions.
        """
        try:
            with steady_weights(self.looks):
                pairs = zip(self.tasks, self.cells, strict=True)
                return [_gradient_map(self.method, *pair) for pair in pairs]
        except XaiError:
            # What is wrong with the network, if anything, the map itself says in its own words.
            return None

    def beside(self, steps: Steps[T]) -> Steps[T]:
        """Do steps that make a network ready, in which a first look may be had."""
        # Before the pictures on which a copy is checked are made.
        yield self._shown(Progress(0, None, "preparing the network"))
        result = yield from relay(steps, self._shown)
        if vars(self).get("maps"):  # somebody looks, and will at the next picture
            yield from relay(self._accelerate_next(), self._shown)
        return result

    def _shown(self, progress: Progress) -> Progress:
        note = f"first look: a gradient map; {progress.note}"
        return Progress(progress.done, progress.total, note, Later(lambda: self.maps))

    def _accelerate_next(self) -> Steps[None]:
        for task in self.tasks:
            if task.layer is None:
                yield from task.network.copies.differentiable(task.visible_input[None])


def _gradient_map(method: Method, task: Task, cells: Cells) -> Attribution:
    started = time.perf_counter()
    # Whoever looks may be in inference mode, whose tensors have no gradient.
    with torch.inference_mode(False):
        contributions, score, target = _contributions(task)
    return task.attribution(
        method,
        cells,
        cells.sums(contributions.numpy()),
        target,
        output=score,
        evaluations=2,
        paid=2,
        exact=False,
        seconds=time.perf_counter() - started,
        device=str(task.network.device),
        first_look=True,
    )


def _contributions(task: Task) -> tuple[Tensor, float, int]:
    """Return ``(x - x') * gradient`` summed over channels (H, W), the score and its class."""
    network = task.network
    visible, change = task.visible_input, task.visible_input - task.absent
    whole = task.layer is None
    prepared = network.copies.for_one_gradient(visible[None]) if whole else prepared_for(task)
    with protect(prepared.net, "the gradient"), torch.enable_grad():
        batch = prepared.prepare(visible[None]).requires_grad_()
        # A clone, because a network may overwrite its input, which a leaf forbids.
        logits = prepared.net(batch.clone())
        # The class predicted is that of the whole picture and network.
        own_prediction = (
            task.target is None
            and task.window is None
            and task.layer is None
            and task.chooser in (None, network)
        )
        target = int(logits[0].argmax()) if own_prediction else network.index(task.predicted())
        wanted = torch.tensor([target], device=logits.device)
        score = select_scores(network, logits, wanted, task.output)
        (slope,) = torch.autograd.grad(score.sum(), batch)
    contributions = (slope[0].float().cpu() * change).sum(0, dtype=torch.float64)
    return contributions, float(score.detach()), target
