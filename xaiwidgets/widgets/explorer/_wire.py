"""How answers cross to the page, and what the page says comes back."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from xaiwidgets.algebra import Attribution, Readings
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window
from xaiwidgets.network import Network
from xaiwidgets.widgets.explorer._answer import Answer, Side
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.pictures import picture_of
from xaiwidgets.widgets.serialize import to_wire

UPLOAD = 20_000_000
"""Bytes of a picture that is handed in; more is no picture for a network."""


def windows(value: Any, _widget: object = None) -> Any:
    """Return a window, or a list of windows, as lists of four numbers."""
    if isinstance(value, Window):
        return [value.top, value.left, value.height, value.width]
    return [windows(inner) for inner in value] if isinstance(value, list) else value


def session_traits(session: Session) -> dict[str, Any]:
    """Return the traits that show what there is to ask about."""
    rivals = [] if session.rival_name is None else [session.rival_name]
    return {
        "classes": session.classes,
        "pictures": [session.thumbnail(one) for one in session.pictures.values()],
        "references": [session.thumbnail(one) for one in session.references.values()],
        "baselines": session.baselines,
        "networks": [session.model.name, *rivals],
        "rival": session.rival_name,
    }


def first_traits(side: Side, session: Session) -> dict[str, Any]:
    """Return the traits that show a picture before it has any map."""
    return {
        "picture": to_wire(picture_of(side.picture)),
        "prediction": prediction(session.model, side, side.term.target),
    }


def answer_traits(
    answer: Answer, session: Session, frame: int, total: int, partial: bool
) -> dict[str, Any]:
    """Return the traits that show an answer, of so many evaluations in all."""

    def drawing(side: Side | None) -> dict[str, Any] | None:
        if side is None or side.attribution is None:
            return None
        return attribution(side.attribution, frame, total, partial, answer.weights)

    after, before = answer.after, answer.before
    traits: dict[str, Any] = {
        **first_traits(after, session),
        "original": before and to_wire(picture_of(before.picture)),
        "prediction_before": before and prediction(session.model, before, answer.target),
        "others": _others(answer, [drawing(side) for side in answer.sides[1:]]),
    }
    # A map that is not there yet leaves the last one on the screen.
    if after.attribution is not None:
        traits["attribution"] = drawing(after)
    if before is None or before.attribution is not None:
        traits["attribution_before"] = drawing(before)
    return traits


def _others(answer: Answer, drawings: list[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Return what is shown beside the picture; in a join the one map lies over all of them."""
    figures = []
    for partner, side, drawing in zip(
        answer.question.partners, answer.sides[1:], drawings, strict=True
    ):
        source = str(side.term.source)
        figures.append(
            {
                "name": partner.name,
                "label": source if partner.input is not None else f"{source} under {partner.name}",
                "network": side.term.function,
                "picture": to_wire(picture_of(side.picture)),
                "prediction": prediction(side.term.model, side, partner.target),
                "attribution": None if answer.question.operator == "join" else drawing,
            }
        )
    return figures


def maps(answer: Answer, frame: int) -> list[dict[str, Any]]:
    """Return the maps of a finished answer, one for each figure."""
    total = answer.question.method.budget
    sides = [side.attribution for side in answer.sides if side.attribution is not None]
    return [attribution(map_, frame, total, False, answer.weights) for map_ in sides]


def prediction(model: Network, side: Side, target: int | None) -> dict[str, Any]:
    """Return the best eight classes, and the row of the class explained."""
    order = side.logits.argsort(descending=True)[:8].tolist()
    chosen = order[0] if target is None else target
    rows = [asdict(s) for s in model.scores(side.logits.double(), [*order, chosen])]
    return {"top": rows[:-1], "target": rows[-1]}


def attribution(
    map_: Attribution, frame: int, total: int, partial: bool, weights: list[float] | None = None
) -> dict[str, Any]:
    """Return a map and its ledger line; of a join, with the weights of its sides."""
    window = map_.window
    error = math.sqrt(float(np.mean(map_.standard_error.astype(np.float64) ** 2)))
    return {
        "frame": frame,
        "cells": map_.cells.tobytes(),
        "standard_error": map_.standard_error.tobytes(),
        "rows": map_.cells.shape[0],
        "columns": map_.cells.shape[1],
        "row_edges": list(map_.row_edges),
        "column_edges": list(map_.column_edges),
        "window": [window.top, window.left, window.height, window.width],
        "target": map_.target,
        "label": map_.label,
        "output": map_.unit,
        "value": map_.output,
        "baseline_output": map_.baseline_output,
        "difference": map_.output - map_.baseline_output,
        "sum": float(map_.cells.sum(dtype=np.float64)),
        "residual": map_.residual,
        "error": error if math.isfinite(error) else None,
        "evaluations": map_.evaluations,
        "paid": map_.paid,
        "total": total,
        "seconds": round(map_.seconds, 2),
        "seed": map_.seed,
        "device": map_.device,
        "exact": map_.exact,
        "partial": partial,
        "layer": map_.layer,
        "weights": weights,
    }


def readings(other: Readings) -> dict[str, Any]:
    """Return the other readings of a map's coalitions."""
    linear, tree, curves = other.linear, other.tree, other.curves
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
        "evaluations": other.evaluations,
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


def edit_arguments(
    content: Mapping[str, Any], question: Question, session: Session
) -> tuple[Any, ...]:
    """Return the arguments of `Explorer.edit` for what the page wants; InputError if it cannot."""
    operation, window = str(content.get("operation")), question.window
    if operation in ("erase", "blur", "paste") and window is None:
        raise InputError(f"{operation} acts on a window; draw one first")
    if operation == "paste":
        number, references = content.get("reference"), list(session.references)
        if not isinstance(number, int) or not 0 <= number < len(references):
            raise InputError("there is no such reference; give Explorer(..., references=...)")
        return operation, references[number], window
    if operation == "erase" and question.method.baseline != "zeros":
        return operation, window, question.method.baseline
    if operation in ("erase", "blur"):
        return operation, window
    if operation == "shift":
        return operation, content.get("rows", 0), content.get("columns", 0)
    return operation, content.get("degrees", content.get("factor"))


def uploaded(file: str, buffers: Sequence[bytes]) -> tuple[str, Image.Image]:
    """Return name and picture of a file that the page hands in; InputError if it is none."""
    data = b"".join(bytes(buffer) for buffer in buffers)
    name = re.sub(r"\.\w+$", "", file or "picture")
    if not 0 < len(data) <= UPLOAD:
        raise InputError(f"{name} has {len(data):,} bytes; give a picture of at most {UPLOAD:,}")
    try:
        # A telephone's photograph says in its EXIF data which side is up.
        return name, ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{name} is no picture that can be read: {error}") from error
