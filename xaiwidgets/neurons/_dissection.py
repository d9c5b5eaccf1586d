"""`dissect`: which concepts, drawn as masks, a layer's units tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from xaiwidgets.checks import is_number, whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window
from xaiwidgets.inputs import inputs_of
from xaiwidgets.intervals import IntervalEstimate, bootstrap_interval
from xaiwidgets.network import Network
from xaiwidgets.representations import checked_layer, unit_maps
from xaiwidgets.work import Steps, work

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Dissection:
    """How well the active places of each unit cover each concept.

    Attributes
    ----------
    concepts : tuple of str
    iou : (U, K) float64
        Intersection over union of a unit's active places and a concept's mask, over all of the
        concept's pictures.
    chance : (U, K) float64
        The same with the masks of other pictures, each exchanged: what a unit has that looks at
        usual places. NaN for a concept of a single picture.
    thresholds : (U,) float64
        Above which a unit is active.
    quantile : float
        The share of all places at which a unit is active.
    layer : str
    """

    concepts: tuple[str, ...]
    iou: Doubles
    chance: Doubles
    thresholds: Doubles
    quantile: float
    layer: str
    _parts: Mapping[str, tuple[Doubles, Doubles]]
    _seed: int

    def __repr__(self) -> str:
        best = ", ".join(f"{c}: unit {self.best(c)} ({self.interval(c)})" for c in self.concepts)
        return f"<Dissection of {len(self.iou)} units at {self.layer!r}; {best}>"

    def best(self, concept: str) -> int:
        """Return the unit that covers a concept best."""
        return int(self.iou[:, self._place(concept)].argmax())

    def count(self, concept: str) -> int:
        """Return in how many pictures a concept was looked for."""
        self._place(concept)
        return len(self._parts[concept][0])

    def interval(self, concept: str, unit: int | None = None) -> IntervalEstimate:
        """Return a unit's IoU with a bootstrap interval over pictures; the best unit's by default.

        The best of many looks better than it is: its interval does not know that it was chosen.
        """
        place = self.best(concept) if unit is None else unit
        both, either = (part[:, place] for part in self._parts[concept])
        return bootstrap_interval(_ratio, both, either, seed=self._seed)

    def _place(self, concept: str) -> int:
        if concept not in self.concepts:
            raise InputError(f"concept is {concept!r}; there are {', '.join(self.concepts)}")
        return self.concepts.index(concept)


def _ratio(both: Doubles, either: Doubles) -> Doubles:
    # Sums first: a mean of ratios would count pictures with a small mask as much as all others.
    ratio: Doubles = both.sum(-1) / np.maximum(either.sum(-1), 1e-12)
    return ratio


@work
def dissect(
    model: Network,
    layer: str,
    concepts: Mapping[str, tuple[Any, Any]],
    *,
    quantile: float = 0.005,
    others: Any = None,
    seed: int = 0,
) -> Steps[Dissection]:
    """Compare where units are active with where concepts are: network dissection (Bau et al. 2017).

    A unit is active where its map, enlarged to the picture, is above the value that it exceeds at
    `quantile` of all places.

    Parameters
    ----------
    model : Network
    layer : str
        With feature maps.
    concepts : mapping from name to (images, masks)
        Of each the pictures, and where in them it is: bools (N, H, W), or for each picture a
        `Window`, or None where it is not.
    quantile : float
        Above 0, below 1.
    others : pictures, optional
        Further ones, by which the thresholds are set as well: where a concept is drawn in a few
        pictures, those alone would say little of how often a unit is active.
    seed : int
        Of which pictures' masks are exchanged for the chance level.

    Returns
    -------
    Work[Dissection]

    Raises
    ------
    InputError
        If the layer has no feature maps, there is no concept, a mask does not fit its picture, or
        one is nowhere.
    """
    if not isinstance(concepts, Mapping) or not concepts:
        raise InputError("concepts must map names to (images, masks), at least one")
    sets: dict[str, tuple[Tensor, Tensor]] = {}
    shape: Sequence[int] | None = None
    for name, pair in concepts.items():
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise InputError(f"concept {name!r} must be (images, masks)")
        batch = inputs_of(model, pair[0], shape)
        shape = tuple(batch.shape[1:])
        sets[str(name)] = batch, _masks(pair[1], batch, str(name))
    if not is_number(quantile) or not 0 < quantile < 1:
        raise InputError(f"quantile is {quantile!r}; use a number above 0 and below 1")
    whole("seed", seed, 0)
    further = None if others is None else inputs_of(model, others, shape, "others")
    example = next(iter(sets.values()))[0][0]
    grid = model.anatomy(example).grid(checked_layer(model, layer))
    if not grid.is_spread:
        raise InputError(f"layer {layer!r} has no feature maps; name one that has")
    return _dissected(model, layer, sets, further, quantile, seed)


def _masks(masks: Any, batch: Tensor, name: str) -> Tensor:
    """Return masks (N, H, W), or say what is wrong with them."""
    size = (len(batch), *batch.shape[-2:])
    if isinstance(masks, Sequence) and all(m is None or isinstance(m, Window) for m in masks):
        windows = torch.zeros(len(masks), *size[1:], dtype=torch.bool, device="cpu")
        for mask, window in zip(windows, masks, strict=True):
            if window is not None:
                rows, columns = window.inside(batch.shape).slices
                mask[rows, columns] = True
        masks = windows
    array = masks.cpu() if isinstance(masks, Tensor) else np.asarray(masks)
    if tuple(array.shape) != size or str(array.dtype) not in ("bool", "torch.bool"):
        raise InputError(
            f"the masks of {name!r} are {array.dtype} {tuple(array.shape)}; use bools {size}, or a "
            "Window or None for each picture"
        )
    array = torch.as_tensor(array, device="cpu")
    if not bool(array.any()):
        raise InputError(f"{name!r} is nowhere in its pictures; draw it in at least one")
    return array


def _dissected(
    model: Network,
    layer: str,
    sets: Mapping[str, tuple[Tensor, Tensor]],
    others: Tensor | None,
    quantile: float,
    seed: int,
) -> Steps[Dissection]:
    maps: dict[str, Tensor] = {}
    for name, (batch, _) in sets.items():
        maps[name] = yield from _maps(model, batch, layer)
    further = [] if others is None else [(yield from _maps(model, others, layer))]
    all_maps = [*maps.values(), *further]
    # (U, all places of all pictures): one threshold a unit, over the whole set, as in Bau et al.
    answers = torch.cat([each.transpose(0, 1).flatten(1) for each in all_maps], 1)
    # By numpy: torch takes no more than 16 million numbers.
    thresholds = torch.from_numpy(np.quantile(answers.numpy(), 1 - quantile, axis=1))
    generator = np.random.default_rng(seed)
    counts: dict[str, tuple[Doubles, Doubles]] = {}
    chance = []
    for name, (_, masks) in sets.items():
        counts[name] = _counts(maps[name], thresholds, masks)
        # Of the masks of other pictures: as large, and as central, but of something else.
        exchanged = masks[_others_of(len(masks), generator)]
        by_chance = _ratio(*(part.T for part in _counts(maps[name], thresholds, exchanged)))
        chance.append(by_chance if len(masks) > 1 else np.full_like(by_chance, np.nan))
    return Dissection(
        tuple(sets),
        np.stack([_ratio(both.T, either.T) for both, either in counts.values()], 1),
        np.stack(chance, 1),
        thresholds.double().numpy(),
        quantile,
        layer,
        counts,
        seed,
    )


def _maps(model: Network, batch: Tensor, layer: str) -> Steps[Tensor]:
    parts = yield from unit_maps(model, batch, layer, lambda maps: maps.float().clone())
    return torch.cat(parts)


def _others_of(count: int, generator: np.random.Generator) -> Tensor:
    """Return of each picture another one, at random: none keeps its own."""
    # Along a random cycle: a plain permutation would leave one picture its own mask on average.
    order = generator.permutation(count)
    others = np.empty(count, np.int64)
    others[order] = np.roll(order, 1)
    return torch.from_numpy(others)


def _counts(maps: Tensor, thresholds: Tensor, masks: Tensor) -> tuple[Doubles, Doubles]:
    """Return how many places are active and masked (N, U), and how many are one of both."""
    both, either = [], []
    for units, mask in zip(maps, masks, strict=True):
        # Bilinear and in this order, as Bau et al.: a mask made as coarse as the map would lose
        # parts.
        large = functional.interpolate(units[None], mask.shape, mode="bilinear")[0]
        # (U, H, W): of each unit the places above its own threshold.
        active = large > thresholds[:, None, None]
        both.append((active & mask).sum((1, 2)))
        either.append((active | mask).sum((1, 2)))
    return torch.stack(both).double().numpy(), torch.stack(either).double().numpy()
