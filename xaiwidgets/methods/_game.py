"""The game whose players are cells of a picture: coalitions in, logits out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.errors import ModelError
from xaiwidgets.layers import SILENT, classes_in, split
from xaiwidgets.methods._cache import Cache, Row, digest
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._cropping import cropped_twin
from xaiwidgets.methods._method import blaming_baseline
from xaiwidgets.optimize import Twin
from xaiwidgets.probes import probes_of
from xaiwidgets.work import Steps, run

if TYPE_CHECKING:
    from xaiwidgets.network import Network

Masks = NDArray[np.bool_]
Place = tuple[object, bytes]
"""Where in the cache a row is: the game, and the coalition or picture."""


class Game:
    """The network's answers when only some cells are present.

    Everything outside the window is at the baseline in every coalition (i-Algebra, eq. 3). Two
    games are the same wherever they show the network the same picture: the other way round (what
    one has present the other has absent, as both sides of an anti-join do), with no cell, or with
    all.

    Parameters
    ----------
    model : Network
        Its fast twin is made (or looked up) by `prepare`, and checked on pictures like those of
        the game. With its probes' layers tapped, so that one pass answers for all of them.
    picture, absent : Tensor (C, H, W)
        What a present cell shows, and an absent one.
    cache : Cache
        Where answers are looked up, and kept.
    """

    def __init__(
        self, model: Network, picture: Tensor, absent: Tensor, cells: Cells, cache: Cache
    ) -> None:
        self.model, self.cells, self.cache = model, cells, cache
        self.probes = probes_of(model)
        self._picture, self._absent = picture.to(model.device), absent.to(model.device)
        self._inside = (..., *cells.window.slices)
        self._numbers = cells.numbers().to(model.device)[self._inside]
        looks = (model.derived.identity, model.weights(), str(model.device))
        # Rows hold what the taps gave, too: those of other taps are other rows.
        self.network = (*looks, self.probes.taps)
        one, other = digest(picture), digest(absent)
        # Where the cells cover the picture, either may be the present one: choose alike.
        self._swapped = cells.cover and one > other
        self._game = (self.network, *((other, one) if self._swapped else (one, other)), cells)
        # The empty and the grand coalition are pictures that other games may share.
        self._ends = other, one if cells.cover else digest(self.compose(self._everybody)[0])
        # Without the taps: a finished map does not depend on which other layers have probes.
        self.key = (*looks, one, other, cells)
        self._pictures = (self.network, "pictures")
        self.picture_place: Place = self._pictures, one.encode()
        self.ready: dict[Place, Row] = {}
        self._twin: Twin | None = None
        self.cropped: Twin | None = None
        self.paid = 0

    @property
    def _everybody(self) -> Masks:
        return np.ones((1, self.players), dtype=bool)

    def prepare(self) -> Steps[Twin]:
        """Make and check the fast copy, which a cached map does not need."""
        if self._twin is None:
            with blaming_baseline(self.model, self._picture[None]):
                examples = self.compose(self._examples())
                twin = yield from self.model.copies.twin(examples, self.probes.taps)
            count, names = classes_in(twin.width, self.probes.taps), self.model.classes
            if names is not None and count != len(names):
                raise ModelError(
                    f"the network has {count} classes, but {len(names)} class names were given"
                )
            self._twin = twin
        return self._twin

    @property
    def twin(self) -> Twin:
        """The fast copy, made at once if it has not been prepared."""
        return self._twin or run(self.prepare())

    def crop(self) -> Steps[Twin]:
        """Have coalitions evaluated on a crop around the window, where that is exact and quicker.

        What they have in common, all outside of the window, is then computed once. To find out
        costs as much as 12 evaluations, 20 where a crop looks no quicker, and 25 more of a network
        that is asked for the first time.
        """
        twin = yield from self.prepare()
        if self.cropped is None:
            examples = self.compose(self._examples()[::2])
            cropped = yield from cropped_twin(
                self.model, twin, self.cells.window, self._absent, examples
            )
            self.cropped = None if cropped is twin else cropped
        return self.evaluator

    @property
    def evaluator(self) -> Twin:
        """What answers to coalitions: the twin, or it on a crop."""
        return self.cropped or self.twin

    @property
    def classes(self) -> int:
        """Number of classes of the network."""
        if self.model.classes is not None:
            return len(self.model.classes)
        row = self.picture_row
        width = self.twin.width if row is None else len(row)
        return classes_in(width, self.probes.taps)

    @property
    def picture_row(self) -> Row | None:
        """What is cached of the whole picture."""
        game, picture = self.picture_place
        return self.cache.rows(game).get(picture)

    @property
    def players(self) -> int:
        """Number of cells."""
        return self.cells.count

    def compose(self, masks: Masks) -> Tensor:
        """Return the pictures (B, C, H, W) in which only the cells of each mask are present."""
        # What is in no cell has the last number, a cell that is in no coalition.
        present = torch.from_numpy(np.pad(masks, ((0, 0), (0, 1)))).to(self._numbers.device)
        picture, absent = self._picture[self._inside], self._absent[self._inside]
        # Outside of the window is the baseline in all of them (eq. 3): a window's map is no crop of
        # the whole picture's, and sums to the score of the window alone less the baseline's.
        pictures = self._absent.repeat(len(masks), 1, 1, 1)
        pictures[self._inside] = torch.where(present[:, self._numbers][:, None], picture, absent)
        return pictures

    def logits(self, masks: Masks, layer: str | None = None) -> Row:
        """Return class scores (B, K) of coalitions (B, players), of the network or of a layer."""
        logits, features = split(ask([(self, masks)])[0], self.probes.taps)
        if layer is None:
            return logits
        vectors = features[list(self.probes).index(layer)]
        if (vectors >= SILENT).any():
            raise ModelError(f"layer {layer!r} is not called for every input of this picture")
        at_layer: Row = self.probes[layer].logits(vectors)
        return at_layer

    def whole(self) -> Row:
        """Return the network's logits (K,) for the whole picture."""
        logits: Row = split(self._whole_row()[None], self.probes.taps)[0][0]
        return logits

    def stages(self) -> dict[str, Row]:
        """Return the logits (K,) of each truncated network for the whole picture.

        Layers that are not called for this picture have none.
        """
        _, features = split(self._whole_row()[None], self.probes.taps)
        return {
            layer: probe.logits(vectors)[0]
            for (layer, probe), vectors in zip(self.probes.items(), features, strict=True)
            if not (vectors >= SILENT).any()
        }

    def _whole_row(self) -> Row:
        row = self.picture_row
        if row is None:
            # A grand coalition that shows the whole picture has this row: it is not paid twice.
            row = self.twin(self._picture[None]).cpu().numpy()[0]
            self.paid += 1
            self.cache.add(*self.picture_place, row)
        return row

    def places(self, masks: Masks) -> list[Place]:
        """Return where in the cache each coalition's row is: the same for the same picture."""
        packed = np.packbits(~masks if self._swapped else masks, axis=1)
        sizes = masks.sum(axis=1)
        places: list[Place] = [(self._game, row.tobytes()) for row in packed]
        for i in np.flatnonzero((sizes == 0) | (sizes == self.players)):
            places[i] = self._pictures, self._ends[bool(sizes[i])].encode()
        return places

    def knows(self, masks: Iterable[NDArray[np.bool_]]) -> bool:
        """Return whether the answers to all these coalitions are in the cache."""
        rows = iter(masks)
        # In chunks, as the first answer that is missing saves drawing the rest.
        while chunk := list(islice(rows, 64)):
            places = self.places(np.array(chunk))
            if not all(place[1] in self.cache.rows(place[0]) for place in places):
                return False
        return True

    def _examples(self) -> Masks:
        """Return all, nothing, most and some of the cells: what the twin is checked on."""
        shares = np.array([[1.0], [0.0], [0.7], [0.3]])
        return np.random.default_rng(0).random((4, self.players)) < shares


