"""Occlusion: what the score loses when a window of the picture is hidden."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.images import Window, paste
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache, digest
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._memo import memoised
from xaiwidgets.methods._method import Task, check_supported
from xaiwidgets.methods._passes import select_scores
from xaiwidgets.methods._sliding_windows import Sliding
from xaiwidgets.methods._truncated import evaluated
from xaiwidgets.work import Progress, Steps, relay, work


@dataclass(frozen=True)
class Occlusion:
    """Occlusion (Zeiler and Fergus 2014, section 4.2): hide one window after the other.

    What the score loses when a window is at the baseline is shared out evenly among its pixels,
    and a pixel has the mean over the windows that cover it. So the map of a linear network sums to
    the score less that of the baseline if windows do not overlap; of others it misses what windows
    do together, which is `Attribution.residual`. (captum gives every pixel of a window the whole
    loss, so that its sum counts a window as often as it has pixels.)

    Parameters
    ----------
    window : int, optional
        The side of the window, by default an eighth of the shorter side, at least 2.
    stride : int, optional
        From one window to the next; by default half a window.

    Raises
    ------
    InputError
        If a number is too small, or the window larger than what is explained.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import Occlusion, Task
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> Occlusion(window=2, stride=2).explain([task]).run()[0].evaluations
    18
    """

    label: ClassVar[str] = "Occlusion"
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = True

    window: int | None = None
    stride: int | None = None

    def __post_init__(self) -> None:
        for name in ("window", "stride"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, whole(name, value))

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Compute a map for each task; those of one input share its evaluations."""
        check_supported(self, tasks, "window", "layer", "baseline", "output")
        for task in tasks:
            self._sliding(task)  # checks the sizes
        return memoised(self, tasks, cache, self._explain)

    def incompatibility(self, task: Task) -> str | None:
        """Return None: any network is valid, as it is only evaluated."""
        return None

    def _sliding(self, task: Task) -> Sliding:
        width = Sliding.over(task.region, self.window, 1).width
        return Sliding.over(task.region, width, self.stride or max(1, width // 2))

    def _explain(self, tasks: Sequence[Task]) -> Steps[list[Attribution]]:
        started = time.perf_counter()
        logits: dict[object, Tensor] = {}  # by what was evaluated
        maps: list[Attribution] = []
        for task in tasks:
            sliding, paid = self._sliding(task), 0
            count = 2 + len(sliding.places)
            # Without the class or the score: the same pictures answer for all of them.
            pictures = digest(task.visible_input), digest(task.absent)
            key = id(task.network), task.layer, sliding, *pictures
            if key not in logits:
                logits[key] = yield from relay(
                    evaluated(task, count, _occluded(task, sliding)),
                    lambda _: Progress(len(maps), len(tasks), self.label),
                )
                paid = count
            target = task.network.index(task.predicted(), logits[key].shape[1])
            wanted = torch.full((count,), target, device="cpu")
            scores = select_scores(task.network, logits[key].double(), wanted, task.output)
            values = _shared_out(sliding, scores[0] - scores[2:])
            whole_score, absent_score = (float(score) for score in scores[:2])
            maps.append(
                task.attribution(
                    self,
                    Cells.pixels(task.shape, task.region),
                    values,
                    target,
                    output=whole_score,
                    baseline_output=absent_score,
                    # Summed in double: it may be a small difference of large sums.
                    residual=whole_score - absent_score - float(values.sum(dtype=np.float64)),
                    evaluations=count,
                    paid=paid,
                    exact=True,
                    seconds=time.perf_counter() - started,
                    device=str(task.network.device),
                )
            )
            yield Progress(len(maps), len(tasks), self.label)
        return maps


def _occluded(task: Task, sliding: Sliding) -> Callable[[int, int], Tensor]:
    """Return what makes the pictures: what the network sees, the baseline, each window hidden."""
    visible, absent = task.visible_input, task.absent

    def hidden(number: int) -> Tensor:
        if number < 2:
            return (visible, absent)[number]
        top, left = sliding.places[number - 2]
        return paste(visible, absent, Window(top, left, sliding.width, sliding.width))

    return lambda begin, end: torch.stack([hidden(number) for number in range(begin, end)])


def _shared_out(sliding: Sliding, losses: Tensor) -> NDArray[np.float32]:
    """Return for each pixel of the region the mean share of the windows that cover it."""
    size = len(sliding.rows), len(sliding.columns)
    # By the window's pixels: the loss is that of all of them together.
    shares = (losses / sliding.width**2).reshape(1, *size).float().numpy()
    values: NDArray[np.float32] = sliding.spread(shares)[0]
    return values
