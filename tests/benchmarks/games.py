"""Eight games on photographs, and how Captum's sampler does on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import ShapleyValueSampling
from numpy.typing import NDArray

from xaiwidgets import Classifier, Window, zoo
from xaiwidgets.methods import Cache, Cells, Shapley, Task
from xaiwidgets.methods._game import Game

WINDOWS = {"whole": None, "window": Window(48, 48, 112, 112)}
PHOTOGRAPHS = ("chelsea", "coffee", "rocket", "astronaut")


@dataclass(frozen=True)
class Photograph:
    """One game: 7 x 7 cells of a photograph or of a window of it, the predicted class's logit."""

    name: str
    task: Task
    target: int
    grid: int | tuple[int, int] = 7

    def game(self, cache: Cache | None = None) -> Game:
        return Shapley(grid=self.grid).game(self.task, cache or Cache())

    @property
    def cells(self) -> Cells:
        return Shapley(grid=self.grid).cells(self.task)


def games(model: Classifier) -> Iterator[Photograph]:
    for photograph in PHOTOGRAPHS:
        picture = model.input(zoo.photographs(photograph)[photograph])
        target = model.predict(picture).index
        for name, window in WINDOWS.items():
            yield Photograph(f"{photograph}, {name}", Task(model, picture, target, window), target)


def captum_permutations(photograph: Photograph, count: int) -> Iterator[NDArray[np.float64]]:
    """Yield Captum's estimate from one more permutation each time (one permutation a call)."""
    task = photograph.task
    twin = photograph.game().twin
    cells = photograph.cells.numbers()
    sampler = ShapleyValueSampling(lambda batch: twin(batch)[:, photograph.target])
    inside = (cells < 49).float()
    picture = task.input * inside + task.absent * (1 - inside)
    # Captum needs a number for every pixel; outside of the window nothing changes.
    features = torch.where(inside > 0, cells, 0)
    for seed in range(count):
        torch.manual_seed(seed)
        map_ = sampler.attribute(
            picture[None].contiguous(),
            baselines=task.absent[None].contiguous(),
            feature_mask=features[None, None].repeat(1, 3, 1, 1),
            n_samples=1,
            perturbations_per_eval=8,
        )
        first = [int((cells == i).flatten().nonzero()[0]) for i in range(49)]
        yield map_[0, 0].flatten()[first].double().numpy()
