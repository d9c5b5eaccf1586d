"""`verdicts`: is the label change rate above a threshold? With as few mutants as that takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.checks import number
from xaiwidgets.network import require_network
from xaiwidgets.reliability._arrays import Flags, Integers, Singles
from xaiwidgets.reliability._inputs import Images, chunks, network_logits
from xaiwidgets.reliability._mutants import MutableNetwork, Mutants, check_mutants
from xaiwidgets.reliability._mutation_operators import Change
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network


@dataclass(frozen=True, eq=False, repr=False)
class Verdicts:
    """Whether the label change rates of some pictures are above a threshold.

    Attributes
    ----------
    unstable : (B,) bool
        Whether they are: then the prediction is likely to be wrong.
    rate : (B,) float32
        Of the mutants that were evaluated.
    used : (B,) ints
        How many were evaluated until the verdict.
    """

    unstable: Flags
    rate: Singles
    used: Integers

    def __repr__(self) -> str:
        return (
            f"Verdicts({int(self.unstable.sum())} of {len(self.unstable)} unstable, "
            f"{self.used.mean():.0f} mutants each)"
        )


class SequentialTest:
    """Wald's sequential probability ratio test of a share, cut short where all is decided.

    The share is taken to be at most ``threshold - width`` or at least ``threshold + width``; each
    vote moves the log-likelihood ratio of the two, until it leaves (-bound, bound) for errors of
    ``error`` on both sides. Votes that are left and cannot turn the count any more are not needed.
    """

    def __init__(self, total: int, threshold: float, width: float, error: float) -> None:
        # Off 0 and 1, at which a single vote would have an infinite likelihood ratio; by less than
        # the width, or `low` would be above `high` and every vote would count for the contrary.
        edge = min(1e-3, width / 2)
        low, high = max(threshold - width, edge), min(threshold + width, 1 - edge)
        # The largest count not above the threshold; without 1e-9, 0.29 of 100 would be 28.
        self.total, self.most = total, math.floor(threshold * total + 1e-9)
        # log(P(vote | high) / P(vote | low)) of a vote for another class, and of one for the same.
        self.up = math.log(high / low)
        self.down = math.log((1 - high) / (1 - low))
        # Wald's log A = log((1 - beta) / alpha) and log B = -log A, both errors being alike.
        self.bound = math.log((1 - error) / error)

    def decided(self, votes: int, changed: Integers) -> tuple[Flags, Flags]:
        """Return for each picture whether there is a verdict, and what it would be now."""
        ratio = changed * self.up + (votes - changed) * self.down
        # Certain, whatever the votes that are left will be.
        above, below = changed > self.most, changed + self.total - votes <= self.most
        over = (ratio >= self.bound) | (ratio <= -self.bound) | above | below
        return over, np.where(above, True, np.where(below, False, ratio > 0))


@work
def verdicts(
    model: Network,
    mutants: Mutants,
    images: Images,
    threshold: float,
    *,
    width: float | None = None,
    error: float = 0.05,
) -> Steps[Verdicts]:
    """Decide whether the label change rate of each picture is above `threshold`.

    The mutants are evaluated one after the other, and a picture leaves as soon as Wald's sequential
    test has its verdict; progress counts those.

    Parameters
    ----------
    model : Classifier
    mutants : Mutants
    images : tensor (B, ...) or sequence of pictures
    threshold : float
        A label change rate, such as that of ``detector.validation.beside["label change rate"]``.
    width : float, optional
        Rates nearer to the threshold than this may be decided either way; by default one and a
        half times the standard error of a rate of all the mutants, which is not surer itself.
    error : float
        How often a verdict may be wrong outside of that.

    Raises
    ------
    InputError
        If a value cannot be used.

    Examples
    --------
    >>> from xaiwidgets import datasets, reliability, zoo
    >>> model, data = zoo.digits(), datasets.digits("train")
    >>> few = data.images[:200], data.labels[:200]
    >>> made = reliability.mutants(model, few, rate=0.01, count=20).run()
    >>> bool(verdicts(model, made, data.images[:50], 0.3).run().used.max() <= 20)
    True
    """
    check_mutants(mutants)
    batch = require_network(model).batch(images, mutants.shape)
    test = _test(len(mutants), threshold, width, error)

    def steps() -> Steps[Verdicts]:
        model.weights(anew=True)
        network = MutableNetwork.of_mutants(model, mutants)
        predicted = (yield from network_logits(model, batch)).argmax(1)
        changes = network.all_changes(mutants)
        return (yield from _decide(network, changes, batch, predicted, test))

    return steps()


def _decide(
    network: MutableNetwork,
    changes: Sequence[Sequence[Change]],
    batch: Tensor,
    predicted: Tensor,
    test: SequentialTest,
) -> Steps[Verdicts]:
    """Ask mutant after mutant about the pictures that have no verdict yet."""
    changed, used = np.zeros((2, len(batch)), np.int64)
    unstable = np.zeros(len(batch), np.bool_)
    done = 0
    for chunk in chunks(batch, network.replay.network):
        rows, recording = chunk, network.replay.record(batch[chunk])
        # The same order for every picture: no verdict depends on the pictures beside it.
        for at, change in enumerate(changes, start=1):
            other = network.replay.labels(recording, change) != predicted[rows]
            here = rows.numpy()
            changed[here] += other.numpy()
            used[here] = at
            over, unstable[here] = test.decided(at, changed[here])
            # Pictures that have their verdict are evaluated no more.
            left = torch.from_numpy(~over)
            done += int(over.sum())
            yield Progress(done, len(batch), "verdicts")
            if over.any():
                rows, recording = rows[left], recording.rows(left)
            if len(rows) == 0:
                break
    return Verdicts(unstable, (changed / used).astype(np.float32), used)


def _test(total: int, threshold: float, width: float | None, error: float) -> SequentialTest:
    number("threshold", threshold, least=0, below=1, note=", a share of the mutants")
    # Half a vote is the finest there is; at a threshold of 0 the standard error would be 0.
    usual = max(1.5 * math.sqrt(threshold * (1 - threshold) / total), 0.5 / total)
    chosen = usual if width is None else number("width", width, above=0, below=1)
    number("error", error, above=0, below=0.5)
    return SequentialTest(total, threshold, chosen, error)
