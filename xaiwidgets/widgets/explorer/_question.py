"""`Question`: all that an Explorer's picture shows, as one immutable value.

A gesture makes one question of another. What is allowed is what i-Algebra allows: a question is
checked by writing it as an expression of the algebra.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from xaiwidgets.algebra import NOT_BOTH, Edited, Input, Interpretation, Join, Source, Term
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.images import Window
from xaiwidgets.methods import Method, Shapley
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._showable import check_showable, root_of, source_in

Operator = Literal["", "join", "left join"]
WHOLE = "*"
"""How the whole network is called where a layer may stand."""

OPERATORS: tuple[Operator, ...] = ("", "join", "left join")


ONE_PICTURE = "two methods stand side by side on one picture, which nothing is compared with"


@dataclass(frozen=True)
class Partner:
    """What the picture is compared with.

    Attributes
    ----------
    name : str
    input : Input or None
        Another picture; None: the same one under the rival network of this name, or at a layer.
    target : int or None
        The class explained there; None is the predicted one.
    weight : float or None
        In a join, of all that comes before it; None: all count the same.
    layer : str or None
        Where the same network is truncated, to be compared with itself; "*" is nowhere.
    """

    name: str
    input: Input | None = None
    target: int | None = None
    weight: float | None = None
    layer: str | None = None

    @classmethod
    def named(cls, name: str, session: Session) -> Partner:
        """Return a picture, a reference, the rival or "layer ..."; InputError if there is none."""
        if name == session.rival_name:
            return cls(name)
        for partner in cls.layers(session):
            if partner.name == name:
                return partner
        if name not in session.inputs:
            names = ", ".join([*session.inputs, *filter(None, [session.rival_name])])
            raise InputError(f"there is no {name!r} to compare with; there are {names}")
        return cls(name, session.inputs[name])

    @classmethod
    def layers(cls, session: Session) -> list[Partner]:
        """Return the picture at each fitted layer, and under the whole network: "layer *"."""
        # No picture has such a name: theirs have no space.
        return [cls(f"layer {layer}", layer=layer) for layer in (*session.probes, WHOLE)]


@dataclass(frozen=True)
class ShapleySettings:
    """How a map is estimated: the arguments of `Interpretation.explain`.

    `baseline` is "zeros", "mean", "blur" or the name of a reference; `players` are the cells of a
    "grid", or else `grid` is "segments" or "adaptive".
    """

    budget: int = 1024
    seed: int = 0
    grid: int = 7
    players: str = "grid"
    baseline: str = "zeros"
    output: str = "logit"
    printed: bool = False


@dataclass(frozen=True)
class Question:
    """What is explained, of which class, where, compared with what, and how.

    Attributes
    ----------
    source : Input or Edited
        The picture with its what-if edits.
    trail : tuple of Window
        The window looked through comes last, after those around it.
    target : int or None
        The class explained; None is the one predicted for the picture before its edits.
    layer : str or None
        Where the network is truncated; None is the whole network.
    operator, partners : str, tuple of Partner
        How the picture is compared, and with what; an operator without partners waits for them.
    method : Method or None
        What explains; None are Shapley values, by the settings.
    beside : Method or None
        A second method, whose map of the same picture stands beside; None: there is none.
    settings : ShapleySettings
        How Shapley values are estimated, and what every method starts from.
    """

    source: Source
    trail: tuple[Window, ...] = ()
    target: int | None = None
    layer: str | None = None
    operator: Operator = ""
    partners: tuple[Partner, ...] = ()
    method: Method | None = None
    beside: Method | None = None
    settings: ShapleySettings = ShapleySettings()

    @property
    def picture(self) -> Input:
        """The picture before all edits."""
        return root_of(self.source)

    @property
    def edits(self) -> tuple[Edited, ...]:
        """The edits of the picture, first to last."""
        edits, source = [], self.source
        while isinstance(source, Edited):
            edits.append(source)
            source = source.source
        return tuple(reversed(edits))

    @property
    def window(self) -> Window | None:
        """The window looked through; None is the whole picture."""
        return self.trail[-1] if self.trail else None

    @property
    def compares_networks(self) -> bool:
        """Whether the picture is shown to the rival, too, or to the network truncated elsewhere."""
        return any(partner.input is None for partner in self.partners)

    @property
    def is_printed(self) -> bool:
        """Whether the difference of two networks is that which the paper prints."""
        return self.settings.printed and self.operator == "left join" and self.compares_networks

    # Gestures. What one field does to others is said here and nowhere else.

    def look_at(self, picture: Input) -> Question:
        """Go to another picture, unedited; partners of its size stay, but for itself."""
        partners = [
            partner
            for partner in self.partners
            if partner.input is None
            or (partner.name != picture.name and partner.input.shape == picture.shape)
        ]
        return replace(self, source=picture, trail=(), partners=self._fewer(partners))

    def zoom(self, trail: Sequence[Window]) -> Question:
        """Look through windows, one in another, outermost first."""
        return replace(self, trail=tuple(trail))

    def draw(self, window: Window | None) -> Question:
        """Look through one window only."""
        return self if window == self.window else self.zoom([window] if window else [])

    def explain(self, target: int | None) -> Question:
        """Explain another class; a join shows what speaks for one class in all its pictures."""
        joined = self.operator == "join"
        partners = tuple(replace(p, target=target) if joined else p for p in self.partners)
        return replace(self, target=target, partners=partners)

    def explain_by(self, method: Method | None) -> Question:
        """Explain by another method; what stands beside it is yet another one."""
        method = None if method == Shapley() else method
        beside = None if self.beside == (method or Shapley()) else self.beside
        return replace(self, method=method, beside=beside)

    def set_beside(self, method: Method | None) -> Question:
        """Show the map of a second method beside, of one picture; None takes it away."""
        if method is not None and self.partners:
            raise CompositionError(f"{method.label} beside a {self.operator}", ONE_PICTURE)
        if method is not None and method == (self.method or Shapley()):
            raise InputError(f"{method.label} is what explains already; choose another one")
        return replace(self, beside=method)

    def at_layer(self, layer: str | None) -> Question:
        """Truncate the network at a layer, which is not compared with itself."""
        partners = self._fewer([p for p in self.partners if p.layer != (layer or WHOLE)])
        operator: Operator = self.operator if partners or not self.partners else ""
        return replace(self, layer=layer, partners=partners, operator=operator)

    def operate(self, operator: Operator) -> Question:
        """Compare by another operator; by none, with nothing."""
        partners = self.partners if operator else ()
        return replace(
            self, operator=operator, partners=tuple(replace(p, weight=None) for p in partners)
        )

    def compare(self, operator: str, partner: Partner) -> Question:
        """Compare with one more partner, by a "join" or a "left join"."""
        if operator not in OPERATORS[1:]:
            raise InputError(f"operator is {operator!r}; use 'join' or 'left join'")
        if self.partners and operator != self.operator:
            raise CompositionError(f"one side of this {operator} is a {self.operator}", NOT_BOTH)
        compared = replace(self, operator=operator)
        return compared.compare_with([*self.partners, partner])

    def compare_with(self, partners: Sequence[Partner]) -> Question:
        """Compare with these; those that are there already keep their class.

        They keep their weights, too, unless one before them goes: a weight counts all before it.
        """
        operator: Operator = (self.operator or "join") if partners else ""
        before = {partner.name: partner.target for partner in self.partners}
        inherited = self.target if operator == "join" else None
        count = len(self.partners)
        weights: list[float | None] = [None] * len(partners)
        if [partner.name for partner in partners[:count]] == [p.name for p in self.partners]:
            weights[:count] = [partner.weight for partner in self.partners]
        new = tuple(
            replace(partner, target=before.get(partner.name, inherited), weight=weight)
            for partner, weight in zip(partners, weights, strict=True)
        )
        # Probes belong to one network: two are compared as a whole.
        rival = any(partner.input is None and partner.layer is None for partner in new)
        layer = None if rival else self.layer
        beside = None if new else self.beside
        return replace(self, operator=operator, partners=new, layer=layer, beside=beside)

    def uncompare(self, name: str) -> Question:
        """Take a partner away; those that remain count the same."""
        names = [partner.name for partner in self.partners]
        if name not in names:
            raise InputError(f"the picture is not compared with {name!r}")
        place = names.index(name)
        partners = self._fewer([*self.partners[:place], *self.partners[place + 1 :]])
        return replace(self, partners=partners, operator=self.operator if partners else "")

    def weigh(self, weights: Sequence[float | None]) -> Question:
        """Weigh the partners of a join; those without a weight count the same."""
        padded = [*weights, *[None] * len(self.partners)]
        pairs = zip(self.partners, padded, strict=False)
        weighed = tuple(replace(partner, weight=weight) for partner, weight in pairs)
        return replace(self, partners=weighed) if self.operator == "join" else self

    def explain_partners(self, targets: Sequence[int | None]) -> Question:
        """Explain these classes of the partners."""
        inherited = self.target if self.operator == "join" else None
        padded = [*targets, *[inherited] * len(self.partners)]
        pairs = zip(self.partners, padded, strict=False)
        return replace(self, partners=tuple(replace(p, target=target) for p, target in pairs))

    def edit(self, operation: str, *arguments: Any) -> Question:
        """Edit the picture; what is done to the window shows in the picture around it."""
        trail = self.trail[:-1] if self.window in arguments else self.trail
        return replace(self, source=Edited.checked(operation, self.source, arguments), trail=trail)

    def configure(self, **settings: Any) -> Question:
        """Estimate the map in another way."""
        return replace(self, settings=replace(self.settings, **settings))

    def _fewer(self, partners: Sequence[Partner]) -> tuple[Partner, ...]:
        if len(partners) == len(self.partners):
            return self.partners
        return tuple(replace(partner, weight=None) for partner in partners)

    # The algebra

    def expression(self, session: Session) -> Interpretation[Any]:
        """Return it as an interpretation of the algebra: the only check of a question."""
        target = self._target(session)
        name = session.model.name
        first = Term(session.model, self.source, None, target, self.layer, name, self.method)
        first = first if self.window is None else first.where(self.window)
        whole: Interpretation[Any] = first
        for partner in self.partners:
            side = self._side(first, partner, session)
            joined = self.operator == "join"
            whole = whole.join(side, partner.weight) if joined else whole.left_join(side)
        return whole

    def _target(self, session: Session) -> int | None:
        # An edit may make another class the likeliest: what is asked stays what was asked before.
        if self.target is None and self.edits:
            return session.predicted(self.picture)
        return self.target

    def _side(self, first: Term, partner: Partner, session: Session) -> Term:
        if partner.layer is not None:
            layer = None if partner.layer == WHOLE else partner.layer
            if layer == self.layer:
                raise InputError(f"{self.source} is compared with itself")
            return replace(first, layer=layer, target=partner.target)
        if partner.input is None and session.rival is not None:
            if self.layer is not None:
                raise InputError("two networks are compared as a whole; take the rival away first")
            rival = replace(first, model=session.rival, function=partner.name)
            return replace(rival, target=partner.target)
        if partner.input is None or partner.input == self.source:
            raise InputError(f"{self.source} is compared with itself")
        return replace(first, source=partner.input, target=partner.target)

    def normal(self, session: Session) -> Question:
        """Return what the algebra's expression says of it, with its settings.

        That does not say which windows were around the last one, what operator waits for a partner,
        or that a weight was written which is the one that all would have; but of an edited picture
        it says the class.
        """
        window = None if self.window == Window(0, 0, *self.source.shape[-2:]) else self.window
        partners = tuple(
            replace(partner, weight=None) if partner.weight == (i + 1) / (i + 2) else partner
            for i, partner in enumerate(self.partners)
        )
        return replace(
            self,
            trail=(window,) if window else (),
            target=self._target(session),
            operator=self.operator if partners else "",
            partners=partners,
        )

    @classmethod
    def of(
        cls,
        expression: Interpretation[Any],
        session: Session,
        settings: ShapleySettings = ShapleySettings(),
        text: str | None = None,
    ) -> Question:
        """Return the question that an expression asks: the inverse of `expression`.

        QueryError says where in `text` it is no question to this session.
        """
        first, *rest = expression.terms
        check_showable(expression, session, str(expression) if text is None else text)
        shares = expression.shares if isinstance(expression, Join) else (None,) * len(rest)
        partners = [
            replace(
                Partner.named(_name_beside(first, term), session), target=term.target, weight=share
            )
            for term, share in zip(rest, shares, strict=True)
        ]
        operator: Operator = "join" if isinstance(expression, Join) else "left join"
        return cls(
            source_in(session, first.source),
            (first.window,) if first.window else (),
            first.target,
            first.layer,
            operator if rest else "",
            tuple(partners),
            expression.method,
            settings=settings,
        )


def _name_beside(first: Term, term: Term) -> str:
    """Return what the page calls a side that is compared with the first."""
    if term.model is not first.model:
        return term.function
    if term.source == first.source and term.layer != first.layer:
        return f"layer {term.layer or WHOLE}"
    return str(term.source)
