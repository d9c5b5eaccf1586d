"""`ErrorDetector`: which predictions of a network are likely to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from xaiwidgets import files
from xaiwidgets.checks import whole
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.images import Baseline
from xaiwidgets.network import require_network
from xaiwidgets.reliability._arrays import Doubles, Flags
from xaiwidgets.reliability._combiners import COMBINERS
from xaiwidgets.reliability._comparison import (
    OtherScores,
    ScoreTable,
    compare_scores,
    other_scores,
)
from xaiwidgets.reliability._detector_training import Detection, with_note
from xaiwidgets.reliability._fitted_detector import (
    Features,
    FittedDetector,
    NetworkState,
)
from xaiwidgets.reliability._inputs import (
    ClassNames,
    Images,
    check_apart,
    label_numbers,
    labelled_images,
    layer_name,
    network_logits,
    path_starts,
)
from xaiwidgets.reliability._mutants import Mutants, check_mutants
from xaiwidgets.reliability._risk_coverage import RiskCoverage, risk_coverage_of
from xaiwidgets.reliability._roc import Roc, roc_of
from xaiwidgets.reliability._scores import (
    CONDUCTANCE,
    LEAST_TRAINING,
    LEAST_VALIDATION,
    Evidence,
    Sample,
    labelled_sample,
)
from xaiwidgets.work import Steps, Work, relay, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_KIND = "error detector"
_SETTINGS = ("layer", "combine", "trivial", "steps", "baseline", "seed")


class ErrorDetector:
    """Tells wrong predictions from right ones by conductance and by stability.

    A network of two layers with 200 units looks at the conductances of one layer; mutants vote; a
    second, small classifier makes one score of both. Beside it always stand two detectors that
    cost nothing, 1 - the largest probability and the entropy: it is worth having only if it beats
    them. Of labels of which several may hold, the likeliest is the prediction.

    Parameters
    ----------
    model : Classifier
    layer : str
        Whose conductances to look at; the last with feature maps is a good choice.
    mutants : Mutants, optional
        Made by `reliability.mutants`. Without them there is no label change rate.
    combine : str
        How scores are combined: "network" (two layers of 10 units), "forest", "lda" or "qda". All
        four are fitted and stand beside each other; this one is the detector's own.
    trivial : bool
        Whether the trivial detectors are among what is combined.
    steps, baseline
        Those of `conductance`; the baseline a number or a name.
    seed : int

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, data = zoo.digits(), datasets.digits("train")
    >>> noisy = (data.images + np.random.default_rng(0).integers(0, 200, data.images.shape)) // 2
    >>> images, labels = noisy.astype(np.uint8), data.labels
    >>> detector = ErrorDetector(model, "conv2")
    >>> _ = detector.fit((images[:500], labels[:500]), (images[500:1000], labels[500:1000])).run()
    >>> detector.score(images[:3]).shape
    (3,)
    """

    def __init__(
        self,
        model: Network,
        layer: str,
        mutants: Mutants | None = None,
        *,
        combine: str = "network",
        trivial: bool = False,
        steps: int = 10,
        baseline: Baseline = 0.0,
        seed: int = 0,
    ) -> None:
        if combine not in COMBINERS:
            raise InputError(f"combine is {combine!r}; use {', '.join(map(repr, COMBINERS))}")
        if not isinstance(baseline, str | float | int):
            raise InputError("baseline must be a number or a name, so that it can be saved")
        whole("seed", seed, 0)
        self.model, self.layer = model, layer_name(require_network(model).net, layer)
        self.mutants = None if mutants is None else check_mutants(mutants)
        self.combine, self.trivial = combine, bool(trivial)
        self.steps, self.baseline, self.seed = whole("steps", steps), baseline, int(seed)
        self._fitted: FittedDetector | None = None

    def __repr__(self) -> str:
        state = "not fitted" if self._fitted is None else repr(self.validation)
        return f"ErrorDetector(layer {self.layer!r}, {state})"

    @property
    def name(self) -> str:
        """Which of its scores is the detector's own."""
        return CONDUCTANCE if self.mutants is None and not self.trivial else self.combine

    @property
    def fitted(self) -> FittedDetector:
        """What was learnt; InputError if that is nothing yet."""
        if self._fitted is None:
            raise InputError("this detector has learnt nothing yet; run its fit first")
        return self._fitted

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Of the network's input, if it is known yet."""
        if self._fitted is not None:
            return self._fitted.shape
        return None if self.mutants is None else self.mutants.shape

    # --- learning ------------------------------------------------------------------------------

    @work
    def fit(
        self,
        training: tuple[Images, ClassNames],
        validation: tuple[Images, ClassNames],
        *,
        overlap: str = "refuse",
    ) -> Steps[Self]:
        """Learn from the network's right and wrong predictions of some labelled images.

        Of the training images a quarter is set aside: the network of conductances stops when it is
        best there, and there the scores are combined, because it is too sure of what it has seen.
        They are few, so that what combines is small, and watched on the same. The validation
        images set the thresholds; previews are the mutants' `votes` on them, of which `vote_curve`
        tells how many are enough.

        Parameters
        ----------
        training, validation : (images, labels)
        overlap : str
            Images that are in both: "refuse" or "allow" them.

        Raises
        ------
        InputError
            If there are too few wrong predictions to learn from, it says how many are needed; or
            if training and validation overlap.
        """
        wanted = None if self.mutants is None else self.mutants.shape
        images, labels = labelled_images(self.model, "training", training, wanted)
        checks = labelled_images(self.model, "validation", validation, tuple(images.shape[1:]))
        # Thresholds set on what was learnt from promise recalls that new pictures do not have.
        check_apart(images, checks[0], overlap)
        path_starts(images[:1], self.baseline)  # says at once if that is no baseline

        def steps() -> Steps[Self]:
            # Before anything is learnt: weights that change meanwhile are not those it was learnt
            # from.
            state = NetworkState.of(self.model)
            sample = yield from labelled_sample(
                self.model, "training", images, labels, LEAST_TRAINING
            )
            check = yield from labelled_sample(self.model, "validation", *checks, LEAST_VALIDATION)
            detection = self._detection()
            mlp, combiners = yield from detection.learn(sample)
            examining = detection.evidence(check, mlp, combiners)
            evidence = yield from relay(examining, lambda p: p.noted("validation images"))
            shape = tuple(images.shape[1:])
            # At the very end: what is closed early leaves the detector as it was.
            self._fitted = FittedDetector(
                shape, state, mlp, combiners, evidence.scores, check.wrong
            )
            return self

        return steps()

    def _detection(self) -> Detection:
        return Detection(
            self.model,
            self.layer,
            self.mutants,
            self.steps,
            self.baseline,
            Features(self.mutants is not None, self.trivial),
            self.seed,
        )

    # --- asking --------------------------------------------------------------------------------

    @work
    def examine(self, images: Images) -> Steps[Evidence]:
        """Return conductances, votes and all scores of some pictures; previews are the votes.

        Raises
        ------
        InputError
            If the network, or its preprocessing, is not what the detector was fitted to any more.
        """
        fitted = self.fitted
        batch = self.model.batch(images, fitted.shape)

        def steps() -> Steps[Evidence]:
            self._check_state(fitted)
            logits = yield from network_logits(self.model, batch)
            # Nobody knows which are wrong here, and `evidence` does not look.
            sample = Sample(batch, logits, np.zeros(len(batch), np.bool_))
            detection = self._detection()
            return (yield from detection.evidence(sample, fitted.mlp, fitted.combiners))

        return steps()

    def score(self, images: Images) -> Doubles:
        """Return (B,): higher for predictions that are more likely wrong."""
        return self.examine(images).run().scores[self.name]

    def roc(self, images: Images, labels: ClassNames, others: OtherScores | None = None) -> Roc:
        """Return the ROC curve on some labelled images, with those of the other detectors."""
        return self._curve(*self._scores(images, labels, others).run())

    def risk_coverage(
        self, images: Images, labels: ClassNames, others: OtherScores | None = None
    ) -> RiskCoverage:
        """Return the risk-coverage curve on labelled images, with those of other detectors."""
        scores, wrong = self._scores(images, labels, others).run()
        beside = {name: value for name, value in scores.items() if name != self.name}
        return risk_coverage_of(self.name, scores[self.name], wrong, beside, self.seed)

    def compare(
        self, images: Images, labels: ClassNames, others: OtherScores | None = None
    ) -> Work[ScoreTable]:
        """Say which detector to use on pictures like these, by paired differences.

        Parameters
        ----------
        images, labels
            Neither trained nor validated on.
        others : mapping, optional
            By name, scores (N,) of the same images that are higher for what is more likely wrong,
            or a callable that gives them for the network's inputs (B, ...): a `Temperature`, a
            `Conformal`, or a detector of another library.

        Raises
        ------
        InputError
            If another has no finite score for each, or a name of the detector's own.
        """

        def tabulate(result: tuple[dict[str, Doubles], Flags]) -> ScoreTable:
            return compare_scores(*result, seed=self.seed)

        return self._scores(images, labels, others).map(tabulate)

    @work
    def _scores(
        self, images: Images, labels: ClassNames, others: OtherScores | None
    ) -> Steps[tuple[dict[str, Doubles], Flags]]:
        """Return the scores of all, and which predictions are wrong."""
        batch = self.model.batch(images, self.fitted.shape)
        numbers = label_numbers(self.model, labels, batch)
        more = other_scores(self.model, batch, others, self.fitted.scores)

        def steps() -> Steps[tuple[dict[str, Doubles], Flags]]:
            evidence = yield from with_note(self.examine(batch), "examining the images")
            scores = yield from more
            return evidence.scores | scores, evidence.predicted != numbers

        return steps()

    # --- thresholds ----------------------------------------------------------------------------

    @property
    def validation(self) -> Roc:
        """The ROC curve on the validation images, with those of the other detectors."""
        return self._curve(self.fitted.scores, self.fitted.wrong)

    def threshold(
        self,
        rule: str = "balanced",
        *,
        correct_recall: float | None = None,
        wrong_recall: float | None = None,
    ) -> float:
        """Return a threshold for `score`, chosen on the validation images.

        Predictions whose score is at least that are called wrong. "balanced" keeps about the same
        share of right predictions as it catches of wrong ones; ``correct_recall=0.98`` keeps at
        least that share, ``wrong_recall=0.9`` catches at least that.
        """
        return self.validation.threshold(
            rule, correct_recall=correct_recall, wrong_recall=wrong_recall
        )

    def table(self, images: Images, labels: ClassNames) -> list[dict[str, Any]]:
        """Return tables 4 to 6 of the paper as rows: each detector, on validation and test."""
        test = self.roc(images, labels)
        rows = []
        for name, check in _all(self.validation).items():
            other = _all(test)[name]
            # The paper's order: a threshold of the validation pictures, then recalls on the test
            # set.
            threshold = check.threshold()
            rows.append(
                {
                    "detector": name,
                    "validation": {"auroc": check.area, "error": check.standard_error}
                    | dict(zip(("correct", "wrong"), check.at(threshold), strict=True)),
                    "test": {"auroc": other.area, "error": other.standard_error}
                    | dict(zip(("correct", "wrong"), other.at(threshold), strict=True)),
                }
            )
        return rows

    def _curve(self, scores: Mapping[str, Doubles], wrong: Flags) -> Roc:
        others = {name: value for name, value in scores.items() if name != self.name}
        return roc_of(self.name, scores[self.name], wrong, others)

    def _check_state(self, fitted: FittedDetector) -> None:
        """Raise InputError unless the network is that which the detector was fitted to."""
        now = NetworkState.of(self.model)
        if now != fitted.state:
            what = "weights" if now.weights != fitted.state.weights else "preprocessing"
            raise InputError(
                f"the network's {what} {'have' if what == 'weights' else 'has'} changed since the "
                "detector was fitted; fit it again"
            )

    # --- files ---------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write what was learnt as safetensors, without the network, and return the path."""
        # A file that says which weights it is for must not be written beside others.
        self._check_state(self.fitted)
        tensors, about = self.fitted.to_parts()
        settings = {name: getattr(self, name) for name in _SETTINGS}
        mutants = None if self.mutants is None else self.mutants.to_dict()
        return files.write(path, _KIND, tensors, about | {"settings": settings, "mutants": mutants})

    @classmethod
    def load(cls, path: str | Path, model: Network) -> Self:
        """Read what `save` wrote, for the same network.

        Raises
        ------
        DataError
            If it is something else, or damaged.
        InputError
            If it was fitted to other weights, or to pictures that were preprocessed otherwise.
        """
        tensors, about = files.read(path, _KIND)
        fitted, now = FittedDetector.from_parts(tensors, about), NetworkState.of(model)
        if fitted.state.weights != now.weights:
            raise InputError(
                f"the detector in {path} was fitted to another network, or to this one with other "
                "weights; fit one to this network"
            )
        if fitted.state.preprocessing != now.preprocessing:
            raise InputError(
                f"the detector in {path} was fitted with another preprocessing: this network's "
                "makes other inputs of the same pictures. Give the Classifier the one of then, or "
                "fit a detector anew"
            )
        try:
            settings, mutants = about["settings"], about["mutants"]
        except KeyError as error:
            raise DataError(f"{path} has no {error}; save the detector anew") from error
        voters = None if mutants is None else Mutants.from_dict(mutants)
        detector = cls(model, settings.pop("layer"), voters, **settings)
        detector._fitted = fitted
        return detector


def _all(roc: Roc) -> dict[str, Roc]:
    return {roc.name: roc, **roc.beside}
