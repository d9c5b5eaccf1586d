"""The Explorer's work: predictions and maps of a picture and of what it is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.algebra import (
    MIN_COALITIONS,
    Comparison,
    Interpretation,
    Surrogates,
    Term,
    surrogates,
)
from xaiwidgets.methods import Attribution, Cache, digest
from xaiwidgets.widgets.script import root_of
from xaiwidgets.work import Progress, Steps


@dataclass(frozen=True)
class Side:
    """A picture, the network's logits for it, and its map if it is there yet."""

    term: Term
    picture: NDArray[np.uint8]
    logits: Tensor
    attribution: Attribution | None = None

    @property
    def best(self) -> int:
        """The class predicted."""
        return int(self.logits.argmax())


@dataclass(frozen=True)
class Answer:
    """What the Explorer shows.

    Attributes
    ----------
    sides : tuple of Side
        The picture as it is, then what it is compared with. In a join all have the joint map.
    before : Side or None
        The picture before its edits, if there are any and nothing is compared.
    result : Attribution, Comparison or None
        What `expression.explain` returns.
    """

    sides: tuple[Side, ...]
    before: Side | None = None
    result: Attribution | Comparison | None = None

    @property
    def after(self) -> Side:
        """The picture as it is."""
        return self.sides[0]

    @property
    def target(self) -> int:
        """The class explained of the picture as it is."""
        chosen = self.after.term.target
        return self.after.best if chosen is None else chosen

    def with_result(self, result: Attribution | Comparison) -> Answer:
        """Return self with the maps of a result on its sides."""
        maps = result.maps if isinstance(result, Comparison) else (result,) * len(self.sides)
        sides = zip(self.sides, maps, strict=True)
        return replace(
            self, sides=tuple(replace(s, attribution=m) for s, m in sides), result=result
        )


def answer_steps(
    expression: Interpretation[Any], how: dict[str, Any], memory: Cache
) -> Steps[Answer]:
    """Compute predictions and maps; with what-if edits of a term, also those before the edits.

    Before and after explain the same class, so that their maps can be compared.
    """
    for term in expression.terms:
        term.model.weights(anew=True)
    answer = Answer(tuple(seen(term, memory) for term in expression.terms))
    edited = isinstance(expression, Term) and root_of(expression.source) is not expression.source
    if isinstance(expression, Term) and edited:
        answer = replace(answer, before=seen(_unedited(expression, answer.target), memory))
    yield Progress(0, None, "predicting", answer)
    for progress, result in _stream(expression.steps(cache=memory, **how)):
        answer = answer.with_result(result) if result is not None else answer
        yield replace(progress, preview=answer)
    if answer.before is not None:
        for progress, result in _stream(answer.before.term.steps(cache=memory, **how)):
            if result is not None:
                answer = replace(answer, before=replace(answer.before, attribution=result))
            yield replace(progress, note=f"before the edits: {progress.note}", preview=answer)
    return answer


def _unedited(expression: Term, target: int) -> Term:
    return replace(expression, source=root_of(expression.source), target=target)


def _stream(steps: Steps[Any]) -> Iterator[tuple[Progress, Any]]:
    """Yield every progress with its preview, and in the end the result as if it were one."""
    last = Progress(0)
    while True:
        try:
            last = next(steps)
        except StopIteration as stop:
            yield replace(last, note="done"), stop.value
            return
        yield last, last.preview


def seen(term: Term, memory: Cache) -> Side:
    """Return picture and logits, remembered per source and weights."""
    model, tensor = term.model, term.source.tensor
    key = ("seen", model.identity, model.weights(), digest(tensor))
    logits = memory.get(key)
    if logits is None:
        logits = memory.keep(key, model.private_logits(tensor[None])[0])
    return Side(term, model.picture(tensor), logits)


@dataclass(frozen=True)
class Ahead:
    """What is computed ahead: other readings of the map on the screen, and other layers' maps."""

    readings: Surrogates | None
    layers: dict[str | None, Answer]


def ahead_steps(
    expression: Interpretation[Any],
    answer: Answer,
    layers: list[str | None],
    how: dict[str, Any],
    memory: Cache,
) -> Steps[Ahead]:
    """Read the coalitions in other ways, then compute the maps of `layers`, in this order.

    The rows in memory have all layers' answers, so that this evaluates no network.
    """
    read = None
    first = answer.after.attribution
    samples = None if first is None else first.samples
    if first and samples and len(samples.outputs) >= MIN_COALITIONS:
        for progress, result in _stream(surrogates(first)):
            read = result if isinstance(result, Surrogates) else read
            yield progress
    found = Ahead(read, {})
    yield Progress(0, len(layers), "readings", found)
    for layer in layers:
        there = at_layer(expression, layer)
        if there.explain_plan(cache=memory, **how).evaluations:
            continue  # forgotten meanwhile, or too much to keep
        blank = Answer(tuple(replace(side, attribution=None) for side in answer.sides))
        for progress, result in _stream(there.steps(cache=memory, **how)):
            if result is not None and progress.note == "done":
                found = Ahead(read, {**found.layers, layer: blank.with_result(result)})
            yield Progress(len(found.layers), len(layers), progress.note, found)
    return found


def at_layer(expression: Interpretation[Any], layer: str | None) -> Any:
    """Return the expression at another layer."""
    if isinstance(expression, Term):
        return replace(expression, layer=layer)
    terms = tuple(replace(term, layer=layer) for term in expression.terms)
    return replace(expression, terms=terms)  # type: ignore[type-var]
