"""`compare_scores`: which detector to use here, as a table with paired differences."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy.stats import norm
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.inference import EVALUATING
from xaiwidgets.intervals import LEVEL, IntervalEstimate, auroc_interval
from xaiwidgets.network import require_network
from xaiwidgets.reliability._arrays import Doubles, finite_scores, wrong_flags
from xaiwidgets.reliability._inputs import Images, chunks
from xaiwidgets.reliability._risk_coverage import aurc, percentiles, resampled_aurc
from xaiwidgets.reliability._roc import Area, delong, roc_of
from xaiwidgets.reliability._scores import LARGEST
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network

OtherScores: TypeAlias = "Mapping[str, ArrayLike | Callable[[Tensor], Any]]"
"""Scores (N,) of the same pictures by name, or what gives them for a network's inputs (B, ...)."""


@dataclass(frozen=True)
class ScoreRow:
    """How well one score tells wrong predictions from right ones.

    Attributes
    ----------
    name : str
    auroc : IntervalEstimate
        Chance is 0.5, higher is better; Newcombe's interval.
    aurc : IntervalEstimate
        The area under the risk-coverage curve, lower is better; a bootstrap's interval.
    auroc_lead, aurc_lead : IntervalEstimate
        By how much it is better than what it is compared with: positive is better in both. Paired,
        as all scores are of the same predictions, and joint: with 95 % all of a table's hold.
    """

    name: str
    auroc: IntervalEstimate
    aurc: IntervalEstimate
    auroc_lead: IntervalEstimate
    aurc_lead: IntervalEstimate


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Scores side by side, on the same predictions.

    Attributes
    ----------
    rows : tuple of ScoreRow
        The best by AUROC first.
    against : str
        What the leads are over.
    count, wrong_count : int
    random_aurc, best_aurc : float
        Of a score that knows nothing, and of one that knows all.
    """

    rows: tuple[ScoreRow, ...]
    against: str
    count: int
    wrong_count: int
    random_aurc: float
    best_aurc: float

    def __getitem__(self, name: str) -> ScoreRow:
        for row in self.rows:
            if row.name == name:
                return row
        raise InputError(f"there is no score {name!r}; use {', '.join(r.name for r in self.rows)}")

    @property
    def verdict(self) -> str:
        """Which detector to use here, in a sentence that says no more than the intervals."""
        better = [row for row in self.rows if row.auroc_lead.low > 0]
        if not better:
            return (
                f"No score is told to be better than {self.against!r} on {self.count} predictions."
            )
        names = ", ".join(f"{row.name} (+{row.auroc_lead})" for row in better)
        return f"Better than {self.against!r} on these {self.count} predictions: {names}."

    def to_frame(self) -> Any:
        """Return the table as a pandas DataFrame."""
        from xaiwidgets.tables import data_frame

        columns = ("auroc", "auroc_lead", "aurc", "aurc_lead")
        return data_frame(
            [
                {"score": row.name}
                | {
                    f"{column}{end}": getattr(getattr(row, column), part)
                    for column in columns
                    for end, part in (("", "value"), (" low", "low"), (" high", "high"))
                }
                for row in self.rows
            ]
        )


def compare_scores(
    scores: Mapping[str, ArrayLike], wrong: ArrayLike, *, against: str = LARGEST, seed: int = 0
) -> ScoreTable:
    """Compare scores (B,) that are higher for predictions that are more likely wrong (B,).

    Parameters
    ----------
    scores : mapping from name to (B,)
    wrong : (B,) bools
    against : str
        One of them, the trivial one: leads are over it.
    seed : int
        Of the bootstrap.

    Raises
    ------
    InputError
        If there is not a finite score for each, all predictions are of one kind, or there is
        nothing to compare with.

    Examples
    --------
    >>> wrong = np.arange(40) >= 30
    >>> table = compare_scores({"plain": np.zeros(40), "good": 1.0 * wrong}, wrong, against="plain")
    >>> table.rows[0].name, table["good"].auroc_lead.value
    ('good', 0.5)
    """
    flags = wrong_flags(wrong)
    if not isinstance(scores, Mapping):
        raise InputError(f"scores is a {type(scores).__name__}; give a dict from name to scores")
    table = {name: finite_scores(name, values, len(flags)) for name, values in scores.items()}
    if against not in table:
        raise InputError(f"against is {against!r}; use one of {', '.join(table)}")
    roc_of(against, table[against], flags)  # says where all are of one kind
    # Bonferroni over the leads: with 95 % none of them is told wrongly.
    level = 1 - (1 - LEVEL) / max(1, len(table) - 1)
    areas, pairs = delong(table, flags)
    # All scores on the same resamples, so that their differences below are paired.
    risks = resampled_aurc(table, flags, seed)
    risk = {name: aurc(values, flags) for name, values in table.items()}
    positives = int(flags.sum())
    rows = [
        ScoreRow(
            name,
            auroc_interval(areas[name].value, positives, len(flags) - positives),
            percentiles(risk[name], risks[name]),
            _normal(pairs[name, against], level),
            # The other way round than the areas, as a small AURC is the better one.
            percentiles(risk[against] - risk[name], risks[against] - risks[name], level),
        )
        for name in table
    ]
    return ScoreTable(
        tuple(sorted(rows, key=lambda row: -row.auroc.value)),
        against,
        len(flags),
        positives,
        float(flags.mean()),
        aurc(flags.astype(np.float64), flags),
    )


def _normal(difference: Area, level: float) -> IntervalEstimate:
    margin = float(norm.ppf((1 + level) / 2)) * difference.standard_error
    return IntervalEstimate(difference.value, difference.value - margin, difference.value + margin)


@work
def other_scores(
    model: Network, images: Images, others: OtherScores | None, taken: Container[str] = ()
) -> Steps[dict[str, Doubles]]:
    """Return the scores (N,) that others give to pictures, by name.

    Parameters
    ----------
    model : Network
    images : tensor (N, ...) or sequence of pictures
    others : mapping, optional
        By name, scores (N,), or a callable from the network's inputs (B, ...) to scores (B,).
    taken : container of str
        Names that they must not have.

    Raises
    ------
    InputError
        If there is not a finite score for each picture, or a name is taken.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> images = datasets.digits("test").images[:2]
    >>> scores = other_scores(zoo.digits(), images, {"light": lambda x: x.mean((1, 2, 3))}).run()
    >>> scores["light"].shape
    (2,)
    """
    batch = require_network(model).batch(images)
    if others is None:
        others = {}
    if not isinstance(others, Mapping) or not all(isinstance(name, str) for name in others):
        raise InputError(
            f"others is a {type(others).__name__}; give a mapping from name to scores, or to a "
            "callable on images"
        )
    for name, scores in others.items():
        if name in taken:
            raise InputError(f"others has {name!r}, which the detector has itself; rename it")
        if not callable(scores):
            finite_scores(name, scores, len(batch))
    return _other_scores(model, batch, others)


def _other_scores(model: Network, batch: Tensor, others: OtherScores) -> Steps[dict[str, Doubles]]:
    table: dict[str, Doubles] = {}
    for name, scores in others.items():
        if not callable(scores):
            table[name] = finite_scores(name, scores, len(batch))
            continue
        parts: list[Doubles] = []
        for rows in chunks(batch, model.copies.private(batch[:1])):
            # A detector of another library need not have turned its gradients off.
            with EVALUATING, torch.no_grad():
                answer = scores(batch[rows])
            if isinstance(answer, Tensor):
                answer = answer.detach().cpu().numpy()
            parts.append(finite_scores(name, answer, len(rows)))
            yield Progress(int(rows[-1]) + 1, len(batch), name)
        table[name] = np.concatenate(parts)
    return table
