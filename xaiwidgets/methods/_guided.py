"""Guided backpropagation: a gradient that only positive evidence passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._gradients import SLOPE
from xaiwidgets.methods._method import Task
from xaiwidgets.methods._operations import called_operations
from xaiwidgets.methods._passes import (
    Batch,
    Pass,
    PixelMaps,
    cut_off,
    gradients_of,
    pixel_maps,
)
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.work import Steps, work

_RECTIFIERS = {
    *("relu", "relu_", "relu6", "hardtanh", "hardtanh_", "threshold", "threshold_"),
    *("clamp", "clamp_", "clamp_min", "clamp_min_", "clip", "maximum"),
}


@dataclass(frozen=True)
class GuidedBackprop:
    """Guided backpropagation (Springenberg et al. 2015, section 3.4), summed over the channels.

    The gradient, but at each ReLU what is negative of it is not handed on. It looks sharp, and
    depends little on the class (Adebayo et al. 2018). Such a map does not sum to the score.

    Raises
    ------
    ModelError
        If the network has no ReLU, or computes one by a function, not by a module (at the call).

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import GuidedBackprop, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> GuidedBackprop().explain([task]).run()[0].values.shape
    (8, 8)
    """

    label: ClassVar[str] = "Guided backpropagation"
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = False

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; a window's is cut out of that of what the network sees."""
        unit = f"guided {SLOPE}"
        return pixel_maps(self, tasks, cache, _guided_slopes, evaluations=2, unit=unit)

    def incompatibility(self, task: Task) -> str | None:
        """Say where a ReLU is no module, or that there is none at all."""
        if (reason := cut_off(task)) is not None:
            return reason
        rectifiers = [each for each in called_operations(task) if each.name in _RECTIFIERS]
        for each in rectifiers:
            if not issubclass(each.kind, nn.ReLU):
                return (
                    f"guided backpropagation changes what passes a torch.nn.ReLU, and {each.place} "
                    f"calls {each.name!r} instead, where it would be the plain gradient; make that "
                    "a ReLU module, or use method 'gradient'"
                )
        if not rectifiers:
            return (
                "guided backpropagation changes what passes a ReLU, and the network has none, so "
                "that it would be the plain gradient; use method 'gradient'"
            )
        return None


def _guided_slopes(task: Task, prepared: PreparedNetwork, _example: Tensor) -> Pass:
    def explain(batch: Batch) -> PixelMaps:
        with _guided(prepared.net):
            slopes, scores = gradients_of(task.network, prepared.net, batch)
        return PixelMaps(slopes.sum(1), scores)

    return explain


@contextmanager
def _guided(net: nn.Module) -> Iterator[None]:
    """Let only positive slopes enter the ReLUs from behind."""

    def guide(_module: nn.Module, _inputs: Any, answer: Tensor) -> None:
        # The other half is the ReLU's own: nothing passes where what it was given is negative.
        answer.register_hook(lambda slopes: slopes.clamp(min=0))  # type: ignore[no-untyped-call]

    rectifiers = [module for module in net.modules() if isinstance(module, nn.ReLU)]
    handles = [module.register_forward_hook(guide) for module in rectifiers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
