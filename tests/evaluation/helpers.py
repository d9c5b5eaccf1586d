"""Networks whose maps can be worked out by hand, and maps as somebody else would hand them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier
from xaiwidgets.methods import Attribution, Cells, Task
from xaiwidgets.work import Progress, work


class Sum(nn.Module):
    """Answers with the sum of the picture, and with its negative."""

    def forward(self, x: Tensor) -> Tensor:
        total = x.flatten(1).sum(1)
        return torch.stack([total, -total], 1)


class Intact(nn.Module):
    """1 for a picture without a black pixel, else 0 (as in the tests of Xplique)."""

    def forward(self, x: Tensor) -> Tensor:
        intact = 1.0 - (x == 0).flatten(1).any(1).float()
        return torch.stack([intact, -intact], 1)


class Linear(nn.Module):
    """Weights drawn once, on pictures of a given number of pixels."""

    def __init__(self, pixels: int, classes: int = 2, seed: int = 0) -> None:
        super().__init__()
        self.flat, self.head = nn.Flatten(), nn.Linear(pixels, classes)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            self.head.weight.copy_(torch.randn(classes, pixels, generator=generator))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.flat(x))  # type: ignore[no-any-return]


def picture(side: int = 6, channels: int = 1, seed: int = 0) -> Tensor:
    """A picture that is nowhere black."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(channels, side, side, generator=generator) + 0.1


def map_of(model: Classifier, image: Tensor, values: Any, **facts: Any) -> Attribution:
    """A map with these values (rows, columns), as of a method that we do not know."""
    values = np.asarray(values, dtype=np.float64)
    task = Task(model, image, facts.pop("target", 0), facts.pop("window", None))
    cells = Cells.of(task.shape, task.region, values.shape)
    answers = {"output": 0.0, "evaluations": 0, "paid": 0, "exact": True, "seconds": 0.0}
    return task.attribution(
        Given(), cells, values.ravel(), task.target or 0, **{**answers, "device": "cpu", **facts}
    )


@dataclass(frozen=True)
class Given:
    """A method that calls every pixel what it is in the picture, times `factor`."""

    label: ClassVar[str] = "Given"
    needs: ClassVar[frozenset[str]] = frozenset()
    has_baseline: ClassVar[bool] = False

    factor: float = 1.0

    @work
    def explain(self, tasks: Any, cache: Any = None) -> Any:
        def steps() -> Any:
            maps = []
            for task in tasks:
                values = self.factor * task.input.sum(0).numpy()
                maps.append(map_of(task.network, task.input, values, target=task.predicted()))
                yield Progress(len(maps), len(tasks))
            return maps

        return steps()

    def incompatibility(self, task: Any) -> None:
        """Any network is valid: it looks at none."""
