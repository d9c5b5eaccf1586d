"""A question as the Explorer's traits, which are its API, and as what the page may do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from xaiwidgets.algebra import HAS_BASELINE, Probes, query
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.methods import NAMED, Shapley, method_text, read_method
from xaiwidgets.widgets.explorer._codegen import edit_text, python
from xaiwidgets.widgets.explorer._partner import WHOLE, Partner
from xaiwidgets.widgets.explorer._question import ONE_PICTURE, OPERATORS, Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import ShownLayer

ESTIMATION = ("printed", "baseline", "output", "budget", "seed", "grid", "players")

STATE: dict[str, Callable[[Question, Session], Any]] = {
    "query": lambda question, session: str(question.expression(session)),
    "index": lambda question, session: session.place(question.picture),
    "trail": lambda question, _: list(question.trail),
    "window": lambda question, _: question.window,
    "target": lambda question, _: question.target,
    "layer": lambda question, _: question.layer,
    "method": lambda question, _: method_text(question.method or Shapley()),
    "beside": lambda question, _: "" if question.beside is None else method_text(question.beside),
    "swapped": lambda question, _: question.swapped,
    "operator": lambda question, _: question.operator,
    "partners": lambda question, _: [partner.name for partner in question.partners],
    "partner_targets": lambda question, _: [partner.target for partner in question.partners],
    "weights": lambda question, _: (
        [partner.weight for partner in question.partners] if question.operator == "join" else []
    ),
    **{
        name: lambda question, _, name=name: getattr(question.settings, name)  # type: ignore[misc]
        for name in ESTIMATION
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
    changed = _gesture(question, name, value, session.view(question.swapped))
    # The check: what cannot be written as an expression of the algebra cannot be asked.
    changed.expression(session)
    return changed


def with_traits(question: Question, settings: Mapping[str, Any], session: Session) -> Question:
    """Return the question that several settings make of another, in the order of `STATE`."""
    # In this order, as the first undo the later: a query replaces the whole question, a picture its
    # windows; and weights and classes are of the partners that are there by then.
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
        case "method":
            return question.explain_by(read_method(value))
        case "beside":
            return question.set_beside(read_method(value) if value else None)
        case "swapped" if value and session.rival is None:
            raise InputError("there is no rival to ask; give Explorer(..., rival=...)")
        case "swapped":
            return question.swap_networks(session.view(value).name, session)
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
    written = Question.of(query(text, **session.names), session, question.settings, text)
    # A method never stands beside itself.
    same = question.beside == (written.method or Shapley())
    # A query says nothing of what stands beside, so that it stays.
    other = replace(written, beside=None if written.partners or same else question.beside)
    return question if other == question.normal(session) else other


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
        "code": python(question, question.expression(session), session),
        "edits": [edit_text(edit) for edit in question.edits],
    }


def candidates(question: Question, session: Session) -> list[str]:
    """Return what the picture can be compared with, by name.

    It is among them, for when it is edited: so they are the same for all pictures of one size, and
    a gesture does not send a thousand names.
    """
    return [picture.name for picture in session.alike(question.picture)]


def options(question: Question, session: Session) -> dict[str, Any]:
    """Return the outputs that show what can be done from here."""
    session = session.view(question.swapped)
    probes = session.probes
    return {
        "layers": [ShownLayer(name, probe.agreement) for name, probe in probes.items()],
        "blocked": refusals(question, session, probes),
    }


def refusals(question: Question, session: Session, probes: Probes) -> dict[str, str]:
    """Return the page's controls that are refused now, each with the reason.

    Each gesture is tried; that it is refused, and why, is said by the algebra.
    """
    session = session.view(question.swapped)
    kinds = _kinds(question, session)
    # The first of each kind is tried for all of it: what is refused goes by sizes and networks, and
    # there may be a thousand pictures at each gesture.
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
    refused |= _refused_methods(question, session) | _unused_settings(question)
    if question.partners:
        refused["beside"] = ONE_PICTURE
        refused["judge"] = "checks are of the map of one picture: take the comparison away"
    for partner in Partner.layers(session):
        if partner.layer != (question.layer or WHOLE):
            gesture = partial(question.compare, "left join", partner)
            refused |= {"other layer": reason} if (reason := _reason(gesture, session)) else {}
            break  # the others are refused as this one is
    if not probes:
        refused["layer"] = "no layer is fitted yet; press Fit layers"
    elif reason := _reason(partial(question.at_layer, next(iter(probes))), session):
        refused["layer"] = reason
    return refused


def _refused_methods(question: Question, session: Session) -> dict[str, str]:
    """Return the methods that cannot explain a comparison; by whether they have a baseline."""
    without = [name for name, kind in NAMED.items() if not kind.has_baseline]
    reason = _reason(partial(question.explain_by, NAMED[without[0]]()), session)
    return {f"method:{name}": HAS_BASELINE for name in without} if reason else {}


def _unused_settings(question: Question) -> dict[str, str]:
    """Return the settings that the method does not look at."""
    method = question.method
    if method is None or isinstance(method, Shapley):
        return {}
    reason = f"{method.label} is not made of trials; its own settings stand behind its name"
    # Not the baseline: what is hidden by hand, or to check the map, is hidden by it.
    return {f"setting:{name}": reason for name in ("budget", "seed", "grid", "players")}


def _kinds(question: Question, session: Session) -> list[list[Partner]]:
    """Return the candidates, those together between which the algebra does not distinguish."""
    others = [Partner.of(other) for other in session.others(question.picture)]
    itself = [Partner.of(question.picture)] if question.edits else []
    rival = [Partner(session.rival_name)] if session.rival_name is not None else []
    return [kind for kind in (others, itself, rival) if kind]


def _reason(gesture: Callable[[], Question], session: Session) -> str:
    """Return why what a gesture asks cannot be asked; nothing, if it can."""
    try:
        gesture().expression(session)
    except XaiError as error:
        return str(error)
    return ""
