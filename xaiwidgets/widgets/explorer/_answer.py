"""The answer to a question: predictions and maps of a picture and of what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.algebra import Attribution, Comparison, Interpretation, Join, Term
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.explorer._question import Partner, Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.work import Budget, Progress, Steps, Work, relay


@dataclass(frozen=True)
class Side:
    """A picture, the network's logits (K,) for it, and its map if it is there yet."""

    term: Term
    picture: NDArray[np.uint8]
    logits: Tensor
    attribution: Attribution | None = None

    @classmethod
    def of(cls, term: Term, session: Session) -> Side:
        """Show a picture to its network."""
        tensor = term.source.tensor
        pixels = session.pixels(term.model, tensor)
        return cls(term, pixels, session.logits(term.model, tensor))

    @property
    def best(self) -> int:
        """The class predicted."""
        return int(self.logits.argmax())


@dataclass(frozen=True, repr=False)
class Answer:
    """What the Explorer shows.

    Attributes
    ----------
    question : Question
        What it answers.
    expression : Interpretation
        The question in the algebra.
    sides : tuple of Side
        The picture as it is, then what it is compared with. In a join all have the joint map.
    before : Side or None
        The picture before its edits, if there are any and nothing is compared.
    result : Attribution, Comparison or None
        What `expression.explain` returns.
    """

    question: Question
    expression: Interpretation[Any]
    sides: tuple[Side, ...]
    before: Side | None = None
    result: Attribution | Comparison | None = None

    def __repr__(self) -> str:
        result = "no map yet" if self.result is None else repr(self.result)
        return f"<Answer to {str(self.expression)!r}: {result}>"

    @property
    def after(self) -> Side:
        """The picture as it is."""
        return self.sides[0]

    @property
    def target(self) -> int:
        """The class explained of the picture as it is."""
        return self.after.best if self.question.target is None else self.question.target

    @property
    def weights(self) -> list[float] | None:
        """Of a join, how much each side counts."""
        return list(self.expression.weights) if isinstance(self.expression, Join) else None

    def with_result(self, result: Attribution | Comparison) -> Answer:
        """Return self with the maps of a result on its sides."""
        maps = result.maps if isinstance(result, Comparison) else (result,) * len(self.sides)
        sides = zip(self.sides, maps, strict=True)
        return replace(
            self, sides=tuple(replace(s, attribution=m) for s, m in sides), result=result
        )

    def with_before(self, attribution: Attribution) -> Answer:
        """Return self with the map of the picture before its edits."""
        if self.before is None:
            return self
        return replace(self, before=replace(self.before, attribution=attribution))

    def at_layer(self, layer: str | None, session: Session) -> Answer:
        """Return what is known of the answer at another layer: all but its maps."""
        question = self.question.at_layer(layer)
        expression = question.expression(session)
        sides = zip(expression.terms, self.sides, strict=True)
        blank = tuple(replace(side, term=term, attribution=None) for term, side in sides)
        return Answer(question, expression, blank)


def answer(question: Question, session: Session, budget: Budget) -> Work[Answer]:
    """Compute predictions and maps; with what-if edits and no partner, also those before the edits.

    Before and after explain the same class, so that their maps can be compared. The budget is
    live: its `max_trial` may change on the way.
    """
    return Work(_answer_steps(question, session, budget), "answer")


def _answer_steps(question: Question, session: Session, budget: Budget) -> Steps[Answer]:
    expression = question.expression(session)
    for model in {term.model for term in expression.terms}:
        model.weights(anew=True)
    partial = Answer(question, expression, tuple(Side.of(t, session) for t in expression.terms))
    if isinstance(expression, Term) and question.edits:
        unedited = replace(expression, source=question.picture, target=partial.target)
        partial = replace(partial, before=Side.of(unedited, session))
    yield Progress(0, None, "predicting", partial)
    settings = arguments(question, session, budget)
    result = yield from relay(
        expression.steps(cache=session.cache, **settings),
        lambda progress: progress.map(partial.with_result),
    )
    after = partial.with_result(result)
    if after.before is None:
        return after
    yield Progress(0, None, "before the edits", after)
    result = yield from relay(
        after.before.term.steps(cache=session.cache, **settings),
        lambda p: p.noted(f"before the edits: {p.note}").map(after.with_before),
    )
    return after.with_before(result)


def arguments(question: Question, session: Session, budget: Budget) -> dict[str, Any]:
    """Return the arguments of `Interpretation.steps`."""
    method = question.method
    reference = session.references.get(method.baseline)
    return {
        "budget": budget,
        "seed": method.seed,
        "grid": method.grid,
        "baseline": method.baseline if reference is None else reference.tensor,
        "output": method.output,
        "printed": question.is_printed,
    }


def random_partner(question: Question, session: Session, same: bool) -> Steps[Partner]:
    """Look for a random picture that is predicted the same class as the question's, or another."""
    model, names = session.model, {partner.name for partner in question.partners}
    best = session.logits(model, question.source.tensor).argmax()
    others = [other for other in session.others(question.picture) if other.name not in names]
    for done, place in enumerate(np.random.default_rng().permutation(len(others))):
        yield Progress(done, len(others), "looking for a picture")
        other = others[place]
        if bool(session.logits(model, other.tensor).argmax() == best) == same:
            return Partner(other.name, other)
    kind = "the same class as" if same else "another class than"
    raise InputError(f"no other picture is predicted {kind} this one; add references")
