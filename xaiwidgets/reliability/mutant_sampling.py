"""`mutants`: draw changed networks, and keep those that are still about as right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.reliability.inputs import labelled, share_of
from xaiwidgets.reliability.mutants import Mutants, Stable
from xaiwidgets.reliability.mutation import Change, units_in
from xaiwidgets.reliability.replay import chunks
from xaiwidgets.work import Progress, Steps

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_TRIALS = 24
"""Mutants that are tried to learn how many of a rate are kept."""

_HOPELESS = 60
"""When so many are rejected and none is kept, nobody waits for the first."""

_PATIENCE = 30
"""Mutants drawn for each one that is wanted, at most."""


def mutants(
    model: Network,
    validation: tuple[Any, Any],
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
    follows it, or a row of a linear layer.

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

    Yields
    ------
    Progress
        Mutants kept; the note has the share that was rejected, the preview those kept so far.

    Raises
    ------
    InputError
        If a value cannot be used, or (nearly) all mutants are rejected.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.work import run
    >>> model, data = zoo.digits(), datasets.digits("train")
    >>> few = data.images[:200], data.labels[:200]
    >>> made = run(mutants(model, few, operator="GF", rate=0.02, count=5))
    >>> len(made), made.units
    (5, 2)
    """
    whole("count", count)
    share_of("keep", keep)
    whole("seed", seed, 0)
    images, given = labelled(model, "validation", validation)
    scores = model.private_logits(images)
    labels = model.class_numbers(given, *scores.shape, name="labels", each=True)
    accuracy = float((scores.argmax(1) == labels).double().mean())
    if accuracy == 0:
        raise InputError(
            "the network is never right about the validation images, so any mutant would do; check "
            "their labels"
        )
    nursery = _Nursery(model, (images, labels.numpy()), accuracy, operator, keep, seed)
    if rate == "auto":
        units = yield from nursery.workable()
    else:
        if isinstance(rate, str):
            raise InputError(f"rate is {rate!r}; use a share above 0, at most 1, or 'auto'")
        units = max(1, round(share_of("rate", rate) * nursery.total))
    return (yield from nursery.grown(units, count))


class _Nursery:
    """Draws mutants and measures how often they are right."""

    def __init__(
        self,
        model: Network,
        validation: tuple[Tensor, NDArray[np.int64]],
        accuracy: float,
        operator: str,
        keep: float,
        seed: int,
    ) -> None:
        self.images, self.labels = validation
        self.stable = Stable.of(model, self.images[:1])
        self.total = units_in(operator, self.stable.layers)
        self.operator, self.keep, self.seed = operator, keep, seed
        self.accuracy = accuracy
        self.least = keep * accuracy - 1e-9  # not up to rounding: with keep=1 the same is enough

    def grown(self, units: int, count: int) -> Steps[Mutants]:
        """Return `count` mutants that are kept, drawn one after the other."""
        numbers: list[int] = []
        found: list[float] = []
        best, tried = 0.0, 0
        together = max(4, min(16, count // 4))
        while len(numbers) < count:
            if tried >= _PATIENCE * count or (not numbers and tried >= _HOPELESS):
                raise self._rejected(units, tried, len(numbers), best)
            few = range(tried, tried + together)
            changes = [self._changes(units, (self.seed, number)) for number in few]
            accuracies = yield from self._accuracies(changes, len(numbers), count, tried)
            for number, accuracy in zip(few, accuracies, strict=True):
                best = max(best, accuracy)
                if len(numbers) < count:
                    tried = number + 1
                    if accuracy >= self.least:
                        numbers.append(number)
                        found.append(accuracy)
            made = self._mutants(units, numbers, found, tried)
            note = f"{len(numbers)} kept, {made.rejection_rate:.0%} rejected"
            yield Progress(len(numbers), count, note, made if numbers else None)
        return self._mutants(units, numbers, found, tried)

    def workable(self) -> Steps[int]:
        """Return the largest number of units of which about half of the mutants are kept.

        Doubled until fewer are kept, then halved in between.
        """
        low, high = 1, 2
        while high < self.total and (yield from self._kept(high)) >= 0.5:
            low, high = high, 2 * high
        high = min(high, self.total)
        while high - low > max(1, low // 8):
            middle = (low + high) // 2
            if (yield from self._kept(middle)) >= 0.5:
                low = middle
            else:
                high = middle
        return low

    def _kept(self, units: int) -> Steps[float]:
        """Return which share of some mutants would be kept; others than those made later."""
        changes = [self._changes(units, (self.seed, units, at)) for at in range(_TRIALS)]
        found = yield from self._accuracies(changes, 0, None, 0, f"trying {units} units")
        return sum(accuracy >= self.least for accuracy in found) / len(found)

    def _changes(self, units: int, seed: tuple[int, ...]) -> list[Change]:
        return self.stable.changes(self.operator, units, seed)

    def _accuracies(
        self,
        changes: Sequence[Sequence[Change]],
        done: int,
        total: int | None,
        tried: int,
        note: str = "",
    ) -> Steps[list[float]]:
        """Return how often each mutant is right; the pictures before the changes are shared."""
        right = np.zeros(len(changes), np.int64)
        replay = self.stable.replay
        for rows in chunks(self.images, replay.network):
            recording = replay.record(self.images[rows])
            labels = self.labels[rows.numpy()]
            for at, one in enumerate(changes):
                right[at] += int((replay.labels(recording, one).numpy() == labels).sum())
                yield Progress(done, total, note or f"{done} kept of {tried} drawn")
        return [float(share) for share in right / len(self.labels)]

    def _mutants(
        self, units: int, numbers: Sequence[int], accuracies: Sequence[float], tried: int
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
            tried=tried,
            shape=tuple(self.images.shape[1:]),
            network_sum=self.stable.network_sum,
        )

    def _rejected(self, units: int, tried: int, kept: int, best: float) -> InputError:
        smaller = max(1, units // 2) / self.total
        digits = max(0, 1 - math.floor(math.log10(smaller)))
        possible = math.floor(100 * best / self.accuracy) / 100
        advice = (
            f"use a lower rate, such as {smaller:.{digits}f}, or rate='auto'"
            if units > 1
            else f"one unit is the least that can be changed: use keep={possible:g}"
        )
        return InputError(
            f"{tried - kept} of {tried} mutants were rejected: with {units} of {self.total} units "
            f"changed by {self.operator}, the best was right about {best:.1%} of the validation "
            f"images, and {self.least:.1%} are needed ({self.keep:g} of the network's "
            f"{self.accuracy:.1%}); {advice}"
        )
