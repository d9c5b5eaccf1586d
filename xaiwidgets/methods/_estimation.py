"""Shapley values of any game, progressively: i-Algebra, eq. 2 (eq. 3 is the same game in a window).

A *coalition* is a row of booleans, one per player; a *game* gives each coalition a number. Random
coalitions are asked together with their complements. Everything asked so far trains a stand-in
game with known Shapley values, and what the stand-in misses is estimated by weighted sampling; for
each pair the stand-in is the one that has not seen that pair, so the sum is unbiased whatever the
stand-in is worth (regression adjustment: Witter, Liu, Musco 2025; cross-fitted here, in closed
form). Better stand-ins only make the error smaller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from operator import index
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import comb

from xaiwidgets.blas import one_blas_thread
from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.methods._surrogate import Prior, Regression
from xaiwidgets.work import Progress, Steps

Masks = NDArray[np.bool_]
Floats = NDArray[np.float64]
Value = Callable[[Masks], ArrayLike]

WALK = 6
"""Evaluations beyond one permutation there and back from which independent draws serve better."""

REFIT = 1.05
"""Growth in pairs before training again: all trainings together cost about 7 times the last."""


@dataclass(frozen=True)
class Estimate:
    """Shapley values, how sure they are, and what they cost.

    Attributes
    ----------
    values, standard_error : (players,) float64
        Unbiased; they sum to `full - empty`. An error of inf says that too little has been seen.
    evaluations : int
        Coalitions given to the game so far.
    exact : bool
        Whether every coalition has been seen; then the errors are zero.
    empty, full : float
        The game's answer for nobody and for everybody.
    smooth : (players,) float64, or None
        The stand-in's own Shapley values: biased, and with few evaluations often nearer.
    coalitions, outputs : (evaluations, players) bool and (evaluations,) float64, or None
        All that was asked, in order; in the final estimate only.
    """

    values: Floats
    standard_error: Floats
    evaluations: int
    exact: bool
    empty: float = 0.0
    full: float = 0.0
    smooth: Floats | None = None
    coalitions: Masks | None = None
    outputs: Floats | None = None


def shapley(
    value: Value,
    players: int,
    *,
    budget: int | Callable[[], int],
    seed: int = 0,
    batch: int | Callable[[], int] = 16,
    positions: ArrayLike | None = None,
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
        Evaluations allowed, at least 2; a callable is asked before every batch.
    seed : int
    batch : int or callable
        Coalitions asked at once; the answer depends on the seed, and not on this.
    positions : (players, dims), optional
        Where the players lie, if they lie anywhere: fewer evaluations are needed where near
        players act together, and nothing is lost but a little precision where they do not.

    Yields
    ------
    Progress
        After each batch, with the `Estimate` so far as its preview.

    Raises
    ------
    InputError
        For impossible arguments, or a game that does not give one finite number per coalition.

    Examples
    --------
    >>> from xaiwidgets.work import run
    >>> run(shapley(lambda s: s[:, 0] * (1.0 + s[:, 1]), 2, budget=4)).values
    array([1.5, 0.5])
    """
    players = _whole("players", players)
    at_once = batch if callable(batch) else partial(int, _whole("batch", batch))
    allowed = _allowance(budget)
    whole("seed", seed, 0)
    prior = Prior(players, _placed(positions, players))
    game = _Game(value)
    empty, full = game.ask(np.repeat([[False], [True]], players, axis=1))
    regression = Regression(prior, (full - empty) / 2)

    def estimate() -> Estimate:
        with one_blas_thread():
            found, ends = regression.solve(), (float(empty), float(full))
        return Estimate(found.values, found.error, game.spent, found.exact, *ends, found.smooth)

    best, due = estimate(), 1
    yield Progress(game.spent, allowed(), "nobody and everybody", best)
    plan = _plan(players, np.random.default_rng(seed), _walks(players, allowed()))
    ahead: deque[tuple[int, _Draw]] = deque()

    def take_in() -> None:
        while ahead and ahead[0][0] <= game.pairs:
            masks, share, kind = ahead.popleft()[1]
            getattr(regression, kind)(masks, game.odd(masks), share)

    while (room := int(min(at_once(), allowed() - game.spent))) > 0:
        while len(game.queue) < room and (draw := next(plan, None)) is not None:
            ahead.append((game.want(draw.masks), draw))
        if not game.queue:
            break
        game.answer(room)
        with one_blas_thread():
            take_in()
        if game.pairs >= due:
            best, due = estimate(), int(REFIT * game.pairs) + 1
        yield Progress(game.spent, allowed(), "coalitions", replace(best, evaluations=game.spent))
    while not game.queue and (draw := next(plan, None)) is not None:  # what needs no more asking
        ahead.append((game.want(draw.masks), draw))
    with one_blas_thread():
        take_in()
    asked, outputs = np.concatenate(game.asked), np.concatenate(game.outputs)
    return replace(estimate(), coalitions=asked, outputs=outputs)


def coalitions(players: int, *, budget: int, seed: int = 0) -> Iterator[NDArray[np.bool_]]:
    """Yield the coalitions that `shapley` will ask, in order: they depend on no value.

    More than the budget come, as if it had been raised on the way.

    Examples
    --------
    >>> sum(1 for _ in coalitions(3, budget=100))
    8
    """
    yield np.zeros(players, dtype=bool)
    yield np.ones(players, dtype=bool)
    game = _Game(lambda masks: masks[:, 0])
    for draw in _plan(players, np.random.default_rng(seed), _walks(players, budget)):
        game.want(draw.masks)
        while game.queue:
            yield game.queue.popleft()


