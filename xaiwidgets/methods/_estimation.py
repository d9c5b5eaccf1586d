"""Shapley values of any game, progressively: i-Algebra, eq. 2 (eq. 3 is the same game in a window).

A *coalition* is a row of booleans, one per player; a *game* gives each coalition a number. Random
coalitions are evaluated together with their complements. All answers so far train a surrogate
game with known Shapley values, and what the surrogate misses is estimated by weighted sampling; for
each pair the surrogate is the one that has not seen that pair, so the sum is unbiased whatever the
surrogate is worth (regression adjustment: Witter, Liu, Musco 2025; cross-fitted here, in closed
form). Better surrogates only make the error smaller. As long as sum and surrogate differ by no more
than that error, the surrogate's own values are the nearer ones, and are what is given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import comb

from xaiwidgets.blas import one_blas_thread
from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.methods._regression import TRAINING, Regression
from xaiwidgets.methods._surrogate import Prior
from xaiwidgets.work import Later, Progress, Steps, each_step_inside, relay, work

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

Masks = NDArray[np.bool_]
Floats = NDArray[np.float64]
Value = Callable[[Masks], ArrayLike]

PERMUTATION_MARGIN = 6
"""Evaluations beyond one permutation there and back from which independent draws serve better."""

# A training costs the cube of its pairs, and 1 + 1.05^-3 + 1.05^-6 + ... is about 7.
REFIT = 1.05
"""Growth in pairs before training again: all trainings together cost about 7 times the last."""


@dataclass(frozen=True)
class Estimate:
    """Shapley values, how sure they are, and what they cost.

    Attributes
    ----------
    values, standard_error : (players,) float64
        The nearest estimate: the surrogate's own values until the unbiased ones differ from them
        by more than their errors, and then the more of the unbiased (James, Stein 1961); the
        unbiased alone where many coalitions came after those that train the surrogate. They sum
        to `full - empty`. The error is that of `unbiased`, which is the larger on average; inf
        says that too little has been seen.
    evaluations : int
        Coalitions given to the game so far.
    exact : bool
        Whether every coalition has been seen; then the errors are zero.
    empty, full : float
        The game's answer for the empty and for the grand coalition.
    unbiased, smooth : (players,) float64, or None
        Without bias, whatever the game; and the surrogate's own Shapley values.
    coalitions, outputs : (evaluations, players) bool and (evaluations,) float64, or None
        All that was evaluated, in order; in the final estimate only.
    """

    values: Floats
    standard_error: Floats
    evaluations: int
    exact: bool
    empty: float = 0.0
    full: float = 0.0
    unbiased: Floats | None = None
    smooth: Floats | None = None
    coalitions: Masks | None = None
    outputs: Floats | None = None


@work
def shapley(
    value: Value,
    players: int,
    *,
    budget: int | Callable[[], int],
    seed: int = 0,
    batch: int | Callable[[], int] = 16,
    positions: ArrayLike | None = None,
    training: tuple[Masks, Floats] | None = None,
) -> Steps[Estimate]:
    """Estimate the Shapley values of a game.

    They are exact when all 2**players coalitions fit the budget. For games of pairwise
    interactions they are exact from a budget of 2 * players on: as much as one permutation there
    and back needs, and such a budget is spent on just that.

    Parameters
    ----------
    value : callable
        Takes coalitions (B, players) and gives their values (B,).
    players : int
    budget : int or callable
        Evaluations allowed, at least 2; a callable is read before every batch.
    seed : int
    batch : int or callable
        Coalitions evaluated at once; the answer depends on the seed, and not on this.
    positions : (players, dims), optional
        Where the players lie, if they lie anywhere: fewer evaluations are needed where near
        players act together, and nothing is lost but a little precision where they do not.
    training : coalitions (K, players) and the game's odd part (K,), optional
        What was evaluated before, however it was chosen: it trains the surrogate, and biases
        nothing. At most half of a training is kept.

    Returns
    -------
    Work of Estimate
        Its previews are the `Estimate` so far, computed when they are looked at.

    Raises
    ------
    InputError
        At once for impossible arguments; later, if the game does not give one finite number for
        each coalition.

    Examples
    --------
    >>> shapley(lambda s: s[:, 0] * (1.0 + s[:, 1]), 2, budget=4).run().values
    array([1.5, 0.5])
    """
    players = whole("players", players)
    batches = batch if callable(batch) else partial(int, whole("batch", batch))
    prior = Prior(players, _placed(positions, players))
    masks, odd = training or (np.zeros((0, players), dtype=bool), np.zeros(0))
    before = masks[: TRAINING // 2], odd[: TRAINING // 2]
    return _estimates(value, prior, _limit(budget), batches, whole("seed", seed, 0), before)


def _estimates(
    value: Value,
    prior: Prior,
    limit: Callable[[], int],
    batch: Callable[[], int],
    seed: int,
    training: tuple[Masks, Floats],
) -> Steps[Estimate]:
    players = prior.players
    game = _Game(value)
    empty, full = game.evaluate(np.repeat([[False], [True]], players, axis=1))
    # Only the odd part h(S) = (v(S) - v(not S)) / 2 has Shapley values; this is h of all players.
    regression = Regression.of(prior, (full - empty) / 2).add_training(*training)
    # The plan depends on the seed and the first budget alone: answers that steered what is
    # evaluated next would bias the estimate.
    plan = _plan(players, np.random.default_rng(seed), _takes_permutation(players, limit()))
    # Draws whose pairs are not all evaluated, each with the number of pairs at which they are.
    ahead: deque[tuple[int, _Draw]] = deque()

    def preview() -> _lru_cache_wrapper[Estimate]:
        # Of what is known now, but solved only when it is read, and then once: to solve costs
        # more than many a network's evaluations.
        return cache(partial(_estimate, regression, game.evaluations, float(empty), float(full)))

    def report(_: Progress | None = None) -> Progress:
        so_far = Later(_counted, latest, game.evaluations)
        return Progress(game.evaluations, limit(), "coalitions", so_far)

    latest, due = preview(), 1
    yield Progress(game.evaluations, limit(), "empty and grand coalition", Later(latest))
    while (room := int(min(batch(), limit() - game.evaluations))) > 0:
        # A draw of a coalition that came before queues nothing, but counts in the sample.
        while len(game.queue) < room and (draw := next(plan, None)) is not None:
            ahead.append((game.enqueue(draw.masks), draw))
        if not game.queue:
            break
        game.evaluate_next(room)
        regression = yield from relay(_with_evaluated(regression, ahead, game), report)
        if game.pairs >= due:
            if latest.cache_info().misses:  # somebody looks at previews
                yield from relay(_fitted(regression), report)
            latest, due = preview(), int(REFIT * game.pairs) + 1
        yield report()
    # Draws of known coalitions need no budget, and may complete the last size, which is then exact.
    while not game.queue and (draw := next(plan, None)) is not None:
        ahead.append((game.enqueue(draw.masks), draw))
    regression = yield from relay(_with_evaluated(regression, ahead, game), report)
    yield from relay(_fitted(regression), report)
    masks, outputs = np.concatenate(game.coalitions), np.concatenate(game.outputs)
    return replace(preview()(), coalitions=masks, outputs=outputs)


def _with_evaluated(
    regression: Regression, ahead: deque[tuple[int, _Draw]], game: _Game
) -> Steps[Regression]:
    """Take in the draws whose pairs are all evaluated by now."""
    while True:
        with one_blas_thread():
            while ahead and ahead[0][0] <= game.pairs and not regression.needs_fit:
                draw = ahead.popleft()[1]
                regression = draw.taken_in(regression, game.odd(draw.masks))
        if not ahead or ahead[0][0] > game.pairs:
            return regression
        yield from _fitted(regression)


def _fitted(regression: Regression) -> Steps[None]:
    """Fit the surrogates in steps of their own, where that takes long."""
    if regression.fits_long:
        yield from each_step_inside(regression.fit(), one_blas_thread)


def _estimate(regression: Regression, evaluations: int, empty: float, full: float) -> Estimate:
    with one_blas_thread():
        solution = regression.solve()
    return Estimate(
        solution.values,
        solution.error,
        evaluations,
        solution.exact,
        empty,
        full,
        solution.unbiased,
        solution.smooth,
    )


def _counted(estimate: Callable[[], Estimate], evaluations: int) -> Estimate:
    return replace(estimate(), evaluations=evaluations)


def coalitions(players: int, *, budget: int, seed: int = 0) -> Iterator[NDArray[np.bool_]]:
    """Yield the coalitions that `shapley` will evaluate, in order: they depend on no value.

    More than the budget come, as if it had been raised on the way.

    Examples
    --------
    >>> sum(1 for _ in coalitions(3, budget=100))
    8
    """
    yield np.zeros(players, dtype=bool)
    yield np.ones(players, dtype=bool)
    game = _Game(lambda masks: masks[:, 0])
    for draw in _plan(players, np.random.default_rng(seed), _takes_permutation(players, budget)):
        game.enqueue(draw.masks)
        while game.queue:
            yield game.queue.popleft()


class _Draw(NamedTuple):
    """Coalitions that stand for their complements too, and how they were chosen.

    `share` is that of the draws which fell to this size and its complement's.
    """

    masks: Masks
    share: float
    kind: Literal["drawn", "permutation", "size"]

    def taken_in(self, regression: Regression, odd: Floats) -> Regression:
        """Return the regression with these coalitions, of which the game's odd part is known."""
        if self.kind == "permutation":
            return regression.add_permutation(self.masks, odd)
        add = regression.add if self.kind == "drawn" else regression.add_size
        return add(self.masks, odd, self.share)


