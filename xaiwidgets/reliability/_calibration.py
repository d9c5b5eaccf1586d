"""Temperature: the one number that makes probabilities as sure as they are right."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.intervals import IntervalEstimate
from xaiwidgets.network import require_network
from xaiwidgets.outputs import independent
from xaiwidgets.reliability._arrays import Doubles, Integers
from xaiwidgets.reliability._inputs import (
    ClassNames,
    Images,
    labelled_images,
    network_logits,
)
from xaiwidgets.reliability._scores import LARGEST, trivial_scores
from xaiwidgets.work import Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_COLDEST, _HOTTEST = -5.0, 5.0  # logarithms of the temperatures that are tried
_STEP = 1e-3  # of a logarithm, by which the curvature is measured


@dataclass(frozen=True, eq=False, repr=False)
class Temperature:
    """One number that logits are divided by, so that probabilities are as sure as they are right.

    It is a score itself: ``others={"temperature": temperature}``.

    Attributes
    ----------
    model : Network
    value : IntervalEstimate
        Above 1, the network was too sure. The interval is that of maximum likelihood.
    loss_before, loss_after : float
        The mean cross entropy on the validation pictures.
    """

    model: Network
    value: IntervalEstimate
    loss_before: float
    loss_after: float

    def __repr__(self) -> str:
        return (
            f"<Temperature {self.value}: cross entropy {self.loss_before:.3g} -> "
            f"{self.loss_after:.3g}>"
        )

    def probabilities(self, images: Images) -> Doubles:
        """Return the probabilities (B, K) of pictures."""
        return shares_of(self.model, self._logits(images))

    def __call__(self, images: Images) -> Doubles:
        """Return 1 - the largest of the probabilities, (B,)."""
        return trivial_scores(self.model, self._logits(images))[LARGEST]

    def _logits(self, images: Images) -> Tensor:
        return self.model.logits(self.model.batch(images)).double() / self.value.value


@work
def temperature(model: Network, validation: tuple[Images, ClassNames]) -> Steps[Temperature]:
    """Find the temperature with the least cross entropy on pictures (Guo et al. 2017).

    Parameters
    ----------
    model : Network
    validation : (images, labels)
        Others than the network was trained on, and than it will be judged on.

    Raises
    ------
    InputError
        If several labels may hold at once; at the end, if no temperature is the best, as where all
        predictions are right.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> test = datasets.digits("test")
    >>> result = temperature(zoo.digits(), (test.images, test.labels)).run()
    >>> result.loss_after <= result.loss_before
    True
    """
    check_exclusive(model)
    batch, labels = labelled_images(model, "validation", validation)
    return _temperature(model, batch, labels)


def _temperature(model: Network, batch: Tensor, labels: Integers) -> Steps[Temperature]:
    logits = (yield from network_logits(model, batch)).double()
    rows = np.arange(len(labels))

    def loss(log_value: float) -> float:
        logs = model.log_probabilities(logits / math.exp(log_value)).numpy()
        return float(-logs[rows, labels].mean())

    # In the logarithm, where halving and doubling the temperature are steps of one length.
    solved = minimize_scalar(loss, bounds=(_COLDEST, _HOTTEST), method="bounded")
    best = float(solved.x)
    if not _COLDEST + 0.1 < best < _HOTTEST - 0.1:
        extreme = "right" if best < 0 else "wrong"
        raise InputError(
            f"nearly all {len(labels)} predictions are {extreme}, so that no temperature is the "
            "best; give more images, or harder ones"
        )
    # Fisher's information of the logarithm: the mean loss's curvature, once for each picture. So
    # the interval is symmetric in the logarithm, and its ends stay above 0.
    error = 1 / math.sqrt(len(labels) * _curvature(loss, best))
    value = IntervalEstimate(*(math.exp(best + z * error) for z in (0.0, -1.96, 1.96)))
    return Temperature(model, value, loss(0.0), loss(best))


def _curvature(loss: Callable[[float], float], place: float) -> float:
    change = loss(place + _STEP) - 2 * loss(place) + loss(place - _STEP)
    # Rounding may leave a flat loss bent the wrong way, of which no root can be taken.
    return max(change / _STEP**2, 1e-12)


def shares_of(model: Network, logits: Tensor) -> Doubles:
    shares: Doubles = model.probabilities(logits.double()).numpy()
    return shares


def check_exclusive(model: Network) -> None:
    if independent(require_network(model).output):
        raise InputError(
            "of this network's labels several may hold; temperatures and sets are for classes of "
            "which one holds"
        )
