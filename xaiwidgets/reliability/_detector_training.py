"""How an error detector learns, and how it looks at pictures: the paper's figure 3 as functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from xaiwidgets.images import Baseline
from xaiwidgets.reliability._arrays import Flags, Integers
from xaiwidgets.reliability._combiners import COMBINERS, Combiner, combiner
from xaiwidgets.reliability._conductance import Conductance, conductance
from xaiwidgets.reliability._fitted_detector import Features, all_scores
from xaiwidgets.reliability._mlp import MLP
from xaiwidgets.reliability._mutants import Mutants
from xaiwidgets.reliability._scores import CONDUCTANCE, LCR, Evidence, Sample, trivial_scores
from xaiwidgets.reliability._votes import Votes, votes
from xaiwidgets.work import Steps, Work, relay

if TYPE_CHECKING:
    from xaiwidgets.network import Network

T = TypeVar("T")

_ASIDE = 0.25  # of the training images, on which the network of conductances is not trained
_VOTED = 3000  # of these, the most that mutants are asked about


@dataclass(frozen=True)
class Detection:
    """What a detector is asked to look at: a layer of a network, and its mutants."""

    model: Network
    layer: str
    mutants: Mutants | None
    steps: int
    baseline: Baseline
    features: Features
    seed: int

    def learn(self, sample: Sample) -> Steps[tuple[MLP, dict[str, Combiner]]]:
        """Return the network of conductances, and what combines its score with the others."""
        inner, aside = _split(sample.wrong, self.seed)
        result = yield from with_note(self._conductances(sample), "training images")
        values = result[self.layer].astype(np.float64)
        mlp = MLP((200, 200), seed=self.seed)
        yield from mlp.fit(values[inner], sample.wrong[inner], (values[aside], sample.wrong[aside]))
        if not self.features:
            return mlp, {}
        # Combined where the MLP has not learnt: there its scores are as sure as on new images.
        rows = aside if self.mutants is None else _rows_to_vote_on(aside, sample.wrong, self.seed)
        part = sample.rows(rows)
        scores = trivial_scores(self.model, part.logits) | {CONDUCTANCE: mlp.score(values[rows])}
        if self.mutants is not None:
            voting = votes(self.model, self.mutants, part.images)
            voted = yield from with_note(voting, "votes on training images")
            scores[LCR] = voted.rate.astype(np.float64)
        table, combiners = self.features.columns(scores), {}
        for name in COMBINERS:
            combiners[name] = combiner(name, self.seed)
            yield from combiners[name].fit(table, part.wrong, (table, part.wrong))
        return mlp, combiners

    def evidence(
        self, sample: Sample, mlp: MLP, combiners: Mapping[str, Combiner]
    ) -> Steps[Evidence]:
        """Return conductances, votes and all scores of some pictures; previews are votes."""
        result = yield from with_note(self._conductances(sample), "conductances")
        values = result[self.layer]
        voted: Votes | None = None
        if self.mutants is not None:
            voted = yield from votes(self.model, self.mutants, sample.images)
        rate = None if voted is None else voted.rate
        trivial = trivial_scores(self.model, sample.logits)
        scores = all_scores(mlp, combiners, self.features, values, rate, trivial)
        return Evidence(result.targets, values, voted, scores)

    def _conductances(self, sample: Sample) -> Work[Conductance]:
        return conductance.work(
            self.model, sample.images, self.layer, steps=self.steps, baseline=self.baseline
        )


def _split(wrong: Flags, seed: int) -> tuple[Integers, Integers]:
    """Return the places of what is trained on and what is set aside, alike in both kinds."""
    order = np.random.default_rng(seed).permutation(len(wrong))
    parts = [order[wrong[order]], order[~wrong[order]]]
    # Stratified: wrong predictions are so few that a plain draw might leave a part without any.
    cuts = [round(len(part) * _ASIDE) for part in parts]
    inner = np.concatenate([part[cut:] for part, cut in zip(parts, cuts, strict=True)])
    aside = np.concatenate([part[:cut] for part, cut in zip(parts, cuts, strict=True)])
    return np.sort(inner), np.sort(aside)


def _rows_to_vote_on(places: Integers, wrong: Flags, seed: int) -> Integers:
    """Return so many of some places that their mutants can be waited for, half of them wrong."""
    if len(places) <= _VOTED:
        return places
    order = np.random.default_rng(seed).permutation(places)
    # Up to half of them wrong, the rarer kind, of which a plain draw would have its small share.
    false = order[wrong[order]][: _VOTED // 2]
    return np.sort(np.concatenate([false, order[~wrong[order]][: _VOTED - len(false)]]))


def with_note(steps: Steps[T], note: str) -> Steps[T]:
    return relay(steps, lambda progress: progress.without_preview(note))
