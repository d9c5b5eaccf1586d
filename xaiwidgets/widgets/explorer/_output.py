"""How answers are shown, and what the page says comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xaiwidgets.algebra import Attribution, Input, Surrogates
from xaiwidgets.errors import InputError
from xaiwidgets.methods import NAMED, Shapley, method_text
from xaiwidgets.prediction import Score
from xaiwidgets.widgets.explorer._answer import Answer, Side
from xaiwidgets.widgets.explorer._map_sizes import drawable_size, rank_agreement
from xaiwidgets.widgets.explorer._partner import WHOLE, Partner
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import (
    Agreement,
    LinearReading,
    MapSettings,
    ShownAttribution,
    ShownCurves,
    ShownMethod,
    ShownPartner,
    ShownReadings,
    ShownRule,
    TreeReading,
)
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.pictures import IN_SIGHT, NamedPicture, Ranking, ranking

_TOP = 8  # classes of a prediction


def session_outputs(session: Session) -> dict[str, Any]:
    """Return the outputs that show what there is to ask about."""
    return {
        "classes": session.classes,
        "reads_text": session.owner.reads_text,
        "pictures": _named(session, session.pictures),
        "references": _named(session, session.references),
        "baselines": session.baselines,
        **network_outputs(session),
        "layer_hint": session.fitting,
        "methods": [
            ShownMethod(name, kind.label, str(kind.__doc__).strip().splitlines()[0])
            for name, kind in NAMED.items()
        ],
        "notes": notes_of(*filter(None, [session.model, session.rival])),
    }


def network_outputs(session: Session) -> dict[str, Any]:
    """Return the outputs that say which network is asked, and which is its rival."""
    return {"networks": session.networks, "rival": session.rival_name}


def _named(session: Session, pictures: Mapping[str, Input]) -> list[NamedPicture]:
    """Return pictures to choose from, the first with their thumbnails, as they are in sight."""
    return [
        NamedPicture(name, session.thumbnail(picture) if place < IN_SIGHT else None)
        for place, (name, picture) in enumerate(pictures.items())
    ]


def answer_outputs(
    answer: Answer, session: Session, frame: int, total: int, partial: bool
) -> dict[str, Any]:
    """Return the outputs that show an answer, of so many evaluations in all."""

    def shown(side: Side | None) -> ShownAttribution | None:
        if side is None or side.attribution is None:
            return None
        # Other methods than Shapley values have no budget.
        most = total if answer.question.method is None else side.attribution.evaluations
        return shown_attribution(
            side.attribution, frame, most, partial, answer.weights, map_settings(answer.question)
        )

    after, before = answer.after, answer.before
    outputs: dict[str, Any] = {
        "picture": after.shown,
        "prediction": ranking_of(after, answer.target),
        "original": before and before.shown,
        "prediction_before": before and ranking_of(before, answer.target),
        "others": [
            *_partners(answer, [shown(side) for side in answer.sides[1:]]),
            *_second_figure(answer, frame, partial),
        ],
        "agreement": _agreement(answer),
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
                label=_beside(partner, source),
                network=side.term.function,
                picture=side.shown,
                prediction=ranking_of(side, partner.target),
                attribution=None if answer.question.operator == "join" else map_,
            )
        )
    return figures


def _second_figure(answer: Answer, frame: int, partial: bool) -> list[ShownPartner]:
    """Return the same picture with the map of a second method, once it is there."""
    map_, method = answer.beside, answer.question.beside
    if map_ is None or method is None:
        return []
    figure = ShownPartner(
        name=method.label,
        label=method.label,
        network=answer.after.term.function,
        picture=answer.after.shown,
        prediction=ranking_of(answer.after, answer.target),
        attribution=shown_attribution(map_, frame, map_.evaluations, partial),
        # Two methods have two units: on one colour scale the larger would hide the other.
        separate_colors=True,
    )
    return [figure]


def _agreement(answer: Answer) -> Agreement | None:
    if answer.beside_problem:
        return Agreement(None, 0, answer.beside_problem)
    first, other = answer.after.attribution, answer.beside
    return None if first is None or other is None else rank_agreement(first, other)


def _beside(partner: Partner, source: str) -> str:
    if partner.source is not None:
        return source
    if partner.layer is None:
        return f"{source} under {partner.name}"
    return f"{source}, whole network" if partner.layer == WHOLE else f"{source} at {partner.name}"


def known_predictions(answer: Answer, session: Session) -> dict[str, Score]:
    """Return the likeliest class of each picture that has been predicted, in an answer or before.

    What the network said with other weights is forgotten.
    """
    model = session.model
    sides = [side for side in (*answer.sides, answer.before) if side is not None]
    for side in sides:
        name = str(side.term.source)
        # Of the picture as it is: what the network says after an edit is no prediction of it.
        if side.term.model is model and side.term.source == session.inputs.get(name):
            session.keep_prediction(name, side.logits)
    return session.known_predictions()


def maps(answer: Answer, frame: int) -> list[ShownAttribution]:
    """Return the maps of a finished answer, one for each figure."""
    total = answer.question.settings.budget
    sides = [side.attribution for side in answer.sides if side.attribution is not None]
    settings = map_settings(answer.question)
    return [
        shown_attribution(map_, frame, total, False, answer.weights, settings) for map_ in sides
    ]


def map_settings(question: Question) -> MapSettings:
    """Return the settings that make a map what it is."""
    of, method = question.settings, method_text(question.method or Shapley())
    return MapSettings(method, of.baseline, of.output, of.grid, of.players)


def ranking_of(side: Side, target: int | None) -> Ranking:
    """Return the best eight classes, and the score of the class explained."""
    explained = side.best if target is None else target
    return ranking(side.term.model, side.logits, explained, _TOP)


def shown_attribution(
    map_: Attribution,
    frame: int,
    total: int,
    partial: bool,
    weights: Sequence[float] | None = None,
    settings: MapSettings | None = None,
) -> ShownAttribution:
    """Return a map and its ledger line; of a join, with the weights of its sides."""
    map_ = drawable_size(map_)
    start, error = map_.baseline_output, map_.standard_error
    return ShownAttribution(
        frame=frame,
        cells=map_.layout.per_block(map_.cells),
        standard_error=error if error is None else map_.layout.per_block(error),
        row_edges=tuple(map_.row_edges),
        column_edges=tuple(map_.column_edges),
        window=map_.window,
        target=map_.target,
        label=map_.label,
        output=map_.unit,
        value=map_.output,
        baseline_output=start,
        difference=None if start is None else map_.output - start,
        # In doubles: the ledger shows what the sum misses, which is less than float32 rounds.
        sum=float(map_.cells.sum(dtype=np.float64)),
        residual=map_.residual,
        error=map_.error,
        evaluations=map_.evaluations,
        paid=map_.paid,
        total=total,
        seconds=round(map_.seconds, 2),
        seed=map_.seed,
        device=map_.device,
        exact=map_.exact,
        partial=partial or map_.first_look,
        layer=map_.layer,
        explainer=label_of(map_),
        settings=settings,
        # Only of methods with completeness is it known what a map misses.
        adds_up=map_.residual is not None,
        first_look=map_.first_look,
        weights=None if weights is None else tuple(weights),
    )


def label_of(map_: Attribution) -> str:
    """Return what people call a map's method: it is written as Python, its name first."""
    kind = map_.method.partition("(")[0]
    return next((each.label for each in NAMED.values() if each.__name__ == kind), kind)


