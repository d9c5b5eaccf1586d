"""ROC curves of scores for wrong predictions, their areas, and how sure these are (DeLong)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import rankdata

from xaiwidgets.checks import number
from xaiwidgets.errors import InputError
from xaiwidgets.figures import figure
from xaiwidgets.reliability._arrays import Doubles, Flags, finite_scores, wrong_flags


class Area(NamedTuple):
    """An area under a ROC curve, or a difference of two, and its standard error."""

    value: float
    standard_error: float


@dataclass(frozen=True, eq=False, repr=False)
class Roc:
    """The ROC curve of a score that is higher for predictions that are more likely wrong.

    A prediction is called wrong where its score is at least the threshold. One row a threshold,
    from the one that calls none wrong to the one that calls all.

    Attributes
    ----------
    name : str
    scores : (T - 1,) float64
        The different scores of the predictions, the highest first.
    thresholds : (T,) float64
        Between those, so that rounding does not matter.
    correct_recall : (T,) float64
        The share of the right predictions that is kept.
    wrong_recall : (T,) float64
        The share of the wrong predictions that is caught.
    area, standard_error : float
        AUROC, and its standard error after DeLong.
    right_count, wrong_count : int
    beside : dict of Roc
        Other detectors on the same predictions; the trivial ones are always among them.
    """

    name: str
    scores: Doubles
    thresholds: Doubles
    correct_recall: Doubles
    wrong_recall: Doubles
    area: float
    standard_error: float
    right_count: int
    wrong_count: int
    beside: dict[str, Roc]

    def __repr__(self) -> str:
        return f"Roc({self.name}, AUROC {self.area:.3f} ± {self.standard_error:.3f})"

    def at(self, threshold: float) -> tuple[float, float]:
        """Return the recall of right and of wrong predictions at a threshold."""
        # As many rows down as there are different scores that are called wrong.
        place = int(np.searchsorted(-self.scores, -threshold, side="right"))
        return float(self.correct_recall[place]), float(self.wrong_recall[place])

    def threshold(
        self,
        rule: str = "balanced",
        *,
        correct_recall: float | None = None,
        wrong_recall: float | None = None,
    ) -> float:
        """Return the threshold with balanced recalls, or with at least the one that is wanted.

        Of those that reach it, the one with the most of the other recall.
        """
        recalls = {"correct_recall": correct_recall, "wrong_recall": wrong_recall}
        wanted = {name: value for name, value in recalls.items() if value is not None}
        if len(wanted) > 1 or rule != "balanced":
            raise InputError(
                f"rule is {rule!r} with {wanted}; use 'balanced', or one of correct_recall and "
                "wrong_recall"
            )
        for name, value in wanted.items():
            number(name, value, least=0, most=1)
        # Recalls are quotients, which rounding may leave just below the share that is wanted.
        if correct_recall is not None:
            place = int(np.flatnonzero(self.correct_recall >= correct_recall - 1e-12)[-1])
        elif wrong_recall is not None:
            place = int(np.flatnonzero(self.wrong_recall >= wrong_recall - 1e-12)[0])
        else:
            # The paper's choice: recalls of both kinds that are close (section 4.1.2).
            place = int(np.argmin(np.abs(self.correct_recall - self.wrong_recall)))
        return float(self.thresholds[place])

    def plot(self) -> Any:
        """Draw all curves with matplotlib, as figure 5 of the paper. Returns the figure."""
        chart = figure(5.0, 4.5)
        axis = chart.subplots()
        for roc in (self, *self.beside.values()):
            label = f"{roc.name} {roc.area:.3f}"
            axis.plot(1 - roc.correct_recall, roc.wrong_recall, label=label)
        axis.plot([0, 1], [0, 1], ":", color="0.6")
        axis.set(xlabel="right predictions called wrong", ylabel="wrong predictions caught")
        axis.legend(loc="lower right", fontsize="small")
        return chart


def roc_of(
    name: str, scores: Doubles, wrong: Flags, beside: Mapping[str, Doubles] | None = None
) -> Roc:
    """Return the curve of `scores` (B,), and of those `beside`, for predictions (B,)."""
    wrong = wrong_flags(wrong)
    scores = finite_scores(name, scores, len(wrong))
    if wrong.all() or not wrong.any():
        kind = "wrong" if wrong.all() else "right"
        raise InputError(
            f"all {len(wrong)} predictions are {kind}; a ROC curve needs right and wrong ones. "
            "Give more images"
        )
    # One row for each different score: predictions that tie pass a threshold together.
    values, where = np.unique(scores, return_inverse=True)
    caught = np.bincount(where, wrong, len(values))[::-1].cumsum() / wrong.sum()
    alarms = np.bincount(where, ~wrong, len(values))[::-1].cumsum() / (~wrong).sum()
    falling = values[::-1]
    # Midway to the next lower score; below the least, by 1.
    between = falling + np.diff(falling, append=falling[-1] - 2.0) / 2
    area = delong({name: scores}, wrong)[0][name]
    return Roc(
        name,
        falling,
        np.concatenate([[falling[0] + 1.0], between]),
        np.concatenate([[1.0], 1 - alarms]),
        np.concatenate([[0.0], caught]),
        *area,
        int((~wrong).sum()),
        int(wrong.sum()),
        {other: roc_of(other, value, wrong) for other, value in (beside or {}).items()},
    )


def auroc_difference(first: Doubles, second: Doubles, wrong: Flags) -> Area:
    """Return by how much the area of one score is larger than that of another, and how surely.

    Both are of the same predictions, so that what they have in common does not count.

    Examples
    --------
    >>> wrong = np.array([0, 0, 0, 1, 1, 1], bool)
    >>> better = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    >>> worse = np.array([0.1, 0.2, 0.5, 0.4, 0.3, 0.6])
    >>> round(auroc_difference(better, worse, wrong).value, 3)
    0.222
    """
    return delong({"first": first, "second": second}, wrong)[1]["first", "second"]


def delong(
    scores: Mapping[str, Doubles], wrong: Flags
) -> tuple[dict[str, Area], dict[tuple[str, str], Area]]:
    """Return the area of each score, and the difference of each pair, with standard errors.

    DeLong, DeLong and Clarke-Pearson 1988, by mid-ranks (Sun and Xu 2014).
    """
    wrong = wrong_flags(wrong)
    table = np.stack([finite_scores(name, each, len(wrong)) for name, each in scores.items()])
    positive, negative = table[:, wrong], table[:, ~wrong]
    most, least = positive.shape[1], negative.shape[1]
    together = rankdata(np.concatenate([positive, negative], 1), axis=1)
    # How much of the other kind each prediction is rightly above, or below.
    over = (together[:, :most] - rankdata(positive, axis=1)) / least
    under = 1 - (together[:, most:] - rankdata(negative, axis=1)) / most
    # The area is the Mann-Whitney statistic; mid-ranks count a tie as half.
    areas = over.mean(1)
    # DeLong's S = S10 / m + S01 / n, over the predictions of both kinds.
    covariance = _covariance(over) / most + _covariance(under) / least
    names = list(scores)
    alone = {
        name: Area(float(areas[at]), float(np.sqrt(max(covariance[at, at], 0))))
        for at, name in enumerate(names)
    }
    pairs = {}
    for i, first in enumerate(names):
        for j, second in enumerate(names):
            variance = covariance[i, i] + covariance[j, j] - 2 * covariance[i, j]
            # Of two scores that rank alike, rounding may leave it just below 0.
            error = float(np.sqrt(max(variance, 0)))
            pairs[first, second] = Area(float(areas[i] - areas[j]), error)
    return alone, pairs


def _covariance(rows: Doubles) -> Doubles:
    count = rows.shape[1]
    centred = rows - rows.mean(1, keepdims=True)
    covariance: Doubles = centred @ centred.T / max(1, count - 1)
    return covariance
