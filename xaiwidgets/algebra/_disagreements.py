"""Where two networks disagree, and what tells them apart there (i-Algebra, case A)."""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from xaiwidgets.algebra._classifier import ExplainableNetwork
from xaiwidgets.algebra._combine import Comparison
from xaiwidgets.checks import is_whole
from xaiwidgets.derivation import with_steady_weights
from xaiwidgets.errors import InputError
from xaiwidgets.inputs import listed_pictures
from xaiwidgets.methods import Attribution, Method, Shapley
from xaiwidgets.network import Picture, require_network
from xaiwidgets.prediction import Prediction
from xaiwidgets.work import Progress, Steps, constantly, relay, work

STEP = 0.05
"""Seconds that one step of predictions should take."""


@dataclass(frozen=True)
class Disagreement:
    """A picture of which two networks say different things.

    Attributes
    ----------
    index : int
        Its place among the images.
    prediction, rival_prediction : Prediction
        What the model says, and what the rival says.
    comparison : Comparison
        The anti-join of the two: `left` is for the model's class, `right` for the rival's.
    maps : tuple of two Attributions
        What each says of its own class alone: what Case A compares the anti-join with. They cost
        no further evaluation.
    """

    index: int
    prediction: Prediction
    rival_prediction: Prediction
    comparison: Comparison
    maps: tuple[Attribution, Attribution]

    @property
    def distance(self) -> float:
        """How far apart the two networks' maps are."""
        return self.comparison.distance


@work
def disagreements(
    model: ExplainableNetwork,
    rival: ExplainableNetwork,
    images: Tensor | Sequence[Picture],
    *,
    limit: int | None = None,
    grid: int | tuple[int, int] = 4,
    budget: int = 256,
    seed: int = 0,
    output: str = "logit",
) -> Steps[list[Disagreement]]:
    """Find the images that two networks give different classes, and compare their maps there.

    Parameters
    ----------
    model, rival : Classifier
        Networks for the same classes. Both are shown the model's input, `model.input(image)`.
    images : tensor (N, C, H, W) or sequence of pictures
        They need no labels.
    limit : int, optional
        Stop looking after so many disagreements, the first in the order of the images.
    grid, budget, seed, output
        As for `Interpretation.explain`; each disagreement costs `budget` evaluations of each
        network, fewer where all coalitions of the cells are fewer.

    Returns
    -------
    Work of list of Disagreement
        Largest `Comparison.distance` first; empty where the networks agree. Its previews are the
        list so far.

    Raises
    ------
    InputError
        If there are no images, or the networks' classes are not the same.
    CompositionError
        If they are one and the same network.

    Examples
    --------
    >>> import torch
    >>> from xaiwidgets import Classifier
    >>> one, other = (
    ...     Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 2)), name=name)
    ...     for name in "fg"
    ... )
    >>> found = disagreements(one, other, torch.randn(50, 1, 4, 4), grid=2).run()
    >>> all(d.prediction.index != d.rival_prediction.index for d in found)
    True
    >>> found == sorted(found, key=lambda d: -d.distance)
    True
    """
    for name, each in (("model", model), ("rival", rival)):
        require_network(each, name)
    pictures = listed_pictures(model, images)
    if not pictures:
        raise InputError("there are no images; give at least one")
    if limit is not None and not is_whole(limit, 1):
        raise InputError(f"limit is {limit!r}; use a whole number of at least 1, or None")
    method = Shapley(budget, grid, seed)
    # What is wrong with the question is known now, not after ten thousand predictions.
    first = model.input(pictures[0])
    model(first).left_join(rival(first)).steps(method, output=output)
    return with_steady_weights(_compared(model, rival, pictures, limit, method, output))


def _compared(
    model: ExplainableNetwork,
    rival: ExplainableNetwork,
    pictures: Sequence[Picture],
    limit: int | None,
    method: Method,
    output: str,
) -> Steps[list[Disagreement]]:
    compared: list[Disagreement] = []
    # All predictions come first: they are cheap, and tell how many maps there will be.
    different = yield from _different(model, rival, pictures, limit)
    for done, (index, one, other) in enumerate(different):
        x = model.input(pictures[index])
        # Case A asks which of two answers is right: each side explains the class that it gave,
        # under both networks, and the difference of the maps is what speaks for it in one of them
        # only.
        left, right = model(x).for_class(one.index), rival(x).for_class(other.index)
        so_far = Progress(done, len(different), "comparing maps", [*compared])
        maps = left.left_join(right).steps(method, output=output)
        comparison = yield from relay(maps, constantly(so_far))
        # After the comparison, whose coalitions are the same: all are known by now.
        ours = yield from relay(left.steps(method, output=output), constantly(so_far))
        theirs = yield from relay(right.steps(method, output=output), constantly(so_far))
        disagreement = Disagreement(index, one, other, comparison, (ours, theirs))
        # Kept in order, as each preview shows the list so far.
        insort(compared, disagreement, key=lambda each: -each.distance)
    return compared


def _different(
    model: ExplainableNetwork,
    rival: ExplainableNetwork,
    pictures: Sequence[Picture],
    limit: int | None,
) -> Steps[list[tuple[int, Prediction, Prediction]]]:
    """Return place and predictions of the pictures that get different classes."""
    different: list[tuple[int, Prediction, Prediction]] = []
    shape = model.input(pictures[0]).shape
    done, size = 0, 1
    while done < len(pictures) and (limit is None or len(different) < limit):
        started = time.perf_counter()
        batch = model.batch(pictures[done : done + size], shape)
        ours, theirs = model.logits(batch), rival.logits(batch)
        if ours.shape != theirs.shape:
            raise InputError(
                f"one network has {ours.shape[1]} classes, the other {theirs.shape[1]}; only "
                "networks for the same classes can be compared"
            )
        for place in range(len(batch)):
            one, other = model.prediction(ours[place]), rival.prediction(theirs[place])
            if one.index != other.index:
                different.append((done + place, one, other))
        done += len(batch)
        took = time.perf_counter() - started
        # Batches as large as `STEP` allows: progress and Cancel stay prompt on any machine.
        size = size * 2 if took < STEP / 2 else max(1, size // 2) if took > STEP else size
        yield Progress(done, len(pictures), "evaluating both networks", [])
    # A batch may hold more than were still wanted.
    return different[:limit]
