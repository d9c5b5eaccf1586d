"""`ErrorDetector`: which predictions of a network are likely to be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.fingerprint import fingerprint
from xaiwidgets.images import Baseline
from xaiwidgets.reliability.combining import COMBINERS, Combiner, combiner
from xaiwidgets.reliability.conductance import Conductance, conductance_steps
from xaiwidgets.reliability.evidence import (
    ENTROPY,
    LEAST_TRAINING,
    LEAST_VALIDATION,
    SOFTMAX,
    Evidence,
    Sample,
    odds,
    sampled,
    trivial,
)
from xaiwidgets.reliability.inputs import names_of
from xaiwidgets.reliability.mutants import Mutants, check_mutants
from xaiwidgets.reliability.neural import Dense
from xaiwidgets.reliability.roc import Roc, roc_of
from xaiwidgets.reliability.votes import Votes, votes
from xaiwidgets.work import Progress, Steps, relay, run

if TYPE_CHECKING:
    from xaiwidgets.network import Network

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

CONDUCTANCE, LCR = "conductance", "label change rate"

_ASIDE = 0.25  # of the training images, on which the network of conductances is not trained
_VOTED = 3000  # of these, the most that mutants are asked about


class ErrorDetector:
    """Tells wrong predictions from right ones by conductance and by stability.

    A network of two layers with 200 units looks at the conductances of one layer; mutants vote; a
    second, small classifier makes one score of both. Beside it always stand two detectors that
    cost nothing, 1 - the largest softmax and the entropy: it is worth having only if it beats them.

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
    >>> _ = run(detector.fit((images[:1000], labels[:1000]), (images[1000:], labels[1000:])))
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
        if not isinstance(layer, str):
            raise InputError(f"layer is {layer!r}; give the name of one layer")
        if combine not in COMBINERS:
            raise InputError(f"combine is {combine!r}; use {', '.join(map(repr, COMBINERS))}")
        if not isinstance(baseline, str | float | int):
            raise InputError("baseline must be a number or a name, so that it can be saved")
        whole("seed", seed, 0)
        self.model, self.layer = model, names_of(model.net, layer)[0]
        self.mutants = None if mutants is None else check_mutants(mutants)
        self.combine, self.trivial = combine, bool(trivial)
        self.steps, self.baseline, self.seed = whole("steps", steps), baseline, int(seed)
        self.shape: tuple[int, ...] | None = None if mutants is None else mutants.shape
        self.inside = Dense((200, 200), seed=seed)
        self.combiners: dict[str, Combiner] = {}
        self._validation: tuple[dict[str, Doubles], Flags] | None = None
        self._network: int | None = None

    def __repr__(self) -> str:
        state = "not fitted" if self._validation is None else repr(self.validation)
        return f"ErrorDetector(layer {self.layer!r}, {state})"

    @property
    def name(self) -> str:
        """Which of its scores is the detector's own."""
        return self.combine if self._combines else CONDUCTANCE

    @property
    def _combines(self) -> bool:
        return self.mutants is not None or self.trivial

    # --- learning ------------------------------------------------------------------------------

    def fit(self, training: tuple[Any, Any], validation: tuple[Any, Any]) -> Steps[Self]:
        """Learn from the network's right and wrong predictions of some labelled images.

        Of the training images a quarter is set aside: the network of conductances stops when it is
        best there, and there the scores are combined, because it is too sure of what it has seen.
        They are few, so that what combines is small, and watched on the same. The validation
        images set the thresholds.

        Parameters
        ----------
        training, validation : (images, labels)

        Raises
        ------
        InputError
            If there are too few wrong predictions to learn from; it says how many are needed.
        """
        sample = sampled(self.model, "training", training, LEAST_TRAINING, self.shape)
        shape = tuple(sample.images.shape[1:])
        check = sampled(self.model, "validation", validation, LEAST_VALIDATION, shape)
        self._validation = None
        own, aside = _split(sample.wrong, self.seed)
        found = yield from relay(self._conductances(sample), _noted("training images"))
        values = found[self.layer].astype(np.float64)
        watched = values[aside], sample.wrong[aside]
        yield from self.inside.fit(values[own], sample.wrong[own], watched)
        if self._combines:
            few = _few(aside, sample.wrong, self.seed) if self.mutants is not None else aside
            part, scores = sample.rows(few), {CONDUCTANCE: self.inside.score(values[few])}
            if self.mutants is not None:
                asked = votes(self.model, self.mutants, part.images)
                voted = yield from relay(asked, _noted("votes on training images"))
                scores[LCR] = voted.rate.astype(np.float64)
            yield from self._combine(part, scores)
        evidence = yield from relay(self._examined(check), _noted("validation images"))
        self.shape = shape
        self.restore(evidence.scores, check.wrong)
        return self

    def _combine(self, part: Sample, scores: dict[str, Doubles]) -> Steps[None]:
        features = self._features(scores | trivial(part.logits))
        for name in COMBINERS:
            made = combiner(name, self.seed)
            yield from made.fit(features, part.wrong, (features, part.wrong))
            self.combiners[name] = made

    def _features(self, scores: dict[str, Doubles]) -> Doubles:
        """Return what is combined (B, F)."""
        columns = [scores[CONDUCTANCE]]
        columns += [scores[LCR]] if self.mutants is not None else []
        columns += [odds(scores[SOFTMAX]), scores[ENTROPY]] if self.trivial else []
        return np.stack(columns, 1)

    def _conductances(self, sample: Sample) -> Steps[Conductance]:
        return conductance_steps(
            self.model, sample.images, self.layer, steps=self.steps, baseline=self.baseline
        )

    # --- asking --------------------------------------------------------------------------------

    def examine(self, images: Any) -> Steps[Evidence]:
        """Return conductances, votes and all scores of some pictures."""
        self._same()
        batch = self.model.batch(images, self.shape)
        logits = self.model.logits(batch)
        return (yield from self._examined(Sample(batch, logits, np.zeros(len(batch), np.bool_))))

    def _examined(self, sample: Sample) -> Steps[Evidence]:
        found = yield from self._conductances(sample)
        values = found[self.layer]
        scores = {CONDUCTANCE: self.inside.score(values.astype(np.float64))}
        voted: Votes | None = None
        if self.mutants is not None:
            voted = yield from votes(self.model, self.mutants, sample.images)
            scores[LCR] = voted.rate.astype(np.float64)
        scores |= trivial(sample.logits)
        if self._combines:
            features = self._features(scores)
            scores |= {name: one.score(features) for name, one in self.combiners.items()}
        return Evidence(found.targets, values, voted, scores)

    def score(self, images: Any) -> Doubles:
        """Return (B,): higher for predictions that are more likely wrong."""
        return run(self.examine(images)).scores[self.name]

    def roc(self, images: Any, labels: Any) -> Roc:
        """Return the ROC curve on some labelled images, with those of the other detectors."""
        evidence = run(self.examine(images))
        wrong = evidence.predicted != _numbers(self.model, labels, len(evidence.predicted))
        return self._curve(evidence.scores, wrong)

    def restore(self, scores: dict[str, Doubles], wrong: Flags) -> None:
        """Take what was found on the validation images, with the network as it is now."""
        self._validation, self._network = (scores, wrong), fingerprint(self.model.net)

    # --- thresholds ----------------------------------------------------------------------------

    @property
    def validation(self) -> Roc:
        """The ROC curve on the validation images, with those of the other detectors."""
        return self._curve(*self._fitted())

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

    def table(self, images: Any, labels: Any) -> list[dict[str, Any]]:
        """Return tables 4 to 6 of the paper as rows: each detector, on validation and test."""
        test = self.roc(images, labels)
        rows = []
        for name, check in _all(self.validation).items():
            other = _all(test)[name]
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

    def _curve(self, scores: dict[str, Doubles], wrong: Flags) -> Roc:
        others = {name: value for name, value in scores.items() if name != self.name}
        return roc_of(self.name, scores[self.name], wrong, others)

    def _same(self) -> None:
        """Raise InputError unless the network is that which the detector was fitted to."""
        self._fitted()
        if fingerprint(self.model.net) != self._network:
            raise InputError(
                "the network's weights have changed since the detector was fitted; fit it again"
            )

    def _fitted(self) -> tuple[dict[str, Doubles], Flags]:
        if self._validation is None:
            raise InputError("this detector has learnt nothing yet; run its fit first")
        return self._validation

    # --- files ---------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write what was learnt as safetensors, without the network, and return the path."""
        from xaiwidgets.reliability.storing import save

        self._same()
        return save(self, Path(path), self._fitted())

    @classmethod
    def load(cls, path: str | Path, model: Network) -> ErrorDetector:
        """Read what `save` wrote, for the same network; DataError if it is something else."""
        from xaiwidgets.reliability.storing import load

        return load(cls, Path(path), model)


