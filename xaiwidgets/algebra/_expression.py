"""Interpretations: lazy expressions of i-Algebra, their normal form, and their text.

An expression says what to explain; a method computes it and `language` reads it from text. A
`Term` is one input under one network: identity, projection and selection (eq. 2 to 4). A `Join`
(eq. 5) and an `AntiJoin` (eq. 6) are made of terms. Compositions of the paper that are not defined
raise `CompositionError` when they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import numpy as np
from PIL import Image

from xaiwidgets.algebra._combine import Comparison, anti_joined, joined
from xaiwidgets.algebra._explainable import Explainable, T_co, refuse_printed
from xaiwidgets.algebra._quoting import class_text, layer_text
from xaiwidgets.algebra._rules import (
    ALIKE,
    EARLIER,
    HAS_BASELINE,
    NOT_BOTH,
    ONE_DIFFERENCE,
    ONE_METHOD,
    Shares,
    check_classes,
    check_shapes,
    distinct_names,
    merged_shares,
    weights_of,
)
from xaiwidgets.algebra._source import Source
from xaiwidgets.checks import nearest
from xaiwidgets.errors import CompositionError, InputError
from xaiwidgets.images import Window
from xaiwidgets.methods import Attribution, Method, Shapley, Task, checked_method, method_text
from xaiwidgets.network import Network
from xaiwidgets.probes import layer_numbered
from xaiwidgets.work import Work


class Interpretation(Explainable[T_co]):
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

    def select(self, layer: str | int) -> Interpretation[T_co]:
        """Explain the network truncated at `layer`: selection (eq. 4), which needs a probe.

        A number that is no module's name counts the fitted layers, from 1.

        Commutes with projection. A selection of a selection is the earlier layer, and is only
        defined if that is the one selected last; otherwise CompositionError.
        """
        raise NotImplementedError

    def for_class(self, target: int | str) -> Interpretation[T_co]:
        """Explain the score of a class given by name or number, not of the predicted class."""
        raise NotImplementedError

    def using(self, method: Method | str) -> Interpretation[T_co]:
        """Explain by a method of `xaiwidgets.methods`, given as such or as text.

        Text is a name and maybe settings, as "ig" or 'gradcam(layer="conv2")'. A join sums up maps
        of one method; an anti-join takes one that has a baseline, else CompositionError.
        """
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
        # Undefined in the paper ("Compositions"): a map and a pair of maps do not add up.
        _same_operator((self, other), AntiJoin, "join")
        # The terms are kept in one flat row; how they were nested is in the shares.
        shares = merged_shares(_shares_of(self), _shares_of(other), weight)
        return Join(_distinct((*self.terms, *other.terms)), shares)

    def left_join(self, other: Interpretation[Any]) -> Interpretation[Comparison]:
        """Anti-join (eq. 6): what tells several inputs apart, or two networks on one input.

        Each side explains its own class (the predicted one, unless it has one) against the other:
        an input's absent cells show the other input; of two networks, the difference of their maps
        is taken. Of more than two inputs, each is compared with the others on average.
        """
        _same_operator((self, other), Join, "anti-join")
        return AntiJoin(_distinct((*self.terms, *other.terms)))

    def tasks(self, **how: Any) -> list[Task]:
        """Return the maps that it is made of; `how` is target, baseline and output of `explain`."""
        return [term.task(**how) for term in self.terms]

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
    method: Method | None = None

    def __post_init__(self) -> None:
        if self.method == Shapley():
            # The normal form: the usual method is none, so that its settings can be given later.
            object.__setattr__(self, "method", None)
        if self.window is not None and self.window == Window(0, 0, *self.source.shape[-2:]):
            # The normal form: a projection on the whole input is none, and equal to none.
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
        # A projection of a projection keeps what both show: all else is at the baseline.
        return replace(self, window=window.intersect(self.window) if self.window else window)

    def select(self, layer: str | int) -> Term:
        """Explain the network truncated at `layer` (eq. 4)."""
        layers = self.model.anatomy(self.source.root.tensor).layers
        name = layer_numbered(self.model, str(layer))
        if name not in layers:
            raise InputError(
                f"there is no layer {layer!r} that answers once{nearest(name, layers)}"
            )
        # The paper defines sigma_l sigma_l'(x) for l <= l' only ("Compositions").
        if self.layer is not None and layers.index(name) > layers.index(self.layer):
            raise CompositionError(f"{name} comes after {self.layer}", EARLIER)
        return replace(self, layer=name)

    def for_class(self, target: int | str) -> Term:
        """Explain the score of this class."""
        return replace(self, target=self.model.index(target))

    def using(self, method: Method | str) -> Term:
        """Explain by this method."""
        chosen = checked_method(method)
        method_text(chosen)  # the text of this term has to read back as it
        return replace(self, method=chosen)

    def task(self, *, target: int | str | None = None, **how: Any) -> Task:
        """Check and return what decides the map; `how` as for `tasks`."""
        term = self if target is None else self.for_class(target)
        # A picture becomes an input by the network's own preprocessing, as x itself did.
        if isinstance(how.get("baseline"), Image.Image | np.ndarray):
            how["baseline"] = self.model.input(how["baseline"])
        return Task(
            term.model, term.source.tensor, term.target, term.window, term.layer,
            query=str(term), **how,
        )  # fmt: skip

    def _combined(self, maps: Work[list[Attribution]], printed: bool) -> Work[Attribution]:
        refuse_printed(printed, self)
        return maps.map(itemgetter(0))

    def __str__(self) -> str:
        layer = "*" if self.layer is None else layer_text(self.layer)
        where = f" where {self.window}" if self.window else ""
        target = "" if self.target is None else f" for class {class_text(self.model, self.target)}"
        using = "" if self.method is None else f" using {method_text(self.method)}"
        return f"select {layer} from {self.function}({self.source}){where}{target}{using}"


class _Several(Interpretation[T_co]):
    """Operators that act on each term."""

    def _each(self, terms: Sequence[Term]) -> Any:
        # A new join or anti-join, whose sides are checked again.
        return replace(self, terms=tuple(terms))  # type: ignore[type-var]

    def where(self, window: Window) -> Any:
        return self._each([term.where(window) for term in self.terms])

    def select(self, layer: str | int) -> Any:
        return self._each([term.select(layer) for term in self.terms])

    def for_class(self, target: int | str) -> Any:
        return self._each([term.for_class(target) for term in self.terms])

    def using(self, method: Method | str) -> Any:
        return self._each([term.using(method) for term in self.terms])

    @property
    def method(self) -> Method | None:  # type: ignore[override]
        """The method of all sides."""
        return self.terms[0].method


@dataclass(frozen=True)
class Join(_Several[Attribution]):
    """The weighted sum of several maps (eq. 5).

    Attributes
    ----------
    shares : tuple of (float or None)
        For each term but the first, what all before it keep (epsilon); None: all count the same.
    """

    terms: tuple[Term, ...]
    shares: Shares = ()

    def __post_init__(self) -> None:
        _check_alike(self.terms)
        # Maps add up cell by cell, which takes the same cells.
        if any(term.window != self.terms[0].window for term in self.terms):
            windows = " and ".join(str(term.window or "no window") for term in self.terms)
            raise CompositionError(f"a join of {windows}", ALIKE)
        # The normal form: a weight that was written, but makes all terms count alike, is none.
        same = tuple(
            None if share == (place + 1) / (place + 2) else share
            for place, share in enumerate(self.shares)
        )
        object.__setattr__(self, "shares", same)

    @property
    def weights(self) -> tuple[float, ...]:
        """The weight of each term; they sum to 1."""
        return weights_of(self.shares)

    def _combined(self, maps: Work[list[Attribution]], printed: bool) -> Work[Attribution]:
        refuse_printed(printed, self)
        return joined(maps, self.weights, str(self))

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
        _check_alike(self.terms)
        one = self.terms[0]
        if any(term.window != one.window for term in self.terms):
            raise CompositionError("an anti-join of different windows", ALIKE)
        networks = all((t.model, t.layer) == (one.model, one.layer) for t in self.terms)
        inputs = all(t.source == one.source for t in self.terms)
        # Exactly one of the two may differ, or nothing tells from which a difference comes.
        if networks == inputs or (inputs and len(self.terms) > 2):
            raise CompositionError(
                "all sides are one input under one network"
                if networks and inputs
                else "both inputs and networks differ; give both networks one input tensor",
                ONE_DIFFERENCE,
            )
        if self.method is not None:
            self.check_method(self.method)

    @property
    def of_networks(self) -> bool:
        """Whether two networks are compared, rather than inputs."""
        # If networks differ at all there are two terms, as `__post_init__` has checked.
        one, other = self.terms[:2]
        return (one.model, one.layer) != (other.model, other.layer)

    def check_method(self, method: Method) -> None:
        """Raise CompositionError if a method has no baseline, whose place the other input takes."""
        if not method.has_baseline:
            raise CompositionError(f"an anti-join by {method.label}", HAS_BASELINE)

    def tasks(self, *, target: int | str | None = None, **how: Any) -> list[Task]:
        """Return the maps that make up each side, side after side."""
        terms = [t if target is None else t.for_class(target) for t in self.terms]
        if self.of_networks:
            return [
                replace(term.task(**how), target=side.target, chooser=side.model)
                # Both maps of a side explain one class, by default what its own network predicts.
                for side, other in (terms, terms[::-1])
                for term in (side, other)
            ]
        # Eq. 6 has the other input in the baseline's place.
        how.pop("baseline", None)
        return [
            one.task(baseline=other.source.tensor, **how)
            for i, one in enumerate(terms)
            for j, other in enumerate(terms)
            if i != j
        ]

    def _combined(self, maps: Work[list[Attribution]], printed: bool) -> Work[Comparison]:
        if not self.of_networks:
            refuse_printed(printed, self)
        return anti_joined(maps, self.of_networks, printed, str(self))

    def __str__(self) -> str:
        first, *rest = self.terms
        return " ".join([str(first), *(f"left join ({term})" for term in rest)])


def _same_operator(sides: Sequence[Interpretation[Any]], wrong: type, name: str) -> None:
    for side in sides:
        if not isinstance(side, Interpretation):
            raise InputError(f"{name} takes an interpretation such as model(image), not {side!r}")
        if isinstance(side, wrong):
            raise CompositionError(f"one side of this {name} is {side}", NOT_BOTH)


def _shares_of(side: Interpretation[Any]) -> Shares:
    return side.shares if isinstance(side, Join) else ()


def _distinct(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Give things that are called alike, but are different, names of their own: x, x2, x3."""
    # The text has to read back as this expression, so that one name cannot stand for two things.
    names = distinct_names([{term.function: term.model, **term.source.names} for term in terms])
    return tuple(
        replace(term, function=new[term.function], source=term.source.renamed(new))
        for term, new in zip(terms, names, strict=True)
    )


def _check_alike(terms: Sequence[Term]) -> None:
    check_shapes([(str(term.source), term.source.shape) for term in terms])
    check_classes([(term.function, term.model.classes) for term in terms])
    if any(term.method != terms[0].method for term in terms):
        labels = (term.method.label if term.method else Shapley.label for term in terms)
        raise CompositionError(f"sides by {' and '.join(dict.fromkeys(labels))}", ONE_METHOD)
