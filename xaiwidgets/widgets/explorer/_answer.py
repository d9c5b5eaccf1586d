"""The answer to a question: predictions and maps of a picture and of what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.algebra import (
    Attribution,
    Comparison,
    Interpretation,
    Join,
    Term,
    compute_source,
)
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.methods import Shapley
from xaiwidgets.widgets.explorer._partner import Partner
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.pictures import ShownPicture, picture_of
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
        pixels = session.pixels(tensor)
        return cls(term, pixels, session.logits(term.model, tensor))

    @property
    def shown(self) -> ShownPicture:
        """The picture as it is shown, with its words where it is a sentence."""
        return picture_of(self.picture, self.term.model.words_at(self.term.source.tensor))

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
        The picture before its edits, if there are any and it is not what they are compared with.
    beside : Attribution or None
        The map of the picture by a second method.
    beside_problem : str
        Why there is none, although there is a second method.
    result : Attribution, Comparison or None
        What `expression.explain` returns.
    """

    question: Question
    expression: Interpretation[Any]
    sides: tuple[Side, ...]
    before: Side | None = None
    beside: Attribution | None = None
    beside_problem: str = ""
    result: Attribution | Comparison | None = None

    def __repr__(self) -> str:
        # `explorer.run().wait()` may be the last line of a cell: written out, the arrays were
        # 18,000 characters there.
        result = "no map yet" if self.result is None else repr(self.result)
        return f"<Answer to {str(self.expression)!r}: {result}>"

    @property
    def after(self) -> Side:
        """The picture as it is."""
        return self.sides[0]

    @property
    def target(self) -> int:
        """The class explained of the picture as it is."""
        target = self.after.term.target
        return self.after.best if target is None else target

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

    def with_before(self, result: Attribution | Comparison) -> Answer:
        """Return self with the map of the picture before its edits, the first of a result."""
        if self.before is None:
            return self
        first = result.maps[0] if isinstance(result, Comparison) else result
        return replace(self, before=replace(self.before, attribution=first))

    def at_layer(self, layer: str | None, session: Session) -> Answer:
        """Return what is known of the answer at another layer: all but its maps."""
        question = self.question.at_layer(layer)
        expression = question.expression(session)
        sides = zip(expression.terms, self.sides, strict=True)
        blank = tuple(replace(side, term=term, attribution=None) for term, side in sides)
        return Answer(question, expression, blank)


def skip_first_looks(
    former: Answer | None, question: Question, steps: Steps[Answer]
) -> Steps[Answer]:
    """Compute an answer without first looks, where the map of a former one tells more.

    Of one question that is asked with other trials or another seed, a gradient map would take the
    place of an estimate.
    """
    map_ = None if former is None else former.after.attribution
    if former is None or map_ is None or map_.first_look:
        return steps
    now = question.settings
    settings = replace(former.question.settings, budget=now.budget, seed=now.seed)
    if replace(former.question, settings=settings) != question:
        return steps

    def estimate(preview: Answer) -> Answer | None:
        look = preview.after.attribution
        return None if look is not None and look.first_look else preview

    return relay(steps, lambda progress: progress.map(estimate))


def answer(question: Question, session: Session, budget: Budget) -> Work[Answer]:
    """Compute predictions and maps; with what-if edits also those before the edits.

    Before and after explain the same class and are compared with the same, so that their maps can
    be compared. The budget is live: its `max_trial` may change on the way.
    """
    return Work(_answer_steps(question, session, budget), "answer")


def _answer_steps(question: Question, session: Session, budget: Budget) -> Steps[Answer]:
    expression = question.expression(session)
    for model in {term.model for term in expression.terms}:
        # Once a job, as writes through `.data` leave no trace but in the full hash.
        model.weights(anew=True)
    # In steps, as an attack may take seconds: whoever read `source.tensor` would compute it in one,
    # which neither Cancel nor another gesture could interrupt.
    for term in expression.terms:
        yield from relay(compute_source(term.source), Progress.without_preview)
    partial = Answer(question, expression, tuple(Side.of(t, session) for t in expression.terms))
    unedited = _unedited(partial, session)
    if unedited is not None:
        partial = replace(partial, before=Side.of(unedited.terms[0], session))
    # Predictions cost one evaluation, maps hundreds: they stand there while the map is made.
    yield Progress(0, None, "predicting", partial)
    settings = arguments(question, session, budget)
    result = yield from relay(
        expression.steps(cache=session.cache, **settings),
        lambda progress: progress.map(partial.with_result),
    )
    after = partial.with_result(result)
    if question.beside is not None and isinstance(expression, Term):
        try:
            after = yield from _beside(expression.using(question.beside), after, session, budget)
        except XaiError as error:  # the first map is an answer all the same
            after = replace(after, beside_problem=str(error))
    if unedited is None:
        return after
    yield Progress(0, None, "before the edits", after)
    result = yield from relay(
        unedited.steps(cache=session.cache, **settings),
        lambda p: p.noted(f"before the edits: {p.note}").map(after.with_before),
    )
    return after.with_before(result)


def _unedited(answer: Answer, session: Session) -> Interpretation[Any] | None:
    """Return what is asked of the picture before its edits; None, where it is shown already."""
    question = answer.question
    if not question.edits:
        return None
    before = replace(question, source=question.picture, target=answer.target)
    try:
        return before.expression(session)
    except XaiError:  # it is what the edited picture is compared with
        return None


def _beside(term: Term, answer: Answer, session: Session, budget: Budget) -> Steps[Answer]:
    """Add the map of a second method, of the class that is explained."""
    question = answer.question.explain_by(term.method)
    settings = arguments(replace(question, beside=None), session, budget)
    first = answer.after.attribution
    if first is not None and answer.question.shares_patches:
        # The same patches as the first map, so that the two can be compared part by part.
        settings["grid"] = first.layout
    explained = replace(term, target=answer.target)
    yield Progress(0, None, f"beside it, {(term.method or Shapley()).label}", answer)
    result = yield from relay(
        explained.steps(cache=session.cache, **settings),
        lambda p: p.map(lambda map_: replace(answer, beside=map_)),
    )
    return replace(answer, beside=result)


def arguments(question: Question, session: Session, budget: Budget) -> dict[str, Any]:
    """Return the arguments of `Interpretation.steps`."""
    settings = question.settings
    reference = session.references.get(settings.baseline)
    shared: dict[str, Any] = {
        "baseline": settings.baseline if reference is None else reference.tensor,
        "output": settings.output,
        "printed": question.is_printed,
    }
    if question.method is not None:  # which has settings of its own, if any
        return {**shared, "references": session.background(question.picture, question.method)}
    grid = settings.grid if settings.players == "grid" else settings.players
    return {"budget": budget, "seed": settings.seed, "grid": grid, **shared}


def random_partner(question: Question, session: Session, same: bool) -> Steps[Partner]:
    """Look for a random picture that is predicted the same class as the question's, or another."""
    # No seed: whoever asks again wants another picture. The Python to copy names what was found.
    model, names = session.model, {partner.name for partner in question.partners}
    best = session.logits(model, question.source.tensor).argmax()
    others = [other for other in session.others(question.picture) if other.name not in names]
    for done, place in enumerate(np.random.default_rng().permutation(len(others))):
        yield Progress(done, len(others), "looking for a picture")
        other = others[place]
        if bool(session.logits(model, other.tensor).argmax() == best) == same:
            return Partner.of(other)
    kind = "the same class as" if same else "another class than"
    raise InputError(f"no other picture is predicted {kind} this one; add references")
