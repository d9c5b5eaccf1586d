"""What an Explorer shows, part by part: records that cross to the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.images import Window
from xaiwidgets.widgets.pictures import Ranking, ShownPicture


@dataclass(frozen=True)
class ShownLayer:
    """A layer at which the network can be truncated."""

    name: str
    agreement: Annotated[float | None, "of its probe with the network"]


@dataclass(frozen=True)
class ShownStage:
    """What the network truncated at a layer says of the picture as it is."""

    layer: Annotated[str | None, "null: the whole network"]
    prediction: Ranking
    rank: Annotated[int, "of the class explained, from 1"]


@dataclass(frozen=True)
class Fitting:
    """How far the fit of layers is, or how it ended."""

    running: bool
    done: int = 0
    total: int | None = None
    note: str = ""
    agreements: Annotated[Mapping[str, float], "of the layers fitted so far"] = field(
        default_factory=dict
    )


@dataclass(frozen=True)
class FittableLayer:
    """A layer that may be fitted."""

    name: str
    module: Annotated[str, "its class"]
    chosen: Annotated[bool, "fitted by default, as a stage ends there"]


@dataclass(frozen=True)
class FitOffer:
    """What can be fitted, and from what."""

    layers: tuple[FittableLayer, ...]
    images: str
    warning: Annotated[str, "why the agreements will say little"]


@dataclass(frozen=True)
class ShownHeads:
    """What a transformer has to look at."""

    heads: Annotated[tuple[int, ...], "of each layer with attention"]
    rows: Annotated[int, "of patches"]
    columns: int


@dataclass(frozen=True)
class ShownMethod:
    """An explainer to choose."""

    name: str
    label: str
    words: Annotated[str, "what it does, in a line"]


@dataclass(frozen=True)
class Agreement:
    """How alike two maps of one picture order its parts."""

    correlation: Annotated[
        float | None, "Spearman's, from -1 to 1; null: a map is the same all over"
    ]
    parts: int
    problem: Annotated[str, "why there is no second map"] = ""


@dataclass(frozen=True)
class MapSettings:
    """The settings, as traits, with other ones of which a map would be another one.

    Not trials and seed: with other ones it is an estimate of the same.
    """

    method: str
    baseline: str
    output: str
    grid: int
    players: str


@dataclass(frozen=True)
class ShownAttribution:
    """A map and its ledger line."""

    # The page answers with it when it has painted, and a check says of which map it is.
    frame: int
    cells: Annotated[NDArray[np.float32], "(rows, columns)"]
    standard_error: Annotated[NDArray[np.float32] | None, "as cells; null: it is not known"]
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]
    window: Window
    target: int
    label: str
    output: str
    value: float
    baseline_output: Annotated[float | None, "null: the method has no baseline"]
    difference: float | None
    sum: float
    residual: float | None
    error: Annotated[float | None, "root mean square over the cells"]
    evaluations: int
    paid: Annotated[int, "evaluations that were made for this map alone"]
    total: int
    seconds: float
    seed: Annotated[int | None, "null: nothing is drawn"]
    device: str
    exact: bool
    partial: bool
    layer: Annotated[str | None, "the layer it explains"]
    explainer: Annotated[str, "the label of its method"]
    settings: Annotated[MapSettings | None, "null: nobody has asked for it with settings"]
    adds_up: Annotated[bool, "whether its cells are shares of the score"]
    first_look: Annotated[bool, "a gradient map, until there are Shapley values"]
    weights: Annotated[tuple[float, ...] | None, "of a joint map: one for each figure"]


@dataclass(frozen=True)
class ShownRule:
    """A leaf of the tree."""

    cells: Annotated[tuple[tuple[int, int, bool], ...], "row, column, whether it is there"]
    text: str
    value: float
    share: float


@dataclass(frozen=True)
class LinearReading:
    """The coefficients of LIME."""

    cells: NDArray[np.float32]
    r2: float | None


@dataclass(frozen=True)
class TreeReading:
    """A decision tree of few leaves."""

    cells: NDArray[np.float32]
    r2: float | None
    rules: tuple[ShownRule, ...]


@dataclass(frozen=True)
class ShownCurves:
    """Deletion and insertion, as foretold; errors are one standard deviation."""

    share: Annotated[tuple[float, ...], "of the cells"]
    deletion: tuple[float, ...]
    insertion: tuple[float, ...]
    deletion_error: tuple[float, ...]
    insertion_error: tuple[float, ...]
    deletion_area: float
    insertion_area: float
    r2: float | None


@dataclass(frozen=True)
class ShownReadings:
    """Other readings of a map's coalitions."""

    evaluations: Annotated[int, "coalitions that were known already"]
    linear: LinearReading
    tree: TreeReading
    curves: ShownCurves


