"""What can be set in a VectorMap, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.vectors import NeighbourAgreement
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import ShownPicture
from xaiwidgets.widgets.schema import setting
from xaiwidgets.widgets.selection import selection_setting

_ASKED = "How it is laid out"

BY_LABEL, BY_PREDICTION, BY_RIGHT = "label", "prediction", "right or wrong"


@dataclass(frozen=True)
class VectorMapState:
    """Which vectors are laid out, how, and how the points are drawn."""

    layer: str = setting(
        "",
        doc="Whose answers represent a picture, the mean over places of each unit: a name of "
        '`layers`; "penultimate" is what the last linear layer is given.',
    )
    # PCA first: it is there at once, and its distances mean something; t-SNE takes seconds.
    method: Literal["pca", "tsne"] = setting(
        "pca",
        choices={"pca": "most variance (PCA)", "tsne": "neighbours (t-SNE)"},
        label="Laid out by",
        group=_ASKED,
        doc="The two directions of largest variance (principal components), or t-SNE, which keeps "
        "neighbours together and no distances.",
    )
    seed: int = setting(0, least=0, label="Seed", group=_ASKED, doc="Of t-SNE, and of noise.")
    # The page's alone, which draws each look once and copies it to thousands of points.
    colour: str = setting(
        BY_PREDICTION,
        page_only=True,
        doc='What colours say: "label", "prediction", "right or wrong", or a name of `scores`.',
    )
    dimmed: tuple[int, ...] = setting(
        (), least=0, page_only=True, doc="Classes whose points are dimmed, by number."
    )
    selection: tuple[int, ...] = selection_setting()


@dataclass(frozen=True)
class ShownLoss:
    """How far a plane can be believed."""

    trustworthiness: Annotated[float, "points at random have about 0.5"]
    agree: Annotated[NeighbourAgreement, "of neighbours, among the vectors and on the plane"]
    variance: Annotated[float | None, "the share that is shown; null: t-SNE keeps no distances"]


@dataclass(frozen=True)
class ShownPlane:
    """Where pictures lie."""

    # One buffer, which stays one in the page: ten thousand objects would not be fluent.
    points: Annotated[NDArray[np.float32], "(n, 2)"]
    layer: str
    method: str
    frame: int
    loss: Annotated[ShownLoss | None, "null while it is being laid out"]


@dataclass(frozen=True)
class ShownCross:
    """An edited or attacked picture on the map."""

    name: str
    x: float
    y: float
    of: Annotated[int | None, "the picture that it is of"]
    predicted: int
    thumbnail: ShownPicture


@dataclass(frozen=True)
class VectorMapOutput:
    """What a VectorMap shows."""

    network: str = ""
    notes: tuple[Note, ...] = ()
    classes: tuple[str, ...] = ()
    count: int = 0
    layers: tuple[str, ...] = ()
    labels: NDArray[np.int32] | None = None
    predicted: NDArray[np.int32] | None = None
    scores: Annotated[Mapping[str, NDArray[np.float32]], "NaN: not known of this picture"] = field(
        default_factory=dict
    )
    plane: ShownPlane | None = None
    noise: Annotated[ShownPlane | None, "the same for noise, where asked for"] = None
    crosses: tuple[ShownCross, ...] = ()
    has_rival: bool = False
    saved: Annotated[Mapping[str, ShownPicture], "small pictures of a saved page, by number"] = (
        field(default_factory=dict)
    )
