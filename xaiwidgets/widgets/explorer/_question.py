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
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._showable import check_showable, root_of, source_in

Operator = Literal["", "join", "left join"]
OPERATORS: tuple[Operator, ...] = ("", "join", "left join")


@dataclass(frozen=True)
class Partner:
    """What the picture is compared with.

    Attributes
    ----------
    name : str
    input : Input or None
        Another picture; None: the same one under the rival network of this name.
    target : int or None
        The class explained there; None is the predicted one.
    weight : float or None
        In a join, of all that comes before it; None: all count the same.
    """

    name: str
    input: Input | None = None
    target: int | None = None
    weight: float | None = None

    @classmethod
    def named(cls, name: str, session: Session) -> Partner:
        """Return a picture, a reference or the rival; InputError if there is none such."""
        if name == session.rival_name:
            return cls(name)
        if name not in session.inputs:
            names = ", ".join([*session.inputs, *filter(None, [session.rival_name])])
            raise InputError(f"there is no {name!r} to compare with; there are {names}")
        return cls(name, session.inputs[name])


@dataclass(frozen=True)
class ShapleySettings:
    """How a map is estimated: the arguments of `Interpretation.explain`.

    `baseline` is "zeros", "mean", "blur" or the name of a reference.
    """

    budget: int = 1024
    seed: int = 0
    grid: int = 7
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
        The class explained; None is the predicted one.
    layer : str or None
        Where the network is truncated; None is the whole network.
    operator, partners : str, tuple of Partner
        How the picture is compared, and with what; an operator without partners waits for them.
    method : ShapleySettings
        Shapley values are the only method so far.
    """

    source: Source
    trail: tuple[Window, ...] = ()
    target: int | None = None
    layer: str | None = None
    operator: Operator = ""
    partners: tuple[Partner, ...] = ()
    method: ShapleySettings = ShapleySettings()

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
        """Whether the picture is shown to the rival, too."""
        return any(partner.input is None for partner in self.partners)

    @property
    def is_printed(self) -> bool:
        """Whether the difference of two networks is that which the paper prints."""
        return self.method.printed and self.operator == "left join" and self.compares_networks

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

    def at_layer(self, layer: str | None) -> Question:
        """Truncate the network at a layer."""
        return replace(self, layer=layer)

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
        layer = None if any(partner.input is None for partner in new) else self.layer
        return replace(self, operator=operator, partners=new, layer=layer)

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
        return replace(self, method=replace(self.method, **settings))

    def _fewer(self, partners: Sequence[Partner]) -> tuple[Partner, ...]:
        if len(partners) == len(self.partners):
            return self.partners
        return tuple(replace(partner, weight=None) for partner in partners)

    # The algebra

    def expression(self, session: Session) -> Interpretation[Any]:
        """Return it as an interpretation of the algebra: the only check of a question."""
        first = Term(session.model, self.source, None, self.target, self.layer, session.model.name)
        first = first if self.window is None else first.where(self.window)
        whole: Interpretation[Any] = first
        for partner in self.partners:
            side = self._side(first, partner, session)
            joined = self.operator == "join"
            whole = whole.join(side, partner.weight) if joined else whole.left_join(side)
        return whole

    def _side(self, first: Term, partner: Partner, session: Session) -> Term:
        if partner.input is None and session.rival is not None:
            if self.layer is not None:
                raise InputError("two networks are compared as a whole; take the rival away first")
            rival = replace(first, model=session.rival, function=partner.name)
            return replace(rival, target=partner.target)
        if partner.input is None or partner.input == self.source:
            raise InputError(f"{self.source} is compared with itself")
        return replace(first, source=partner.input, target=partner.target)

    @property
    def normal(self) -> Question:
        """What the algebra's expression says of it, with its method.

        It does not say which windows were around the last one, what operator waits for a partner,
        or that a weight was written which is the one that all would have.
        """
        window = None if self.window == Window(0, 0, *self.source.shape[-2:]) else self.window
        partners = tuple(
            replace(partner, weight=None) if partner.weight == (i + 1) / (i + 2) else partner
            for i, partner in enumerate(self.partners)
        )
        return replace(
            self,
            trail=(window,) if window else (),
            operator=self.operator if partners else "",
            partners=partners,
        )

    @classmethod
    def of(
        cls,
        expression: Interpretation[Any],
        session: Session,
        method: ShapleySettings = ShapleySettings(),
        text: str | None = None,
    ) -> Question:
        """Return the question that an expression asks: the inverse of `expression`.

        QueryError says where in `text` it is no question to this session.
        """
        first, *rest = expression.terms
        check_showable(expression, session, str(expression) if text is None else text)
        shares = expression.shares if isinstance(expression, Join) else (None,) * len(rest)
        names = [str(t.source) if t.model is session.model else t.function for t in rest]
        partners = [
            replace(Partner.named(name, session), target=term.target, weight=share)
            for name, term, share in zip(names, rest, shares, strict=True)
        ]
        operator: Operator = "join" if isinstance(expression, Join) else "left join"
        return cls(
            source_in(session, first.source),
            (first.window,) if first.window else (),
            first.target,
            first.layer,
            operator if rest else "",
            tuple(partners),
            method,
        )
