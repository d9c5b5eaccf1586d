"""The game whose players are cells of a picture: coalitions in, logits out."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.acceleration import fingerprint
from xaiwidgets.checks import is_whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window

if TYPE_CHECKING:
    from xaiwidgets.classifier import Classifier

Masks = NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """A window cut into rows and columns of cells, as equal as whole pixels allow."""

    shape: tuple[int, int]
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]

    @classmethod
    def of(cls, shape: tuple[int, int], window: Window, grid: int | tuple[int, int]) -> Cells:
        """Cut `window` of a picture of `shape` into `grid` cells; never finer than pixels."""
        counts = (grid, grid) if isinstance(grid, int | np.integer) else grid
        two = isinstance(counts, tuple | list) and len(counts) == 2
        if not two or not all(is_whole(count, 1) for count in counts):
            raise InputError(f"grid is {grid!r}; use a whole number of at least 1, or two")
        rows, columns = counts
        rows, columns = min(int(rows), window.height), min(int(columns), window.width)
        return cls(
            shape,
            tuple(np.linspace(window.top, window.bottom, rows + 1).round().astype(int).tolist()),
            tuple(np.linspace(window.left, window.right, columns + 1).round().astype(int).tolist()),
        )

    @property
    def rows(self) -> int:
        """Number of rows of cells."""
        return len(self.row_edges) - 1

    @property
    def columns(self) -> int:
        """Number of columns of cells."""
        return len(self.column_edges) - 1

    @property
    def centres(self) -> NDArray[np.float64]:
        """Row and column of each cell's centre, counted in cells: (cells, 2)."""
        return np.argwhere(np.ones((self.rows, self.columns))).astype(np.float64)

    def numbers(self) -> Tensor:
        """Return the number of each pixel's cell (H, W); the count of cells where it has none."""
        numbers = torch.full(self.shape, self.rows * self.columns, dtype=torch.long)
        rows = torch.bucketize(
            torch.arange(self.shape[0]), torch.tensor(self.row_edges), right=True
        )
        columns = torch.bucketize(
            torch.arange(self.shape[1]), torch.tensor(self.column_edges), right=True
        )
        inside = ((rows >= 1) & (rows <= self.rows))[:, None] & (
            (columns >= 1) & (columns <= self.columns)
        )[None, :]
        cell = (rows[:, None] - 1) * self.columns + (columns[None, :] - 1)
        return torch.where(inside, cell, numbers)


class CoalitionCache:
    """Logits of the coalitions already evaluated, so that a repeated question is free.

    One set of coalitions answers for every class, score and larger budget of the same game
    (network, input, baseline, cells). Games are forgotten oldest first beyond `limit` bytes.
    """

    def __init__(self, limit: int = 2**27) -> None:
        self.limit = limit
        self._games: OrderedDict[object, dict[bytes, NDArray[np.float32]]] = OrderedDict()
        self._bytes = 0

    def known(self, game: object) -> dict[bytes, NDArray[np.float32]]:
        """Return the logits known for `game`, by packed coalition."""
        self._games.setdefault(game, {})
        self._games.move_to_end(game)
        return self._games[game]

    def add(self, game: object, coalition: bytes, logits: NDArray[np.float32]) -> None:
        """Remember one answer, forgetting old games where there is no room."""
        while self._bytes + logits.nbytes > self.limit and len(self._games) > 1:
            _, forgotten = self._games.popitem(last=False)
            self._bytes -= sum(answer.nbytes for answer in forgotten.values())
        if self._bytes + logits.nbytes <= self.limit:
            self.known(game)[coalition] = logits
            self._bytes += logits.nbytes


class Game:
    """The network's logits when only some cells are present.

    Everything outside the window is at the baseline in every coalition (i-Algebra, eq. 3).

    Parameters
    ----------
    model : Classifier
        Its fast twin is made (or found) here, checked on pictures like those of the game.
    picture, absent : Tensor (C, H, W)
        What a present cell shows, and an absent one.
    """

    def __init__(
        self,
        model: Classifier,
        picture: Tensor,
        absent: Tensor,
        cells: Cells,
        cache: CoalitionCache,
    ) -> None:
        device = model.device
        self.cells, self._cache = cells, cache
        self._picture, self._absent = picture.to(device), absent.to(device)
        self._numbers = cells.numbers().to(device)
        self._key = (fingerprint(model.net), _digest(picture), _digest(absent), cells, str(device))
        self.twin = model.twin(self.compose(self._examples()))
        self.paid = 0

    @property
    def players(self) -> int:
        """Number of cells."""
        return self.cells.rows * self.cells.columns

    def compose(self, masks: Masks) -> Tensor:
        """Return the pictures (B, C, H, W) in which only the cells of each mask are present."""
        present = torch.from_numpy(np.pad(masks, ((0, 0), (0, 1)))).to(self._numbers.device)
        return torch.where(present[:, self._numbers][:, None], self._picture, self._absent)

    def logits(self, masks: Masks) -> NDArray[np.float32]:
        """Return the logits (B, K) of coalitions (B, players); known ones cost nothing."""
        known = self._cache.known(self._key)
        packed = [row.tobytes() for row in np.packbits(masks, axis=1)]
        answers = {coalition: known[coalition] for coalition in packed if coalition in known}
        new = [i for i, coalition in enumerate(packed) if coalition not in answers]
        if new:
            logits = self.twin(self.compose(masks[new])).cpu().numpy()
            self.paid += len(new)
            for i, row in zip(new, logits, strict=True):
                answers[packed[i]] = row
                self._cache.add(self._key, packed[i], row.copy())
        return np.stack([answers[coalition] for coalition in packed])

    def _examples(self) -> Masks:
        """Return all, nothing, most and some of the cells: what the twin is checked on."""
        shares = np.array([[1.0], [0.0], [0.7], [0.3]])
        return np.random.default_rng(0).random((4, self.players)) < shares


def _digest(tensor: Tensor) -> str:
    data = np.ascontiguousarray(tensor.detach().cpu().numpy())
    return hashlib.blake2b(data.tobytes(), digest_size=16).hexdigest()
