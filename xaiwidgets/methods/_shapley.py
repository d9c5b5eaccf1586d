"""From questions to maps: cells play the game, Shapley values are the answer.

Several questions are answered side by side, a few coalitions of each in every batch, and no picture
is shown to a network twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline, Window, baseline_picture, check_picture
from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cache import Cache, cache_of
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._estimation import Estimate, coalitions, shapley
from xaiwidgets.methods._game import Game, ask
from xaiwidgets.probes import probe_of
from xaiwidgets.work import Budget, Progress, Steps

if TYPE_CHECKING:
    from xaiwidgets.network import Network

OUTPUTS = ("logit", "probability")

KNOWN = 2048
"""Coalitions taken at once where all their answers are in the cache."""


@dataclass(frozen=True)
class Question:
    """All that decides a map, checked when it is asked.

    Parameters
    ----------
    target : int, optional
        The class; by default the one that `chooser` predicts for the whole picture.
    layer : str, optional
        Explain the network truncated there, which needs a probe.
    budget : int, Budget, or callable returning int
        Evaluations at most (`max_trial` of a Budget, which may have a `max_time`, too). A Budget
        and a callable are read before every batch, so that they can change.
    query : str
        Kept with the result.
    chooser : Network, optional
        By default the model; of an anti-join of two networks, one of them.
    """

    model: Network
    picture: Tensor
    window: Window | None = None
    target: int | None = None
    layer: str | None = None
    budget: int | Budget | Callable[[], int] = 1024
    seed: int = 0
    grid: int | tuple[int, int] = 7
    baseline: Baseline = 0.0
    output: str = "logit"
    query: str = ""
    chooser: Network | None = None

    def __post_init__(self) -> None:
        check_picture(self.picture)
        if self.output not in OUTPUTS:
            raise InputError(f"output is {self.output!r}; use 'logit' or 'probability'")
        whole("seed", self.seed, 0)
        limited = isinstance(self.budget, Budget) and self.budget.max_trial is not None
        if not (limited or callable(self.budget) or is_whole(self.budget, 2)):
            raise InputError(
                f"budget is {self.budget!r}; use a whole number of evaluations, at least 2, or a "
                "Budget with max_trial"
            )
        if self.layer is not None:
            probe_of(self.model, self.layer)
        self.cells, self.absent  # noqa: B018  both check what they are made of

    @property
    def cells(self) -> Cells:
        """The window (or the picture) cut into cells."""
        height, width = self.picture.shape[-2:]
        window = (self.window or Window(0, 0, height, width)).inside(self.picture.shape)
        return Cells.of((height, width), window, self.grid)

    @property
    def absent(self) -> Tensor:
        """The picture that absent cells show."""
        return baseline_picture(self.picture, self.baseline)

    def allowance(self, started: float) -> Callable[[], int]:
        """Return the budget as a question that can be asked again."""
        budget = self.budget
        if callable(budget):
            return budget
        if not isinstance(budget, Budget):
            return lambda: budget

        def allowed() -> int:
            late = budget.max_time is not None and time.perf_counter() - started > budget.max_time
            return 2 if late else budget.max_trial or 2

        return allowed

    def game(self, cache: Cache | None = None) -> Game:
        """Return the game that the cells play."""
        kept = cache_of(self.model) if cache is None else cache
        return Game(self.model, self.picture, self.absent, self.cells, kept)


def answer(questions: Sequence[Question], cache: Cache | None = None) -> Steps[list[Attribution]]:
    """Compute several maps together; the previews are lists of attributions.

    What `cache` (by default the models' own) knows is not evaluated again, and what is evaluated
    goes into it. Questions to one network share their batches, and the pictures they have in
    common.
    """
    started = time.perf_counter()
    yield Progress(0, None, "preparing the network")
    plays: list[_Play] = []
    for question in questions:
        plays.append(_Play(question, cache, started))
        yield Progress(0, None, "preparing the network")
    counts = {play.game.classes for play in plays}
    if len(counts) > 1:
        raise InputError(
            f"the networks have {' and '.join(map(str, counts))} classes; compare alike"
        )
    for play in plays:
        play.recall(plays)
    networks: dict[object, list[_Play]] = {}
    for play in plays:
        if play.open:
            networks.setdefault(play.game.network, []).append(play)
    for together in networks.values():
        for play in together:
            play.begin(sharing=len(together))
    while any(play.open for play in plays):
        for together in networks.values():
            if len(together) > 1:
                _ask_together([play for play in together if play.open])
            for play in together:
                if play.open:
                    play.advance()
                    yield _report(plays)
    return [play.found for play in plays if play.found is not None]


def _report(plays: Sequence[_Play]) -> Progress:
    found = [play.found for play in plays]
    done, allowed = sum(play.done for play in plays), sum(play.allowed() for play in plays)
    return Progress(done, allowed, "coalitions", found if None not in found else None)


def _ask_together(plays: Sequence[_Play]) -> None:
    """Ask what each play asks next, in the same batches, and have it ready for them."""
    coming = [(play.game, masks) for play in plays if len(masks := play.coming())]
    for (game, masks), rows in zip(coming, ask(coming), strict=True):
        # Also where the cache is too small to keep it until then.
        game.ready = dict(zip(game.places(masks), rows, strict=True))


class _Play:
    """A question on its way to an answer."""

    def __init__(self, question: Question, cache: Cache | None, started: float) -> None:
        self.question, self.started = question, started
        self.game = question.game(cache)
        self.allowed = question.allowance(started)
        self.found: Attribution | None = None
        self.open, self.done = True, 0

    def recall(self, plays: Sequence[_Play]) -> None:
        """Choose the class, and look whether the map is known."""
        question, game = self.question, self.game
        target = question.target
        if target is None:
            if question.chooser is not None:  # another network's class, of the same picture
                game = next(p.game for p in plays if p.question.model is question.chooser)
            target = int(game.whole().argmax())
        self.target = question.model.index(target, self.game.classes)
        self.asked = self.allowed()
        probe = self.game.probes[question.layer].key if question.layer else None
        how = (question.seed, self.target, question.output, question.layer, probe, self.asked)
        self.key = (*self.game.key, *how)
        if (known := self.game.cache.answer(self.key)) is not None:
            seconds = time.perf_counter() - self.started
            self.found = replace(known, paid=self.game.paid, seconds=seconds, query=question.query)
            self.open, self.done = False, known.evaluations

    def begin(self, sharing: int) -> None:
        """Start to play; so many plays share the batches of one network."""
        players, seed = self.game.players, self.question.seed
        self.ahead = coalitions(players, budget=self.asked, seed=seed)
        schedule = islice(coalitions(players, budget=self.asked, seed=seed), self.asked)
        known = self.game.knows(schedule)
        few = max(1, self.game.twin.batch // sharing)

        def batch() -> int:
            # Where all answers are known there is nothing to wait for, and to show on the way.
            return min(KNOWN, self.asked - self.done) if known and self.done < self.asked else few

        self.batch = batch
        self.estimates = shapley(
            self._value,
            players,
            budget=self.allowed,
            seed=seed,
            batch=batch,
            positions=self.game.cells.centres,
        )

    def coming(self) -> NDArray[np.bool_]:
        """Return the coalitions that the next advance will ask."""
        room = 2 if self.done == 0 else min(self.batch(), self.allowed() - self.done)
        rows = list(islice(self.ahead, max(0, room)))
        return np.array(rows, dtype=bool).reshape(len(rows), self.game.players)

    def advance(self) -> None:
        """Play one batch."""
        try:
            progress = next(self.estimates)
        except StopIteration as stop:
            self.open = False
            self.found = self._attribution(stop.value)
            if self.allowed() == self.asked and not _timed(self.question.budget):
                self.game.cache.keep(self.key, self.found)
            return
        self.done = progress.done
        self.found = self._attribution(progress.preview)

    def _value(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        logits = self.game.logits(masks, self.question.layer)
        return score(logits, self.target, self.question.output)

    def _attribution(self, estimate: Estimate) -> Attribution:
        question, cells = self.question, self.game.cells
        size = (cells.rows, cells.columns)
        samples = None
        if estimate.coalitions is not None and estimate.outputs is not None:
            samples = Samples(estimate.coalitions, estimate.outputs)
        return Attribution(
            cells=estimate.values.reshape(size).astype(np.float32),
            standard_error=estimate.standard_error.reshape(size).astype(np.float32),
            row_edges=cells.row_edges,
            column_edges=cells.column_edges,
            shape=cells.shape,
            target=self.target,
            label=question.model.label(self.target),
            unit=question.output,
            output=estimate.full,
            baseline_output=estimate.empty,
            residual=estimate.full - estimate.empty - float(estimate.values.sum()),
            evaluations=estimate.evaluations,
            paid=self.game.paid,
            exact=estimate.exact,
            seconds=time.perf_counter() - self.started,
            seed=int(question.seed),
            device=str(self.game.twin.device),
            query=question.query,
            layer=question.layer,
            picture=self.game.shown,
            samples=samples,
        )


def _timed(budget: object) -> bool:
    return isinstance(budget, Budget) and budget.max_time is not None


def score(logits: NDArray[np.float32], target: int, output: str) -> NDArray[np.float64]:
    """Return the logit or the softmax probability of `target`, (B,), from logits (B, K)."""
    wide = logits.astype(np.float64)
    if output == "logit":
        return wide[:, target]
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(powers[:, target] / powers.sum(axis=1))
