"""The NeuronDesk: the units of a layer, what excites them, and the network without them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from xaiwidgets.contrast import Generator
from xaiwidgets.errors import InputError
from xaiwidgets.images import check_picture
from xaiwidgets.inputs import inputs_of
from xaiwidgets.network import Network, require_network
from xaiwidgets.neurons import (
    activity,
    concept,
    move_with_controls,
    profile,
    silenced,
)
from xaiwidgets.widgets.base import Run, Widget, command
from xaiwidgets.widgets.commands import commands_of
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.neuron._drawn import DrawnMasks
from xaiwidgets.widgets.neuron._findings import (
    ProfiledUnits,
    UnitFindings,
    maximised_findings,
    moved_findings,
    others_of,
    profiled_rows,
)
from xaiwidgets.widgets.neuron._output import (
    UNIT_SIDE,
    shown_concept,
    shown_concept_move,
    shown_dissection,
    shown_favourites,
    shown_maximised,
    shown_profile,
    shown_units,
    watched_prediction,
)
from xaiwidgets.widgets.neuron._state import NeuronOutput, NeuronState
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.pictures import small_pictures
from xaiwidgets.widgets.run import start
from xaiwidgets.widgets.schema import place
from xaiwidgets.widgets.selection import check_selection
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.work import Progress, Steps

_TO_CHOOSE_FROM = 96  # pictures that examples of a concept are chosen from


class NeuronDesk(Widget[NeuronState, UnitFindings], output=NeuronOutput):
    """Look at the units of a layer by hand (the survey, section 4.2.1).

    Parameters
    ----------
    model : Classifier
    images : tensor (N, C, H, W), uint8 array (N, H, W) or (N, H, W, C), or sequence of pictures
        Among which the favourites of units are looked for.
    layer : str, optional
        By default the last of the network that has feature maps.
    generator : Generator, optional
        Draws pictures that excite a unit, beside those made pixel by pixel, and a picture that is
        moved along a concept.
    judge : Classifier, optional
        Another network for the same classes, which says what it sees in such pictures.
    profiled : bool
        Whether conductances are found at once, as `find_profile` does.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError
        At once, if the images do not fit the network, or there is no such layer.
    traitlets.TraitError
        If a state is not allowed; the message says what is.
    """

    _esm = bundle("neuron.js")
    _css = bundle("xai.css")

    def __init__(
        self,
        model: Network,
        images: Any,
        layer: str | None = None,
        *,
        generator: Generator | None = None,
        judge: Network | None = None,
        profiled: bool = False,
        **settings: Any,
    ) -> None:
        self._profiled = profiled
        self._model, self._pictures = model, images
        self._generator, self._judge = generator, judge
        if judge is not None:
            require_network(judge, "judge")
        self._images = inputs_of(model, images)
        check_picture(self._images[0])
        self._classes = model.logits(self._images[:1]).shape[1]
        anatomy = model.anatomy(self._images[0])
        self._layers = [name for name in anatomy.layers if anatomy.grids.get(name) is not None]
        self._findings: UnitFindings | None = None
        self._paintings = DrawnMasks(self)
        self._made_for: tuple[str, int] | None = None
        # The deepest maps: units there stand for what people have names for, and still say where.
        maps = [name for name in anatomy.trunk if anatomy.grid(name).is_spread]
        first = (maps or self._layers)[-1] if layer is None else layer
        super().__init__(
            {"layer": first, **settings},
            network=model.name,
            notes=notes_of(model),
            classes=[model.label(index) for index in range(self._classes)],
            layers=self._layers,
            count=len(self._images),
            draws=generator is not None,
            all_pictures=small_pictures(model, self._images[:_TO_CHOOSE_FROM], UNIT_SIDE),
        )
        self._commands |= commands_of(self._paintings)
        self.run()

    # State

    def settle(self, state: NeuronState, changed: Collection[str]) -> NeuronState:
        """Turn a class's name into its number; another layer has other units."""
        if state.layer not in self._layers:
            raise InputError(f"layer is {state.layer!r}; use one of {', '.join(self._layers)}")
        if "layer" in changed and not self._settling:
            state = replace(state, unit=0, silenced=())
        units = self._units(state.layer)
        place("unit", state.unit, units, f"units at {state.layer!r}")
        for unit in state.silenced:
            place("silenced", unit, units, f"units at {state.layer!r}")
        for picture in (state.index, *state.examples):
            place("index", picture, len(self._images), "images")
        return replace(
            state,
            silenced=tuple(sorted(set(state.silenced))),
            examples=tuple(sorted(set(state.examples))),
            selection=check_selection(state.selection, len(self._images)),
            target=self._model.index(state.target, self._classes),
        )

    def _units(self, layer: str) -> int:
        anatomy = self._model.anatomy(self._images[0])
        return int(anatomy.outputs[layer].shape[anatomy.grid(layer).units])

    def changed(self, name: str) -> None:
        """Follow another unit or picture at once; look at another layer, or silence units."""
        self.become(self.settle(self.state, {name}))
        if name in ("layer", "silenced"):
            self.run()
        elif self._findings is not None and name in ("unit", "index"):
            self.publish(**self._followed(self.state, self._findings))

    def python(self, state: NeuronState) -> str:
        """Return the lines of Python that compute what is shown."""
        names, missing = variables({"model": self._model, "images": self._pictures})
        model, images = names["model"], names["images"]
        lines = [
            *assumption(missing, "NeuronDesk"),
            "from xaiwidgets import neurons",
            f"best = neurons.top({model}, {state.layer!r}, {state.unit}, {images}).run()",
        ]
        if state.silenced:
            units = list(state.silenced)
            lines.append(
                f"without = neurons.silenced({model}, {state.layer!r}, {units}, {images}[0])"
            )
        return "\n".join(lines)

    # Work

    def steps(self, state: NeuronState) -> Steps[UnitFindings]:
        """Look at all pictures, as far as that is not known, and again without silenced units."""
        findings, weights = self._findings, self._model.weights(anew=True)
        basis = findings and (findings.weights, findings.activity.layer)
        if findings is None or basis != (weights, state.layer):
            answers = yield from activity(self._model, state.layer, self._images)
            yield Progress(0, None, "predicting")
            findings = UnitFindings(weights, answers, self._model.logits(self._images))
        without = None
        if state.silenced:
            yield Progress(0, None, "predicting without the silenced units")
            # One unit more or less asks only this again: activities are of the network as it is.
            quiet = silenced(self._model, state.layer, state.silenced, self._images[0])
            without = quiet.logits(self._images)
        return replace(findings, without=without)

    def on_end(self) -> None:
        """Find the profile, if that is wanted from the beginning."""
        # Once: the profile is a run as well, and ends here again.
        wanted, self._profiled = self._profiled, False
        if wanted and self._findings is not None:
            self.find_profile()

    def show(self, state: NeuronState, answer: UnitFindings, final: bool) -> Mapping[str, Any]:
        """Return what the units of a layer like; what was found out of another one goes."""
        before, self._findings = self._findings, answer
        # By identity: the same answers, so that pictures and concepts of this layer still hold.
        if before is not None and before.activity is answer.activity:
            return self._followed(state, answer)
        return {
            "units": shown_units(self._model, answer.activity, self._images),
            "maximised": (),
            "concept": None,
            "moved": None,
            "dissection": None,
            "profile": None,
            **self._followed(state, answer),
        }

    def _followed(self, state: NeuronState, answer: UnitFindings) -> dict[str, Any]:
        """Return what follows from the unit and the picture that are looked at."""
        model, before, after = self._model, answer.logits, answer.without
        predicted = before.argmax(1)
        changed = None if after is None else int((after.argmax(1) != predicted).sum())
        shown: dict[str, Any] = {
            "favourites": shown_favourites(
                model, answer.activity, self._images, state.unit, predicted
            ),
            "watched": watched_prediction(
                model,
                self._images[state.index],
                before[state.index],
                None if after is None else after[state.index],
                changed,
            ),
        }
        if answer.dissection is not None:
            shown["dissection"] = shown_dissection(answer.dissection, state.unit)
        if answer.profiled is not None:
            shown["profile"] = shown_profile(model, answer.profiled, state.unit)
        # Pictures that were made for another unit go.
        same = self._made_for == (state.layer, state.unit)
        return shown if same else {**shown, "maximised": ()}

    def _add(
        self, work: Steps[UnitFindings], shown: Callable[[UnitFindings], Mapping[str, Any]]
    ) -> Run[UnitFindings]:
        """Add to what has been found out by further work, and show it."""

        def show(answer: UnitFindings, final: bool) -> None:
            self._findings = self._answer = answer
            self.publish(**shown(answer))

        return start(self, work, show)

    @command("maximise")
    def maximise(self) -> Run[UnitFindings]:
        """Make pictures that excite the unit: pixel by pixel, and by the generator if there is one.

        Raises
        ------
        InputError
            If the layer has not been looked at yet.
        """
        with self._lock:
            findings, state = self._current(), self.state

            def shown(answer: UnitFindings) -> dict[str, Any]:
                self._made_for = (state.layer, state.unit)
                # Another unit may be looked at by now, whose picture this would pass for.
                if self.state.unit != state.unit:
                    return {}
                return {"maximised": [shown_maximised(self._model, e) for e in answer.maximised]}

            work = maximised_findings(
                findings, self._model, state, self._images[0], self._generator, self._judge
            )
            return self._add(work, shown)

    @command("find_concept")
    def find_concept(self) -> Run[UnitFindings]:
        """Find the direction of the examples, and whether the class follows it.

        Raises
        ------
        InputError
            If there are fewer than four examples, or fewer than six other pictures.
        """
        with self._lock:
            findings, state = self._current(), self.state
            examples = np.array(state.examples, np.int64)
            work = concept(
                self._model,
                state.layer,
                self._images[torch.from_numpy(examples)],
                self._images[torch.from_numpy(others_of(examples, len(self._images)))],
                state.target,
                self._images,
            )

            def shown(answer: UnitFindings) -> dict[str, Any]:
                direction = answer.concept
                said = direction and shown_concept(self._model, direction, len(examples))
                return {"concept": said, "moved": None}

            return self._add(work.map(lambda r: replace(findings, concept=r, moved=None)), shown)

    @command("move")
    def move(self) -> Run[UnitFindings]:
        """Move the watched picture along the concept, and as far along random directions.

        Raises
        ------
        InputError
            If there is no generator, or no concept yet.
        """
        with self._lock:
            findings, index = self._current(), self.state.index
            if self._generator is None:
                raise InputError("there is no generator; give NeuronDesk(..., generator=...)")
            if findings.concept is None:
                raise InputError("there is no concept yet; choose examples, and ask for it first")
            work = move_with_controls(
                self._model, self._images[index], findings.concept, self._generator,
                judge=self._judge,
            )  # fmt: skip

            def shown(answer: UnitFindings) -> dict[str, Any]:
                moved = answer.moved
                return {"moved": moved and shown_concept_move(self._model, moved, index)}

            return self._add(moved_findings(work, findings), shown)

    def draw(self, picture: int, mask: Any) -> None:
        """Paint a concept on a picture: a mask of bools (H, W), a `Window`, or None for nothing.

        Raises
        ------
        InputError
            If there is no such picture, or the mask does not fit it.
        """
        self._paintings.draw(picture, mask)

    @command("dissect")
    def dissect(self) -> Run[UnitFindings]:
        """Compare where units are active with what is painted (`neurons.dissect`).

        Raises
        ------
        InputError
            If nothing is painted, or the layer has no feature maps.
        """
        with self._lock:
            findings = self._current()
            work = self._paintings.dissection(self.state)

            def shown(answer: UnitFindings) -> dict[str, Any]:
                units = answer.dissection
                return {"dissection": units and shown_dissection(units, self.state.unit)}

            return self._add(work.map(lambda result: replace(findings, dissection=result)), shown)

    @command("profile")
    def find_profile(self) -> Run[UnitFindings]:
        """Find how much of the scores passes through the unit, class by class (`neurons.profile`).

        The chosen pictures (`selection`) are one group more.

        Raises
        ------
        InputError
            If the layer has not been looked at yet.
        """
        with self._lock:
            findings, state = self._current(), self.state
            rows = profiled_rows(state.selection, len(self._images))
            inside = np.isin(rows, state.selection).nonzero()[0]
            work = profile(self._model, state.layer, self._images[torch.from_numpy(rows)])

            def shown(answer: UnitFindings) -> dict[str, Any]:
                units = answer.profiled
                return {"profile": units and shown_profile(self._model, units, self.state.unit)}

            further = work.map(lambda p: replace(findings, profiled=ProfiledUnits(p, inside)))
            return self._add(further, shown)

    def _current(self) -> UnitFindings:
        # Another layer's units have other meanings under the same numbers.
        if self._findings is None or self._findings.activity.layer != self.state.layer:
            raise InputError("the layer has not been looked at yet; wait for it, or run it")
        return self._findings

    @property
    def result(self) -> UnitFindings | None:
        """What has been found out; if the last work failed, its error is raised."""
        answer: UnitFindings | None = super().result
        return answer
