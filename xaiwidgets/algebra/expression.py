"""Interpretations: lazy expressions of i-Algebra, their normal form, and their text.

An expression says what to explain; `evaluate` computes it and `language` reads it from text. A
`Term` is one input under one network: identity, projection and selection (eq. 2 to 4). A `Join`
(eq. 5) and an `AntiJoin` (eq. 6) are made of terms. Compositions of the paper that are not defined
raise `CompositionError` when they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from PIL import Image

from xaiwidgets.algebra.combine import Comparison, anti_joined, joined, only
from xaiwidgets.algebra.plan import Plan
from xaiwidgets.algebra.rules import (
    ALIKE,
    EARLIER,
    NOT_BOTH,
    ONE_DIFFERENCE,
    check_alike,
    merged_shares,
    told_apart,
)
from xaiwidgets.algebra.source import Source
from xaiwidgets.algebra.text import class_text, layer_text
from xaiwidgets.checks import nearest
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.images import Baseline, Window
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._shapley import Question, answer
from xaiwidgets.work import Budget, Steps, run

if TYPE_CHECKING:
    from xaiwidgets.network import Network

T_co = TypeVar("T_co", Attribution, Comparison, covariant=True)


class Interpretation(Generic[T_co]):
    """What to explain; made by calling a `Classifier`, or by `query`.

    Every operator returns a new interpretation and computes nothing. Two interpretations are equal
    if they have the same normal form on the same models and the same inputs.

    Attributes
    ----------
    terms : tuple of Term
        Its sides: each one input under one network.
    names : dict
        The objects that the query's names stand for: ``query(str(e), **e.names) == e``.
    """

    terms: tuple[Term, ...]

    def where(self, window: Window) -> Interpretation[T_co]:
        """Explain only `window`, with all else at the baseline: projection (eq. 3).

        A projection of a projection is the projection on the common part of both windows.
        """
        raise NotImplementedError

    def select(self, layer: str) -> Interpretation[T_co]:
        """Explain the network truncated at `layer`: selection (eq. 4), which needs a probe.

        Commutes with projection. A selection of a selection is the earlier layer, and is only
        defined if that is the one selected last; otherwise CompositionError.
        """
        raise NotImplementedError

    def for_class(self, target: int | str) -> Interpretation[T_co]:
        """Explain the score of a class given by name or number, not of the predicted class."""
        raise NotImplementedError

    def join(
        self, other: Interpretation[Any], weight: float | None = None
    ) -> Interpretation[Attribution]:
        """Join (eq. 5): what several inputs have in common, as the weighted sum of their maps.

        Parameters
        ----------
        weight : float, optional
            Of all that is joined already, from 0 to 1 (epsilon in eq. 5); the rest is `other`'s.
            Without a weight all inputs count the same: 0.5 for two.
        """
        _same_operator((self, other), AntiJoin, "join")
        terms = told_apart((*self.terms, *other.terms))
        return Join(terms, merged_shares(self, other, weight))

    def left_join(self, other: Interpretation[Any]) -> Interpretation[Comparison]:
        """Anti-join (eq. 6): what tells several inputs apart, or two networks on one input.

        Each side explains its own class (the predicted one, unless it has one) against the other:
        an input's absent cells show the other input; of two networks, the difference of their maps
        is taken. Of more than two inputs, each is compared with the others on average.
        """
        _same_operator((self, other), Join, "anti-join")
        return AntiJoin(told_apart((*self.terms, *other.terms)))

    def explain(
        self,
        *,
        budget: int | Budget = 1024,
        seed: int = 0,
        target: int | str | None = None,
        grid: int | tuple[int, int] = 7,
        baseline: Baseline = 0.0,
        output: str = "logit",
        printed: bool = False,
    ) -> T_co:
        """Compute the Shapley value of every cell (i-Algebra, eq. 2 to 6).

        Parameters
        ----------
        budget : int or Budget
            Evaluations of the network at most, for each map; exact where 2 ** cells fits. A Budget
            limits them by `max_trial`, and seconds by `max_time`.
        seed : int
            The same seed gives the same map.
        target : int or str, optional
            Class by number or name; the class of the query, else the predicted class.
        grid : int or (int, int)
            Rows and columns of cells in the window (or the picture).
        baseline : float, str or picture
            What an absent cell shows: a number, "zeros", "mean", "blur" or another picture. In an
            anti-join of several inputs it is the other input.
        output : "logit" or "probability"
            The score to explain.
        printed : bool
            For an anti-join of two networks: the expectation as printed in the paper, which does
            not sum to f(x) - f'(x), instead of the difference of the maps.

        Returns
        -------
        Attribution, or for an anti-join Comparison

        Raises
        ------
        InputError, ModelError
        """
        how: dict[str, Any] = {"budget": budget, "seed": seed, "grid": grid, "baseline": baseline}
        return run(self.steps(target=target, output=output, printed=printed, **how))

    def steps(self, *, cache: Cache | None = None, **how: Any) -> Steps[T_co]:
        """Compute what `explain` returns step by step; previews of it come on the way.

        What `cache` (by default the model's own, of this session) knows is not evaluated again.
        """
        raise NotImplementedError

    def explain_plan(self, *, cache: Cache | None = None, **how: Any) -> Plan:
        """Return what `explain` would evaluate, and what is known already; evaluates no map.

        Examples
        --------
        >>> import torch
        >>> from xaiwidgets import Classifier
        >>> model = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2)))
        >>> print(model(torch.ones(3, 4, 4)).explain_plan(grid=2, budget=64))
        select * from f(x)
          4 cells, 16 coalitions: 16 to evaluate
        in all 16 evaluations
        """
        how.pop("printed", None)
        return Plan.of(str(self), self._questions(**how), cache)

    def _questions(self, **how: Any) -> list[Question]:
        """Return the maps that it is made of; `how` as for `explain`."""
        return [term.question(**how) for term in self.terms]

    @property
    def names(self) -> dict[str, Any]:
        """The objects that the query's names stand for."""
        bound: dict[str, Any] = {}
        for term in self.terms:
            bound |= {term.function: term.model, **term.source.names}
        return bound


