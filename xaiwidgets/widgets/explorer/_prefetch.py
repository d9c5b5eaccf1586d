"""Computed before anybody looks: what layers say, their maps, other readings."""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from xaiwidgets.algebra import MIN_COALITIONS, Probes, Surrogates, surrogates
from xaiwidgets.errors import XaiError
from xaiwidgets.jobs import Channel, Job
from xaiwidgets.methods import NAMED, attention_heads
from xaiwidgets.widgets.base import ENGINE
from xaiwidgets.widgets.explorer._answer import Answer, arguments
from xaiwidgets.widgets.explorer._output import maps, shown_readings
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import (
    ShownAttribution,
    ShownHeads,
    ShownReadings,
    ShownStage,
)
from xaiwidgets.widgets.explorer._stages import shown_stages
from xaiwidgets.widgets.run import Problem
from xaiwidgets.work import Budget, Progress, Steps, relay


@dataclass(frozen=True)
class Prefetched:
    """What each layer says, other readings of an answer's map, and the answers at other layers."""

    stages: tuple[ShownStage, ...]
    readings: Surrogates | None
    layers: dict[str | None, Answer]
    invalid_methods: dict[str, str] | None = None
    attention: ShownHeads | None = None


def prefetch(
    answer: Answer, layers: list[str | None], session: Session, with_readings: bool = True
) -> Steps[Prefetched]:
    """Predict at all layers, read the coalitions in other ways, then map `layers`, in this order.

    The rows in memory have all layers' answers, so that this evaluates no network.
    """
    ready = Prefetched(shown_stages(answer, session), None, {})
    yield Progress(0, len(layers), "stages", ready)
    first = answer.after.attribution
    if with_readings and first is not None and not few_coalitions(answer):
        other = yield from relay(surrogates(first), _without_preview)
        ready = replace(ready, readings=other)
    ready = replace(
        ready,
        invalid_methods=(yield from _invalid_methods(answer, session)),
        attention=_attention(answer),
    )
    yield Progress(0, len(layers), "readings", ready)
    if answer.question.method is not None or answer.question.settings.players != "grid":
        return ready  # only of cells of a grid is it known what a map needs
    settings = arguments(
        answer.question, session, Budget(max_trial=answer.question.settings.budget)
    )
    for layer in layers:
        there = answer.at_layer(layer, session)
        if there.expression.explain_plan(cache=session.cache, **settings).evaluations:
            continue  # forgotten meanwhile, or too much to keep
        result = yield from relay(
            there.expression.steps(cache=session.cache, **settings),
            _without_preview,
        )
        ready = replace(ready, layers={**ready.layers, layer: there.with_result(result)})
        yield Progress(len(ready.layers), len(layers), "layers", ready)
    return ready


def _invalid_methods(answer: Answer, session: Session) -> Steps[dict[str, str]]:
    """Return which methods cannot answer the question, and why: one pass each at most."""
    reasons = {}
    settings = arguments(answer.question, session, Budget())
    task = answer.after.term.task(baseline=settings["baseline"], output=settings["output"])
    for done, (name, kind) in enumerate(NAMED.items()):
        yield Progress(done, len(NAMED), "methods")
        method = kind()
        others = session.background(answer.question.picture, method)
        try:
            # Checks at once, and computes nothing until it is driven.
            method.explain([task if others is None else replace(task, references=others)]).close()
        except XaiError as error:
            reasons[name] = str(error)
    return reasons


def _attention(answer: Answer) -> ShownHeads | None:
    """Return what of a transformer can be looked at: found while methods were looked up."""
    sizes = attention_heads(answer.after.term.task())
    return None if sizes is None else ShownHeads(sizes[0], *sizes[1])


def _without_preview(progress: Progress) -> Progress:
    return Progress(progress.done, progress.total, progress.note)


def few_coalitions(answer: Answer) -> str:
    """Return why a map cannot be read in other ways; nothing, if it can."""
    first = answer.after.attribution
    if first is None or (
        first.samples is not None and len(first.samples.outputs) >= MIN_COALITIONS
    ):
        return ""
    if first.samples is None:
        return "only Shapley values have other readings: they are read from coalitions"
    return f"too few coalitions to read: {first.evaluations} of at least {MIN_COALITIONS}"


class Prefetch:
    """Publishes `stages`, `layer_maps` and `readings`, as long as they belong to the question."""

    def __init__(
        self, session: Session, lock: AbstractContextManager[Any], publish: Callable[..., None]
    ) -> None:
        self._session, self._lock, self._publish = session, lock, publish
        self.channel = Channel(ENGINE)
        self._maps: dict[str, list[ShownAttribution]] = {}
        self._stages: tuple[ShownStage, ...] = ()
        self._readings: ShownReadings | None = None
        self._scope: tuple[object, object, Question | None] = (None, None, None)
        self._layer: str | None = None

    def begin(self, question: Question, probes: Probes) -> None:
        """Stop, and forget what does not belong to a question; maps serve every layer of it."""
        self.channel.cancel()
        # Probes are another object whenever the weights are others.
        self._session = self._session.view(question.swapped)
        scope = (probes, self._session.cache, replace(question, layer=None).normal(self._session))
        same = all(map(operator.is_, scope[:2], self._scope)) and scope[2] == self._scope[2]
        former = self._scope[2]
        if self._scope[0] is not probes or former is None or former.source != question.source:
            self._show_stages(())  # what layers say depends on neither window nor class
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
            self._show_stages(ready.stages)
            self._add(ready.layers, frame)
            # Before the readings, which stand below what it unfolds, and may be under the pointer.
            if ready.invalid_methods is not None:
                self._publish(invalid_methods=ready.invalid_methods, attention=ready.attention)
            if self._readings is None and ready.readings is not None:
                self._readings = shown_readings(ready.readings)
                self._publish(readings=self._readings)

    def _show_stages(self, stages: tuple[ShownStage, ...]) -> None:
        if stages != self._stages:
            self._stages = stages
            self._publish(stages=stages)

    def _add(self, answers: dict[str | None, Answer], frame: int) -> None:
        new = {layer or "": maps(answer, frame) for layer, answer in answers.items()}
        if new.keys() - self._maps.keys():
            self._maps = new | self._maps
            self._publish(layer_maps=self._maps)

    def _on_end(self, job: Job[Prefetched]) -> None:
        if job.error is not None:
            self._publish(error=Problem(f"computing ahead failed: {job.error}"))
