"""Which expressions of the algebra an Explorer shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from xaiwidgets.algebra import Edited, Input, Interpretation, Source
from xaiwidgets.errors import QueryError
from xaiwidgets.widgets.explorer._session import SET, Session

SHOWN_AT_ONCE = 16
"""Pictures that are shown beside each other."""


def root_of(source: Source) -> Input:
    """Return the picture before all edits."""
    while isinstance(source, Edited):
        source = source.source
    return source


def source_in(session: Session, source: Source) -> Source:
    """Return a source of a query with the session's own inputs in it, which compare at once."""
    if isinstance(source, Input):
        # Equality of inputs compares all numbers; with the session's own objects it compares none.
        return session.inputs[source.name]
    arguments = tuple(
        source_in(session, argument) if isinstance(argument, Input | Edited) else argument
        for argument in source.arguments
    )
    return replace(source, source=source_in(session, source.source), arguments=arguments)


def check_showable(expression: Interpretation[Any], session: Session, text: str) -> None:
    """Raise QueryError for what is a query, but not one that an Explorer shows."""

    def refuse(words: str, place: object) -> NoReturn:
        raise QueryError(words, text, max(0, text.rfind(str(place))))

    if len(expression.terms) > SHOWN_AT_ONCE:
        refuse(f"{len(expression.terms)} pictures beside each other; {SHOWN_AT_ONCE} fit here", SET)
    first, *rest = expression.terms
    picture = root_of(first.source).name
    if first.model is not session.model:
        refuse(f"{first.function} is no network of this Explorer", first.function)
    if picture not in session.pictures:
        refuse(f"{picture} is a reference, to compare with; add it to the pictures", picture)
    for term in expression.terms:
        if term.target is not None and term.target >= len(session.classes):
            refuse(f"there are only {len(session.classes)} classes", term.target)
        if term.layer is not None and term.layer not in session.probes:
            refuse(f"layer {term.layer} has no probe; run {session.fitting}", term.layer)
    for term in rest:
        if term.model is not session.model:
            if term.model is not session.rival:
                refuse(f"{term.function} is no network of this Explorer", term.function)
            if term.source != first.source or term.layer or first.layer:
                refuse("the rival is shown the same picture, as a whole network", term.function)
        elif term.source == first.source and term.layer != first.layer:
            continue  # two layers are compared
        elif term.source == first.source:
            refuse(f"{term.source} is compared with itself", term.source)
        elif term.layer != first.layer:
            refuse("all sides are shown at one layer here; use Python", term.layer or "*")
