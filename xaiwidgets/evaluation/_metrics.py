"""The measures that methods are compared by: a number for each map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from xaiwidgets.checks import listed, nearest
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation._cell_map import GridSize
from xaiwidgets.evaluation._curves import deletion, insertion
from xaiwidgets.evaluation._exact import against_exact
from xaiwidgets.evaluation._infidelity import infidelity
from xaiwidgets.evaluation._localisation import Localisation, localised
from xaiwidgets.evaluation._randomisation import randomised
from xaiwidgets.evaluation._sensitivity import sensitivity
from xaiwidgets.images import Baseline, Window
from xaiwidgets.methods import Attribution, Method
from xaiwidgets.network import Network
from xaiwidgets.work import Steps


@dataclass(frozen=True, eq=False)
class MeasuredMap:
    """A map to be measured, with all that a measure may ask for."""

    network: Network
    image: Tensor
    method: Method
    attribution: Attribution
    grid: GridSize
    baseline: Baseline
    seed: int
    references: Tensor | None = None
    window: Window | None = None

    @property
    def subject(self) -> tuple[Network, Tensor, Attribution]:
        """What checks of one map take."""
        return self.network, self.image, self.attribution

    @property
    def options(self) -> dict[str, Any]:
        """Settings of checks that evaluate the network."""
        return {"baseline": self.baseline, "seed": self.seed}

    @property
    def localisation(self) -> Localisation:
        """How much of the map is in the window."""
        if self.window is None:
            raise InputError("this measure needs windows=..., one for each picture")
        return localised(self.attribution, self.window)


@dataclass(frozen=True)
class Metric:
    """A number by which maps are compared.

    Attributes
    ----------
    label : str
        What people call it.
    better : "higher" or "lower"
    measure : callable
        Makes steps that return the number of a `MeasuredMap`.
    needs_window : bool
        Whether the true place has to be known.
    counts_hits : bool
        Whether it is 1 or 0 for a picture.
    """

    label: str
    better: str
    measure: Callable[[MeasuredMap], Steps[float]]
    needs_window: bool = False
    counts_hits: bool = False


def _deletion(map_: MeasuredMap) -> Steps[float]:
    return (yield from deletion(*map_.subject, grid=map_.grid, **map_.options)).gain.value


def _insertion(map_: MeasuredMap) -> Steps[float]:
    return (yield from insertion(*map_.subject, grid=map_.grid, **map_.options)).gain.value


def _fidelity(map_: MeasuredMap) -> Steps[float]:
    measured = yield from infidelity(*map_.subject, grid=map_.grid, **map_.options)
    return measured.correlation.value


def _infidelity(map_: MeasuredMap) -> Steps[float]:
    measured = yield from infidelity(*map_.subject, grid=map_.grid, **map_.options)
    # Not `value`: methods have other units, in which the one with the smallest numbers would win.
    return measured.scaled.value


def _exact(map_: MeasuredMap) -> Steps[float]:
    # On its own 3 x 3 cells, whatever the table's grid: a game that is played in full is small.
    return (yield from against_exact(*map_.subject, **map_.options)).rank.value


def _sensitivity(map_: MeasuredMap) -> Steps[float]:
    options = {**map_.options, "references": map_.references}
    measured = yield from sensitivity(map_.network, map_.image, map_.method, **options)
    return measured.mean.value


def _randomised(map_: MeasuredMap) -> Steps[float]:
    # With one stage everything is drawn anew at once: what the check ends with.
    options = {**map_.options, "references": map_.references, "stages": 1}
    measured = yield from randomised(map_.network, map_.image, map_.method, **options)
    return measured.last.value


def _inside(name: str) -> Callable[[MeasuredMap], Steps[float]]:
    def measure(map_: MeasuredMap) -> Steps[float]:
        # A generator like the others, though nothing is evaluated.
        yield from ()
        return float(getattr(map_.localisation, name))

    return measure


METRICS: dict[str, Metric] = {
    "deletion": Metric("deletion, gain over random", "higher", _deletion),
    "insertion": Metric("insertion, gain over random", "higher", _insertion),
    "fidelity": Metric("mu-fidelity", "higher", _fidelity),
    "infidelity": Metric("infidelity, scaled", "lower", _infidelity),
    "exact": Metric("rank agreement with exact 3 x 3", "higher", _exact),
    "sensitivity": Metric("sensitivity to noise", "lower", _sensitivity),
    "randomised": Metric("rank with all layers drawn anew", "lower", _randomised),
    "pointing": Metric("pointing game", "higher", _inside("pointing"), True, counts_hits=True),
    "mass": Metric("mass inside", "higher", _inside("mass"), needs_window=True),
    "top": Metric("top pixels inside", "higher", _inside("top"), needs_window=True),
}
"""What `compare` can measure, by name."""

FAITHFULNESS = ("deletion", "insertion", "fidelity", "exact")
LOCALISATION = ("pointing", "mass", "top")


def check_metrics(names: Sequence[str] | str | None, has_windows: bool) -> tuple[str, ...]:
    """Return the names of metrics, by default those that can be measured quickly."""
    if names is None:
        # Without those that explain a picture again and again, at the price of many maps each.
        return FAITHFULNESS + (LOCALISATION if has_windows else ())
    names = (names,) if isinstance(names, str) else tuple(listed("metrics", names))
    for name in names:
        if name not in METRICS:
            raise InputError(
                f"there is no metric {name!r}{nearest(str(name), list(METRICS))}. There are "
                f"{', '.join(METRICS)}"
            )
        if METRICS[name].needs_window and not has_windows:
            raise InputError(f"metric {name!r} needs windows=..., one for each picture")
    if not names:
        raise InputError(f"metrics is empty; give some of {', '.join(METRICS)}")
    return names