@dataclass(frozen=True)
class Measure:
    """A number with the interval that says how far it can be believed."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ShownCheck:
    """One way to tell how good a map is, with what two maps get that know no network."""

    name: Literal["deletion", "insertion", "fidelity", "exact", "inside", "sensitivity"]
    value: Measure
    centre: Measure | None
    edges: Annotated[Measure | None, "null: that map is constant"]
    chance: Annotated[tuple[float, float] | None, "where a guess lies; null: there is no such"]
    verdict: Annotated[Literal["better", "worse", "none", ""], "against chance"]
    basis: Annotated[str, "what it was measured on"]


@dataclass(frozen=True)
class EvaluatedCurve:
    """The score while cells go or come in the order of a map, and in random orders."""

    share: Annotated[tuple[float, ...], "of the cells"]
    scores: tuple[float, ...]
    random: Annotated[tuple[float, ...], "the mean of random orders"]
    spread: Annotated[tuple[float, ...], "their standard deviation"]


@dataclass(frozen=True)
class Judgement:
    """How good the map of a frame is, as far as it has been checked."""

    frame: int
    layer: str | None
    running: bool = False
    done: int = 0
    total: int | None = None
    note: str = ""
    problem: Annotated[str, "why it has ended early"] = ""
    checks: tuple[ShownCheck, ...] = ()
    curves: Annotated[Mapping[str, EvaluatedCurve], "deletion and insertion"] = field(
        default_factory=dict
    )
    code: Annotated[str, "the Python that computes it"] = ""


@dataclass(frozen=True)
class ShownCurve:
    """What a sweep makes of one class."""

    index: int
    label: str
    probability: tuple[float, ...]


@dataclass(frozen=True)
class ShownSweep:
    """What the network says of a picture under one edit of growing size."""

    edit: Literal["rotate", "scale", "noise", "brighten"]
    values: tuple[float, ...]
    value: Annotated[float | None, "of the picture as it is; null: it is not edited so"]
    classes: Annotated[tuple[ShownCurve, ...], "the class explained first; none while it runs"] = ()


@dataclass(frozen=True)
class ShownAttack:
    """An attack on the picture: on its way, or what became of it."""

    method: str
    size: Annotated[float, "a share of what lies between black and white"]
    inside: Annotated[bool, "whether it stays in a window"]
    target: Annotated[str | None, "the class wanted; null: any other"]
    weight: Annotated[float, "how much its map counts, of the method that deceives both"]
    running: bool = True
    done: int = 0
    total: int | None = None
    at: Annotated[int, "the point of the path that is shown, from 0"] = 0
    points: int = 0
    reached: bool = False
    words: Annotated[str, "how it ended"] = ""


@dataclass(frozen=True)
class ShownPartner:
    """One more figure: a partner of the picture."""

    name: str
    label: str
    network: str
    picture: ShownPicture
    prediction: Ranking
    attribution: Annotated[
        ShownAttribution | None, "null also in a join, whose one map is drawn on every figure"
    ]
    separate_colors: Annotated[bool, "whether another method made it, whose numbers are others"] = (
        False
    )


@dataclass(frozen=True)
class ShownQuestion:
    """A question that has been answered."""

    query: str
    title: str
    thumbnail: Annotated[ShownPicture, "the picture under its map"]
    pinned: Annotated[bool, "whether it goes into the report"]
    beside: Annotated[str, "the second method, as text; empty: there was none"] = ""
