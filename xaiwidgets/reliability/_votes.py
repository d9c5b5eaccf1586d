"""`votes` of the mutants, and the `label_change_rate`: how many disagree with the network."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.cluster import check_executor, count_workers, map_items
from xaiwidgets.network import require_network
from xaiwidgets.reliability._arrays import Flags, Integers, Singles
from xaiwidgets.reliability._inputs import Images, chunks, network_logits
from xaiwidgets.reliability._mutants import MutableNetwork, Mutants, check_mutants, check_weights
from xaiwidgets.work import Later, Progress, Steps, Work, immediate, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_NOT_YET = -1


@dataclass(frozen=True, eq=False, repr=False)
class Votes:
    """What each mutant says of each picture.

    Attributes
    ----------
    predicted : (B,) ints
        The network's own class.
    labels : (M, B) ints
        Each mutant's; -1 where it has not been evaluated yet.
    """

    predicted: Integers
    labels: Integers

    def __repr__(self) -> str:
        mutants, pictures = self.labels.shape
        share = f"{self.evaluated.mean():.0%}"
        return f"Votes({mutants} mutants, {pictures} pictures, {share} evaluated)"

    @property
    def evaluated(self) -> Flags:
        """Whether a mutant has been evaluated for a picture, (M, B)."""
        evaluated: Flags = self.labels != _NOT_YET
        return evaluated

    @property
    def changed(self) -> Flags:
        """Whether a mutant says another class than the network, (M, B)."""
        changed: Flags = self.evaluated & (self.labels != self.predicted)
        return changed

    @property
    def rate(self) -> Singles:
        """The label change rate (B,) of the mutants evaluated, eq. 6; NaN where there are none."""
        evaluated, changed = self.evaluated.sum(0), self.changed.sum(0)
        # `where` computes both sides: the 1 is against a warning about 0 / 0.
        rate = np.where(evaluated > 0, changed / np.maximum(evaluated, 1), np.nan)
        return rate.astype(np.float32)


@immediate
def label_change_rate(
    model: Network, mutants: Mutants, images: Images, *, executor: Executor | None = None
) -> Steps[Singles]:
    """Return the share (B,) of the mutants whose prediction is another than the network's (eq. 6).

    ``label_change_rate.work(...)`` reports its progress; each mutant's class is in `votes`, which
    says what an executor is.

    Raises
    ------
    InputError
        If the mutants are of another network, or the images of another shape.

    Examples
    --------
    >>> from xaiwidgets import datasets, reliability, zoo
    >>> model, data = zoo.digits(), datasets.digits("train")
    >>> few = data.images[:200], data.labels[:200]
    >>> made = reliability.mutants(model, few, rate=0.01, count=5).run()
    >>> label_change_rate(model, made, data.images[:3]).shape
    (3,)
    """
    return votes(model, mutants, images, executor=executor).map(lambda voted: voted.rate)


@work
def votes(
    model: Network, mutants: Mutants, images: Images, *, executor: Executor | None = None
) -> Steps[Votes]:
    """Evaluate every mutant for every picture; previews are the votes so far.

    Parameters
    ----------
    executor : concurrent.futures.Executor, optional
        Who evaluates, some pictures at a time: threads, processes, or Dask's
        ``Client.get_executor()``. The network travels once to each; mutants are drawn there.

    Raises
    ------
    InputError
        If the mutants are of another network, or the images of another shape.

    Examples
    --------
    >>> from xaiwidgets import datasets, reliability, zoo
    >>> model, data = zoo.digits(), datasets.digits("train")
    >>> few = data.images[:200], data.labels[:200]
    >>> made = reliability.mutants(model, few, rate=0.01, count=5).run()
    >>> votes(model, made, data.images[:3]).run()
    Votes(5 mutants, 3 pictures, 100% evaluated)
    """
    check_mutants(mutants)
    check_executor(executor)
    batch = require_network(model).batch(images, mutants.shape)

    def steps() -> Steps[Votes]:
        model.weights(anew=True)
        check_weights(model, mutants)
        predicted = (yield from network_logits(model, batch)).argmax(1).numpy()
        labels = _labels((model, mutants), batch)
        if executor is not None:
            labels = _labels_on(executor, model, mutants, batch)
        return (yield from Work(labels, "labels").map(partial(Votes, predicted)))

    return steps()


def _labels(shared: tuple[Network, Mutants], batch: Tensor) -> Steps[Integers]:
    """Return the class (M, B) that each mutant says of each picture."""
    model, mutants = shared
    network = MutableNetwork.of_mutants(model, mutants)
    labels = np.full((len(mutants), len(batch)), _NOT_YET, np.int64)
    changes, done = network.all_changes(mutants), 0
    for rows in chunks(batch, network.replay.network):
        # Mutants in the inner loop, so that all of them begin with one recording.
        recording = network.replay.record(batch[rows])
        begin, end = int(rows[0]), int(rows[-1]) + 1
        for at, change in enumerate(changes):
            labels[at, begin:end] = network.replay.labels(recording, change).numpy()
            done += len(rows)
            preview = Later(_labels_until, labels, begin, end, at + 1)
            yield Progress(done, labels.size, "votes of mutants", preview)
    return labels


def _labels_on(
    executor: Executor, model: Network, mutants: Mutants, batch: Tensor
) -> Steps[Integers]:
    """Return the same, evaluated on workers: all mutants for some pictures at a time."""
    # Two parts for each worker, so that none waits long for the others at the end.
    places = torch.arange(len(batch), device="cpu").chunk(2 * count_workers(executor))

    def joined(parts: dict[int, Integers]) -> Integers:
        labels = np.full((len(mutants), len(batch)), _NOT_YET, np.int64)
        for number, part in parts.items():
            labels[:, places[number].numpy()] = part
        return labels

    # Parts are of pictures: of mutants, each worker would record all pictures' passes anew.
    items = [batch[rows] for rows in places]
    parts = map_items(_labels, items, shared=(model, mutants), executor=executor)
    return (yield from parts.map(joined))


def _labels_until(labels: Integers, begin: int, end: int, mutants: int) -> Integers:
    """Return all votes on pictures before `begin`, and those of some mutants up to `end`.

    `labels` fills up as the work goes on; what came in later is not in the preview of a step.
    """
    until = np.full_like(labels, _NOT_YET)
    until[:, :begin] = labels[:, :begin]
    until[:mutants, begin:end] = labels[:mutants, begin:end]
    return until
