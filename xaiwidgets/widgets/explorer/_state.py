"""What can be set in an Explorer, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.images import Window
from xaiwidgets.widgets.pictures import NamedPicture, Ranking, ShownPicture
from xaiwidgets.widgets.schema import setting

_GROUP = "How it is asked and drawn"


@dataclass(frozen=True)
class ExplorerState:
    """The question, in parts that follow each other, and how the answer is drawn."""

    index: int = setting(0, doc="Which picture.")
    window: Window | None = setting(None, doc="The part explained; None is the whole picture.")
    trail: tuple[Window, ...] = setting((), doc="The windows around it, outermost first.")
    target: int | None = setting(
        None,
        by_name=True,
        doc="The class explained (a name is taken, too); None is the predicted class.",
    )
    layer: str | None = setting(
        None,
        doc="The layer at which the network is truncated; it needs a probe. None is the whole "
        "network.",
    )
    operator: Literal["", "join", "left join"] = setting("", doc='"left join" is the anti-join.')
    partners: tuple[str, ...] = setting((), doc="The names of what the picture is compared with.")
    partner_targets: tuple[int | None, ...] = setting((), doc="The classes explained there.")
    weights: tuple[float | None, ...] = setting(
        (),
        least=0,
        most=1,
        doc="For each joined partner the weight of all before it; None: all count the same.",
    )
    printed: bool = setting(False, doc="As for `Interpretation.explain`.")
    baseline: str = setting(
        "zeros", label="Baseline", group=_GROUP, doc='"zeros", "mean", "blur", or a reference.'
    )
    output: Literal["logit", "probability"] = setting("logit", label="Value", group=_GROUP)
    budget: int = setting(
        1024,
        least=64,
        most=16384,
        label="Budget",
        unit="evaluations",
        group=_GROUP,
        doc="As for `Interpretation.explain`; it acts while the work is under way.",
    )
    seed: int = setting(0, least=0, label="Seed", group=_GROUP)
    grid: int = setting(
        7, least=2, most=16, label="Cells per side", group=_GROUP, doc="Of the window."
    )
    query: str = setting("", doc="The question as text; setting it moves everything else.")
    reading: Literal["shapley", "linear", "tree"] = setting(
        "shapley", page_only=True, doc="Which map is drawn."
    )
    opacity: float = setting(
        0.65,
        least=0,
        most=1,
        page_only=True,
        label="Opacity",
        unit="%",
        scale=100,
        group=_GROUP,
        doc="Of the map.",
    )
    color_range: float | None = setting(
        None, least=0, page_only=True, doc="At full colour; None: that of the maps shown."
    )
    gesture: int = setting(0, least=0, page_only=True, doc="How often a hand has begun to act.")


@dataclass(frozen=True)
class ShownLayer:
    """A layer at which the network can be truncated."""

    name: str
    agreement: Annotated[float | None, "of its probe with the network"]


@dataclass(frozen=True)
class Candidate:
    """Something that the picture can be compared with."""

    name: str
    label: str
    thumbnail: ShownPicture


@dataclass(frozen=True)
class ShownAttribution:
    """A map and its ledger line."""

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


@dataclass(frozen=True)
class ExplorerOutput:
    """What an Explorer shows."""

    classes: tuple[str, ...] = ()
    pictures: tuple[NamedPicture, ...] = ()
    references: tuple[NamedPicture, ...] = ()
    baselines: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    rival: str | None = None
    layers: tuple[ShownLayer, ...] = ()
    layer_hint: str = ""
    layer_maps: Annotated[
        Mapping[str, tuple[ShownAttribution, ...]],
        'by layer ("": the whole network), one map a figure',
    ] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    others: tuple[ShownPartner, ...] = ()
    blocked: Annotated[Mapping[str, str], "by control, the reason why it is greyed"] = field(
        default_factory=dict
    )
    readings: ShownReadings | None = None
    asked: Annotated[tuple[str, ...], "the latest queries"] = ()
    picture: ShownPicture | None = None
    original: ShownPicture | None = None
    prediction: Ranking | None = None
    prediction_before: Ranking | None = None
    attribution: ShownAttribution | None = None
    attribution_before: ShownAttribution | None = None
    edits: tuple[str, ...] = ()
    undoable: int = 0
    redoable: int = 0
