"""Conformal sets: so many classes that the true one is among them as often as is wanted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import number
from xaiwidgets.intervals import IntervalEstimate, share_interval
from xaiwidgets.reliability._arrays import Doubles, Flags, Integers
from xaiwidgets.reliability._calibration import check_exclusive, shares_of
from xaiwidgets.reliability._inputs import (
    ClassNames,
    Images,
    labelled_images,
    network_logits,
)
from xaiwidgets.work import Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network


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
        shares = shares_of(self.model, self.model.logits(self.model.batch(images)))
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
    number("coverage", coverage, above=0, below=1)
    check_exclusive(model)
    batch, labels = labelled_images(model, "validation", validation)
    return _conformal(model, batch, labels, float(coverage))


def _conformal(
    model: Network, batch: Tensor, labels: Integers, coverage: float
) -> Steps[Conformal]:
    logits = yield from network_logits(model, batch)
    masses = _mass(shares_of(model, logits))[np.arange(len(labels)), labels]
    # One more than there are: the next picture may lie anywhere among them.
    rank = math.ceil((len(labels) + 1) * coverage - 1e-9)
    # Too few pictures for the coverage promise nothing: then every class is in the set.
    threshold = float(np.sort(masses)[rank - 1]) if rank <= len(labels) else math.inf
    return Conformal(model, coverage, threshold, len(labels))


def _mass(shares: NDArray[np.float64]) -> Doubles:
    """Return of each class (B, K) the probability of it and of all that are likelier."""
    # Without Romano's random draw of whether the last class stays: a set is the same each time it
    # is asked for, at the price of somewhat larger ones.
    order = np.argsort(-shares, axis=1, kind="stable")
    mass = np.empty_like(shares)
    np.put_along_axis(mass, order, np.take_along_axis(shares, order, 1).cumsum(1), 1)
    return mass
