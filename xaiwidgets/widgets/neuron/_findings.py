"""What a NeuronDesk has found out of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.contrast import Generator
from xaiwidgets.network import Network
from xaiwidgets.neurons import (
    ConceptDirection,
    ConceptMove,
    Dissection,
    MaximisedPicture,
    UnitActivity,
    UnitProfiles,
    maximise,
)
from xaiwidgets.widgets.neuron._state import NeuronState
from xaiwidgets.work import Progress, Steps, relay

# Each costs a path of gradients, where an activity costs one pass.
_PROFILED = 200  # of the chosen pictures, and of the others, at most


@dataclass(frozen=True, eq=False)
class ProfiledUnits:
    """Conductances of some pictures, and which of these were chosen."""

    profiles: UnitProfiles
    chosen: NDArray[np.int64]


def others_of(rows: Sequence[int] | NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return all pictures but some."""
    return np.setdiff1d(np.arange(count), np.array(rows, np.int64))


def profiled_rows(chosen: Sequence[int], count: int) -> NDArray[np.int64]:
    """Return the pictures whose conductances are computed: those chosen, and others."""
    rows = [np.array(chosen[:_PROFILED], np.int64), others_of(chosen, count)[:_PROFILED]]
    # In the order of the pictures, so that the same choice made in another order is the same work.
    return np.sort(np.concatenate(rows))


@dataclass(frozen=True, eq=False, repr=False)
class UnitFindings:
    """What a NeuronDesk has found out of a layer.

    Attributes
    ----------
    weights : int
        A hash of the network's, as it was.
    activity : UnitActivity
    logits : Tensor (N, K)
        Of all pictures.
    without : Tensor (N, K) or None
        The same without the silenced units.
    maximised : tuple of MaximisedPicture
        Pictures made for a unit: pixel by pixel, and drawn by the generator.
    concept : ConceptDirection or None
    moved : ConceptMove or None
        The watched picture moved along it.
    dissection : Dissection or None
        Of what is painted by hand.
    profiled : ProfiledUnits or None
    """

    weights: int
    activity: UnitActivity
    logits: Tensor
    without: Tensor | None = None
    maximised: tuple[MaximisedPicture, ...] = ()
    concept: ConceptDirection | None = None
    moved: ConceptMove | None = None
    dissection: Dissection | None = None
    profiled: ProfiledUnits | None = None

    def __repr__(self) -> str:
        return f"<UnitFindings: {self.activity!r}>"


def maximised_findings(
    findings: UnitFindings,
    model: Network,
    state: NeuronState,
    like: Tensor,
    generator: Generator | None,
    judge: Network | None,
) -> Steps[UnitFindings]:
    """Return what has been found out, and pictures that excite the unit, by all ways there are."""
    pictures: list[MaximisedPicture] = []
    # Both: without a prior, pixels excite a unit by what another network takes for something else;
    # through a generator they stay pictures (the survey, section 4.2.1).
    for way in [None] if generator is None else [None, generator]:
        work = maximise(model, state.layer, state.unit, way, like=like, judge=judge)
        pictures.append((yield from relay(work, Progress.without_preview)))
    return replace(findings, maximised=tuple(pictures))


def moved_findings(work: Steps[ConceptMove], findings: UnitFindings) -> Steps[UnitFindings]:
    """Return what has been found out, and a picture moved along the concept."""
    return replace(findings, moved=(yield from relay(work, Progress.without_preview)))
