"""What can be set in a SurrogateDesk, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.intervals import IntervalEstimate
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import ShownPicture
from xaiwidgets.widgets.schema import setting
from xaiwidgets.widgets.selection import selection_setting

# 256 leaves, more than anybody reads; fitted together, the depths below cost nothing.
DEEPEST_SHOWN = 8
"""Of the trees that are fitted together, and of what a person can read."""


@dataclass(frozen=True)
class SurrogateState:
    """Which tree stands for the network."""

    features: Literal["cells", "latents", "pca", "own"] = setting(
        "cells",
        choices={
            "cells": "brightness of cells",
            "latents": "latents of the generator",
            "pca": "principal components",
            "own": "your own function",
        },
        doc="What the tree asks about: the mean brightness of each cell, a generator's latents, "
        "principal components of the pixels, or what a function makes of the inputs.",
    )
    # Eight rules at most, which a screen has room for.
    depth: int = setting(
        3,
        least=1,
        most=DEEPEST_SHOWN,
        doc="Questions on the way to a leaf, at most.",
    )
    # The Explorer's patches, so that both speak of the same parts of a picture.
    grid: int = setting(
        7, least=1, most=32, label="Cells a side", doc='Rows and columns of "cells".'
    )
    held_out: float = setting(
        0.3,
        least=0.05,
        most=0.9,
        label="Held out in percent",
        scale=100,
        doc="The share of the pictures that only test the tree.",
    )
    seed: int = setting(0, least=0, label="Seed", doc="Of which pictures these are.")
    selection: tuple[int, ...] = selection_setting()


@dataclass(frozen=True)
class ShownNode:
    """A question, or a leaf."""

    feature: str
    threshold: float
    below: Annotated[int, "the node where the feature is at most the threshold; -1: a leaf"]
    above: int
    leaf: Annotated[int, "its place among the leaves; -1: none"]


@dataclass(frozen=True)
class ShownLeaf:
    """What the tree says of the pictures that come here."""

    label: str
    conditions: tuple[str, ...]
    count: int
    tested: Annotated[int, "held out, of the pictures"]
    agreement: IntervalEstimate | None


@dataclass(frozen=True)
class ShownDepth:
    """A tree of another depth."""

    agreement: IntervalEstimate
    gain: Annotated[IntervalEstimate, "over one question less"]
    leaves: int


@dataclass(frozen=True)
class ShownTree:
    """A tree, and how often it says what the network says."""

    depth: int
    features: str
    grid: Annotated[int | None, "null: it does not ask about cells"]
    nodes: Annotated[tuple[ShownNode, ...], "the root first"]
    leaves: tuple[ShownLeaf, ...]
    # A number a picture, so that the page opens a leaf, and marks a choice in it, without asking.
    leaf_of: Annotated[NDArray[np.int32], "(N,) the leaf of each picture"]
    predicted: Annotated[NDArray[np.int32], "(N,) the class that the network predicts"]
    held_out: Annotated[NDArray[np.bool_], "(N,)"]
    agreement: IntervalEstimate
    majority: IntervalEstimate
    depths: tuple[ShownDepth, ...]
    per_class: Mapping[str, IntervalEstimate]
    importance: Mapping[str, float]


@dataclass(frozen=True)
class SurrogateOutput:
    """What a SurrogateDesk shows."""

    network: str = ""
    notes: tuple[Note, ...] = ()
    classes: tuple[str, ...] = ()
    count: int = 0
    offered: Annotated[tuple[str, ...], "the features that can be asked about"] = ()
    tree: ShownTree | None = None
    saved: Annotated[Mapping[str, ShownPicture], "small pictures of a saved page, by number"] = (
        field(default_factory=dict)
    )
