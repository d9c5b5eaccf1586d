"""Risk-coverage curves: how wrong what is left is, when the most suspicious is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xaiwidgets.checks import whole
from xaiwidgets.figures import figure
from xaiwidgets.intervals import LEVEL, RESAMPLES, IntervalEstimate
from xaiwidgets.reliability._arrays import Doubles, Flags, Integers, finite_scores, wrong_flags

_NUMBERS = 2_000_000  # in the resamples that are drawn at once


@dataclass(frozen=True, eq=False, repr=False)
class RiskCoverage:
    """The risk-coverage curve of a score that is higher for what is more likely wrong.

    Attributes
    ----------
    name : str
    coverage : (B,) float64
        The share of predictions that is kept, the least suspicious first.
    risk : (B,) float64
        The share of those that is wrong; where scores tie, the mean over their orders.
    area : IntervalEstimate
        AURC, the mean risk over all coverages (Geifman et al. 2019): lower is better. Its interval
        is a bootstrap's.
    random : float
        The area of a score that knows nothing: the share of all predictions that is wrong.
    best : float
        The area of a score that knows which are wrong.
    beside : dict of RiskCoverage
    """

    name: str
    coverage: Doubles
    risk: Doubles
    area: IntervalEstimate
    random: float
    best: float
    beside: dict[str, RiskCoverage]

    def __repr__(self) -> str:
        return (
            f"RiskCoverage({self.name}, AURC {self.area}, at random {self.random:.3g}, "
            f"at best {self.best:.3g})"
        )

    def plot(self) -> Any:
        """Draw all curves with matplotlib. Returns the figure."""
        chart = figure(5.0, 4.5)
        axis = chart.subplots()
        for curve in (self, *self.beside.values()):
            axis.plot(curve.coverage, curve.risk, label=f"{curve.name} {curve.area.value:.3g}")
        axis.axhline(self.random, linestyle=":", color="0.6")
        axis.set(xlabel="share of predictions kept", ylabel="share of these that is wrong")
        axis.legend(loc="upper left", fontsize="small")
        return chart


def risk_coverage_of(
    name: str,
    scores: ArrayLike,
    wrong: ArrayLike,
    beside: Mapping[str, ArrayLike] | None = None,
    seed: int = 0,
) -> RiskCoverage:
    """Return the curve of `scores` (B,), and of those `beside`, for predictions (B,).

    Raises
    ------
    InputError
        If there is not a finite score for each prediction.

    Examples
    --------
    >>> curve = risk_coverage_of("margin", [0.1, 0.2, 0.3, 0.4], [False, False, True, True])
    >>> curve.risk.round(3).tolist(), round(curve.area.value, 4)
    ([0.0, 0.0, 0.333, 0.5], 0.2083)
    """
    wrong = wrong_flags(wrong)
    table = {key: finite_scores(key, value, len(wrong)) for key, value in (beside or {}).items()}
    table = {name: finite_scores(name, scores, len(wrong)), **table}
    areas = resampled_aurc(table, wrong, seed)
    curves = {}
    for key, values in table.items():
        risk = _risk(values, wrong)
        curves[key] = RiskCoverage(
            key,
            np.arange(1, len(wrong) + 1) / len(wrong),
            risk,
            percentiles(aurc(values, wrong), areas[key]),
            float(wrong.mean()),
            aurc(wrong.astype(np.float64), wrong),
            {},
        )
    first = curves.pop(name)
    first.beside.update(curves)
    return first


def aurc(scores: Doubles, wrong: Flags) -> float:
    """Return the area under the risk-coverage curve.

    Examples
    --------
    >>> aurc(np.zeros(4), np.array([True, False, False, False]))
    0.25
    """
    flags = wrong_flags(wrong)
    groups = _groups(finite_scores("scores", scores, len(flags)))
    return float(_areas(*groups, flags, np.ones((1, len(flags)), np.int64))[0])


def resampled_aurc(
    scores: Mapping[str, Doubles], wrong: Flags, seed: int, count: int = RESAMPLES
) -> dict[str, Doubles]:
    """Return the areas (count,) of each score on the same resamples of the predictions."""
    groups = {name: _groups(values) for name, values in scores.items()}
    parts: dict[str, list[Doubles]] = {name: [] for name in scores}
    for weights in _resamples(len(wrong), seed, count):
        for name, (order, starts) in groups.items():
            parts[name].append(_areas(order, starts, wrong, weights))
    return {name: np.concatenate(values) for name, values in parts.items()}


def percentiles(value: float, resampled: Doubles, level: float = LEVEL) -> IntervalEstimate:
    """Return a number with the percentile interval of its resamples."""
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return IntervalEstimate(value, float(low), float(high))


def _resamples(size: int, seed: int, count: int) -> Iterator[Integers]:
    """Yield how often each of `size` predictions is in a resample, some resamples at a time."""
    draw, rows = np.random.default_rng(whole("seed", seed, 0)), max(1, _NUMBERS // size)
    for start in range(0, count, rows):
        shares = np.full(size, 1 / size)
        # How often each is drawn says all of a resample: the scores are sorted once, for all of
        # them.
        yield draw.multinomial(size, shares, size=min(rows, count - start))


def _groups(scores: Doubles) -> tuple[Integers, Integers]:
    """Return the order of the scores, lowest first, and where each of those that tie begins."""
    order = np.argsort(scores, kind="stable").astype(np.int64)
    rising = scores[order]
    starts = np.flatnonzero(np.concatenate([[True], rising[1:] > rising[:-1]]))
    return order, starts.astype(np.int64)


def _areas(order: Integers, starts: Integers, wrong: Flags, weights: Integers) -> Doubles:
    """Return the areas (R,) where each prediction counts as often as weights (R, B) say.

    Of m predictions that tie, e of them wrong, after W with E wrong, the mean risk over all their
    orders sums to e + (E - W e / m) (H(W + m) - H(W)), H being harmonic numbers.
    """
    ranked = weights[:, order]
    sizes = np.add.reduceat(ranked, starts, axis=1)
    errors = np.add.reduceat(ranked * wrong[order], starts, axis=1)
    sizes_before = sizes.cumsum(1) - sizes
    errors_before = errors.cumsum(1) - errors
    total = int(weights[0].sum())
    # H(0) to H(n) once, looked up at both ends of every tie.
    harmonic = np.concatenate([[0.0], (1 / np.arange(1, total + 1)).cumsum()])
    # A group that the resample left out has no size and no errors: it adds nothing.
    rate = errors / np.maximum(sizes, 1)
    rise = harmonic[sizes_before + sizes] - harmonic[sizes_before]
    areas: Doubles = (errors + (errors_before - sizes_before * rate) * rise).sum(1) / total
    return areas


def _risk(scores: Doubles, wrong: Flags) -> Doubles:
    """Return the share that is wrong of the first 1, 2, ... predictions."""
    order, starts = _groups(scores)
    sizes = np.diff(starts, append=len(scores))
    rates = np.add.reduceat(wrong[order].astype(np.float64), starts) / sizes
    # Within a tie, each next prediction is wrong with the share of the tie, in the mean over
    # orders.
    risk: Doubles = np.repeat(rates, sizes).cumsum() / np.arange(1, len(scores) + 1)
    return risk
