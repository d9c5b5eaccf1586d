"""Computed before anybody looks: other readings of a map, and the maps of all layers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xaiwidgets.algebra import MIN_COALITIONS, Probes, Surrogates, surrogates
from xaiwidgets.derivation import with_steady_weights
from xaiwidgets.errors import XaiError
from xaiwidgets.jobs import Channel, Job
from xaiwidgets.methods import NAMED, Cache, attention_heads
from xaiwidgets.widgets.explorer._answer import Answer, arguments
from xaiwidgets.widgets.explorer._output import maps, shown_readings
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import (
    ShownAttribution,
    ShownHeads,
    ShownReadings,
)
from xaiwidgets.widgets.explorer._stages import shown_stages
from xaiwidgets.widgets.run import Problem
from xaiwidgets.work import Budget, Progress, Steps, relay

_SELDOM = 1.0  # seconds between two messages of what is computed ahead
_REMEMBERED = 24  # questions: a map at each of seven layers is 10 KB
_CLASSES = 12  # whose maps are in the page: of 7 x 7 cells 1.2 KB each


@dataclass(frozen=True)
class Prefetched:
    """Other readings of an answer's map, and the answers at other layers."""

    readings: Surrogates | None = None
    layers: Mapping[str | None, Answer] = field(default_factory=dict)
    invalid_methods: dict[str, str] | None = None
    attention: ShownHeads | None = None


def prefetch(
    answer: Answer, layers: list[str | None], session: Session, with_readings: bool = True
) -> Steps[Prefetched]:
    """Read the coalitions in other ways, then map `layers`, in this order.

    The rows in memory have all layers' answers, so that this evaluates no network.
    """
    ready = Prefetched()
    yield Progress(0, len(layers), "readings")
    first = answer.after.attribution
    if with_readings and first is not None and not few_coalitions(answer):
        other = yield from relay(surrogates(first), Progress.without_preview)
        ready = replace(ready, readings=other)
    ready = replace(
        ready,
        invalid_methods=(yield from _invalid_methods(answer, session)),
        attention=_attention(answer),
    )
    yield Progress(0, len(layers), "layers", ready)
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
            Progress.without_preview,
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


def few_coalitions(answer: Answer) -> str:
    """Return why a map cannot be read in other ways; nothing, if it can."""
    first = answer.after.attribution
    if first is None or (
        first.samples is not None and len(first.samples.outputs) >= MIN_COALITIONS
    ):
        return ""
    if first.samples is None:
        return "only Shapley values have other readings: they are read from their trials"
    return f"too few trials to read: {first.evaluations} of at least {MIN_COALITIONS}"


@dataclass(frozen=True)
class Ahead:
    """What has been computed of a question, by layer ("": the whole network), as it is shown."""

    maps: Mapping[str, list[ShownAttribution]] = field(default_factory=dict)
    readings: Mapping[str, ShownReadings] = field(default_factory=dict)
    invalid_methods: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def with_answer(self, layer: str, maps: list[ShownAttribution]) -> Ahead:
        """Return it with the maps of an answer, one a figure; nothing else, if those were others.

        The networks of a comparison may have been trained on since.
        """
        before = self.maps.get(layer, maps)
        same = [np.array_equal(a.cells, b.cells) for a, b in zip(before, maps, strict=True)]
        ahead = self if all(same) else Ahead()
        return ahead if layer in ahead.maps else replace(ahead, maps={layer: maps, **ahead.maps})

    def joined(self, ready: Prefetched, layer: str, frame: int) -> Ahead:
        """Return it with what was computed ahead from the answer at a layer."""
        at_layers = {name or "": maps(answer, frame) for name, answer in ready.layers.items()}
        read = {} if ready.readings is None else {layer: shown_readings(ready.readings)}
        reasons = ready.invalid_methods
        invalid = self.invalid_methods if reasons is None else {layer: reasons}
        return Ahead(
            {**at_layers, **self.maps},
            {**self.readings, **read},
            {**self.invalid_methods, **invalid},
        )


