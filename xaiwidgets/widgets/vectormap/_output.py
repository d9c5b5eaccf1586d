"""How a VectorMap's pictures and planes are shown; what it is given, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.network import Network
from xaiwidgets.representations import PENULTIMATE, site_of
from xaiwidgets.vectors import NoisePlane, Projection, ProjectionSketch
from xaiwidgets.widgets.vectormap._state import (
    BY_LABEL,
    BY_PREDICTION,
    BY_RIGHT,
    ShownLoss,
    ShownPlane,
    VectorMapState,
)


def site_names(model: Network, example: Tensor) -> list[str]:
    """Return the layers by which pictures can be laid out, from the picture on."""
    names = list(dict.fromkeys(model.anatomy(example[0]).layers))
    try:
        last = site_of(model, example, None).layer
    except InputError:  # no linear layer
        return names
    # Before the layer whose input it is, as layers are listed in the order of their calls.
    names.insert(names.index(last), PENULTIMATE)
    return names


def has_units(model: Network, example: Tensor, state: VectorMapState) -> bool:
    """Tell whether a NeuronDesk can look at the layer that pictures are laid out by."""
    return model.anatomy(example).grids.get(state.layer) is not None


def colourings(labels: object, scores: Mapping[str, object]) -> tuple[str, ...]:
    """Return what colours can say."""
    labelled = () if labels is None else (BY_LABEL, BY_RIGHT)
    return (*labelled[:1], BY_PREDICTION, *labelled[1:], *scores)


def checked_scores(scores: Mapping[str, Any] | None, count: int) -> dict[str, NDArray[np.float32]]:
    """Return columns of numbers (N,) by name, NaN where one is not known.

    Raises
    ------
    InputError
        If a column is no number for each picture, or has the name of another colouring.
    """
    columns: dict[str, NDArray[np.float32]] = {}
    if scores is not None and not isinstance(scores, Mapping):
        kind = type(scores).__name__
        raise InputError(
            f'scores is {kind}; give each by its name, such as {{"suspicion": numbers}}'
        )
    for name, values in (scores or {}).items():
        if name in (BY_LABEL, BY_PREDICTION, BY_RIGHT):
            raise InputError(f"scores has {name!r}, which is a colouring already; rename it")
        try:
            column = np.asarray(values, np.float32)
        except (TypeError, ValueError) as error:
            raise InputError(f"scores[{name!r}] is no array of numbers: {error}") from error
        if column.shape != (count,) or np.isinf(column).any():
            raise InputError(
                f"scores[{name!r}] is {column.shape}; give a finite number for each of the "
                f"{count} images, NaN where it is not known"
            )
        columns[str(name)] = column
    return columns


def shown_plane(answer: Projection | ProjectionSketch, state: Any, frame: int) -> ShownPlane:
    """Return the points of a projection, and what it has lost once that is known."""
    # What a plane has lost takes the distances of all pairs: of a sketch it is not known yet.
    loss = None
    if isinstance(answer, Projection):
        loss = ShownLoss(answer.trustworthiness, answer.neighbours_agree, answer.variance)
    return ShownPlane(
        answer.points.astype(np.float32), state.layer, state.method, frame=frame, loss=loss
    )


def shown_noise(noise: NoisePlane | NDArray[np.float64], of: Projection, frame: int) -> ShownPlane:
    """Return noise that was laid out as a projection was, or is being laid out."""
    loss = None
    if isinstance(noise, NoisePlane):
        loss, noise = ShownLoss(noise.trustworthiness, noise.neighbours_agree, None), noise.points
    return ShownPlane(noise.astype(np.float32), of.layer, of.method, frame=frame, loss=loss)
