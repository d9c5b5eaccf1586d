"""Surrogates fitted to the coalitions that a map has paid for: no further evaluation.

A linear fit as in LIME (Ribeiro, Singh, Guestrin 2016), a shallow decision tree with its rules, and
the deletion and insertion curves of the map (Petsiuk, Das, Saenko 2018), each with how well it
predicts coalitions that it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid
from scipy.special import comb

from xaiwidgets.blas import one_blas_thread
from xaiwidgets.checks import number, whole
from xaiwidgets.errors import InputError
from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._surrogate import Prior, inverse, likelihood
from xaiwidgets.work import Progress, Steps, work

Masks = NDArray[np.bool_]
Floats = NDArray[np.float64]

MIN_COALITIONS = 20
"""Fewer do not do to fit a surrogate, and to test it."""

MIN_FITTED = 10
"""Of these, those that are not held out."""

KERNEL_WIDTH = 0.25
"""Of LIME, in units of the cosine distance to the whole picture."""

CURVE_TRAINING = 1500
"""Coalitions that the curves are predicted from; more would only take longer."""

CURVE_NOISE = 0.1
CURVE_SCALES = (1.0, 100.0, 1e4)
"""Variance of what the prior cannot follow, and scales of its linear term to choose from."""


@dataclass(frozen=True)
class LinearFit:
    """What each cell adds, as LIME fits it.

    Attributes
    ----------
    cells : array (rows, columns), or (players,)
        Coefficients, in units of the score.
    intercept : float
        The score with no cell present, as fitted.
    r2 : float
        Share of the variance of coalitions not fitted that it explains, weighted as in the fit.
    """

    cells: Floats
    intercept: float
    r2: float


class Condition(NamedTuple):
    """A cell by row and column, from 0, and whether a rule wants it to be there.

    Cells that are no regular grid are all in row 0.
    """

    row: int
    column: int
    present: bool

    def __str__(self) -> str:
        return f"r{self.row + 1}c{self.column + 1} {'present' if self.present else 'absent'}"


@dataclass(frozen=True)
class Rule:
    """One leaf of a tree: if all conditions hold, the score is about `value`.

    `share` is how many of the coalitions it holds for.
    """

    conditions: tuple[Condition, ...]
    value: float
    share: float

    @property
    def condition(self) -> str:
        """The conditions in words."""
        return "if " + " and ".join(map(str, self.conditions)) if self.conditions else "always"

    def __str__(self) -> str:
        return f"{self.condition}: {self.value:.3g} ({self.share:.0%})"


@dataclass(frozen=True)
class Tree:
    """A shallow decision tree over the cells.

    Attributes
    ----------
    cells : array (rows, columns), or (players,)
        How much higher the mean score is with the cell than without, where the tree asks for it,
        times the share of coalitions that come there.
    rules : tuple of Rule
        Its leaves, largest score first.
    r2 : float
        Share of the variance of coalitions not fitted that it explains.
    """

    cells: Floats
    rules: tuple[Rule, ...]
    r2: float


@dataclass(frozen=True)
class Curves:
    """The score while cells go, or come, in the order of the map: largest values first.

    A Gaussian process predicts it from the coalitions evaluated; both ends are known.

    Attributes
    ----------
    share : (n + 1,)
        Share of the cells that went or came, 0 to 1.
    deletion, insertion : (n + 1,)
        The score.
    deletion_error, insertion_error : (n + 1,)
        Standard deviations of the predictions.
    r2 : float
        Share of the coalitions' variance that is predicted when each is left out.
    """

    share: Floats
    deletion: Floats
    insertion: Floats
    deletion_error: Floats
    insertion_error: Floats
    r2: float

    @property
    def deletion_area(self) -> float:
        """Area under the deletion curve: the smaller, the better the map."""
        return float(trapezoid(self.deletion, self.share))

    @property
    def insertion_area(self) -> float:
        """Area under the insertion curve: the larger, the better the map."""
        return float(trapezoid(self.insertion, self.share))


@dataclass(frozen=True)
class Surrogates:
    """All of them, and the number of coalitions they were fitted to."""

    evaluations: int
    linear: LinearFit
    tree: Tree
    curves: Curves


@work
def surrogates(
    attribution: Attribution, *, depth: int = 3, held_out: float = 0.2, seed: int = 0
) -> Steps[Surrogates]:
    """Fit simpler models to the coalitions of a map, at no further evaluation.

    Parameters
    ----------
    attribution : Attribution
        As `explain` gave it; one read from JSON has no coalitions.
    depth : int
        Of the tree.
    held_out : float
        Share of the coalitions that only test the linear fit and the tree.
    seed : int
        Draws which coalitions these are.

    Raises
    ------
    InputError
        If there are no coalitions, or fewer than 20.

    Examples
    --------
    >>> import torch
    >>> from xaiwidgets import Classifier
    >>> model = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2)))
    >>> found = surrogates(model(torch.ones(3, 4, 4)).explain(grid=3, budget=512)).run()
    >>> bool(found.curves.deletion[0] == found.curves.insertion[-1])
    True
    """
    if not isinstance(attribution, Attribution):
        kind = type(attribution).__name__
        raise InputError(f"a {kind} is no map; give one that explain returned, such as .maps[0]")
    samples = attribution.samples
    if samples is None:
        raise InputError("this map has no coalitions (it was read from JSON, or is a preview)")
    count = len(samples.outputs)
    if count < MIN_COALITIONS:
        raise InputError(f"{count} coalitions are too few; evaluate {MIN_COALITIONS}")
    whole("depth", depth)
    number("held_out", held_out, above=0, below=1)
    order = np.random.default_rng(whole("seed", seed, 0)).permutation(count)
    test, train = np.split(order, [max(2, round(held_out * len(order)))])
    if len(train) < MIN_FITTED:
        raise InputError(
            f"held_out is {held_out!r}, which leaves {len(train)} of {count} coalitions to fit; "
            f"leave {MIN_FITTED}"
        )
    return _fitted(attribution, samples, train, test, depth)


def _fitted(
    attribution: Attribution, samples: Samples, train: Any, test: Any, depth: int
) -> Steps[Surrogates]:
    size = attribution.cells.shape
    yield Progress(0, 3, "linear fit")
    with one_blas_thread():
        linear = _linear(samples, train, test, size)
    yield Progress(1, 3, "tree")
    tree = _tree(samples, train, test, size, depth)
    yield Progress(2, 3, "deletion and insertion")
    with one_blas_thread():
        curves = _curves(samples, attribution)
    return Surrogates(len(samples.outputs), linear, tree, curves)


def _linear(samples: Samples, train: Any, test: Any, size: tuple[int, ...]) -> LinearFit:
    from sklearn.linear_model import RidgeCV

    weights = _lime_weights(samples.coalitions)
    masks = samples.coalitions.astype(np.float64)
    # How much to shrink is found by leaving out one: LIME's own 1 overfits where cells are many.
    fit = RidgeCV(np.logspace(-2, 4, 13)).fit(masks[train], samples.outputs[train], weights[train])
    r2 = _r2(samples.outputs[test], fit.predict(masks[test]), weights[test])
    return LinearFit(fit.coef_.reshape(size), float(fit.intercept_), r2)


def _lime_weights(masks: Masks) -> Floats:
    """Return weights that make coalitions, however drawn, count as LIME draws and weighs them.

    LIME flips a coin for each cell, and weighs by the distance to the whole picture.
    """
    players = masks.shape[1]
    sizes = masks.sum(axis=1)
    count = np.bincount(sizes, minlength=players + 1)
    # Importance weights: how likely LIME is to draw this size, over how many of it there are.
    coins = comb(players, sizes) * 0.5**players
    # The cosine of a mask of k ones of n with that of all ones is k / sqrt(k n).
    distance = 1 - np.sqrt(sizes / players)
    weights = coins / count[sizes] * np.exp(-(distance**2) / (2 * KERNEL_WIDTH**2))
    return np.asarray(weights / weights.mean())


def _tree(samples: Samples, train: Any, test: Any, size: tuple[int, ...], depth: int) -> Tree:
    from sklearn.tree import DecisionTreeRegressor

    masks, scores = samples
    # At least 2 % of the coalitions in a leaf, so that its mean is not noise.
    leaf = max(3, len(train) // 50)
    fit = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=leaf, random_state=0)
    fit.fit(masks[train], scores[train])
    nodes = fit.tree_
    share = nodes.n_node_samples / nodes.n_node_samples[0]
    cells = np.zeros(size)
    rules: list[Rule] = []

    def visit(node: int, conditions: tuple[Condition, ...]) -> None:
        # Masks are split at 1/2: to the left where the cell is absent.
        absent, present = nodes.children_left[node], nodes.children_right[node]
        value = nodes.value[:, 0, 0]
        # scikit-learn gives the children of a leaf as -1.
        if absent < 0:
            rules.append(Rule(conditions, float(value[node]), float(share[node])))
            return
        player = int(nodes.feature[node])
        row, column = divmod(player, size[-1])
        # By how much a question moves the mean, times how often it is asked: so a tree has a map as
        # well.
        cells.flat[player] += share[node] * (value[present] - value[absent])
        visit(absent, (*conditions, Condition(row, column, False)))
        visit(present, (*conditions, Condition(row, column, True)))

    visit(0, ())
    rules.sort(key=lambda rule: -rule.value)
    return Tree(cells, tuple(rules), _r2(scores[test], fit.predict(masks[test])))


def _curves(samples: Samples, attribution: Attribution) -> Curves:
    players = attribution.cells.size
    growing = np.tri(players + 1, players, -1, dtype=bool)
    order = np.argsort(-attribution.cells.ravel(), kind="stable")
    insertion = np.empty_like(growing)
    # Row k has the k cells of the largest values; what is deleted is its complement.
    insertion[:, order] = growing
    predict, r2 = _process(samples, Prior(players, attribution.layout.centres))
    (inserted, inserted_error), (deleted, deleted_error) = predict(insertion), predict(~insertion)
    # Both ends are among the coalitions: they need no prediction, and have no error.
    empty, full = float(attribution.baseline_output or 0.0), attribution.output
    inserted[[0, -1]], deleted[[0, -1]] = (empty, full), (full, empty)
    inserted_error[[0, -1]] = deleted_error[[0, -1]] = 0
    share = np.linspace(0, 1, players + 1)
    return Curves(share, deleted, inserted, deleted_error, inserted_error, r2)


def _process(
    samples: Samples, prior: Prior
) -> tuple[Callable[[Masks], tuple[Floats, Floats]], float]:
    """Return what predicts scores and their deviations, and its leave-one-out R^2."""
    masks, scores = samples.coalitions[:CURVE_TRAINING], samples.outputs[:CURVE_TRAINING]
    x, sizes = _signs(masks), masks.sum(axis=1)
    mean = scores.mean()
    sure = (sizes == 0) | (sizes == masks.shape[1])
    # Both ends are followed closely, as every curve begins and ends there.
    noise = np.diag(np.where(sure, CURVE_NOISE / 1000, CURVE_NOISE))
    covariances = [prior.game_covariance(x, x, scale) + noise for scale in CURVE_SCALES]
    likely = int(np.argmax([likelihood(each, scores - mean) for each in covariances]))
    scale, p = CURVE_SCALES[likely], inverse(covariances[likely])
    a = p @ (scores - mean)
    # Leave-one-out residuals are a_k / P_kk (Rasmussen, Williams 2006, eq. 5.12): no fit anew.
    r2 = _r2(scores, scores - a / np.diag(p))
    # The likeliest amplitude of the covariance, y'K^-1 y / n.
    amplitude = max(float((scores - mean) @ a), 0.0) / len(scores)

    def predict(points: Masks) -> tuple[Floats, Floats]:
        y = _signs(points)
        k = prior.game_covariance(y, x, scale)
        # One at a time: of the points' covariances only the diagonal is needed.
        prior_variance = np.array(
            [prior.game_covariance(one[None], one[None], scale)[0, 0] for one in y]
        )
        # Rasmussen, Williams (2006), eq. 2.26.
        variance = amplitude * (prior_variance - np.einsum("ij,jk,ik->i", k, p, k, optimize=True))
        return mean + k @ a, np.sqrt(np.maximum(variance, 0))

    return predict, r2


def _signs(masks: Masks) -> Floats:
    return np.where(masks, 1.0, -1.0)


def _r2(scores: Floats, predicted: Floats, weights: Floats | None = None) -> float:
    w = np.ones(len(scores)) if weights is None else weights
    spread = float(w @ (scores - np.average(scores, weights=w)) ** 2)
    missed = float(w @ (scores - predicted) ** 2)
    # A perfect fit is 1 also of a score that does not vary.
    if missed <= 1e-12 * max(spread, 1e-300):
        return 1.0
    rounding = 1e-12 * float(w @ scores**2)  # the score is all but constant: nothing to explain
    return float(1 - missed / spread) if spread > rounding else 0.0