@dataclass(frozen=True)
class Term(Interpretation[Attribution]):
    """One input under one network, or under the network truncated at a layer.

    Examples
    --------
    >>> import torch
    >>> from xaiwidgets import Classifier, Window
    >>> model = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2)))
    >>> str(model(torch.ones(3, 4, 4)).where(Window(0, 1, 2, 3)).select("0"))
    'select 0 from f(x) where [0:2, 1:4]'
    """

    model: Network
    source: Source
    window: Window | None = None
    target: int | None = None
    layer: str | None = None
    function: str = "f"

    def __post_init__(self) -> None:
        if self.window == Window(0, 0, *self.source.shape[-2:]):
            object.__setattr__(self, "window", None)

    @property
    def terms(self) -> tuple[Term, ...]:  # type: ignore[override]
        """Itself."""
        return (self,)

    def where(self, window: Window) -> Term:
        """Explain only this window (eq. 3)."""
        if not isinstance(window, Window):
            raise InputError(f"where takes a Window, not {window!r}")
        window.inside(self.source.shape)
        return replace(self, window=window.intersect(self.window) if self.window else window)

    def select(self, layer: str) -> Term:
        """Explain the network truncated at `layer` (eq. 4)."""
        known = self.model.layers_for(self.source.tensor)
        if layer not in known:
            raise InputError(
                f"there is no layer {layer!r} that answers once{nearest(str(layer), known)}"
            )
        if self.layer is not None and known.index(layer) > known.index(self.layer):
            raise CompositionError(f"{layer} comes after {self.layer}", EARLIER)
        return replace(self, layer=layer)

    def for_class(self, target: int | str) -> Term:
        """Explain the score of this class."""
        return replace(self, target=self.model.index(target))

    def steps(self, *, cache: Cache | None = None, **how: Any) -> Steps[Attribution]:
        """Compute the map step by step."""
        how.pop("printed", None)
        return only(answer(self._questions(**how), cache))

    def question(self, *, target: int | str | None = None, **how: Any) -> Question:
        """Check and return all that decides the map; `how` as for `explain`."""
        chosen = self if target is None else self.for_class(target)
        if isinstance(how.get("baseline"), Image.Image | np.ndarray):
            how["baseline"] = self.model.input(how["baseline"])
        return Question(
            chosen.model,
            chosen.source.tensor,
            chosen.window,
            chosen.target,
            chosen.layer,
            query=str(chosen),
            **how,
        )

    def __str__(self) -> str:
        layer = "*" if self.layer is None else layer_text(self.layer)
        where = f" where {self.window}" if self.window else ""
        target = "" if self.target is None else f" for class {class_text(self.model, self.target)}"
        return f"select {layer} from {self.function}({self.source}){where}{target}"