def shown_readings(other: Surrogates) -> ShownReadings:
    """Return the other readings of a map's coalitions."""
    linear, tree = other.linear, other.tree
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
        curves=_shown_curves(other),
    )


def _shown_curves(other: Surrogates) -> ShownCurves:
    curves = other.curves
    return ShownCurves(
        share=tuple(curves.share.tolist()),
        deletion=tuple(curves.deletion.tolist()),
        insertion=tuple(curves.insertion.tolist()),
        deletion_error=tuple(curves.deletion_error.tolist()),
        insertion_error=tuple(curves.insertion_error.tolist()),
        deletion_area=curves.deletion_area,
        insertion_area=curves.insertion_area,
        r2=curves.r2,
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
    # What is hidden by hand shows what an absent cell does, so that the score falls by what the map
    # says of that place, as far as cells add up.
    if operation == "erase" and question.settings.baseline != "zeros":
        return operation, window, question.settings.baseline
    if operation in ("erase", "blur"):
        return operation, window
    if operation == "shift":
        return operation, details.get("rows", 0), details.get("columns", 0)
    if operation == "noise":
        return operation, details.get("deviation"), details.get("seed", 0)
    if operation == "brighten":
        return operation, details.get("amount")
    return operation, details.get("degrees", details.get("factor"))
