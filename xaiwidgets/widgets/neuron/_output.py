"""How what a NeuronDesk has found out is shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.intervals import mean_interval
from xaiwidgets.network import Network
from xaiwidgets.neurons import (
    ConceptDirection,
    ConceptMove,
    Dissection,
    MaximisedPicture,
    TopPicture,
    UnitActivity,
)
from xaiwidgets.widgets.neuron._findings import ProfiledUnits
from xaiwidgets.widgets.neuron._state import (
    ShownConcept,
    ShownConceptMove,
    ShownConductance,
    ShownDissection,
    ShownFavourites,
    ShownMaximised,
    ShownProfile,
    ShownSpecific,
    ShownUnits,
    WatchedPrediction,
)
from xaiwidgets.widgets.pictures import ShownPicture, picture_of, small_pictures

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
    # Shares of a side, as the pictures are sent smaller than the network takes them.
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
    # A unit is as excited by what only this network sees: another one says whether it is a picture
    # of anything.
    return ShownMaximised(
        by_generator=result.latent is not None,
        picture=picture_of(model.picture(result.image)),
        value=result.value,
        label=model.label(result.predicted),
        judged=None if result.judged is None else model.label(result.judged),
    )


def shown_concept(model: Network, result: ConceptDirection, examples: int) -> ShownConcept:
    """Return a concept's numbers, each beside its control."""
    # Directions between sets of random pictures had scores from 0 to 1: alone none says anything.
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


def shown_concept_move(model: Network, result: ConceptMove, index: int) -> ShownConceptMove:
    """Return a picture's way along a concept, with what the network says on it."""
    logits = torch.from_numpy(result.logits)
    probabilities = [
        [score.probability for score in model.scores(row, range(len(row)))] for row in logits
    ]
    pictures = model.pictures(torch.stack(result.moved.path))
    judged = result.moved.judged
    return ShownConceptMove(
        index=index,
        target=result.target,
        label=model.label(result.target),
        # In one array, so that the page scrubs along the way without asking.
        pictures=ShownPicture(pictures.shape[1], pictures.shape[2], pictures),
        probabilities=np.array(probabilities, np.float32),
        logits=result.logits[:, result.target].astype(np.float32),
        random_logits=result.random_curves.astype(np.float32),
        judged=None if judged is None else model.label(judged),
        is_beyond=result.verdict.startswith("beyond"),
    )


def shown_dissection(result: Dissection, unit: int) -> ShownDissection:
    """Return how well a unit covers what was painted, beside all others and chance."""
    # All that is painted is one concept.
    (name,) = result.concepts
    best, chance = result.best(name), result.chance[:, 0]
    # NaN where there is but one mask, which cannot be exchanged for another.
    chances = [None if np.isnan(value) else float(value) for value in (chance[unit], chance[best])]
    return ShownDissection(
        unit=unit,
        pictures=result.count(name),
        quantile=result.quantile,
        iou=result.iou[:, 0].astype(np.float32),
        estimate=result.interval(name, unit),
        chance=chances[0],
        best=best,
        best_estimate=result.interval(name, best),
        best_chance=chances[1],
    )


def shown_profile(model: Network, profiled: ProfiledUnits, unit: int) -> ShownProfile:
    """Return a unit's conductances by class, and which units the chosen pictures use most."""
    profiles, chosen = profiled.profiles, profiled.chosen
    counts = np.bincount(profiles.predicted)
    estimate = mean_interval(profiles.values[chosen, unit])
    return ShownProfile(
        unit=unit,
        pictures=len(profiles.values),
        classes=tuple(
            ShownConductance(model.label(number), int(counts[number]), estimate)
            for number, estimate in profiles.of(unit).items()
        ),
        chosen=ShownConductance("the chosen", len(chosen), estimate) if len(chosen) else None,
        specific=tuple(
            ShownSpecific(*each) for each in (profiles.specific(chosen) if len(chosen) else ())
        ),
    )
