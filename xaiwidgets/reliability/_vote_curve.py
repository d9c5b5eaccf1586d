"""`vote_curve`: how well votes tell wrong predictions, by how many mutants vote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaiwidgets.errors import InputError
from xaiwidgets.reliability._arrays import Doubles, Flags, Integers
from xaiwidgets.reliability._roc import delong
from xaiwidgets.reliability._votes import Votes

POINTS = 16
"""Numbers of mutants at most, closer together where they are few."""


@dataclass(frozen=True, eq=False, repr=False)
class VoteCurve:
    """How well label change rates tell wrong predictions: figure 4 of the paper, a row of table 3.

    Attributes
    ----------
    counts : (P,) ints
        Of mutants: the first one, the first two, up to all.
    areas, standard_errors : (P,) float64
        AUROC of the rate of so many mutants, and its standard error after DeLong.
    right, wrong : (float, float)
        Mean and standard deviation of the rate of all mutants, of right and of wrong predictions.
    pictures : int
        On which all mutants have voted.
    """

    counts: Integers
    areas: Doubles
    standard_errors: Doubles
    right: tuple[float, float]
    wrong: tuple[float, float]
    pictures: int

    def __repr__(self) -> str:
        area = f"{self.areas[-1]:.3f} ± {self.standard_errors[-1]:.3f}"
        return f"VoteCurve({self.counts[-1]} mutants, {self.pictures} pictures: AUROC {area})"


def vote_curve(votes: Votes, wrong: Flags) -> VoteCurve | None:
    """Return how the label change rate (eq. 6) gets better with more mutants.

    Of the pictures that all mutants have voted on; None as long as these are not two predictions
    of each kind, right and wrong.

    Parameters
    ----------
    votes : Votes
        Also those of work that goes on.
    wrong : (B,) bools
        Which predictions are.

    Raises
    ------
    InputError
        If there is not a flag for each picture.

    Examples
    --------
    >>> votes = Votes(np.zeros(4, int), np.array([[1, 0, 0, 0], [1, 1, 0, 1]]))
    >>> vote_curve(votes, np.array([True, True, False, False])).areas
    array([0.75 , 0.875])
    """
    wrong = np.asarray(wrong, bool)
    if wrong.shape != votes.predicted.shape:
        raise InputError(f"wrong is {wrong.shape}; give a flag for each of {votes!r}")
    # Of work under way the last pictures have few votes: their rates would be another score's.
    whole = votes.evaluated.all(0)
    changed, wrong = votes.changed[:, whole], wrong[whole]
    if min(wrong.sum(), (~wrong).sum()) < 2:
        return None
    mutants = len(changed)
    # Evenly in the logarithm: the area gains most from the first ten votes (figure 4).
    counts = np.unique(np.geomspace(1, mutants, min(POINTS, mutants)).round().astype(np.int64))
    rates = {str(count): changed[:count].mean(0) for count in counts}
    # All at once: rates of fewer votes are of the same predictions, and ranked together.
    areas = list(delong(rates, wrong)[0].values())
    rate = rates[str(mutants)]
    right_rate, wrong_rate = (
        (float(part.mean()), float(part.std())) for part in (rate[~wrong], rate[wrong])
    )
    return VoteCurve(
        counts,
        np.array([area.value for area in areas]),
        np.array([area.standard_error for area in areas]),
        right_rate,
        wrong_rate,
        len(wrong),
    )
