"""`mutants`: draw changed networks, and keep those that are still about as right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.reliability._arrays import Integers
from xaiwidgets.reliability._inputs import (
    ClassNames,
    Images,
    chunks,
    labelled_images,
    network_logits,
    share_of,
)
from xaiwidgets.reliability._mutants import MutableNetwork, Mutants
from xaiwidgets.reliability._mutation_operators import Change, check_operator, units_in
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_TRIALS = 24
"""Mutants that are drawn to learn how many of a rate are kept."""

_HOPELESS = 60
"""When so many are rejected and none is kept, the rate is given up."""

_DRAWS = 30
"""Mutants drawn for each one that is wanted, at most."""


@work
def mutants(
    model: Network,
    validation: tuple[Images, ClassNames],
    *,
    operator: str = "NAI",
    rate: float | str = "auto",
    count: int = 100,
    keep: float = 0.9,
    seed: int = 0,
) -> Steps[Mutants]:
    """Make networks that differ from this one in a few units, and are nearly as often right.

    After Wang et al., "Adversarial Sample Detection for Deep Neural Network through Model
    Mutation Testing". A unit is a filter of a convolution, together with the batch norm that
    follows it, or a row of a linear layer. Progress counts the mutants kept, its note has the
    share that was rejected, and its preview those kept so far.

    Parameters
    ----------
    model : Classifier
    validation : (images, labels)
        Mutants that are right about less than `keep` of what the network is right about here are
        rejected.
    operator : str
        "NAI" negates what comes out of a unit; "GF" adds noise to its weights, with the deviation
        of the layer's; "WS" lets its weights change places; "NS" lets units of a layer do so.
    rate : float or "auto"
        The share of the network's units to change, at least one; "auto" is the largest share of
        which about half are kept.
    count : int
        How many to make.
    keep : float
    seed : int

    Raises
    ------
    InputError
        If a value cannot be used, or (nearly) all mutants are rejected.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, data = zoo.digits(), datasets.digits("train")
    >>> few = data.images[:200], data.labels[:200]
    >>> sample = mutants(model, few, operator="GF", rate=0.02, count=5).run()
    >>> len(sample), sample.units
    (5, 2)
    """
    whole("count", count)
    share_of("keep", keep)
    whole("seed", seed, 0)
    check_operator(operator)
    if isinstance(rate, str) and rate != "auto":
        raise InputError(f"rate is {rate!r}; use a share above 0, at most 1, or 'auto'")
    share = None if isinstance(rate, str) else share_of("rate", rate)
    images, labels = labelled_images(model, "validation", validation)

    def steps() -> Steps[Mutants]:
        model.weights(anew=True)
        logits = yield from network_logits(model, images)
        accuracy = float((logits.argmax(1).numpy() == labels).mean())
        if accuracy == 0:
            raise InputError(
                "the network is never right about the validation images, so any mutant would do; "
                "check their labels"
            )
        sampler = MutantSampler(model, images, labels, accuracy, operator, keep, seed)
        if share is None:
            units = yield from sampler.largest_rate()
        else:
            units = max(1, round(share * sampler.total))
        return (yield from sampler.sample(units, count))

    return steps()


class MutantSampler:
    """Draws mutants and measures how often they are right."""

    def __init__(
        self,
        model: Network,
        images: Tensor,
        labels: Integers,
        accuracy: float,
        operator: str,
        keep: float,
        seed: int,
    ) -> None:
        self.weights_hash, self.network = model.weights(), MutableNetwork.of(model, images[:1])
        self.images, self.labels = images, labels
        self.total = units_in(operator, self.network.layers)
        self.operator, self.keep, self.seed = operator, keep, seed
        self.accuracy = accuracy
        self.least = keep * accuracy - 1e-9  # not up to rounding: with keep=1 the same is enough

    def sample(self, units: int, count: int) -> Steps[Mutants]:
        """Return `count` mutants that are kept, drawn one after the other."""
        numbers: list[int] = []
        accuracies: list[float] = []
        best, draws = 0.0, 0
        # Some at a time share a recording; of too many, the last would be drawn for nothing.
        together = max(4, min(16, count // 4))
        while len(numbers) < count:
            if draws >= _DRAWS * count or (not numbers and draws >= _HOPELESS):
                raise self._rejected(units, draws, len(numbers), best)
            batch = range(draws, draws + together)
            changes = [self._changes(units, (self.seed, number)) for number in batch]
            measured = yield from self._accuracies(changes, len(numbers), count, draws)
            for number, accuracy in zip(batch, measured, strict=True):
                best = max(best, accuracy)
                # Those after the last that is wanted were not needed, and do not count as drawn.
                if len(numbers) < count:
                    draws = number + 1
                    if accuracy >= self.least:
                        numbers.append(number)
                        accuracies.append(accuracy)
            preview = self._mutants(units, numbers, accuracies, draws)
            note = f"{len(numbers)} kept, {preview.rejection_rate:.0%} rejected"
            yield Progress(len(numbers), count, note, preview if numbers else None)
        return self._mutants(units, numbers, accuracies, draws)

    def largest_rate(self) -> Steps[int]:
        """Return the largest number of units of which about half of the mutants are kept.

        Doubled until fewer are kept, then halved in between.
        """
        low, high = 1, 2
        while high < self.total and (yield from self._kept_share(high)) >= 0.5:
            low, high = high, 2 * high
        high = min(high, self.total)
        # Finer steps than an eighth are beyond what so few trials can tell apart.
        while high - low > max(1, low // 8):
            middle = (low + high) // 2
            if (yield from self._kept_share(middle)) >= 0.5:
                low = middle
            else:
                high = middle
        return low

    def _kept_share(self, units: int) -> Steps[float]:
        """Return which share of some mutants would be kept; others than those sampled later."""
        # Never 0 at the end: NumPy fills seeds up with zeros, so that (s, u, 0) would draw mutant
        # number u of those sampled later.
        changes = [self._changes(units, (self.seed, units, at)) for at in range(1, _TRIALS + 1)]
        measured = yield from self._accuracies(changes, 0, None, 0, f"trying {units} units")
        # A share of a half of 24 is known to 0.1: enough to find the rate, not to report it.
        return sum(accuracy >= self.least for accuracy in measured) / len(measured)

    def _changes(self, units: int, seed: tuple[int, ...]) -> list[Change]:
        return self.network.changes(self.operator, units, seed)

    def _accuracies(
        self,
        changes: Sequence[Sequence[Change]],
        done: int,
        total: int | None,
        draws: int,
        note: str = "",
    ) -> Steps[list[float]]:
        """Return how often each mutant is right; the pictures before the changes are shared."""
        right = np.zeros(len(changes), np.int64)
        replay = self.network.replay
        # Pictures outside, mutants inside: a recording is made once and serves all of them.
        for rows in chunks(self.images, self.network.replay.network):
            recording = replay.record(self.images[rows])
            labels = self.labels[rows.numpy()]
            for at, change in enumerate(changes):
                right[at] += int((replay.labels(recording, change).numpy() == labels).sum())
                yield Progress(done, total, note or f"{done} kept of {draws} drawn")
        return [float(share) for share in right / len(self.labels)]

    def _mutants(
        self, units: int, numbers: Sequence[int], accuracies: Sequence[float], draws: int
    ) -> Mutants:
        return Mutants(
            operator=self.operator,
            rate=units / self.total,
            units=units,
            seed=self.seed,
            numbers=tuple(numbers),
            accuracies=tuple(accuracies),
            accuracy=self.accuracy,
            keep=self.keep,
            draws=draws,
            shape=tuple(self.images.shape[1:]),
            weights_hash=self.weights_hash,
        )

    def _rejected(self, units: int, draws: int, accepted: int, best: float) -> InputError:
        smaller = max(1, units // 2) / self.total
        digits = max(0, 1 - math.floor(math.log10(smaller)))
        # Rounded down, so that the best of the mutants would be kept.
        possible = math.floor(100 * best / self.accuracy) / 100
        advice = (
            f"use a lower rate, such as {smaller:.{digits}f}, or rate='auto'"
            if units > 1
            else f"one unit is the least that can be changed: use keep={possible:g}"
        )
        return InputError(
            f"{draws - accepted} of {draws} mutants were rejected: with {units} of {self.total} "
            f"units changed by {self.operator}, the best was right about {best:.1%} of the "
            f"validation images, and {self.least:.1%} are needed ({self.keep:g} of the network's "
            f"{self.accuracy:.1%}); {advice}"
        )
