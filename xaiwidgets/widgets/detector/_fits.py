"""Detectors that a person sets up in an ErrorDetectorPanel, beside the one it was given."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias, overload

from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.jobs import Channels, Job
from xaiwidgets.network import Network
from xaiwidgets.reliability import (
    Doubles,
    ErrorDetector,
    Mutants,
    Roc,
    Votes,
    mutants,
    overlap_of,
    vote_curve,
)
from xaiwidgets.widgets.base import command
from xaiwidgets.widgets.detector._output import shown_voting
from xaiwidgets.widgets.detector._result import Examination
from xaiwidgets.widgets.detector._state import DetectorState, ShownFit, ShownVoting
from xaiwidgets.widgets.run import Problem
from xaiwidgets.work import Progress, Steps, relay

LabelledImages: TypeAlias = tuple[Any, Any]

USUAL_KEEP, USUAL_STEPS = 0.9, 10
"""Defaults of `reliability.mutants` and `ErrorDetector`, of which nothing is said."""


class FittingPanel(Protocol):
    """What fits need of their panel."""

    _lock: threading.RLock
    _answer: Examination | None

    @property
    def state(self) -> DetectorState: ...
    @property
    def tested(self) -> Tensor: ...
    @property
    def _channels(self) -> Channels: ...
    def publish(self, **traits: Any) -> None: ...
    def show(
        self, state: DetectorState, answer: Examination, final: bool
    ) -> Mapping[str, Any] | None: ...
    def follow_rule(self) -> None: ...


@dataclass(frozen=True)
class DetectorRecipe:
    """What a detector is fitted with."""

    layer: str
    operator: str
    rate: float | None
    count: int
    keep: float
    steps: int
    combine: str
    trivial: bool

    @classmethod
    def of(cls, state: DetectorState) -> DetectorRecipe:
        """Return what a panel's settings say."""
        return cls(
            state.new_layer,
            state.new_operator,
            state.new_rate,
            state.new_count,
            state.new_keep,
            state.new_steps,
            state.new_combine,
            state.new_trivial,
        )

    @property
    def name(self) -> str:
        """Of the row in the table of scores."""
        # All that is not as usual: detectors are kept by it, so that one name is one recipe.
        parts = [self.layer]
        if self.operator != "none":
            rate = "" if self.rate is None else f" {100 * self.rate:.3g} %"
            accuracy = "" if self.keep == USUAL_KEEP else f", {100 * self.keep:.3g} % as right"
            parts.append(f"{self.count} × {self.operator}{rate}{accuracy}")
        if self.steps != USUAL_STEPS:
            parts.append(f"{self.steps} steps")
        if self.trivial:
            parts.append("free scores")
        return ", ".join([*parts, self.combine] if len(parts) > 1 else parts)

    @property
    def _drawing(self) -> dict[str, Any]:
        # Only what was set: the defaults are those of `reliability`, said in one place.
        rate = {} if self.rate is None else {"rate": self.rate}
        keep = {} if self.keep == USUAL_KEEP else {"keep": self.keep}
        return {"operator": self.operator, **rate, "count": self.count, **keep}

    @property
    def _settings(self) -> dict[str, Any]:
        steps = {} if self.steps == USUAL_STEPS else {"steps": self.steps}
        return {"combine": self.combine, "trivial": self.trivial, **steps}

    def fit(
        self, model: Network, training: LabelledImages, validation: LabelledImages
    ) -> Steps[ErrorDetector]:
        """Draw the mutants, if any, and fit the detector."""
        voters: Mutants | None = None
        if self.operator != "none":
            drawing = mutants(model, validation, **self._drawing)
            voters = yield from relay(drawing, lambda p: p.without_preview("drawing mutants"))
        detector = ErrorDetector(model, self.layer, voters, **self._settings)
        fitting = detector.fit(training, validation)
        return (yield from relay(fitting, lambda p: p.noted(p.note or "learning")))

    def python(self, model: str, training: str, validation: str) -> list[str]:
        """Return the lines of Python that fit it, as `new`."""
        lines, voters = [], ""
        if self.operator != "none":
            drawing = "".join(f", {k}={v!r}" for k, v in self._drawing.items())
            lines = [f"voters = reliability.mutants({model}, {validation}{drawing}).run()"]
            voters = ", voters"
        settings = "".join(f", {k}={v!r}" for k, v in self._settings.items())
        return [
            *lines,
            f"new = reliability.ErrorDetector({model}, {self.layer!r}{voters}{settings})",
            f"new.fit({training}, {validation}).run()",
        ]


