"""Sensitivity: how far a map moves when its picture hardly does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import number
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation._cell_map import MapRequest, check_counts, check_varied, resolve_method
from xaiwidgets.images import Baseline
from xaiwidgets.intervals import IntervalEstimate, mean_interval
from xaiwidgets.methods import Attribution, Cache, Method
from xaiwidgets.network import Network
from xaiwidgets.work import Progress, Steps, relay, work


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How far a map moves, as a share of its length, when noise is added to the picture.

    Attributes
    ----------
    distances : (samples,)
        ``|map(x + noise) - map(x)| / |map(x)|`` of each sample.
    method : str
    """

    distances: NDArray[np.float64] = field(repr=False)
    method: str

    @property
    def maximum(self) -> float:
        """Max-sensitivity (Yeh et al. 2019, definition 2.2), of the noise that was tried.

        More noise can only raise it; `mean` has an interval.
        """
        return float(self.distances.max())

    @property
    def mean(self) -> IntervalEstimate:
        """The mean distance."""
        return mean_interval(self.distances)

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.method}: mean {self.mean}, maximum {self.maximum:.3g}>"


@work
def sensitivity(
    model: Network,
    image: Any,
    method: Method | str | None,
    *,
    attribution: Attribution | None = None,
    radius: float = 0.02,
    samples: int = 10,
    baseline: Baseline = 0.0,
    seed: int = 0,
    references: Any = None,
    cache: Cache | None = None,
) -> Steps[Sensitivity]:
    """Explain a picture again with a little noise, and measure how far the map moves.

    As `captum.metrics.sensitivity_max`, with noise of a generator of its own. The class stays that
    of the map of the picture itself.

    Parameters
    ----------
    model : Classifier
    image : picture
    method : Method or str
        What makes the maps.
    attribution : Attribution, optional
        The map that it made of the picture, whose class, window, layer and score the others get;
        by default that of the whole picture is made.
    radius : float
        Of the noise, uniform in every number of the picture, as a share of the picture's range.
    samples : int
        At least 2.
    seed : int
        Draws the noise.
    baseline, references, cache
        As for `deletion`.

    Raises
    ------
    InputError
        At once, if a setting cannot be used; later, if the map is constant.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import LRP
    >>> image = datasets.digits("test").images[0]
    >>> sensitivity(zoo.digits(), image, LRP()).run().maximum < 1
    True
    """
    check_counts(samples=samples, seed=seed)
    # Without noise every map stays where it is, and is called robust.
    number("radius", radius, above=0, note=", such as 0.02")
    if isinstance(method, Attribution):
        raise InputError("sensitivity explains several times; give the method, not one of its maps")
    explained = method if attribution is None else attribution
    request = MapRequest.of(
        model, image, explained, baseline=baseline, references=references, cache=cache
    )
    resolved = resolve_method(method, request.task.references)
    noise = uniform_noise(request.task.input, radius, samples, seed)
    return _sensitivity(request, resolved, noise)


def _sensitivity(request: MapRequest, method: Method, noise: Tensor) -> Steps[Sensitivity]:
    first = yield from relay(request.attribution(), _noted)
    check_varied(first.values)
    # The class of the picture without noise, or a flip would count as a map that moved.
    task = replace(request.task, target=first.target)
    # All samples in one call, so that methods can play them side by side.
    tasks = [replace(task, input=x) for x in request.task.input + noise]
    moved = yield from relay(method.explain(tasks, request.cache), _noted)
    values = first.values.astype(np.float64)
    # In the length of the map itself: methods have units of their own.
    distances = [np.linalg.norm(each.values - values) for each in moved]
    return Sensitivity(np.array(distances) / np.linalg.norm(values), method.label)


def _noted(progress: Progress) -> Progress:
    return progress.noted("sensitivity")


def uniform_noise(image: Tensor, radius: float, samples: int, seed: int) -> Tensor:
    """Return noise (samples, C, H, W), uniform up to `radius` times the range of the picture."""
    generator = seeded(seed)
    shape = (samples, *image.shape)
    # In units of the picture's own range, because inputs are preprocessed to any scale.
    scale = radius * float(image.max() - image.min())
    return (2 * torch.rand(shape, generator=generator, device="cpu").to(image) - 1) * scale