def _all(roc: Roc) -> dict[str, Roc]:
    return {roc.name: roc, **roc.beside}


def _numbers(model: Network, labels: Any, count: int) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = model.class_numbers(
        labels, count, name="labels", each=True
    ).numpy()
    return numbers


def _split(wrong: Flags, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of what is trained on and what is set aside, alike in both kinds."""
    order = np.random.default_rng(seed).permutation(len(wrong))
    parts = [order[wrong[order]], order[~wrong[order]]]
    cuts = [round(len(part) * _ASIDE) for part in parts]
    own = np.concatenate([part[cut:] for part, cut in zip(parts, cuts, strict=True)])
    aside = np.concatenate([part[:cut] for part, cut in zip(parts, cuts, strict=True)])
    return np.sort(own), np.sort(aside)


def _few(places: NDArray[np.int64], wrong: Flags, seed: int) -> NDArray[np.int64]:
    """Return so many of some places that their mutants can be waited for, half of them wrong."""
    if len(places) <= _VOTED:
        return places
    order = np.random.default_rng(seed).permutation(places)
    false = order[wrong[order]][: _VOTED // 2]
    return np.sort(np.concatenate([false, order[~wrong[order]][: _VOTED - len(false)]]))


def _noted(what: str) -> Callable[[Progress], Progress]:
    return lambda progress: Progress(progress.done, progress.total, what)
