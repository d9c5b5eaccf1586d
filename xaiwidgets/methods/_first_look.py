"""A gradient map of cells, within one pass forth and back: what is seen before Shapley values."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch
from torch import Tensor

from xaiwidgets.derivation import Looks, steady_weights
from xaiwidgets.errors import XaiError
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._method import Method, Task
from xaiwidgets.methods._passes import protect, select_scores
from xaiwidgets.methods._truncated import prepared_for


def first_look(
    method: Method, tasks: Sequence[Task], cells: Sequence[Cells], looks: Looks | None = None
) -> list[Attribution] | None:
    """Return gradient maps of tasks, to be shown until there are Shapley values.

    `looks` are those of the work that they are shown for.

    To first order a cell adds ``sum((x - x') * d score / d x)`` over its pixels and channels to the
    score, x' the baseline. The map is no estimate of the Shapley values: it neither sums to the
    difference nor has an error.

    Returns
    -------
    list of Attribution, or None
        None where no gradient reaches the picture: this waits for the first coalitions.
    """
    try:
        with steady_weights(looks):
            return [_gradient_map(method, *pair) for pair in zip(tasks, cells, strict=True)]
    except XaiError:
        # What is wrong with the network, if anything, the map itself says in its own words.
        return None


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
    prepared = prepared_for(task)
    visible, change = task.visible_input, task.visible_input - task.absent
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
