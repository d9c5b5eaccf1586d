"""How results cross to the page: plain dictionaries with binary buffers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xaiwidgets.algebra import Surrogates
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window
from xaiwidgets.methods import Attribution
from xaiwidgets.network import Network
from xaiwidgets.widgets.answer import Side

_THUMBNAIL = 56


def picture(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """Return pixels (H, W, 3) as height, width and bytes."""
    height, width, _ = pixels.shape
    return {"height": height, "width": width, "data": pixels.tobytes()}


def named_picture(name: str, pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """Return a name and a small picture of at most 56 pixels a side."""
    small = Image.fromarray(pixels)
    small.thumbnail((_THUMBNAIL, _THUMBNAIL), Image.Resampling.BILINEAR)
    return {"name": name, "thumbnail": picture(np.asarray(small))}


def prediction(model: Network, side: Side, target: int | None) -> dict[str, Any]:
    """Return the best eight classes, and the row of the class explained."""
    order = side.logits.argsort(descending=True)[:8].tolist()
    chosen = order[0] if target is None else target
    rows = [asdict(s) for s in model.scores(side.logits.double(), [*order, chosen])]
    return {"top": rows[:-1], "target": rows[-1]}


def attribution(
    found: Attribution, frame: int, total: int, partial: bool, weights: list[float] | None = None
) -> dict[str, Any]:
    """Return a map and its ledger line; of a join, with the weights of its sides."""
    window = found.window
    errors = np.zeros_like(found.cells) if found.standard_error is None else found.standard_error
    error = math.sqrt(float(np.mean(errors.astype(np.float64) ** 2)))
    start = found.baseline_output
    return {
        "frame": frame,
        "cells": found.cells.tobytes(),
        "standard_error": errors.tobytes(),
        "rows": found.cells.shape[0],
        "columns": found.cells.shape[1],
        "row_edges": list(found.row_edges),
        "column_edges": list(found.column_edges),
        "window": [window.top, window.left, window.height, window.width],
        "target": found.target,
        "label": found.label,
        "output": found.unit,
        "value": found.output,
        "baseline_output": start,
        "difference": None if start is None else found.output - start,
        "sum": float(found.cells.sum(dtype=np.float64)),
        "residual": found.residual,
        "error": None if found.standard_error is None or not math.isfinite(error) else error,
        "evaluations": found.evaluations,
        "paid": found.paid,
        "total": total,
        "seconds": round(found.seconds, 2),
        "seed": found.seed,
        "device": found.device,
        "exact": found.exact,
        "partial": partial,
        "layer": found.layer,
        "weights": weights,
    }


def readings(found: Surrogates) -> dict[str, Any]:
    """Return the other readings of a map's coalitions."""
    linear, tree, curves = found.linear, found.tree, found.curves
    rules = [
        {
            "cells": [list(condition) for condition in rule.conditions],
            "text": str(rule).rpartition(":")[0],  # the rest is said beside it
            "value": rule.value,
            "share": rule.share,
        }
        for rule in tree.rules
    ]
    return {
        "evaluations": found.evaluations,
        "linear": {"cells": linear.cells.astype(np.float32).tobytes(), "r2": linear.r2},
        "tree": {"cells": tree.cells.astype(np.float32).tobytes(), "r2": tree.r2, "rules": rules},
        "curves": {
            "share": curves.share.tolist(),
            "deletion": curves.deletion.tolist(),
            "insertion": curves.insertion.tolist(),
            "deletion_error": curves.deletion_error.tolist(),
            "insertion_error": curves.insertion_error.tolist(),
            "deletion_area": curves.deletion_area,
            "insertion_area": curves.insertion_area,
            "r2": curves.r2,
        },
    }


def edit_asked(
    content: Mapping[str, Any], window: Window | None, references: Sequence[str], baseline: str
) -> tuple[Any, ...]:
    """Return the arguments of `Explorer.edit` for what the page asks; InputError if it cannot."""
    operation = str(content.get("operation"))
    if operation in ("erase", "blur", "paste") and window is None:
        raise InputError(f"{operation} acts on a window; draw one first")
    if operation == "paste":
        number = content.get("reference")
        if not isinstance(number, int) or not 0 <= number < len(references):
            raise InputError("there is no such reference; give Explorer(..., references=...)")
        return operation, references[number], window
    if operation == "erase" and baseline != "zeros":
        return operation, window, baseline
    if operation in ("erase", "blur"):
        return operation, window
    if operation == "shift":
        return operation, content.get("rows", 0), content.get("columns", 0)
    return operation, content.get("degrees", content.get("factor"))
