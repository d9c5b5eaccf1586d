"""What may be looked at next is computed before anybody does: layers' maps, other readings."""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from xaiwidgets.algebra import MIN_COALITIONS, Probes, Surrogates, surrogates
from xaiwidgets.jobs import Channel, Job
from xaiwidgets.widgets.base import ENGINE
from xaiwidgets.widgets.explorer._answer import Answer, arguments
from xaiwidgets.widgets.explorer._output import maps, shown_readings
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._state import ShownAttribution, ShownReadings
from xaiwidgets.widgets.run import Problem
from xaiwidgets.work import Budget, Progress, Steps, relay


@dataclass(frozen=True)
class Prefetched:
    """Other readings of an answer's map, and the answers at other layers."""

    readings: Surrogates | None
    layers: dict[str | None, Answer]


def prefetch(
    answer: Answer, layers: list[str | None], session: Session, with_readings: bool = True
) -> Steps[Prefetched]:
    """Read an answer's coalitions in other ways, then compute the maps of `layers`, in this order.

    The rows in memory have all layers' answers, so that this evaluates no network.
    """
    other = None
    first = answer.after.attribution
    if with_readings and first is not None and not few_coalitions(answer):
        other = yield from relay(surrogates(first), _without_preview)
    ready = Prefetched(other, {})
    yield Progress(0, len(layers), "readings", ready)
    settings = arguments(answer.question, session, Budget(max_trial=answer.question.method.budget))
    for layer in layers:
        there = answer.at_layer(layer, session)
        if there.expression.explain_plan(cache=session.cache, **settings).evaluations:
            continue  # forgotten meanwhile, or too much to keep
        result = yield from relay(
            there.expression.steps(cache=session.cache, **settings),
            _without_preview,
        )
        ready = Prefetched(other, {**ready.layers, layer: there.with_result(result)})
        yield Progress(len(ready.layers), len(layers), "layers", ready)
    return ready


def _without_preview(progress: Progress) -> Progress:
    return Progress(progress.done, progress.total, progress.note)


def few_coalitions(answer: Answer) -> str:
    """Return why a map cannot be read in other ways; nothing, if it can."""
    first = answer.after.attribution
    if first is None or (
        first.samples is not None and len(first.samples.outputs) >= MIN_COALITIONS
    ):
        return ""
    return f"too few coalitions to read: {first.evaluations} of at least {MIN_COALITIONS}"


class Prefetch:
    """Publishes `layer_maps` and `readings`, as long as they belong to the question."""

    def __init__(
        self, session: Session, lock: AbstractContextManager[Any], publish: Callable[..., None]
    ) -> None:
        self._session, self._lock, self._publish = session, lock, publish
        self.channel = Channel(ENGINE)
        self._maps: dict[str, list[ShownAttribution]] = {}
        self._readings: ShownReadings | None = None
        self._scope: tuple[object, object, Question | None] = (None, None, None)
        self._layer: str | None = None

    def begin(self, question: Question, probes: Probes) -> None:
        """Stop, and forget what does not belong to a question; maps serve every layer of it."""
        self.channel.cancel()
        # Probes are another object whenever the weights are others.
        scope = (probes, self._session.cache, replace(question, layer=None).normal)
        same = all(map(operator.is_, scope[:2], self._scope)) and scope[2] == self._scope[2]
        if not same:
            self._maps = {}
            self._publish(layer_maps={})
        if not same or question.layer != self._layer:
            self._readings = None
            self._publish(readings=None)
            self._scope, self._layer = scope, question.layer

    def follow(self, answer: Answer, probes: Probes, frame: int) -> None:
        """Go on from a finished answer with what may be asked next, nearest layers first."""
        question = answer.question
        self.begin(question, probes)
        self._add({question.layer: answer}, frame)
        layers: list[str | None] = [*probes, None]
        here = layers.index(question.layer) if question.layer in layers else len(layers) - 1
        nearest = sorted(range(len(layers)), key=lambda place: abs(place - here))
        # The rival's layers are others.
        missing = [layers[place] for place in nearest if (layers[place] or "") not in self._maps]
        missing = [] if question.compares_networks else missing
        steps = prefetch(answer, missing, self._session, self._readings is None)
        scope = self._scope
        self.channel.submit(steps, lambda p: self._on_progress(p, scope, frame), self._on_end)

    def _on_progress(self, progress: Progress, scope: object, frame: int) -> None:
        with self._lock:
            # The step that was under way when another question came is of no use.
            if scope is not self._scope or progress.preview is None:
                return
            ready: Prefetched = progress.preview
            self._add(ready.layers, frame)
            if self._readings is None and ready.readings is not None:
                self._readings = shown_readings(ready.readings)
                self._publish(readings=self._readings)

    def _add(self, answers: dict[str | None, Answer], frame: int) -> None:
        new = {layer or "": maps(answer, frame) for layer, answer in answers.items()}
        if new.keys() - self._maps.keys():
            self._maps = new | self._maps
            self._publish(layer_maps=self._maps)

    def _on_end(self, job: Job[Prefetched]) -> None:
        if job.error is not None:
            self._publish(error=Problem(f"computing ahead failed: {job.error}"))
