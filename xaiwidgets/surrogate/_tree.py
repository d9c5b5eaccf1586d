"""`tree`: a decision tree that answers as the network does, as often as it can."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_number, whole
from xaiwidgets.contrast import Generator
from xaiwidgets.errors import InputError
from xaiwidgets.inputs import inputs_of
from xaiwidgets.intervals import IntervalEstimate, mean_interval, share_interval
from xaiwidgets.network import Network
from xaiwidgets.reliability import network_logits
from xaiwidgets.surrogate._features import PictureFeatures, picture_features
from xaiwidgets.work import Progress, Steps, work

LEAST_PICTURES = 20
"""Pictures without which a tree is not fitted, and tested."""

DEEPEST = 20


class SurrogateNode(NamedTuple):
    """One node: its question, `feature` <= `threshold`, the nodes where it is so and where not.

    A leaf has no question; `leaf` is its place among `SurrogateTree.leaves`, else -1, as are the
    nodes below a leaf.
    """

    feature: str
    threshold: float
    below: int
    above: int
    leaf: int


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
        All pictures that come here, those that it was fitted to among them.
    tested : int
        How many of them are held out.
    """

    conditions: tuple[str, ...]
    label: str
    agreement: IntervalEstimate | None
    pictures: NDArray[np.int64]
    tested: int

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
        The agreement of trees of each depth that was fitted. All are measured on the same held-out
        pictures: the best of them looks better than it is.
    gains : tuple of IntervalEstimate
        By how much each of `by_depth` agrees more often than the one before it, on the same
        pictures; the first, than always saying the commonest class.
    leaf_counts : tuple of int
        How many leaves each of `by_depth` has: what its agreement costs to read.
    nodes : tuple of SurrogateNode
        The root first.
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
    gains: tuple[IntervalEstimate, ...]
    leaf_counts: tuple[int, ...]
    nodes: tuple[SurrogateNode, ...]
    leaves: tuple[SurrogateLeaf, ...]
    importance: dict[str, float]
    depth: int
    held_out: NDArray[np.int64]
    predicted: NDArray[np.int64]
    said: NDArray[np.int64]
    _fits: _Fits

    def __repr__(self) -> str:
        return (
            f"<SurrogateTree of depth {self.depth}, {len(self.leaves)} leaves: agrees with the "
            f"network in {self.agreement}; always the commonest class: {self.majority}>"
        )

    def rules(self) -> str:
        """Return the leaves as rules, the largest first, a line each."""
        return "\n".join(map(str, self.leaves))

    def at(self, depth: int) -> SurrogateTree:
        """Return the tree of another depth that was fitted, too: the network is not asked again.

        Raises
        ------
        InputError
            If it is deeper than the one that was asked for.
        """
        most = len(self.by_depth)
        if whole("depth", depth) > most:
            raise InputError(f"depth is {depth!r}; trees of depth 1 to {most} were fitted")
        return self if depth == self.depth else _tree_at(self._fits, depth)


@dataclass(frozen=True, eq=False, repr=False)
class _Fits:
    """Trees of each depth, fitted to what a network says of some pictures."""

    model: Network
    names: tuple[str, ...]
    rows: NDArray[np.float64]
    predicted: NDArray[np.int64]
    train: NDArray[np.int64]
    test: NDArray[np.int64]
    by_depth: tuple[Any, ...]


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
    # Drawn, as pictures of a data set often come class by class.
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

    predicted = (yield from network_logits(model, batch)).argmax(1).numpy()
    # A tree of one answer agrees by saying it always, and explains nothing.
    if len(np.unique(predicted[train])) < 2:
        label = model.label(int(predicted[train][0]))
        raise InputError(f"the network says {label!r} of all pictures; give others, too")
    rows = features.compute(batch)
    trees = []
    for limit in range(1, depth + 1):
        # One fit a depth, all kept: `at` answers without asking the network again.
        fit = DecisionTreeClassifier(max_depth=limit, random_state=seed)
        trees.append(fit.fit(rows[train], predicted[train]))
        yield Progress(limit, depth, "fitting")
    fits = _Fits(model, features.names, rows, predicted, train, test, tuple(trees))
    return _tree_at(fits, depth)


