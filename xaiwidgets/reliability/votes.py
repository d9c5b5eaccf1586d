"""`label_change_rate`: how many mutants answer otherwise than the network."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.reliability.mutants import Mutants, Stable, check_mutants
from xaiwidgets.reliability.mutation import Change
from xaiwidgets.reliability.replay import chunks
from xaiwidgets.work import Progress, Steps, run

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_SHOWN = 0.1  # seconds between previews
_ABSENT = -1


@dataclass(frozen=True, eq=False, repr=False)
class Votes:
    """What each mutant says of each picture.

    Attributes
    ----------
    predicted : (B,) ints
        The network's own class.
    labels : (M, B) ints
        Each mutant's; -1 where it has not been asked.
    """

    predicted: NDArray[np.int64]
    labels: NDArray[np.int64]

    def __repr__(self) -> str:
        mutants, pictures = self.labels.shape
        return f"Votes({mutants} mutants, {pictures} pictures, {self.asked.mean():.0%} asked)"

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Whether a mutant has been asked, (M, B)."""
        asked: NDArray[np.bool_] = self.labels != _ABSENT
        return asked

    @property
    def changed(self) -> NDArray[np.bool_]:
        """Whether a mutant says another class than the network, (M, B)."""
        changed: NDArray[np.bool_] = self.asked & (self.labels != self.predicted)
        return changed

    @property
    def rate(self) -> NDArray[np.float32]:
        """The label change rate (B,), of the mutants asked; NaN where there were none."""
        asked, changed = self.asked.sum(0), self.changed.sum(0)
        rate = np.where(asked > 0, changed / np.maximum(asked, 1), np.nan)
        return rate.astype(np.float32)


def label_change_rate(model: Network, mutants: Mutants, images: Any) -> NDArray[np.float32]:
    """Return the share (B,) of the mutants whose prediction is another than the network's (eq. 6).

    Raises
    ------
    InputError
        If the mutants are of another network, or the images of another shape.

    Examples
    --------
    >>> from xaiwidgets import datasets, reliability, zoo
    >>> model, data = zoo.digits(), datasets.digits("train")
    >>> few = data.images[:200], data.labels[:200]
    >>> made = run(reliability.mutants(model, few, rate=0.01, count=5))
    >>> label_change_rate(model, made, data.images[:3]).shape
    (3,)
    """
    return run(votes(model, mutants, images)).rate


def votes(model: Network, mutants: Mutants, images: Any) -> Steps[Votes]:
    """Ask every mutant about every picture.

    Yields
    ------
    Progress
        Votes that are in; the preview, now and then, is all of them so far.

    Raises
    ------
    InputError
        If the mutants are of another network, or the images of another shape.
    """
    check_mutants(mutants)
    batch = model.batch(images, mutants.shape)
    predicted = model.logits(batch).argmax(1).numpy()
    stable = Stable.mutated(model, mutants)
    found = np.full((len(mutants), len(batch)), _ABSENT, np.int64)
    changes = stable.all_changes(mutants)
    done, shown = 0, time.perf_counter()
    for rows in chunks(batch, stable.replay.network):
        for at, labels in _asked(stable, changes, batch[rows]):
            found[at, rows.numpy()] = labels
            done += len(rows)
            preview = None
            if time.perf_counter() - shown > _SHOWN:
                preview = Votes(predicted, found.copy())
                shown = time.perf_counter()
            yield Progress(done, found.size, "votes of mutants", preview)
    return Votes(predicted, found)


def _asked(stable: Stable, changes: Sequence[Sequence[Change]], batch: Tensor) -> Any:
    """Yield what one mutant after the other says of a few pictures."""
    recording = stable.replay.record(batch)
    for at, one in enumerate(changes):
        yield at, stable.replay.labels(recording, one).numpy()
