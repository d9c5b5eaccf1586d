"""`tree`: a decision tree that answers as the network does, as often as it can."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_number, whole
from xaiwidgets.contrast import Generator
from xaiwidgets.errors import InputError
from xaiwidgets.inputs import inputs_of
from xaiwidgets.intervals import IntervalEstimate, share_interval
from xaiwidgets.network import Network
from xaiwidgets.surrogate._features import PictureFeatures, picture_features
from xaiwidgets.work import Progress, Steps, work

LEAST_PICTURES = 20
"""Pictures without which a tree is not fitted, and tested."""

DEEPEST = 20


@dataclass(frozen=True)
class SurrogateLeaf:
    """One leaf: its rule, what the tree says there, and how often the network does.

    Attributes
    ----------
    conditions : tuple of str
        All hold, such as ``r3c4 > 0.52``; none for a tree of one leaf.
    label : str
        The class said.
    agreement : IntervalEstimate or None
        Of the held-out pictures that come here; None where none does.
    pictures : (n,) ints
        All pictures that come here.
    """

    conditions: tuple[str, ...]
    label: str
    agreement: IntervalEstimate | None
    pictures: NDArray[np.int64]

    def __str__(self) -> str:
        condition = "if " + " and ".join(self.conditions) if self.conditions else "always"
        agreement = "no held-out picture" if self.agreement is None else str(self.agreement)
        return f"{condition}: {self.label} ({len(self.pictures)} pictures, agreement {agreement})"


@dataclass(frozen=True, eq=False, repr=False)
class SurrogateTree:
    """A decision tree for a whole network, by how often it says what the network says.

    Attributes
    ----------
    agreement : IntervalEstimate
        On held-out pictures.
    majority : IntervalEstimate
        Of always saying the network's commonest class: what to beat.
    per_class : mapping from str to IntervalEstimate
        By what the network says; classes that it says of no held-out picture are left out.
    by_depth : tuple of (int, IntervalEstimate)
        The agreement of trees of each depth, up to this one's.
    leaves : tuple of SurrogateLeaf
        The largest first.
    importance : mapping from str to float
        By feature, the share of the impurity that its questions take away; largest first.
    depth : int
    held_out : (n,) ints
        The pictures that only test it.
    predicted, said : (N,) ints
        What the network says of each picture, and the tree.
    """

    agreement: IntervalEstimate
    majority: IntervalEstimate
    per_class: dict[str, IntervalEstimate]
    by_depth: tuple[tuple[int, IntervalEstimate], ...]
    leaves: tuple[SurrogateLeaf, ...]
    importance: dict[str, float]
    depth: int
    held_out: NDArray[np.int64]
    predicted: NDArray[np.int64]
    said: NDArray[np.int64]

    def __repr__(self) -> str:
        return (
            f"<SurrogateTree of depth {self.depth}, {len(self.leaves)} leaves: agrees with the "
            f"network in {self.agreement}; always the commonest class: {self.majority}>"
        )

    def rules(self) -> str:
        """Return the leaves as rules, the largest first, a line each."""
        return "\n".join(map(str, self.leaves))


@work
def tree(
    model: Network,
    images: Any,
    features: Any = "cells",
    depth: int = 3,
    *,
    grid: int = 7,
    generator: Generator | None = None,
    held_out: float = 0.3,
    seed: int = 0,
) -> Steps[SurrogateTree]:
    """Fit a decision tree to what a network says of pictures (Craven and Shavlik 1996).

    Parameters
    ----------
    model : Network
    images : tensor (N, ...) or sequence of pictures
        At least 20.
    features : "cells", "latents", "pca", or callable
        What the tree asks about: the mean brightness of cells, a generator's latents, principal
        components, or what a function makes (N, F) of inputs (N, ...).
    depth : int
        Questions on the way to a leaf, at most; 1 to 20.
    grid : int
        Rows and columns of "cells".
    generator : Generator, optional
        For "latents".
    held_out : float
        The share of the pictures that only test the tree.
    seed : int
        Of which these are, and of ties between questions.

    Returns
    -------
    Work[SurrogateTree]

    Raises
    ------
    InputError
        If there are too few pictures, or no such features; later, if the network says one class of
        all pictures.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> found = tree(zoo.digits(), datasets.digits("test").images, depth=4).run()
    >>> found.agreement.low > found.majority.high
    True
    """
    batch = inputs_of(model, images)
    if len(batch) < LEAST_PICTURES:
        raise InputError(f"{len(batch)} pictures are too few; give at least {LEAST_PICTURES}")
    if whole("depth", depth) > DEEPEST:
        raise InputError(f"depth is {depth!r}; use a whole number from 1 to {DEEPEST}")
    if not is_number(held_out) or not 0 < held_out < 1:
        raise InputError(f"held_out is {held_out!r}; use a share above 0 and below 1")
    whole("seed", seed, 0)
    order = np.random.default_rng(seed).permutation(len(batch))
    test, train = np.split(order, [min(len(order) - 1, max(1, round(held_out * len(order))))])
    chosen = picture_features(features, batch, batch[np.sort(train)], grid, generator)
    return _fitted(model, batch, chosen, depth, np.sort(train), np.sort(test), seed)


def _fitted(
    model: Network,
    batch: Tensor,
    features: PictureFeatures,
    depth: int,
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    seed: int,
) -> Steps[SurrogateTree]:
    from sklearn.tree import DecisionTreeClassifier

    yield Progress(0, depth + 1, "asking the network")
    predicted = model.logits(batch).argmax(1).numpy()
    if len(np.unique(predicted[train])) < 2:
        label = model.label(int(predicted[train][0]))
        raise InputError(f"the network says {label!r} of all pictures; give others, too")
    rows = features.compute(batch)
    by_depth = []
    for limit in range(1, depth + 1):
        fit = DecisionTreeClassifier(max_depth=limit, random_state=seed)
        fit.fit(rows[train], predicted[train])
        by_depth.append((limit, _agreement(fit.predict(rows[test]), predicted[test])))
        yield Progress(limit + 1, depth + 1, "fitting")
    said = fit.predict(rows)
    commonest = Counter(predicted[train].tolist()).most_common(1)[0][0]
    present = sorted({*predicted[test].tolist()})
    return SurrogateTree(
        agreement=by_depth[-1][1],
        majority=_agreement(np.full(len(test), commonest), predicted[test]),
        per_class={
            model.label(c): _agreement(said[test][predicted[test] == c], c) for c in present
        },
        by_depth=tuple(by_depth),
        leaves=_leaves(fit, rows, features.names, model, predicted, test),
        importance=_importance(fit.feature_importances_, features.names),
        depth=depth,
        held_out=test.astype(np.int64),
        predicted=predicted,
        said=said,
    )


def _agreement(said: NDArray[np.int64], predicted: Any) -> IntervalEstimate:
    return share_interval(int((said == predicted).sum()), len(said))


def _importance(shares: NDArray[np.float64], names: tuple[str, ...]) -> dict[str, float]:
    order = np.argsort(-shares, kind="stable")
    return {names[place]: float(shares[place]) for place in order if shares[place] > 0}


def _leaves(
    fit: Any,
    rows: NDArray[np.float64],
    names: tuple[str, ...],
    model: Network,
    predicted: NDArray[np.int64],
    test: NDArray[np.int64],
) -> tuple[SurrogateLeaf, ...]:
    places = fit.apply(rows)
    leaves = []
    for leaf, conditions in _paths(fit.tree_, names).items():
        label = int(fit.classes_[fit.tree_.value[leaf][0].argmax()])
        tested = predicted[test][places[test] == leaf]
        leaves.append(
            SurrogateLeaf(
                conditions,
                model.label(label),
                _agreement(np.full(len(tested), label), tested) if len(tested) else None,
                np.flatnonzero(places == leaf),
            )
        )
    return tuple(sorted(leaves, key=lambda leaf: -len(leaf.pictures)))


def _paths(nodes: Any, names: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """Return of each leaf the questions on the way to it, as conditions that hold there.

    Of two questions of one kind about one feature the last is the narrower one, and says all.
    """
    paths: dict[int, tuple[str, ...]] = {}
    waiting: list[tuple[int, dict[str, float]]] = [(0, {})]
    while waiting:
        node, bounds = waiting.pop()
        if nodes.children_left[node] < 0:
            paths[node] = tuple(f"{side} {bound:.3g}" for side, bound in bounds.items())
            continue
        name, threshold = names[nodes.feature[node]], float(nodes.threshold[node])
        waiting.append((nodes.children_right[node], {**bounds, f"{name} >": threshold}))
        waiting.append((nodes.children_left[node], {**bounds, f"{name} <=": threshold}))
    return paths