def _plan(players: int, rng: np.random.Generator, permutation: bool) -> Iterator[_Draw]:
    """Draw coalitions; take all of a size once as many of that size have been due.

    With `permutation`, the coalitions on the way of one come first; their complements are on the
    way back.

    Sizes are drawn so that a surrogate that errs alike at all of them costs least. When a size is
    taken whole depends on the number of draws alone, so that it cannot bias anything. The last
    size ends the plan: then each coalition has been evaluated once.
    """
    sizes = np.arange(1, players // 2 + 1)
    # Pairs of a coalition and its complement: in the middle size both have that size.
    members = comb(players, sizes) / np.where(2 * sizes == players, 2, 1)
    # Importance sampling: the variance is least for p ~ |w|. Shapley's weights, 1 / s for its
    # members and -1 / (n - s) for the others, have a square of 1 / s + 1 / (n - s).
    share = np.sqrt(1 / sizes + 1 / (players - sizes)) / np.where(2 * sizes == players, 2, 1)
    due = np.zeros(len(sizes))
    if permutation:
        # A permutation and its reverse are antithetic: each has the complements of the other's.
        yield _Draw(rng.permutation(players) < np.arange(1, players)[:, None], 0.0, "permutation")
    while share.any():
        share = share / share.sum()
        # The cumulated shares may round to a little less than 1, which no draw may exceed.
        at = np.searchsorted(np.cumsum(share), rng.random() * (1 - 1e-12), side="right")
        size = int(sizes[at])
        yield _Draw(rng.permutation(players)[None] < size, share[size - 1], "drawn")
        # Counts the draws to be expected of a size: chance must not decide when it ends.
        due += share
        for at in np.flatnonzero((share > 0) & (due >= members)):
            yield _Draw(_all_of(int(sizes[at]), players), share[at] / share.sum(), "size")
            share[at] = 0


def _takes_permutation(players: int, budget: int) -> bool:
    """Whether a budget is spent on one permutation there and back."""
    return bool(2 * players <= budget < min(2 * players + PERMUTATION_MARGIN, 2**players))


def _all_of(size: int, players: int) -> Masks:
    """All coalitions of a size; of complements of the same size, one."""
    chosen = np.array(list(combinations(range(players), size)))
    if 2 * size == players:
        chosen = chosen[: len(chosen) // 2]  # those with the first player
    masks = np.zeros((len(chosen), players), dtype=bool)
    np.put_along_axis(masks, chosen, True, axis=1)
    return masks


class _Game:
    """The game, the coalitions to evaluate next, and all its answers; none is evaluated twice."""

    def __init__(self, value: Value) -> None:
        self.value, self.evaluations, self.pairs = value, 0, 0
        self.queue: deque[NDArray[np.bool_]] = deque()
        self.coalitions: list[Masks] = []
        self.outputs: list[Floats] = []
        self._odd: dict[bytes, float] = {}
        self._open: deque[bytes] = deque()
        self._halves: list[float] = []  # the answer of a coalition whose complement comes next

    def evaluate(self, masks: Masks) -> Floats:
        """Values of coalitions, now."""
        # A copy, as the caller's function may write into it and these masks are remembered.
        values = np.asarray(self.value(masks.copy()), dtype=np.float64)
        if values.shape != (len(masks),):
            raise InputError(
                f"value gave an array of shape {values.shape} for {len(masks)} coalitions; "
                f"it must give one number for each, shape ({len(masks)},)"
            )
        if not np.isfinite(values).all():
            raise InputError(
                "value gave NaN or infinity; Shapley values need finite numbers: "
                "look for a division or a logarithm that fails on some coalition"
            )
        self.coalitions.append(masks)
        self.outputs.append(values)
        self.evaluations += len(masks)
        return values

    def enqueue(self, masks: Masks) -> int:
        """Queue new coalitions and complements; `pairs` must reach what this returns."""
        for mask in masks:
            # A pair is known by the one of the two that has the first player.
            first = mask if mask[0] else ~mask
            if (key := first.tobytes()) not in self._odd:
                self._odd[key] = 0.0
                self._open.append(key)
                self.queue += (first, ~first)
        return self.pairs + len(self._open)

    def evaluate_next(self, room: int) -> None:
        """Evaluate the next coalitions of the queue, at most `room`."""
        rows = [self.queue.popleft() for _ in range(min(room, len(self.queue)))]
        # A batch may end between a coalition and its complement, which then waits here.
        self._halves += self.evaluate(np.array(rows)).tolist()
        while len(self._halves) > 1:
            value, complement, *self._halves = self._halves
            self._odd[self._open.popleft()] = (value - complement) / 2
            self.pairs += 1

    def odd(self, masks: Masks) -> Floats:
        """Give the odd part of the game for coalitions whose pairs are evaluated."""
        firsts = np.where(masks[:, :1], masks, ~masks)
        odd = np.array([self._odd[first.tobytes()] for first in firsts])
        return np.where(masks[:, 0], odd, -odd)


def _limit(budget: int | Callable[[], int]) -> Callable[[], int]:
    """Return what gives the evaluations allowed, now and again."""
    limit = budget if callable(budget) else lambda: budget
    # "not >=" refuses NaN, too; an infinite budget ends when every coalition is evaluated.
    if not isinstance(limit(), int | float | np.number) or not limit() >= 2:
        raise InputError(
            f"budget is {limit()!r}; it must be a number of evaluations of at least 2 "
            "(the empty and the grand coalition), or a callable that gives one"
        )
    return limit


def _placed(positions: ArrayLike | None, players: int) -> Floats | None:
    if positions is None:
        return None
    placed = np.asarray(positions, dtype=np.float64)
    if placed.ndim != 2 or len(placed) != players or not np.isfinite(placed).all():
        raise InputError(
            f"positions has shape {placed.shape}; it must hold a row of finite coordinates "
            f"for each of the {players} players, shape ({players}, dims)"
        )
    return placed
