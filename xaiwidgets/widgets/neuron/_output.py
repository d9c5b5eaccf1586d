"""How what a NeuronDesk has found out is shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.network import Network
from xaiwidgets.neurons import ConceptDirection, MaximisedPicture, TopPicture, UnitActivity
from xaiwidgets.widgets.neuron._state import (
    ShownConcept,
    ShownFavourites,
    ShownMaximised,
    ShownUnits,
    WatchedPrediction,
)
from xaiwidgets.widgets.pictures import picture_of, small_pictures

UNIT_SIDE = 56
"""Pixels a side of a small picture, at most."""

_FAVOURITES = 9
_CLASSES = 5


def shown_units(model: Network, activity: UnitActivity, images: Tensor) -> ShownUnits:
    """Return of each unit the picture that excites it most, and where."""
    best = [activity.top(unit, 1)[0] for unit in range(activity.values.shape[1])]
    return ShownUnits(
        layer=activity.layer,
        values=np.array([each.value for each in best], np.float32),
        pictures=small_pictures(model, images[[each.picture for each in best]], UNIT_SIDE),
        boxes=_boxes(best, images),
    )


def shown_favourites(
    model: Network, activity: UnitActivity, images: Tensor, unit: int, predicted: Tensor
) -> ShownFavourites:
    """Return the pictures that excite one unit most."""
    best = activity.top(unit, _FAVOURITES)
    rows = [each.picture for each in best]
    return ShownFavourites(
        unit=unit,
        indices=np.array(rows, np.int32),
        values=np.array([each.value for each in best], np.float32),
        pictures=small_pictures(model, images[rows], UNIT_SIDE),
        boxes=_boxes(best, images),
        labels=tuple(model.label(int(predicted[row])) for row in rows),
    )


def _boxes(best: Sequence[TopPicture], images: Tensor) -> NDArray[np.float32]:
    height, width = images.shape[-2:]
    windows = [each.window for each in best]
    boxes = [(w.top / height, w.left / width, w.height / height, w.width / width) for w in windows]
    return np.array(boxes, np.float32)


def watched_prediction(
    model: Network, image: Tensor, before: Tensor, after: Tensor | None, changed: int | None
) -> WatchedPrediction:
    """Return what is said of a picture, by logits (K,) before and after silencing."""
    order = before.argsort(descending=True, stable=True)[:_CLASSES].tolist()
    if after is not None:
        # The class that is likeliest now is there, whatever it was.
        order = list(dict.fromkeys([*order, int(after.argmax())]))
    return WatchedPrediction(
        picture=picture_of(model.picture(image)),
        before=tuple(model.scores(before.double(), order)),
        after=None if after is None else tuple(model.scores(after.double(), order)),
        changed=changed,
    )


def shown_maximised(model: Network, result: MaximisedPicture) -> ShownMaximised:
    """Return a picture made for a unit, with what both networks see in it."""
    return ShownMaximised(
        by_generator=result.latent is not None,
        picture=picture_of(model.picture(result.image)),
        value=result.value,
        label=model.label(result.predicted),
        judged=None if result.judged is None else model.label(result.judged),
    )


def shown_concept(model: Network, result: ConceptDirection, examples: int) -> ShownConcept:
    """Return a concept's numbers, each beside its control."""
    return ShownConcept(
        examples=examples,
        label=model.label(result.target),
        accuracy=result.accuracy,
        sensitivity=result.sensitivity,
        slope=result.slope,
        random_slopes=tuple(result.random_slopes.tolist()),
        random_sensitivities=tuple(result.random_sensitivities.tolist()),
        verdict=result.verdict,
    )
