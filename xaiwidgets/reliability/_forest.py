"""A random forest that is grown by scikit-learn, and kept and asked as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.reliability._arrays import Doubles, Flags
from xaiwidgets.work import Progress, Steps

_NODES = ("left", "right", "feature", "threshold", "share", "roots")
"""What is known of each node of a forest, and where its trees begin."""


class Forest:
    """A random forest, grown by scikit-learn; its trees are kept as arrays, not as objects."""

    def __init__(self, seed: int = 0, trees: int = 100, leaf: int = 20) -> None:
        self.seed, self.trees, self.leaf = seed, trees, leaf
        self._nodes: dict[str, NDArray[Any]] = {}

    def fit(self, features: Doubles, wrong: Flags, aside: tuple[Doubles, Flags]) -> Steps[Self]:
        """Grow the trees."""
        # Only here: scikit-learn takes a second to import.
        from sklearn.ensemble import RandomForestClassifier

        yield Progress(0, 1, "growing a forest")
        forest = RandomForestClassifier(
            self.trees,
            # Where wrong predictions are few, large leaves would mix them all with right ones.
            min_samples_leaf=min(self.leaf, max(1, int(wrong.sum()) // 5)),
            class_weight="balanced",
            random_state=self.seed,
        ).fit(features, wrong)
        # All trees in one table of nodes: they are walked side by side, and saved as arrays.
        trees = [estimator.tree_ for estimator in forest.estimators_]
        begins = np.cumsum([0, *(tree.node_count for tree in trees)])
        # Shares of wrong predictions: before version 1.3 scikit-learn kept weighted counts here.
        shares = [tree.value[:, 0, -1] / tree.value[:, 0].sum(1) for tree in trees]
        pairs = list(zip(trees, begins[:-1], strict=True))
        self._nodes = {
            "left": np.concatenate([_shift(tree.children_left, at) for tree, at in pairs]),
            "right": np.concatenate([_shift(tree.children_right, at) for tree, at in pairs]),
            "feature": np.concatenate([tree.feature for tree in trees]),
            "threshold": np.concatenate([tree.threshold for tree in trees]),
            "share": np.concatenate(shares),
            "roots": begins[:-1],
        }
        return self

    def score(self, features: Doubles) -> Doubles:
        """Return the mean share of wrong predictions in the leaves."""
        nodes = self._nodes
        rows = np.arange(len(features))[:, None]
        numbers = features.astype(np.float32)  # as scikit-learn compares them
        at = np.broadcast_to(nodes["roots"], (len(features), len(nodes["roots"])))
        while (inner := nodes["left"][at] >= 0).any():
            less = numbers[rows, np.where(inner, nodes["feature"][at], 0)] <= nodes["threshold"][at]
            at = np.where(inner, np.where(less, nodes["left"][at], nodes["right"][at]), at)
        share: Doubles = nodes["share"][at].mean(1)
        return share

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that was learnt."""
        return dict(self._nodes)

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take what `arrays` gave."""
        self._nodes = {name: arrays[name] for name in _NODES}
        return self


def _shift(children: NDArray[Any], begin: int) -> NDArray[Any]:
    """Return places among all nodes; -1 where there are no children."""
    return np.where(children < 0, -1, children + begin)
