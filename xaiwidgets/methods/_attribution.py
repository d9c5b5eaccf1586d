"""`Attribution`: the map that answers a query, with what is needed to trust and repeat it."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.errors import InputError
from xaiwidgets.figures import drawable, figure, png
from xaiwidgets.heatmap import OPACITY, color_limit, interpolated, is_uncertain, map_colors, ramp
from xaiwidgets.images import Window
from xaiwidgets.methods._bars import plot_row
from xaiwidgets.methods._cells import NONE, Cells

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
    cells : array (rows, columns), or (players,)
        What each cell added: for Shapley values (i-Algebra, eq. 2 and 3) in units of the score. One
        axis where the cells are no regular grid.
    layout : Cells
        Where they lie; another map has the same cells by ``explain(grid=layout)``.
    values : array (H, W)
        The cells spread over their pixels, 0 outside the window: it sums to `cells.sum()`.
    target, label : int, str
        The class explained.
    unit : "logit", "probability", or another that the method says
        What the cells are in. Maps of two units, or of two methods, never share a colour range.
    output : float
        The score with every cell of the window present.
    evaluations, paid : int
        Evaluations of the network that the map is made of (coalitions, or passes), and those of
        them that were not in the cache.
    exact : bool
        Whether the cells are what the method defines, and not an estimate of that.
    standard_error : array like cells, or None
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
    first_look : bool
        Whether it is a gradient map, which is shown until there are Shapley values.
    parts : tuple of Attribution
        Of a join, the maps it is the sum of.
    score : str
        What `output` is in, where the cells are no shares of it; else empty.
    words : tuple of str
        Of a sentence, its words: one for each column of pixels.
    """

    cells: Floats
    layout: Cells
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
    first_look: bool = False
    picture: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
    samples: Samples | None = field(default=None, repr=False, compare=False)
    parts: tuple[Attribution, ...] = field(default=(), repr=False, compare=False)
    score: str = ""
    words: tuple[str, ...] = ()

    def __repr__(self) -> str:
        cells = " x ".join(map(str, self.cells.shape))
        return (
            f"<Attribution of {self.query!r}: {self.label} {self.output:.4g} "
            f"({self.score or self.unit}), {cells} cells, "
            f"{self.evaluations:,} evaluations>"
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of pixels of the input."""
        return self.layout.shape

    @property
    def row_edges(self) -> tuple[int, ...]:
        """Where rows of cells begin and end, in pixels; of cells that are no grid, of blocks."""
        return self.layout.row_edges

    @property
    def column_edges(self) -> tuple[int, ...]:
        """Likewise for columns."""
        return self.layout.column_edges

    @property
    def window(self) -> Window:
        """The part of the input that is explained."""
        return self.layout.window

    @property
    def error(self) -> float | None:
        """The standard error of a cell: the root of its mean square; None if it is not known."""
        if self.standard_error is None:
            return None
        return math.sqrt(float(np.mean(self.standard_error.astype(np.float64) ** 2)))

    @cached_property
    def values(self) -> Floats:
        """The map pixel by pixel (H, W)."""
        return self.layout.spread(self.cells)

    def sums(self, cells: Cells) -> Doubles:
        """Return the sum (cells,) of the map over each of other cells, or of its own."""
        if cells == self.layout:
            return self.cells.astype(np.float64).ravel()
        return cells.sums(self.values)

    def plot(
        self, ax: Any = None, limit: float | None = None, look: Literal["cells", "smooth"] = "cells"
    ) -> Any:
        """Draw picture and map with matplotlib, as an Explorer does; return the figure.

        What has one row (a sentence, a series, a row of a table) is drawn as bars. Of pictures, the
        picture shows through where little is at stake. Cells whose sign is uncertain (closer to 0
        than two standard errors) are fainter, and hatched.

        Parameters
        ----------
        ax : matplotlib axes, optional
        limit : float, optional
            The value at full colour, by default the 98th percentile of the map's absolute values.
        look : "cells" or "smooth"
            Whether the cells are drawn as they are, or values between their middles interpolated.
        """
        if look not in ("cells", "smooth"):
            raise InputError(f'look is {look!r}; use "cells" or "smooth"')
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import Normalize

        if self.shape[0] == 1:
            return self._plot_row(ax)
        canvas = ax.figure if ax is not None else figure(5, 4.4)
        ax = ax if ax is not None else canvas.add_subplot()
        limit = color_limit([self.cells]) if limit is None else limit or 1.0
        if self.picture is not None:
            ax.imshow(self.picture, cmap="gray", extent=(0, self.shape[1], self.shape[0], 0))
        colors = self.colors(limit, look, OPACITY if self.picture is not None else 1.0)
        window = self.window
        extent = (window.left, window.right, window.bottom, window.top)
        ax.imshow(colors, extent=extent, interpolation="nearest")
        if look == "cells":
            self._hatch(ax)
        ax.set(xlim=(0, self.shape[1]), ylim=(self.shape[0], 0), xticks=[], yticks=[])
        ax.set_aspect("equal")
        ax.set_title(self._title, fontsize="medium")
        scale = ScalarMappable(Normalize(-limit, limit), ramp())
        share = "" if self.score else "share of the "
        canvas.colorbar(scale, ax=ax, label=f"{share}{self.unit} per cell")
        return canvas

    @property
    def _title(self) -> str:
        name = drawable(self.label, f"class {self.target}")
        return f"{name}: {self.output:.2f} ({self.score or self.unit})"

    def _plot_row(self, ax: Any) -> Any:
        """Draw what has one row as bars."""
        layout, errors = self.layout, None if self.exact else self.standard_error
        return plot_row(
            layout.column_edges,
            layout.per_block(self.cells).ravel(),
            None if errors is None else layout.per_block(errors).ravel(),
            self.words,
            self._title,
            self.unit,
            ax,
        )

    def _hatch(self, ax: Any) -> None:
        """Draw hatching over the cells whose sign is uncertain."""
        layout = self.layout
        doubtful = layout.per_block(is_uncertain(self.cells, self.standard_error))
        if doubtful.any():
            hidden = np.ma.masked_where(~doubtful, np.zeros(doubtful.shape))
            ax.pcolor(layout.column_edges, layout.row_edges, hidden, alpha=0, hatch="///")

    def colors(self, limit: float, look: str = "cells", opacity: float = OPACITY) -> Doubles:
        """Return the colours (height, width, 4) of the window's pixels, as `plot` draws them."""
        layout, errors = self.layout, self.standard_error
        values = layout.per_block(self.cells)
        errors = None if errors is None else layout.per_block(errors)
        edges = layout.row_edges, layout.column_edges
        if look == "smooth":
            # Doubt is interpolated as values are: a smooth map must not look surer.
            values = interpolated(values, self.window, edges)
            errors = None if errors is None else interpolated(errors, self.window, edges)
            return map_colors(values, limit, errors, opacity)
        colors = map_colors(values, limit, errors, opacity)
        colors[layout.blocks == NONE] = 0
        rows, columns = map(np.diff, edges)
        return np.repeat(np.repeat(colors, rows, axis=0), columns, axis=1)

    def _repr_png_(self) -> bytes:
        return png(self.plot())

    def to_json(self) -> str:
        """Return all but the picture as JSON text."""
        # `compare` marks what makes a map equal to another one, and is what a file keeps.
        names = [f.name for f in dataclasses.fields(self) if f.compare]
        fields: dict[str, Any] = {name: getattr(self, name) for name in names}
        layout = fields.pop("layout")
        fields |= {name: getattr(layout, name) for name in ("shape", "row_edges", "column_edges")}
        fields["blocks"] = None if layout.regular else layout.blocks.tolist()
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
            fields["words"] = tuple(fields.get("words", ()))
            cells = fields["cells"] = np.asarray(fields["cells"], dtype=np.float32)
            if fields["standard_error"] is not None:
                errors = np.asarray(fields["standard_error"], dtype=np.float32)
                fields["standard_error"] = np.where(np.isnan(errors), np.float32(np.inf), errors)
            blocks = fields.pop("blocks", None)  # former versions had regular grids only
            blocks = np.arange(cells.size).reshape(cells.shape) if blocks is None else blocks
            layout = Cells(
                tuple(fields.pop("shape")),
                tuple(fields.pop("row_edges")),
                tuple(fields.pop("column_edges")),
                np.asarray(blocks, np.int32),
            )
            return cls(layout=layout, **fields)
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"this is not an attribution's JSON: {error}") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Attribution) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]
