"""Scores that need validation pictures and no training: temperature, and conformal sets."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.intervals import IntervalEstimate, share_interval
from xaiwidgets.outputs import independent
from xaiwidgets.reliability._arrays import Doubles, Flags, Integers
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
        return _shares(self.model, self._logits(images))

    def __call__(self, images: Images) -> Doubles:
        """Return 1 - the largest of the probabilities, (B,)."""
        return trivial_scores(self.model, self._logits(images))[LARGEST]

    def _logits(self, images: Images) -> Tensor:
        return self.model.logits(self.model.batch(images)).double() / self.value.value


@dataclass(frozen=True, eq=False, repr=False)
class Conformal:
    """Sets of classes that hold the true one as often as is wanted, on pictures like these.

    It is a score itself, the size of the set: ``others={"set size": conformal}``.

    Attributes
    ----------
    model : Network
    coverage : float
        What is wanted.
    threshold : float
        How much probability a set may hold; infinite where so few validation pictures promise
        nothing.
    count : int
        Of the validation pictures.
    """

    model: Network
    coverage: float
    threshold: float
    count: int

    def __repr__(self) -> str:
        return f"<Conformal: sets that hold the true class in {self.coverage:.0%}>"

    def sets(self, images: Images) -> Flags:
        """Return which classes are in the set of each picture, (B, K) bools."""
        shares = _shares(self.model, self.model.logits(self.model.batch(images)))
        members: Flags = _mass(shares) <= self.threshold
        return members

    def __call__(self, images: Images) -> Doubles:
        """Return how many classes are in the set of each picture, (B,)."""
        sizes: Doubles = self.sets(images).sum(1).astype(np.float64)
        return sizes

    def covered(self, images: Images, labels: ClassNames) -> IntervalEstimate:
        """Return how often the set holds the true class, on labelled pictures."""
        batch, numbers = labelled_images(self.model, "images", (images, labels))
        hits = self.sets(batch)[np.arange(len(numbers)), numbers]
        return share_interval(int(hits.sum()), len(hits))


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
    _check_exclusive(model)
    batch, labels = labelled_images(model, "validation", validation)
    return _temperature(model, batch, labels)


def _temperature(model: Network, batch: Tensor, labels: Integers) -> Steps[Temperature]:
    logits = (yield from network_logits(model, batch)).double()
    rows = np.arange(len(labels))

    def loss(log_value: float) -> float:
        logs = model.log_probabilities(logits / math.exp(log_value)).numpy()
        return float(-logs[rows, labels].mean())

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
    return max(change / _STEP**2, 1e-12)


@work
def conformal(
    model: Network, validation: tuple[Images, ClassNames], *, coverage: float = 0.9
) -> Steps[Conformal]:
    """Calibrate sets of classes on pictures (adaptive prediction sets, Romano et al. 2020).

    A class is in the set if it, and all that are likelier, have together no more probability than
    the threshold: a quantile of what that is for the true classes of the validation pictures.

    Parameters
    ----------
    model : Network
    validation : (images, labels)
    coverage : float
        How often a set is to hold the true class, above 0 and below 1.

    Raises
    ------
    InputError

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> test = datasets.digits("test")
    >>> sets = conformal(zoo.digits(), (test.images[:200], test.labels[:200])).run()
    >>> sets.covered(test.images[200:], test.labels[200:]).high > 0.9
    True
    """
    number = isinstance(coverage, int | float) and not isinstance(coverage, bool)
    if not number or not 0 < coverage < 1:
        raise InputError(f"coverage is {coverage!r}; use a number above 0 and below 1")
    _check_exclusive(model)
    batch, labels = labelled_images(model, "validation", validation)
    return _conformal(model, batch, labels, float(coverage))


def _conformal(
    model: Network, batch: Tensor, labels: Integers, coverage: float
) -> Steps[Conformal]:
    logits = yield from network_logits(model, batch)
    masses = _mass(_shares(model, logits))[np.arange(len(labels)), labels]
    # One more than there are: the next picture may lie anywhere among them.
    rank = math.ceil((len(labels) + 1) * coverage - 1e-9)
    threshold = float(np.sort(masses)[rank - 1]) if rank <= len(labels) else math.inf
    return Conformal(model, coverage, threshold, len(labels))


def _shares(model: Network, logits: Tensor) -> Doubles:
    shares: Doubles = model.probabilities(logits.double()).numpy()
    return shares


def _mass(shares: NDArray[np.float64]) -> Doubles:
    """Return of each class (B, K) the probability of it and of all that are likelier."""
    order = np.argsort(-shares, axis=1, kind="stable")
    mass = np.empty_like(shares)
    np.put_along_axis(mass, order, np.take_along_axis(shares, order, 1).cumsum(1), 1)
    return mass


def _check_exclusive(model: Network) -> None:
    if independent(model.output):
        raise InputError(
            "of this network's labels several may hold; temperatures and sets are for classes of "
            "which one holds"
        )
