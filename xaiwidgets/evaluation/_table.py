"""`EvaluationTable`: methods by measures, each with its interval over pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation._metrics import METRICS
from xaiwidgets.figures import figure, png
from xaiwidgets.intervals import IntervalEstimate, hits_interval, mean_interval
from xaiwidgets.tables import data_frame

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class EvaluationTable:
    """Numbers of several methods on many pictures.

    Attributes
    ----------
    methods, metrics : tuple of str
        Rows and columns; maps that know no network come last.
    values : (methods, metrics, pictures)
        NaN where a method's map was constant, or nowhere positive beside a window.

    Examples
    --------
    >>> values = np.array([[[0.5, 0.7, 0.6]], [[0.1, 0.2, 0.3]]])
    >>> table = EvaluationTable(("LRP", "Edge map"), ("exact",), values)
    >>> print(table["LRP", "exact"])
    0.6 (0.352 to 0.848)
    >>> table.difference("LRP", "Edge map", "exact").excludes(0)
    True
    """

    methods: tuple[str, ...]
    metrics: tuple[str, ...]
    values: Doubles

    def __getitem__(self, place: tuple[str, str]) -> IntervalEstimate:
        """Return the mean over pictures of a method's metric, with Student's interval.

        Of hits and misses, with Wilson's.
        """
        # A mean over fewer pictures than another row's; `count` and the text say over how many.
        values = _finite(self._row(*place))
        # Student's interval of hits that are all 1 would have no width.
        hits = METRICS[place[1]].counts_hits and len(values) > 0
        return hits_interval(values) if hits else mean_interval(values)

    def difference(self, first: str, second: str, metric: str) -> IntervalEstimate:
        """Return by how much the first method's metric is higher, picture by picture.

        Both are measured on the same pictures, so that this tells more than two intervals do.
        """
        # Pictures differ more than methods do; what a picture adds to both goes out.
        return mean_interval(_finite(self._row(first, metric) - self._row(second, metric)))

    def count(self, method: str, metric: str) -> int:
        """Return of how many pictures a mean is: those whose map can be measured."""
        return len(_finite(self._row(method, metric)))

    def _row(self, method: str, metric: str) -> Doubles:
        for name, names in ((method, self.methods), (metric, self.metrics)):
            if name not in names:
                raise InputError(f"the table has no {name!r}{nearest(str(name), names)}. It has "
                                 f"{', '.join(names)}")  # fmt: skip
        return np.asarray(self.values[self.methods.index(method), self.metrics.index(metric)])

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each method and metric, with its interval."""
        return [
            {
                "method": method,
                "metric": metric,
                "mean": self[method, metric].value,
                "low": self[method, metric].low,
                "high": self[method, metric].high,
                "pictures": self.count(method, metric),
                "better": METRICS[metric].better,
            }
            for method in self.methods
            for metric in self.metrics
        ]

    def to_frame(self) -> Any:
        """Return the rows as a pandas DataFrame."""
        return data_frame(self.rows())

    def plot(self) -> Any:
        """Draw a panel for each metric: each method's mean and interval over pictures."""
        canvas = figure(2.4 + 2.2 * len(self.metrics), 1.2 + 0.3 * len(self.methods))
        panels = np.atleast_1d(canvas.subplots(1, len(self.metrics), sharey=True))
        for panel, metric in zip(panels, self.metrics, strict=True):
            row = [self[method, metric] for method in self.methods]
            values = np.array([each.value for each in row])
            ends = np.array([[each.low for each in row], [each.high for each in row]])
            margins = np.nan_to_num(np.abs(values - ends), posinf=0)
            panel.errorbar(values, self.methods, xerr=margins, fmt="o", capsize=3)
            panel.axvline(0, color="0.8", linewidth=0.8)
            panel.set_title(f"{METRICS[metric].label}\n({METRICS[metric].better} is better)",
                            fontsize="small")  # fmt: skip
            panel.tick_params(labelsize="small")
        panels[0].invert_yaxis()  # the first row on top, as in the table
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())

    def __repr__(self) -> str:
        lines = [["", *self.metrics]]
        lines += [
            [method, *(str(self[method, metric]) for metric in self.metrics)]
            for method in self.methods
        ]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        better = ", ".join(f"{name}: {METRICS[name].better}" for name in self.metrics)
        unmeasured = [
            f"{method} was constant, or nowhere positive, on {missing} of "
            f"{self.values.shape[-1]} pictures"
            for method, row in zip(self.methods, self.values, strict=True)
            if (missing := int(np.isnan(row).any(0).sum()))
        ]
        pictures = f"mean over {self.values.shape[-1]} pictures with its 95 % interval"
        return "\n".join([*text, f"{pictures}; better is {better}", *unmeasured])


def _finite(values: Doubles) -> Doubles:
    return values[np.isfinite(values)]
