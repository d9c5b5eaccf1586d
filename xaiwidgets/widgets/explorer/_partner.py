"""What a picture is compared with, by the name that the page and queries have for it."""

from __future__ import annotations

from dataclasses import dataclass

from xaiwidgets.algebra import Source, Term, query
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._showable import source_in

WHOLE = "*"
"""How the whole network is called where a layer may stand."""


@dataclass(frozen=True)
class Partner:
    """What the picture is compared with.

    Attributes
    ----------
    name : str
        That of a picture is how a query writes it: ``rotate(x2, 15)``, where it is edited.
    source : Input, Edited or None
        Another picture, maybe with what-if edits; None: the same one under the other network, of
        this name, or at a layer.
    target : int or None
        The class explained there; None is the predicted one.
    weight : float or None
        In a join, of all that comes before it; None: all count the same.
    layer : str or None
        Where the same network is truncated, to be compared with itself; "*" is nowhere.
    """

    name: str
    source: Source | None = None
    target: int | None = None
    weight: float | None = None
    layer: str | None = None

    @classmethod
    def named(cls, name: str, session: Session) -> Partner:
        """Return a picture, a reference, an edit of one, a network or "layer ...".

        InputError if there is none.
        """
        if name in session.networks:
            return cls(name)
        for partner in cls.layers(session):
            if partner.name == name:
                return partner
        if "(" in name:
            # Read by the language, so that an edit is written in one way everywhere.
            expression = query(f"select * from {session.name}({name})", **session.names)
            return cls.of(source_in(session, expression.terms[0].source))
        if name not in session.inputs:
            names = ", ".join([*session.inputs, *filter(None, [session.rival_name])])
            raise InputError(f"there is no {name!r} to compare with; there are {names}")
        return cls.of(session.inputs[name])

    @classmethod
    def of(cls, source: Source) -> Partner:
        """Return a picture, or an edit of one, to be compared with."""
        return cls(str(source), source)

    @classmethod
    def layers(cls, session: Session) -> list[Partner]:
        """Return the picture at each fitted layer, and under the whole network: "layer *"."""
        # No picture has such a name: theirs have no space.
        return [cls(f"layer {layer}", layer=layer) for layer in (*session.probes, WHOLE)]


def name_beside(first: Term, term: Term) -> str:
    """Return what the page calls a side that is compared with the first."""
    if term.model is not first.model:
        return term.function
    if term.source == first.source and term.layer != first.layer:
        return f"layer {term.layer or WHOLE}"
    return str(term.source)
