"""A question as the Explorer's traits, which are its API, and as what the page may do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from xaiwidgets.algebra import Probes, query
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.widgets.explorer._codegen import edit_text, python
from xaiwidgets.widgets.explorer._question import OPERATORS, Partner, Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._state import Candidate, ShownLayer

METHOD = ("printed", "baseline", "output", "budget", "seed", "grid")

STATE: dict[str, Callable[[Question, Session], Any]] = {
    "query": lambda question, session: str(question.expression(session)),
    "index": lambda question, session: session.place(question.picture),
    "trail": lambda question, _: list(question.trail),
    "window": lambda question, _: question.window,
    "target": lambda question, _: question.target,
    "layer": lambda question, _: question.layer,
    "operator": lambda question, _: question.operator,
    "partners": lambda question, _: [partner.name for partner in question.partners],
    "partner_targets": lambda question, _: [partner.target for partner in question.partners],
    "weights": lambda question, _: (
        [partner.weight for partner in question.partners] if question.operator == "join" else []
    ),
    **{
        name: lambda question, _, name=name: getattr(question.method, name)  # type: ignore[misc]
        for name in METHOD
    },
}
"""The traits by which a question is asked, each with its value, in an order to set them in."""


def with_trait(question: Question, name: str, value: Any, session: Session) -> Question:
    """Return the question that setting a trait of `STATE` makes of another.

    Raises
    ------
    XaiError
        If there is nothing called so, or the algebra refuses it.
    """
    if STATE[name](question, session) == value:
        return question  # a trait that follows the question, and not the other way round
    changed = _gesture(question, name, value, session)
    changed.expression(session)
    return changed


def with_traits(question: Question, settings: Mapping[str, Any], session: Session) -> Question:
    """Return the question that several settings make of another, in the order of `STATE`."""
    for name in STATE:
        if name in settings:
            value = settings[name]
            value = list(value) if isinstance(value, tuple) else value
            question = with_trait(question, name, value, session)
    return question


def _gesture(question: Question, name: str, value: Any, session: Session) -> Question:
    match name:
        case "query":
            return read_query(value, question, session)
        case "index":
            return question.look_at(session.picture_at(value))
        case "trail":
            return question.zoom(value)
        case "window":
            return question.draw(value)
        case "target":
            return question.explain(session.class_index(value))
        case "layer":
            return question.at_layer(_layer_with_probe(value, session))
        case "operator":
            return question.operate(value)
        case "partners":
            return question.compare_with([Partner.named(partner, session) for partner in value])
        case "partner_targets":
            return question.explain_partners([session.class_index(target) for target in value])
        case "weights":
            return question.weigh(value)
        case "baseline" if value not in session.baselines:
            names = ", ".join(session.baselines)
            raise InputError(f"baseline is {value!r}; use one of {names}")
        case _:
            return question.configure(**{name: value})


def read_query(text: str, question: Question, session: Session) -> Question:
    """Return the question that a text asks; `question` itself, if that is what it asks."""
    other = Question.of(query(text, **session.names), session, question.method, text)
    return question if other == question.normal else other


def _layer_with_probe(layer: str | None, session: Session) -> str | None:
    if layer is not None and layer not in session.probes:
        fitted = ", ".join(session.probes) or "none"
        raise InputError(
            f"layer is {layer!r}, which has no probe (fitted: {fitted}). Run: {session.fitting}"
        )
    return layer


def state(question: Question, session: Session) -> dict[str, Any]:
    """Return all settings that say what a question is."""
    return {name: value(question, session) for name, value in STATE.items()}


def projection(question: Question, session: Session) -> dict[str, Any]:
    """Return all traits that say what a question is."""
    return {
        **state(question, session),
        "code": python(question, question.expression(session), session.code),
        "edits": [edit_text(edit) for edit in question.edits],
    }


def candidates(question: Question, session: Session) -> list[Candidate]:
    """Return what the picture can be compared with, as it is offered on the page."""
    others = [session.thumbnail(picture) for picture in session.others(question.picture)]
    offers = [Candidate(small.name, small.name, small.thumbnail) for small in others]
    itself = session.thumbnail(question.picture)
    if question.edits:
        offers.append(Candidate(itself.name, "before the edits", itself.thumbnail))
    rival = session.rival_name
    if rival is not None:
        offers.append(Candidate(rival, f"under {rival}", itself.thumbnail))
    return offers


def options(question: Question, session: Session) -> dict[str, Any]:
    """Return the outputs that show what can be done from here."""
    probes = session.probes
    return {
        "layers": [ShownLayer(name, probe.agreement) for name, probe in probes.items()],
        "layer_hint": session.fitting,
        "blocked": refusals(question, session, probes),
    }


def refusals(question: Question, session: Session, probes: Probes) -> dict[str, str]:
    """Return the page's controls that are refused now, each with the reason.

    Each gesture is tried; that it is refused, and why, is said by the algebra.
    """
    kinds = _kinds(question, session)
    reasons = {
        operator: [_reason(partial(question.compare, operator, kind[0]), session) for kind in kinds]
        for operator in OPERATORS[1:]
    }
    none = "there is no other picture: choose a file, or give references"
    refused: dict[str, str] = {}
    for operator, words in reasons.items():
        refused |= {operator: next(iter(words), none)} if all(words) else {}
    for kind, *both in zip(kinds, *reasons.values(), strict=True):
        if all(both):
            refused |= {f"candidate:{partner.name}": both[0] for partner in kind}
    if question.operator != "join" or len(question.partners) != 1:
        several = "more than two count the same; write other weights in the query"
        refused["weight"] = several if len(question.partners) > 1 else "only a join has weights"
    if not question.configure(printed=True).is_printed:
        refused["printed"] = "for an anti-join of two networks"
    if not probes:
        refused["layer"] = f"no layer is fitted; run {session.fitting}"
    elif reason := _reason(partial(question.at_layer, next(iter(probes))), session):
        refused["layer"] = reason
    return refused


def _kinds(question: Question, session: Session) -> list[list[Partner]]:
    """Return the candidates, those together between which the algebra does not distinguish."""
    others = [Partner(other.name, other) for other in session.others(question.picture)]
    itself = [Partner(question.picture.name, question.picture)] if question.edits else []
    rival = [Partner(session.rival_name)] if session.rival_name is not None else []
    return [kind for kind in (others, itself, rival) if kind]


def _reason(gesture: Callable[[], Question], session: Session) -> str:
    """Return why what a gesture asks cannot be asked; nothing, if it can."""
    try:
        gesture().expression(session)
    except XaiError as error:
        return str(error)
    return ""