def ask(requests: Sequence[tuple[Game, Masks]]) -> list[Row]:
    """Return the rows of coalitions of several games of one evaluator, evaluated together.

    What is cached, and what two of them share, is evaluated once at most.
    """
    answers: dict[Place, Row] = {}
    new: dict[Place, Tensor] = {}
    places = [game.places(masks) for game, masks in requests]
    for (game, masks), wanted in zip(requests, places, strict=True):
        cached = {p: game.ready.get(p, game.cache.rows(p[0]).get(p[1])) for p in wanted}
        answers |= {place: row for place, row in cached.items() if row is not None}
        # The same picture in two games is evaluated for the first, which pays for it.
        missing = {p: i for i, p in enumerate(wanted) if p not in answers and p not in new}
        if missing:
            new |= zip(missing, game.compose(masks[[*missing.values()]]), strict=True)
            game.paid += len(missing)
    if new:
        first = requests[0][0]
        with blaming_baseline(first.model, first._picture[None]):
            rows = first.evaluator(torch.stack([*new.values()])).cpu().numpy()
        # Copies: a view in the cache would keep the whole batch in memory.
        answers |= {place: row.copy() for place, row in zip(new, rows, strict=True)}
        for (game, _), wanted in zip(requests, places, strict=True):
            # Also for games that share what another one paid for: their caches may differ.
            for place in new.keys() & wanted:
                game.cache.add(*place, answers[place])
    return [np.stack([answers[place] for place in wanted]) for wanted in places]


def evaluate_together(requests: Sequence[tuple[Game, Masks]]) -> None:
    """Evaluate what each game needs next in the same batches, and have it ready for them."""
    coming = [(game, masks) for game, masks in requests if len(masks)]
    for (game, masks), rows in zip(coming, ask(coming), strict=True):
        # Also where the cache is too small to keep it until then.
        game.ready = dict(zip(game.places(masks), rows, strict=True))
