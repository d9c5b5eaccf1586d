"""How answers are shown, and what the page says comes back."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from xaiwidgets.algebra import Attribution, Surrogates
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.explorer._answer import Answer, Side
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._state import (
    LinearReading,
    ShownAttribution,
    ShownCurves,
    ShownPartner,
    ShownReadings,
    ShownRule,
    TreeReading,
)
from xaiwidgets.widgets.pictures import Ranking, picture_of, ranking

UPLOAD = 20_000_000
"""Bytes of a picture that is handed in; more is no picture for a network."""

_TOP = 8  # classes of a prediction


def session_outputs(session: Session) -> dict[str, Any]:
    """Return the outputs that show what there is to ask about."""
    rivals = [] if session.rival_name is None else [session.rival_name]
    return {
        "classes": session.classes,
        "pictures": [session.thumbnail(picture) for picture in session.pictures.values()],
        "references": [session.thumbnail(picture) for picture in session.references.values()],
        "baselines": session.baselines,
        "networks": [session.model.name, *rivals],
        "rival": session.rival_name,
    }


def answer_outputs(
    answer: Answer, session: Session, frame: int, total: int, partial: bool
) -> dict[str, Any]:
    """Return the outputs that show an answer, of so many evaluations in all."""

    def shown(side: Side | None) -> ShownAttribution | None:
        if side is None or side.attribution is None:
            return None
        return shown_attribution(side.attribution, frame, total, partial, answer.weights)

    after, before = answer.after, answer.before
    outputs: dict[str, Any] = {
        "picture": picture_of(after.picture),
        "prediction": ranking_of(after, answer.question.target),
        "original": before and picture_of(before.picture),
        "prediction_before": before and ranking_of(before, answer.target),
        "others": _partners(answer, [shown(side) for side in answer.sides[1:]]),
    }
    # A map that is not there yet leaves the last one on the screen.
    if after.attribution is not None:
        outputs["attribution"] = shown(after)
    if before is None or before.attribution is not None:
        outputs["attribution_before"] = shown(before)
    return outputs


def _partners(answer: Answer, maps: Sequence[ShownAttribution | None]) -> list[ShownPartner]:
    """Return what is shown beside the picture; in a join the one map lies over all of them."""
    figures = []
    for partner, side, map_ in zip(answer.question.partners, answer.sides[1:], maps, strict=True):
        source = str(side.term.source)
        figures.append(
            ShownPartner(
                name=partner.name,
                label=source if partner.input is not None else f"{source} under {partner.name}",
                network=side.term.function,
                picture=picture_of(side.picture),
                prediction=ranking_of(side, partner.target),
                attribution=None if answer.question.operator == "join" else map_,
            )
        )
    return figures


def maps(answer: Answer, frame: int) -> list[ShownAttribution]:
    """Return the maps of a finished answer, one for each figure."""
    total = answer.question.method.budget
    sides = [side.attribution for side in answer.sides if side.attribution is not None]
    return [shown_attribution(map_, frame, total, False, answer.weights) for map_ in sides]


def ranking_of(side: Side, target: int | None) -> Ranking:
    """Return the best eight classes, and the score of the class explained."""
    explained = side.best if target is None else target
    return ranking(side.term.model, side.logits, explained, _TOP)


def shown_attribution(
    map_: Attribution, frame: int, total: int, partial: bool, weights: Sequence[float] | None = None
) -> ShownAttribution:
    """Return a map and its ledger line; of a join, with the weights of its sides."""
    errors, start = map_.standard_error, map_.baseline_output
    return ShownAttribution(
        frame=frame,
        cells=map_.cells,
        standard_error=errors,
        row_edges=tuple(map_.row_edges),
        column_edges=tuple(map_.column_edges),
        window=map_.window,
        target=map_.target,
        label=map_.label,
        output=map_.unit,
        value=map_.output,
        baseline_output=start,
        difference=None if start is None else map_.output - start,
        sum=float(map_.cells.sum(dtype=np.float64)),
        residual=map_.residual,
        error=None if errors is None else math.sqrt(float(np.mean(errors.astype(np.float64) ** 2))),
        evaluations=map_.evaluations,
        paid=map_.paid,
        total=total,
        seconds=round(map_.seconds, 2),
        seed=map_.seed,
        device=map_.device,
        exact=map_.exact,
        partial=partial,
        layer=map_.layer,
        weights=None if weights is None else tuple(weights),
    )


def shown_readings(other: Surrogates) -> ShownReadings:
    """Return the other readings of a map's coalitions."""
    linear, tree, curves = other.linear, other.tree, other.curves
    rules = [
        ShownRule(
            cells=tuple((c.row, c.column, c.present) for c in rule.conditions),
            text=str(rule).rpartition(":")[0],  # the rest is said beside it
            value=rule.value,
            share=rule.share,
        )
        for rule in tree.rules
    ]
    return ShownReadings(
        evaluations=other.evaluations,
        linear=LinearReading(linear.cells.astype(np.float32), linear.r2),
        tree=TreeReading(tree.cells.astype(np.float32), tree.r2, tuple(rules)),
        curves=ShownCurves(
            share=tuple(curves.share.tolist()),
            deletion=tuple(curves.deletion.tolist()),
            insertion=tuple(curves.insertion.tolist()),
            deletion_error=tuple(curves.deletion_error.tolist()),
            insertion_error=tuple(curves.insertion_error.tolist()),
            deletion_area=curves.deletion_area,
            insertion_area=curves.insertion_area,
            r2=curves.r2,
        ),
    )


def edit_arguments(
    operation: str, details: Mapping[str, Any], question: Question, session: Session
) -> tuple[Any, ...]:
    """Return the arguments of `Explorer.edit` for what the page wants; InputError if it cannot."""
    window = question.window
    if operation in ("erase", "blur", "paste") and window is None:
        raise InputError(f"{operation} acts on a window; draw one first")
    if operation == "paste":
        number, references = details.get("reference"), list(session.references)
        if not isinstance(number, int) or not 0 <= number < len(references):
            raise InputError("there is no such reference; give Explorer(..., references=...)")
        return operation, references[number], window
    if operation == "erase" and question.method.baseline != "zeros":
        return operation, window, question.method.baseline
    if operation in ("erase", "blur"):
        return operation, window
    if operation == "shift":
        return operation, details.get("rows", 0), details.get("columns", 0)
    return operation, details.get("degrees", details.get("factor"))


def uploaded(name: str, buffers: Sequence[Any]) -> tuple[str, Image.Image]:
    """Return name and picture of a file that the page hands in; InputError if it is none."""
    data = b"".join(bytes(buffer) for buffer in buffers)
    name = re.sub(r"\.\w+$", "", name) or "picture"
    if not 0 < len(data) <= UPLOAD:
        raise InputError(f"{name} has {len(data):,} bytes; give a picture of at most {UPLOAD:,}")
    try:
        # A telephone's photograph says in its EXIF data which side is up.
        return name, ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{name} is no picture that can be read: {error}") from error
