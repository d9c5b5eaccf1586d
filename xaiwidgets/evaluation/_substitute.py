"""Performance on a substitute task: what a simple model learns from the cells that a map keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.nn import functional

from xaiwidgets.checks import number, whole
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation._cell_map import (
    GridSize,
    check_varied,
    read_inputs,
    read_references,
    resolve_method,
)
from xaiwidgets.images import Baseline
from xaiwidgets.intervals import IntervalEstimate, share_interval
from xaiwidgets.methods import Attribution, Cells, Method, Shapley, Task
from xaiwidgets.network import Network, require_network
from xaiwidgets.work import Progress, Steps, constantly, relay, work

Doubles = NDArray[np.float64]

TOGETHER = 16
"""Pictures that are explained at once."""

SIDE = 16
"""Pixels a side that the simple model sees at most: it has to be simple."""


@dataclass(frozen=True)
class SubstituteTask:
    """How often a simple model names the class right of what is left of pictures.

    It is trained on some pictures and asked about others, all in turn (cross-validation). Intervals
    are of the pictures asked about.

    Attributes
    ----------
    top : IntervalEstimate
        It sees only the cells of which the maps say most.
    random : IntervalEstimate
        As many cells at random: what `top` has to be better than.
    mask : IntervalEstimate
        It sees which cells those of `top` are, and not what is in them. A map of the predicted
        class can give the class away by its shape: if this is high, `top` says little.
    everything : IntervalEstimate
        It sees the whole picture.
    majority : float
        The share of the largest class.
    share : float
        Of the cells, that are seen.
    method : str
    """

    top: IntervalEstimate
    random: IntervalEstimate
    mask: IntervalEstimate
    everything: IntervalEstimate
    majority: float
    share: float
    method: str


@work
def substitute(
    model: Network,
    images: Any,
    labels: ArrayLike | Sequence[str],
    method: Method | str | None = None,
    *,
    share: float = 0.25,
    grid: GridSize = 4,
    baseline: Baseline = 0.0,
    folds: int = 5,
    seed: int = 0,
    references: Any = None,
) -> Steps[SubstituteTask]:
    """Keep the cells that maps call important, and see what a simple model makes of them.

    The survey's second way (section 5), as keep-and-retrain (Hooker et al. 2019) with a logistic
    regression in the place of the network.

    Parameters
    ----------
    model : Classifier
        Whose predictions are explained.
    images : tensor (P, C, H, W) or sequence of pictures
    labels : sequence of P ints or names
        What the simple model is to name.
    method : Method or str, optional
        By default Shapley values of the same grid.
    share : float
        Of the cells that are kept, above 0 and below 1; at least one cell.
    grid : int or (int, int)
        Cells.
    baseline : float, str or Tensor
        What is shown in place of the other cells.
    folds : int
        Of the cross-validation; each class needs as many pictures.
    seed : int
        Draws the random cells and the folds.
    references : pictures, optional
        For a method that needs them.

    Raises
    ------
    InputError
        At once: lengths that differ, too few pictures of a class, one class only; later, if a map
        is constant.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import LRP
    >>> test = datasets.digits("test")
    >>> result = substitute(zoo.digits(), test.images[:60], test.labels[:60] > 4, LRP()).run()
    >>> result.top.value > result.majority
    True
    """
    inputs = read_inputs(require_network(model), images)
    number("share", share, above=0, below=1)
    whole("folds", folds, 2)
    whole("seed", seed, 0)
    listed = labels.detach().cpu() if isinstance(labels, Tensor) else labels
    if listed is None or np.ndim(listed) == 0:
        raise InputError(f"labels is {labels!r}; give one for each of the {len(inputs)} pictures")
    names = np.array([str(label) for label in np.asarray(listed).tolist()])
    if len(names) != len(inputs):
        raise InputError(f"labels has {len(names)} values for {len(inputs)} pictures")
    present, counts = np.unique(names, return_counts=True)
    if len(present) < 2 or counts.min() < folds:
        raise InputError(
            f"labels have {dict(zip(present.tolist(), counts.tolist(), strict=True))}; give at "
            f"least 2 classes of {folds} pictures each, or fewer folds"
        )
    others = read_references(model, references, inputs[0])
    resolved = Shapley(grid=grid) if method is None else resolve_method(method, others)
    tasks = [Task(model, x, baseline=baseline, references=others) for x in inputs]
    cells = Cells.of(tasks[0].shape, tasks[0].region, grid)
    return _substitute(tasks, resolved, names, cells, share, folds, seed)


def _substitute(
    tasks: Sequence[Task],
    method: Method,
    names: NDArray[Any],
    cells: Cells,
    share: float,
    folds: int,
    seed: int,
) -> Steps[SubstituteTask]:
    maps: list[Attribution] = []
    for begin in range(0, len(tasks), TOGETHER):
        steps = method.explain(tasks[begin : begin + TOGETHER])
        # Some pictures at a time: Shapley plays their games side by side, and memory stays bounded.
        maps += yield from relay(steps, constantly(Progress(begin, len(tasks), method.label)))
    values = np.stack([attribution.sums(cells) for attribution in maps])
    for place, row in enumerate(values):
        check_varied(row, f"{method.label}'s map of picture {place}")
    players = values.shape[1]
    count = min(max(1, round(share * players)), players - 1)
    noise = np.random.default_rng(seed).random(values.shape)
    # As many cells for both: a look at more cells would name the class better by that alone.
    top, random = (_largest(order, count) for order in (values, noise))
    looks = {
        "top": _masked(tasks, cells, top),
        "random": _masked(tasks, cells, random),
        # The mask alone: a map may tell the class by where it points, whatever is left there to
        # see.
        "mask": top.astype(np.float64),
        "everything": _masked(tasks, cells, np.ones_like(top)),
    }
    accuracies: dict[str, IntervalEstimate] = {}
    for name, features in looks.items():
        yield Progress(len(tasks), len(tasks), f"logistic regression, {name}")
        accuracies[name] = _accuracy(features, names, folds, seed)
    majority = float(np.unique(names, return_counts=True)[1].max() / len(names))
    return SubstituteTask(
        **accuracies, majority=majority, share=count / players, method=method.label
    )


def _largest(values: Doubles, count: int) -> NDArray[np.bool_]:
    """Return masks (P, cells) of the `count` largest values of each row."""
    ranks = np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1)
    return np.asarray(ranks < count)


def _masked(tasks: Sequence[Task], cells: Cells, masks: NDArray[np.bool_]) -> Doubles:
    """Return pictures of which only the cells of masks (P, cells) are seen, as rows of numbers."""
    numbers = cells.numbers()
    rows = []
    for task, mask in zip(tasks, masks, strict=True):
        present: Tensor = numbers.new_tensor(mask).bool()[numbers]
        picture = present * task.input + ~present * task.absent
        size = (min(task.shape[0], SIDE), min(task.shape[1], SIDE))
        rows.append(functional.adaptive_avg_pool2d(picture.float(), size).flatten().numpy())
    return np.stack(rows).astype(np.float64)


def _accuracy(features: Doubles, names: NDArray[Any], folds: int, seed: int) -> IntervalEstimate:
    """Return how often a cross-validated logistic regression names the class right."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # Scaled inside the folds: the scaler must not see what it is tested on.
    # Shrunk (C = 0.1), as there are often fewer pictures than pixels.
    simple = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    splits = StratifiedKFold(folds, shuffle=True, random_state=seed)
    # Each picture is named by a model that has not seen it.
    named = cross_val_predict(simple, features, names, cv=splits)
    return share_interval(int((named == names).sum()), len(names))