class DetectorFits:
    """Commands that fit another detector, and those that have been fitted.

    Parameters
    ----------
    panel : ErrorDetectorPanel
    detector : ErrorDetector
        That the panel was given.
    images : Tensor (N, C, H, W)
        Of the panel.
    training, validation : (images, labels) or None

    Raises
    ------
    InputError
        If only one of them is given, or they do not fit the network, or overlap.
    """

    def __init__(
        self,
        panel: FittingPanel,
        detector: ErrorDetector,
        images: Tensor,
        training: LabelledImages | None,
        validation: LabelledImages | None,
    ) -> None:
        self._panel, self._model = panel, detector.model
        self.training, self.validation = training, validation
        if (training is None) != (validation is None):
            missing = "training" if training is None else "validation"
            raise InputError(f"{missing} is missing: give both training and validation, or none")
        if training is not None and validation is not None:
            # Says at once what cannot be learnt from.
            ErrorDetector(detector.model, detector.layer).fit(training, validation).close()
            # By their numbers, as the same picture is often handed in as another array.
            for name, (learnt, _) in {"training": training, "validation": validation}.items():
                both = overlap_of(images, detector.model.batch(learnt, detector.shape))
                if both:
                    raise InputError(
                        f"{both} of the {len(images)} images are among those of {name}, too, where "
                        "a detector looks better than it is; give others"
                    )
        # Its own: other test images are scored meanwhile, and neither may end the other.
        self._channel = panel._channels.open()
        self.detectors: dict[str, ErrorDetector] = {}
        self._scores: dict[str, tuple[Tensor, Doubles]] = {}  # and the images that they are of
        self.curves: dict[str, Roc] = {}  # on the validation images
        self.recipes: dict[str, DetectorRecipe] = {}
        self._votings: dict[str, ShownVoting] = {}  # of the mutants alone, on these as well

    @property
    def shown(self) -> ShownFit:
        """What is shown while nothing is fitted."""
        return ShownFit(possible=self.training is not None)

    @command("fit")
    def fit(self) -> Job[ErrorDetector]:
        """Fit a detector as the settings say; what there is stays until it has its scores."""
        if self.training is None or self.validation is None:
            raise InputError(
                "there is nothing to fit a detector to; give ErrorDetectorPanel(..., "
                "training=(images, labels), validation=(images, labels))"
            )
        recipe, panel = DetectorRecipe.of(self._panel.state), self._panel
        steps = self._steps(recipe, self.training, self.validation)
        panel.publish(fit=ShownFit(possible=True, running=True), error=None)

        def on_progress(progress: Progress) -> None:
            now = ShownFit(True, True, progress.done, progress.total, progress.note)
            panel.publish(fit=now, votings=self._votings | self._voting(recipe, progress.preview))

        def on_end(job: Job[ErrorDetector]) -> None:
            with panel._lock:
                if job.error is not None:
                    panel.publish(error=Problem.of(job.error))
                elif not job.cancelled and job.outcome is not None:
                    self._keep(recipe, job.outcome)
                panel.publish(fit=self.shown, votings=self._votings)

        return self._channel.submit(steps, on_progress, on_end)

    @command("stop_fit")
    def stop_fit(self) -> None:
        """Stop fitting; the detectors that there are stay."""
        self._channel.cancel()

    def _steps(
        self, recipe: DetectorRecipe, training: LabelledImages, validation: LabelledImages
    ) -> Steps[ErrorDetector]:
        last: Progress | None = None

        def watched(progress: Progress) -> Progress:
            nonlocal last
            # The votes are in previews alone; the fitted detector keeps what was learnt from them.
            last = progress
            return progress

        detector = yield from relay(recipe.fit(self._model, training, validation), watched)
        self._votings |= self._voting(recipe, last and last.preview)
        self.detectors[recipe.name] = detector
        yield from self.score(self._panel.tested)
        return detector

    def _voting(self, recipe: DetectorRecipe, votes: Any) -> dict[str, ShownVoting]:
        """Return by its name how well a recipe's mutants do, as far as they have voted."""
        if not isinstance(votes, Votes) or self.validation is None:
            return {}
        count, labels = len(votes.predicted), self.validation[1]
        classes = self._model.class_numbers(labels, count, name="labels", each=True)
        curve = vote_curve(votes, votes.predicted != classes.numpy())
        return {} if curve is None else {recipe.name: shown_voting(curve)}

    def score(self, images: Tensor) -> Steps[None]:
        """Score images with all detectors set up here, those that have not been."""
        for name, detector in list(self.detectors.items()):
            # By identity: other test images are another tensor, of which the scores are others.
            if name not in self._scores or self._scores[name][0] is not images:
                work = detector.examine(images)
                scoring = relay(work, lambda p: p.without_preview("scoring the images"))
                evidence = yield from scoring
                # What it makes of all its parts; each part of each detector would crowd the table.
                self._scores[name] = images, evidence.scores[detector.name]

    def _keep(self, recipe: DetectorRecipe, detector: ErrorDetector) -> None:
        self.recipes[recipe.name] = recipe
        self.curves[recipe.name] = detector.validation
        panel = self._panel
        answer = panel._answer
        if answer is not None:  # else they come together
            panel.publish(**panel.show(panel.state, answer, True) or {})
            panel.follow_rule()

    @overload
    def beside(self, answer: Examination) -> Examination: ...
    @overload
    def beside(self, answer: None) -> None: ...
    def beside(self, answer: Examination | None) -> Examination | None:
        """Return what is known of the images, with the scores of the detectors set up here."""
        if answer is None:
            return None
        scores = {
            name: self._scores[name][1]
            for name in self.recipes
            if name in self._scores and self._scores[name][0] is answer.images
        }
        return replace(answer, scores={**answer.scores, **scores})
