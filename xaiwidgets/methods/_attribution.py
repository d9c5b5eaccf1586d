"""`Attribution`: the map that answers a query, with what is needed to trust and repeat it."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.errors import InputError
from xaiwidgets.figures import figure, png
from xaiwidgets.images import Window

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Samples(NamedTuple):
    """What a map was computed from: coalitions (E, cells), present or not, and scores (E,)."""

    coalitions: NDArray[np.bool_]
    outputs: Doubles


@dataclass(frozen=True, repr=False)
class Attribution:
    """What each part of one input added to the score of one class, by any method.

    Where a method cannot know something, it is None.

    Attributes
    ----------
    cells : array (rows, columns)
        What each cell added: for Shapley values (i-Algebra, eq. 2 and 3) in units of the score.
    values : array (H, W)
        The cells spread over their pixels, 0 outside the window: it sums to `cells.sum()`.
    target, label : int, str
        The class explained.
    unit : "logit", "probability", or another that the method says
        The score.
    output : float
        The score with every cell of the window present.
    evaluations, paid : int
        Evaluations of the network that the map is made of (coalitions, or passes), and those of
        them that were not in the cache.
    exact : bool
        Whether the cells are what the method defines, and not an estimate of that.
    standard_error : array (rows, columns), or None
        Of each cell's value; 0 if exact, inf where too little has been seen.
    baseline_output : float or None
        The score with every cell of the window absent.
    residual : float or None
        What the map misses: output - baseline_output - cells.sum(). None for a method whose maps
        do not sum to that difference.
    method : str
        The method and its settings, as Python; empty in files of former versions.
    seconds, seed, device, query, layer
        How it was obtained; `layer` is None for the whole network.
    samples : Samples or None
        The coalitions and their scores, from which surrogates are fitted at no further
        evaluation. Neither this nor the picture is kept as JSON.
    parts : tuple of Attribution
        Of a join, the maps it is the sum of.
    """

    cells: Floats
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]
    shape: tuple[int, int]
    target: int
    label: str
    unit: str
    output: float
    evaluations: int
    paid: int
    exact: bool
    seconds: float
    device: str
    standard_error: Floats | None = None
    baseline_output: float | None = None
    residual: float | None = None
    seed: int | None = None
    method: str = ""
    query: str = ""
    layer: str | None = None
    picture: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
    samples: Samples | None = field(default=None, repr=False, compare=False)
    parts: tuple[Attribution, ...] = field(default=(), repr=False, compare=False)

    def __repr__(self) -> str:
        rows, columns = self.cells.shape
        return (
            f"<Attribution of {self.query!r}: {self.label} {self.output:.4g} ({self.unit}), "
            f"{rows} x {columns} cells, {self.evaluations:,} evaluations>"
        )

    @property
    def window(self) -> Window:
        """The part of the input that is explained."""
        (top, *_, bottom), (left, *_, right) = self.row_edges, self.column_edges
        return Window(top, left, bottom - top, right - left)

    @cached_property
    def values(self) -> Floats:
        """The map pixel by pixel (H, W)."""
        heights, widths = np.diff(self.row_edges), np.diff(self.column_edges)
        # A cell's value is shared out among its pixels, so that cells of unequal size sum up.
        density = self.cells.astype(np.float64) / np.outer(heights, widths)
        inside = np.repeat(np.repeat(density, heights, axis=0), widths, axis=1)
        values = np.zeros(self.shape, dtype=np.float32)
        values[self.window.slices] = inside
        return values

    def plot(self, ax: Any = None, limit: float | None = None) -> Any:
        """Draw picture and map with matplotlib; return the figure.

        Cells whose sign is uncertain (closer to 0 than two standard errors) are hatched. `limit`
        is the value at full colour, by default the map's largest.
        """
        canvas = ax.figure if ax is not None else figure(5, 4.4)
        ax = ax if ax is not None else canvas.add_subplot()
        if self.picture is not None:
            ax.imshow(self.picture, cmap="gray", extent=(0, self.shape[1], self.shape[0], 0))
        limit = (float(np.abs(self.cells).max()) if limit is None else limit) or 1.0
        mesh = ax.pcolormesh(
            self.column_edges,
            self.row_edges,
            self.cells,
            cmap="RdBu_r",
            vmin=-limit,
            vmax=limit,
            alpha=0.6 if self.picture is not None else 1,
        )
        if self.standard_error is not None:
            certain = np.abs(self.cells) >= 2 * self.standard_error
            uncertain = np.ma.masked_where(certain, self.cells)
            ax.pcolor(self.column_edges, self.row_edges, uncertain, alpha=0, hatch="///")
        ax.set(xlim=(0, self.shape[1]), ylim=(self.shape[0], 0), xticks=[], yticks=[])
        ax.set_aspect("equal")
        ax.set_title(f"{self.label}: {self.output:.2f} ({self.unit})", fontsize="medium")
        canvas.colorbar(mesh, ax=ax, label=f"share of the {self.unit} per cell")
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())

    def to_json(self) -> str:
        """Return all but the picture as JSON text."""
        # `compare` marks what makes a map equal to another one, and is what a file keeps.
        names = [f.name for f in dataclasses.fields(self) if f.compare]
        fields: dict[str, Any] = {name: getattr(self, name) for name in names}
        fields["cells"] = self.cells.tolist()
        if self.standard_error is not None:
            # JSON has no infinity, the error of a cell of which too little has been seen.
            errors = self.standard_error.astype(object)
            errors[~np.isfinite(self.standard_error)] = None
            fields["standard_error"] = errors.tolist()
        return json.dumps(fields, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Attribution:
        """Read what `to_json` wrote, also of former versions; InputError if it is another text."""
        try:
            fields = json.loads(text)
            fields["cells"] = np.asarray(fields["cells"], dtype=np.float32)
            if fields["standard_error"] is not None:
                errors = np.asarray(fields["standard_error"], dtype=np.float32)
                fields["standard_error"] = np.where(np.isnan(errors), np.float32(np.inf), errors)
            for name in ("row_edges", "column_edges", "shape"):
                fields[name] = tuple(fields[name])
            return cls(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"this is not an attribution's JSON: {error}") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Attribution) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]
