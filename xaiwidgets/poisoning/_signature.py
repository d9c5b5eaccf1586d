"""`signature`: which pictures of a class are unlike the rest of it inside the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from xaiwidgets.checks import is_number
from xaiwidgets.errors import InputError
from xaiwidgets.inputs import inputs_of
from xaiwidgets.intervals import IntervalEstimate, auroc_interval
from xaiwidgets.network import Network
from xaiwidgets.reliability import Doubles, roc_of
from xaiwidgets.representations import Site, representations, site_of
from xaiwidgets.work import Steps, work

LEAST = 3
"""Pictures of a class without which none can be unlike the others."""

VECTORS = 10
"""Singular vectors that are kept, at most."""


@dataclass(frozen=True, eq=False, repr=False)
class Signature:
    """The pictures of one class, by how far each stands out along the main directions of it.

    Attributes
    ----------
    indices : (n,) ints
        Which of the pictures have the label, ascending.
    scores : (n,) float64
        The squared projection of each on the first right singular vector of the centred
        representations (Tran et al. 2018).
    projections : (n, k) float64
        On the first few singular vectors, each with its sign such that the farthest is positive.
    variance : (k,) float64
        The share of the class's variance along each.
    distances : (n,) float64
        The squared distance to the mean of the class: what to beat.
    target : int
    layer : str
        Whose answers, or "penultimate": what the last linear layer is given.
    count : int
        N, of all pictures.
    """

    indices: NDArray[np.int64]
    scores: Doubles
    projections: Doubles
    variance: Doubles
    distances: Doubles
    target: int
    layer: str
    count: int

    def __repr__(self) -> str:
        return (
            f"<Signature of class {self.target}: {len(self.indices)} of {self.count} pictures at "
            f"{self.layer!r}, {self.variance[0]:.0%} of the variance along the first vector>"
        )

    @property
    def deviation(self) -> float:
        """The standard deviation of the first projection."""
        return float(np.sqrt(self.scores.mean()))

    def flagged(self, *, std: float | None = None, share: float | None = None) -> Any:
        """Return which of all pictures stand out, as ints in ascending order.

        Parameters
        ----------
        std : float, optional
            Those whose projection is beyond so many standard deviations, to either side; 1.5 by
            default, as in i-Algebra's Case C.
        share : float, optional
            The share of the class with the largest scores instead. Tran et al. take 1.5 times what
            they believe to be poisoned.

        Raises
        ------
        InputError
            If both are given, or one is out of its range.
        """
        if std is not None and share is not None:
            raise InputError(f"std is {std!r} and share {share!r}; give one of them")
        if share is not None:
            if not is_number(share) or not 0 < share <= 1:
                raise InputError(f"share is {share!r}; use a number above 0, at most 1")
            most = max(1, round(share * len(self.scores)))
            return np.sort(self.indices[np.argsort(-self.scores, kind="stable")[:most]])
        std = 1.5 if std is None else std
        if not is_number(std) or std < 0:
            raise InputError(f"std is {std!r}; use a number of at least 0")
        # To both sides: a singular vector has no sign that would say on which the poison lies.
        return self.indices[np.abs(self.projections[:, 0]) > std * self.deviation]

    def auroc(self, truth: ArrayLike) -> dict[str, IntervalEstimate]:
        """Return how well scores tell what is poisoned, as areas under ROC curves; chance is 0.5.

        The signature, the second singular vector alone, and the trivial distance to the mean.

        Parameters
        ----------
        truth : (N,) bools
            Of all pictures, as `Poisoned.truth`.

        Raises
        ------
        InputError
            If it is not of all pictures, or of the class all or none are poisoned.
        """
        poisoned = np.asarray(truth)
        if poisoned.shape != (self.count,) or poisoned.dtype != np.bool_:
            raise InputError(
                f"truth is {poisoned.dtype} {poisoned.shape}; give a bool for each of the "
                f"{self.count} pictures, such as poisoned.truth"
            )
        poisoned = poisoned[self.indices]
        if poisoned.all() or not poisoned.any():
            kind = "all" if poisoned.all() else "none"
            raise InputError(
                f"of class {self.target} {kind} of {len(poisoned)} pictures are poisoned; an area "
                "under a ROC curve needs both"
            )
        scores = {"signature": self.scores}
        # A trigger may be the second direction of a class that varies more by itself.
        if self.projections.shape[1] > 1:
            scores["second vector"] = self.projections[:, 1] ** 2
        scores["distance to the mean"] = self.distances
        positives = int(poisoned.sum())
        return {
            name: auroc_interval(roc_of(name, values, poisoned).area, positives, (~poisoned).sum())
            for name, values in scores.items()
        }


@work
def signature(
    model: Network, images: Any, labels: Any, target: int | str, layer: str | None = None
) -> Steps[Signature]:
    """Score the pictures of a class by a spectral signature (Tran, Li and Madry 2018).

    Of the pictures *labelled* as the target: a poisoned one has that label, whatever it shows.

    Parameters
    ----------
    model : Network
        Trained on the pictures.
    images : tensor (N, ...) or sequence of pictures
    labels : N classes
        As given, by number or name.
    target : class
    layer : str, optional
        Whose answers represent a picture, the mean over places of each unit; by default what the
        last linear layer is given.

    Returns
    -------
    Work[Signature]

    Raises
    ------
    InputError
        If the class has too few pictures, or there is no such layer; later, if all of them are
        alike inside.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> test = datasets.digits("test")
    >>> result = signature(zoo.digits(), test.images, test.labels, 3).run()
    >>> result.scores.shape == result.indices.shape
    True
    """
    batch = inputs_of(model, images)
    classes = model.logits(batch[:1]).shape[1]
    number = model.index(target, classes)
    numbers = model.class_numbers(labels, len(batch), classes, name="labels", each=True).numpy()
    indices = np.flatnonzero(numbers == number).astype(np.int64)
    if len(indices) < LEAST:
        raise InputError(
            f"{len(indices)} of {len(batch)} pictures have the label {model.label(number)!r}; a "
            f"signature needs at least {LEAST}"
        )
    site = site_of(model, batch[:1], layer)
    # Only the class is represented: the others say nothing of what is unlike within it.
    rows = batch[torch.from_numpy(indices)]
    return _signature(model, rows, indices, number, site, len(batch))


def _signature(
    model: Network,
    batch: Tensor,
    indices: NDArray[np.int64],
    target: int,
    site: Site,
    count: int,
) -> Steps[Signature]:
    vectors = yield from representations(model, batch, site)
    # Case C's "anomaly" is along the class's own main direction: without centring that is its mean.
    centred = vectors - vectors.mean(0)
    # R = U S V': projections on the right singular vectors are U S.
    # Of (n, d) with n pictures only the first min(n, d) vectors; R itself is never squared, so that
    # small variances keep their digits.
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    # Beside the vectors' own size: what is left of equal ones after centring is rounding.
    if not sizes[0] > 1e-9 * max(1e-30, float(np.abs(vectors).max())):
        raise InputError(
            f"all {len(vectors)} pictures of class {target} are alike at {site.name!r}, so that "
            "none stands out; use another layer"
        )
    projections = (left * sizes)[:, :VECTORS]
    # A singular vector has no sign of its own: that of the picture farthest out decides, so that a
    # plot is not mirrored by another build of LAPACK.
    farthest = np.abs(projections).argmax(0)
    projections = projections * np.where(projections[farthest, range(len(farthest))] < 0, -1, 1)
    return Signature(
        indices=indices,
        # Algorithm 1 of Tran, Li and Madry: the squared projection on the top right singular
        # vector.
        scores=projections[:, 0] ** 2,
        projections=projections,
        variance=(sizes**2 / (sizes**2).sum())[:VECTORS],
        distances=(centred**2).sum(1),
        target=target,
        layer=site.name,
        count=count,
    )
