"""The Explorer's work: prediction and map of a picture, and of the same before its edits."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.acceleration import fingerprint
from xaiwidgets.algebra.attribution import Attribution
from xaiwidgets.algebra.evaluate import Question
from xaiwidgets.algebra.expression import Interpretation
from xaiwidgets.algebra.game import CoalitionCache
from xaiwidgets.steps import Progress, Steps
from xaiwidgets.widgets.script import root_of


@dataclass(frozen=True)
class Side:
    """A picture, the network's logits for it, and the map if it is there yet."""

    picture: NDArray[np.uint8]
    logits: Tensor
    attribution: Attribution | None = None


@dataclass(frozen=True)
class Answer:
    """What the Explorer shows: the picture as it is, and before its edits if there are any."""

    target: int
    after: Side
    before: Side | None = None


@dataclass
class Memory:
    """What one Explorer remembers, so that a repeated gesture costs no evaluation."""

    coalitions: CoalitionCache = field(default_factory=CoalitionCache)
    sides: OrderedDict[object, Side] = field(default_factory=OrderedDict)

    def keep(self, key: object, side: Side) -> Side:
        """Remember one finished side; the oldest of more than 200 is forgotten."""
        self.sides[key] = side
        if len(self.sides) > 200:
            self.sides.popitem(last=False)
        return side


def answer_steps(expression: Interpretation, how: dict[str, Any], memory: Memory) -> Steps[Answer]:
    """Compute prediction and map; with what-if edits, also those of the unedited picture.

    Before and after explain the same class, so that their maps can be compared.
    """
    unedited = replace(expression, source=root_of(expression.source))
    edited = unedited.source is not expression.source
    weights = fingerprint(expression.model.net)
    after = seen(expression, memory, weights)
    before = seen(unedited, memory, weights) if edited else None
    target = int(after.logits.argmax()) if expression.target is None else expression.target
    yield Progress(0, None, "predicting", Answer(target, after, before))
    for progress in _explained(expression, after, target, how, weights, memory):
        after = progress.preview or after
        yield replace(progress, preview=Answer(target, after, before))
    if before is not None:
        for progress in _explained(unedited, before, target, how, weights, memory):
            before = progress.preview or before
            note = f"before the edits: {progress.note}"
            yield replace(progress, note=note, preview=Answer(target, after, before))
    return Answer(target, after, before)


def seen(expression: Interpretation, memory: Memory, weights: int | None = None) -> Side:
    """Return picture and logits, remembered per source and weights."""
    model = expression.model
    key = (fingerprint(model.net) if weights is None else weights, expression.source)
    if key not in memory.sides:
        tensor = expression.source.tensor
        memory.keep(key, Side(model.picture(tensor), model.private_logits(tensor[None])[0]))
    return memory.sides[key]


def _explained(
    expression: Interpretation,
    side: Side,
    target: int,
    how: dict[str, Any],
    weights: int,
    memory: Memory,
) -> Steps[Any]:
    """Yield progress whose preview is `side` with a map; the last one has the final map."""
    budget = how["budget"]
    name, baseline = how["baseline"]
    settings = (how["seed"], how["grid"], how["output"], name)
    key = (weights, replace(expression, target=target), *settings)
    asked = budget()
    if (*key, asked) in memory.sides:
        yield Progress(asked, asked, "known", memory.sides[(*key, asked)])
        return
    question = Question(
        expression.model,
        expression.source.tensor,
        expression.window,
        target,
        query=str(expression),
        **{**how, "baseline": baseline},
    )
    steps = question.steps(memory.coalitions)
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            done = stop.value.evaluations
            final = replace(side, attribution=stop.value)
            if budget() == asked:
                memory.keep((*key, asked), final)
            yield Progress(done, done, "done", final)
            return
        shown = progress.preview and replace(side, attribution=progress.preview)
        yield replace(progress, preview=shown)
