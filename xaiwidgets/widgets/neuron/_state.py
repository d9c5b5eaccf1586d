"""What can be set in a NeuronDesk, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.intervals import IntervalEstimate
from xaiwidgets.prediction import Score
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import ShownPicture
from xaiwidgets.widgets.schema import setting
from xaiwidgets.widgets.selection import selection_setting


@dataclass(frozen=True)
class NeuronState:
    """Which unit of which layer is looked at, which are silenced, and what is a concept."""

    layer: str = setting("", label="Layer", doc="The layer whose units are looked at.")
    # Starts no work: what excites each unit is known when the layer has been looked at.
    unit: int = setting(
        0,
        least=0,
        label="Unit",
        doc="A unit of the layer, from 0: a channel, a feature map, a feature of tokens.",
    )
    silenced: tuple[int, ...] = setting(
        (), least=0, doc="Units that answer 0 everywhere, to see what the network is without them."
    )
    index: int = setting(
        0, least=0, label="Picture", doc="The picture whose prediction is watched."
    )
    examples: tuple[int, ...] = setting(
        (), least=0, doc="Pictures that have the concept; all others have not."
    )
    target: int = setting(
        0,
        least=0,
        by_name=True,
        label="Class",
        doc="The class that may follow the concept.",
    )
    # As in Network Dissection (Bau et al. 2017).
    quantile: float = setting(
        0.005,
        least=0.001,
        most=0.5,
        label="Active places in percent",
        scale=100,
        doc="A unit is active at its most active places: so large a share of those of all "
        "pictures.",
    )
    selection: tuple[int, ...] = selection_setting()


@dataclass(frozen=True)
class ShownUnits:
    """Of each unit the picture that excites it most."""

    layer: str
    values: NDArray[np.float32]
    pictures: Annotated[ShownPicture, "behind each other"]
    boxes: Annotated[NDArray[np.float32], "(U, 4) top, left, height, width as shares of a side"]


@dataclass(frozen=True)
class ShownFavourites:
    """The pictures that excite one unit most, the first most."""

    unit: int
    indices: NDArray[np.int32]
    values: NDArray[np.float32]
    pictures: Annotated[ShownPicture, "behind each other"]
    boxes: Annotated[NDArray[np.float32], "(n, 4) top, left, height, width as shares of a side"]
    labels: Annotated[tuple[str, ...], "what the network sees in them"]


@dataclass(frozen=True)
class WatchedPrediction:
    """What the network says of a picture, and what it says without the silenced units."""

    picture: ShownPicture
    before: tuple[Score, ...]
    after: Annotated[tuple[Score, ...] | None, "of the same classes; null: none is silenced"]
    changed: Annotated[int | None, "of all pictures, how many are seen otherwise"] = None


@dataclass(frozen=True)
class ShownMaximised:
    """A picture made to excite the unit."""

    by_generator: Annotated[bool, "by the generator, instead of pixel by pixel"]
    picture: ShownPicture
    value: float
    label: Annotated[str, "what the network sees in it"]
    judged: Annotated[str | None, "what the judge does; null: there is none"]


@dataclass(frozen=True)
class ShownConcept:
    """The direction of the examples, and whether the class follows it."""

    examples: int
    label: str
    accuracy: IntervalEstimate
    sensitivity: IntervalEstimate
    slope: IntervalEstimate
    random_slopes: tuple[float, ...]
    random_sensitivities: tuple[float, ...]
    verdict: str


@dataclass(frozen=True)
class ShownConceptMove:
    """The watched picture moved along the concept, and along random sets' directions."""

    index: int
    target: int
    label: str
    pictures: Annotated[ShownPicture, "behind each other, the first as the generator draws it"]
    probabilities: Annotated[NDArray[np.float32], "(steps + 1, K)"]
    logits: Annotated[NDArray[np.float32], "(steps + 1,) of the class"]
    random_logits: Annotated[NDArray[np.float32], "(R, steps + 1) of the class, at random"]
    judged: Annotated[str | None, "what the judge sees at the end; null: there is none"]
    is_beyond: Annotated[bool, "whether the class changes more than along all of these"]


@dataclass(frozen=True)
class ShownMask:
    """What is painted on a picture."""

    picture: int
    # What the page's brush paints, a thousand at most, and not the mask's pixels.
    cells: Annotated[NDArray[np.int32], "row by row"]
    thumbnail: ShownPicture


@dataclass(frozen=True)
class ShownDissection:
    """How well the units' active places cover what is painted."""

    unit: int
    pictures: int
    quantile: float
    iou: Annotated[NDArray[np.float32], "(U,) of all units"]
    estimate: Annotated[IntervalEstimate, "of the unit that is looked at"]
    chance: Annotated[float | None, "its, with the masks exchanged; null: there is one mask"]
    best: Annotated[int, "the unit that covers it best"]
    best_estimate: IntervalEstimate
    best_chance: float | None


@dataclass(frozen=True)
class ShownConductance:
    """The mean conductance of the unit in the pictures of a class, or the chosen ones."""

    name: str
    count: int
    estimate: IntervalEstimate


@dataclass(frozen=True)
class ShownSpecific:
    """A unit of the highest mean conductance in the chosen pictures, and its mean elsewhere."""

    unit: int
    inside: IntervalEstimate
    outside: IntervalEstimate | None


@dataclass(frozen=True)
class ShownProfile:
    """How much of the predicted classes' scores passes through the unit."""

    unit: int
    pictures: int
    classes: Annotated[tuple[ShownConductance, ...], "by what is predicted"]
    chosen: Annotated[ShownConductance | None, "null: none was chosen"]
    specific: Annotated[tuple[ShownSpecific, ...], "of the chosen, the highest first"]


@dataclass(frozen=True)
class NeuronOutput:
    """What a NeuronDesk shows."""

    network: str = ""
    notes: tuple[Note, ...] = ()
    classes: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    count: int = 0
    draws: Annotated[bool, "whether there is a generator"] = False
    all_pictures: Annotated[ShownPicture | None, "the first ones, behind each other"] = None
    units: ShownUnits | None = None
    favourites: ShownFavourites | None = None
    watched: WatchedPrediction | None = None
    maximised: tuple[ShownMaximised, ...] = ()
    concept: ShownConcept | None = None
    moved: ShownConceptMove | None = None
    paintings: Annotated[tuple[ShownMask, ...], "what is painted by hand"] = ()
    dissection: ShownDissection | None = None
    profile: ShownProfile | None = None
