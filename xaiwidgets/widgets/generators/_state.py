"""What can be set in a GeneratorLab, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import NamedPicture, ShownPicture
from xaiwidgets.widgets.schema import setting

DIRECTIONS = 8
"""Latent numbers that can be moved: those that change pictures most."""

# The picture itself stands in the middle; one deviation to each side gives the slope there.
# `js/src/widgets/generators/directions.js` has the same.
FILM = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""How far each is moved in its film, in deviations."""


@dataclass(frozen=True)
class GeneratorLabState:
    """Which picture, by which generator, and how far its latent numbers are moved."""

    index: int = setting(0, doc="Which picture.")
    generator: str = setting("", doc="The generator's name; the first where it is empty.")
    # Few pictures have latents beyond three deviations: farther out a generator extrapolates.
    offsets: tuple[float, ...] = setting(
        (),
        least=-4,
        most=4,
        doc="How far each of the eight strongest latent numbers is moved, in deviations; 0 for "
        "those that are missing.",
    )
    residual: bool = setting(
        True,
        label="Add what it misses",
        doc="Whether what the generator cannot draw of the picture is added to what it draws, as "
        "CDeepEx does.",
    )
    hold: bool = setting(
        False,
        label="Hold the class",
        doc="Whether all are moved together only as far as the network keeps its class.",
    )


@dataclass(frozen=True)
class GeneratorFacts:
    """One of the generators, on the picture that is shown."""

    name: str
    kind: str
    latents: int
    error: Annotated[float, "root mean square of what it misses of the picture"]
    missed: Annotated[float | None, "of how many of its own pictures it misses less"]


@dataclass(frozen=True)
class ShownReconstruction:
    """A picture, and what a generator makes of it."""

    picture: ShownPicture
    drawing: ShownPicture
    residual: Annotated[NDArray[np.int8], "picture - drawn, (height, width, 3), or 1"]
    residual_scale: float


@dataclass(frozen=True)
class ShownDirection:
    """What one latent number does."""

    latent: int
    deviation: float
    pixels: Annotated[float, "root mean square change of the picture by one deviation"]
    divergence: Annotated[float | None, "nats that a VAE's encoder says by it"]
    film: Annotated[NDArray[np.uint8], "(steps, height, width, 3)"]
    raises: Annotated[int, "the class that it changes most; -1 without a network"]
    by: Annotated[float, "by how much one deviation raises its log-likelihood here"]


@dataclass(frozen=True)
class ShownMove:
    """The picture after moving, and what the network says before and after."""

    picture: ShownPicture
    before: Annotated[NDArray[np.float32], "probabilities, (classes,); empty without a network"]
    after: NDArray[np.float32]
    share: Annotated[float, "of the way that was asked for; below 1 where the class is held"] = 1.0


@dataclass(frozen=True)
class GeneratorLabOutput:
    """What a GeneratorLab shows."""

    classes: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    names: Annotated[tuple[str, ...], "of the generators"] = ()
    pictures: tuple[NamedPicture, ...] = ()
    generators: tuple[GeneratorFacts, ...] = ()
    reconstruction: ShownReconstruction | None = None
    directions: tuple[ShownDirection, ...] = ()
    moved: ShownMove | None = None
