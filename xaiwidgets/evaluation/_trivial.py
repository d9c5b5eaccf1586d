"""Maps that know nothing of the network: what every method has to be better than."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from xaiwidgets.methods import Attribution, Cache, Cells, Method, Task, check_supported
from xaiwidgets.work import Progress, Steps, work

Doubles = NDArray[np.float64]


class BlindMap(ABC):
    """A method of attribution that looks at no network, and so is never invalid for one."""

    label: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = False

    @abstractmethod
    def heights(self, task: Task) -> Doubles:
        """Return a value for each pixel (H, W)."""

    @work
    def explain(
        self, tasks: Sequence[Task], cache: Cache | None = None
    ) -> Steps[list[Attribution]]:
        """Return a map for each task; the class is that which is predicted."""
        check_supported(self, tasks, "window", "baseline", "output")
        return _maps(self, tasks)

    def incompatibility(self, task: Task) -> str | None:
        """Return None: it looks at no network."""
        return None


@dataclass(frozen=True)
class CentreBump(BlindMap):
    """A hill in the middle of the picture, as photographers put what matters there.

    A Gaussian, a quarter of each side wide; it looks neither at the picture nor at the network.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> (attribution,) = CentreBump().explain([task]).run()
    >>> bool(attribution.cells[4, 4] == attribution.cells.max())
    True
    """

    label: ClassVar[str] = "Centre bump"

    def heights(self, task: Task) -> Doubles:
        """Return the hill."""
        rows, columns = (
            # At the middles of pixels, a quarter of each side wide.
            np.exp(-(((np.arange(side) + 0.5) / side - 0.5) ** 2) / (2 * 0.25**2))
            for side in task.shape
        )
        return np.outer(rows, columns)


@dataclass(frozen=True)
class EdgeMap(BlindMap):
    """How steep the picture is (Adebayo et al. 2018), which says nothing of the network.

    The length of Sobel's gradient, of the root mean square of the channels.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model = zoo.digits()
    >>> task = Task(model, model.input(datasets.digits("test").images[0]))
    >>> (attribution,) = EdgeMap().explain([task]).run()
    >>> bool((attribution.cells >= 0).all())
    True
    """

    label: ClassVar[str] = "Edge map"

    def heights(self, task: Task) -> Doubles:
        """Return the edges."""
        # With the baseline around a window, as methods see it: its rim is an edge for all of them.
        channels = task.visible_input.double().numpy()
        # Channel by channel: scipy smooths along all other axes, and channels are no neighbours.
        slopes = [ndimage.sobel(channel, axis) for channel in channels for axis in (0, 1)]
        return np.asarray(np.sqrt(sum(slope**2 for slope in slopes) / len(channels)))


TRIVIAL: tuple[Method, ...] = (CentreBump(), EdgeMap())
"""Rows that a comparison always has."""


def _maps(method: BlindMap, tasks: Sequence[Task]) -> Steps[list[Attribution]]:
    maps: list[Attribution] = []
    for task in tasks:
        started = time.perf_counter()
        logits = task.network.logits(task.visible_input[None])[0]
        target = task.network.index(task.predicted(), len(logits))
        scores = logits if task.output == "logit" else task.network.probabilities(logits[None])[0]
        region = task.region
        maps.append(
            task.attribution(
                method,
                Cells.pixels(task.shape, region),
                method.heights(task)[region.slices],
                target,
                # Heights are no score: measures take their order, or their best multiple.
                unit="arbitrary",
                score=task.output,
                output=float(scores[target]),
                evaluations=1,
                paid=1,
                exact=True,
                seconds=time.perf_counter() - started,
                device=str(task.network.device),
            )
        )
        yield Progress(len(maps), len(tasks), method.label)
    return maps