class _Draw(NamedTuple):
    """Coalitions that stand for their complements too, and the method of `Regression` for them."""

    masks: Masks
    share: float  # of the draws that fell to this size and its complement's
    kind: str  # "add" one drawn, "know" the whole of a size, "walk" along a permutation


def _plan(players: int, rng: np.random.Generator, walk: bool) -> Iterator[_Draw]:
    """Draw coalitions; take all of a size once as many of that size have been due.

    With `walk`, the coalitions on the way of one permutation come first; their complements are on
    the way back.

    Sizes are drawn so that a stand-in that errs alike at all of them costs least. When a size is
    taken whole depends on the number of draws alone, so that it cannot bias anything. The last
    size ends the plan: then each coalition has been asked once.
    """
    sizes = np.arange(1, players // 2 + 1)
    members = comb(players, sizes) / np.where(2 * sizes == players, 2, 1)
    share = np.sqrt(1 / sizes + 1 / (players - sizes)) / np.where(2 * sizes == players, 2, 1)
    due = np.zeros(len(sizes))
    if walk:
        yield _Draw(rng.permutation(players) < np.arange(1, players)[:, None], 0.0, "walk")
    while share.any():
        share = share / share.sum()
        at = np.searchsorted(np.cumsum(share), rng.random() * (1 - 1e-12), side="right")
        size = int(sizes[at])
        yield _Draw(rng.permutation(players)[None] < size, share[size - 1], "add")
        due += share
        for at in np.flatnonzero((share > 0) & (due >= members)):
            yield _Draw(_all_of(int(sizes[at]), players), share[at] / share.sum(), "know")
            share[at] = 0


def _walks(players: int, budget: int) -> bool:
    """Whether a budget is spent on one permutation there and back."""
    return bool(2 * players <= budget < min(2 * players + WALK, 2**players))


def _all_of(size: int, players: int) -> Masks:
    """All coalitions of a size; of complements of the same size, one."""
    chosen = np.array(list(combinations(range(players), size)))
    if 2 * size == players:
        chosen = chosen[: len(chosen) // 2]  # those with the first player
    masks = np.zeros((len(chosen), players), dtype=bool)
    np.put_along_axis(masks, chosen, True, axis=1)
    return masks


class _Game:
    """The game, what is to be asked of it, and all that it answered; nothing is asked twice."""

    def __init__(self, value: Value) -> None:
        self.value, self.spent, self.pairs = value, 0, 0
        self.queue: deque[NDArray[np.bool_]] = deque()
        self.asked: list[Masks] = []
        self.outputs: list[Floats] = []
        self._odd: dict[bytes, float] = {}
        self._open: deque[bytes] = deque()
        self._loose: list[float] = []

    def ask(self, masks: Masks) -> Floats:
        """Values of coalitions, now."""
        answer = np.asarray(self.value(masks.copy()), dtype=np.float64)
        if answer.shape != (len(masks),):
            raise InputError(
                f"value gave an array of shape {answer.shape} for {len(masks)} coalitions; "
                f"it must give one number for each, shape ({len(masks)},)"
            )
        if not np.isfinite(answer).all():
            raise InputError(
                "value gave NaN or infinity; Shapley values need finite numbers: "
                "look for a division or a logarithm that fails on some coalition"
            )
        self.asked.append(masks)
        self.outputs.append(answer)
        self.spent += len(masks)
        return answer

    def want(self, masks: Masks) -> int:
        """Queue coalitions and complements not yet asked; `pairs` must reach what this returns."""
        for mask in masks:
            first = mask if mask[0] else ~mask
            if (key := first.tobytes()) not in self._odd:
                self._odd[key] = 0.0
                self._open.append(key)
                self.queue += (first, ~first)
        return self.pairs + len(self._open)

    def answer(self, room: int) -> None:
        """Ask the next coalitions of the queue, at most `room`."""
        rows = [self.queue.popleft() for _ in range(min(room, len(self.queue)))]
        self._loose += self.ask(np.array(rows)).tolist()
        while len(self._loose) > 1:
            ours, theirs, *self._loose = self._loose
            self._odd[self._open.popleft()] = (ours - theirs) / 2
            self.pairs += 1

    def odd(self, masks: Masks) -> Floats:
        """Give the odd part of the game for coalitions whose pairs are answered."""
        firsts = np.where(masks[:, :1], masks, ~masks)
        odd = np.array([self._odd[first.tobytes()] for first in firsts])
        return np.where(masks[:, 0], odd, -odd)


def _whole(name: str, number: int) -> int:
    try:
        whole = index(number)
    except TypeError:
        whole = 0
    if whole < 1:
        raise InputError(f"{name} is {number!r}; it must be a whole number of at least 1")
    return whole


def _allowance(budget: int | Callable[[], int]) -> Callable[[], int]:
    """Make the budget a question that can be asked again."""
    ask = budget if callable(budget) else lambda: budget
    if not isinstance(ask(), int | float | np.number) or not ask() >= 2:
        raise InputError(
            f"budget is {ask()!r}; it must be a number of evaluations of at least 2 "
            "(nobody and everybody), or a callable that gives one"
        )
    return ask


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