class _Several(Interpretation[T_co]):
    """Operators that act on each term."""

    def _each(self, terms: Sequence[Term]) -> Any:
        return replace(self, terms=tuple(terms))  # type: ignore[type-var]

    def where(self, window: Window) -> Any:
        return self._each([term.where(window) for term in self.terms])

    def select(self, layer: str) -> Any:
        return self._each([term.select(layer) for term in self.terms])

    def for_class(self, target: int | str) -> Any:
        return self._each([term.for_class(target) for term in self.terms])


@dataclass(frozen=True)
class Join(_Several[Attribution]):
    """The weighted sum of several maps (eq. 5).

    Attributes
    ----------
    shares : tuple of (float or None)
        For each term but the first, what all before it keep (epsilon); None: all count the same.
    """

    terms: tuple[Term, ...]
    shares: tuple[float | None, ...] = ()

    def __post_init__(self) -> None:
        check_alike(self.terms)
        if any(term.window != self.terms[0].window for term in self.terms):
            windows = " and ".join(str(term.window or "no window") for term in self.terms)
            raise CompositionError(f"a join of {windows}", ALIKE)
        same = tuple(
            None if share == (place + 1) / (place + 2) else share
            for place, share in enumerate(self.shares)
        )
        object.__setattr__(self, "shares", same)

    @property
    def weights(self) -> tuple[float, ...]:
        """The weight of each term; they sum to 1."""
        weights = [1.0]
        for place, given in enumerate(self.shares):
            share = (place + 1) / (place + 2) if given is None else given
            weights = [*(weight * share for weight in weights), 1 - share]
        return tuple(weights)

    def steps(self, *, cache: Cache | None = None, **how: Any) -> Steps[Attribution]:
        """Compute the maps side by side, and their weighted sum."""
        how.pop("printed", None)
        return joined(answer(self._questions(**how), cache), self.weights, str(self))

    def __str__(self) -> str:
        first, *rest = self.terms
        text = str(first)
        for term, share in zip(rest, self.shares, strict=True):
            text += f" join ({term})" + ("" if share is None else f" weight {share!r}")
        return text


@dataclass(frozen=True)
class AntiJoin(_Several[Comparison]):
    """What tells several inputs apart, or two networks on one input (eq. 6)."""

    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        check_alike(self.terms)
        one = self.terms[0]
        if any(term.window != one.window for term in self.terms):
            raise CompositionError("an anti-join of different windows", ALIKE)
        networks = all((t.model, t.layer) == (one.model, one.layer) for t in self.terms)
        inputs = all(t.source == one.source for t in self.terms)
        if networks == inputs or (inputs and len(self.terms) > 2):
            raise CompositionError(
                "all sides are one input under one network"
                if networks and inputs
                else "both inputs and networks differ; give both networks one input tensor",
                ONE_DIFFERENCE,
            )

    @property
    def of_networks(self) -> bool:
        """Whether two networks are compared, rather than inputs."""
        one, other = self.terms[:2]
        return (one.model, one.layer) != (other.model, other.layer)

    def steps(
        self, *, cache: Cache | None = None, printed: bool = False, **how: Any
    ) -> Steps[Comparison]:
        """Compute both sides of every comparison together."""
        if printed and not self.of_networks:
            raise InputError("printed is for an anti-join of two networks; this is of inputs")
        questions = self._questions(**how)
        return anti_joined(answer(questions, cache), self.of_networks, printed, str(self))

    def _questions(self, *, target: int | str | None = None, **how: Any) -> list[Question]:
        """Return the maps that make up each side, side after side."""
        terms = [t if target is None else t.for_class(target) for t in self.terms]
        if self.of_networks:
            return [
                replace(term.question(**how), target=side.target, chooser=side.model)
                for side, other in (terms, terms[::-1])
                for term in (side, other)
            ]
        how.pop("baseline", None)
        return [
            replace(one.question(**how), baseline=other.source.tensor)
            for i, one in enumerate(terms)
            for j, other in enumerate(terms)
            if i != j
        ]

    def __str__(self) -> str:
        first, *rest = self.terms
        return " ".join([str(first), *(f"left join ({term})" for term in rest)])


def _same_operator(sides: Sequence[Interpretation[Any]], wrong: type, name: str) -> None:
    for side in sides:
        if not isinstance(side, Interpretation):
            raise InputError(f"{name} takes an interpretation such as model(image), not {side!r}")
        if isinstance(side, wrong):
            raise CompositionError(f"one side of this {name} is {side}", NOT_BOTH)