class Prefetch:
    """Publishes stages, readings and maps, as long as they belong to the question.

    What is known already of a question comes before its answer, or with it, the rest in few
    messages: one a map would cost a page more than the maps.
    """

    def __init__(
        self,
        session: Session,
        lock: AbstractContextManager[Any],
        publish: Callable[..., None],
        channel: Channel,
    ) -> None:
        self._session, self._lock, self._publish = session, lock, publish
        self.channel = channel
        self._probes: Probes | None = None
        self._cache: Cache | None = None
        self._question: Question | None = None  # that of all layers
        self._layer = ""
        self._ahead = Ahead()
        self._former: list[tuple[Question, Ahead]] = []
        self._frame, self._published = 0, 0.0

    def begin(self, question: Question, probes: Probes) -> None:
        """Stop, and hide what does not belong to a question; maps serve every layer of it."""
        self.channel.cancel()
        self._session = self._session.view(question.swapped)
        # Probes are another object whenever the weights are others.
        anew = probes is not self._probes or self._session.cache is not self._cache
        before, now = self._question, replace(question, layer=None).normal(self._session)
        if anew or before is None or before.source != question.source:
            self._publish(stages=())  # which depend on neither window nor class
        if anew or before != now:
            self._keep(before, anew)
            self._ahead = next((ahead for former, ahead in self._former if former == now), Ahead())
        moved = anew or before != now or (question.layer or "") != self._layer
        self._question, self._layer = now, question.layer or ""
        if moved:
            # Else with the answer, which brings the pictures.
            keeps = _keeps_figures(before, now)
            shown = self._ahead if keeps else Ahead()
            self._publish(
                layer_maps=shown.maps,
                class_maps=self._class_maps() if keeps else {},
                readings=shown.readings.get(self._layer),
            )
        self._probes, self._cache = probes, self._session.cache

    def _keep(self, question: Question | None, forget: bool) -> None:
        """Keep what is known of a question, for when it is asked again."""
        if forget:
            self._former.clear()
        elif question is not None and self._ahead.maps:
            others = [pair for pair in self._former if pair[0] != question]
            self._former = [(question, self._ahead), *others][:_REMEMBERED]

    def _class_maps(self) -> dict[str, list[ShownAttribution]]:
        """Return the maps of the question at its layer, as it is asked and was of other classes."""
        if self._question is None:
            return {}
        # Only the class may differ: then the page can lay the map over the picture that stands
        # there, and a click on a class waits for nothing.
        of_any_class = replace(self._question, target=None)
        answers = [(self._question, self._ahead), *self._former]
        candidates = [
            ahead.maps[self._layer]
            for question, ahead in answers
            if self._layer in ahead.maps and replace(question, target=None) == of_any_class
        ]
        return {str(maps[0].target): maps for maps in candidates[:_CLASSES] if maps}

    def follow(self, answer: Answer, probes: Probes, frame: int) -> None:
        """Show what is known with a finished answer, and go on with what may be asked next."""
        question = answer.question
        self.begin(question, probes)
        self._frame, self._published = frame, time.perf_counter()
        self._ahead = self._ahead.with_answer(self._layer, maps(answer, frame))
        self._show(stages=shown_stages(answer, self._session))
        with_readings = self._layer not in self._ahead.readings
        steps = prefetch(answer, self._missing(question), self._session, with_readings)
        steps = with_steady_weights(steps)
        scope = self._question
        self.channel.submit(
            steps, lambda p: self._on_progress(p, scope), lambda job: self._on_end(job, scope)
        )

    def _missing(self, question: Question) -> list[str | None]:
        """Return the layers whose maps are not known, the nearest first."""
        if question.compares_networks:
            return []  # the rival's layers are others
        layers: list[str | None] = [*(self._probes or ()), None]
        here = layers.index(question.layer) if question.layer in layers else len(layers) - 1
        nearest = sorted(range(len(layers)), key=lambda place: abs(place - here))
        return [layers[at] for at in nearest if (layers[at] or "") not in self._ahead.maps]

    def _on_progress(self, progress: Progress, scope: Question | None) -> None:
        now = time.perf_counter()
        if progress.preview is not None and now - self._published >= _SELDOM:
            with self._lock:
                self._published = now
                self._take(progress.preview, scope)

    def _on_end(self, job: Job[Prefetched], scope: Question | None) -> None:
        with self._lock:
            if job.error is not None:
                self._publish(error=Problem(f"computing ahead failed: {job.error}"))
            elif not job.cancelled:
                self._take(job.outcome, scope)

    def _take(self, ready: Prefetched, scope: Question | None) -> None:
        """Show what has been computed, unless another question has come meanwhile."""
        # By identity, as each `begin` makes another object: what was computed for an equal question
        # before may be of other weights.
        if scope is not self._question:
            return
        self._ahead = self._ahead.joined(ready, self._layer, self._frame)
        self._show(attention=ready.attention)

    def _show(self, **more: Any) -> None:
        ahead, layer = self._ahead, self._layer
        if layer in ahead.invalid_methods:
            more["invalid_methods"] = ahead.invalid_methods[layer]
        readings, class_maps = ahead.readings.get(layer), self._class_maps()
        self._publish(layer_maps=ahead.maps, class_maps=class_maps, readings=readings, **more)


def _keeps_figures(before: Question | None, now: Question) -> bool:
    """Return whether the pictures of a question stand there already, and nothing beside them."""
    if before is None or now.beside is not None:
        return False
    # Class, window, method and settings leave the pictures where they are; all else moves them.
    moved = replace(before, target=now.target, trail=now.trail, method=now.method)
    return replace(moved, settings=now.settings) == now
