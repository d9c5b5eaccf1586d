"""Ways to make one score of several: the four of the paper, each kept as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.reliability._arrays import Doubles, Flags
from xaiwidgets.reliability._mlp import MLP
from xaiwidgets.work import Progress, Steps


class Combiner(Protocol):
    """Learns from features (B, F) which predictions are wrong."""

    def fit(self, features: Doubles, wrong: Flags, aside: tuple[Doubles, Flags]) -> Steps[Any]:
        """Learn."""

    def score(self, features: Doubles) -> Doubles:
        """Return (B,), higher for predictions that are more likely wrong."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that was learnt."""

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> Any:
        """Take what `arrays` gave."""


class Discriminant:
    """Gaussians for right and wrong predictions: with one covariance (LDA), or two (QDA)."""

    def __init__(self, quadratic: bool) -> None:
        self.quadratic = quadratic
        self._means = self._precisions = self._offsets = np.zeros(0)

    def fit(self, features: Doubles, wrong: Flags, aside: tuple[Doubles, Flags]) -> Steps[Self]:
        """Estimate means and covariances."""
        yield Progress(0, 1, "fitting Gaussians")
        groups = [features[~wrong], features[wrong]]
        self._means = np.stack([group.mean(0) for group in groups])
        covariances = [np.atleast_2d(np.cov(group.T)) for group in groups]
        shares = np.array([len(group) for group in groups]) / len(features)
        pooled = shares[0] * covariances[0] + shares[1] * covariances[1]
        # Features that do not vary would have no inverse.
        floor = 1e-6 * np.diag(np.maximum(np.diag(pooled), 1e-12))
        chosen = covariances if self.quadratic else [pooled, pooled]
        self._precisions = np.stack([np.linalg.inv(matrix + floor) for matrix in chosen])
        volumes = np.array([np.linalg.slogdet(matrix + floor)[1] for matrix in chosen])
        # Of prior times density, without the factor that both Gaussians have.
        self._offsets = np.log(shares) - volumes / 2
        return self

    def score(self, features: Doubles) -> Doubles:
        """Return the logarithm of the odds."""
        away = features[None] - self._means[:, None]
        distances = np.einsum("kbf,kfg,kbg->kb", away, self._precisions, away)
        right, wrong = self._offsets[:, None] - distances / 2
        # The two have one covariance in LDA: what is quadratic goes out here.
        odds: Doubles = wrong - right
        return odds

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that was learnt."""
        return {"means": self._means, "precisions": self._precisions, "offsets": self._offsets}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take what `arrays` gave."""
        self._means, self._precisions = arrays["means"], arrays["precisions"]
        self._offsets = arrays["offsets"]
        return self


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


COMBINERS = ("network", "forest", "lda", "qda")
"""What the paper combines scores with, by name."""


def combiner(name: str, seed: int) -> Combiner:
    """Return one of the combiners, not yet fitted."""
    if name == "network":
        return MLP((10, 10), seed=seed)
    return Forest(seed) if name == "forest" else Discriminant(name == "qda")