def _tree_at(fits: _Fits, depth: int) -> SurrogateTree:
    """Measure the tree of a depth on the held-out pictures, beside all others."""
    model, predicted, test = fits.model, fits.predicted, fits.test
    true, fit = predicted[test], fits.by_depth[depth - 1]
    # Of all pictures: the held-out ones measure, the others fill the leaves that people look into.
    said = fit.predict(fits.rows)
    # Of the pictures it was fitted to: the commonest class of the others is not known beforehand.
    commonest = Counter(predicted[fits.train].tolist()).most_common(1)[0][0]
    # What to beat comes first: place d of the row is then the tree of depth d.
    hits = [np.full(len(test), commonest) == true]
    hits += [each.predict(fits.rows[test]) == true for each in fits.by_depth]
    shares = [share_interval(int(each.sum()), len(test)) for each in hits]
    leaves, places = _leaves(fits, fit)
    return SurrogateTree(
        agreement=shares[depth],
        majority=shares[0],
        per_class={
            model.label(c): _agreement(said[test][true == c], c) for c in np.unique(true).tolist()
        },
        by_depth=tuple(enumerate(shares[1:], 1)),
        gains=tuple(_gain(now, before) for before, now in itertools.pairwise(hits)),
        leaf_counts=tuple(int(each.get_n_leaves()) for each in fits.by_depth),
        nodes=_nodes(fit.tree_, fits.names, places),
        leaves=leaves,
        importance=_importance(fit.feature_importances_, fits.names),
        depth=depth,
        held_out=test.astype(np.int64),
        predicted=predicted,
        said=said,
        _fits=fits,
    )


def _agreement(said: NDArray[np.int64], predicted: Any) -> IntervalEstimate:
    return share_interval(int((said == predicted).sum()), len(said))


def _gain(now: NDArray[np.bool_], before: NDArray[np.bool_]) -> IntervalEstimate:
    """Return the paired difference of two shares; where no picture differs, one yet may."""
    # No difference has no spread, and Student's interval would be a point: Wilson's end for 0 of n
    # says what may still be missed.
    if not (now != before).any():
        most = share_interval(0, len(now)).high
        return IntervalEstimate(0.0, -most, most)
    return mean_interval(now.astype(np.float64) - before)


def _importance(shares: NDArray[np.float64], names: tuple[str, ...]) -> dict[str, float]:
    # By impurity, on the training pictures: what the tree asks, not what the network needs.
    order = np.argsort(-shares, kind="stable")
    return {names[place]: float(shares[place]) for place in order if shares[place] > 0}


def _leaves(fits: _Fits, fit: Any) -> tuple[tuple[SurrogateLeaf, ...], dict[int, int]]:
    """Return the leaves, the largest first, and of each node that is one its place."""
    places = fit.apply(fits.rows)
    leaves: dict[int, SurrogateLeaf] = {}
    for node, conditions in _paths(fit.tree_, fits.names).items():
        # What the tree says there: the network's commonest class among the leaf's training
        # pictures.
        label = int(fit.classes_[fit.tree_.value[node][0].argmax()])
        # Held-out pictures only: a deep leaf agrees with what it was fitted to by construction.
        tested = fits.predicted[fits.test][places[fits.test] == node]
        leaves[node] = SurrogateLeaf(
            conditions,
            fits.model.label(label),
            _agreement(np.full(len(tested), label), tested) if len(tested) else None,
            np.flatnonzero(places == node),
            len(tested),
        )
    # By how many pictures they speak for, not by their place in the tree.
    order = sorted(leaves, key=lambda node: -len(leaves[node].pictures))
    return tuple(leaves[n] for n in order), {node: place for place, node in enumerate(order)}


def _nodes(nodes: Any, names: tuple[str, ...], places: dict[int, int]) -> tuple[SurrogateNode, ...]:
    return tuple(
        SurrogateNode("", math.nan, -1, -1, places[node])
        if below < 0
        else SurrogateNode(
            names[nodes.feature[node]],
            float(nodes.threshold[node]),
            int(below),
            int(nodes.children_right[node]),
            -1,
        )
        for node, below in enumerate(nodes.children_left)
    )


def _paths(nodes: Any, names: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """Return of each leaf the questions on the way to it, as conditions that hold there.

    Of two questions of one kind about one feature the last is the narrower one, and says all.
    """
    paths: dict[int, tuple[str, ...]] = {}
    # Bounds are copied at each question: the two sides of it must not share them.
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
