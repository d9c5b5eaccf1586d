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
from xaiwidgets.methods import AttentionRollout, Method, Shapley
from xaiwidgets.widgets.explorer._partner import WHOLE, Partner, name_beside
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._showable import check_showable, root_of, source_in

Operator = Literal["", "join", "left join"]
OPERATORS: tuple[Operator, ...] = ("", "join", "left join")

ONE_PICTURE = "two methods stand side by side on one picture, which nothing is compared with"


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
    swapped : bool
        Whether the rival is asked, so that the model is what it may be compared with.
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
    swapped: bool = False
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
        return any(partner.source is None for partner in self.partners)

    @property
    def is_printed(self) -> bool:
        """Whether the difference of two networks is that which the paper prints."""
        return self.settings.printed and self.operator == "left join" and self.compares_networks

    @property
    def shares_patches(self) -> bool:
        """Whether the Shapley values beside are those of the patches that attend to each other."""
        attention = isinstance(self.method, AttentionRollout) and not self.trail
        return attention and self.beside == Shapley() and self.settings.players == "grid"

    # Gestures. What one field does to others is said here and nowhere else.

    def look_at(self, picture: Input) -> Question:
        """Go to another picture, unedited; partners of its size stay, but for itself."""
        # Maps add up cell by cell (eq. 5), and the other input is a baseline (eq. 6): one size.
        partners = [
            partner
            for partner in self.partners
            if partner.source is None
            or (partner.source != picture and partner.source.shape == picture.shape)
        ]
        return replace(self, source=picture, trail=(), partners=self._fewer(partners))

    def zoom(self, trail: Sequence[Window]) -> Question:
        """Look through windows, one in another, outermost first."""
        return replace(self, trail=tuple(trail))

    def draw(self, window: Window | None) -> Question:
        """Look through one window only."""
        # The window that is there already keeps those around it, the way back.
        return self if window == self.window else self.zoom([window] if window else [])

    def explain(self, target: int | None) -> Question:
        """Explain another class; a join shows what speaks for one class in all its pictures."""
        # An anti-join leaves each side its own class: eq. 6 is one map of f(x) - f(x') for the
        # class of x, and one of f(x') - f(x) for that of x'.
        joined = self.operator == "join"
        partners = tuple(replace(p, target=target) if joined else p for p in self.partners)
        return replace(self, target=target, partners=partners)

    def explain_by(self, method: Method | None) -> Question:
        """Explain by another method; what stands beside it is yet another one."""
        # As in `Term`: what is remembered of a question is found by the one form that it has.
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
        # Weights belong to a join; a new one starts with all counting the same.
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
        # A join adds maps of one class up; an anti-join explains each side's own.
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
        rival = any(partner.source is None and partner.layer is None for partner in new)
        layer = None if rival else self.layer
        beside = None if new else self.beside
        return replace(self, operator=operator, partners=new, layer=layer, beside=beside)

    def uncompare(self, name: str) -> Question:
        """Take a partner away; those that remain count the same."""
        place = self._place(name)
        partners = self._fewer([*self.partners[:place], *self.partners[place + 1 :]])
        return replace(self, partners=partners, operator=self.operator if partners else "")

    def swap(self, name: str, session: Session) -> Question:
        """Let the picture and a partner change places; the other network need not be a partner.

        Each keeps the class that was chosen for it. InputError for what only serves to compare
        with.
        """
        if name in session.networks:
            return self.swap_networks(name, session)
        place = self._place(name)
        partner = self.partners[place]
        if partner.source is None:
            # Two layers of one network: what changes place is where it is truncated.
            here = f"layer {self.layer or WHOLE}"
            other = replace(partner, name=here, layer=self.layer or WHOLE, target=self.target)
            layer = None if partner.layer == WHOLE else partner.layer
            swapped = replace(self, layer=layer)
        else:
            picture = root_of(partner.source)
            if picture.name not in session.pictures:
                raise InputError(f"{picture} is a reference; add it to the pictures to look at it")
            other = replace(Partner.of(self.source), target=self.target)
            swapped = replace(self, source=partner.source)
        partners = [*self.partners[:place], other, *self.partners[place + 1 :]]
        # A weight is of all sides before it (epsilon in eq. 5), which are others now.
        unweighed = tuple(replace(each, weight=None) for each in partners)
        return replace(swapped, target=partner.target, partners=unweighed)

    def swap_networks(self, name: str, session: Session) -> Question:
        """Ask the network of this name; where it is a partner, the one asked so far becomes it."""
        here = session.view(self.swapped).name
        if name == here:
            return self
        # Probes belong to one network.
        whole = self.at_layer(None)
        if any(partner.layer is not None for partner in whole.partners):
            whole = whole.operate("")
        target, partners = whole.target, []
        for partner in whole.partners:
            if partner.source is None:
                target, partner = partner.target, Partner(here, target=whole.target)
            partners.append(partner)
        return replace(whole, swapped=not self.swapped, target=target, partners=tuple(partners))

    def _place(self, name: str) -> int:
        names = [partner.name for partner in self.partners]
        if name not in names:
            raise InputError(f"the picture is not compared with {name!r}")
        return names.index(name)

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

    def edit(self, operation: str, *arguments: Any, of: str | None = None) -> Question:
        """Edit the picture, or a partner; what is done to the window shows around it.

        InputError for a partner that is no picture.
        """
        trail = self.trail[:-1] if self.window in arguments else self.trail
        if of is None:
            edited = Edited.checked(operation, self.source, arguments)
            return replace(self, source=edited, trail=trail)
        place = self._place(of)
        partner = self.partners[place]
        if partner.source is None:
            raise InputError(f"{of} is no picture of its own: edit the picture itself")
        # Its name is how a query writes it, so that it changes with every edit.
        source = Edited.checked(operation, partner.source, arguments)
        partners = list(self.partners)
        partners[place] = replace(partner, name=str(source), source=source)
        return replace(self, partners=tuple(partners), trail=trail)

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
        session = session.view(self.swapped)
        target = self._target(session)
        name = session.name
        first = Term(session.model, self.source, None, target, self.layer, name, self.method)
        # Of the trail only the last window is asked about; the others are the way back.
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
            return session.view(self.swapped).predicted(self.picture)
        return self.target

    def _side(self, first: Term, partner: Partner, session: Session) -> Term:
        if partner.layer is not None:
            layer = None if partner.layer == WHOLE else partner.layer
            if layer == self.layer:
                raise InputError(f"{self.source} is compared with itself")
            return replace(first, layer=layer, target=partner.target)
        if partner.name == session.name:
            raise InputError(f"{self.source} is compared with itself")
        if partner.source is None and session.rival is not None:
            if self.layer is not None:
                raise InputError("two networks are compared as a whole; take the rival away first")
            rival = replace(first, model=session.rival, function=partner.name)
            return replace(rival, target=partner.target)
        if partner.source is None or partner.source == self.source:
            raise InputError(f"{self.source} is compared with itself")
        return replace(first, source=partner.source, target=partner.target)

    def normal(self, session: Session) -> Question:
        """Return what the algebra's expression says of it, with its settings.

        That does not say which windows were around the last one, what operator waits for a partner,
        or that a weight was written which is the one that all would have; but of an edited picture
        it says the class.
        """
        window = None if self.window == Window(0, 0, *self.source.shape[-2:]) else self.window
        # The shares by which all sides count alike, 1/2, 2/3 and so on, as `Join` drops them.
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
        # A query that begins with the rival's name asks this Explorer with its networks swapped.
        swapped = first.model is not session.owner and first.model is session.view(True).model
        session = session.view(swapped)
        check_showable(expression, session, str(expression) if text is None else text)
        shares = expression.shares if isinstance(expression, Join) else (None,) * len(rest)
        partners = [
            replace(
                Partner.named(name_beside(first, term), session), target=term.target, weight=share
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
            swapped,
            expression.method,
            settings=settings,
        )
