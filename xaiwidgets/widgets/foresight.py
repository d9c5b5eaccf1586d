"""What the Explorer computes before it is asked: other layers' maps, other readings."""

from __future__ import annotations

from typing import Any

from xaiwidgets.algebra import MIN_COALITIONS, Interpretation
from xaiwidgets.jobs import Channel, Job
from xaiwidgets.methods import Attribution
from xaiwidgets.probes import probes_of
from xaiwidgets.widgets import wire
from xaiwidgets.widgets.answer import Ahead, Answer, Side, ahead_steps, at_layer
from xaiwidgets.widgets.base import ENGINE
from xaiwidgets.widgets.comparing import Comparing
from xaiwidgets.work import Progress

HISTORY = 50
"""Queries that are remembered."""


class Foresight(Comparing):
    """An Explorer whose layer slider and readings answer without waiting."""

    def _look_ahead(self) -> None:
        self._ahead, self._looking = Channel(ENGINE), Channel(ENGINE)
        self._thumbnails = {}
        self._ahead_of: object = None
        self._readings_of: object = None

    def _look_around(self) -> None:
        """Write what can be done from here."""
        self.candidates = self._offered()
        probes = probes_of(self._model)
        self.layers = [
            {"name": name, "agreement": probe.agreement} for name, probe in probes.items()
        ]
        if not self.layer_hint:
            fit = f"steps.run(model.fit_probes(images, {self._some_layers()}))"
            self.layer_hint = f"from xaiwidgets import steps; {fit}"
        self.blocked = self._blocked_controls()

    def _some_layers(self) -> list[str]:
        """Return half a dozen layers on the way through the network; all would take much memory."""
        names = self._model.layers[:-1] or self._model.layers
        return names[:: max(1, -(-len(names) // 6))]

    def cancel(self) -> None:
        """Stop all work, also what is computed ahead; the best partial result stays."""
        self._ahead.cancel()
        self._looking.cancel()
        super().cancel()

    def _fitted(self) -> list[str]:
        return list(probes_of(self._model))

    def _forget_ahead(self, expression: Interpretation[Any]) -> None:
        """Forget what was computed ahead for another question; maps serve every layer of it."""
        self._ahead.cancel()
        how = self._how()
        settings = [(name, how[name]) for name in how if name not in ("budget", "baseline")]
        weights = self._model.weights()
        keys = [(name, probe.key) for name, probe in probes_of(self._model).items()]
        network = (weights, keys, id(self._memory))
        question = (network, at_layer(expression, None), self.baseline, self.budget, settings)
        if question != self._ahead_of:
            self._ahead_of = question
            self.publish(layer_maps={})
        if (question, self.layer) != self._readings_of:
            self._readings_of = question, self.layer
            self.publish(readings=None)

    def _shown_finally(self, answer: Answer) -> None:
        """Go on with what may be asked next, nearest layers first."""
        expression = self._composed()
        if self.query not in self.asked[-1:]:
            self.asked = [*self.asked, self.query][-HISTORY:]
        first = answer.after.attribution
        if first is not None and (
            first.samples is None or len(first.samples.outputs) < MIN_COALITIONS
        ):
            few = f"too few coalitions to read: {first.evaluations} of at least {MIN_COALITIONS}"
            self.blocked = {**self.blocked, "readings": few}
        self.publish(layer_maps={**self.layer_maps, self.layer or "": self._figures(answer)})
        layers: list[str | None] = [*(layer["name"] for layer in self.layers), None]
        here = layers.index(self.layer) if self.layer in layers else len(layers) - 1
        nearest = sorted(range(len(layers)), key=lambda place: abs(place - here))
        wanted = [layers[p] for p in nearest if (layers[p] or "") not in self.layer_maps]
        if self.rival in self.partners:
            wanted = []  # its layers are others
        steps = ahead_steps(expression, answer, wanted, self._how(), self._memory)
        question = self._readings_of
        self._ahead.submit(steps, lambda p: self._foresee(p, question), self._foreseen)

    def _foresee(self, progress: Progress, question: object) -> None:
        ahead = progress.preview
        if not isinstance(ahead, Ahead):
            return
        with self._lock:
            if question is not self._readings_of:
                return  # the step that was under way when another question came
            maps = {layer or "": self._figures(found) for layer, found in ahead.layers.items()}
            new = {name: drawn for name, drawn in maps.items() if name not in self.layer_maps}
            if new:
                self.publish(layer_maps={**self.layer_maps, **new})
            if self.readings is None and ahead.readings is not None:
                self.publish(readings=wire.readings(ahead.readings))

    def _foreseen(self, job: Job[Ahead]) -> None:
        if job.error is not None:
            self.publish(error={"message": f"computing ahead failed: {job.error}", "column": None})

    def _figures(self, answer: Answer) -> list[dict[str, Any]]:
        """Return the maps of an answer as they cross to the page, one for each figure."""
        maps = [side.attribution for side in answer.sides]
        return [self._drawn(one, self._frame, self.budget, False) for one in maps if one]

    def _drawn(self, found: Attribution, frame: int, total: int, partial: bool) -> dict[str, Any]:
        weights = None
        expression = self._composed()
        if self.operator == "join" and hasattr(expression, "weights"):
            weights = list(expression.weights)
        return wire.attribution(found, frame, total, partial, weights)

    def _other_figures(self, others: list[Side], maps: list[Any]) -> list[dict[str, Any]]:
        """Return what is shown beside the picture; in a join the one map lies over all of them."""
        figures = []
        for side, drawn in zip(others, maps, strict=False):
            name = str(side.term.source)
            rival = side.term.model is self._rival
            figures.append(
                {
                    "name": str(self.rival) if rival else name,
                    "label": f"{name} under {self.rival}" if rival else name,
                    "network": side.term.function,
                    "picture": wire.picture(side.picture),
                    "prediction": wire.prediction(side.term.model, side, side.term.target),
                    "attribution": None if self.operator == "join" else drawn,
                }
            )
        return figures
