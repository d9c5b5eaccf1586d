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


class Asked(NamedTuple):
    """What was asked for a map: coalitions (E, cells), present or not, and the scores (E,)."""

    coalitions: NDArray[np.bool_]
    outputs: Doubles


@dataclass(frozen=True, repr=False)
class Attribution:
    """A Shapley map (i-Algebra, eq. 2 and 3) of one input for one class.

    Attributes
    ----------
    cells : array (rows, columns)
        Shapley value of each cell, in units of the score.
    standard_error : array (rows, columns)
        Of each cell's value; 0 if exact.
    values : array (H, W)
        The cells spread over their pixels, 0 outside the window: it sums to `cells.sum()`.
    target, label : int, str
        The class explained.
    output, baseline_output : float
        The score with every cell of the window present, and with none.
    unit : "logit" or "probability"
        The score.
    residual : float
        What the map misses: output - baseline_output - cells.sum().
    evaluations, paid : int
        Coalitions looked at, and those of them that were not known before.
    exact, seconds, seed, device, query, layer
        How it was obtained; `layer` is None for the whole network.
    asked : Asked or None
        The coalitions and their scores, from which `readings` are made at no further evaluation.
        Neither this nor the picture is kept as JSON.
    parts : tuple of Attribution
        Of a join, the maps it is the sum of.
    """

    cells: Floats
    standard_error: Floats
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]
    shape: tuple[int, int]
    target: int
    label: str
    unit: str
    output: float
    baseline_output: float
    residual: float
    evaluations: int
    paid: int
    exact: bool
    seconds: float
    seed: int
    device: str
    query: str = ""
    layer: str | None = None
    picture: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
    asked: Asked | None = field(default=None, repr=False, compare=False)
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
        drawn_on = ax.figure if ax is not None else figure(5, 4.4)
        ax = ax if ax is not None else drawn_on.add_subplot()
        if self.picture is not None:
            ax.imshow(self.picture, cmap="gray", extent=(0, self.shape[1], self.shape[0], 0))
        limit = (float(np.abs(self.cells).max()) if limit is None else limit) or 1.0
        drawn = ax.pcolormesh(
            self.column_edges,
            self.row_edges,
            self.cells,
            cmap="RdBu_r",
            vmin=-limit,
            vmax=limit,
            alpha=0.6 if self.picture is not None else 1,
        )
        uncertain = np.ma.masked_where(np.abs(self.cells) >= 2 * self.standard_error, self.cells)
        ax.pcolor(self.column_edges, self.row_edges, uncertain, alpha=0, hatch="///")
        ax.set(xlim=(0, self.shape[1]), ylim=(self.shape[0], 0), xticks=[], yticks=[])
        ax.set_aspect("equal")
        ax.set_title(f"{self.label}: {self.output:.2f} ({self.unit})", fontsize="medium")
        drawn_on.colorbar(drawn, ax=ax, label=f"share of the {self.unit} per cell")
        return drawn_on

    def _repr_png_(self) -> bytes:
        return png(self.plot())

    def to_json(self) -> str:
        """Return all but the picture as JSON text."""
        kept = [f.name for f in dataclasses.fields(self) if f.compare]
        fields: dict[str, Any] = {name: getattr(self, name) for name in kept}
        # JSON has no infinity, the error of a cell of which too little has been seen.
        errors = self.standard_error.astype(object)
        errors[~np.isfinite(self.standard_error)] = None
        fields |= {"cells": self.cells.tolist(), "standard_error": errors.tolist()}
        return json.dumps(fields, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Attribution:
        """Read what `to_json` wrote; InputError if it is something else."""
        try:
            fields = json.loads(text)
            for name in ("cells", "standard_error"):
                found = np.asarray(fields[name], dtype=np.float32)
                fields[name] = np.where(np.isnan(found), np.float32(np.inf), found)
            for name in ("row_edges", "column_edges", "shape"):
                fields[name] = tuple(fields[name])
            return cls(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"this is not an attribution's JSON: {error}") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Attribution) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]
