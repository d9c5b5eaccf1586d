"""What can be set in an Explorer, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from xaiwidgets.images import Window
from xaiwidgets.prediction import Score
from xaiwidgets.widgets.explorer._shown import (
    Agreement,
    FitOffer,
    Fitting,
    Judgement,
    ShownAttack,
    ShownAttribution,
    ShownHeads,
    ShownLayer,
    ShownMethod,
    ShownPartner,
    ShownQuestion,
    ShownReadings,
    ShownStage,
    ShownSweep,
)
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import NamedPicture, Ranking, ShownPicture
from xaiwidgets.widgets.schema import setting
from xaiwidgets.widgets.selection import selection_setting

_ASKED, _DRAWN = "How it is asked", "How it is drawn"


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
    method: str = setting(
        "shapley",
        label="Explainer",
        group=_ASKED,
        doc="What explains: a method of attribution by name, maybe with settings, as in a query: "
        '"shapley", "ig(steps=100)", "gradcam".',
    )
    beside: str = setting(
        "",
        label="Beside it",
        group=_ASKED,
        doc="A second explainer, whose map of the same picture stands beside; empty: none.",
    )
    swapped: bool = setting(
        False,
        doc="Whether the rival is asked, so that the model is what it may be compared with.",
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
        "zeros",
        label="Hidden parts become",
        group=_ASKED,
        doc='The baseline: "zeros", "mean", "blur", or a reference.',
    )
    # A probability near 1 stays there whatever is hidden: of it a map would be next to nothing.
    output: Literal["logit", "probability"] = setting(
        "logit",
        choices={"logit": "score", "probability": "probability"},
        label="What is explained",
        group=_ASKED,
        doc="The output of the network: the logit, which is its score before the softmax, or the "
        "probability after it.",
    )
    budget: int = setting(
        1024,
        least=64,
        most=16384,
        label="Trials",
        unit="evaluations",
        group=_ASKED,
        doc="The budget: how often the network is asked with some parts hidden (a coalition of "
        "the others). It acts while the work is under way.",
    )
    seed: int = setting(
        0,
        least=0,
        label="Seed",
        group=_ASKED,
        doc="Of the random trials: the same seed gives the same map.",
    )
    grid: int = setting(
        7,
        least=2,
        most=16,
        label="Patches per side",
        group=_ASKED,
        doc="The grid of cells into which the window is cut.",
    )
    players: Literal["grid", "segments", "adaptive"] = setting(
        "grid",
        choices={
            "grid": "patches of a grid",
            "segments": "segments of the picture",
            "adaptive": "finer where it matters",
        },
        label="Parts",
        group=_ASKED,
        doc="What is hidden and shown: the players of the game. Cells of a grid, segments of "
        "similar colour (SLIC), or cells of which those that count are cut in four.",
    )
    query: str = setting("", doc="The question as text; setting it moves everything else.")
    # The page's alone, as all readings of a map are computed ahead and cross together.
    reading: Literal["shapley", "linear", "tree"] = setting(
        "shapley", page_only=True, doc="Which map is drawn."
    )
    # `heatmap.OPACITY`: a map looks the same in a figure that Python makes.
    opacity: float = setting(
        0.65,
        least=0,
        most=1,
        page_only=True,
        label="Opacity",
        unit="%",
        scale=100,
        group=_DRAWN,
        doc="Of the map over the picture.",
    )
    look: Literal["cells", "smooth"] = setting(
        "cells",
        choices={"cells": "patches", "smooth": "smooth"},
        page_only=True,
        label="Look",
        group=_DRAWN,
        doc="Of the map: its cells, or values interpolated between their middles.",
    )
    hatching: bool = setting(
        True,
        page_only=True,
        label="Hatch what is not certain",
        group=_DRAWN,
        doc="Whether cells whose sign is uncertain are hatched; they are fainter anyway.",
    )
    zoom: bool = setting(
        True,
        page_only=True,
        label="Zoom into the window",
        group=_DRAWN,
        doc="Whether the window fills the place of the picture; else it is drawn on the picture.",
    )
    color_range: float | None = setting(
        None,
        least=0,
        page_only=True,
        label="Colour range",
        group=_DRAWN,
        doc="The contribution at full colour; None: that of the maps shown.",
    )
    # The page's, although checks read it: to mark a place must not compute the map anew.
    truth: Window | None = setting(
        None,
        page_only=True,
        doc="Where in the picture the class is, as a person says: checks tell how much of the map "
        "lies there. Another picture forgets it.",
    )
    selection: tuple[int, ...] = selection_setting()
    # Of the page: what it sends under one press of a button is one step for undo.
    gesture: int = setting(0, least=0, page_only=True, doc="How often a hand has begun to act.")


@dataclass(frozen=True)
class ExplorerOutput:
    """What an Explorer shows."""

    classes: tuple[str, ...] = ()
    reads_text: Annotated[bool, "whether the pictures are sentences"] = False
    pictures: tuple[NamedPicture, ...] = ()
    predictions: Annotated[
        Mapping[str, Score], "by picture, the likeliest class, where it is known"
    ] = field(default_factory=dict)
    references: tuple[NamedPicture, ...] = ()
    baselines: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    rival: str | None = None
    notes: tuple[Note, ...] = ()
    layers: tuple[ShownLayer, ...] = ()
    layer_hint: Annotated[str, "the Python that fits layers"] = ""
    fitting: Annotated[Fitting | None, "null: no layer was fitted by hand"] = None
    copied: Annotated[str, "the part that can be pasted; nothing, if none is"] = ""
    sweep: Annotated[ShownSweep | None, "null: nothing is swept of this picture"] = None
    attack: Annotated[ShownAttack | None, "null: the picture is not attacked"] = None
    fit_offer: Annotated[FitOffer | None, "null: nobody has asked what can be fitted"] = None
    layer_maps: Annotated[
        Mapping[str, tuple[ShownAttribution, ...]],
        'by layer ("": the whole network), one map a figure',
    ] = field(default_factory=dict)
    class_maps: Annotated[
        Mapping[str, tuple[ShownAttribution, ...]],
        "by number of the class that was asked about, at the layer, one map a figure",
    ] = field(default_factory=dict)
    stages: Annotated[
        tuple[ShownStage, ...], "in the order of the layers, the whole network last"
    ] = ()
    candidates: Annotated[tuple[str, ...], "all of the picture's size, itself among them"] = ()
    others: tuple[ShownPartner, ...] = ()
    # Each gesture is tried on the algebra, so that the page greys what is refused and nothing else.
    blocked: Annotated[Mapping[str, str], "by control, the reason why it is greyed"] = field(
        default_factory=dict
    )
    methods: tuple[ShownMethod, ...] = ()
    invalid_methods: Annotated[
        Mapping[str, str], "by method, why it is not valid for the network; found after a map"
    ] = field(default_factory=dict)
    attention: Annotated[
        ShownHeads | None, "null: no transformer, as far as is known; found after a map"
    ] = None
    agreement: Annotated[Agreement | None, "of the map with the one beside it"] = None
    readings: ShownReadings | None = None
    judgement: Annotated[Judgement | None, "null: the map has not been checked"] = None
    questions: Annotated[tuple[ShownQuestion, ...], "answered so far, the latest last"] = ()
    picture: ShownPicture | None = None
    original: ShownPicture | None = None
    prediction: Ranking | None = None
    prediction_before: Ranking | None = None
    attribution: ShownAttribution | None = None
    attribution_before: ShownAttribution | None = None
    edits: tuple[str, ...] = ()
    undoable: int = 0
    redoable: int = 0
