"""`cleanse`: train again without what was marked, and see what is left of the trigger."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.inputs import inputs_of
from xaiwidgets.intervals import IntervalEstimate, share_interval
from xaiwidgets.network import Network
from xaiwidgets.reliability import network_logits
from xaiwidgets.work import Later, Progress, Steps, relay, work

Train = Callable[[Any, Any], Any]
"""From pictures and labels to a Network, or to `Work` of one, such as `Trainer`."""


@dataclass(frozen=True, eq=False, repr=False)
class Cleansed:
    """What is left of a trigger after training without some pictures.

    Attributes
    ----------
    before, after : IntervalEstimate
        Of test pictures with the trigger, the share that is seen as the target.
    control : IntervalEstimate or None
        The same after training without as many others of the same labels, drawn at random.
    accuracy_before, accuracy_after : IntervalEstimate or None
        On test pictures without the trigger, if there are any.
    untriggered : IntervalEstimate or None
        Of those of other classes, the share seen as the target after: what no trigger reaches.
    removed : int
    model, control_model : Network or None
        Trained without what was removed, and without what was drawn. What is None has not come
        yet, in a preview, or was not asked for.
    """

    before: IntervalEstimate
    after: IntervalEstimate | None
    control: IntervalEstimate | None
    accuracy_before: IntervalEstimate | None
    accuracy_after: IntervalEstimate | None
    untriggered: IntervalEstimate | None
    removed: int
    model: Network | None
    control_model: Network | None

    def __repr__(self) -> str:
        control = "" if self.control is None else f"; without others {self.control}"
        return (
            f"<Cleansed of {self.removed} pictures: the trigger's success {self.before} -> "
            f"{self.after}{control}>"
        )


@work
def cleanse(
    train: Train,
    images: Any,
    labels: Any,
    removed: Any,
    *,
    triggered: Any,
    target: int | str,
    test: tuple[Any, Any] | None = None,
    model: Network | None = None,
    control: bool = True,
    seed: int = 0,
) -> Steps[Cleansed]:
    """Train again without some pictures, and compare how often the trigger succeeds.

    Parameters
    ----------
    train : callable
        From images and labels, each a part of what is given here, to a `Network`, or to `Work` (or
        a generator of `Progress`) that returns one; `Trainer` is one.
    images, labels : arrays, tensors or sequences (N, ...)
        All that the network was trained on.
    removed : ints, or (N,) bools
        Which of them to leave out.
    triggered : tensor (B, ...) or sequence of pictures
        Test pictures of other classes with the trigger.
    target : class
    test : (images, labels), optional
        Without the trigger: what cleansing costs.
    model : Network, optional
        Trained on everything; it is trained first where it is not given.
    control : bool
        Whether to train without as many others, too: a list as long, but wrong.
    seed : int
        Draws those.

    Returns
    -------
    Work[Cleansed]
        Previews are what is known so far.

    Raises
    ------
    InputError
        If nothing or everything is to be removed, or a number is none of a picture.

    Examples
    --------
    >>> from xaiwidgets.poisoning import PatchTrigger, Trainer, add_trigger, poison
    >>> dark = np.zeros((40, 4, 4), np.uint8)
    >>> dark[::2, :2] = 200
    >>> poisoned = poison(dark, np.arange(40) % 2, 1, trigger=PatchTrigger(1), rate=0.2)
    >>> train = Trainer(lambda: torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 2)),
    ...                 epochs=60, learning_rate=0.05)
    >>> result = cleanse(train, poisoned.images, poisoned.labels, poisoned.indices, target=1,
    ...                  triggered=add_trigger(dark[::2], PatchTrigger(1))).run()
    >>> result.before.value, result.after.value
    (1.0, 0.0)
    """
    if not callable(train):
        raise InputError(f"train is {train!r}; give a callable, such as Trainer(make_network)")
    if len(labels) != len(images):
        raise InputError(f"there are {len(labels)} labels for {len(images)} images")
    out = removed_rows(removed, len(images))
    whole("seed", seed, 0)
    if len(triggered) == 0:
        raise InputError("triggered is empty; give test pictures with the trigger")
    if test is not None and len(test[0]) != len(test[1]):
        raise InputError(f"test has {len(test[1])} labels for {len(test[0])} images")
    data, probe = _Data(train, images, labels), _Probe(triggered, target, test)
    return _cleanse(data, probe, out, _control_rows(labels, out, seed) if control else None, model)


def removed_rows(removed: Any, count: int) -> NDArray[np.int64]:
    """Return which rows are removed, ascending, given as numbers or as bools."""
    array = np.asarray(removed)
    if array.dtype == np.bool_:
        if array.shape != (count,):
            raise InputError(
                f"removed is {array.shape} bools for {count} images; give one for each"
            )
        array = np.flatnonzero(array)
    if array.size == 0:
        raise InputError("removed is empty, so that training again would change nothing; mark some")
    if array.ndim != 1 or array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= count:
        raise InputError(f"removed is {removed!r}; use numbers of pictures from 0 to {count - 1}")
    # A picture that is marked twice is removed once, and the control is of as many.
    rows = np.unique(array).astype(np.int64)
    if len(rows) == count:
        raise InputError(f"removed is all of {count} images; nothing is left to train on")
    return rows


def _control_rows(labels: Any, removed: NDArray[np.int64], seed: int) -> NDArray[np.int64] | None:
    """Return as many others, of the same labels where there are enough; None without any."""
    numbers = np.asarray(labels)
    # Of the same labels, because a class with fewer pictures is predicted more rarely whatever they
    # show, and the target is usually one class.
    remaining = np.setdiff1d(np.arange(len(numbers)), removed)
    alike = remaining[np.isin(numbers[remaining], numbers[removed])]
    pool = alike if len(alike) > len(removed) else remaining
    if len(pool) <= len(removed):
        return None
    return np.sort(np.random.default_rng(seed).choice(pool, len(removed), replace=False))


@dataclass(frozen=True)
class _Data:
    """What a network is trained on, and how."""

    train: Train
    images: Any
    labels: Any

    def without(self, removed: Sequence[int] | NDArray[np.int64], note: str) -> Steps[Network]:
        """Return the network trained without some rows."""
        rows = np.setdiff1d(np.arange(len(self.images)), removed)
        training = self.train(_take(self.images, rows), _take(self.labels, rows))
        # A recipe of the user's may answer at once or in steps; in steps it can be stopped.
        if isinstance(training, Generator):
            steps: Steps[Any] = training
            training = yield from relay(steps, lambda p: p.without_preview(note))
        if not isinstance(training, Network):
            raise InputError(f"train returned a {type(training).__name__}; it must be a Classifier")
        return training


class _Outcome(NamedTuple):
    """What a network makes of test pictures."""

    success: IntervalEstimate
    accuracy: IntervalEstimate | None
    untriggered: IntervalEstimate | None


def _share(hits: Tensor) -> IntervalEstimate | None:
    return share_interval(int(hits.sum()), len(hits)) if len(hits) else None


@dataclass(frozen=True)
class _Probe:
    """What networks are asked."""

    triggered: Any
    target: int | str
    test: tuple[Any, Any] | None

    def ask(self, model: Network) -> Steps[_Outcome]:
        """Return how often the trigger succeeds, and how others are seen."""
        logits = yield from network_logits(model, inputs_of(model, self.triggered))
        target = model.index(self.target, logits.shape[1])
        hits = logits.argmax(1) == target
        success = share_interval(int(hits.sum()), len(hits))
        if self.test is None:
            return _Outcome(success, None, None)
        logits = yield from network_logits(model, inputs_of(model, self.test[0]))
        predicted, classes = logits.argmax(1), logits.shape[1]
        truth = model.class_numbers(self.test[1], len(logits), classes, name="labels", each=True)
        return _Outcome(
            # The last is the floor: pictures without a trigger are seen as the target, too, now and
            # then.
            success,
            _share(predicted == truth),
            _share((predicted == target)[truth != target]),
        )


def _cleanse(
    data: _Data,
    probe: _Probe,
    removed: NDArray[np.int64],
    control_rows: NDArray[np.int64] | None,
    model: Network | None,
) -> Steps[Cleansed]:
    if model is None:
        # By the same recipe: a network trained otherwise would differ by more than what was
        # removed.
        model = yield from data.without([], "training on all")
    before = yield from probe.ask(model)
    result = Cleansed(
        before=before.success,
        after=None,
        control=None,
        accuracy_before=before.accuracy,
        accuracy_after=None,
        untriggered=None,
        removed=len(removed),
        model=None,
        control_model=None,
    )

    def so_far(progress: Progress) -> Progress:
        return Progress(progress.done, progress.total, progress.note, Later(lambda: result))

    cleansed = yield from relay(data.without(removed, "training without the marked"), so_far)
    after = yield from probe.ask(cleansed)
    result = replace(
        result,
        after=after.success,
        accuracy_after=after.accuracy,
        untriggered=after.untriggered,
        model=cleansed,
    )
    if control_rows is None:
        return result
    # Fewer pictures weaken a trigger by themselves; beyond this control it is the list that did.
    other = yield from relay(data.without(control_rows, "training without as many others"), so_far)
    control = yield from probe.ask(other)
    return replace(result, control=control.success, control_model=other)


def _take(values: Any, rows: NDArray[np.int64]) -> Any:
    if isinstance(values, Tensor):
        return values[torch.from_numpy(rows)]
    if isinstance(values, np.ndarray):
        return values[rows]
    return [values[row] for row in rows.tolist()]
