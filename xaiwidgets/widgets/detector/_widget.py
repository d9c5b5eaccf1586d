"""The ErrorDetectorPanel: a dial, and what is kept, missed, rejected and caught."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.contrast import Generator
from xaiwidgets.errors import InputError
from xaiwidgets.images import check_picture
from xaiwidgets.jobs import Job
from xaiwidgets.network import Network, Picture, require_network
from xaiwidgets.reliability import ErrorDetector, OtherScores, Roc, other_scores
from xaiwidgets.widgets.base import Widget, command
from xaiwidgets.widgets.commands import commands_of
from xaiwidgets.widgets.contrast import ContrastExplorer
from xaiwidgets.widgets.detector._decision_code import decision_code
from xaiwidgets.widgets.detector._dial import follows_rule, threshold_by_rule
from xaiwidgets.widgets.detector._files import FileCommands
from xaiwidgets.widgets.detector._fits import DetectorFits, LabelledImages
from xaiwidgets.widgets.detector._hardship import GIVEN, Hardship
from xaiwidgets.widgets.detector._output import (
    detail,
    detectors,
    own_picture,
    predictions,
)
from xaiwidgets.widgets.detector._result import Examination, examine
from xaiwidgets.widgets.detector._state import (
    DetectorOutput,
    DetectorState,
    Explorers,
    OwnPicture,
)
from xaiwidgets.widgets.explorer import Explorer
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.opening import Opening, opened_trait
from xaiwidgets.widgets.pictures import small_pictures
from xaiwidgets.widgets.run import Problem
from xaiwidgets.widgets.schema import place
from xaiwidgets.widgets.selection import check_selection
from xaiwidgets.work import Steps

_SIDE = 48  # pixels a side of a small picture, at most
# What turns the dial by a rule; all else leaves it where it stands.
_DIAL = {"method", "rule", "recall", "cost_check", "cost_miss"}


class ErrorDetectorPanel(Widget[DetectorState, Examination], output=DetectorOutput):
    """Watch what an error detector keeps, misses, rejects and catches, by hand.

    Parameters
    ----------
    detector : ErrorDetector
        Fitted.
    images : tensor (N, C, H, W) or sequence of pictures
        Other ones than it was fitted and validated on.
    labels : sequence of N classes
        The true ones, by number or name.
    backup : Classifier, optional
        A bigger network that could answer what is rejected.
    others : mapping, optional
        Scores to stand beside the detector's, by name: (N,) numbers that are higher for what is
        more likely wrong, or a callable that gives them for the network's inputs. They have no
        validation scores, so that their dial is set by cost or by hand.
    training, validation : (images, labels), optional
        With them other detectors can be set up and fitted here; apart from each other, and from
        `images`.
    generator : Generator, optional
        With it, "why not the true class?" can be asked of a picture (`ContrastExplorer`).
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError
        At once, if the detector is not fitted, or images and labels do not fit it.
    traitlets.TraitError
        If a state is not allowed; the message says what is.
    """

    _esm = bundle("detector.js")
    _css = bundle("xai.css")

    autorun = False  # no setting changes a score

    opened = opened_trait()

    def __init__(
        self,
        detector: ErrorDetector,
        images: Any,
        labels: Any,
        *,
        backup: Network | None = None,
        others: OtherScores | None = None,
        training: LabelledImages | None = None,
        validation: LabelledImages | None = None,
        generator: Generator | None = None,
        **settings: Any,
    ) -> None:
        if not isinstance(detector, ErrorDetector):
            raise InputError(
                f"detector is a {type(detector).__name__}; give a fitted ErrorDetector"
            )
        if backup is not None:
            require_network(backup, "backup")
        model = detector.model
        self._detector, self._backup, self._generator = detector, backup, generator
        self._pictures, self._given_labels = images, labels
        self._validation = detector.validation  # says at once if it is not fitted
        self._images = model.batch(images, detector.shape)
        if self._images.ndim != 4:
            raise InputError(f"images become {tuple(self._images.shape)}; the panel needs pictures")
        classes = model.logits(self._images[:1]).shape[1]
        self._labels: NDArray[np.int64] = model.class_numbers(
            labels, len(self._images), classes, name="labels", each=True
        ).numpy()
        self._others: OtherScores = {} if others is None else others
        other_scores(model, self._images, others, detector.fitted.scores).close()  # checks them
        self._thresholds: dict[str, float] = {}  # where each method's dial stood last
        # A layer that is called several times is none of the network's.
        self._layers = list(dict.fromkeys([*model.anatomy(self._images[0]).layers, detector.layer]))
        self._fits = DetectorFits(self, detector, self._images, training, validation)
        self._opening = Opening(self)
        # Its own: to score one more picture does not end the scoring of the others.
        self._scoring = self._channels.open()
        super().__init__(
            {"method": detector.name, "new_layer": detector.layer, **settings},
            classes=[model.label(index) for index in range(classes)],
            **self._first_outputs(),
        )
        files = FileCommands(self.score_picture, self._images.shape[1])
        self._commands |= commands_of(files) | commands_of(self._fits) | commands_of(self._opening)
        self.become(self.state)
        self.run()

    def _first_outputs(self) -> dict[str, Any]:
        """Return what is shown before there are scores."""
        model = self._detector.model
        return {
            "network": model.name,
            "notes": notes_of(model),
            "layer": self._detector.layer,
            "layers": self._layers,
            "fit": self._fits.shown,
            "explorers": Explorers(contrast=self._generator is not None),
            "count": len(self._images),
            "thumbnails": small_pictures(model, self._images, _SIDE),
        }

    # State

    def settle(self, state: DetectorState, changed: Collection[str]) -> DetectorState:
        """Bring rule and threshold in line with what was set."""
        if state.method not in self._curves:
            raise InputError(f"method is {state.method!r}; use one of {', '.join(self._curves)}")
        place("picked", state.picked, len(self._images), "images")
        state = replace(state, selection=check_selection(state.selection, len(self._images)))
        if state.new_layer not in self._layers:
            names = ", ".join(self._layers)
            raise InputError(f"new_layer is {state.new_layer!r}; use one of {names}")
        fixed = [name for name, scores in self._others.items() if not callable(scores)]
        if fixed and state.test_set != GIVEN:
            raise InputError(
                f"test_set is {state.test_set!r}, but others[{fixed[0]!r}] are numbers of the "
                "images as they were given; give a callable that scores inputs"
            )
        curve, answer = self._curves[state.method], self._fits.beside(self._answer)
        # Scores given as numbers are of these images alone: without validation images, recalls
        # would be promised on what they were chosen by.
        if state.method in self._others and state.rule not in ("cost", "by_hand"):
            state = replace(state, rule="cost")
        if "threshold" in changed:
            # The page rounds, so that a threshold of the rule may come back a little different.
            follows = not self._settling and follows_rule(
                state, curve, self._fits.beside(self._answer)
            )
            return state if follows else replace(state, rule="by_hand")
        if not _DIAL & set(changed):
            return state
        if state.rule != "by_hand":
            return replace(state, threshold=threshold_by_rule(state, curve, answer))
        if "method" in changed:
            usual = curve.threshold()
            return replace(state, threshold=self._thresholds.get(state.method, usual))
        return state

    def changed(self, name: str) -> None:
        """Show the picture that is picked; test on other images where they are to be others."""
        super().changed(name)
        if name == "picked":
            self.publish(detail=self._detail(self.state, self._answer))
        if name == "test_set" or (name == "test_strength" and self.state.test_set != GIVEN):
            self.run()

    def become(self, state: DetectorState) -> None:
        """Remember where each method's dial stands."""
        super().become(state)
        self._thresholds[state.method] = state.threshold

    @property
    def tested(self) -> Tensor:
        """The images (N, C, H, W) that all that is shown is of."""
        return self._images if self._answer is None else self._answer.images

    @property
    def _curves(self) -> dict[str, Roc]:
        fitted = {self._validation.name: self._validation, **self._validation.beside}
        fitted |= self._fits.curves
        answer = self._answer
        shown = [name for name in self._others if answer is not None and name in answer.scores]
        return fitted | {name: answer.roc(name) for name in shown if answer is not None}

    def python(self, state: DetectorState) -> str:
        """Return the lines of Python that decide as this dial does."""
        return decision_code(
            state,
            detector=self._detector,
            images=self._pictures,
            labels=self._given_labels,
            others=self._others,
            fits=self._fits,
        )

    # Work

    def steps(self, state: DetectorState) -> Steps[Examination]:
        """Examine the pictures anew."""
        hardship, model = Hardship.of(state), self._detector.model
        images = yield from hardship.apply(model, self._images, self._labels)
        # Before there is an answer, so that no row of its table is missing, or of other images.
        yield from self._fits.score(images)
        return (
            yield from examine(
                self._detector,
                images,
                self._labels,
                self._backup,
                self._others,
                self._fits.validation,
            )
        )

    def show(
        self, state: DetectorState, answer: Examination, final: bool
    ) -> Mapping[str, Any] | None:
        """Return what is known of all pictures, and of the one that is picked."""
        if not final and self._answer is not None and self._answer.evidence is not None:
            return None  # what is there says more
        # Fitted anew in a cell, it has other thresholds.
        self._validation = self._detector.validation
        answer = self._fits.beside(answer)
        small = {}
        if final:
            small = {"thumbnails": small_pictures(self._detector.model, answer.images, _SIDE)}
        return {
            **small,
            **predictions(self._detector.model, answer, self._backup),
            "detectors": detectors(answer, self._validation, self._fits.curves),
            "detail": self._detail(self.state, answer),
        }

    def _detail(self, state: DetectorState, answer: Examination | None) -> Any:
        if state.picked is None or answer is None:
            return None
        return detail(self._detector, self._fits.beside(answer), state.picked)

    def on_end(self) -> None:
        """Turn the dial to where the rule says, now that the scores are there."""
        if self.status["state"] == "done" and self.state.rule != "by_hand":
            self.follow_rule()

    @command("rule")
    def follow_rule(self) -> None:
        """Turn the dial to where the rule says."""
        self.become(self.settle(self.state, {"rule"}))

    @property
    def result(self) -> Examination | None:
        """What has been found out; if the last work failed, its error is raised."""
        answer: Examination | None = super().result
        return self._fits.beside(answer)

    # A picture of one's own

    def score_picture(self, name: str, picture: Picture) -> Job[OwnPicture]:
        """Score a picture that is not among the others, and show it; `outcome` has its scores.

        Raises
        ------
        InputError
            If it is no picture, or becomes no input like the others.
        """
        model = self._detector.model
        image = check_picture(model.input(picture))
        if image.shape != self._images.shape[1:]:
            wanted = tuple(self._images.shape[1:])
            raise InputError(f"{name} becomes an input of {tuple(image.shape)}, not {wanted}")

        def steps() -> Steps[OwnPicture]:
            # By the detector as it stands: nobody says what the picture is, so that it moves no
            # rate.
            evidence = yield from self._detector.examine(image[None])
            return own_picture(name, model, image[None], evidence)

        def on_end(job: Job[OwnPicture]) -> None:
            if job.error is not None:
                self.publish(error=Problem.of(job.error))
            elif not job.cancelled:
                self.publish(upload=job.outcome)

        return self._scoring.submit(steps(), lambda progress: None, on_end)

    # Other widgets

    def open_explorer(self, index: int | None = None) -> Explorer:
        """Return an Explorer of a picture, by default the picked one, shown below, too."""
        image = self.tested[self._picked() if index is None else index]
        explorer = Explorer(self._detector.model, image)
        self.publish(opened=explorer)
        return explorer

    def open_contrast(self, index: int | None = None) -> ContrastExplorer:
        """Return a ContrastExplorer of a picture, by default the picked one, shown below, too.

        If the prediction is wrong, it asks why it is not the true class.
        """
        if self._generator is None:
            raise InputError("there is no generator; give ErrorDetectorPanel(..., generator=...)")
        index = self._picked() if index is None else index
        logits = self._detector.model.logits(self.tested[index : index + 1])
        true = int(self._labels[index])
        probe = None if true == int(logits.argmax()) else true
        image = self.tested[index]
        contrast = ContrastExplorer(self._detector.model, self._generator, image, probe=probe)
        self.publish(opened=contrast)
        return contrast

    def _picked(self) -> int:
        if self.state.picked is None:
            raise InputError("no picture is picked; pick one first")
        return self.state.picked

    @command("open")
    def open_picked(self, what: str) -> None:
        """Open another widget about the picked picture; the page shows when it is there."""
        openers: dict[str, Callable[[int], Widget[Any, Any]]] = {
            "explorer": self.open_explorer,
            "contrast": self.open_contrast,
        }
        if what not in openers:
            raise InputError(f"what is {what!r}; use {' or '.join(map(repr, openers))}")
        index = self._picked()
        self._opening.open(lambda: openers[what](index))
